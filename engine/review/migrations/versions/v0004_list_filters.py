"""What the list filters by besides: the day a clue was first found, whether an enterprise, whether livelihood."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; until the next publication nothing is known of them."""
    op.add_column("clue", sa.Column("first_on", sa.Date(), nullable=True))
    for name in ("enterprise", "livelihood"):
        op.add_column("clue", sa.Column(name, sa.String(), nullable=False, server_default="unknown"))
