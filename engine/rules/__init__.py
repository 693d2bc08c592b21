"""Rules: read, bind, compile to SQL, check by their own cases, apply, explain.

`read_rules` gives a bound set and all faults; `prepare` and `apply` work on a warehouse; `check` executes the cases,
`mutate` and `boundaries` find the missing ones;
`explain` says for one record why a rule answered as it did.
"""

from engine.rules.applying import apply, prepare
from engine.rules.boundaries import Boundaries, boundaries
from engine.rules.checking import check, check_rules, unnamed
from engine.rules.drafting import SUBJECTS, Draft, dates_of, draft_text, links_of, periods_of, write_draft
from engine.rules.explaining import explain, find, find_all
from engine.rules.explanation import Explanation
from engine.rules.fact_cases import check_facts
from engine.rules.locking import LOCK, current, retired_ids, write_lock
from engine.rules.missing import item_label
from engine.rules.model import ANSWERS, CaseResult, Counts, Rule, RuleCheck, RuleSet
from engine.rules.mutating import Mutation, mutate
from engine.rules.reading import read_rules, rule_ids

__all__ = [
    "ANSWERS",
    "LOCK",
    "SUBJECTS",
    "Boundaries",
    "CaseResult",
    "Counts",
    "Draft",
    "Explanation",
    "Mutation",
    "Rule",
    "RuleCheck",
    "RuleSet",
    "apply",
    "boundaries",
    "check",
    "check_facts",
    "check_rules",
    "current",
    "dates_of",
    "draft_text",
    "explain",
    "find",
    "find_all",
    "item_label",
    "links_of",
    "mutate",
    "periods_of",
    "prepare",
    "read_rules",
    "retired_ids",
    "rule_ids",
    "unnamed",
    "write_draft",
    "write_lock",
]
