"""What a run tells beside its clues: rules in words, what must be fetched, what was wrong; indexes to count by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and indexes."""
    op.create_index("clue_by_count", "clue", ["unit", "division", "first_run", "department"])
    op.create_index("finding_by_version", "finding", ["rule_id", "rule_version", "clue_id"])
    op.create_table(
        "rule_text",
        sa.Column("rule_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
    )
    op.create_table(
        "gap_board",
        sa.Column("turn", sa.Integer(), primary_key=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date()),
        sa.Column("to_on", sa.Date()),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
    )
    op.create_table(
        "defect_board",
        sa.Column("turn", sa.Integer(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("defects", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
    )
