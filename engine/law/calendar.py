"""Working days from 2004-01-01 to the end of the last year whose holidays the State Council has announced.

Source: the yearly 国务院办公厅关于部分节假日安排的通知, as packaged by `chinesecalendar`; the file
`rules/law/calendar_overrides.csv` adds days the package does not have yet. A later day is not known, so whatever
depends on it is None, never a guess.

>>> calendar = read_calendar()
>>> calendar.is_workday(date(2024, 10, 12)), calendar.next_workday(date(2024, 10, 1))
(True, datetime.date(2024, 10, 8))
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import chinese_calendar

from engine.errors import RuleError

FIRST_ON = date(2004, 1, 1)
"""The first day of the calendar; nothing before it can be counted in working days."""

WEEKDAYS = "一二三四五六日"
_FIELDS = ("day", "is_workday", "source")
_ALWAYS_REST = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
"""Days that rest in every year (全国年节及纪念日放假办法): a year without them was typed in part only."""

SUPPOSED_YEARS = 3
"""How many years `Calendar.supposed` looks ahead."""

_LAW_DAY = """
CREATE OR REPLACE TEMP TABLE law_day AS
WITH marked AS (
    SELECT DATE '2004-01-01' + CAST(i AS INTEGER) AS day, substr(?, CAST(i AS INTEGER) + 1, 1) = '1' AS is_workday
    FROM range(?) AS numbers(i))
SELECT day, is_workday,
    CAST(sum(CAST(is_workday AS INTEGER)) OVER (ORDER BY day) AS INTEGER) AS workday_index,
    min(CASE WHEN is_workday THEN day END) OVER (ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
        AS rolls_to
FROM marked
"""


_LISTS = (
    ("law_rolls", "rolls_to - DATE '2004-01-01'", "TRUE"),
    ("law_index", "workday_index", "TRUE"),
    ("law_workdays", "day - DATE '2004-01-01'", "is_workday"),
)
"""Session variables: name, number listed, days listed."""


class Runner(Protocol):
    """What the calendar needs of a store."""

    def run(self, sql: str, params: list[object] | None = None) -> None:
        """Execute a statement."""


class Calendar:
    """Which days are working days, from `FIRST_ON` to `last_on` without a hole."""

    def __init__(self, rest: Mapping[date, str], last_on: date) -> None:
        """Take the rest days with their names; every other day up to `last_on` is a working day."""
        self.last_on = last_on
        self._rest = rest
        self._workdays = [day for day in _days(FIRST_ON, last_on) if day not in rest]
        marks = (day not in rest for day in _days(FIRST_ON, last_on))
        self._index: list[int] = []
        count = 0
        for mark in marks:
            count += mark
            self._index.append(count)

    def covers(self, day: date) -> bool:
        """Return whether the day's kind is known."""
        return FIRST_ON <= day <= self.last_on

    def beyond(self, day: date) -> bool:
        """Return whether the day lies after the last announced year, so that its kind is not known yet."""
        return day > self.last_on

    def is_workday(self, day: date) -> bool | None:
        """Return whether people work that day (make-up working days included); None outside the calendar."""
        return day not in self._rest if self.covers(day) else None

    def rest_name(self, day: date) -> str:
        """Return why the day is a rest day (星期日, 国庆节 …), or an empty text."""
        return self._rest.get(day, "")

    def next_workday(self, day: date) -> date | None:
        """Return the day itself where it is a working day, else the next one; None outside the calendar."""
        if not self.covers(day):
            return None
        before = self.index(day)
        return day if day not in self._rest else self.nth_workday((before or 0) + 1)

    def index(self, day: date) -> int | None:
        """Return how many working days lie between the calendar's start and the day, both included; None outside."""
        return self._index[(day - FIRST_ON).days] if self.covers(day) else None

    def nth_workday(self, number: int) -> date | None:
        """Return the calendar's n-th working day, counted from 1; None where there is none."""
        return self._workdays[number - 1] if 1 <= number <= len(self._workdays) else None

    @property
    def rest_days(self) -> Mapping[date, str]:
        """All rest days with their names."""
        return dict(self._rest)

    def supposed(self) -> "Calendar":
        """Return the calendar with years not announced yet, in which weekends and the fixed holidays alone rest.

        For plans only: what it says of a later day may still change with the State Council's notice.
        """
        until = date(self.last_on.year + SUPPOSED_YEARS, 12, 31)
        later = list(_days(self.last_on + timedelta(days=1), until))
        rest = {day: f"星期{WEEKDAYS[day.weekday()]}" for day in later if day.weekday() >= 5}
        rest |= {day: "法定节日" for day in later if (day.month, day.day) in _ALWAYS_REST}
        return Calendar({**self._rest, **rest}, until)

    def install(self, store: Runner) -> None:
        """Put the calendar into the session: table `law_day` and the three lists `engine.law.sql` looks into.

        law_day(day, is_workday, workday_index, rolls_to), days counted from `FIRST_ON`. The lists are session
        variables, so that a date lookup is a scalar expression: no join, no subquery, usable inside any other one.
        They are texts of five-digit numbers, with five blanks as number 0: planning a query copies every constant,
        and copies one text thirty times faster than a list of 8,401 dates.
        """
        marks = "".join("0" if day in self._rest else "1" for day in _days(FIRST_ON, self.last_on))
        store.run(_LAW_DAY, [marks, len(marks)])
        for name, number, rows in _LISTS:
            digits = f"string_agg(lpad(coalesce(CAST({number} AS VARCHAR), ''), 5, ' '), '' ORDER BY day)"
            store.run(f"SET VARIABLE {name} = (SELECT '     ' || {digits} FROM law_day WHERE {rows})")


def read_calendar(overrides: Path | None = None) -> Calendar:
    """Return the calendar, with the days of the override file put over the packaged ones.

    Raises RuleError (the first of all faults, the others as notes) where the file cannot be trusted.
    """
    rest: dict[date, str] = {day: _chinese(name) for day, name in chinese_calendar.holidays.items()}
    last_on = date(max(chinese_calendar.holidays).year, 12, 31)
    changed = _read_overrides(overrides, last_on) if overrides and overrides.exists() else {}
    last_on = max([last_on, *(date(day.year, 12, 31) for day in changed)])
    for day in _days(FIRST_ON, last_on):
        if day.weekday() >= 5 and day not in chinese_calendar.workdays:
            rest.setdefault(day, f"星期{WEEKDAYS[day.weekday()]}")
    for day, works in changed.items():
        if works:
            rest.pop(day, None)
        else:
            rest[day] = _rest_reason(day, rest)
    _demand_whole_years(rest, changed, overrides)
    return Calendar(rest, last_on)


def _read_overrides(path: Path, packaged_until: date) -> dict[date, bool]:
    problems: list[RuleError] = []
    found: dict[date, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != _FIELDS:
            fix = f"首行应为 {','.join(_FIELDS)}"
            raise _fault(f"{path.as_posix()}:1", "列名不对", fix)
        for row in reader:
            day, works = _override(row, f"{path.as_posix()}:{reader.line_num}", problems)
            if day is not None and works is not None:
                found[day] = works
    years = {day.year for day in found if day > packaged_until}
    missing = set(range(packaged_until.year + 1, max(years, default=0))) - years
    problems += [_fault(path.as_posix(), f"缺 {year} 年", "年份须连续，请补上") for year in sorted(missing)]
    _raise_all(problems)
    return found


def _override(row: dict[str, str], where: str, problems: list[RuleError]) -> tuple[date | None, bool | None]:
    works = {"1": True, "0": False}.get((row["is_workday"] or "").strip())
    if works is None:
        problems.append(_fault(where, "is_workday 应为 1（上班）或 0（休息）", "请改正"))
    if not (row["source"] or "").strip():
        problems.append(_fault(where, "缺少依据", "source 写明国务院办公厅通知的文号"))
    try:
        day = date.fromisoformat((row["day"] or "").strip())
    except ValueError:
        problems.append(_fault(where, "day 不是日期", "写成 2027-01-01 的形式"))
        return None, None
    if day < FIRST_ON:
        problems.append(_fault(where, "早于 2004-01-01", "日历自该日起，请删去此行"))
    return day, works


def _demand_whole_years(rest: Mapping[date, str], changed: Iterable[date], path: Path | None) -> None:
    years = sorted({day.year for day in changed})
    missing = [date(y, m, d) for y in years for m, d in _ALWAYS_REST if date(y, m, d) not in rest]
    where = path.as_posix() if path else ""
    fix = "新增一年须把通知中的放假日和调休上班日逐日写全"
    _raise_all([_fault(where, f"{day.isoformat()} 是法定节假日，却未列为休息日", fix) for day in missing])


def _fault(where: str, what: str, fix: str) -> RuleError:
    return RuleError(where, what, fix, "E-CALENDAR")


def _raise_all(problems: list[RuleError]) -> None:
    if not problems:
        return
    first, *others = problems
    for other in others:
        first.add_note(str(other))
    raise first


def _rest_reason(day: date, rest: Mapping[date, str]) -> str:
    return rest.get(day) or (f"星期{WEEKDAYS[day.weekday()]}" if day.weekday() >= 5 else "节假日")


def _chinese(name: str) -> str:
    return next((str(h.chinese) for h in chinese_calendar.Holiday if h.value == name), "节假日")


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))
