"""Cells of a delivered row: what loads, what is flagged, what rejects the row, what becomes NULL."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from load_world import LEDGER, World

from engine.sources.cells import FOREVER


@pytest.mark.parametrize("text", [
    "2024/3/1", "2024.3.1", "20240301", "2024年3月1日", "２０２４-０３-０１", "2024-03-01",
])
def test_a_date_written_in_any_usual_way_is_loaded(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)

    world.one(决定日期=text)

    assert world.value("decided_on") == date(2024, 3, 1)


@pytest.mark.parametrize(("text", "code"), [
    ("2024-02-30", "E-DATE-NONE"), ("2023-02-29", "E-DATE-NONE"), ("45352", "E-DATE-SERIAL"),
    ("0000-00-00", "E-DATE-RANGE"), ("9999-12-31", "E-DATE-ENDLESS"), ("24-3-1", "E-DATE-SHORT-YEAR"),
    ("2026-07-01", "E-DATE-FUTURE"), ("2027年1月1日", "E-DATE-FUTURE"), ("见附件", "E-DATE"),
])
def test_a_date_that_cannot_be_rejects_the_row(tmp_path: Path, text: str, code: str) -> None:
    world = World(tmp_path)

    report, defects = world.one(决定日期=text)

    assert (report.rows_loaded, report.rows_rejected) == (0, 1)
    assert defects == [("row", code, "决定日期")]


def test_the_day_of_loading_itself_is_not_in_the_future(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(决定日期="2026-06-30")

    assert (report.rows_loaded, defects) == (1, [])


def test_a_serial_number_is_a_date_where_the_mapping_says_so(tmp_path: Path) -> None:
    text = LEDGER.replace("decided_on: [决定日期]", "decided_on: {headers: [决定日期], serial: true}")
    world = World(tmp_path, ledger=text)

    world.one(决定日期="45352")

    assert world.value("decided_on") == date(2024, 3, 1)


@pytest.mark.parametrize("text", ["9999-12-31", "长期", "99991231"])
def test_an_open_end_is_accepted_where_a_column_tells_how_long_something_is_valid(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)

    world.one(公示截止=text)

    assert world.value("publicity_to") == FOREVER


def test_the_end_of_a_period_may_lie_ahead(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(公示截止="2029-01-01")

    assert (report.rows_loaded, defects) == (1, [])


def test_a_masked_date_of_birth_counts_as_not_recorded(tmp_path: Path) -> None:
    world = World(tmp_path)

    report, defects = world.one(出生日期="1973年**月**日")

    assert (report.rows_loaded, defects, world.value("birth_date")) == (1, [], None)


def test_served_before_decided_is_flagged_and_loaded(tmp_path: Path) -> None:
    world = World(tmp_path)

    report, defects = world.one(决定日期="2024-03-10", 送达日期="2024-03-01")

    assert (report.rows_loaded, report.flagged) == (1, 1)
    assert defects == [("flag", "E-DATE-ORDER", "送达日")]
    assert world.store.rows("SELECT value, reason FROM reject WHERE kind = 'flag'") == [
        ("2024-03-01", "送达日早于处罚决定日（2024-03-10）")]


@pytest.mark.parametrize("text", ["/", "无", "空", "-", "——", "／", ""])
def test_a_word_for_nothing_becomes_null_and_is_counted(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)

    report, defects = world.one(送达日期=text)

    assert (report.rows_loaded, defects, world.value("served_on")) == (1, [], None)
    assert world.store.rows("SELECT count(*) FROM reject WHERE kind = 'note' AND column_name = 'served_on'") == [(1,)]


def test_a_word_for_nothing_in_a_key_column_rejects_the_row(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(文号="/")

    assert (report.rows_rejected, defects) == (1, [("row", "E-KEY-MISSING", "文号")])


def test_no_is_an_answer_where_yes_or_no_is_asked(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.one(是否听证="无")

    assert world.value("hearing_requested") is False


@pytest.mark.parametrize(("text", "yuan"), [
    ("5,000.00", "5000"), ("￥5000", "5000"), ("5000元", "5000"), ("５０００", "5000"), ("5万", "50000"),
    ("0.5万元", "5000"), ("伍仟元整", "5000"), ("5000", "5000"), ("5000.5", "5000.50"),
])
def test_a_sum_written_in_any_usual_way_is_loaded(tmp_path: Path, text: str, yuan: str) -> None:
    world = World(tmp_path)

    world.one(罚款金额=text)

    assert world.value("fine_yuan") == Decimal(yuan)


@pytest.mark.parametrize(("text", "code"), [
    ("-500", "E-AMOUNT-NEGATIVE"), ("1e309", "E-AMOUNT-INFINITE"), ("inf", "E-AMOUNT-INFINITE"),
    ("NaN", "E-AMOUNT-INFINITE"),
    ("12345678901234567890123456", "E-AMOUNT-DIGITS"), ("0.005", "E-AMOUNT-FRACTION"), ("一百左右", "E-AMOUNT"),
])
def test_a_sum_that_cannot_be_rejects_the_row(tmp_path: Path, text: str, code: str) -> None:
    report, defects = World(tmp_path).one(罚款金额=text)

    assert (report.rows_rejected, defects) == (1, [("row", code, "罚款金额")])


@pytest.mark.parametrize(("header", "text", "yuan"), [
    ("罚款金额（万元）", "2.145", "21450"), ("罚款金额(元)", "2.14", "2.14"),
    ("罚款金额（单位：万元）", "0.05元", "0.05"),
    ("罚款金额（亿元）", "0.5", "50000000"),
])
def test_the_unit_in_the_header_decides_and_a_unit_in_the_cell_wins(
    tmp_path: Path, header: str, text: str, yuan: str
) -> None:
    world = World(tmp_path)

    world.one(**{header: text})

    assert world.value("fine_yuan") == Decimal(yuan)


def test_a_fraction_of_a_fen_in_ten_thousands_is_never_rounded(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(**{"罚款金额（万元）": "0.0000001"})

    assert (report.rows_rejected, defects) == (1, [("row", "E-AMOUNT-FRACTION", "罚款金额（万元）")])


def test_a_number_in_scientific_form_is_lost_and_rejects_the_row(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(身份证号="4.1E+17")

    assert (report.rows_rejected, defects) == (1, [("row", "E-NUMBER-SCIENTIFIC", "身份证号")])


def test_a_wrong_check_digit_is_flagged_and_its_value_masked(tmp_path: Path) -> None:
    world = World(tmp_path)

    report, defects = world.one(身份证号="410000199001010010")

    assert (report.rows_loaded, defects) == (1, [("flag", "E-ID-CHECK", "身份证号")])
    assert world.store.rows("SELECT value FROM reject WHERE kind = 'flag'") == [("410*************10",)]
    assert world.value("resident_id") == "410000199001010010"


def test_a_small_x_becomes_the_printed_one(tmp_path: Path) -> None:
    world = World(tmp_path)

    report, defects = world.one(身份证号="41000019900101009x")

    assert (report.rows_loaded, defects, world.value("resident_id")) == (1, [], "41000019900101009X")


def test_fifteen_digits_become_eighteen_and_say_so(tmp_path: Path) -> None:
    world = World(tmp_path)

    _, defects = world.one(身份证号="410000900101009")

    assert (world.value("resident_id"), defects) == ("41000019900101009X", [("flag", "E-ID-15", "身份证号")])


@pytest.mark.parametrize("text", ["4100001990****009X", "41000019900101****", "410000**********9X"])
def test_a_masked_number_is_accepted_without_flag(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)

    report, defects = world.one(身份证号=text)

    assert (report.rows_loaded, defects, world.value("resident_id")) == (1, [], text)


@pytest.mark.parametrize(("text", "defects"), [
    ("91110000600037341L", []), ("91110000600037341l", []), ("91110000600037341N", ["E-USCC-CHECK"]),
    ("411102000012345", ["E-USCC-SHAPE"]), ("9111************1L", []),
])
def test_a_credit_code_is_checked(tmp_path: Path, text: str, defects: list[str]) -> None:
    report, found = World(tmp_path).one(信用代码=text)

    assert (report.rows_loaded, [code for _, code, _ in found]) == (1, defects)


def test_a_code_of_zeros_is_a_placeholder(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.one(信用代码="0" * 18)

    assert world.value("uscc") is None


@pytest.mark.parametrize(("number", "column"), [
    ("91110000600037341L", "uscc"), ("60003734-1", "org_code"), ("41000019900101009X", "resident_id"),
    ("41000000****0000", "resident_id"),
])
def test_a_number_of_unknown_kind_goes_where_its_shape_says(tmp_path: Path, number: str, column: str) -> None:
    world = World(tmp_path, ledger=LEDGER.replace("  uscc: [信用代码]\n", "  party_no: [证件号码]\n"))

    world.one(证件号码=number)

    found = world.store.rows("SELECT uscc, org_code, resident_id FROM penalty")[0]
    assert dict(zip(("uscc", "org_code", "resident_id"), found, strict=True))[column] == number.replace("-", "")
    assert sum(value is not None for value in found) == 1


def test_an_emoji_in_a_name_is_kept_and_flagged(tmp_path: Path) -> None:
    world = World(tmp_path)

    _, defects = world.one(当事人="测😀某")

    assert (world.value("party_name"), defects) == ("测😀某", [("flag", "E-NAME-EMOJI", "当事人")])


def test_marks_nobody_sees_are_taken_out_and_the_row_as_delivered_keeps_them(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.one(当事人="测\u200b某甲")

    assert (world.value("party_name"), world.value("party_name_key")) == ("测某甲", "测某甲")
    assert "测\u200b某甲" in world.value("raw")
    assert world.store.rows("SELECT code FROM reject WHERE column_name = 'party_name'") == [("E-NORMALISED",)]


@pytest.mark.parametrize("text", ["企业", "organisation", "单位", " 企业 "])
def test_the_suppliers_word_our_code_and_our_label_all_stand_for_the_code(tmp_path: Path, text: str) -> None:
    world = World(tmp_path)

    world.one(类型=text)

    assert world.value("party_kind") == "organisation"


def test_an_unknown_word_rejects_the_row_and_names_the_nearest_known_ones(tmp_path: Path) -> None:
    world = World(tmp_path)

    report, defects = world.one(类型="企业单位")

    assert (report.rows_rejected, defects) == (1, [("row", "E-VALUE-UNKNOWN", "类型")])
    assert "企业" in world.store.rows("SELECT reason FROM reject WHERE kind = 'row'")[0][0]


def test_a_bad_cell_is_emptied_where_the_mapping_says_so(tmp_path: Path) -> None:
    text = LEDGER.replace("decided_on: [决定日期]", "decided_on: {headers: [决定日期], on_bad: empty}")
    world = World(tmp_path, ledger=text)

    report, defects = world.one(决定日期="2024-02-30")

    assert (report.rows_loaded, defects) == (1, [("cell", "E-DATE-NONE", "决定日期")])
    assert world.value("decided_on") is None


def test_every_fault_of_a_row_is_listed_and_the_row_counts_once(tmp_path: Path) -> None:
    report, defects = World(tmp_path).one(决定日期="2024-02-30", 罚款金额="-1", 拘留天数="十五日")

    assert report.rows_rejected == 1
    assert [code for _, code, _ in defects] == ["E-AMOUNT-NEGATIVE", "E-DATE-NONE"]


def test_a_rejected_row_is_kept_as_delivered(tmp_path: Path) -> None:
    world = World(tmp_path)

    world.one(决定日期="2024-02-30")

    assert '"决定日期":"2024-02-30"' in world.store.rows("SELECT raw FROM reject WHERE kind = 'row'")[0][0]


def test_how_cells_were_normalised_is_told_once_a_column(tmp_path: Path) -> None:
    world = World(tmp_path)

    rows = ("甲〔2024〕1号", "某局", "2024/3/1"), ("甲〔2024〕2号", "某局", "2024/3/2")
    world.rows(("文号", "机关", "决定日期"), *rows)

    notes = world.store.rows("SELECT line, value, reason FROM reject WHERE code = 'E-NORMALISED'")
    assert notes == [(2, "“2024/3/1”→“2024-03-01”", "2处写法已规范后入库，原文保留在原始行；首见于第2行")]
