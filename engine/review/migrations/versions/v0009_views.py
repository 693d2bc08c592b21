"""Views kept under a name, the one each account enters by, and an index of all that the list filters and sorts by."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_table(
        "saved_view",
        sa.Column("view_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("view_id"),
        sa.UniqueConstraint("account_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "first_view",
        sa.Column("account_id", KEY, autoincrement=False, nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.view_id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index("clue_by_filter", "clue", [
        "presence", "state", "place", "clue_id", "division", "department", "status", "enterprise", "livelihood",
        "field", "unit", "amount_cents", "score", "first_on", "first_run", "due_on", "assignee_id"])
