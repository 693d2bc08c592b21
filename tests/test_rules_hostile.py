"""Rule packs by strangers: what they may not do is refused in reading, at once, and never reaches the database."""

import re
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_world import HEAD, filled, read, rules_folder
from test_rules_answers import AS_OF, REVIEW
from test_rules_language import HOSTILE, scope
from test_rules_reading import RULE

from engine.law import read_law
from engine.rules import apply, prepare, read_rules
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


HEADER = textwrap.dedent(HEAD).strip() + "\n"
PLAIN = HEADER + "subject: court_review\nwhen: [{is: a, expr: applied_on IS NULL}]\n"
OPEN = HEADER + "subject: court_review\n"
UNKNOWN = " OR ".join(f"aplied_on{n} IS NULL" for n in range(90))
CROWDED = {
    "a merge bomb": PLAIN + "x: &a [1]\ny: &b [*a, *a]\nz: {<<: *b}\n",
    "a tag that runs": "title: !!python/object/apply:os.system ['true']\n",
    "20,000 brackets": PLAIN + "x: " + "[" * 20_000 + "\n",
    "20,000 brackets in an expression": OPEN + "when: [{is: a, expr: '" + "(" * 20_000 + "'}]\n",
    "a scalar of 50 MB": PLAIN + "x: " + "a" * 50_000_000,
    "nothing at all": "\n" * 1_000,
    "18,000 unknown keys": PLAIN + "".join(f"tilte{n}: x\n" for n in range(18_000)),
    "1,900 unknown keys": PLAIN + "".join(f"tilte{n}: x\n" for n in range(1_900)),
    "90 unknown names in each condition": OPEN + "when:\n" + "".join(
        f"  - {{is: a{n}, expr: '{UNKNOWN}'}}\n" for n in range(90)),
    "1,900 unknown names as evidence": PLAIN + f"evidence: [{', '.join(f'case_on{n}' for n in range(1_900))}]\n",
    "unknown names in sentences": OPEN + "when:\n" + "".join(
        f"  - {{is: a{n}, expr: applied_on IS NULL, say: '{'{x}' * 190}'}}\n" for n in range(90)),
    "12,000 lets": PLAIN + "let:\n" + "".join(f"  x{n}: applied_on\n" for n in range(12_000)),
    "lets on lets": OPEN + "when: [{is: a, expr: x5999 IS NULL}]\nlet:\n  x0: applied_on\n" + "".join(
        f"  x{n}: latest(x{n - 1}, ruled_on)\n" for n in range(1, 6_000)),
    "lets that double and contradict": OPEN + "when: [{is: a, expr: x59 > 5}, {is: b, expr: x59 < 4}]\nlet:\n"
        "  x0: sought_yuan\n" + "".join(f"  x{n}: x{n - 1} + x{n - 1}\n" for n in range(1, 60)),
    "4,500 conditions": OPEN + "when:\n" + "".join(
        f"  - {{is: a{n}, expr: sought_yuan > {n}00}}\n" for n in range(4_500)),
    "6,000 values of law": PLAIN + "law:\n" + "".join(
        f"  x{n}: {{use: window, on: applied_on}}\n" for n in range(6_000)),
    "5,000 links": PLAIN + "links:\n" + "".join(
        f"  x{n}: {{use: penalty_of_review, none: keep}}\n" for n in range(5_000)),
    "9,000 rows of a case": PLAIN + "cases:\n  - name: a\n    given:\n      court_review:\n" + "".join(
        f"        - {{id: A{n}}}\n" for n in range(9_000)) + "    then: {hit: [A1]}\n",
    "1,900 faulty cases": PLAIN + "cases:\n" + "".join(
        f"  - {{name: a{n}, given: {{court_review: [{{id: A, aplied_on: 1}}]}}, then: {{hti: [A]}}}}\n"
        for n in range(1_900)),
    "words of other types": "title: NO\nversion: 0123\nmaturity: yes\nlevel: 1_000\naddressee: ~\n",
    "a day that does not exist": PLAIN.replace("2012-01-01", "2024-02-30"),
    "a full-width colon": PLAIN + "say：句子\n",
    "a space that is none": PLAIN + "say:\u00a0句子\n",
    "a question at the end of time": PLAIN + "? " * 80_000,
    "80,000 colons": PLAIN + "x: " + "a: " * 80_000,
}
"""Files made to hang or break a reader."""


@pytest.mark.parametrize("content", CROWDED.values(), ids=CROWDED)
def test_a_file_made_to_hang_is_refused_within_a_second_and_others_go_on(tmp_path: Path, content: str) -> None:
    folder = rules_folder(tmp_path / "rules", RULE)
    (folder / "trial" / "bad.yaml").write_text(content, encoding="utf-8")
    law = read_law(folder / "law")
    started = time.process_time()

    found = read_rules(folder, law, locked=False)

    assert time.process_time() - started < 1
    assert list(found.rules) == ["trial.it"]
    assert found.problems
    assert all(re.match(r"rules/trial/bad\.yaml:\d+:\d+$", p.where) for p in found.problems)


def test_lets_that_double_are_read_within_a_second(tmp_path: Path) -> None:
    lets = "".join(f"  x{n}: x{n - 1} AND x{n - 1}\n" for n in range(1, 60))
    started = time.process_time()

    found = read(tmp_path, OPEN + "when: [{is: a, expr: x59}]\nlet:\n  x0: hearing_held\n" + lets, head="")

    assert time.process_time() - started < 1
    assert list(found.rules) == ["trial.it"]


def test_facts_on_facts_end_somewhere_and_rules_that_do_without_go_on(tmp_path: Path) -> None:
    inner = ", ".join(["l0: {before}", *(f"l{n}: l{n - 1}" for n in range(1, 20))])
    facts = "table: penalty\nfacts:\n  f0: {type: date, title: a, expr: served_on}\n" + "".join(
        f"  f{n}: {{type: date, title: a, let: {{{inner.replace('{before}', f'f{n - 1}')}}}, expr: l19}}\n"
        for n in range(1, 60))
    started = time.process_time()

    found = read(tmp_path, RULE, {"penalty": facts})

    assert time.process_time() - started < 1
    assert list(found.rules) == ["trial.it"]
    assert "一层引用一层，超过 100 层" in {p.what for p in found.problems}


RESOURCES = [
    "repeat(ruling, 1000000000) = 'x'", "length(repeat(repeat('a', 100000), 100000)) > 1", "range(1000000000) IS NULL",
    "len(generate_series(1, 1000000000)) > 1", "list_transform(range(100000000), x -> x + 1) IS NULL",
    "unnest(range(1000000000)) = 1", "lpad(ruling, 2000000000, 'x') = 'x'", "rpad('x', 2000000000, 'y') = 'x'",
    "levenshtein(repeat('a', 200000), repeat('b', 200000)) > 1", "damerau_levenshtein(ruling, ruling) > 1",
    "printf('%2000000000d', 1) = 'x'", "format('{:2000000000}', 1) = 'x'", "sleep_ms(100000) IS NULL",
    "jaro_winkler_similarity(ruling, ruling) > 0.5", "regexp_replace(ruling, '(a*)*b', 'x') = 'y'",
    "string_agg(ruling, ',') = 'x'", "applied_on IN (WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t)",
    "sniff_csv('/etc/passwd')", "read_blob('/etc/passwd') IS NULL", "glob('/etc/*') IS NULL",
    "parquet_metadata('x') IS NULL", "read_json('/etc/passwd') IS NULL", "duckdb_settings() IS NULL", "df",
    "penalty", "write_log('x')", "ruling = (SELECT content FROM read_text('/etc/passwd'))", "current_user = 'x'",
    "EXPORT DATABASE 'x'", "INSTALL httpfs", "LOAD httpfs", "CREATE SECRET s (TYPE s3)", "SET schema = 'x'",
    f"sought_yuan IN ({', '.join(map(str, range(1000000)))})"[:300_000], f"sought_yuan IN ({', '.join('1' * 990)})",
    "ruling LIKE '" + "%a" * 40 + "'", "ruling LIKE '%_a_%_b_%_c_%'",
]
"""What took more than 20 s, gigabytes or a file when the database was asked directly."""


@pytest.mark.parametrize("text", RESOURCES, ids=lambda t: t[:40])
def test_an_expression_that_would_eat_the_machine_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    started = time.process_time()

    found = read(tmp_path, OPEN + f"when:\n  - is: a\n    expr: |-\n      {text}\n", head="")

    assert time.process_time() - started < 1
    assert found.rules == {}
    assert all(re.match(r"rules/trial/it\.yaml:\d+:\d+$", p.where) for p in found.problems)


def test_the_worst_pattern_allowed_is_quick_on_a_long_text(tmp_path: Path) -> None:
    pattern = "%a" * 9 + "%b"
    expr = f"ruling_reason LIKE '{pattern}' OR ruling_reason LIKE '%a_%b'"
    found = read(tmp_path, f'{OPEN}when: [{{is: a, expr: "{expr}"}}]\n', head="")
    store = filled(court_review=[REVIEW | {"ruling_reason": "a" * 100_000}])
    prepare(store, found, AS_OF)
    started = time.process_time()

    apply(store, found, AS_OF)

    assert time.process_time() - started < 1


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
