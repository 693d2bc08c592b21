"""The working of every date: from which day, by which rule, which last day, rolled to which day.

Each call that counts a period or working days is found, with the tests under which its branch is reached. Told twice:
in SQL, short, for every stored answer (`told_sql`), and in Python with the rest days by name, for one record
(`Workings.told`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.law import Calendar, Value, explain_between, explain_period, sql_period_end, sql_rolled
from engine.rules.names import Name
from engine.rules.rendering import Renderer, index_of, linked, text_literal
from engine.rules.templates import UNIT
from engine.rules.tree import Expr

COUNTING = ("period_end", "period_end_unrolled", "workdays_end", "workdays_between")
"""Functions whose working is shown."""


@dataclass(frozen=True)
class Call:
    """A call that counts: what it is part of ('' and no label: a condition) and when it is reached."""

    owner: str
    label: str
    expr: Expr
    tests: tuple[str, ...]

    @property
    def law(self) -> Name | None:
        """The value of law it counts by."""
        return self.expr.args[1].value if "period" in self.expr.value.takes else None


def calls(renderer: Renderer) -> list[Call]:
    """Return every counting call of the sheet's definitions and conditions."""
    found = []
    for definition in renderer.sheet.definitions.values():
        if definition.expr is not None:
            there = (linked(definition.alias),) if definition.alias else ()
            found += [Call(definition.name.path, definition.name.label, expr, tests)
                      for expr, tests in reached(definition.expr, renderer, there)]
    for root in renderer.sheet.rule.roots():
        found += [Call("", "", expr, tests) for expr, tests in reached(root, renderer, ())]
    counting = (call for call in found if call.expr.op == "call" and call.expr.value.name in COUNTING)
    return list(dict.fromkeys(counting))


def reached(expr: Expr, renderer: Renderer, tests: tuple[str, ...]) -> Iterator[tuple[Expr, tuple[str, ...]]]:
    """Yield every node of an expression with the tests under which it is reached, branch by branch of a CASE."""
    yield expr, tests
    if expr.op != "case":
        for arg in expr.args:
            yield from reached(arg, renderer, tests)
        return
    for i in range(0, len(expr.args) - 1, 2):
        yield from reached(expr.args[i], renderer, tests)
        condition = renderer.sql(expr.args[i])
        yield from reached(expr.args[i + 1], renderer, (*tests, condition))
        tests = (*tests, f"NOT {condition}")
    yield from reached(expr.args[-1], renderer, tests)


class Workings:
    """The counting calls of a sheet, with the SQL of what is needed to tell them for one record."""

    def __init__(self, renderer: Renderer) -> None:
        """Find the calls."""
        self.renderer = renderer
        self.calls = calls(renderer)

    def columns(self) -> dict[str, str]:
        """Return SQL by column name for what `told` reads."""
        found: dict[str, str] = {}
        for i, call in enumerate(self.calls):
            found[f"work:{i}"] = " AND ".join(call.tests) or "TRUE"
            found[f"work:{i}:from"] = self.renderer.sql(call.expr.args[0])
            if call.law is None:
                found[f"work:{i}:to"] = self.renderer.sql(call.expr.args[1])
        return found

    def told(self, row: dict[str, Any], calendar: Calendar, owner: str, inside: Expr | None = None) -> tuple[str, ...]:
        """Return the sentences of the calls of an owner (of a condition: of those inside it) that were reached."""
        nodes = list(inside.walk()) if inside is not None else None
        found = []
        for i, call in enumerate(self.calls):
            if call.owner == owner and (nodes is None or call.expr in nodes) and row[f"work:{i}"] is True:
                found.append(self._sentence(i, call, row, calendar))
        return tuple(dict.fromkeys(sentence for sentence in found if sentence))

    def _sentence(self, i: int, call: Call, row: dict[str, Any], calendar: Calendar) -> str:
        start = row[f"work:{i}:from"]
        if call.law is None:
            other = row[f"work:{i}:to"]
            if start is None or other is None:
                return ""
            if isinstance(other, date):
                return explain_between(start, other, calendar)
            return str(explain_period(start, int(other), "workday", calendar))
        index = row[f"{call.law.path}#"]
        if start is None or index is None or call.law.parameter is None:
            return ""
        value = call.law.parameter.values[index]
        rolls = _rolls(call, value)
        return str(explain_period(start, int(value.length), value.unit, calendar, roll=rolls))


def told_sql(renderer: Renderer) -> list[str]:
    """Return SQL for each call's working as JSON; NULL where it was not reached or cannot be told.

    counted: `label：sentence`; owner: the name it computes, '' for a condition; of: the value of law it counts by;
    rolls: whether a last day that rests may move; from: the day before the first one counted.
    """
    found: dict[str, str] = {}
    for call in calls(renderer):
        found.setdefault(_told_sql(call, renderer), _packed(call, renderer))
    return [f"list_transform([{told}], lambda t: CASE WHEN t IS NOT NULL THEN {packed} END)[1]"
            for told, packed in found.items()]


def _packed(call: Call, renderer: Renderer) -> str:
    of = text_literal(call.law.path if call.law is not None else "")
    start = f"CAST({renderer.sql(call.expr.args[0])} AS VARCHAR)"
    rolls = str(call.expr.value.name == "period_end").upper()
    return (f"CAST(to_json(struct_pack(counted := t, owner := {text_literal(call.owner)}, of := {of}, "
            f"rolls := {rolls}, \"from\" := {start})) AS VARCHAR)")


def _told_sql(call: Call, renderer: Renderer) -> str:
    start = renderer.sql(call.expr.args[0])
    if call.law is not None:
        values = call.law.parameter.values if call.law.parameter is not None else ()
        whens = " ".join(f"WHEN {i} THEN {_period_sql(call, start, v)}" for i, v in enumerate(values))
        sentence = f"CASE {index_of(call.law.path)} {whens} END"
    elif call.expr.value.name == "workdays_end":
        number = renderer.sql(call.expr.args[1])
        till = f"{renderer.sql(call.expr)}"
        sentence = _ended_sql(start, f"{number} || '个工作日'", till, till, f"{number}")
    else:
        sentence = _between_sql(start, renderer.sql(call.expr.args[1]), renderer.sql(call.expr))
    label = text_literal(f"{call.label}：") if call.label else "''"
    return f"CASE WHEN {' AND '.join((*call.tests, f'{start} IS NOT NULL'))} THEN {label} || {sentence} END"


def _period_sql(call: Call, start: str, value: Value) -> str:
    length = text_literal(f"{value.length}{UNIT[value.unit]}")
    raw = sql_period_end(start, str(value.length), value.unit, roll=False)
    if value.unit == "workday":
        return _ended_sql(start, length, raw, raw, str(value.length))
    return _ended_sql(start, length, raw, sql_rolled(raw) if _rolls(call, value) else raw, "NULL")


def _ended_sql(start: str, length: str, raw: str, till: str, workdays: str) -> str:
    """Write `自…次日起算…，末日…为休息日，顺延至…`; raw and till are computed once."""
    unrolled = "'（末日不顺延）'" if raw == till and workdays == "NULL" else "''"
    told = (f"'自' || {_day(start)} || '次日起算' || {length} || CASE "
            f"WHEN w.till IS NULL THEN '，届满日超出已公布的放假安排，不能确定' "
            f"WHEN w.till > w.raw THEN '，末日' || {_weekday('w.raw')} || '为休息日，顺延' "
            f"|| date_diff('day', w.raw, w.till) || '日至' || {_weekday('w.till')} "
            f"ELSE '，届满日为' || {_weekday('w.till')} || CASE WHEN date_diff('day', {start}, w.till) > {workdays} "
            f"THEN '，其间休息日' || (date_diff('day', {start}, w.till) - {workdays}) || '日不计' "
            f"ELSE {unrolled} END END")
    ends = f"struct_pack(raw := {raw}, till := {till})"
    return f"list_transform([{ends}], lambda w: {told})[1]"


def _between_sql(earlier: str, later: str, number: str) -> str:
    return (f"'自' || {_day(earlier)} || '次日至' || {_day(later)} || '，共' || {number} || '个工作日' || CASE WHEN "
            f"date_diff('day', {earlier}, {later}) > {number} THEN '，其间休息日' || "
            f"(date_diff('day', {earlier}, {later}) - {number}) || '日不计' ELSE '' END")


def _rolls(call: Call, value: Value) -> bool:
    return call.expr.value.name == "period_end" and value.counting == "roll"


def _day(sql: str) -> str:
    return f"strftime({sql}, '%Y年%-m月%-d日')"


def _weekday(sql: str) -> str:
    return f"({_day(sql)} || '（星期' || substr('日一二三四五六', CAST(dayofweek({sql}) AS INTEGER) + 1, 1) || '）')"
