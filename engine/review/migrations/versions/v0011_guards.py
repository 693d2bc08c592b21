"""Which warehouse a publication came from, when accounts were last used, and passwords they had before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, the table and the indexes."""
    op.add_column("run", sa.Column("warehouse", sa.String(), nullable=False, server_default=""))
    op.add_column("account", sa.Column("used_at", sa.DateTime(), nullable=True))
    op.create_table(
        "password_before",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    )
    op.create_index("password_before_by_account", "password_before", ["account_id"])
    op.create_index("session_by_account", "session", ["account_id"])
    op.create_index("audit_by_action", "audit", ["action"])
