"""The follow-up ledger: documents, replies, money, corrections; and the terms of law it counts with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, all of them empty for rows that are there, and make the tables."""
    for column in (sa.Column("about", KEY), sa.Column("sent_to", sa.Text()), sa.Column("outcome", sa.String()),
                   sa.Column("recovered_cents", sa.BigInteger()), sa.Column("due_words", sa.Text()),
                   sa.Column("replaces", KEY)):
        op.add_column("follow_up", column)
    op.add_column("clue", sa.Column("step", sa.String(), nullable=False, server_default=""))
    op.add_column("clue", sa.Column("follow_due_on", sa.Date()))
    op.create_table(
        "law_term",
        sa.Column("parameter", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("length", sa.Integer()),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("unit", "counting", "law", "article")),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("parameter", "from_on"),
    )
    op.create_table(
        "law_rest_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
