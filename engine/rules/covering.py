"""What a rule's own cases have shown: which condition was seen true, false and unknown, which exclusion, which points.

Counted over the rows of all cases but those marked `todo`:
- a condition: true and false on any row, and unknown where it can be (a condition of which no part can be unknown, such
  as `IS NULL` of the subject's own column, need not be shown so);
- a link that must be there (`none: gap` or `clear`): there and not there;
- an exclusion: true and not true on rows that are not clear, since on clear ones it decides nothing;
- points: true and not true on hits, since only hits are weighed.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from engine.rules.model import ConditionCoverage, Rule, RuleSet
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr

_SEEN = {True: "成立", False: "不成立", None: "不明"}
_LINKED = {True: "有", False: "无"}

Wanted = tuple[str, str, pl.Expr, bool | None]
"""Kind, name, which rows count, and the truth to be seen there."""


def covered(rule: Rule, rules: RuleSet, judged: pl.DataFrame) -> ConditionCoverage:
    """Return what the judged rows of a rule's cases (`Compiled.judged_sql`) have shown of it."""
    wanted = {f"{_PLACE[kind]} {name} {_words(kind, truth)}": _shows(kind, name, counts, truth)
              for kind, name, counts, truth in _wanted(rule, rules)}
    seen = judged.select(**wanted).row(0, named=True)
    missing = tuple(words for words, shown in seen.items() if not shown)
    return ConditionCoverage(len(wanted) - len(missing), len(wanted), missing)


def _shows(kind: str, name: str, counts: pl.Expr, truth: bool | None) -> pl.Expr:
    column = pl.col(f"{kind}:{name}")
    if truth is False and kind in ("unless", "point"):
        return (counts & column.ne_missing(True)).any()
    return (counts & column.eq_missing(truth)).any()


def _words(kind: str, truth: bool | None) -> str:
    return _LINKED[bool(truth)] if kind == "link" else _SEEN[truth]


_PLACE = {"when": "条件", "unless": "排除", "point": "加减分", "link": "关联"}


def _wanted(rule: Rule, rules: RuleSet) -> Iterator[Wanted]:
    always, kept = pl.lit(True), pl.col("answer") != "clear"
    nullable = Nullable(rule, rules)
    for condition in rule.when:
        truths: list[bool | None] = [True, False]
        if nullable.can_be_unknown(condition.expr):
            truths.append(None)
        yield from (("when", condition.id, always, truth) for truth in truths)
    for use in rule.links:
        if use.none != "keep":
            yield from (("link", use.alias, always, truth) for truth in (True, False))
    for condition in rule.unless:
        yield from (("unless", condition.id, kept, truth) for truth in (True, False))
    for point in rule.points:
        yield from (("point", point.id, pl.col("answer") == "hit", truth) for truth in (True, False))


class Nullable:
    """Tells which expressions of a rule can be unknown at all."""

    def __init__(self, rule: Rule, rules: RuleSet) -> None:
        """Bind the rule."""
        self.sheet = Sheet(rule, rules.facts)

    def can_be_unknown(self, expr: Expr) -> bool:
        """Return whether some row may make the expression unknown; names of linked records always may."""
        op, args = expr.op, expr.args
        if op == "literal":
            return expr.value is None
        if op == "name":
            return self._name_can(expr)
        if op in ("is_null", "is_true", "is_false"):
            return self._asks_elsewhere(expr)
        if op == "call" and expr.value.name == "coalesce":
            return all(map(self.can_be_unknown, args)) or self._asks_elsewhere(expr)
        if op == "call" and not expr.value.strict:
            return all(map(self.can_be_unknown, args))
        return op in ("/", "%", "*", "+", "-") or op == "call" or self._any(args)

    def _asks_elsewhere(self, expr: Expr) -> bool:
        return bool(self.sheet.aliases(expr.names()) or self.sheet.groups(expr.names()))

    def _any(self, exprs: Iterable[Expr]) -> bool:
        return any(map(self.can_be_unknown, exprs))

    def _name_can(self, expr: Expr) -> bool:
        definition = self.sheet.definitions.get(expr.value.path)
        if expr.value.source == "as_of" or (expr.value.source == "link" and expr.value.column == "weak"):
            return False
        if definition is None or definition.expr is None or definition.alias:
            return True
        return self.can_be_unknown(definition.expr)
