"""The language of anchors: small, bounded, and every fault told with its place."""

import time
from pathlib import Path

import pytest

from engine.extract import read_kind
from engine.extract.patterns import PatternFault, compile_pattern

KIND = """title: 测试文书
key: [number, organ]
recognise: {titles: [测试文书]}
fields:
  number: {label: 文号, type: document_no, patterns: ["{document_no}"]}
  organ: {label: 机关, type: text, patterns: ["{^}{organ}{$}"]}
"""


@pytest.mark.parametrize(("source", "what"), [
    ("于{dat}送达", "没有“{dat}”这种写法"),
    ("于[甲]{date}", "[ ]里只有一种写法"),
    ("于{date}[甲|乙", "看不懂“[甲|乙”"),
    ("{~80}{~80}{~80}{date}", "间隔太多或太长"),
    ("{5}{5}{5}{5}{date}", "间隔太多或太长"),
    ("{~20}", "模式里没有可以依托的文字"),
    ("{date!}至{date!}", "有两处标了!"),
    ("甲" * 161, "模式为空或超过160字"),
])
def test_a_faulty_pattern_is_refused_with_what_is_wrong(source: str, what: str) -> None:
    with pytest.raises(PatternFault) as caught:
        compile_pattern(source)

    assert caught.value.what.startswith(what)


def test_a_pattern_without_what_it_is_for_is_refused() -> None:
    with pytest.raises(PatternFault, match="没有要取的"):
        compile_pattern("于某日送达", "date")


def test_marks_of_expressions_stand_for_themselves() -> None:
    assert compile_pattern("a.c*(甲)+").regex.search("AXC甲") is None
    assert compile_pattern("a.c*(甲)+").regex.search("A.C*(甲)+") is not None


@pytest.mark.parametrize("source", ["于{~50}于{~50}送达", "于{~20}于{~20}于{~20}送达", "[于|于于]{~40}于{~40}送达"])
def test_no_text_makes_matching_slow(source: str) -> None:
    pattern = compile_pattern(source)
    begun = time.process_time()

    assert pattern.regex.search("于" * 4000) is None
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(("old", "new", "where"), [
    ("{document_no}", "{documentno}", "甲.yaml:5:53：模式有误：没有“{documentno}”这种写法"),
    ("type: text", "type: texts", "甲.yaml:6:28：没有取值“texts”，是否指“text”"),
    ("label: 机关, ", "lable: 机关, ", "甲.yaml:6:11：没有键“lable”，是否指“label”"),
    ("[number, organ]", "[numbr, organ]", "甲.yaml:2:7：没有字段“numbr”，是否指“number”"),
    ('patterns: ["{^}{organ}{$}"]', "in: [首部]", "甲.yaml:6:10：字段 organ 缺少 patterns"),
])
def test_a_faulty_file_is_told_with_line_and_column(tmp_path: Path, old: str, new: str, where: str) -> None:
    path = tmp_path / "甲.yaml"
    path.write_text(KIND.replace(old, new), encoding="utf-8")

    kind, problems = read_kind(path)

    assert kind is None
    assert [str(p) for p in problems if str(p).startswith(where)] != [], [str(p) for p in problems]


def test_a_sound_file_has_no_faults(tmp_path: Path) -> None:
    path = tmp_path / "甲.yaml"
    path.write_text(KIND, encoding="utf-8")

    kind, problems = read_kind(path)

    assert (problems, kind and kind.title) == ([], "测试文书")
