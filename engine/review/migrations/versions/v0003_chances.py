"""What a chance is judged by, at publication and at each decision; the model in use; the chances themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

MEASURES = ("score", "gravity", "certainty", "urgency", "recoverability", "corroboration", "link", "unknown", "flags",
            "amount_cents")


def upgrade() -> None:
    """Make the tables and columns. Decisions made before have no measures: what stood then is not known any more."""
    op.create_table(
        "finding_measure",
        sa.Column("finding_id", sa.String(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in MEASURES),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.finding_id"]),
        sa.PrimaryKeyConstraint("finding_id"),
    )
    op.create_table(
        "judgement_measure",
        sa.Column("judgement_id", KEY, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in MEASURES),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgement.judgement_id"]),
        sa.PrimaryKeyConstraint("judgement_id"),
    )
    op.create_table(
        "chance_model",
        sa.Column("number", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    for table in ("clue", "finding"):
        op.add_column(table, sa.Column("chance", sa.Float(), nullable=True))
