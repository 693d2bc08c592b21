"""Marks by which a head presses for a clue, and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = "urging is only appended to"


def upgrade() -> None:
    """Make the table and its guard."""
    op.create_table(
        "urging",
        sa.Column("urging_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answers", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("urging_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_urging_clue_id", "urging", ["clue_id"])
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER urging_no_{event.lower()} BEFORE {event} ON urging "
                       f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END")
        return
    op.execute("CREATE FUNCTION urging_frozen() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$")
    op.execute("CREATE TRIGGER urging_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON urging "
               "FOR EACH STATEMENT EXECUTE FUNCTION urging_frozen()")
