"""The few changes most planted cases are made of."""

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl

from engine.sample.calendar import days_after, later, months_after, roll, workdays_after, workdays_before

NO_DATE = pl.lit(None, dtype=pl.Date)
NO_TEXT = pl.lit(None, dtype=pl.String)
NO_SUM = pl.lit(None, dtype=pl.Int64)

col = pl.col
"""A column, or an expression on it."""


def word(text: str) -> pl.Expr:
    """Return a constant text."""
    return pl.lit(text)


def plus(start: str | pl.Expr, days: int) -> pl.Expr:
    """Return the day so many days later."""
    return later(start, lambda day: days_after(day, days))


def period(start: str | pl.Expr, months: int = 0, days: int = 0, rolled: bool = True) -> pl.Expr:
    """Return the end of a period of months and days, rolled over rest days unless told otherwise."""
    return later(start, partial(_end, months=months, days=days, rolled=rolled))


def _end(day: date, months: int, days: int, rolled: bool) -> date:
    end = days_after(months_after(day, months), days)
    return roll(end) if rolled else end


def open_day(start: str | pl.Expr) -> pl.Expr:
    """Return the day itself or the next working day: courts and organs act on working days."""
    return later(start, roll)


def applied(day: pl.Expr) -> dict[str, pl.Expr]:
    """Set the day of application."""
    return {"r_applied_on": day}


DEMANDED_BEFORE = {"demand_served_on": open_day(col("r_applied_on").dt.offset_by("-42d"))}
"""Demand six weeks before an application whose day the case itself sets."""

APPLIED = {"has_review": pl.lit(True), "additional_fine": pl.lit(0, pl.Int64)}
"""Bring an unpaid matter to court after all."""


def reconsidered() -> list[dict[str, pl.Expr]]:
    """Have the counterpart ask for reconsideration in time; the decision is upheld and served, and nobody sues."""
    return [
        {"relief": pl.lit("reconsideration"), "reconsidered_on": plus("served_on", 30)},
        {"reconsideration_decided_on": plus("reconsidered_on", 52)},
        {"reconsideration_served_on": open_day("reconsideration_decided_on")},
    ]


def after_untold() -> pl.Expr:
    """Return the last day to apply where the time to sue was not told: one year, then three months."""
    return later("served_on", lambda day: roll(months_after(roll(months_after(day, 12)), 3)))


def after_special() -> pl.Expr:
    """Return the lenient last day under a fifteen-day law: sixty days for reconsideration, then three months."""
    return later("served_on", lambda day: roll(months_after(roll(days_after(day, 60)), 3)))


def after_reconsideration() -> pl.Expr:
    """Return the last day to apply after an upheld decision: fifteen days to sue, then three months."""
    return later("reconsideration_served_on", lambda day: roll(months_after(roll(days_after(day, 15)), 3)))


def after_deferral() -> pl.Expr:
    """Return the last day to apply where payment was deferred: three months from the end of the deferral."""
    return period("deferral_end_on", months=3)


UNTOLD = [{"remedies_told": pl.lit(False)}]
"""The decision does not tell how long one may sue."""

DEFERRED = [{"deferral_end_on": period("served_on", months=8, rolled=False)}]
"""Payment is deferred to eight months after service."""


UNPAID = {"paid": pl.lit(0, pl.Int64), "paid_on": NO_DATE}
"""Take back a payment."""

GRANTED = {"r_ruling": pl.lit("granted"), "r_reason": NO_TEXT, "r_evident": pl.lit(False), **UNPAID}
"""Let the court grant the application."""

REFUSED = {"r_ruling": pl.lit("refused"), "r_reason": pl.lit("明显缺乏事实根据"), "r_evident": pl.lit(True), **UNPAID}
"""Let the court refuse it as plainly unlawful (thirty days to rule)."""

UNDELIVERED = {"in_ledger": pl.lit(False), "in_publicity": pl.lit(False)}
"""Leave the penalty out of every file."""


def workdays(start: str | pl.Expr, days: int) -> pl.Expr:
    """Return the day on which so many working days have passed."""
    return later(start, lambda day: workdays_after(day, days))


def workdays_back(end: str | pl.Expr, days: int) -> pl.Expr:
    """Return the day from which so many working days lead to the end day."""
    return later(end, lambda day: workdays_before(day, days))


def since(end: str, walk: Callable[[date], date], days: int = 0) -> pl.Expr:
    """Return the last start whose walk ends before the end day, or so many days after that start."""
    return later(end, lambda day: days_after(_start(day, walk), days))


def _start(end: date, walk: Callable[[date], date]) -> date:
    start = end
    while walk(start) >= end:
        start = date.fromordinal(start.toordinal() - 1)
    return start


def on(year: int, month: int, day: int) -> pl.Expr:
    """Return a fixed day."""
    return pl.lit(date(year, month, day))
