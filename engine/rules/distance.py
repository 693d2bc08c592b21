"""How far a record is from the other answer: each comparison with both its values, and by how much it would turn.

Only what has a measure is told: dates in days, sums in yuan, whole numbers. A comparison inside a fact or let that is
a yes or no is looked into, since that is where most limits stand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.rules.kinds import STEP
from engine.rules.names import Name
from engine.rules.rendering import Renderer
from engine.rules.sheet import Sheet
from engine.rules.templates import shown
from engine.rules.tree import Expr

_STEP = STEP | {"number": Decimal(0)}
"""The smallest change of a value of each kind; of a share there is none."""

_COUNTED_IN = {"days_between": "日", "workdays_between": "个工作日", "age_on": "岁", "length": "字"}


@dataclass(frozen=True)
class Measured:
    """A comparison as it stood: its words, its truth, how far it is from turning, in which unit.

    `short_by` is None where no step makes it turn that can be named (a share that is exactly equal).
    """

    words: str
    truth: bool
    short_by: Decimal | None
    unit: str

    def __str__(self) -> str:
        """Return it as one Chinese sentence."""
        turned = "不成立" if self.truth else "成立"
        distance = f"，差{_number(self.short_by)}{self.unit}即{turned}" if self.short_by is not None else ""
        return f"{self.words}：{'成立' if self.truth else '不成立'}{distance}"


class Distances:
    """The comparisons behind some expressions, with the SQL of their sides."""

    def __init__(self, sheet: Sheet, exprs: Iterable[Expr], as_of: date) -> None:
        """Collect the comparisons under the expressions."""
        self.sheet = sheet
        self.renderer = Renderer(sheet, as_of)
        self.sides: dict[str, str] = {}
        for expr in exprs:
            for comparison in self.under(expr):
                for side in comparison.args:
                    self.sides.setdefault(self._sql(side), f"side:{len(self.sides)}")

    def columns(self) -> dict[str, str]:
        """Return SQL by column name for what `measured` reads."""
        return {column: sql for sql, column in self.sides.items()}

    def measured(self, expr: Expr, row: dict[str, Any]) -> Iterator[Measured]:
        """Yield the comparisons under an expression whose sides are both known."""
        for comparison in self.under(expr):
            left, right = (row[self.sides[self._sql(side)]] for side in comparison.args)
            if left is not None and right is not None:
                yield self._measure(comparison, left, right)

    def under(self, expr: Expr) -> Iterator[Expr]:
        """Yield each comparison of dates or numbers, also those inside named yes-or-no values, once."""
        seen: set[Expr] = set()
        waiting = [expr]
        while waiting:
            for node in waiting.pop(0).walk():
                if node.op in _TURNS and node.args[0].kind.name in _STEP and node not in seen:
                    seen.add(node)
                    yield node
                elif node.op == "name" and node.kind.name == "bool":
                    inner = self._definition(node.value)
                    waiting += [inner] if inner is not None and node not in seen else []
                    seen.add(node)

    def _sql(self, side: Expr) -> str:
        return self.renderer.sql(side)

    def _definition(self, name: Name) -> Expr | None:
        found = self.sheet.definitions.get(name.path)
        return found.expr if found is not None else None

    def _measure(self, comparison: Expr, left: Any, right: Any) -> Measured:
        first, second = comparison.args
        kinds = {first.kind.name, second.kind.name}
        kind = next(k for k in ("date", "money", "number", "int") if k in kinds)
        margin = Decimal((left - right).days) if kind == "date" else Decimal(str(left)) - Decimal(str(right))
        truth, short_by = _TURNS[comparison.op](margin, _STEP[kind])
        words = f"{self._words(first, left)} {comparison.op} {self._words(second, right)}"
        return Measured(words, truth, short_by or None, self._unit(first, kind) or self._unit(second, kind))

    def _words(self, side: Expr, value: Any) -> str:
        told = shown(value, side.kind.name, side.kind.codes)
        return f"{side.value.label}{told}" if side.op == "name" and side.value.source != "as_of" else told

    def _unit(self, side: Expr, kind: str) -> str:
        """Return what a side is counted in, looking through names to the function that counted."""
        if kind in ("date", "money"):
            return {"date": "日", "money": "元"}[kind]
        while side.op == "name" and (inner := self._definition(side.value)) is not None:
            side = inner
        return _COUNTED_IN.get(side.value.name, "") if side.op == "call" else ""


def nearest(measured: Iterable[Measured]) -> Measured | None:
    """Return the comparison that would turn first, of those counted in days; None where there is none."""
    days = [m for m in measured if m.unit == "日" and m.short_by is not None]
    return min(days, key=lambda m: m.short_by or 0, default=None)


def _above(margin: Decimal, step: Decimal) -> tuple[bool, Decimal]:
    return (True, margin) if margin > 0 else (False, step - margin)


def _below(margin: Decimal, step: Decimal) -> tuple[bool, Decimal]:
    return _above(-margin, step)


def _equal(margin: Decimal, step: Decimal) -> tuple[bool, Decimal]:
    return (True, step) if margin == 0 else (False, abs(margin))


def _not(turn: Any) -> Any:
    def turned(margin: Decimal, step: Decimal) -> tuple[bool, Decimal]:
        truth, short_by = turn(margin, step)
        return not truth, short_by

    return turned


_TURNS: dict[str, Any] = {
    ">": _above, "<": _below, ">=": _not(_below), "<=": _not(_above), "=": _equal, "<>": _not(_equal),
}
"""Truth and distance of each comparison, from left minus right and the smallest step."""


def _number(value: Decimal) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")
