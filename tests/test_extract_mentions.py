"""Dates, sums and numbers are found in running text as they are written, and never guessed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extract import flat
from engine.extract.found import Found
from engine.extract.mentions import find_mentions
from engine.text import fold

DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
HAN = "〇一二三四五六七八九"


def mentions(text: str, sign: str) -> list[Found]:
    return [found for found in find_mentions(fold(text)).found.values() if found.sign == sign]


def dates(text: str) -> list[object]:
    return [found.value for found in mentions(text, flat.DATE)]


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


@given(DAYS)
def test_a_date_is_the_same_however_it_is_written(day: date) -> None:
    year = "".join(HAN[int(digit)] for digit in str(day.year))
    written = [f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month:02} 月 {day.day:02} 日",
               f"{year}年{han(day.month)}月{han(day.day)}日", day.isoformat()]

    assert [dates(f"于{text}送达") for text in written] == [[day]] * 4


@given(DAYS, st.integers(0, 3000), st.sampled_from(["同日", "当日", "次日", "翌日"]))
def test_a_relative_day_is_counted_from_the_date_before_it(day: date, amount: int, word: str) -> None:
    later = timedelta(days=word in ("次日", "翌日"))

    found = mentions(f"{day.year}年{day.month}月{day.day}日罚款{amount}元，{word}送达", flat.DATE)

    assert [f.value for f in found] == [day, day + later]
    assert found[1].base == (found[0].start, found[0].end)


@given(DAYS, st.integers(1, 12), st.integers(1, 31), st.sampled_from(["同年", "次年"]))
def test_a_day_of_the_same_or_next_year_is_that_day_or_none(base: date, month: int, day: int, word: str) -> None:
    try:
        expected = date(base.year + (word == "次年"), month, day)
    except ValueError:
        expected = None

    assert dates(f"{base.isoformat()}申请，{word}{month}月{day}日受理") == [base, expected]


def test_relative_dates_follow_one_another() -> None:
    assert dates("2024年12月31日作出，次日送达，同月20日缴款，次年2月1日结案") == [
        date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 20), date(2026, 2, 1)]


@pytest.mark.parametrize(("text", "why"), [
    ("同日送达", "前文没有日期可据以推算"),
    ("1990年**月**日出生", "日期有遮盖"),
    ("2024年3月作出", "只有年月，没有日"),
    ("3月5日送达", "没有写年份"),
    ("2024年2月30日作出", "不存在的日期"),
    ("2024年2月1日作出，同月30日送达", "推算出的日期不存在"),
    ("2024年3月作出，同日送达", "据以推算的前一日期不确定"),
])
def test_a_date_that_is_not_sure_has_no_value_but_a_reason(text: str, why: str) -> None:
    last = mentions(text, flat.DATE)[-1]

    assert (last.value, last.fault) == (None, why)


@pytest.mark.parametrize(("text", "yuan"), [
    ("处罚款贰万元整", 20000),
    ("罚款:8.0（万元）", 80000),
    ("其他,罚款:8.0（万元", 80000),
    ("2、罚款伍万元", 50000),
    ("罚款3万元", 30000),
    ("罚款人民币20,000.00元", 20000),
    ("罚款￥20000", 20000),
    ("罚款20000元（大写：贰万元整）", 20000),
    ("罚款人民币壹万贰仟伍佰元整", 12500),
    ("罚款十万五千元", 105000),
    ("罚款2.5万元", 25000),
    ("罚款3万5千元", 35000),
    ("罚款壹拾万零伍佰元整", 100500),
    ("没收违法所得2145.50元", "2145.50"),
    ("罚款人民币（大写）贰仟元（￥2000元）", 2000),
])
def test_a_sum_is_read_in_every_way_organs_write_it(text: str, yuan: object) -> None:
    assert {found.value for found in mentions(text, flat.AMOUNT)} == {Decimal(str(yuan))}


@pytest.mark.parametrize(("text", "why"), [
    ("罚款20000元（大写：贰仟元整）", "大写与小写不一致：20000元 / 贰仟元整"),
    ("约5万元", "是约数、限额、单价或幅度，不是确数"),
    ("5万余元", "是约数、限额、单价或幅度，不是确数"),
    ("三万元至五万元", "是约数、限额、单价或幅度，不是确数"),
    ("港币两千元", "是外币"),
])
def test_a_sum_that_is_not_sure_has_no_value_but_a_reason(text: str, why: str) -> None:
    assert [(found.value, found.fault) for found in mentions(text, flat.AMOUNT)] == [(None, why)]


@pytest.mark.parametrize("text", [
    "处五千元以上五万元以下罚款", "5000元以上10000元以下", "每日按百分之三", "三倍",
])
def test_the_bounds_of_a_law_are_no_sums(text: str) -> None:
    assert mentions(text, flat.AMOUNT) == []


@given(st.integers(0, 10**9), st.sampled_from(["{}元", "人民币{}元整", "{:,}元", "¥{}元"]))
def test_a_sum_in_digits_is_read_exactly(yuan: int, shape: str) -> None:
    assert [found.value for found in mentions(f"罚款{shape.format(yuan)}。", flat.AMOUNT)] == [Decimal(yuan)]


@pytest.mark.parametrize("before", [
    "于2024年8月1日作出的", "向其送达", "申请强制执行", "文号：", "因不服", "虚构市市场监督管理局",
])
@pytest.mark.parametrize("number", [
    "虚市监处罚〔2024〕88号", "虚市监处字【2018】459号", "虚区监检处字[2019]第005号",
    "虚高新（滨）市监处罚〔2026〕187号",
    "虚环罚字〔2020〕TQ第Q-4008号", "虚国土资中分罚【2016】第3-1号", "9902环罚决字〔2025〕14号",
    "（虚临）市监处罚〔2024〕131号",
    "虚检刑不诉〔2024〕7号", "虚构检察公诉刑诉［2019］2号",
])
def test_a_document_number_is_found_whole_in_running_text(before: str, number: str) -> None:
    found = mentions(f"{before}{number}《行政处罚决定书》", flat.DOCUMENT_NO)

    assert [(f.text, f.masked) for f in found] == [(fold(number), False)]


@pytest.mark.parametrize("number", [
    "（2025）豫9902行审15号", "(2014)虚中法民三初字第01号", "（2024）豫99行审复3号",
    "(2017)豫行申12号之一", "（2020）最高法行申1号",
])
def test_a_case_number_is_found_whole_in_running_text(number: str) -> None:
    found = mentions(f"本院于2025年1月2日作出{number}行政裁定", flat.CASE_NO)

    assert [f.text for f in found] == [fold(number)]


@pytest.mark.parametrize(("number", "sign"), [
    ("虚市监处罚〔2023〕某-某某某号", flat.DOCUMENT_NO), ("虚市监处罚〔2023〕**号", flat.DOCUMENT_NO),
    ("（2024）豫99**行审**号", flat.CASE_NO), ("4100001990********", flat.RESIDENT_ID),
    ("******19811023****", flat.RESIDENT_ID),
])
def test_a_masked_number_is_kept_masked_and_flagged(number: str, sign: str) -> None:
    found = mentions(f"作出{number}，", sign)

    assert [(f.text, f.masked) for f in found] == [(fold(number), True)]


def test_an_article_knows_its_law_and_paragraph() -> None:
    found = mentions("根据《中华人民共和国刑法》第37条、《中华人民共和国刑事诉讼法》第一百七十七条第二款", flat.ARTICLE)

    assert [tuple(f.value) for f in found if isinstance(f.value, tuple)] == [
        ("中华人民共和国刑法", 37, 0, 0), ("中华人民共和国刑事诉讼法", 177, 0, 2)]
