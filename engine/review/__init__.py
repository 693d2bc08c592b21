"""The review database: what runs publish, what people decide, who may, and the audit; SQLite or PostgreSQL.

`open_review` opens it, `publish` copies a run in and `publish_law` the terms of law; `judge`, `undo`, `assign`,
`remark`, `follow` and `answer_pair` keep what people do; `dismissed` and `pairs` hand it back to the engine; `verify`
holds all of it against the audit.
"""

from engine.review import (
    accounts,
    browsing,
    chances,
    inventory,
    keys,
    ledger,
    reading,
    releases,
    sessions,
    supervising,
    tasks,
)
from engine.review.audit import Anchor, Who, refused
from engine.review.database import Review, is_there, open_review, opened, review_url
from engine.review.excluding import FOUND, check_exclusions
from engine.review.feedback import dismissed, pairs
from engine.review.handing import Handed, actor_named, check_handing, database_id, hand_over
from engine.review.judging import (
    ANSWERS,
    DECISIONS,
    REASONS,
    STATES,
    Decision,
    answer_pair,
    assign,
    judge,
    lease,
    remark,
    undo,
)
from engine.review.ledger import DOCUMENTS, REPLIES, STEPS, follow
from engine.review.publishing import CLUE, FINDING, MEASURE, NIGHT, PRESENCE, Batch, Published, Run, publish
from engine.review.returning import KEPT, OUTCOMES, Outcome, Returned, take_back
from engine.review.rights import ROLES, Actor, actor_of
from engine.review.terms import publish_law
from engine.review.verifying import verify
from engine.review.workbooks import ALONE, Key, Seal, Taken, pick, take_out

__all__ = [
    "ALONE", "ANSWERS", "CLUE", "DECISIONS", "DOCUMENTS", "FINDING", "FOUND", "KEPT", "MEASURE", "NIGHT", "OUTCOMES",
    "PRESENCE", "REASONS", "REPLIES", "ROLES", "STATES", "STEPS", "Actor", "Anchor", "Batch", "Decision", "Handed",
    "Key", "Outcome", "Published", "Returned", "Review", "Run", "Seal", "Taken", "Who", "accounts", "actor_named",
    "actor_of", "answer_pair", "assign", "browsing", "chances", "check_exclusions", "check_handing", "database_id",
    "dismissed", "follow", "hand_over", "inventory", "is_there", "judge", "keys", "lease", "ledger", "open_review",
    "opened", "pairs", "pick", "publish", "publish_law", "reading", "refused", "releases", "remark", "review_url",
    "sessions", "supervising", "take_back", "take_out", "tasks", "undo", "verify",
]
