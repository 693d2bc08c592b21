"""The sample's own calendar, against published notices and against plain date arithmetic."""

import calendar as months
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sample.calendar import (
    Workdays,
    days_after,
    is_workday,
    months_after,
    roll,
    span,
    walked,
    workdays_after,
    workdays_before,
)

DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(("day", "works"), [
    (date(2024, 10, 1), False), (date(2024, 9, 29), True), (date(2024, 10, 12), True), (date(2025, 1, 26), True),
    (date(2025, 2, 4), False), (date(2025, 9, 28), True), (date(2026, 2, 14), True), (date(2026, 10, 31), False),
    (date(2026, 10, 10), True),
])
def test_holidays_and_make_up_days_follow_the_notices(day: date, works: bool) -> None:
    assert is_workday(day) is works


def test_years_without_a_notice_fall_back_to_the_week() -> None:
    assert [is_workday(date(2027, 5, day)) for day in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(("start", "end"), [
    (date(2024, 3, 15), date(2024, 9, 18)), (date(2023, 8, 31), date(2024, 2, 29)),
    (date(2022, 4, 29), date(2022, 10, 31)),
])
def test_six_months_to_sue(start: date, end: date) -> None:
    assert roll(months_after(start, 6)) == end


@pytest.mark.parametrize(("start", "workdays", "end"), [
    (date(2024, 9, 27), 10, date(2024, 10, 16)), (date(2025, 9, 28), 5, date(2025, 10, 11)),
    (date(2026, 2, 13), 10, date(2026, 3, 5)), (date(2025, 1, 21), 7, date(2025, 2, 6)),
])
def test_working_days_count_make_up_days(start: date, workdays: int, end: date) -> None:
    assert workdays_after(start, workdays) == end


def test_fifteen_days_roll_over_the_national_holiday() -> None:
    assert roll(days_after(date(2024, 9, 18), 15)) == date(2024, 10, 8)


@given(DAYS, st.integers(0, 24))
def test_walked_months_agree_with_arithmetic(start: date, length: int) -> None:
    year, month = divmod(start.year * 12 + start.month - 1 + length, 12)
    last = months.monthrange(year, month + 1)[1]

    assert months_after(start, length) == date(year, month + 1, min(start.day, last))


@given(DAYS, st.integers(1, 30))
def test_working_days_counted_back_lead_to_the_day(day: date, workdays: int) -> None:
    end = roll(day)
    start = workdays_before(end, workdays)

    assert workdays_after(start, workdays) == end
    assert workdays_after(days_after(start, 1), workdays) > end


@given(DAYS, st.integers(0, 30))
def test_a_working_day_period_ends_on_a_working_day(start: date, workdays: int) -> None:
    end = workdays_after(start, workdays)

    assert sum(map(is_workday, span(start, end)[1:])) == workdays
    assert workdays == 0 or is_workday(end)


@given(DAYS)
def test_rolling_finds_the_first_working_day(day: date) -> None:
    end = roll(day)

    assert is_workday(end)
    assert not any(map(is_workday, span(day, end)[:-1]))


def test_columns_walk_like_single_days_and_keep_nulls() -> None:
    starts = pl.Series([date(2024, 3, 15), None, date(2024, 3, 15)])

    ends = walked(starts, lambda day: months_after(day, 6))

    assert ends.to_list() == [date(2024, 9, 15), None, date(2024, 9, 15)]


def test_places_among_working_days_count_like_the_walk() -> None:
    workdays = Workdays(date(2024, 1, 1), date(2025, 12, 31))
    frame = pl.DataFrame({"day": [date(2024, 9, 27), None]})

    ends = frame.select(workdays.after(pl.col("day"), 10)).to_series()

    assert ends.to_list() == [workdays_after(date(2024, 9, 27), 10), None]
    assert workdays.days[0] - timedelta(days=1) == date(2024, 1, 1)
