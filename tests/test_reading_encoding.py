"""Bytes into text: encodings are found, lines in another one are rejected, zero bytes never pass."""

import codecs
from pathlib import Path

import pytest
from reading_world import HEADER, ROW_1, ROW_2, read, refused

TABLE = HEADER + ROW_1 + ROW_2
CASE_1 = ("(2024)豫1102行审1号", "甲某", "100.00", "2024-03-01")
CASE_2 = ("(2024)豫1102行审2号", "乙某", "200.00", "2024-03-02")


@pytest.mark.parametrize(("content", "encoding"), [
    (TABLE.encode(), "UTF-8"),
    (codecs.BOM_UTF8 + TABLE.encode(), "UTF-8 BOM"),
    (codecs.BOM_UTF8 * 2 + TABLE.encode(), "UTF-8 BOM"),
    (TABLE.encode("gb18030"), "GB18030"),
    (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "UTF-16LE"),
    (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "UTF-16BE"),
])
def test_the_same_table_is_read_from_every_encoding(tmp_path: Path, content: bytes, encoding: str) -> None:
    seen = read(tmp_path, content)

    assert seen.delivered.encoding == encoding
    assert seen.header == ["案号", "当事人", "金额", "日期"]
    assert seen.rows == [CASE_1, CASE_2]


def test_characters_of_four_gb18030_bytes_survive(tmp_path: Path) -> None:
    seen = read(tmp_path, (HEADER + "1,𠮷㐀䶮,1,2\n").encode("gb18030"))

    assert seen.rows == [("1", "𠮷㐀䶮", "1", "2")]


def test_a_pipe_inside_a_gb18030_character_separates_nothing(tmp_path: Path) -> None:
    seen = read(tmp_path, (HEADER + "1,亅乗亅,1,2\n").replace(",", "|").encode("gb18030"))

    assert b"|" in "亅乗亅".encode("gb18030")
    assert seen.rows == [("1", "亅乗亅", "1", "2")]


def test_a_gbk_line_in_a_utf8_file_is_rejected_with_its_bytes(tmp_path: Path) -> None:
    before = (HEADER + ROW_1).encode()

    seen = read(tmp_path, before + "3,丙某,1,2\n".encode("gbk") + ROW_2.encode())

    assert seen.rows == [CASE_1, CASE_2]
    fault = seen.faults[0]
    assert (fault.line, fault.code, fault.offset) == (3, "E-ENCODING", len(before))
    assert fault.reason == "第3行不是UTF-8编码（疑似GBK）"
    assert fault.raw == r"3,\xb1\xfb\xc4\xb3,1,2"


def test_a_utf8_line_in_a_gb18030_file_is_rejected(tmp_path: Path) -> None:
    seen = read(tmp_path, TABLE.encode("gb18030") + "3,漯河市某某食品店,1,2\n".encode())

    assert seen.rows == [CASE_1, CASE_2]
    assert [fault.reason for fault in seen.faults] == ["第4行不是GB18030编码（疑似UTF-8）"]


def test_bytes_of_no_encoding_in_a_gb18030_file_are_rejected(tmp_path: Path) -> None:
    seen = read(tmp_path, TABLE.encode("gb18030") + b"3,\xff\xff,1,2\n" + ROW_1.encode("gb18030"))

    assert seen.codes == [(4, "E-ENCODING")]
    assert len(seen.rows) == 3


def test_a_lone_surrogate_in_utf16_rejects_its_line(tmp_path: Path) -> None:
    content = codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le") + "3,\ud800,1,2\n".encode("utf-16-le", "surrogatepass")

    seen = read(tmp_path, content)

    assert seen.codes == [(4, "E-ENCODING")]
    assert len(seen.rows) == 2


def test_a_header_in_another_encoding_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER.encode("gbk") + (ROW_1 * 5).encode())

    assert error.code == "E-ENCODING"


@pytest.mark.parametrize("content", [
    codecs.BOM_UTF32_LE + TABLE.encode("utf-32-le"),
    (TABLE * 3).encode("utf-16-le"),
    (TABLE * 3).encode("utf-16-be"),
    b"a,b\n" + b"\xff\xfe\xfd,\xff\n" * 5,
])
def test_an_encoding_we_do_not_read_refuses_the_file(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content).code == "E-ENCODING"


def test_a_zero_byte_in_a_cell_rejects_its_row(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + "1,\0zhang,1,2\n" + ROW_2)

    assert seen.rows == [CASE_2]
    fault = seen.faults[0]
    assert (fault.column, fault.code, fault.value) == ("当事人", "E-CELL-NUL", "\0zhang")
    assert fault.reason == "第2行“当事人”含空字节"


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\0", b"\0\0\0\n", b"\0" * 50 + b"\r\n"])
def test_zero_bytes_after_the_last_line_refuse_the_file(tmp_path: Path, tail: bytes) -> None:
    error = refused(tmp_path, TABLE.encode() + tail)

    assert (error.code, error.what) == ("E-NUL-TAIL", "文件末尾有空字节")


def test_zero_bytes_after_the_last_line_of_utf16_refuse_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le") + b"\0" * 64)

    assert error.code == "E-NUL-TAIL"


def test_a_hole_of_zero_bytes_refuses_the_file(tmp_path: Path) -> None:
    error = refused(tmp_path, (HEADER + ROW_1).encode() + b"\0" * 4096 + ROW_2.encode())

    assert error.code == "E-NUL-HOLE"


def test_a_zero_byte_in_the_header_refuses_the_file(tmp_path: Path) -> None:
    assert refused(tmp_path, "案\0号,金额\n1,2\n").code == "E-HEADER-NUL"


def test_invisible_marks_stay_in_the_text(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + "1,张\u200b三\u200f😀,1,2\n")

    assert seen.rows == [("1", "张\u200b三\u200f😀", "1", "2")]


def test_line_ends_of_unicode_end_no_line(tmp_path: Path) -> None:
    seen = read(tmp_path, HEADER + "1,甲\u2028乙\x85丙\x0b丁\x0c戊,1,2\n")

    assert seen.rows == [("1", "甲\u2028乙\x85丙\x0b丁\x0c戊", "1", "2")]
