"""A calendar walked one day at a time, so that expected answers never rest on the arithmetic of `engine.law`.

Every function starts from a day and only ever goes one day on, or back. Whether a single day is a working day is looked
up in the published holiday notices (package chinesecalendar); for years without a notice yet, Monday to Friday are
taken as working days.

>>> roll(months_after(date(2024, 3, 15), 6))
datetime.date(2024, 9, 18)
>>> workdays_after(date(2024, 9, 27), 10)
datetime.date(2024, 10, 16)
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import polars as pl

LAST_NOTICE = 2026
"""Last year whose holiday notice the package holds."""

_DAY = timedelta(days=1)

Walk = Callable[[date], date]
"""A function from a start day to an end day."""


@cache
def is_workday(day: date) -> bool:
    """Return whether people work on that day: make-up working days are, holidays and weekends are not."""
    if day.year > LAST_NOTICE:
        return day.isoweekday() <= 5
    return bool(chinese_calendar.is_workday(day))


def days_after(start: date, days: int) -> date:
    """Return the day reached after `days` steps; the start day is not counted."""
    day = start
    for _ in range(days):
        day += _DAY
    return day


def months_after(start: date, months: int) -> date:
    """Return the corresponding day `months` later, else that month's last day (民法典第二百零二条)."""
    day, left = start, months
    while left:
        day += _DAY
        if day.day == 1:
            left -= 1
    while day.day != start.day and (day + _DAY).day != 1:
        day += _DAY
    return day


def roll(day: date) -> date:
    """Return the day itself, or the next working day where it is a rest day (民法典第二百零三条)."""
    while not is_workday(day):
        day += _DAY
    return day


def workdays_after(start: date, workdays: int) -> date:
    """Return the day on which the given number of working days has passed; the start day is not counted."""
    day, left = start, workdays
    while left:
        day += _DAY
        left -= is_workday(day)
    return day


def workdays_before(end: date, workdays: int) -> date:
    """Return the last day from which the given number of working days leads to the end day, itself counted."""
    day, left = end, workdays
    while left:
        left -= is_workday(day)
        day -= _DAY
    return day


def span(first: date, last: date) -> list[date]:
    """Return every day from the first to the last, both included."""
    days = [first]
    while days[-1] < last:
        days.append(days[-1] + _DAY)
    return days


class Workdays:
    """The working days of a range, found one by one; counts by place instead of by arithmetic."""

    def __init__(self, first: date, last: date) -> None:
        self.days = pl.Series("workday", [day for day in span(first, last) if is_workday(day)])

    def place(self, day: pl.Expr) -> pl.Expr:
        """Return the place of the day, or of the next working day after a rest day."""
        return day.map_batches(lambda dates: self.days.search_sorted(dates).cast(pl.Int64), return_dtype=pl.Int64)

    def day(self, place: pl.Expr) -> pl.Expr:
        """Return the working day at a place; NULL where the place is NULL."""
        return pl.lit(self.days).gather(place.cast(pl.UInt32))

    def after(self, day: pl.Expr, workdays: pl.Expr | int) -> pl.Expr:
        """Return the day on which so many working days have passed since `day` (a working day); NULL stays NULL."""
        return pl.when(day.is_not_null()).then(self.day(self.place(day) + workdays))


def later(start: str | pl.Expr, walk: Walk) -> pl.Expr:
    """Return the end days of a date column or expression."""
    day = pl.col(start) if isinstance(start, str) else start
    return day.map_batches(lambda dates: walked(dates, walk), return_dtype=pl.Date)


def walked(dates: pl.Series, walk: Walk) -> pl.Series:
    """Return the series of end days; each distinct start day is walked once, NULL stays NULL."""
    starts = dates.unique().drop_nulls().to_list()
    table = dict(zip(starts, map(walk, starts), strict=True))
    return dates.replace_strict(table, default=None, return_dtype=pl.Date)
