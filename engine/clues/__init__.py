"""Clues: hits on one matter folded into one line of a prosecutor's list, with its history.

`fold` rebuilds the clue table from the hits; `words`, `codes`, `shown_sql` and `cited` say in Chinese what a finding's
values and articles mean.
"""

from engine.clues.folding import STATUSES, fold
from engine.clues.naming import UNKNOWN, cited, codes, reasons, shown_sql, words

__all__ = ["STATUSES", "UNKNOWN", "cited", "codes", "fold", "reasons", "shown_sql", "words"]
