"""Alembic's entry: runs the migrations on the connection `engine.review.database` hands over."""

from alembic import context

from engine.review.schema import METADATA

# reason: SQLite changes a column only by copying its table
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
