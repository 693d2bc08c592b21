"""What follows from conditions without any data: enough to see that some can never hold together.

Conservative: only contradictions that follow from the conditions' own form are found (limits, choices, NULL, opposite
comparisons of one and the same term); what is not understood is taken to be possible.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.rules.tree import Expr

_SIGNS = {"<": {-1}, "<=": {-1, 0}, "=": {0}, ">=": {0, 1}, ">": {1}, "<>": {-1, 1}}
_OPPOSITE = {"<": ">=", "<=": ">", "=": "<>", "<>": "=", ">=": "<", ">": "<="}
_TURNED = {"<": ">", "<=": ">=", "=": "=", "<>": "<>", ">=": "<=", ">": "<"}

MAX_THOUGHT_DEPTH = 100


@dataclass
class Term:
    """What is known of one term; `null` None: it may or may not be NULL. Limits are (value, whether included)."""

    allowed: set[Any] | None = None
    banned: set[Any] = field(default_factory=set)
    low: tuple[Any, bool] | None = None
    high: tuple[Any, bool] | None = None
    null: bool | None = None
    broken: bool = False

    def is_possible(self) -> bool:
        """Return whether some value is left."""
        if self.broken or self.null:
            return not self.broken
        if self.allowed is not None:
            return any(self._fits(value) for value in self.allowed)
        if self.low is None or self.high is None or self.low[0] < self.high[0]:
            return True
        return self.low[0] == self.high[0] and self.low[1] and self.high[1] and self.low[0] not in self.banned

    def _fits(self, value: Any) -> bool:
        above = self.low is None or value > self.low[0] or (value == self.low[0] and self.low[1])
        below = self.high is None or value < self.high[0] or (value == self.high[0] and self.high[1])
        return above and below and value not in self.banned

    def is_null(self, truth: bool) -> None:
        """Note that the term is NULL, or that it is not."""
        self.broken |= self.null is (not truth)
        self.null = truth

    def limit(self, sign: str, value: Any, whole: bool) -> None:
        """Note that the term stands in this relation to a value; `whole`: of its kind there is nothing in between."""
        self.is_null(False)
        if sign == "=":
            self.allowed = {value} if self.allowed is None else self.allowed & {value}
        elif sign == "<>":
            self.banned.add(value)
        elif sign in (">", ">="):
            found = _next(value, 1, sign == ">") if whole else (value, sign == ">=")
            self.low = found if self.low is None else max(self.low, found, key=lambda x: (x[0], not x[1]))
        else:
            found = _next(value, -1, sign == "<") if whole else (value, sign == "<=")
            self.high = found if self.high is None else min(self.high, found, key=lambda x: (x[0], x[1]))


class Lets:
    """The lets conditions may use, in their order, and how much more thought may be spent on them.

    Each stands in the keys of terms as a short number, so that lets that use lets do not make long texts. When the
    thought is spent nothing more is found: a rule that hides a contradiction so deep gets no complaint.
    """

    def __init__(self, lets: Mapping[str, Expr] | None = None, thought: int = 5_000) -> None:
        """Number the lets; each may use those before it."""
        self.exprs: dict[str, Expr] = {}
        self.thought = thought
        self.depth = 0
        self._numbers: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        for path, expr in (lets or {}).items():
            self._keys[path] = self.key(expr)
            self.exprs[path] = expr

    def spend(self, amount: int = 1) -> bool:
        """Return whether there is thought left, and take some."""
        self.thought -= amount
        return self.thought > 0 and self.depth < MAX_THOUGHT_DEPTH

    def seen(self, expr: Expr) -> Expr:
        """Return what a let stands for."""
        while expr.op == "name" and expr.value.path in self.exprs:
            expr = self.exprs[expr.value.path]
        return expr

    def key(self, expr: Expr) -> str:
        """Return the same text for expressions that are written alike."""
        if expr.op == "literal":
            return repr(_plain(expr))
        if expr.op == "name":
            path: str = expr.value.path
            return self._keys.get(path, path)
        shown = getattr(expr.value, "name", expr.value)
        whole = f"{expr.op}:{shown}({', '.join(self.key(arg) for arg in expr.args)})"
        return self._numbers.setdefault(whole, f"#{len(self._numbers)}")


class Facts:
    """What is known of a row of which some conditions are said to hold."""

    def __init__(self, lets: Lets) -> None:
        """Start with nothing known."""
        self.lets = lets
        self.terms: dict[str, Term] = {}
        self.pairs: dict[tuple[str, str], set[int]] = {}
        self.broken = False

    def are_possible(self) -> bool:
        """Return whether a row like that may exist."""
        return not self.broken and all(t.is_possible() for t in self.terms.values()) and all(self.pairs.values())

    def with_also(self, expr: Expr, truth: bool = True) -> "Facts":
        """Return these facts and that an expression is TRUE (or FALSE)."""
        more = Facts(self.lets)
        if self.lets.spend(1 + len(self.terms)):
            more.terms = {key: replace(term, banned=set(term.banned)) for key, term in self.terms.items()}
            more.pairs, more.broken = {key: set(signs) for key, signs in self.pairs.items()}, self.broken
            more.hold(expr, truth)
        return more

    def hold(self, expr: Expr, truth: bool = True) -> None:
        """Note that an expression is TRUE (or FALSE)."""
        if not self.lets.spend():
            return
        self.lets.depth += 1
        self._hold(self.lets.seen(expr), truth)
        self.lets.depth -= 1

    def _hold(self, expr: Expr, truth: bool) -> None:
        if expr.op == "literal":
            self.broken |= expr.value is not truth
        elif expr.op == "not":
            self.hold(expr.args[0], not truth)
        elif (expr.op, truth) in (("and", True), ("or", False)):
            for arg in expr.args:
                self.hold(arg, truth)
        elif expr.op in ("and", "or"):
            self._one_of(expr.args, truth)
        elif expr.op == "is_null":
            self._term(expr.args[0]).is_null(truth)
        elif expr.op in ("is_true", "is_false") and truth:
            self.hold(expr.args[0], expr.op == "is_true")
        elif expr.op in _SIGNS:
            self._compare(expr.op if truth else _OPPOSITE[expr.op], *expr.args)
        elif expr.op == "in":
            self._choice(expr, truth)
        else:
            self._term(expr).limit("=", truth, whole=False)

    def imply(self, expr: Expr) -> bool:
        """Return whether an expression is then surely TRUE (never NULL)."""
        if not self.lets.spend():
            return False
        expr = self.lets.seen(expr)
        if expr.op == "and":
            return all(self.imply(arg) for arg in expr.args)
        if expr.op == "or":
            return any(self.imply(arg) for arg in expr.args)
        return self.knows(expr) and not self.with_also(expr, truth=False).are_possible()

    def knows(self, expr: Expr) -> bool:
        """Return whether the terms of a plain condition are known to have a value (or to be NULL, where asked)."""
        expr = self.lets.seen(expr)
        if expr.op == "not" and self.lets.spend():
            return self.knows(expr.args[0])
        if expr.op in ("and", "or", "literal", "is_true", "is_false"):
            return False
        if expr.op == "is_null":
            known = self.terms.get(self.lets.key(expr.args[0]))
            return known is not None and known.null is not None
        sides = [a for a in expr.args if a.op != "literal"] if expr.op in (*_SIGNS, "in") else [expr]
        found = [self.terms.get(self.lets.key(side)) for side in sides]
        return bool(found) and all(term is not None and term.null is False for term in found)

    def parts(self, expr: Expr) -> Iterator[Expr]:
        """Yield the conditions that must all hold for an expression to hold."""
        waiting = [expr]
        while waiting and self.lets.spend():
            expr = self.lets.seen(waiting.pop())
            if expr.op == "and":
                waiting += reversed(expr.args)
            else:
                yield expr

    def _one_of(self, options: tuple[Expr, ...], truth: bool) -> None:
        """Note that at least one of them is so: when only one can be, that one is."""
        possible = [option for option in options if self.with_also(option, truth).are_possible()]
        if not possible:
            self.broken = True
        elif len(possible) == 1:
            self.hold(possible[0], truth)

    def _choice(self, expr: Expr, truth: bool) -> None:
        term, values = self._term(expr.args[0]), {_plain(a) for a in expr.args[1:]}
        term.is_null(False)
        if truth:
            term.allowed = values if term.allowed is None else term.allowed & values
        else:
            term.banned |= values

    def _compare(self, sign: str, left: Expr, right: Expr) -> None:
        if left.op == "literal":
            sign, left, right = _TURNED[sign], right, left
        if left.op == "literal":
            return
        if right.op != "literal":
            self._pair(sign, left, right)
        elif right.kind.name == "bool" and sign in ("=", "<>"):
            self.hold(left, bool(right.value) is (sign == "="))
        else:
            self._term(left).limit(sign, _plain(right), whole=left.kind.name in ("int", "date"))

    def _pair(self, sign: str, left: Expr, right: Expr) -> None:
        first, second = self.lets.key(left), self.lets.key(right)
        for side in (left, right):
            self._term(side).is_null(False)
        if first > second:
            sign, first, second = _TURNED[sign], second, first
        known = self.pairs.setdefault((first, second), {0} if first == second else {-1, 0, 1})
        known &= _SIGNS[sign]

    def _term(self, expr: Expr) -> Term:
        codes = {code for code, _ in expr.kind.codes} if expr.op == "name" else None
        return self.terms.setdefault(self.lets.key(expr), Term(allowed=codes or None))


def _plain(expr: Expr) -> Any:
    """Return a literal's value so that equal ones are equal."""
    is_number = expr.kind.is_numeric and expr.value is not None
    return Decimal(expr.value) if is_number else expr.value


def _next(value: Any, step: int, beyond: bool) -> tuple[Any, bool]:
    """Return the first whole number or day at (or beyond) a value going up or down, as an included limit."""
    if isinstance(value, date):
        edge = date.max if step > 0 else date.min
        return (value + timedelta(days=step), True) if beyond and value != edge else (value, not beyond)
    whole = math.ceil(value) if step > 0 else math.floor(value)
    return Decimal(whole + step if beyond and whole == value else whole), True
