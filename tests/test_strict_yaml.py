"""The strict YAML reader: nothing guessed, nothing expanded, every fault with its place."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.strict_yaml import MAX_BYTES, File, Items, Mapping, Scalar, parse, read


def faults(text: str | bytes) -> list[str]:
    return [f"{p.where} {p.code}" for p in parse(text, "r.yaml").problems]


def root_of(text: str) -> Mapping:
    file = parse(text, "r.yaml")
    assert file.problems == []
    assert isinstance(file.root, Mapping)
    return file.root


def value(text: str) -> tuple[File, Scalar]:
    file = parse(text, "r.yaml")
    assert isinstance(file.root, Mapping)
    node = file.root.entries[0][1]
    assert isinstance(node, Scalar)
    return file, node


def test_every_scalar_stays_text_with_its_place_and_quotes():
    root = root_of("a: 411100\nb: 'x'\nc: 12:30\n")

    found = [(v.text, v.quoted, v.line, v.column) for _, v in root.entries if isinstance(v, Scalar)]
    assert found == [("411100", False, 1, 4), ("x", True, 2, 4), ("12:30", False, 3, 4)]


@pytest.mark.parametrize("word", ["NO", "yes", "on", "true", "0123", "1_000", "0x1F", ".inf", "-0755", "Off"])
def test_a_plain_word_yaml_would_guess_is_refused_where_text_is_wanted(word):
    file, node = value(f"region: {word}")

    assert file.text(node) is None
    assert file.problems[0].code == "E-YAML-QUOTE"
    assert f'请加引号："{word}"' in file.problems[0].fix


@pytest.mark.parametrize("word", ["411100", "12:30", "2024-01-01", "3.1", "行政强制法", "1.2.3", "nobody", "None"])
def test_a_plain_word_that_keeps_its_spelling_is_text(word):
    file, node = value(f"region: {word}")

    assert file.text(node) == word
    assert file.problems == []


def test_a_quoted_guessable_word_is_text():
    file, node = value('region: "NO"')

    assert file.text(node) == "NO"


def test_the_schema_decodes_numbers_dates_and_truth():
    file, node = value("a: 12500.50")
    assert file.decimal(node) == Decimal("12500.50")

    file, node = value("a: 2024-02-29")
    assert file.day(node) == date(2024, 2, 29)

    file, node = value("a: -30")
    assert file.integer(node) == -30

    file, node = value("a: false")
    assert file.boolean(node) is False


@pytest.mark.parametrize(
    ("method", "text"),
    [
        ("integer", "012"), ("integer", "1_000"), ("integer", "1.0"), ("integer", "９０"), ("integer", "9" * 30),
        ("decimal", "1e5"), ("decimal", ".5"), ("decimal", "nan"), ("day", "2024-02-30"), ("day", "2024/3/1"),
        ("day", "二〇二四"), ("boolean", "yes"), ("boolean", "是"), ("integer", "~"), ("text", ""), ("integer", "[1]"),
    ],
)
def test_a_value_of_the_wrong_kind_is_one_fault_and_no_value(method, text):
    file = parse(f"a: {text}", "r.yaml")
    assert isinstance(file.root, Mapping)

    assert getattr(file, method)(file.root.get("a")) is None
    assert len(file.problems) == 1
    assert file.problems[0].where == "r.yaml:1:" + ("3" if not text else "4")


def test_a_repeated_key_names_both_lines():
    file = parse("threshold: 90\nother: 1\nthreshold: 30\n", "r.yaml")

    assert [p.what for p in file.problems] == ["键“threshold”重复：第1行与第3行重复"]
    assert file.problems[0].where == "r.yaml:3:1"


def test_merge_keys_that_expand_without_end_are_refused_at_once():
    levels = "\n".join(f"l{i}: &l{i}\n  <<: [*l{i - 1}, *l{i - 1}]" for i in range(1, 60))
    started = time.monotonic()

    assert faults(f"l0: &l0 {{a: 1}}\n{levels}") == ["r.yaml:1:5 E-YAML-ANCHOR"]
    assert faults("a:\n  <<: {b: 1}") == ["r.yaml:2:3 E-YAML-MERGE"]
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !!python/object/apply:os.system ['true']", "r.yaml:1:4 E-YAML-TAG"),
        ("a: !!str 5", "r.yaml:1:4 E-YAML-TAG"),
        ("a: &x 1", "r.yaml:1:4 E-YAML-ANCHOR"),
        ("a: *x", "r.yaml:1:4 E-YAML-ALIAS"),
        ("a: 1\n---\nb: 2", "r.yaml:2:1 E-YAML-DOCUMENT"),
        ("%YAML 1.1\n---\na: 1", "r.yaml:1:1 E-YAML-DOCUMENT"),
        ("? [a]\n: b", "r.yaml:1:3 E-YAML-KEY"),
        ("a: " + "[" * 20_000, "r.yaml:1:23 E-YAML-DEPTH"),
        ("a:\u00a090", "r.yaml:1:3 E-YAML-INVISIBLE"),
        ("a: \u202e90", "r.yaml:1:4 E-YAML-INVISIBLE"),
        ("a: \x00", "r.yaml:1:4 E-YAML-INVISIBLE"),
        ("a: 1\n\tb: 2", "r.yaml:2:1 E-YAML-SYNTAX"),
        ("a: 1\n b: 2", "r.yaml:2:3 E-YAML-SYNTAX"),
        ("a: 'x", "r.yaml:1:4 E-YAML-SYNTAX"),
        ("a: [1, 2\nb: 3", "r.yaml:2:2 E-YAML-SYNTAX"),
        ("a: @x", "r.yaml:1:4 E-YAML-SYNTAX"),
    ],
)
def test_what_yaml_allows_and_rules_do_not_is_refused_with_its_place(text, expected):
    assert faults(text) == [expected]


def test_a_fullwidth_colon_is_named_with_the_fix():
    file = parse("title: x\n门槛：90\n", "r.yaml")

    assert file.problems[0].where.startswith("r.yaml:2")
    assert "全角符号“：”" in file.problems[0].what
    assert "半角" in file.problems[0].fix


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("law:\n  window：{use: x}\n", "r.yaml:2:9"),
        ("a: [甲，乙]", "r.yaml:1:6"),
        ("a: {b: 1, c：2}", "r.yaml:1:12"),
        ("a: “x”", "r.yaml:1:4"),
        ("a　b: 1", "r.yaml:1:2"),
    ],
)
def test_fullwidth_punctuation_used_as_yaml_is_refused_at_its_place(text, where):
    assert faults(text) == [f"{where} E-YAML-WIDTH"]


def test_fullwidth_punctuation_inside_content_is_welcome():
    root = root_of('a: 期限：三个月，届满即止\nb: ["甲，乙", 丙]\nc: 他说“可以”\n')

    assert len(root.entries) == 3


def test_a_mapping_written_with_a_fullwidth_colon_says_so_when_decoded():
    file = parse("a：1", "r.yaml")

    assert file.mapping(file.root, known=("a",)) == {}
    assert "全角“：”" in file.problems[0].fix


def test_unknown_and_missing_keys_are_all_reported():
    file = parse("tilte: x\nlevel: high\nfoo: 1\n", "r.yaml")

    found = file.mapping(file.root, known=("title", "level"), required=("title",))

    assert list(found) == ["level"]
    assert [p.what for p in file.problems] == ["没有键“tilte”，是否指“title”", "没有键“foo”", "缺少键“title”"]


def test_a_key_cut_off_by_a_comma_says_to_quote_the_text():
    file = parse("{expr: coalesce(a, false), say: x}", "r.yaml")

    file.mapping(file.root, known=("expr", "say"))

    assert [p.fix for p in file.problems] == ["花括号里含逗号的文字要加引号"]


def test_lists_and_choices_are_decoded():
    file = parse("a: [x, y]\nb: hihg\n", "r.yaml")
    assert isinstance(file.root, Mapping)

    assert file.texts(file.root.get("a")) == ("x", "y")
    assert file.choice(file.root.get("b"), ("high", "low")) is None
    assert file.problems[0].what == "没有取值“hihg”，是否指“high”"
    assert isinstance(file.root.get("a"), Items)


@pytest.mark.parametrize(
    ("text", "word", "where"),
    [
        ("e: a > b", "b", "r.yaml:1:8"),
        ("e: 'a > b'", "b", "r.yaml:1:9"),
        ("e: |\n  a >\n   b\n", "b", "r.yaml:3:4"),
        ("e: >-\n  a\n  > b\n", "b", "r.yaml:3:5"),
    ],
)
def test_a_place_inside_a_text_is_found(text, word, where):
    file, node = value(text)

    assert file.place(node, node.text.index(word)) == where


def test_too_large_or_wrongly_encoded_files_are_refused(tmp_path):
    assert faults("a: " + "x" * MAX_BYTES) == ["r.yaml:1:1 E-YAML-SIZE"]
    assert faults("题: 1".encode("gb18030")) == ["r.yaml:1:1 E-YAML-ENCODING"]
    assert read(tmp_path / "none.yaml", "none.yaml").problems[0].code == "E-YAML-FILE"


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    assert root_of("\ufeffa: 1\r\nb: 2\r\n").get("b") is not None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_gives_nodes_or_faults_never_an_exception(text):
    file = parse(text, "r.yaml")

    assert file.problems or file.root is None or file.root.line >= 1


@given(st.text(alphabet="ab: -[]{},\n'\"|>#&*!%@\t：，", max_size=60))
def test_any_yaml_like_text_gives_nodes_or_faults_never_an_exception(text):
    file = parse(text, "r.yaml")

    assert all(p.where.startswith("r.yaml") for p in file.problems)
