"""Dates as suppliers write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import FAULTS, Parsed, read_date

FIRST_OF_MARCH = date(2024, 3, 1)
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SHAPES = ("{0:04d}-{1:02d}-{2:02d}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0:04d}{1:02d}{2:02d}", "{0}年{1}月{2}日",
    "{0} 年 {1} 月 {2} 日",
          "{0}-{1}-{2} 08:30:00", "{0:04d}{1:02d}{2:02d}083000")


def spelled(number: int) -> str:
    digits = "〇一二三四五六七八九"
    ten, one = divmod(number, 10)
    return ("" if ten == 0 else "十" if ten == 1 else digits[ten] + "十") + ("" if ten and one == 0 else digits[one])


@given(DATES, st.sampled_from(SHAPES))
def test_every_date_is_read_back_from_every_shape(day, shape):
    parsed = read_date(shape.format(day.year, day.month, day.day))

    assert (parsed.value, parsed.fault) == (day, "")


@given(DATES)
def test_every_date_in_chinese_numerals_is_read_back(day):
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))

    assert read_date(f"{year}年{spelled(day.month)}月{spelled(day.day)}日").value == day


@given(st.dates(date(1927, 5, 18), date(2173, 10, 13)))
def test_every_serial_number_is_read_only_when_the_mapping_says_so(day):
    serial = str((day - date(1899, 12, 30)).days)

    assert read_date(serial, serial=True).value == day
    assert read_date(serial) == Parsed(None, "E-DATE-SERIAL")


@given(st.text(max_size=60), st.booleans())
def test_no_text_makes_the_parser_raise(text, serial):
    parsed = read_date(text, serial)

    assert parsed.fault == "" or (parsed.fault in FAULTS and parsed.value is None)


@pytest.mark.parametrize("written", [
    "2024/3/1", "2024.3.1", "20240301", "2024年3月1日", "２０２４-０３-０１", "2024—03—01", "2024\\3\\1", "2024 3 1",
    "2024·3·1",
    "２０２４年３月１日", "2024年03月01号", "2024年3月1", "2024-3-1日", "2024.03.01.", "2024 - 3 - 1",
    "2024-03-\u200b01",
    "二〇二四年三月一日", "二零二四年三月一日", "二○二四年三月一日", "二O二四年三月一日", "二0二四年三月一日",
    "2024年三月一日",
    "贰零贰肆年零叁月零壹日", "二千零二十四年三月一日",
    "2024-03-01 00:00:00", "2024-03-01T00:00:00", "2024/3/1 0:00", "2024-03-01 00:00:00.000", "2024年3月1日 9时30分",
    "2024年3月1日9:30", "2024年3月1日上午9时", "20240301000000", "2024年3月1日星期五", "2024-03-01（星期五）",
    " 2024-03-01 ",
    "2024-03-01T00:00:00+08:00", "2024-02-29T16:00:00.000Z", "2024-03-01T15:59:59Z",
])
def test_one_day_has_many_spellings(written):
    assert read_date(written) == Parsed(FIRST_OF_MARCH, "", True)


def test_only_the_plain_form_counts_as_unchanged():
    assert read_date("2024-03-01") == Parsed(FIRST_OF_MARCH, "", False)


def test_the_first_month_may_be_called_yuan():
    assert read_date("2024年元月5日").value == date(2024, 1, 5)


def test_a_leap_day_exists_only_in_leap_years():
    assert read_date("2024-02-29").value == date(2024, 2, 29)
    assert read_date("2023-02-29").fault == read_date("1900年2月29日").fault == "E-DATE-NONE"


@pytest.mark.parametrize(("written", "fault"), [
    ("2024-02-30", "E-DATE-NONE"), ("20240230", "E-DATE-NONE"), ("2024年13月1日", "E-DATE-NONE"), ("2024-00-10",
    "E-DATE-NONE"),
    ("二〇二四年二月三十日", "E-DATE-NONE"), ("2024-04-31 08:00", "E-DATE-NONE"),
    ("24-3-1", "E-DATE-SHORT-YEAR"), ("24.03.01", "E-DATE-SHORT-YEAR"), ("24年3月1日", "E-DATE-SHORT-YEAR"),
    ("二四年三月一日", "E-DATE-SHORT-YEAR"), ("240301", "E-DATE-SHORT-YEAR"), ("01/03/24", "E-DATE-SHORT-YEAR"),
    ("45352", "E-DATE-SERIAL"), ("45352.5", "E-DATE-SERIAL"),
    ("2024-03", "E-DATE-PART"), ("2024年3月", "E-DATE-PART"), ("2024年", "E-DATE-PART"), ("2024", "E-DATE-PART"),
    ("202403", "E-DATE-PART"),
    ("0000-00-00", "E-DATE-RANGE"), ("0001-01-01", "E-DATE-RANGE"),
    ("9999-12-31", "E-DATE-ENDLESS"), ("99991231", "E-DATE-ENDLESS"), ("9999/12/31 00:00:00", "E-DATE-ENDLESS"),
    ("1024-03-01", "E-DATE-YEAR"), ("2924-03-01", "E-DATE-YEAR"),
    ("01/03/2024", "E-DATE"), ("3-1-2024", "E-DATE"), ("三月一日", "E-DATE"), ("2024年初一日", "E-DATE"), ("2024-3/1",
    "E-DATE"),
    ("2024-3-110:00", "E-DATE"), ("2024年3月1日至5日", "E-DATE"), ("2024-03-01、2024-03-05", "E-DATE"),
    ("1709222400000", "E-DATE"),
    ("民国113年3月1日", "E-DATE"), ("2024-03-01 99:99", "E-DATE"), ("2024-03-01T00:00+99:00", "E-DATE"), ("长期",
    "E-DATE"), ("2024年三月初一日", "E-DATE"),
    ("2024-03-01" + " " * 50, "E-DATE"),
])
def test_what_is_not_exactly_one_date_is_a_fault(written, fault):
    assert read_date(written) == Parsed(None, fault)


@pytest.mark.parametrize("written", ["", " ", "\u3000"])
def test_an_empty_cell_is_no_date_and_no_fault(written):
    assert read_date(written) == Parsed(None)


def test_a_serial_number_beyond_the_calendar_is_a_fault_even_where_serials_are_read():
    assert read_date("99999", serial=True).value == date(2173, 10, 13)
    assert read_date("4535", serial=True).fault == "E-DATE-PART"


def test_a_written_date_is_read_where_serials_are():
    assert read_date("2024/3/1", serial=True).value == FIRST_OF_MARCH
