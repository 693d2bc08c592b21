"""What reviewers found of each possible exclusion; only appended to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NAME = "exclusion_check"


def upgrade() -> None:
    """Make the table and its guard."""
    op.create_table(
        NAME,
        sa.Column("exclusion_check_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("exclusion_check_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exclusion_check_clue_id", NAME, ["clue_id"])
    words = f"{NAME} is only appended to"
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {NAME}_no_{event.lower()} BEFORE {event} ON {NAME} "
                       f"BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(f"CREATE FUNCTION {NAME}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$")
    op.execute(f"CREATE TRIGGER {NAME}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {NAME} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {NAME}_frozen()")
