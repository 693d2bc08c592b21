"""Cases with one thing changed: a value, the strength of a link, a statement of coverage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.records import BY_NAME
from engine.rules.group_mutants import expressions
from engine.rules.model import Case, bare_rule
from engine.rules.mutants import FLIPPED, Program
from engine.rules.placing import shifted, with_value
from engine.rules.sheet import Sheet
from engine.rules.tree import Expr

_ASKS_TEXT = ("=", "<>", "in", "like", "call")
_SOMETHING = {"date": date(2024, 6, 3), "money": Decimal(1000), "int": 30}
"""What a column may hold of which no case tells anything."""
Values = dict[tuple[str, str], list[Any]]


@dataclass(frozen=True)
class Varied:
    """A changed case and the one it comes from; `row` was changed, '' where not one row alone."""

    base: Case
    case: Case
    row: str = ""

    @property
    def focused(self) -> Case:
        """The case with only the changed row and what it is linked with: no other answer can differ."""
        return part_of(self.case, self.row) if self.row else self.case


def part_of(case: Case, row: str) -> Case:
    """Return the case with only a row, the rows it is linked with one by one, and the statements of coverage."""
    near = {row}
    while more := {end for link in case.links for end in (link["from"], link["to"])
                   if {link["from"], link["to"]} & near} - near:
        near |= more
    given = {table: tuple(item for item in items if item[0] in near or table == "coverage")
             for table, items in case.given.items()}
    links = tuple(link for link in case.links if link["from"] in near)
    return replace(case, given={table: items for table, items in given.items() if items}, links=links)


def varied(program: Program, cases: Sequence[Case]) -> Iterator[Varied]:
    """Yield each case with each single change: values told elsewhere, one step aside, not told; other links."""
    values = _values(program, cases)
    used: dict[str, list[str]] = {}
    for table, column in values:
        used.setdefault(table, []).append(column)
    for case in cases:
        for table, rows in case.given.items():
            for ident, row in rows:
                for column in used.get(table, ()):
                    dates = [v for v in row.values() if isinstance(v, date)]
                    known = values[table, column] + (dates if column in _dates(table) else [])
                    for value in _others(row.get(column), known):
                        alone = table != "coverage" and not program.rule.groups
                        yield Varied(case, with_value(case, ident, column, value), ident if alone else "")
        yield from (Varied(case, changed) for changed in _other_links(program, case))
        yield from (Varied(case, replace(case, as_of=day)) for day in _others(case.as_of, []) if day is not None)


def _others(value: Any, known: Sequence[Any]) -> Iterator[Any]:
    if value is not None and not isinstance(value, str | bool):
        yield from (shifted(value, Decimal(step)) for step in (-1, 1))
    yield from (other for other in known if other != value)
    if value is not None:
        yield None


def _values(program: Program, cases: Sequence[Case]) -> Values:
    """Return for each column the rule reads the values worth trying: told in cases, codes, words the rule asks for."""
    sheet = Sheet(program.rule, program.rules.facts)
    tables = {"": program.rule.subject, **{use.alias: use.table for use in program.rule.links}}
    found: Values = {(tables[alias], column): [] for alias, columns in sheet.columns.items() for column in columns}
    within = [(group.table, name.column) for group in program.rule.groups
              for name in Sheet(bare_rule(group.table, group.within), program.rules.facts).columns[""].values()]
    found |= {place: [] for place in within}
    found |= {("coverage", "division"): [], ("coverage", "exhaustive"): [False]}
    for case in cases:
        for table, rows in case.given.items():
            for column, value in ((c, v) for _, row in rows for c, v in row.items()):
                if (table, column) in found and value not in (None, *found[table, column]):
                    found[table, column].append(value)
    exprs = [e for d in sheet.definitions.values() if d.expr is not None for e in d.expr.walk()]
    exprs += [e for root in program.rule.roots() for e in root.walk()]
    grouped = [e for group in program.rule.groups for _, expr, _ in expressions(group) for e in expr.walk()]
    for place, value in _limits(grouped):
        found.get(place, []).append(value)
    exprs += grouped
    for (table, column), values in found.items():
        declared = next((c for c in BY_NAME[table].columns if c.name == column), None)
        more: list[Any] = [True, False] if declared is not None and declared.type == "bool" else []
        more += [code for code, _ in declared.values] if declared is not None else []
        values += [v for v in (*more, *_asked(exprs, table, column)) if v not in values]
        if not values and declared is not None:
            values.append(_SOMETHING.get(declared.type, "某"))
    return found


def _dates(table: str) -> set[str]:
    return {column.name for column in BY_NAME[table].columns if column.type == "date"}


def _limits(exprs: Sequence[Expr]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield the constants columns are compared with inside groups, and their neighbours."""
    for expr in exprs:
        if expr.op in FLIPPED and expr.args[0].op == "name" and expr.args[1].op in ("literal", "neg"):
            name, value = expr.args[0].value, expr.args[1].value
            if name.kind.name == "money" and value is not None:
                value = Decimal(str(value))
            if isinstance(value, date | Decimal | int) and not isinstance(value, bool):
                yield from (((name.table, name.column), shifted(value, Decimal(step))) for step in (-1, 0, 1))


def _asked(exprs: Sequence[Expr], table: str, column: str) -> Iterator[Any]:
    """Yield the constants a text column is compared with; of a pattern its letters."""
    for expr in exprs:
        if expr.op not in _ASKS_TEXT or not expr.args or expr.args[0].op != "name":
            continue
        name = expr.args[0].value
        if (name.table, name.column) == (table, column) and name.kind.name == "text":
            if expr.op == "like":
                yield str(expr.value).replace("%", "")
            yield from (arg.value for arg in expr.args[1:] if arg.op == "literal" and isinstance(arg.value, str))


def _other_links(program: Program, case: Case) -> Iterator[Case]:
    """Yield the case with one link left out, and with one at and around the least confidence asked for."""
    least = {use.shape.id: use.min_confidence for use in program.rule.links if use.min_confidence is not None}
    for i, link in enumerate(case.links):
        rest = (case.links[:i], case.links[i + 1:])
        asked = least.get(link["use"])
        if asked is not None:
            for step in ("0", "-0.01", "0.01"):
                yield replace(case, links=(*rest[0], link | {"confidence": float(asked + Decimal(step))}, *rest[1]))
        yield replace(case, links=(*rest[0], *rest[1]))
