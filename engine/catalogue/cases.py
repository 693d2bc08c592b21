"""The cases of a rule as rows of a table: what is given, in words, and the expected answer of each row."""

import re
from collections.abc import Iterator
from typing import Any

from engine.columns import Column
from engine.records import BY_NAME
from engine.rules import ANSWERS, Rule, RuleSet
from engine.rules.case_clauses import DEFAULT_AS_OF
from engine.rules.model import Case
from engine.rules.templates import shown

MOST_CHANGES = 3
"""A case that differs from an earlier one in no more values is told by the difference."""

_UNNAMED = re.compile(r"row\d+")
"""The key of a row that the author gave none, because nothing refers to it."""

Cells = dict[tuple[str, str, str], Any]


def case_rows(rule: Rule, rules: RuleSet) -> Iterator[tuple[str, str, str]]:
    """Yield name, what is given, and the expected answers of every case."""
    earlier: list[Case] = []
    for case in rule.cases:
        like = _nearest(case, earlier)
        given = _changed(case, like) if like is not None else _given(case, rules)
        answers = "\n".join(f"{ident} {ANSWERS[answer]}" for ident, answer in case.then.items())
        todo = f"\n（待办：{case.todo}）" if case.todo else ""
        yield case.name, given, answers + todo
        earlier.append(case)


def _cells(case: Case) -> Cells:
    return {(table, ident, name): value for table, rows in case.given.items() for ident, row in rows
            for name, value in row.items()}


def _nearest(case: Case, earlier: list[Case]) -> Case | None:
    """Return the first earlier case with the same rows and links from which few values differ."""
    alike = [other for other in earlier if _shape(other) == _shape(case)]
    near = min(alike, key=lambda other: len(_differences(case, other)), default=None)
    return near if near is not None and len(_differences(case, near)) <= MOST_CHANGES else None


def _shape(case: Case) -> tuple[object, ...]:
    rows = sorted((table, ident) for table, found in case.given.items() for ident, _ in found)
    return rows, sorted(str(sorted(link.items(), key=str)) for link in case.links)


def _differences(case: Case, other: Case) -> Cells:
    """Return the values that are otherwise here; None where the other case has one and this has not."""
    mine, theirs = _cells(case), _cells(other)
    changed: Cells = {key: mine.get(key) for key in (*mine, *theirs) if mine.get(key) != theirs.get(key)}
    return changed | ({("", "", "as_of"): case.as_of} if case.as_of != other.as_of else {})


def _changed(case: Case, like: Case) -> str:
    told = [f"{ident}的{_value(table, name, value)}" if table else f"截至{shown(value, 'date')}"
            for (table, ident, name), value in _differences(case, like).items()]
    return f"同“{like.name}”，但{'，'.join(told)}" if told else f"同“{like.name}”"


def _given(case: Case, rules: RuleSet) -> str:
    lines = []
    for table, rows in case.given.items():
        for ident, row in rows:
            values = "，".join(_value(table, name, value) for name, value in row.items()) or "各列均未记载"
            label = BY_NAME[table].label
            lines.append(f"{label}：{values}" if _UNNAMED.fullmatch(ident) else f"{ident}（{label}）：{values}")
    for link in case.links:
        about = f"，把握 {link['confidence']:g}" if link["confidence"] is not None and link["confidence"] != 1 else ""
        title = rules.links[link["use"]].title if link["use"] in rules.links else link["use"]
        lines.append(f"{link['from']} 关联 {link['to']}（{title}{about}）")
    if case.as_of != DEFAULT_AS_OF:
        lines.append(f"截至{shown(case.as_of, 'date')}")
    return "\n".join(lines)


def _value(table: str, name: str, value: Any) -> str:
    declared = BY_NAME[table]
    columns = {c.name: c for c in (*declared.columns, *declared.key_columns)}
    column = columns.get(name, Column(name, "text", "主体编号"))
    if value is None:
        return f"{column.label}未记载"
    if table == "coverage" and name == "table_name" and value in BY_NAME:
        return f"{column.label} {BY_NAME[value].label}"
    return f"{column.label} {shown(value, column.type, column.values)}"
