"""JSON and Parquet: digits as they are, the same faults and limits as for every other format."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from reading_world import read, read_all, refused

from engine.sources.reading import ReadOptions

DAY = dt.date(2024, 3, 1)


def test_each_line_is_a_row_and_the_header_the_union_of_keys(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"案号": "1", "金额": 5}\n\n{"机关": "某局", "案号": "2"}\n', "甲.jsonl")

    assert seen.header == ["案号", "金额", "机关"]
    assert seen.rows == [("1", "5", None), ("2", None, "某局")]
    assert (seen.lines, seen.skipped, seen.delivered.format) == ([1, 3], {"blank": 1}, "jsonl")


def test_numbers_keep_their_digits_and_nested_values_stay_json(tmp_path: Path) -> None:
    text = ('{"a": 1.10, "b": 410000199001010010, "c": 12.0, "d": {"x": [1.50, null, "是"]}, '
            '"e": true, "f": null, "g": ""}')

    seen = read(tmp_path, text, "甲.jsonl")

    assert seen.rows == [("1.10", "410000199001010010", "12", '{"x": [1.50, null, "是"]}', "是", None, None)]


def test_an_array_of_objects_is_a_table(tmp_path: Path) -> None:
    seen = read(tmp_path, '[\n  {"案号": "1"},\n  {"案号":\n "2"}\n, 5]\n', "甲.json")

    assert (seen.rows, seen.lines) == ([("1",), ("2",)], [2, 3])
    assert seen.codes == [(5, "E-JSON")]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a"', '[{"a": 1}', '[{"a": 1}] x', '[{"a": 1} {"a": 2}]'])
def test_a_broken_array_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text, "甲.json").code == "E-JSON"


@pytest.mark.parametrize("line", [
    '{"案号": "3"', "[1]", '"x"', "{'a': 1}", '{"案号": "\\ud800"}', '{"a": ' * 3000 + "1" + "}" * 3000,
])
def test_a_line_that_is_no_object_is_rejected(tmp_path: Path, line: str) -> None:
    seen = read(tmp_path, f'{{"案号": "1"}}\n{line}\n{{"案号": "2"}}\n', "甲.jsonl")

    assert seen.codes == [(2, "E-JSON")]
    assert seen.rows == [("1",), ("2",)]


def test_a_key_twice_in_an_object_rejects_it(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"案号": "1"}\n{"案号": "2", "案号": "3"}\n', "甲.jsonl")

    assert [fault.reason for fault in seen.faults] == ["第2行的键“案号”出现不止一次"]


def test_a_zero_byte_and_an_overlong_value_reject_their_rows(tmp_path: Path) -> None:
    content = '{"案号": "1"}\n{"案号": "a\\u0000b"}\n{"案号": "' + "张" * 30_000 + '"}\n'

    seen = read(tmp_path, content, "甲.jsonl")

    assert seen.codes == [(2, "E-CELL-NUL"), (3, "E-CELL-LONG")]


def test_a_cut_last_line_of_json_is_rejected_with_a_warning(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"案号": "1"}\n{"案号": "', "甲.jsonl")

    assert (seen.codes, seen.warnings) == ([(2, "E-LINE-CUT")], ["第2行：末行不完整，文件可能被截断"])


def test_keys_too_many_or_twice_after_trimming_refuse_the_file(tmp_path: Path) -> None:
    many = "".join(f'{{"k{i}": 1}}\n' for i in range(501))

    assert refused(tmp_path, many, "甲.jsonl").code == "E-COLUMNS-LIMIT"
    assert refused(tmp_path, '{"案号": "1"}\n{"案号 ": "2"}\n', "甲.jsonl").code == "E-HEADER-DUPLICATE"


@pytest.mark.parametrize("text", ["[]", "{", '[1, "x"]', '{"": 1}\n{}\n'])
def test_json_without_a_named_value_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text, "甲.json").code in {"E-JSON-SHAPE", "E-HEADER-BLANK"}


def test_gb18030_json_is_read(tmp_path: Path) -> None:
    seen = read(tmp_path, '{"案号": "甲某公司"}\n'.encode("gb18030"), "甲.jsonl")

    assert (seen.rows, seen.delivered.encoding) == ([("甲某公司",)], "GB18030")


def parquet(folder: Path, frame: pl.DataFrame) -> Path:
    path = folder / "甲.parquet"
    frame.write_parquet(path)
    return path


def test_parquet_values_become_exact_text(tmp_path: Path) -> None:
    noon = dt.datetime.combine(DAY, dt.time(12, 0, 1))
    path = parquet(tmp_path, pl.DataFrame({
        "日期": [DAY, None], "额": [Decimal("1.10"), Decimal("12345678901234567890.00")], "数": [1e-7, 12345.0],
        "整": [410000199001010010, -5], "刻": [dt.datetime.combine(DAY, dt.time()), noon], "是否": [True, False],
        "列": [["甲", "乙"], None], "类": pl.Series(["a", ""], dtype=pl.Categorical),
    }))

    seen = read_all(path)[0]

    assert seen.rows == [
        ("2024-03-01", "1.10", "0.0000001", "410000199001010010", "2024-03-01", "是", '["甲", "乙"]', "a"),
        (None, "12345678901234567890.00", "12345", "-5", "2024-03-01 12:00:01", "否", None, None),
    ]
    assert (seen.lines, seen.delivered.format) == ([1, 2], "parquet")


def test_a_moment_with_a_time_zone_is_beijing_time(tmp_path: Path) -> None:
    moment = dt.datetime(2024, 2, 29, 16, 30, tzinfo=dt.UTC)

    seen = read_all(parquet(tmp_path, pl.DataFrame({"送达": [moment]})))[0]

    assert (seen.rows, seen.warnings) == ([("2024-03-01 00:30:00",)], ["列“送达”带时区，已换算为北京时间"])


def test_a_float_beyond_15_digits_rejects_its_row(tmp_path: Path) -> None:
    seen = read_all(parquet(tmp_path, pl.DataFrame({"证件": [4.1e17, 5.0, float("nan")]})))[0]

    assert (seen.codes, seen.rows) == ([(1, "E-NUMBER-PRECISION")], [("5",), ("NaN",)])


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    content = parquet(tmp_path, pl.DataFrame({"a": [str(i) for i in range(1000)]})).read_bytes()

    assert refused(tmp_path, content[:-100], "甲.parquet").code == "E-FILE-DAMAGED"
    assert refused(tmp_path, content[:200] + b"\xff" * 500 + content[700:], "甲.parquet").code == "E-FILE-DAMAGED"


def test_a_parquet_table_too_wide_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, pl.DataFrame({f"c{i}": ["x"] for i in range(501)}))

    assert refused(tmp_path, path.read_bytes(), path.name).code == "E-COLUMNS-LIMIT"


def test_output_beyond_the_limit_stops_the_reader(tmp_path: Path) -> None:
    path = parquet(tmp_path, pl.DataFrame({"a": ["x" * 1000] * 5000}))

    error = refused(tmp_path, path.read_bytes(), path.name, ReadOptions(max_unpacked_bytes=1_000_000))

    assert error.code == "E-FILE-MEMORY"
