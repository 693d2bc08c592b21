"""Case rows moved to the limit of a comparison: one step below, exactly at, one step above.

A comparison stands in a condition, an exclusion, a let or a fact. What moves it is a column of the subject or of a
linked record, or the as-of date. How far to move it follows from the two sides as they stand in a case; since months,
rest days and shares do not move in step, a few neighbours are tried as well and only what the database says lies at
the limit is kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.rules.compiling import compile_rule
from engine.rules.kinds import STEP
from engine.rules.model import Case
from engine.rules.mutants import FLIPPED, Program
from engine.rules.names import AS_OF, Name
from engine.rules.rendering import Renderer, quoted
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr
from engine.rules.worlds import Worlds
from engine.rules.writing import written

OFFSETS = (-1, 0, 1)
MOST_BASES = 3
"""Rows a comparison is tried on."""
_NEIGHBOURS = range(-4, 5)
"""Days around the computed one: a long weekend, the uneven ends of months."""
_MOST_STEPS = 10**12


@dataclass(frozen=True)
class Comparison:
    """A comparison of dates, whole numbers or sums: where it stands, and what moves its sides."""

    where: str
    expr: Expr
    movers: tuple[Name, ...]

    @property
    def step(self) -> Decimal:
        """The smallest difference."""
        kinds = {side.kind.name for side in self.expr.args}
        return STEP["money"] if "money" in kinds else Decimal(1)

    def __str__(self) -> str:
        """Return it as the author would write it."""
        return f"{self.where}：{written(self.expr)}"


@dataclass(frozen=True)
class Placed:
    """A changed case whose row lies `offset` steps above the limit of a comparison."""

    comparison: Comparison
    offset: int
    row: str
    base: Case
    case: Case

    @property
    def changes_day(self) -> bool:
        """Whether the as-of date was moved, so that other rows may answer otherwise too."""
        return self.base.as_of != self.case.as_of


def comparisons(program: Program) -> list[Comparison]:
    """Return the comparisons the rule's answer rests on, each once."""
    sheet = Sheet(program.rule, program.rules.facts)
    places = [(f"条件 {c.id}", c.expr) for c in program.rule.when]
    places += [(f"排除 {c.id}", e) for c in program.rule.unless for e in (c.expr, c.unknown) if e is not None]
    places += [(_title(d.name), d.expr) for d in sheet.definitions.values() if d.expr is not None]
    found: dict[Expr, Comparison] = {}
    for where, expr in places:
        for node in expr.walk():
            if node.op in FLIPPED and all(a.kind.name in STEP or _is_number(a) for a in node.args):
                found.setdefault(replace(node, at=0), Comparison(where, node, tuple(_movers(node, sheet))))
    return [c for c in found.values() if c.movers]


def _is_number(side: Expr) -> bool:
    return side.kind.name == "number"


def _title(name: Name) -> str:
    kind = "推导事实" if name.source == "fact" else "let"
    return f"{kind} {name.path}"


def _movers(comparison: Expr, sheet: Sheet) -> Iterator[Name]:
    """Yield the base columns and the as-of date under a comparison, the nearest first."""
    sums = any(a.kind.name == "money" for a in comparison.args)
    waiting, seen = list(comparison.names()), set()
    while waiting:
        name = waiting.pop(0)
        if name.path in seen:
            continue
        seen.add(name.path)
        definition = sheet.definitions.get(name.home)
        if definition is not None:
            waiting += list(definition.inputs())
        elif name.kind.name in (("money",) if sums else ("date", "int")) and name.source in ("column", "as_of"):
            yield name


def reached(worlds: Worlds, program: Program, known: Sequence[Comparison], cases: Sequence[Case]) -> list[Placed]:
    """Return, for each comparison, the rows of the cases that lie at its limit already; offsets beyond are left out."""
    return [Placed(c, offset, ident, case, case) for case, ident, row in _measured(worlds, program, known, cases)
            for c, offset in _offsets(known, row) if offset in OFFSETS]


def candidates(
    worlds: Worlds, program: Program, known: Sequence[Comparison], cases: Sequence[Case],
    most: int = MOST_BASES, movers: int = 99
) -> list[Placed]:
    """Return changed cases that may bring each comparison to its limit; `offset` is what is aimed at.

    `most`: rows each comparison is tried on; `movers`: how many of the columns that move it are tried.
    """
    rows = _measured(worlds, program, known, cases)
    found: list[Placed] = []
    for number, comparison in enumerate(known):
        bases = [(case, ident, row, row[f"side:{number}:0"], row[f"side:{number}:1"]) for case, ident, row in rows]
        near = sorted((b for b in bases if b[3] is not None and b[4] is not None),
                      key=lambda b: (abs(_difference(b[3], b[4], comparison.step)), _size(b[0])))
        for case, ident, row, left, right in (*near[:most], *near[most:][-1:]):
            found += _moves(comparison, case, ident, row, _difference(left, right, comparison.step), movers)
        half = sorted((b for b in bases if (b[3] is None) != (b[4] is None)), key=lambda b: _size(b[0]))
        for case, ident, row, left, right in half[:most] if not near else ():
            found += _told(comparison, case, ident, row, right if left is None else left)
    return found


def _size(case: Case) -> int:
    return sum(map(len, case.given.values()))


def _told(comparison: Comparison, case: Case, ident: str, row: dict[str, Any], known: Any) -> Iterator[Placed]:
    """Yield the case with the side that is not told set to lie at the limit, where it is a column of its own."""
    left, right = comparison.expr.args
    for side, sign in ((left, 1), (right, -1)):
        if side.op == "name" and side.value in comparison.movers and side.value != AS_OF:
            target = row[f"row:{side.value.alias}"]
            if target and value_of(case, target, side.value.column) is None:
                for offset in OFFSETS:
                    new = with_value(case, target, side.value.column, shifted(known, Decimal(sign * offset)))
                    yield Placed(comparison, offset, ident, case, new)


def placed(worlds: Worlds, program: Program, tried: Sequence[Placed]) -> list[Placed]:
    """Return those of the tried cases that the database finds at the limit they aim at."""
    known = list(dict.fromkeys(t.comparison for t in tried))
    named = {str(i): replace(t.case, name=str(i)) for i, t in enumerate(tried)}
    kept = []
    for case, ident, row in _measured(worlds, program, known, list(named.values())):
        aim = tried[int(case.name)]
        at = next(offset for _, offset in _offsets([aim.comparison], row, known.index(aim.comparison)))
        if ident == aim.row and at == aim.offset:
            kept.append(aim)
    return kept


def _measured(
    worlds: Worlds, program: Program, known: Sequence[Comparison], cases: Sequence[Case]
) -> list[tuple[Case, str, dict[str, Any]]]:
    """Return each subject row of the cases with the sides of the comparisons and the records it is linked with."""
    if not cases:
        return []
    worlds.fill(cases)
    compiled = compile_rule(program.rule, program.rules, None)
    renderer = Renderer(compiled.sheet, None)
    more = {f"side:{i}:{k}": renderer.sql(side) for i, c in enumerate(known) for k, side in enumerate(c.expr.args)}
    more |= {f"record:{use.alias}": quoted(f"{use.alias}.record_id") for use in program.rule.links}
    named = {case.name: case for case in cases}
    names = ["record_id", "answer", *compiled.truths, *more]
    rows = []
    for values in worlds.store.rows(compiled.judged_sql(more)):
        row = dict(zip(names, values, strict=True))
        name, ident = worlds.keys[row["record_id"]]
        linked = {f"row:{u.alias}": worlds.keys.get(row[f"record:{u.alias}"], ("", ""))[1] for u in program.rule.links}
        rows.append((named[name], ident, row | linked | {"row:": ident}))
    order = {case.name: i for i, case in enumerate(cases)}
    return sorted(rows, key=lambda r: (order[r[0].name], r[1]))


def _offsets(
    known: Sequence[Comparison], row: dict[str, Any], first: int = 0
) -> Iterator[tuple[Comparison, int | None]]:
    for number, comparison in enumerate(known, start=first):
        left, right = row[f"side:{number}:0"], row[f"side:{number}:1"]
        distance = _difference(left, right, comparison.step) if left is not None and right is not None else None
        yield comparison, int(distance) if distance is not None and distance == int(distance) else None


def _difference(left: Any, right: Any, step: Decimal) -> Decimal:
    """Return left minus right in steps."""
    if isinstance(left, date):
        return Decimal((left - right).days)
    return (Decimal(str(left)) - Decimal(str(right))) / step


def _moves(
    comparison: Comparison, case: Case, ident: str, row: dict[str, Any], distance: Decimal, movers: int
) -> Iterator[Placed]:
    """Yield the case with one value moved so that the comparison may come to lie at its limit."""
    for offset in OFFSETS:
        by = offset - distance
        for mover in comparison.movers[:movers]:
            shifts = dict.fromkeys(_shifts(comparison.expr, mover, by))
            for changed in _moved(case, row[f"row:{mover.alias}"], mover, shifts):
                yield Placed(comparison, offset, ident, case, changed)


def _shifts(comparison: Expr, mover: Name, by: Decimal) -> Iterator[Decimal]:
    """Yield by how much to move a value: just so much where it is a side itself, else either way and a little more."""
    left, right = (side.op == "name" and side.value == mover for side in comparison.args)
    if left or right:
        yield by if left else -by
        return
    reach = _NEIGHBOURS if mover.kind.name == "date" else (0,)
    yield from (sign * by + near for near in sorted(reach, key=abs) for sign in (1, -1))


def _moved(case: Case, ident: str, mover: Name, shifts: Iterable[Decimal]) -> Iterator[Case]:
    old = case.as_of if mover == AS_OF else value_of(case, ident, mover.column)
    if old is None:
        return
    for shift in shifts:
        new = shifted(old, shift)
        if new is not None and mover == AS_OF:
            yield replace(case, as_of=new)
        elif new is not None:
            yield with_value(case, ident, mover.column, new)


def shifted(value: Any, steps: Decimal) -> Any:
    """Return a date moved by days, a whole number by ones, a sum by cents; None where that is none."""
    if abs(steps) > _MOST_STEPS or steps != int(steps):
        return None
    if isinstance(value, date):
        number = value.toordinal() + int(steps)
        return value + timedelta(days=int(steps)) if 700_000 < number < 760_000 else None
    if isinstance(value, int):
        return value + int(steps)
    return (Decimal(value) + steps * STEP["money"]).quantize(STEP["money"])


def value_of(case: Case, ident: str, column: str) -> Any:
    """Return a value of a row of a case, None where it is not told."""
    return next((row.get(column) for rows in case.given.values() for i, row in rows if i == ident), None)


def with_value(case: Case, ident: str, column: str, value: Any) -> Case:
    """Return the case with one value of one row changed."""
    given = {table: tuple((i, row | {column: value} if i == ident else row) for i, row in rows)
             for table, rows in case.given.items()}
    return replace(case, given=given)
