"""How days are counted: golden dates, an oracle that only ever adds one day, and the reader of parameters."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RuleError
from engine.law import (
    Law,
    explain_period,
    period_end,
    read_calendar,
    read_law,
    sql_is_workday,
    sql_parameter_end,
    sql_period_end,
    sql_workdays_between,
    sql_workdays_end,
    workdays_between,
    workdays_end,
)
from engine.store import Store

FOLDER = Path(__file__).parents[1] / "rules" / "law"
CALENDAR = read_calendar()
FIRST, LAST = date(2005, 1, 1), date(2026, 12, 31)
IN_CALENDAR = st.dates(date(2004, 1, 1), date(2026, 12, 31))

GOLDEN = (
    ("缴款十五日", date(2023, 3, 15), 15, "day", date(2023, 3, 30)),
    ("起诉六个月，末日星期日及中秋", date(2024, 3, 15), 6, "month", date(2024, 9, 18)),
    ("申请执行三个月，自顺延后的届满日", date(2024, 9, 18), 3, "month", date(2024, 12, 18)),
    ("申请执行三个月，自未顺延的届满日", date(2024, 9, 15), 3, "month", date(2024, 12, 16)),
    ("复议六十日，末日国庆", date(2024, 8, 2), 60, "day", date(2024, 10, 8)),
    ("催告十日，其间两个调休上班日", date(2024, 9, 27), 10, "workday", date(2024, 10, 16)),
    ("听证五日，春节后调休上班", date(2024, 2, 8), 5, "workday", date(2024, 2, 21)),
    ("立案九十日，末日春节", date(2021, 11, 5), 90, "day", date(2022, 2, 7)),
    ("六个月，没有对应日", date(2023, 8, 31), 6, "month", date(2024, 2, 29)),
    ("土地十五日起诉", date(2021, 9, 23), 15, "day", date(2021, 10, 8)),
    ("送达七日，跨春节", date(2025, 1, 24), 7, "workday", date(2025, 2, 10)),
    ("受理五日，始日为调休上班日", date(2025, 9, 28), 5, "workday", date(2025, 10, 11)),
    ("反向衔接审查十个工作日", date(2026, 2, 13), 10, "workday", date(2026, 3, 5)),
    ("上诉十日，2020年春节假期延长", date(2020, 1, 21), 10, "day", date(2020, 2, 3)),
    ("一年，始日为闰日", date(2024, 2, 29), 1, "year", date(2025, 2, 28)),
)


@pytest.fixture(scope="module")
def law() -> Law:
    return read_law(FOLDER)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    opened = Store()
    CALENDAR.install(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(("name", "start", "length", "unit", "end"), GOLDEN, ids=[g[0] for g in GOLDEN])
def test_a_golden_date_is_met(store: Store, name: str, start: date, length: int, unit: str, end: date) -> None:
    sql = sql_period_end(f"DATE '{start}'", str(length), unit)

    assert period_end(start, length, unit, CALENDAR) == end
    assert store.rows(f"SELECT {sql}") == [(end,)]


def _walk() -> tuple[list[date], list[bool]]:
    """Days reached by adding one day, and whether people work on those whose holidays are announced."""
    days = [date(2004, 1, 1)]
    while days[-1] < date(2097, 1, 31):  # seventy years, the longest period, from the last start
        days.append(days[-1] + timedelta(days=1))
    return days, [chinese_calendar.is_workday(day) for day in days if day <= CALENDAR.last_on]


DAYS, WORKS = _walk()


def _oracle(length: int, unit: str, roll: bool) -> list[date | None]:
    """The end for every start, by stepping: the end of one start is where the walk for the next start goes on."""
    ends: list[date | None] = []
    end = 0
    for begin in range(DAYS.index(FIRST), DAYS.index(LAST) + 1):
        end = max(end, begin)
        last = _step_workdays(begin, length) if unit == "workday" else _step(begin, end, length, unit)
        end = end if unit == "workday" else last
        while roll and unit != "workday" and last < len(WORKS) and not WORKS[last]:
            last += 1
        ends.append(DAYS[last] if last < len(WORKS) or not (roll or unit == "workday") else None)
    return ends


def _step(begin: int, end: int, length: int, unit: str) -> int:
    while _within(begin, end + 1, length, unit):
        end += 1
    return end


def _within(begin: int, day: int, length: int, unit: str) -> bool:
    if unit == "day":
        return day - begin <= length
    months = (DAYS[day].year - DAYS[begin].year) * 12 + DAYS[day].month - DAYS[begin].month
    whole = length * (12 if unit == "year" else 1)
    return months < whole or (months == whole and DAYS[day].day <= DAYS[begin].day)


def _step_workdays(begin: int, number: int) -> int:
    day = begin
    while number and day < len(WORKS):
        day += 1
        number -= day < len(WORKS) and WORKS[day]
    return day


def test_python_and_sql_agree_with_one_day_steps_on_every_start_and_every_parameter(store: Store, law: Law) -> None:
    periods = [p for p in law.parameters.values() if p.is_period]
    kinds = {(int(v.length), v.unit, v.counting == "roll") for p in periods for v in p.values}
    starts = [day for day in DAYS if FIRST <= day <= LAST]
    stepped = {kind: _oracle(*kind) for kind in kinds}
    columns = ", ".join(f"{sql_parameter_end(p, 'start', 'start')} AS {p.id}" for p in periods)

    in_sql = store.frame(f"SELECT {columns} FROM (SELECT unnest(?::DATE[]) AS start)", [starts])
    in_python = {(n, unit, roll): [period_end(start, n, unit, CALENDAR, roll=roll) for start in starts]
                 for n, unit, roll in kinds}

    differences = [kind for kind in kinds if stepped[kind] != in_python[kind]]
    for parameter in periods:
        values = [parameter.value_on(start) for start in starts]
        expected = [v and stepped[int(v.length), v.unit, v.counting == "roll"][i] for i, v in enumerate(values)]
        differences += [parameter.id for e, q in zip(expected, in_sql[parameter.id], strict=True) if e != q]
    assert differences == []
    assert len(periods) * len(starts) >= 500_000


def test_working_days_between_agree_with_one_day_steps(store: Store) -> None:
    starts = [day for day in DAYS if FIRST <= day <= LAST]
    sql = f"SELECT {sql_workdays_between('s', 's + 45')}, {sql_is_workday('s')} FROM (SELECT unnest(?::DATE[]) AS s)"

    answered = store.frame(sql, [starts]).rows()

    for start, (between, works) in zip(starts, answered, strict=True):
        at = DAYS.index(FIRST) + (start - FIRST).days
        steps = sum(WORKS[at + 1:at + 46]) if at + 45 < len(WORKS) else None
        assert (between, works) == (steps, WORKS[at])
        assert workdays_between(start, start + timedelta(days=45), CALENDAR) == steps


@given(start=IN_CALENDAR, number=st.integers(1, 60))
def test_the_nth_working_day_is_n_working_days_away(start: date, number: int) -> None:
    end = workdays_end(start, number, CALENDAR)

    if end is not None:
        assert workdays_between(start, end, CALENDAR) == number
        assert CALENDAR.is_workday(end)


@given(start=IN_CALENDAR, length=st.integers(0, 400), unit=st.sampled_from(["day", "month", "year"]))
def test_rolling_never_shortens_and_ends_on_a_working_day(start: date, length: int, unit: str) -> None:
    raw = period_end(start, length, unit, CALENDAR, roll=False)
    end = period_end(start, length, unit, CALENDAR)

    if end is not None and raw is not None:
        assert end >= raw >= start
        assert CALENDAR.is_workday(end)
        assert not any(CALENDAR.is_workday(raw + timedelta(days=i)) for i in range((end - raw).days))


@given(start=IN_CALENDAR, later=st.integers(0, 300), length=st.integers(1, 24))
def test_a_later_start_never_ends_earlier(start: date, later: int, length: int) -> None:
    first = period_end(start, length, "month", CALENDAR, roll=False)
    second = period_end(start + timedelta(days=later), length, "month", CALENDAR, roll=False)

    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.parametrize("start", ["DATE '2003-12-31'", "DATE '1900-01-01'", "DATE '2027-01-01'", "CAST(NULL AS DATE)"])
def test_a_day_outside_the_calendar_has_no_answer_in_sql(store: Store, start: str) -> None:
    asked = (sql_period_end(start, "0", "day"), sql_workdays_end(start, "3"), sql_workdays_between(start, start))

    assert store.rows(f"SELECT {', '.join(asked)}") == [(None, None, None)]


def test_a_day_outside_the_calendar_has_no_answer_in_python() -> None:
    assert CALENDAR.is_workday(date(2003, 12, 31)) is None
    assert CALENDAR.next_workday(date(2027, 1, 1)) is None
    assert period_end(date(2026, 12, 1), 2, "month", CALENDAR) is None
    assert workdays_end(date(2026, 12, 30), 5, CALENDAR) is None
    assert (CALENDAR.beyond(date(2026, 12, 31)), CALENDAR.beyond(date(2027, 1, 1))) == (False, True)


@pytest.mark.parametrize("length", ["-1", "36501", "99999999999"])
def test_an_absurd_length_has_no_end(store: Store, length: str) -> None:
    asked = sql_period_end("DATE '2024-01-01'", f"CAST({length} AS BIGINT)", "day", roll=False)

    assert store.rows(f"SELECT {asked}") == [(None,)]
    assert period_end(date(2024, 1, 1), int(length), "day", CALENDAR, roll=False) is None


def test_less_than_one_working_day_has_no_end(store: Store) -> None:
    asked = sql_workdays_end("DATE '2024-01-02'", "0")

    assert workdays_end(date(2024, 1, 2), 0, CALENDAR) is None
    assert store.rows(f"SELECT {asked}") == [(None,)]


def test_the_value_in_force_on_the_day_is_counted_in_sql_as_in_python(store: Store, law: Law) -> None:
    window = law.parameters["application_window"]
    days = [date(1999, 1, 4), date(2011, 12, 31), date(2012, 1, 1), date(2024, 9, 18)]
    sql = f"SELECT {sql_parameter_end(window, 'd', 'd')} FROM (SELECT unnest(?::DATE[]) AS d)"

    ends = [row[0] for row in store.rows(sql, [days])]

    values = [window.value_on(day) for day in days]
    assert [v and (v.length, v.unit) for v in values] == [None, (180, "day"), (3, "month"), (3, "month")]
    assert ends == [None, date(2012, 6, 28), date(2012, 4, 1), date(2024, 12, 18)]


def test_an_end_left_unrolled_needs_no_holidays_to_be_announced(store: Store, law: Law) -> None:
    sue = law.parameters["sue_period"]
    rolled, plain = (sql_parameter_end(sue, "d", "d", roll=roll) for roll in (True, False))
    days = [date(2024, 3, 15), date(2026, 8, 1)]

    ends = store.rows(f"SELECT {rolled}, {plain} FROM (SELECT unnest(?::DATE[]) AS d)", [days])

    assert ends == [(date(2024, 9, 18), date(2024, 9, 15)), (None, date(2027, 2, 1))]


def test_the_explanation_names_the_rest_days_met() -> None:
    counted = explain_period(date(2024, 3, 15), 6, "month", CALENDAR)

    assert counted.raw_end == date(2024, 9, 15)
    assert str(counted) == (
        "自2024年3月15日次日起算6个月（当日不计入），末日2024年9月15日（星期日）为休息日"
        "（2024年9月15日中秋、2024年9月16日中秋、2024年9月17日中秋），顺延至2024年9月18日（星期三）"
    )


def test_the_explanation_of_working_days_names_the_days_skipped() -> None:
    assert str(explain_period(date(2024, 4, 26), 1, "workday", CALENDAR)) == (
        "自2024年4月26日次日起算1个工作日（当日不计入），届满日为2024年4月28日（星期日），"
        "其间休息日不计：2024年4月27日星期六"
    )


def test_the_explanation_says_when_holidays_are_not_announced_yet() -> None:
    assert str(explain_period(date(2026, 11, 1), 3, "month", CALENDAR)).endswith("不能确定")


def test_the_packaged_holidays_are_read_completely() -> None:
    assert [CALENDAR.is_workday(day) for day in DAYS if CALENDAR.covers(day)] == WORKS


def _overrides(folder: Path, *lines: str) -> Path:
    path = folder / "calendar_overrides.csv"
    path.write_text("day,is_workday,source\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_an_override_file_adds_a_year(tmp_path: Path) -> None:
    rest = ("2027-01-01", "2027-05-01", "2027-10-01", "2027-10-02", "2027-10-03")
    path = _overrides(tmp_path, *(f"{day},0,国办发明电" for day in rest), "2027-01-03,1,国办发明电")

    calendar = read_calendar(path)

    assert calendar.last_on == date(2027, 12, 31)
    assert calendar.is_workday(date(2027, 1, 3)) is True
    assert calendar.next_workday(date(2027, 1, 1)) == date(2027, 1, 3)
    assert period_end(date(2026, 12, 1), 2, "month", calendar) == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-02-30,0,国办", "day 不是日期"),
        ("2027-01-01,休,国办", "is_workday 应为"),
        ("2027-01-01,0,", "缺少依据"),
        ("2028-01-01,0,国办", "缺 2027 年"),
        ("2027-01-01,0,国办", "2027-10-01 是法定节假日，却未列为休息日"),
        ("1999-01-01,0,国办", "早于 2004-01-01"),
    ],
)
def test_a_doubtful_override_file_is_refused(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_calendar(_overrides(tmp_path, line))

    assert words in "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
