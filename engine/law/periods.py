"""When a period ends, counted day by day for people: the scalar twin of `engine.law.sql`.

>>> calendar = read_calendar()
>>> period_end(date(2024, 3, 15), 6, "month", calendar)      # 9月15日星期日，中秋节放假至17日
datetime.date(2024, 9, 18)
>>> workdays_end(date(2024, 9, 27), 10, calendar)            # 9月29日、10月12日上班
datetime.date(2024, 10, 16)
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from engine.law.calendar import WEEKDAYS, Calendar, read_calendar

__all__ = (
    "Counted",
    "explain_between",
    "explain_period",
    "period_end",
    "read_calendar",
    "workdays_between",
    "workdays_end",
)

MOST_DAYS = 36_500
"""Longest period counted; a longer one is a typing error and has no end."""

UNIT_LABEL = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年"}


@dataclass(frozen=True)
class Counted:
    """How a period was counted; `end` is None where the calendar does not reach that far."""

    start: date
    length: int
    unit: str
    roll: bool
    raw_end: date | None
    end: date | None
    rest_days: tuple[tuple[date, str], ...]
    known_until: date

    def __str__(self) -> str:
        """Return the counting as one Chinese sentence."""
        opening = f"自{_say(self.start)}次日起算{self.length}{UNIT_LABEL[self.unit]}（当日不计入）"
        if self.end is None:
            return f"{opening}，届满日超出已公布的放假安排（至{_say(self.known_until)}），不能确定"
        met = "、".join(f"{_say(day)}{name}" for day, name in self.rest_days)
        if self.unit == "workday":
            skipped = f"，其间休息日不计：{met}" if met else ""
            return f"{opening}，届满日为{_say_weekday(self.end)}{skipped}"
        if self.rest_days and self.raw_end is not None:
            return f"{opening}，末日{_say_weekday(self.raw_end)}为休息日（{met}），顺延至{_say_weekday(self.end)}"
        return f"{opening}，届满日为{_say_weekday(self.end)}" + ("" if self.roll else "（末日不顺延）")


def period_end(start: date, length: int, unit: str, calendar: Calendar, *, roll: bool = True) -> date | None:
    """Return the last day of a period whose first day, `start`, is not counted.

    unit: day, workday, month or year. `roll`: a last day that is a rest day moves to the next working day.
    None where the calendar does not reach, or the length is negative or absurd (working days: less than one).
    """
    if unit == "workday":
        return workdays_end(start, length, calendar)
    raw = _raw_end(start, length, unit)
    return calendar.next_workday(raw) if roll and raw is not None else raw


def workdays_end(start: date, number: int, calendar: Calendar) -> date | None:
    """Return the n-th working day after `start`, n ≥ 1; None where the calendar does not reach."""
    before = calendar.index(start)
    return calendar.nth_workday(before + number) if before is not None and number >= 1 else None


def workdays_between(earlier: date, later: date, calendar: Calendar) -> int | None:
    """Return the working days after `earlier` up to `later` inclusive; negative the other way round, None outside."""
    low, high = calendar.index(earlier), calendar.index(later)
    return high - low if low is not None and high is not None else None


def explain_period(start: date, length: int, unit: str, calendar: Calendar, *, roll: bool = True) -> Counted:
    """Return how the period is counted: its end before and after rolling, and the rest days it met."""
    end = period_end(start, length, unit, calendar, roll=roll)
    raw = end if unit == "workday" else _raw_end(start, length, unit)
    skipped = start + timedelta(days=1) if unit == "workday" else raw
    rest: list[tuple[date, str]] = []
    day = skipped
    while day is not None and end is not None and day < end:
        if name := calendar.rest_name(day):
            rest.append((day, name))
        day += timedelta(days=1)
    return Counted(start, length, unit, roll, raw, end, tuple(rest), calendar.last_on)


def explain_between(earlier: date, later: date, calendar: Calendar) -> str:
    """Return how working days between two days are counted, as one Chinese sentence; '' outside the calendar."""
    number = workdays_between(earlier, later, calendar)
    if number is None:
        return ""
    first, last = min(earlier, later), max(earlier, later)
    days = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
    met = "、".join(f"{_say(day)}{name}" for day in days if (name := calendar.rest_name(day)))
    skipped = f"，其间休息日不计：{met}" if met else ""
    return f"自{_say(earlier)}次日至{_say(later)}，共{number}个工作日{skipped}"


def _raw_end(start: date, length: int, unit: str) -> date | None:
    if unit not in UNIT_LABEL:
        raise ValueError(f"unknown unit {unit!r}")
    if not 0 <= length <= MOST_DAYS:
        return None
    try:
        return start + timedelta(days=length) if unit == "day" else _add_months(start, length * _MONTHS[unit])
    except (OverflowError, ValueError):
        return None


_MONTHS = {"month": 1, "year": 12}


def _add_months(start: date, months: int) -> date:
    """Return the corresponding day, else the month's last day (民法典二百零二条)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _say_weekday(day: date) -> str:
    return f"{_say(day)}（星期{WEEKDAYS[day.weekday()]}）"
