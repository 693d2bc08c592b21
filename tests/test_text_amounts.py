"""Sums of money, whole numbers, yes and no, as suppliers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import FAULTS, Parsed, chinese_number, read_amount, read_bool, read_int

FORMAL_DIGITS, PLAIN_DIGITS = "零壹贰叁肆伍陆柒捌玖", "零一二三四五六七八九"


def spell(number: int, digits: str, units: tuple[str, str, str]) -> str:
    """Write a whole number below 10^12 in Chinese numerals with every inner zero."""
    def section(value: int) -> str:
        written, zero = "", False
        for size, unit in ((1000, units[2]), (100, units[1]), (10, units[0]), (1, "")):
            digit = value // size % 10
            if digit:
                written += ("零" if zero and written else "") + digits[digit] + unit
            zero = not digit
        return written

    written = ""
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = number // size % 10**4
        if part:
            gap = written and (part < 1000 or (written.endswith("亿") and number // 10**4 % 10**4 == 0))
            written += ("零" if gap else "") + section(part) + unit
    return written or "零"


@given(st.integers(0, 10**12 - 1))
def test_every_spelled_number_is_read_back(number):
    assert chinese_number(spell(number, PLAIN_DIGITS, ("十", "百", "千"))) == number


@given(st.integers(0, 10**12 - 1), st.integers(0, 99))
def test_every_sum_in_capital_numerals_is_read_back(yuan, cents):
    whole = spell(yuan, FORMAL_DIGITS, ("拾", "佰", "仟"))
    jiao, fen = divmod(cents, 10)
    tail = (f"{FORMAL_DIGITS[jiao]}角" if jiao else "零" if fen else "整") + (f"{FORMAL_DIGITS[fen]}分" if fen else "")

    assert read_amount(f"人民币{whole}元{tail}").value == Decimal(yuan) + Decimal(cents) / 100


@given(st.decimals(0, 10**16 - 1, places=2, allow_nan=False), st.sampled_from(("", "元")))
def test_every_exact_sum_is_read_back(value, unit):
    assert read_amount(f"{value:f}{unit}").value == value
    assert read_amount(f"{value:,f}{unit}").value == value


@given(st.text(max_size=70))
def test_no_text_makes_the_parsers_raise(text):
    for parsed in (read_amount(text), read_int(text), read_bool(text)):
        assert parsed.fault == "" or (parsed.fault in FAULTS and parsed.value is None)


@pytest.mark.parametrize(("written", "yuan"), [
    ("5,000.00", "5000"), ("￥5000", "5000"), ("¥5,000.00元", "5000"), ("5000元", "5000"), ("５０００", "5000"),
    ("5万", "50000"), ("0.5万元", "5000"), ("伍仟元整", "5000"), ("伍万元整", "50000"), ("叁仟贰佰元整", "3200"),
    ("1.2亿元", "120000000"), ("12,345.6万元", "123456000"), ("3千元", "3000"), ("3万2千元", "32000"),
    ("壹万零伍佰元伍角整", "10500.50"), ("壹元零壹分", "1.01"), ("肆角叁分", "0.43"), ("12元5角3分", "12.53"),
    ("伍仟圓正", "5000"), ("二十五万三千二百元", "253200"), ("两千元", "2000"), ("五点五万元", "55000"),
    ("17005、35元", "17005.35"), ("17005，35元", "17005.35"), ("5 000.00", "5000"), ("人民币5000元整", "5000"),
    ("5000.00（伍仟元整）", "5000"), ("5（万元）", "50000"), ("1.25E7", "12500000"), ("1万600", "10600"),
    ("5000.000", "5000"), ("+500", "500"), ("-0.00", "0"), ("零元", "0"), ("9999999999999999.99",
    "9999999999999999.99"),
])
def test_a_sum_is_read_in_yuan(written, yuan):
    parsed = read_amount(written)

    assert (parsed.value, parsed.fault) == (Decimal(yuan), "")
    assert parsed.value.as_tuple().exponent == -2


@pytest.mark.parametrize(("written", "fault"), [
    ("-500", "E-AMOUNT-NEGATIVE"), ("−500元", "E-AMOUNT-NEGATIVE"), ("(500.00)", "E-AMOUNT-NEGATIVE"),
    ("负五百元", "E-AMOUNT-NEGATIVE"), ("-5万", "E-AMOUNT-NEGATIVE"),
    ("1e309", "E-AMOUNT-INFINITE"), ("inf", "E-AMOUNT-INFINITE"), ("-Infinity", "E-AMOUNT-INFINITE"),
    ("NaN", "E-AMOUNT-INFINITE"), ("∞", "E-AMOUNT-INFINITE"),
    ("12345678901234567890123456", "E-AMOUNT-DIGITS"), ("10000000000000000", "E-AMOUNT-DIGITS"),
    ("1,000,000,000,000,000,000,000,000,000,000", "E-AMOUNT-DIGITS"), ("9" * 60, "E-AMOUNT-DIGITS"),
    ("99999999999999亿元", "E-AMOUNT-DIGITS"),
    ("0.005", "E-AMOUNT-FRACTION"), ("0.0000005万元", "E-AMOUNT-FRACTION"), ("100.001元", "E-AMOUNT-FRACTION"),
    ("0." + "3" * 40, "E-AMOUNT-FRACTION"),
    ("1.23E+11", "E-AMOUNT-SCIENTIFIC"), ("5e3", "E-AMOUNT-SCIENTIFIC"),
    ("5,0000", "E-AMOUNT"), ("1,234,56元", "E-AMOUNT"), ("5.000,00", "E-AMOUNT"), ("5 1000", "E-AMOUNT"),
    ("3万5", "E-AMOUNT"), ("贰仟陆元", "E-AMOUNT"), ("约5万元", "E-AMOUNT"), ("5万余元", "E-AMOUNT"),
    ("几十万", "E-AMOUNT"), ("1-5万元", "E-AMOUNT"), ("5000美元", "E-AMOUNT"), ("$5000", "E-AMOUNT"),
    ("5000元/人", "E-AMOUNT"), ("17005、3", "E-AMOUNT"), ("5000.00（陆仟元整）", "E-AMOUNT"), ("#DIV/0!", "E-AMOUNT"),
    ("一百元二百元", "E-AMOUNT"), ("元", "E-AMOUNT"), ("5%", "E-AMOUNT"), ("警告", "E-AMOUNT"),
    ("5" + " " * 80, "E-AMOUNT"),
])
def test_what_is_not_exactly_one_sum_is_a_fault(written, fault):
    assert read_amount(written) == Parsed(None, fault)


@pytest.mark.parametrize(("written", "yuan"), [
    ("2", "20000"), ("0.020000", "200"), ("2万元", "20000"), ("500元", "500"), ("5万", "50000"), ("贰", "20000"),
])
def test_a_unit_in_the_text_wins_over_that_of_the_column(written, yuan):
    assert read_amount(written, unit="万元").value == Decimal(yuan)


def test_a_column_in_ten_thousands_keeps_the_last_cent():
    assert read_amount("0.000001", unit="万元").value == Decimal("0.01")
    assert read_amount("0.0000001", unit="万元").fault == "E-AMOUNT-FRACTION"


def test_only_a_plain_number_counts_as_unchanged():
    assert [read_amount(text).changed for text in ("5000", "5000.00", "5,000",
    "5000元")] == [False, False, True, True]


@pytest.mark.parametrize("written", ["", " ", "\u3000", "\u200b"])
def test_an_empty_cell_is_no_value_and_no_fault(written):
    assert read_amount(written) == read_int(written) == read_bool(written) == Parsed(None)


@pytest.mark.parametrize(("written", "number"), [
    ("一百零一", 101), ("一千零十一", 1011), ("十万零一", 100001), ("一亿零一", 100000001), ("廿二", 22), ("卅", 30),
    ("二〇二四", 2024), ("贰零贰肆", 2024), ("两千六", 2600), ("一万二", 12000), ("100万三千", 1003000),
    ("负十一", -11),
    ("十", 10), ("〇", 0), ("萬", None), ("百", None), ("十十", None), ("一百二百", None), ("一千万亿", 10**15),
    ("", None),
    ("一点五", None), ("甲", None), ("一" * 41, None),
])
def test_chinese_numerals_are_read_by_their_rules(written, number):
    assert chinese_number(written) == number


@pytest.mark.parametrize(("written", "number"), [
    ("15", 15), ("15日", 15), ("十五日", 15), ("１５", 15), ("12.0", 12), ("1,200", 1200), ("-3", -3), ("3项", 3),
])
def test_a_whole_number_is_read(written, number):
    assert (read_int(written).value, read_int(written).fault) == (number, "")


@pytest.mark.parametrize(("written", "fault"), [
    ("1.5", "E-INT"), ("十五日以下", "E-INT"), ("1e5", "E-INT"), ("1" * 19, "E-INT-DIGITS"), ("无", "E-INT"),
    ("15-20", "E-INT"),
    ("两千六", "E-INT"), ("--5", "E-INT"),
])
def test_what_is_not_a_whole_number_is_a_fault(written, fault):
    assert read_int(written) == Parsed(None, fault)


@pytest.mark.parametrize(("written", "value"), [
    ("是", True), ("有", True), ("1", True), ("TRUE", True), ("y", True), ("√", True), ("Ｙ", True),
    ("否", False), ("无", False), ("0", False), ("false", False), ("N", False), ("×", False),
])
def test_yes_and_no_are_read(written, value):
    assert (read_bool(written).value, read_bool(written).fault) == (value, "")


@pytest.mark.parametrize("written", ["不详", "2", "是否", "-"])
def test_what_is_neither_yes_nor_no_is_a_fault(written):
    assert read_bool(written) == Parsed(None, "E-BOOL")
