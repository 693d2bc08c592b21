"""Damaged rule files never end the reading: faults with their place, or a rule whose SQL the database takes.

XIEZHI_FUZZ=20000 tries so many damaged files instead of the usual ones, other ones at each run.
"""

import os
import re
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_world import HEAD, LAW, rules_folder
from test_rules_hostile import PIECES
from test_rules_language import HOSTILE, scope
from test_rules_reading import RULE

from engine.law import read_law
from engine.links import read_links
from engine.rules import RuleSet, read_rules
from engine.rules.compiling import compile_rule, facts_sql
from engine.rules.language import read_expression
from engine.store import Store

EXAMPLES = int(os.environ.get("XIEZHI_FUZZ", "60"))
CALM = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES <= 100, database=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
CASES = """
    cases:
      - name: 逾期一日
        given:
          penalty: [{id: P, served_on: 2024-01-05, deferral_end_on: 2024-02-01}]
          court_review: [{id: A, applied_on: 2024-04-08, ruling: granted}]
          links: [{use: penalty_of_review, from: A, to: P, confidence: 0.9}]
        then: {hit: [A]}
      - {name: 最后一日, like: 逾期一日, change: {A: {applied_on: 2024-04-07}}, then: {clear: [A]}}
    """
FILES = {
    "trial/it.yaml": textwrap.dedent(HEAD) + textwrap.dedent(RULE).rstrip() + textwrap.dedent(CASES),
    "facts/penalty.yaml": textwrap.dedent("""
        table: penalty
        facts:
          due_on:
            type: date
            title: 届满日
            basis: [{law: 行政强制法, article: 第五十三条}]
            law: {window: {use: window, on: served_on}}
            let: {begun_on: "latest_known(served_on, decided_on)"}
            expr: CASE WHEN remedies_told THEN period_end(begun_on, law.window) ELSE decided_on END
          late: {type: bool, title: 逾期, expr: paid_on > due_on}
        """),
    "links/penalty_of_review.yaml": textwrap.dedent("""
        title: 行审案件所审查的处罚决定
        from: court_review
        to: penalty
        closest: [applied_on, decided_on]
        steps:
          - {step: number, confidence: 0.99, say: 文号一致, where: [penalty_document_no_key = document_no_key]}
          - step: party
            confidence: 0.8
            say: 当事人一致
            where: [party_id = party_id]
            bounds: [applied_on >= decided_on within 730 days or unknown]
            fuzzy: {left: applicant_key, right: authority_key, least: 0.85}
        """),
    "law/window.yaml": textwrap.dedent(LAW["window"]),
}
SPLICES = [*PIECES, *HOSTILE[:60], "\n", "\n  ", "- ", ": ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "!!str ", "'",
           '"', "|\n", ">-\n", "：", "，", "\t", "# ", "---\n", "%YAML 1.1\n", "null", "~", "true", "NO", "0123",
           "1_000",
           "2024-02-30", "9" * 30, "-1", "1e9", "applied_on", "penalty.served_on", "links.penalty.found", "law.window",
           "last_day", "as_of", "coverage: {table: penalty, from: applied_on, until: as_of}", "unknown: hearing_held",
           "let:\n", "when:\n", "from: penalty", "{applied_on}", "{{", "\x00", "\u200b", "𝕏", "漯市监罚〔2024〕1号",
           "万元"]
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(SPLICES) | st.text(max_size=3)),
                 min_size=1, max_size=4)


def damaged(text: str, edits: list[tuple[float, int, str]]) -> str:
    for at, length, piece in edits:
        start = int(at * len(text))
        text = text[:start] + piece + text[start + length:]
    return text


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Return an empty store with the calendar."""
    with tempfile.TemporaryDirectory() as folder:
        law = read_law(rules_folder(Path(folder), "") / "law")
    made = Store()
    law.calendar.install(made)
    yield made
    made.close()


@CALM
@given(st.sampled_from(sorted(FILES)), EDITS)
def test_a_damaged_file_gives_faults_with_places_or_sql_the_database_takes(
    store: Store, name: str, edits: list[tuple[float, int, str]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = rules_folder(Path(place) / "rules", "")
        for path, text in FILES.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        content = damaged(FILES[name], edits).encode("utf-8", "replace")
        (folder / name).write_bytes(content)
        law = read_law(folder / "law")
        rules = read_rules(folder, law, locked=False)
        problems = [*law.problems, *rules.problems]
        read_links(folder / "links", problems)

    assert all(re.search(r"\.yaml:\d+:\d+$", p.where) and p.what and p.fix for p in problems)
    assert rules.rules or problems
    run_all(store, rules)


def run_all(store: Store, rules: RuleSet) -> None:
    """Run the SQL of everything that was read."""
    for table in rules.facts:
        store.rows(f"SELECT count(*) FROM ({facts_sql(table, rules, date(2026, 6, 30))})")
    for rule in rules.rules.values():
        store.rows(compile_rule(rule, rules, date(2026, 6, 30)).hits_sql)


SIGNS = "abp_on'()<>=!+-*/%.,0123456789 \n\t期〔（，＞“|{}[];:\\\"$#@~^&"
TOKENS = ["applied_on", "ruled_on", "sought_yuan", "ruling", "hearing_held", "penalty.served_on", "links.penalty.found",
          "law.window", "last_day", "as_of", "'granted'", "'2024-01-01'", "DATE '2024-01-01'", "1", "2.5", "NULL",
          "TRUE", "AND", "OR", "NOT", "IS", "IN", "BETWEEN", "LIKE", "'%期%'", "CASE", "WHEN", "THEN", "ELSE", "END",
          "(", ")", ",", "=", "<>", "<", ">=", "+", "-", "*", "/", "%", "period_end", "coalesce", "latest", "round",
          "days_between", "contains", "length", "concat", "abs", "CAST", "AS", "SELECT", "FROM", ";", "||", "::", "--"]


@CALM
@given(st.text(SIGNS, max_size=60) | st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join))
def test_any_text_is_an_expression_or_has_faults_inside_it(text: str) -> None:
    tree, faults = read_expression(text, scope())

    assert (tree is None) == bool(faults)
    assert all(0 <= fault.at <= len(text) and fault.what and fault.fix for fault in faults)
