"""Workbooks: unsafe ones never reach the reader, and what the reader leaves out is said."""

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from reading_world import known, read, read_all, refused

from engine.sources.reading import ReadOptions, open_file
from engine.sources.shapes import MIB

HEADER = ["案号", "当事人", "金额", "日期"]
NAME = "甲.xlsx"
DAY, HOUR = dt.date(2024, 3, 1), dt.timedelta(hours=1)
SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: Sequence[Sequence[object]], change: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "处罚"
    for row in rows:
        sheet.append(row)
    change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def test_cells_become_the_text_a_spreadsheet_shows(tmp_path: Path) -> None:
    content = workbook([
        ["文字", "整数", "小数", "日期", "时刻", "是否", "时长"],
        [" 甲 ", 12345, 0.1 + 0.2, DAY, dt.datetime.combine(DAY, dt.time(12, 30)), True, dt.time(8, 30)],
        ["00123", 12345.0, 1e-7, dt.date(1999, 12, 31), dt.datetime.combine(DAY, dt.time()), False, 30 * HOUR],
    ])

    seen = read(tmp_path, content, NAME)

    assert seen.rows == [
        (" 甲 ", "12345", "0.3", "2024-03-01", "2024-03-01 12:30:00", "是", "08:30:00"),
        ("00123", "12345", "0.0000001", "1999-12-31", "2024-03-01", "否", "30:00:00"),
    ]
    assert seen.lines == [2, 3]
    assert seen.delivered.format == "xlsx"


def test_dates_of_the_1904_system_are_right(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.epoch = CALENDAR_MAC_1904

    seen = read(tmp_path, workbook([["案号", "日期"], ["1", dt.date(2024, 3, 1)]], change), NAME)

    assert seen.rows == [("1", "2024-03-01")]


@pytest.mark.parametrize("number", [27, 31, 57, 58])
def test_chinese_date_formats_are_dates(tmp_path: Path, number: int) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B2"].number_format = "mm-dd-yy"

    content = workbook([["案号", "日期"], ["1", 45352]], change)
    content = edited(content, "xl/styles.xml", lambda xml: xml.replace(b'numFmtId="14"', b'numFmtId="%d"' % number))

    assert read(tmp_path, content, NAME).rows == [("1", "2024-03-01")]


def test_a_number_beyond_15_digits_rejects_its_row(tmp_path: Path) -> None:
    numbers = (410000199001010010, 999999999999999, 1e15)
    content = workbook([HEADER, *([str(i), "甲", number, ""] for i, number in enumerate(numbers, 1))])

    seen = read(tmp_path, content, NAME)

    assert seen.codes == [(2, "E-NUMBER-PRECISION"), (4, "E-NUMBER-PRECISION")]
    assert seen.faults[0].reason == "第2行“金额”以数字存储，超过15位，末位精度已丢失"
    assert seen.rows == [("2", "甲", "999999999999999", None)]


def test_a_formula_without_result_rejects_its_row_with_one_it_is_flagged(tmp_path: Path) -> None:
    content = workbook([HEADER, ["1", "甲", "=1+1", ""], ["2", "乙", "=SUM(A1:A2)", ""], ["3", "丙", "=A1", ""]])
    content = edited(content, SHEET, lambda xml: xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
        b'<c r="C4"><f>A1</f><v />', b'<c r="C4" t="str"><f>A1</f><v></v>'))

    seen = read(tmp_path, content, NAME)

    assert [(f.line, f.column, f.code) for f in seen.faults] == [(3, "金额", "E-FORMULA-EMPTY")]
    assert [(f.line, f.code, f.value) for f in seen.flags] == [(2, "E-FORMULA", "2"), (4, "E-FORMULA", "")]
    assert [row[2] for row in seen.rows] == ["2", None]


def test_an_error_value_is_kept_and_flagged(tmp_path: Path) -> None:
    seen = read(tmp_path, workbook([HEADER, ["1", "甲", "#N/A", ""], ["2", "乙", 5, ""]]), NAME)

    assert seen.rows[0] == ("1", "甲", "#N/A", None)
    assert seen.flag_codes == [(2, "E-CELL-ERROR")]


MERGED = [HEADER, ["1", "甲", 1, ""], [None, "乙", 2, ""], [None, "丙", 3, ""], ["4", "丁", 4, ""]]


def test_merged_cells_are_filled_where_the_mapping_says_so(tmp_path: Path) -> None:
    content = workbook(MERGED, lambda sheet: sheet.merge_cells("A2:A4"))

    seen = read(tmp_path, content, NAME, ReadOptions(merged="fill"))

    assert [row[0] for row in seen.rows] == ["1", "1", "1", "4"]
    assert seen.flag_codes == [(3, "E-MERGED"), (4, "E-MERGED")]


def test_merged_cells_reject_the_rows_below_the_first_otherwise(tmp_path: Path) -> None:
    content = workbook(MERGED, lambda sheet: sheet.merge_cells("A2:A4"))

    seen = read(tmp_path, content, NAME)

    assert seen.codes == [(3, "E-MERGED"), (4, "E-MERGED")]
    assert seen.faults[0].reason == "第3行“案号”在合并单元格A2:A4内"
    assert seen.lines == [2, 5]


def test_the_sheet_may_be_told_to_fill_after_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(workbook(MERGED, lambda sheet: sheet.merge_cells("A2:A4")))
    sheet = open_file(path)[0].tables[0]

    sheet.merged = "fill"

    assert sum(chunk.frame.height for chunk in sheet.chunks) == 4


def test_cells_merged_over_columns_reject_their_rows(tmp_path: Path) -> None:
    content = workbook(MERGED, lambda sheet: sheet.merge_cells("A2:B2"))

    seen = read(tmp_path, content, NAME, ReadOptions(merged="fill"))

    assert seen.codes == [(2, "E-MERGED")]


def test_merged_titles_and_notes_disturb_nothing(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for area in ("A1:D1", "A4:C4", "A5:D5"):
            sheet.merge_cells(area)

    rows = [["某局处罚台账"], HEADER, ["1", "甲", 1, ""], ["合计", None, None, 1], ["注：截至6月"]]

    seen = read(tmp_path, workbook(rows, change), NAME)

    assert (seen.titles, seen.header_line) == (["某局处罚台账"], 2)
    assert (len(seen.rows), seen.faults, seen.skipped) == (1, [], {"title": 1, "totals": 1, "note": 1})


def test_a_template_with_two_header_rows_is_read_from_the_third(tmp_path: Path) -> None:
    rows = [HEADER, ["CF_WSH", "CF_XDR_MC", "CF_JE", "CF_RQ"], ["1", "甲", 1, ""]]

    seen = read(tmp_path, workbook(rows), NAME, known("案号", "当事人"))

    assert (seen.header, seen.header_line, seen.lines) == (HEADER, 1, [3])
    assert seen.skipped == {"header": 1}


def test_a_two_row_header_with_merged_groups_is_put_together(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        for area in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(area)

    rows = [["案号", "当事人信息", None, "日期"], [None, "名称", "证件号码", None], ["1", "甲", "无", "2024-03-01"]]

    seen = read(tmp_path, workbook(rows, change), NAME, known("案号", "名称", "证件号码", "日期"))

    assert (seen.header, seen.lines, seen.faults) == (["案号", "名称", "证件号码", "日期"], [3], [])


def test_hidden_rows_are_flagged_hidden_sheets_left_and_named(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.parent.create_sheet("旧数据").append(HEADER)
        sheet.parent["旧数据"].sheet_state = "veryHidden"
        sheet.parent.create_sheet("说明").append(["本表由某局填报"])
        sheet.parent.create_sheet("空表")

    path = tmp_path / NAME
    path.write_bytes(workbook([HEADER, ["1", "甲", 1, ""], ["2", "乙", 2, ""]], change))

    seen = read_all(path)

    assert len(seen[0].rows) == 2
    assert seen[0].flag_codes == [(3, "E-ROW-HIDDEN")]
    warnings = "；".join(seen[0].warnings)
    assert "隐藏的工作表“旧数据”未读取" in warnings
    assert "工作表“空表”是空的，未读取" in warnings
    assert "工作表“处罚”有隐藏的列" in warnings


def test_every_visible_sheet_is_a_table(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        second = sheet.parent.create_sheet("A & B")
        second.append(["文号", "机关"])
        second.append(["1", "某局"])

    path = tmp_path / NAME
    path.write_bytes(workbook([HEADER, ["1", "甲", 1, ""]], change))

    names = [sheet.name for delivered in open_file(path) for sheet in delivered.tables]

    assert names == ["处罚", "A & B"]


def test_a_table_may_start_anywhere(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.move_range("A1:D3", rows=4, cols=3)

    seen = read(tmp_path, workbook([HEADER, ["1", "甲", "=1", ""], ["2", "乙", 2, ""]], change), NAME)

    assert (seen.header, seen.header_line) == (HEADER, 5)
    assert [(f.line, f.column) for f in seen.faults] == [(6, "金额")]
    assert seen.lines == [7]


@pytest.mark.parametrize("cell", ["XFD1048576", "SG2"])
def test_a_far_cell_refuses_the_file(tmp_path: Path, cell: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = 1

    error = refused(tmp_path, workbook([HEADER, ["1", "甲", 1, ""]], change), NAME)

    assert (error.code, error.what) == ("E-XLSX-RANGE", f"表格范围异常（最远单元格{cell}）")


def test_few_cells_over_a_huge_box_refuse_the_file(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["SA1"] = 1
        sheet["A1048576"] = 1

    assert refused(tmp_path, workbook([HEADER], change), NAME).code == "E-XLSX-RANGE"


def test_formatted_empty_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["XFD1048576"].number_format = "0.00"

    assert len(read(tmp_path, workbook([HEADER, ["1", "甲", 1, ""]], change), NAME).rows) == 1


def test_a_sheet_blown_up_with_blanks_refuses_the_file_at_once(tmp_path: Path) -> None:
    blanks = b" " * (300 * MIB)
    content = edited(workbook([HEADER, ["1", "甲", 1, ""]]), SHEET, lambda xml: xml.replace(
        b"</sheetData>", blanks + b"</sheetData>"))
    begun = time.monotonic()

    error = refused(tmp_path, content, NAME)

    assert error.code == "E-ARCHIVE-SIZE"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("entity", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">', ""])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml"])
def test_a_document_type_refuses_the_file(tmp_path: Path, part: str, entity: str) -> None:
    content = edited(workbook([HEADER, ["1", "甲", 1, ""]]), part, lambda xml: (
        f"<?xml version='1.0'?><!-- x --><!DOCTYPE x [{entity}]>".encode() + xml.split(b"?>")[-1]))

    error = refused(tmp_path, content, NAME)

    assert (error.code, error.what) == ("E-XLSX-ENTITY", "含不允许的XML实体")


def test_a_password_refuses_the_file(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1024

    error = refused(tmp_path, content, NAME)

    assert (error.code, error.what) == ("E-FILE-PASSWORD", "文件有密码")


def test_an_old_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    error = refused(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024, "甲.xls")

    assert (error.code, error.fix) == ("E-FILE-TYPE", "请用表格软件另存为xlsx后重新提供")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_workbook_is_refused(tmp_path: Path, share: float) -> None:
    content = workbook([HEADER, ["1", "甲", 1, ""]])

    assert refused(tmp_path, content[: int(len(content) * share)], NAME).code == "E-FILE-DAMAGED"


def test_a_flipped_byte_in_the_sheet_is_refused(tmp_path: Path) -> None:
    content = bytearray(workbook([HEADER] + [[str(i), "甲", i, ""] for i in range(50)]))
    at = content.index(SHEET.encode()) + len(SHEET) + 40
    content[at] ^= 0x55

    assert refused(tmp_path, bytes(content), NAME).code == "E-FILE-DAMAGED"


def test_a_sheet_whose_xml_ends_too_early_is_refused(tmp_path: Path) -> None:
    content = edited(workbook([HEADER, ["1", "甲", 1, ""]]), SHEET, lambda xml: xml[: xml.index(b'<row r="2"')])

    assert refused(tmp_path, content, NAME).code == "E-FILE-DAMAGED"


def test_a_workbook_without_one_of_its_sheets_is_refused(tmp_path: Path) -> None:
    content = edited(workbook([HEADER]), "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet1.xml", b"x.xml"))

    assert refused(tmp_path, content, NAME).code == "E-FILE-DAMAGED"


def test_a_workbook_of_hidden_sheets_is_refused(tmp_path: Path) -> None:
    content = edited(workbook([HEADER]), "xl/workbook.xml", lambda xml: xml.replace(b'"visible"', b'"hidden"'))

    assert refused(tmp_path, content, NAME).code == "E-XLSX-EMPTY"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_refuse_a_workbook(tmp_path: Path) -> None:
    stream = io.BytesIO(workbook([HEADER]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")

    assert refused(tmp_path, stream.getvalue(), NAME).code == "E-FILE-DAMAGED"


def test_a_reader_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    content = workbook([HEADER, ["1", "甲", 1, ""]])

    error = refused(tmp_path, content, NAME, ReadOptions(child_memory_bytes=64 * MIB))

    assert error.code == "E-FILE-MEMORY"


@pytest.mark.parametrize("name", ["甲.csv", "甲.zip", "甲.txt"])
def test_a_workbook_under_another_extension_is_refused(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, workbook([HEADER]), name)

    assert (error.code, error.what) == ("E-FILE-TYPE", f"扩展名是{name[-3:]}，内容是xlsx")


def test_text_under_a_workbooks_name_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "a,b\n1,2\n", NAME).what == "扩展名是xlsx，内容是csv"


def test_names_twice_and_data_without_a_name_refuse_a_workbook_too(tmp_path: Path) -> None:
    assert refused(tmp_path, workbook([["案号", "案号 "], ["1", "2"]]), NAME).code == "E-HEADER-DUPLICATE"
    assert refused(tmp_path, workbook([["案号", None, "金额"], ["1", "2", "3"]]), NAME).code == "E-HEADER-BLANK"


def test_a_prefixed_namespace_hides_nothing(tmp_path: Path) -> None:
    def change(xml: bytes) -> bytes:
        for tag in (b"row", b"c", b"v", b"f", b"sheetData", b"worksheet", b"is", b"t"):
            xml = xml.replace(b"</" + tag + b">", b"</x:" + tag + b">")
            for end in (b" ", b">"):
                xml = xml.replace(b"<" + tag + end, b"<x:" + tag + end)
        return xml.replace(b"xmlns=", b"xmlns:x=")

    content = edited(workbook([HEADER, ["1", "甲", "=1+1", ""], ["2", "乙", 2, ""]]), SHEET, change)

    seen = read(tmp_path, content, NAME)

    assert seen.codes == [(2, "E-FORMULA-EMPTY")]
    assert len(seen.rows) == 1
