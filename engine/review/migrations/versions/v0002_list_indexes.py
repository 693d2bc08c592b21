"""Indexes that hold what the list counts and offers by."""

from alembic import op

revision = "0002"
down_revision = "0001"

NEW = (
    ("clue_by_state", "clue", ["presence", "state", "division", "department"]),
    ("clue_by_scope", "clue", ["division", "department"]),
    ("clue_by_field", "clue", ["field", "division", "department"]),
    ("clue_by_unit", "clue", ["unit", "division", "department"]),
    ("clue_by_party", "clue", ["party"]),
    ("finding_by_rule", "finding", ["rule_id", "clue_id"]),
)


def upgrade() -> None:
    """Make the indexes; the one by state is made anew."""
    op.drop_index("clue_by_state", "clue")
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
