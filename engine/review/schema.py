"""The tables of the review database: what runs publish, what people decide, who may do what, and the audit.

    published      run, clue, clue_text, finding, finding_text, finding_measure, rule_text, gap_board, defect_board
                   law_term, law_rest_day      replaced by every run
    learnt         judgement_measure, chance_model; `chance` of clue and finding
    released       setting, export_request, export_answer      never changed
    decided        judgement, assignment, comment, follow_up, pair_answer, urging      only ever appended to
    accounts       account, account_role, account_scope, session, saved_view, first_view
    audit          audit      appended to and chained by hash

Columns of `clue` and `finding` under 「work」 repeat what the appended rows say, for filters;
`verify` computes them anew.
Times are Beijing time to the second; sums are whole cents, because SQLite knows no decimals; JSON is text.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

# reason: the house speaks of `schema.account` and the like; strict typing re-exports only what is named twice
from engine.review.schema_accounts import METADATA as METADATA
from engine.review.schema_accounts import Key as Key
from engine.review.schema_accounts import account as account
from engine.review.schema_accounts import account_role as account_role
from engine.review.schema_accounts import account_scope as account_scope
from engine.review.schema_accounts import first_view as first_view
from engine.review.schema_accounts import password_before as password_before
from engine.review.schema_accounts import saved_view as saved_view
from engine.review.schema_accounts import session as session

run = Table(
    "run", METADATA,
    Column("publication", Key, primary_key=True, autoincrement=False),
    Column("run_id", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("ended_at", DateTime),
    Column("engine", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("data", String, nullable=False),
    Column("published_at", DateTime, nullable=False),
    Column("clues", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("warehouse", String, nullable=False, server_default=""),     # which one it came from; '' is not known
)

rule_text = Table(
    "rule_text", METADATA,
    Column("rule_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("texts", Text, nullable=False),                  # JSON object, see `engine.catalogue.rule_texts`
)

gap_board = Table(
    "gap_board", METADATA,
    Column("turn", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("from_on", Date),
    Column("to_on", Date),
    Column("waiting", Integer, nullable=False),             # records that cannot be judged
    Column("settled", Integer, nullable=False),             # of which nothing else is missing
    Column("rules", Text, nullable=False),
)

defect_board = Table(
    "defect_board", METADATA,
    Column("turn", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("item", Text, nullable=False),
    Column("code", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("defects", Integer, nullable=False),
    Column("files", Integer, nullable=False),
)

clue = Table(
    "clue", METADATA,
    Column("clue_id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("place", Integer),
    Column("score", Float),
    Column("titles", Text, nullable=False, default=""),
    Column("field", String, nullable=False, default=""),
    Column("unit", Text, nullable=False, default=""),
    Column("party", Text, nullable=False, default=""),
    Column("numbers", Text, nullable=False, default=""),
    Column("says", Text, nullable=False, default=""),
    Column("amount_cents", BigInteger),
    Column("division", String, nullable=False, default=""),
    Column("search", Text, nullable=False, default=""),
    Column("first_run", Integer, nullable=False),
    Column("first_on", Date),                               # the day up to which that run judged
    Column("enterprise", String, nullable=False, default="unknown"),        # whether the party is one: yes, no, unknown
    Column("livelihood", String, nullable=False, default="unknown"),
    # work
    Column("publication", Integer, nullable=False),
    Column("presence", String, nullable=False),
    Column("gone_reason", Text, nullable=False, default=""),
    Column("department", String, nullable=False, default=""),
    Column("state", String, nullable=False, default="open"),
    Column("version", Integer, nullable=False, default=1),
    Column("assignee_id", Key, ForeignKey("account.account_id")),
    Column("due_on", Date),
    Column("step", String, nullable=False, default="", server_default=""),      # the ledger's last one
    Column("follow_due_on", Date),                          # the first day something in the ledger is due
    Column("lease_id", Key, ForeignKey("account.account_id")),
    Column("lease_until", DateTime),
    Column("chance", Float),                                # greatest of its findings
    Index("clue_by_place", "presence", "place"),
    # these hold every column the list counts and offers by, so that no row of text is read for a number
    Index("clue_by_state", "presence", "state", "division", "department"),
    Index("clue_by_filter", "presence", "state", "place", "clue_id", "division", "department", "status", "enterprise",
          "livelihood", "field", "unit", "amount_cents", "score", "first_on", "first_run", "due_on", "assignee_id"),
    # words are looked for in every clue's text: read from here it is a quarter of reading the rows (SQLite, 100,000)
    Index("clue_by_words", "presence", "state", "division", "department", "search", "place",
          "clue_id").ddl_if(dialect="sqlite"),
    Index("clue_by_scope", "division", "department"),
    Index("clue_by_field", "field", "division", "department"),
    Index("clue_by_unit", "unit", "division", "department"),
    Index("clue_by_party", "party"),
    Index("clue_by_count", "unit", "division", "first_run", "department"),
    Index("clue_by_assignee", "assignee_id"),
)

clue_text = Table(
    "clue_text", METADATA,
    Column("clue_id", String, ForeignKey("clue.clue_id"), primary_key=True),
    Column("texts", Text, nullable=False),                  # JSON object: column of the clue list -> text
)

finding = Table(
    "finding", METADATA,
    Column("finding_id", String, primary_key=True),
    Column("clue_id", String, ForeignKey("clue.clue_id"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("rule_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("level", String, nullable=False, default=""),
    Column("record", Text, nullable=False, default=""),     # natural key of the record it is about
    Column("evidence_hash", String, nullable=False),
    # work
    Column("publication", Integer, nullable=False),
    Column("presence", String, nullable=False),
    Column("decision", String),
    Column("decided_hash", String),
    Column("judgement_id", Key),
    Column("chance", Float),                                # that a reviewer will find it right, by the model
    Index("finding_by_clue", "clue_id"),
    Index("finding_by_rule", "rule_id", "clue_id"),
    Index("finding_by_version", "rule_id", "rule_version", "clue_id"),
)

law_term = Table(
    "law_term", METADATA,
    Column("parameter", String, primary_key=True),
    Column("from_on", Date, primary_key=True),              # what begins on this day or later has this term
    Column("title", String, nullable=False),
    Column("length", Integer),                              # NULL: no term any more
    Column("unit", String, nullable=False, default=""),
    Column("counting", String, nullable=False, default=""),
    Column("law", String, nullable=False, default=""),
    Column("article", String, nullable=False, default=""),
    Column("quote", Text, nullable=False, default=""),
    Column("confidence", String, nullable=False, default=""),
)

law_rest_day = Table(
    "law_rest_day", METADATA,
    Column("day", Date, primary_key=True),
    Column("name", String, nullable=False),
)

finding_text = Table(
    "finding_text", METADATA,
    Column("finding_id", String, ForeignKey("finding.finding_id"), primary_key=True),
    Column("say", Text, nullable=False),
    Column("texts", Text, nullable=False),                  # JSON object: conditions, exclusions, law, evidence, …
)

MEASURES = ("score", "gravity", "certainty", "urgency", "recoverability", "corroboration", "link", "unknown", "flags",
            "amount_cents")
"""What a chance is judged by: the score and its parts, weakest link (NULL: none), exclusions unknown, flags, amount."""


def _measured(name: str, key: Column[object]) -> Table:
    return Table(name, METADATA, key, *(Column(measure, Float) for measure in MEASURES))


finding_measure = _measured(
    "finding_measure", Column("finding_id", String, ForeignKey("finding.finding_id"), primary_key=True))

judgement_measure = _measured(                              # what they were when somebody decided
    "judgement_measure",
    Column("judgement_id", Key, ForeignKey("judgement.judgement_id"), primary_key=True, autoincrement=False))

chance_model = Table(
    "chance_model", METADATA,
    Column("number", Key, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("model", Text, nullable=False),                  # JSON (see engine.learning); '' is none any more
)

def _appended(name: str, *columns: Column[object]) -> Table:
    """A table of entries about a clue: who, when, and the clue's version the entry made."""
    return Table(
        name, METADATA,
        Column(f"{name}_id", Key, primary_key=True),
        Column("clue_id", String, ForeignKey("clue.clue_id"), nullable=False, index=True),
        Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
        Column("at", DateTime, nullable=False),
        Column("version", Integer, nullable=False),
        *columns,
        sqlite_autoincrement=True,
    )


judgement = _appended(
    "judgement",
    Column("finding_id", String, ForeignKey("finding.finding_id"), nullable=False, index=True),
    Column("rule_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("decision", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("words", Text, nullable=False, default=""),
    Column("transfer_to", String, nullable=False, default=""),
    Column("evidence_hash", String, nullable=False),
    Column("undoes", Key),
)

assignment = _appended(
    "assignment",
    Column("assignee_id", Key, ForeignKey("account.account_id")),
    Column("due_on", Date),
    Column("words", Text, nullable=False, default=""),
)

comment = _appended("comment", Column("words", Text, nullable=False))

follow_up = _appended(
    "follow_up",
    Column("step", String, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("document_no", String, nullable=False, default=""),
    Column("due_on", Date),
    Column("words", Text, nullable=False, default=""),
    Column("about", Key),                                   # the first entry of the document it is about
    Column("sent_to", Text),
    Column("outcome", String),
    Column("recovered_cents", BigInteger),
    Column("due_words", Text),                              # how the date was counted, and from which article
    Column("replaces", Key),                                # the first entry of what it corrects
)

LATER = frozenset({"about", "sent_to", "outcome", "recovered_cents", "due_words", "replaces"})
"""Columns that came after rows were written: where they are empty they stay out of a row's hash."""

pair_answer = _appended(
    "pair_answer",
    Column("finding_id", String, nullable=False),
    Column("question", String, nullable=False),             # party: the same person?  link: the same matter?
    Column("one", Text, nullable=False),                    # table|natural key
    Column("other", Text, nullable=False),
    Column("answer", String, nullable=False),
)

setting = Table(
    "setting", METADATA,
    Column("name", String, primary_key=True),               # book_key: signs rows of workbooks
    Column("value", Text, nullable=False),
)

export_request = Table(
    "export_request", METADATA,
    Column("export_request_id", Key, primary_key=True),
    Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("asked", Text, nullable=False, default=""),      # the list's filter in words
    Column("words", Text, nullable=False),                  # what for
    Column("clues", Text, nullable=False),                  # JSON list of clue ids, fixed when it was asked
    sqlite_autoincrement=True,
)

export_answer = Table(
    "export_answer", METADATA,
    Column("export_answer_id", Key, primary_key=True),
    Column("export_request_id", Key, ForeignKey("export_request.export_request_id"), nullable=False, unique=True),
    Column("account_id", Key, ForeignKey("account.account_id"), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("answer", String, nullable=False),               # approve or refuse
    Column("words", Text, nullable=False, default=""),
    sqlite_autoincrement=True,
)

exclusion_check = _appended(
    "exclusion_check",
    Column("finding_id", String, nullable=False),
    Column("item", Text, nullable=False),                   # the exclusion as it was shown
    Column("answer", String, nullable=False),
    Column("words", Text, nullable=False, default=""),
)

audit = Table(
    "audit", METADATA,
    Column("audit_id", Key, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("account_id", Key),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False, default=""),
    Column("detail", Text, nullable=False, default="{}"),
    Column("row_hash", String, nullable=False, default=""),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_by_object", "object"),
    Index("audit_by_action", "action"),
)

urging = _appended(
    "urging",
    Column("due_on", Date),
    Column("words", Text, nullable=False, default=""),
    Column("answers", Key),                                 # the mark this answers; NULL: a mark itself
)

APPENDED = (judgement, assignment, comment, follow_up, pair_answer, exclusion_check, urging)
"""Tables that are only appended to; the database itself refuses changes and deletions."""

RELEASES = (export_request, export_answer)
"""Who asked to take out more clues than one may alone, and who answered; appended to like the others."""

FROZEN = (*APPENDED, *RELEASES, setting, audit)
