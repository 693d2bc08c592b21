"""Two rule sets over the same records: which clues are new, gone, answered otherwise or scored otherwise, and why.

Both sets are applied to the last complete warehouse, which is only read. What is compared is what each set would list
on the same day, not what was listed at some earlier run.
"""

from engine.rule_diff.comparing import KINDS, Difference, RuleCounts, compare
from engine.rule_diff.sides import opened

__all__ = ["KINDS", "Difference", "RuleCounts", "compare", "opened"]
