"""The first tables. Decided rows and the audit refuse changes and deletions in the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FROZEN = ("judgement", "assignment", "comment", "follow_up", "pair_answer", "audit")


def upgrade() -> None:
    """Make the tables, then their guards."""
    _accounts()
    _published()
    _findings()
    _decided()
    _others()
    _pairs_and_audit()
    for table in FROZEN:
        _freeze(table)


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(), nullable=True),
        sa.Column("locked_why", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "role"),
    )
    op.create_table(
        "account_scope",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "division", "department"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _published() -> None:
    op.create_table(
        "run",
        sa.Column("publication", KEY, autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("clues", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("publication"),
    )
    op.create_table(
        "clue",
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("gone_reason", sa.Text(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assignee_id", KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lease_id", KEY, nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["lease_id"], ["account.account_id"]),
        sa.PrimaryKeyConstraint("clue_id"),
    )
    op.create_index("clue_by_assignee", "clue", ["assignee_id"])
    op.create_index("clue_by_place", "clue", ["presence", "place"])
    op.create_index("clue_by_state", "clue", ["state", "place"])


def _findings() -> None:
    op.create_table(
        "clue_text",
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("clue_id"),
    )
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("evidence_hash", sa.String(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_hash", sa.String(), nullable=True),
        sa.Column("judgement_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("finding_id"),
    )
    op.create_index("finding_by_clue", "finding", ["clue_id"])
    op.create_table(
        "finding_text",
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("say", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.finding_id"]),
        sa.PrimaryKeyConstraint("finding_id"),
    )


def _decided() -> None:
    op.create_table(
        "judgement",
        sa.Column("judgement_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("transfer_to", sa.String(), nullable=False),
        sa.Column("evidence_hash", sa.String(), nullable=False),
        sa.Column("undoes", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.finding_id"]),
        sa.PrimaryKeyConstraint("judgement_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_judgement_clue_id", "judgement", ["clue_id"])
    op.create_index("ix_judgement_finding_id", "judgement", ["finding_id"])
    op.create_table(
        "assignment",
        sa.Column("assignment_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assignee_id", KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("assignment_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assignment_clue_id", "assignment", ["clue_id"])


def _others() -> None:
    op.create_table(
        "comment",
        sa.Column("comment_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("comment_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comment_clue_id", "comment", ["clue_id"])
    op.create_table(
        "follow_up",
        sa.Column("follow_up_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("follow_up_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follow_up_clue_id", "follow_up", ["clue_id"])


def _pairs_and_audit() -> None:
    op.create_table(
        "pair_answer",
        sa.Column("pair_answer_id", KEY, nullable=False),
        sa.Column("clue_id", sa.String(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.clue_id"]),
        sa.PrimaryKeyConstraint("pair_answer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pair_answer_clue_id", "pair_answer", ["clue_id"])
    op.create_table(
        "audit",
        sa.Column("audit_id", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id"),
    )
    op.create_index("audit_by_object", "audit", ["object"])


def _freeze(table: str) -> None:
    """Have the database refuse to change or delete rows of a table."""
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
