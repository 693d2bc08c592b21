"""Delimited files: every record is a row, a fault, or skipped by declaration; what cannot be trusted is refused."""

import time
from pathlib import Path

import pytest
from reading_world import HEADER, ROW_1, ROW_2, known, read, read_all, refused

from engine.sources.reading import ReadOptions


def test_a_cut_last_line_is_rejected_with_a_warning(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + "(2024)豫1102行审9号,丙")

    assert seen.codes == [(3, "E-LINE-CUT")]
    assert seen.faults[0].reason == "末行不完整，文件可能被截断（只有2列，表头4列）"
    assert seen.warnings == ["第3行：末行不完整，文件可能被截断"]


@pytest.mark.parametrize("tail", ["3,丙某".encode()[:-1], b'3,"\xe4\xb8\x99', "3,丙某,1".encode("gb18030")[:-3]])
def test_a_last_line_cut_in_a_character_or_in_quotes_is_rejected(tmp_path: Path, tail: bytes) -> None:
    seen = read(tmp_path, (HEADER + ROW_1).encode() + tail)

    assert seen.codes == [(3, "E-LINE-CUT")]
    assert len(seen.rows) == 1


def test_a_full_last_line_needs_no_line_end(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + ROW_2.rstrip("\n"))

    assert (len(seen.rows), seen.faults, seen.warnings) == (2, [], [])


def test_rows_with_other_than_the_headers_fields_are_rejected(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + "a,b,c,d,e\n" + "a,b\n" + ROW_2)

    assert [fault.reason for fault in seen.faults] == ["第3行有5列，表头4列", "第4行只有2列，表头4列"]
    assert [fault.raw for fault in seen.faults] == ["a,b,c,d,e", "a,b"]
    assert seen.lines == [2, 5]


def test_an_offset_leads_to_the_rejected_record(tmp_path: Path) -> None:
    content = (HEADER + "\r" + ROW_1.replace("\n", "\r\n") + "短\r" + '"多\r行",短\n').encode()

    seen = read(tmp_path, content)

    assert [content[f.offset : (f.offset or 0) + len(f.raw.encode())].decode() for f in seen.faults] == [
        "短", '"多\r行",短']


def test_a_quote_that_is_never_closed_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + ROW_1 + '3,"丙某,1,2\n' + ROW_2 * 5)

    assert (error.where, error.what, error.code) == ("甲.csv 第3行", "引号没有闭合", "E-QUOTE-OPEN")


def test_a_quote_closed_by_a_later_rows_quote_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + ROW_1 + '3,"丙某,1,2\n' + ROW_2 + '4,"丁某",1,2\n')

    assert (error.where, error.code) == ("甲.csv 第3行", "E-QUOTE-OPEN")


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + '1,"甲某,1,2\n' + '2,乙某",1,2\n' + ROW_2)

    assert seen.codes == [(2, "E-QUOTE-DOUBT")]
    assert len(seen.rows) == 1


def test_an_open_quote_in_the_header_refuses_the_file(tmp_path: Path) -> None:
    assert refused(tmp_path, '案号,"当事人\n1,2\n').code == "E-QUOTE-OPEN"


def test_text_after_a_closing_quote_rejects_the_row(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + '1,"甲"某,1,2\n' + ROW_2)

    assert seen.codes == [(2, "E-QUOTE")]


def test_a_quote_inside_a_field_is_a_character(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + '1,5"水管,1,2\n' + '2,"说""好""",1,2\n' + '3,"a,b",,""\n')

    assert seen.rows == [("1", '5"水管', "1", "2"), ("2", '说"好"', "1", "2"), ("3", "a,b", None, None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_end_inside_quotes_stays_as_it_is(tmp_path: Path, end: str) -> None:
    seen = read(tmp_path, HEADER + f'1,"甲{end}某",1,2{end}' + ROW_2)

    assert seen.rows[0] == ("1", f"甲{end}某", "1", "2")
    assert seen.lines == [2, 4]


def test_mixed_line_ends_end_their_lines(tmp_path: Path) -> None:
    seen = read(tmp_path, "a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8")

    assert seen.rows == [("1", "2"), ("3", "4"), ("5", "6"), ("7", "8")]
    assert seen.skipped == {"blank": 1}
    assert seen.lines == [2, 3, 4, 6]


@pytest.mark.parametrize("header", ["案号,金额,金额", "案号,金额, 金额　", "案号,金额,\u200b金额"])
def test_a_name_that_occurs_twice_refuses_the_file(tmp_path: Path, header: str) -> None:
    error = refused(tmp_path, f"{header}\n1,2,3\n")

    assert (error.code, error.what) == ("E-HEADER-DUPLICATE", "列名“金额”出现2次（第2、3列）")


def test_header_names_stay_as_written(tmp_path: Path) -> None:
    assert read(tmp_path, " 案号 ,金额　\n1,2\n").header == [" 案号 ", "金额　"]


def test_data_under_a_blank_name_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, "案号,,金额\n1,,3\n2,x,3\n")

    assert (error.where, error.what) == ("甲.csv 第3行", "第2列没有列名但有数据")
    assert error.code == "E-HEADER-BLANK"


def test_a_column_without_name_and_data_is_left_out(tmp_path: Path) -> None:
    seen = read(tmp_path, "案号,,金额,\n1,,3,\n2, ,4,\n")

    assert (seen.header, seen.rows) == (["案号", "金额"], [("1", "3"), ("2", "4")])


def test_titles_above_the_header_are_skipped_and_named(tmp_path: Path) -> None:
    seen = read(tmp_path, "某局行政处罚台账\n\n制表单位：某局,制表时间：2024-03-01\n" + HEADER + ROW_1 + ROW_2)

    assert (seen.header_line, seen.titles) == (4, ["某局行政处罚台账", "制表单位：某局,制表时间：2024-03-01"])
    assert seen.warnings == ["表头在第4行，上方的行作为标题跳过"]
    assert seen.skipped == {"title": 2, "blank": 1}


def test_titles_padded_with_separators_are_no_header(tmp_path: Path) -> None:
    seen = read(tmp_path, "处罚台账,,,\n制表单位：某局,,制表：甲,\n" + HEADER + ROW_1)

    assert seen.header_line == 3


def test_a_header_below_the_tenth_line_is_not_found(tmp_path: Path) -> None:
    assert refused(tmp_path, "说明\n" * 10 + HEADER + ROW_1).code == "E-HEADER-NONE"


def test_rows_of_values_are_no_header(tmp_path: Path) -> None:
    assert refused(tmp_path, "1,100.00,2024-03-01\n2,200.00,2024-03-02\n").code == "E-HEADER-NONE"


def test_recognised_names_decide_where_the_header_is(tmp_path: Path) -> None:
    seen = read(tmp_path, "单位,类别,年度,备注\n" + HEADER + ROW_1, options=known("案号", "当事人", "金额"))

    assert (seen.header_line, seen.header[0]) == (2, "案号")


@pytest.mark.parametrize(("above", "below", "line"), [
    ("", "AH,DSR,JE,RQ\n", 1), ("AH,DSR,JE,RQ\n", "", 2), ("", "CF_WSH,CF_XDR_MC,CF_JE,CF_RQ\n", 1),
])
def test_a_row_of_codes_belongs_to_the_header(tmp_path: Path, above: str, below: str, line: int) -> None:
    seen = read(tmp_path, above + HEADER + below + ROW_1, options=known("案号", "当事人"))

    assert (seen.header_line, seen.header[1], len(seen.rows)) == (line, "当事人", 1)
    assert seen.records == 2


def test_names_of_a_two_row_header_are_put_together(tmp_path: Path) -> None:
    content = "序号,当事人信息,,处罚日期\n,名称,证件号码,\n1,甲某,无,2024-03-01\n"

    seen = read(tmp_path, content, options=known("序号", "名称", "证件号码", "处罚日期"))

    assert (seen.header_line, seen.header) == (2, ["序号", "名称", "证件号码", "处罚日期"])


def test_a_header_repeated_on_each_page_is_skipped(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + HEADER + ROW_2 + "\ufeff" + HEADER)

    assert (len(seen.rows), seen.skipped) == (2, {"header": 2})


def test_a_totals_row_is_skipped_and_its_sum_checked(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + ROW_2 + "合计,,10000.00,\n")

    assert seen.skipped == {"totals": 1}
    assert seen.warnings == ["第4行是合计行，“金额”写的是10000，与各行之和300不符，请核对是否缺行"]


def test_right_totals_and_subtotals_give_no_warning(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + ROW_1 + ",小 计：,100,\n" + ROW_2 + "本页合计,,200.0,\n总计（元）,,300,\n")

    assert (seen.skipped, seen.warnings) == ({"totals": 3}, [])


@pytest.mark.parametrize("note", [
    "注：以上数据截至6月30日,,,", "备注1：含移送", "填表说明：红色列必填", "（以下空白）,,,",
    "填表人：甲,审核人：乙,,", "制表日期：2024-03-01",
])
def test_notes_are_skipped_by_declaration(tmp_path: Path, note: str) -> None:
    seen = read(tmp_path, f"{HEADER}{ROW_1}{note}\n")

    assert (len(seen.rows), seen.skipped, seen.faults) == (1, {"note": 1}, [])


def test_a_record_that_starts_like_a_note_stays_a_record(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + "注：见附件,甲某,1,2\n" + "说明书公司,,,\n")

    assert (len(seen.rows), seen.skipped) == (2, {})


@pytest.mark.parametrize(("mark", "word"), [("，", "全角逗号"), ("；", "全角分号"), ("\x01", "不可见字符")])
def test_a_wrong_separator_refuses_the_file(tmp_path: Path, mark: str, word: str) -> None:
    error = refused(tmp_path, (HEADER + ROW_1).replace(",", mark))

    assert error.code == "E-SEPARATOR"
    assert error.what.startswith(f"分隔符是{word}")


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_plain_separators_are_found(tmp_path: Path, separator: str) -> None:
    seen = read(tmp_path, (HEADER + ROW_1 + ROW_2).replace(",", separator), "甲.txt")

    assert len(seen.rows) == 2


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    assert read(tmp_path, "案号\n(2024)豫1102行审1号\n").rows == [("(2024)豫1102行审1号",)]


@pytest.mark.parametrize("content", [b"", b"\n\n \r\n", b"\xef\xbb\xbf"])
def test_a_file_without_content_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content).code == "E-FILE-EMPTY"


def test_a_header_alone_gives_no_rows_and_a_warning(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER)

    assert (seen.header[0], seen.rows, seen.warnings) == ("案号", [], ["只有表头，没有数据"])


@pytest.mark.parametrize(("content", "kind"), [
    (b"<!DOCTYPE html><html>", "html"), (b"\n<table><tr>", "html"), (b'[{"a": 1}]', "json"), (b'{"a": 1}\n', "json"),
    (b"%PDF-1.7", "pdf"), (b"PAR1\x15\x04", "parquet"), (b"\x1f\x8b\x08\0", "gz"), (bytes(range(256)), "二进制数据"),
    (b"<?xml version='1.0'?><a/>", "xml"),
])
def test_content_that_belies_the_extension_refuses_the_file(tmp_path: Path, content: bytes, kind: str) -> None:
    error = refused(tmp_path, content)

    assert (error.code, error.what) == ("E-FILE-TYPE", f"扩展名是csv，内容是{kind}")


def test_too_many_columns_refuse_the_file_at_once(tmp_path: Path) -> None:
    begun = time.monotonic()

    error = refused(tmp_path, ",".join(f"c{i}" for i in range(200_000)) + "\n1,2\n")

    assert (error.code, error.what) == ("E-COLUMNS-LIMIT", "列数200000超过上限（500）")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("cell", ["张" * 3_000_000, '"' + "张\n" * 30_000 + '"'])
def test_an_overlong_cell_rejects_its_row(tmp_path: Path, cell: str) -> None:
    seen = read(tmp_path, f"{HEADER}1,{cell},1,2\n{ROW_2}")

    fault = seen.faults[0]
    assert (fault.line, fault.column, fault.code) == (2, "当事人", "E-CELL-LONG")
    assert fault.reason == "第2行“当事人”长度超过上限（64 KiB）"
    assert len(fault.raw) < 70_000
    assert len(seen.rows) == 1


def test_too_many_faults_refuse_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + "a,b\n" * 20, options=ReadOptions(max_faults=10))

    assert error.code == "E-FAULTS-LIMIT"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "甲.csv"
    path.write_text(HEADER + ROW_1, encoding="utf-8")

    def change(row: list[str]) -> int:
        path.write_text(HEADER + ROW_2, encoding="utf-8")
        return 1

    with pytest.raises(Exception, match="文件在读取过程中被改动"):
        read_all(path, ReadOptions(known=change))


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"E-FILE-READ"):
        read_all(tmp_path / "没有.csv")


def test_the_files_name_changes_nothing_but_the_name(tmp_path: Path) -> None:
    first = read(tmp_path, HEADER + ROW_1 + "a\n", "甲.csv")
    second = read(tmp_path, HEADER + ROW_1 + "a\n", "没有扩展名")

    assert (first.rows, first.faults, first.delivered.sha256) == (second.rows, second.faults, second.delivered.sha256)
