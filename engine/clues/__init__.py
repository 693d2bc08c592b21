"""Clues: hits on one matter folded into one line of a prosecutor's list, with its history.

`fold` rebuilds the clue table from the hits; `relate` names the clues to open together; `words`, `codes`, `shown_sql`
and `cited` say in Chinese what a finding's values and articles mean.
"""

from engine.clues.evidence import evidence_hashes, keep_away, kept_away
from engine.clues.folding import STATUSES, fold
from engine.clues.naming import UNKNOWN, cited, codes, conditions, reasons, shown_sql, words
from engine.clues.relating import UNITS, relate

__all__ = ["STATUSES", "UNITS", "UNKNOWN", "cited", "codes", "conditions", "evidence_hashes", "fold", "keep_away",
           "kept_away", "reasons", "relate", "shown_sql", "words"]
