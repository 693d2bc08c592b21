"""Mapping files: what they may say, and how their faults are told."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.sources import read_mapping, read_mappings
from engine.sources.detect import fit
from engine.sources.headers import header_key, header_unit

PLAIN = """
title: 台账
table: penalty
columns:
  document_no: [文号]
  authority: [机关]
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    """Return the faults of a mapping file as sentences."""
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(path)
    assert (mapping is None) == bool(problems)
    return [str(problem) for problem in problems]


def test_a_plain_mapping_has_our_defaults(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(PLAIN, encoding="utf-8")

    mapping = read_mappings(tmp_path)["m"]

    assert (mapping.limit_rows, mapping.limit_share) == (20, Decimal("0.01"))
    assert (mapping.merged, mapping.priority) == ("reject", 0)
    assert mapping.feeds[0].required == ("authority", "document_no")


def test_an_unknown_column_names_the_place_and_the_nearest_one(tmp_path: Path) -> None:
    found = faults(tmp_path, PLAIN + "  decided_no: [决定日期]\n")

    assert len(found) == 1
    assert found[0].startswith("m.yaml:7:3：没有列“decided_no”")
    assert "“decided_on”" in found[0]


@pytest.mark.parametrize(("line", "words"), [
    ("  fine_yuan: {headers: [罚款], unit: 块}", "没有取值“块”"),
    ("  party_kind: {headers: [类型], values: {企业: company}}", "没有代码“company”"),
    ("  decided_on: {headers: [日期], serial: 是}", "应为 true 或 false"),
    ("  decided_on: {headers: [日期], serail: true}", "没有键“serail”"),
    ("  remark: [文号]", "表头“文号”同时写给 document_no 和 remark"),
    ("constants: {procedure: 简易}", "没有取值“简易”"),
    ("constants: {decided_on: 2024-02-30}", "没有这一天"),
    ("priority: 高", "应为整数"),
    ("merged: yes", "应为文字，得到布尔"),
    ("optional_key: [title]", "没有键列“title”"),
])
def test_a_faulty_line_is_told_in_words(tmp_path: Path, line: str, words: str) -> None:
    found = faults(tmp_path, PLAIN + line + "\n")

    assert len(found) == 1
    assert words in found[0]


def test_every_part_of_the_natural_key_needs_an_origin(tmp_path: Path) -> None:
    found = faults(tmp_path, PLAIN.replace("  authority: [机关]\n", ""))

    assert "表 penalty 的自然键缺 authority" in found[0]


def test_a_constant_may_stand_for_a_part_of_the_key(tmp_path: Path) -> None:
    text = PLAIN.replace("  authority: [机关]\n", "constants: {authority: 某县公安局}\n")

    assert faults(tmp_path, text) == []


def test_a_faulty_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("title: 坏\ntable: penalties\ncolumns: {a: [b]}\n", "utf-8")
    (tmp_path / "good.yaml").write_text(PLAIN, encoding="utf-8")

    mappings = read_mappings(tmp_path)

    assert list(mappings) == ["good"]
    assert str(mappings.problems[0]).startswith("bad.yaml:2:8：没有取值“penalties”")


@pytest.mark.parametrize("header", [
    "行政相对人代码_1（统一社会信用代码）", "行政相对人代码_1(统一社会信用代码)",
    "行政相对人代码-1（统一社会信用代码）",
    " 行政相对人代码＿1 (统一社会信用代码) *", "行政相對人代碼_1（統一社會信用代碼）",
])
def test_width_brackets_marks_and_script_of_a_header_do_not_matter(header: str) -> None:
    assert header_key(header) == "行政相对人代码1统一社会信用代码"


@pytest.mark.parametrize(("header", "unit"), [
    ("罚款金额（万元）", "万元"), ("罚款金额(元)", "元"), ("罚款金额（单位：万元）", "万元"),
    ("罚款金额（人民币元）", "元"),
    ("罚款金额_万元", "万元"), ("罚款金额万元", "万元"), ("罚款金额（千元）", "千元"), ("罚款金额", None),
    ("拘留（日）", None), ("金额（大写）", None),
])
def test_the_unit_is_read_from_the_header(header: str, unit: str | None) -> None:
    assert header_unit(header) == unit


def test_columns_are_found_by_name_whatever_their_order(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(PLAIN, encoding="utf-8")
    mapping = read_mappings(tmp_path)["m"]

    found = fit(mapping, ["机关", "别的", "文号"])

    assert [(b.origin.column.name, b.indexes) for b in found.plans[0].bounds] == [
        ("document_no", (2,)), ("authority", (0,))]
    assert (found.recognised, found.unknown, found.missing) == (2, ("别的",), ())
