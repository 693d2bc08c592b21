"""What workbooks need: a key of this database, and requests for large exports with their answers."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, give the database its key, then freeze all three."""
    setting = op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.bulk_insert(setting, [{"name": "book_key", "value": secrets.token_hex(32)}])
    _releases()
    for table in ("setting", "export_request", "export_answer"):
        _freeze(table)


def _releases() -> None:
    op.create_table(
        "export_request",
        sa.Column("export_request_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("clues", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("export_request_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "export_answer",
        sa.Column("export_answer_id", KEY, nullable=False),
        sa.Column("export_request_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["export_request_id"], ["export_request.export_request_id"]),
        sa.PrimaryKeyConstraint("export_answer_id"),
        sa.UniqueConstraint("export_request_id"),
        sqlite_autoincrement=True,
    )


def _freeze(table: str) -> None:
    """Have the database refuse to change or delete rows of a table, as in 0001."""
    words = f"{table} is only appended to"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$")
    op.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_frozen()")
