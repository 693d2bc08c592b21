"""An index that holds the text words are searched in; PostgreSQL refuses entries so long, and needs none."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the index."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("clue_by_words", "clue", [
            "presence", "state", "division", "department", "search", "place", "clue_id"])
