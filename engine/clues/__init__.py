"""Clues: hits on one matter folded into one line of a prosecutor's list, with its history.

`fold` rebuilds the clue table from the hits; `words`, `codes` and `shown_sql` say in Chinese what a finding's values
mean.
"""

from engine.clues.folding import STATUSES, fold
from engine.clues.naming import UNKNOWN, codes, shown_sql, words

__all__ = ["STATUSES", "UNKNOWN", "codes", "fold", "shown_sql", "words"]
