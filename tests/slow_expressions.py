"""A second, slow meaning of rule expressions, in plain Python over sqlglot's own tree; for comparison only.

It shares no code with `engine.rules`: None is unknown, and what is unknown stays so unless the other side decides.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from engine.law import Calendar, Law, period_end, workdays_between, workdays_end

SIX = Decimal("0.000001")
BIGINT = 2**63
MOST = Decimal(10) ** 22


@dataclass
class World:
    """One subject with its linked records: values by written name, which aliases have a record, lets as texts."""

    values: dict[str, Any]
    linked: dict[str, bool]
    as_of: date
    law: Law
    uses: dict[str, tuple[str, str]] = field(default_factory=dict)
    lets: dict[str, str] = field(default_factory=dict)

    @property
    def calendar(self) -> Calendar:
        """The working-day calendar."""
        return self.law.calendar

    def value(self, path: str) -> Any:
        """Return the value of a name that is no let and no law."""
        return self.values[path]

    def asked(self, path: str) -> set[str]:
        """Return the aliases whose records a name tells about, itself or through lets and dates of law."""
        first, _, rest = path.partition(".")
        if path in self.lets:
            return self.asked_by(parsed(self.lets[path]))
        if first == "law":
            return self.asked_by(parsed(self.uses[path][1]))
        if first == "links":
            alias, _, what = rest.partition(".")
            return set() if what in ("found", "weak") else {alias}
        return {first} & set(self.linked)

    def asked_by(self, node: Any) -> set[str]:
        """Return the aliases whose records an expression asks."""
        columns = node.find_all(exp.Column)
        return {alias for column in columns for alias in self.asked(".".join(p.name for p in column.parts))}


def meaning(text: str, world: World) -> Any:
    """Return the value of an expression in a world."""
    return _value(parsed(text), world)


@lru_cache(maxsize=10_000)
def parsed(text: str) -> Any:
    """Return the parsed text, which nobody changes."""
    return sqlglot.parse_one(text, read="duckdb")


def _value(node: Any, world: World) -> Any:
    for types, evaluate in _MEANINGS:
        if isinstance(node, types):
            return evaluate(node, world)
    raise AssertionError(f"no meaning for {node!r}")


def _column(node: exp.Column, world: World) -> Any:
    path = ".".join(p.name for p in node.parts)
    if path == "as_of":
        return world.as_of
    if path in world.lets:
        return meaning(world.lets[path], world)
    if path.startswith("law."):
        value = _law(path, world)
        return None if value is None else Decimal(value.length)
    return world.value(path)


def _law(path: str, world: World) -> Any:
    parameter, on = world.uses[path]
    day = meaning(on, world)
    if day is None:
        return None
    values = world.law.parameters[parameter].values
    found = [v for v in values if v.from_on <= day and (v.to_on is None or day <= v.to_on)]
    return found[0] if found else None


def _literal(node: exp.Literal, _: World) -> Any:
    return node.this if node.is_string else (Decimal(node.this) if "." in node.this else int(node.this))


def _and(node: exp.And, world: World) -> bool | None:
    found = (_value(node.this, world), _value(node.expression, world))
    return False if False in found else None if None in found else True


def _or(node: exp.Or, world: World) -> bool | None:
    found = (_value(node.this, world), _value(node.expression, world))
    return True if True in found else None if None in found else False


def _not(node: exp.Not, world: World) -> bool | None:
    found = _value(node.this, world)
    return None if found is None else not found


def _compare(sign: Callable[[Any, Any], bool]) -> Callable[[Any, World], bool | None]:
    def evaluate(node: Any, world: World) -> bool | None:
        return _ordered(sign, _value(node.this, world), _value(node.expression, world))

    return evaluate


def _ordered(sign: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, date) != isinstance(right, date):
        left, right = (date.fromisoformat(x) if isinstance(x, str) else x for x in (left, right))
    return sign(left, right)


def _between(node: exp.Between, world: World) -> bool | None:
    value = _value(node.this, world)
    low = _ordered(operator.ge, value, _value(node.args["low"], world))
    high = _ordered(operator.le, value, _value(node.args["high"], world))
    return False if False in (low, high) else None if None in (low, high) else True


def _in(node: exp.In, world: World) -> bool | None:
    value = _value(node.this, world)
    options = [_value(option, world) for option in node.expressions]
    return None if value is None else any(_ordered(operator.eq, value, option) for option in options)


def _like(node: exp.Like, world: World) -> bool | None:
    value = _value(node.this, world)
    if value is None:
        return None
    found = _matches(value, node.expression.this)
    return found != bool(node.args.get("negate"))


def _matches(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_matches(text[i:], pattern[1:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and _matches(text[1:], pattern[1:])


def _is(node: exp.Is, world: World) -> bool | None:
    value = _value(node.this, world)
    if value is None and not _present(node.this, world):
        return None
    if isinstance(node.expression, exp.Null):
        return value is None
    return value is bool(node.expression.this)


def _present(node: Any, world: World) -> bool:
    """Whether every record the expression asks, directly or through lets, is there."""
    return all(world.linked[alias] for alias in world.asked_by(node))


def _case(node: exp.Case, world: World) -> Any:
    for branch in node.args["ifs"]:
        found = _value(branch.this, world)
        if found is None:
            return None
        if found:
            return _value(branch.args["true"], world)
    default = node.args.get("default")
    return _value(default, world) if default is not None else None


def _coalesce(node: exp.Coalesce, world: World) -> Any:
    for arg in (node.this, *node.expressions):
        if arg.find(exp.Column) is None and not _present(node, world):
            continue
        value = _value(arg, world)
        if value is not None:
            return value
    return None


def _arithmetic(sign: str) -> Callable[[Any, World], Any]:
    def evaluate(node: Any, world: World) -> Any:
        left, right = _value(node.this, world), _value(node.expression, world)
        return None if left is None or right is None else _calculated(sign, left, right)

    return evaluate


def _calculated(sign: str, left: Any, right: Any) -> Any:
    if sign in ("/", "%") and right == 0:
        return None
    if sign == "/":
        return _bounded(Decimal(float(left) / float(right)).quantize(SIX, ROUND_HALF_UP))
    if isinstance(left, int) and isinstance(right, int):
        found = {"+": left + right, "-": left - right, "*": left * right,
                 "%": abs(left) % abs(right) * (-1 if left < 0 else 1) if right else None}[sign]
        return found if -BIGINT <= found < BIGINT else None
    first, second = Decimal(left), Decimal(right)
    if sign == "*":
        return _bounded((first * second).quantize(SIX, ROUND_HALF_UP))
    return _bounded({"+": first + second, "-": first - second, "%": first % second if second else None}[sign])


def _bounded(value: Decimal) -> Decimal | None:
    return value if abs(value) < MOST else None


def _neg(node: exp.Neg, world: World) -> Any:
    value = _value(node.this, world)
    return None if value is None else -value


def _paren(node: exp.Paren, world: World) -> Any:
    return _value(node.this, world)


def _date(node: exp.Cast, _: World) -> date:
    return date.fromisoformat(node.this.this)


def _call(node: Any, world: World) -> Any:
    name = node.this.lower() if isinstance(node, exp.Anonymous) else node.sql_name().lower()
    parts = () if isinstance(node, exp.Anonymous) else ("this", "expression", "decimals")
    args = [node.args[part] for part in parts if node.args.get(part) is not None] + list(node.expressions)
    if name.startswith("period_end"):
        return _period(name, args, world)
    if name in ("lookup", "listed"):
        return _asked(name, args, world)
    values = [_value(a, world) for a in args]
    known = [v for v in values if v is not None]
    if name in ("latest_known", "earliest_known"):
        return (max if name == "latest_known" else min)(known, default=None)
    if len(known) < len(values):
        return None
    return _FUNCTIONS[name](world, *values)


def _period(name: str, args: list[Any], world: World) -> date | None:
    start, value = _value(args[0], world), _law(".".join(p.name for p in args[1].parts), world)
    if start is None or value is None:
        return None
    rolls = name == "period_end" and value.counting == "roll"
    return period_end(start, value.length, value.unit, world.calendar, roll=rolls)


def _asked(name: str, args: list[Any], world: World) -> Any:
    """Go through the table row by row, the cited keys one by one."""
    values = [_value(a, world) for a in args]
    key, day = values[1], values[-1]
    if key is None:
        return None
    rows = [row for row in world.law.tables[values[0]].rows if any(k in row.keys for k in key.split(";"))]
    if day is None:
        return None if rows or name == "lookup" else False
    rows = [row for row in rows if row.from_on <= day <= row.to_on]
    if name == "listed":
        return bool(rows)
    known = {k for row in world.law.tables[values[0]].rows for k in row.keys}
    asked = key.strip(";").split(";")
    if world.law.tables[values[0]].shape.form == "charge" and len(asked) > 1 and not known.issuperset(asked):
        return None
    answers = {row.answers[values[2]] for row in rows}
    return answers.pop() if len(answers) == 1 else None


def _age(_: World, born: date, on: date) -> int | None:
    """Count birthdays whose following day has come."""
    if on <= born:
        return 0 if on == born else None
    day = on - timedelta(days=1)
    years = day.year - born.year
    return years if (day.month, day.day) >= (born.month, born.day) else years - 1


def _month_end(day: date, months: int) -> date:
    """Go on day by day to the last day of a month that ends such a span."""
    while (day + timedelta(days=1)).day != 1 or day.month % months:
        day += timedelta(days=1)
    return day


def _lookup(world: World, table: str, key: str, answer: str, on: date) -> str | None:
    """Return what all fitting rows say; nothing where they differ, or where one of several charges is not listed."""
    found = world.law.tables[table]
    told = {row.answers[answer] for row in found.found(key, on)}
    listed = {name for row in found.rows for name in row.keys}
    names = key.strip(";").split(";")
    is_whole = found.shape.form != "charge" or len(names) == 1 or set(names) <= listed
    return told.pop() if len(told) == 1 and is_whole else None


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "lookup": _lookup,
    "listed": lambda w, table, key, on: bool(w.law.tables[table].found(key, on)),
    "days_between": lambda _, a, b: (b - a).days,
    "workdays_between": lambda w, a, b: workdays_between(a, b, w.calendar),
    "workdays_end": lambda w, a, n: workdays_end(a, n, w.calendar),
    "is_workday": lambda w, a: w.calendar.is_workday(a),
    "date_add_days": lambda _, a, n: a + timedelta(days=n),
    "age_on": _age,
    "month_end": lambda _, a: _month_end(a, 1),
    "quarter_end": lambda _, a: _month_end(a, 3),
    "latest": lambda _, *days: max(days),
    "earliest": lambda _, *days: min(days),
    "abs": lambda _, x: abs(x),
    "round": lambda _, x, n: Decimal(x).quantize(Decimal(1).scaleb(-n), ROUND_HALF_UP),
    "length": lambda _, x: len(x),
    "part": lambda _, x, start, size: x[start - 1:start - 1 + size] if len(x) >= start + size - 1 else None,
    "contains": lambda _, x, part: part in x,
    "starts_with": lambda _, x, part: x.startswith(part),
    "ends_with": lambda _, x, part: x.endswith(part),
    "concat": lambda _, *parts: "".join(parts),
}

_MEANINGS: tuple[tuple[Any, Callable[[Any, World], Any]], ...] = (
    (exp.Paren, _paren), (exp.Column, _column), (exp.Literal, _literal), (exp.Boolean, lambda n, _: bool(n.this)),
    (exp.Null, lambda _n, _w: None), (exp.And, _and), (exp.Or, _or), (exp.Not, _not), (exp.Is, _is), (exp.In, _in),
    (exp.Between, _between), (exp.Like, _like), (exp.Case, _case), (exp.Coalesce, _coalesce), (exp.Neg, _neg),
    (exp.Cast, _date), (exp.EQ, _compare(operator.eq)), (exp.NEQ, _compare(operator.ne)),
    (exp.LT, _compare(operator.lt)), (exp.LTE, _compare(operator.le)), (exp.GT, _compare(operator.gt)),
    (exp.GTE, _compare(operator.ge)), (exp.Add, _arithmetic("+")), (exp.Sub, _arithmetic("-")),
    (exp.Mul, _arithmetic("*")), (exp.Div, _arithmetic("/")), (exp.Mod, _arithmetic("%")), (exp.Func, _call),
)
