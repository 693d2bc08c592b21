"""Rule packs by strangers: what they may not do is refused in reading, at once, and never reaches the database."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_world import filled, read
from test_rules_answers import AS_OF, REVIEW
from test_rules_language import HOSTILE, scope

from engine.rules import apply, prepare
from engine.rules.language import read_expression

PLACES = {
    "when": "when:\n  - is: a\n    expr: |-\n      {}\n",
    "unless": "when: [{{is: a, expr: applied_on IS NULL}}]\nunless:\n  - is: b\n    expr: |-\n      {}\n",
    "let": "let:\n  x: |-\n    {}\nwhen: [{{is: a, expr: x IS NULL}}]\n",
    "points": "when: [{{is: a, expr: applied_on IS NULL}}]\npoints:\n  - is: b\n    add: 1\n    expr: |-\n      {}\n",
}
"""Where a rule file takes an expression."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", [
    "read_csv('/etc/passwd') IS NULL", "applied_on IN (SELECT served_on FROM penalty)", "1; DROP TABLE penalty",
    "levenshtein(repeat('a', 200000), ruling) > 1", "regexp_matches(ruling, '^(a+)+$')",
])
def test_an_expression_that_wants_more_is_refused_wherever_it_stands(tmp_path: Path, place: str, text: str) -> None:
    found = read(tmp_path, "subject: court_review\n" + PLACES[place].format(text))

    assert found.rules == {}
    assert any(p.code == "E-RULE-EXPRESSION" and "trial/it.yaml:" in p.where for p in found.problems)


@pytest.mark.parametrize("value", ["x' OR TRUE --", "'; DROP TABLE penalty; --", "\\", "{{x}}", "%s", "$1", "？", "𝕏"])
def test_text_constants_and_sentences_are_only_text(tmp_path: Path, value: str) -> None:
    quoted = value.replace("'", "''")
    rule = (f"subject: court_review\nwhen:\n  - is: a\n    expr: |-\n      ruling_reason <> '{quoted}'\n"
            f"    say: |-\n      {value}\n")
    found = read(tmp_path, rule)
    rows = [REVIEW | {"ruling_reason": "别的"}, REVIEW | {"record_id": 11, "ruling_reason": value}]
    store = filled(court_review=rows)

    assert [str(p) for p in found.problems] == []
    prepare(store, found, AS_OF)
    apply(store, found, AS_OF)
    assert store.rows("SELECT record_id, say FROM hit") == [(10, value.replace("{{", "{").replace("}}", "}"))]
    assert store.count("SELECT count(*) FROM penalty") == 0


def test_names_chosen_by_authors_cannot_leave_their_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, "subject: court_review\nlet:\n  'a\" FROM penalty --': applied_on\nwhen: [{is: a, expr: "
                           "applied_on IS NULL}]\n")

    assert found.rules == {}
    assert "写法不对" in found.problems[0].what


@pytest.mark.parametrize("head", [
    "a: &a [x]\nb: [*a, *a]\n", "<<: {title: x}\n", "title: !!python/object/apply:os.system ['true']\n",
    "title: 1\ntitle: 2\n", "a: " + "[" * 50 + "\n",
])
def test_yaml_tricks_are_refused_at_once(tmp_path: Path, head: str) -> None:
    started = time.monotonic()

    found = read(tmp_path, "subject: court_review\n", head=head)

    assert found.rules == {}
    assert found.problems
    assert time.monotonic() - started < 1


SEEDS = [*HOSTILE, "applied_on > last_day", "ruling IN ('granted', 'partly') AND NOT hearing_held",
         "CASE WHEN hearing_held THEN applied_on ELSE ruled_on END > '2024-01-01'",
         "period_end(penalty.served_on, law.window) < applied_on", "coalesce(sought_yuan, 0) / 3 >= 1.5"]
PIECES = ["read_csv('x')", "(SELECT 1)", "'", '"', ";", "--", "/*", "(", ")", "NOT ", " OR ", "::", "[", "]", "{", "}",
          "'x'", "penalty", ".", ",", "COPY ", "%", "x -> x", "$$", "\\", "applied_on", "1", " IN ", " LIKE "]
WORDS = {"read_csv", "select", "copy", "attach", "drop", "delete", "read_text", "getenv", "query", "union", "values"}


@settings(max_examples=400)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 6), st.sampled_from(PIECES)),
                                        max_size=4))
def test_mutated_expressions_are_accepted_only_with_known_names_and_functions(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length:]

    tree, faults = read_expression(text, scope())

    assert (tree is None) == bool(faults)
    if tree is not None:
        used = {node.value.name for node in tree.walk() if node.op == "call"}
        used |= {name.path for name in tree.names()}
        assert not used & WORDS
