"""The schemas editors use: generated from the reader's keys, true to every shipped file, and strict where it counts."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from plain_yaml import plain
from rule_world import HEAD, rules_folder
from test_rules_reading import RULE

from engine.law import read_law
from engine.rules import read_rules
from engine.schemas import FOLDERS, as_text, schemas
from engine.schemas.parts import Known, keyed
from engine.schemas.words import Words
from engine.strict_yaml import File, parse, read

ROOT = Path(__file__).parents[1]
SCHEMAS = schemas(ROOT / "rules", ROOT / "docs")
KINDS = {folder: kind for kind, folder in FOLDERS.items() if folder}
FILES = sorted(path for path in (ROOT / "rules").glob("*/*.yaml"))


def kind_of(path: Path) -> str:
    return KINDS.get(path.parent.name, "rule")


def complaints(kind: str, file: File) -> list[str]:
    assert file.root is not None
    return [error.message for error in jsonschema.Draft7Validator(SCHEMAS[kind]).iter_errors(plain(file.root))]


@pytest.mark.parametrize("kind", FOLDERS)
def test_the_schema_in_the_rules_folder_is_up_to_date(kind: str) -> None:
    written = (ROOT / "rules" / "schema" / f"{kind}.json").read_text(encoding="utf-8")

    assert written == as_text(SCHEMAS[kind]), "请运行 make docs 重新生成"


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_schema_is_a_valid_schema(kind: str) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_shipped_file_names_its_schema_and_fits_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(
        f"# yaml-language-server: $schema=../schema/{kind_of(path)}.json\n")
    assert complaints(kind_of(path), read(path)) == []


def test_the_rules_of_the_tests_fit_too() -> None:
    shipped = {"use: window": "use: application_window"}
    text = HEAD + RULE
    for word, known in shipped.items():
        text = text.replace(word, known)

    assert complaints("rule", parse(text, "it.yaml")) == []


@pytest.mark.parametrize(("right", "wrong", "says"), [
    ("title: 试验规则", "tilte: 试验规则", "'tilte' was unexpected"),
    ("    title: 试验规则\n", "", "'title' is a required property"),
    ("level: low", "level: lwo", "'lwo' is not one of"),
    ("version: 1", "version: 一", "'一' is not of type 'integer'"),
    ("summary: 供测试。", "summary: true", "True is not of type 'string'"),
    ("from: 2012-01-01", "from: 2012-1-1", "'2012-1-1' does not match"),
    ("subject: court_review", "subject: court_reveiw", "'court_reveiw' is not one of"),
    ("penalty_of_review", "penalty_of_reveiw", "'penalty_of_reveiw' is not one of"),
    ("none: gap", "none: gpa", "'gpa' is not one of"),
    ("none: gap", "nnoe: gap", "'none' is a required property"),
    ("use: window", "use: windwo", "'windwo' is not one of"),
    ("{is: late, expr", "{is: late, epxr", "'epxr' was unexpected"),
    ("is: late", "is: Late", "'Late' does not match"),
    ("add: 10", "add: 1000", "1000 is greater than the maximum of 100"),
    ("evidence: [case_no", "evidence: [Case no", "'Case no' is not valid under any of the given schemas"),
])
def test_a_slip_in_a_rule_is_refused_by_the_schema(right: str, wrong: str, says: str) -> None:
    text = HEAD + RULE
    assert right in text

    found = complaints("rule", parse(text.replace(right, wrong), "it.yaml"))

    assert any(says in message for message in found)


@pytest.mark.parametrize(("case", "says"), [
    ("{name: a, given: {court_reveiw: [{id: A}]}, then: {hit: [A]}}", "'court_reveiw' was unexpected"),
    ("{name: a, given: {court_review: [{id: A, aplied_on: 2024-01-01}]}, then: {}}", "'aplied_on' was unexpected"),
    ("{name: a, given: {court_review: [{id: A, ruling: grantd}]}, then: {}}", "'grantd' is not one of"),
    ("{name: a, given: {court_review: [{id: A, applied_on: 2024年1月1日}]}, then: {}}", "does not match"),
    ("{name: a, given: {court_review: [{id: A, sought_yuan: 一万}]}, then: {}}", "is not of type 'number', 'null'"),
    ("{name: a, given: {}, then: {hti: [A]}}", "'hti' was unexpected"),
    ("{name: a, then: {hit: [A]}}", "is not valid under any of the given schemas"),
    ("{name: a, like: b, change: {A: {aplied_on: null}}, then: {}}", "'aplied_on' was unexpected"),
])
def test_a_slip_in_a_case_is_refused_by_the_schema(case: str, says: str) -> None:
    found = complaints("rule", parse(f"{HEAD}{RULE.rstrip()}\n    cases:\n      - {case}\n", "it.yaml"))

    assert any(says in message for message in found)


@pytest.mark.parametrize(("kind", "path", "right", "wrong", "says"), [
    ("law", "law/application_window.yaml", "unit: month", "unit: moon", "'moon' is not one of"),
    ("law", "law/application_window.yaml", "    counting: roll\n    law: 行政强制法", "    law: 行政强制法",
     "'counting' is a required property"),
    ("law", "law/application_window.yaml", "recheck_by", "recheck_at", "'recheck_by' is a required property"),
    ("link", "links/penalty_of_review.yaml", "to: penalty", "to: penalties", "'penalties' is not one of"),
    ("link", "links/penalty_of_review.yaml", "confidence: 0.99", "confidence: 99", "99 is greater than the maximum"),
    ("link", "links/penalty_of_review.yaml", "    where:", "    wehre:", "'wehre' was unexpected"),
    ("facts", "facts/penalty.yaml", "type: bool", "type: boolean", "'boolean' is not one of"),
    ("facts", "facts/penalty.yaml", "    expr:", "    exp:", "'expr' is a required property"),
])
def test_a_slip_in_law_links_and_facts_is_refused_by_the_schema(
    kind: str, path: str, right: str, wrong: str, says: str
) -> None:
    text = (ROOT / "rules" / path).read_text(encoding="utf-8")
    assert right in text

    found = complaints(kind, parse(text.replace(right, wrong, 1), path))

    assert any(says in message for message in found)


def test_a_key_that_only_the_reader_or_only_the_schema_knows_is_an_error() -> None:
    known = Known((), (), Words({"rule": {"title": "名称", "version": "版本"}}))

    with pytest.raises(ValueError, match="version"):
        keyed(known, "rule", ("title", "version"), {"title": {}})
    with pytest.raises(ValueError, match="level"):
        keyed(known, "rule", ("title",), {"title": {}, "level": {}})


def test_every_key_of_every_schema_has_chinese_words() -> None:
    mute = [path for kind, schema in SCHEMAS.items() for path in _mute(schema, kind)]

    assert mute == []


def _mute(schema: Any, path: str) -> list[str]:
    """Return the paths of properties without a Chinese description, rows of cases (named by table) aside."""
    if isinstance(schema, list):
        return [found for item in schema for found in _mute(item, path)]
    if not isinstance(schema, dict):
        return []
    found = []
    for name, part in schema.get("properties", {}).items() if "definitions" not in path else ():
        is_mute = isinstance(part, dict) and not re.search("[一-鿿]", part.get("description", ""))
        found += [f"{path}.{name}"] if is_mute and name not in ("links", "unit") else []
    return found + [f for key, part in schema.items() for f in _mute(part, f"{path}/{key}")]


def test_the_schema_folder_is_no_folder_of_rules(tmp_path: Path) -> None:
    folder = rules_folder(tmp_path / "rules", RULE)
    (folder / "schema").mkdir()
    (folder / "schema" / "notes.yaml").write_text("title: 说明\n", encoding="utf-8")

    found = read_rules(folder, read_law(folder / "law"))

    assert (list(found.rules), found.problems) == (["trial.it"], [])
