"""Statutory parameters: `rules/law/<id>.yaml`, one file each, dated values with their article and words.

A change of law adds a value; none is ever edited away, because last year's act is judged by last year's law.
Reading collects every fault of every file with file:line:column (through `engine.strict_yaml`, the reader all kinds of
rule files share); a file with a fault gives no parameter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from engine import strict_yaml
from engine.errors import RuleError
from engine.law.calendar import Calendar, read_calendar
from engine.law.periods import period_end
from engine.law.tables import LookupTable, read_tables

UNITS = ("day", "workday", "month", "year", "yuan", "ratio")
PERIODS = ("day", "workday", "month", "year")
COUNTINGS = ("roll", "plain")
CONFIDENCES = ("高", "中")
"""高: the article was read and is quoted. 中: a reprint or a departmental rule only. Anything less is no parameter."""

KEYS = ("title", "version", "values", "carry", "exceptions", "recheck_by", "x")
VALUE_KEYS = ("from", "to", "length", "unit", "counting", "law", "article", "quote", "confidence", "note")
VALUE_REQUIRED = ("from", "length", "unit", "law", "article", "confidence")


@dataclass(frozen=True)
class Value:
    """What the law says from a day on; `to_on` None: still. `counting`: roll or plain; plain for all but periods."""

    from_on: date
    to_on: date | None
    length: int | Decimal
    unit: str
    counting: str
    law: str
    article: str
    confidence: str
    quote: str = ""
    note: str = ""


@dataclass(frozen=True)
class Parameter:
    """One statutory period, sum or share through time.

    `version`: raised with every change that can change an answer, so that a lock can tell what a run used.
    `switches`: from which day which value applies (None: none any more), in order. It differs from the values' own
    dates only with `carry` "unexpired": there a new period also applies to one still running when the new law came.
    """

    id: str
    title: str
    version: int
    values: tuple[Value, ...]
    switches: tuple[tuple[date, Value | None], ...]
    carry: str
    exceptions: tuple[str, ...]
    recheck_by: date
    path: str

    @property
    def is_period(self) -> bool:
        """Whether the values are lengths of time."""
        return self.values[0].unit in PERIODS

    def value_on(self, day: date) -> Value | None:
        """Return the value that applies to what begins on the day; None before the first and after the last."""
        found = None
        for switch, value in self.switches:
            if switch <= day:
                found = value
        return found


@dataclass(frozen=True)
class Law:
    """All parameters by id, the calendar, the faults found on reading, and the look-up tables by id."""

    parameters: dict[str, Parameter]
    calendar: Calendar
    problems: tuple[RuleError, ...]
    tables: dict[str, LookupTable] = field(default_factory=dict)

    def to_recheck(self, as_of: date) -> list[Parameter]:
        """Return the parameters whose date for looking the law up again has passed."""
        return [p for p in self.parameters.values() if p.recheck_by < as_of]


def read_law(folder: Path) -> Law:
    """Return the parameters, look-up tables and calendar of a folder; faulty files are left out, named in `problems`.

    Raises RuleError only where the calendar file is faulty: without it no period can be counted.
    """
    calendar = read_calendar(folder / "calendar_overrides.csv")
    parameters: dict[str, Parameter] = {}
    problems: list[RuleError] = []
    for path in sorted(folder.glob("*.yaml")):
        file = strict_yaml.read(path)
        parameter = _parameter(file, path, calendar)
        problems += file.problems
        if parameter is not None and not file.problems:
            parameters[parameter.id] = parameter
    if not parameters and not problems:
        problems.append(RuleError(folder.as_posix(), "没有法定参数文件", "每个参数一个 .yaml 文件", "E-LAW-NONE"))
    tables, faults = read_tables(folder / "tables")
    return Law(parameters, calendar, (*problems, *faults), tables)


def _parameter(file: strict_yaml.File, path: Path, calendar: Calendar) -> Parameter | None:
    if file.root is None:
        return None
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
        file.problem(file.root, f"文件名“{path.stem[:60]}”不能作参数编号", "用小写英文字母、数字和下划线", "E-LAW-ID")
    keys = file.mapping(file.root, KEYS, required=("title", "version", "values", "recheck_by"))
    title = file.text(keys.get("title"))
    version = _version(file, keys.get("version"))
    recheck_by = file.day(keys.get("recheck_by"))
    carry = file.choice(keys.get("carry"), ("unexpired",)) or ""
    exceptions = file.texts(keys.get("exceptions"))
    values = [_value(file, node) for node in file.items(keys.get("values"))]
    read = tuple(v for v in values if v is not None)
    if file.problems or title is None or version is None or recheck_by is None:
        return None
    if not read:
        file.problem(keys["values"], "没有数值", "至少写一个数值及其条文", "E-LAW-VALUES")
        return None
    _demand_order(file, keys["values"], read)
    if carry and not all(v.unit in PERIODS for v in read):
        file.problem(keys["carry"], "只有期间可以写 carry", "请删去 carry", "E-LAW-CARRY")
    if file.problems:
        return None
    switches = tuple(_switches(read, carry, calendar))
    return Parameter(path.stem, title, version, read, switches, carry, exceptions, recheck_by, path.as_posix())


def _version(file: strict_yaml.File, node: strict_yaml.Node | None) -> int | None:
    version = file.integer(node)
    if node is not None and version is not None and version < 1:
        file.problem(node, "版本应为 1 以上的整数", "新参数写 1；数值会变的修改都加一", "E-LAW-VERSION")
    return version


def _value(file: strict_yaml.File, node: strict_yaml.Node) -> Value | None:
    before = len(file.problems)
    keys = file.mapping(node, VALUE_KEYS, required=VALUE_REQUIRED)
    unit = file.choice(keys.get("unit"), UNITS)
    length = _length(file, keys.get("length"), unit)
    counting = _counting(file, node, keys.get("counting"), unit)
    from_on, to_on = file.day(keys.get("from")), file.day(keys.get("to"))
    law, article = file.text(keys.get("law")), file.text(keys.get("article"))
    confidence = file.choice(keys.get("confidence"), CONFIDENCES)
    quote, note = file.text(keys.get("quote")) or "", file.text(keys.get("note")) or ""
    if confidence == "高" and not quote:
        file.problem(node, "把握为高，却没有条文原文", "请在 quote 写出条文原文，或把握改为 中", "E-LAW-QUOTE")
    if from_on and to_on and to_on < from_on:
        file.problem(keys["to"], "止日早于起日", "请核对 from 与 to", "E-LAW-DATES")
    if len(file.problems) > before or not (from_on and length and unit and counting and law and article and confidence):
        return None
    return Value(from_on, to_on, length, unit, counting, law, article, confidence, quote, note)


def _length(file: strict_yaml.File, node: strict_yaml.Node | None, unit: str | None) -> int | Decimal | None:
    length = file.integer(node) if unit in PERIODS else file.decimal(node)
    if node is not None and length is not None and length <= 0:
        file.problem(node, "数值应大于零", "请核对条文", "E-LAW-LENGTH")
    return length


def _counting(
    file: strict_yaml.File, value: strict_yaml.Node, node: strict_yaml.Node | None, unit: str | None
) -> str | None:
    counting = file.choice(node, COUNTINGS)
    if unit in ("day", "month", "year"):
        if node is None:
            fix = "counting 写 roll（末日遇休息日顺延）或 plain（不顺延）"
            file.problem(value, "没有写明末日是否顺延", fix, "E-LAW-COUNTING")
        return counting
    if node is not None:
        file.problem(node, "工作日、金额、比例不写 counting", "请删去 counting", "E-LAW-COUNTING")
    return "plain"


def _demand_order(file: strict_yaml.File, node: strict_yaml.Node, values: tuple[Value, ...]) -> None:
    for earlier, later in pairwise(values):
        if later.from_on <= (earlier.to_on or earlier.from_on):
            what = f"自 {later.from_on} 起的数值与前一个重叠或先后颠倒"
            file.problem(node, what, "按施行日从早到晚排列，前一个的 to 须早于后一个的 from", "E-LAW-ORDER")
        if (earlier.unit in PERIODS) != (later.unit in PERIODS):
            file.problem(node, "期间与金额、比例不能混在一个参数里", "请分成两个参数", "E-LAW-UNIT")


def _switches(values: tuple[Value, ...], carry: str, calendar: Calendar) -> Iterator[tuple[date, Value | None]]:
    yield values[0].from_on, values[0]
    for earlier, later in pairwise(values):
        follows = earlier.to_on is None or earlier.to_on == later.from_on - timedelta(days=1)
        if not follows and earlier.to_on is not None:
            yield earlier.to_on + timedelta(days=1), None
        yield _first_unexpired(earlier, later, calendar) if carry and follows else later.from_on, later
    last = values[-1].to_on
    if last is not None:
        yield last + timedelta(days=1), None


def _first_unexpired(earlier: Value, later: Value, calendar: Calendar) -> date:
    """Return the first start whose old period still ran when the new value came into force."""
    start = later.from_on
    while start > earlier.from_on:
        day = start - timedelta(days=1)
        end = period_end(day, int(earlier.length), earlier.unit, calendar, roll=earlier.counting == "roll")
        if end is None or end < later.from_on:
            break
        start = day
    return start
