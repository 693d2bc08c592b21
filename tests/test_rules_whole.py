"""Whole rules answer in SQL as in a slow interpreter: on random rules and rows, and on every case that is shipped.

XIEZHI_RANDOM_RULES=30000 compares so many pairs of a rule and a row instead of the usual 3,000.
"""

import os
import random
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from plain_yaml import plain
from rule_author import RULINGS, Author, some_day
from rule_world import HEAD, LAW, LINKS, rules_folder
from slow_rules import Data, Record, Verdict, judge, read_book

from engine.law import Law, read_law
from engine.records import BY_NAME
from engine.rules import RuleSet, read_rules
from engine.rules.compiling import compile_rule
from engine.rules.model import Case, Rule
from engine.rules.showing import ANSWER
from engine.store import Store
from engine.strict_yaml import read
from engine.text import keys_of

ROOT = Path(__file__).parents[1] / "rules"
AS_OF = date(2026, 6, 30)
PAIRS = int(os.environ.get("XIEZHI_RANDOM_RULES", "3000"))
SUBJECTS = 40
BATCH = 10
"""Rules of one folder; they share facts, rows and links."""

COLUMNS: dict[str, dict[str, list[str]]] = {
    "court_review": {"date": ["applied_on", "accepted_on", "ruled_on"], "money": ["sought_yuan"],
                     "text": ["ruling_reason"], "code": ["ruling"], "bool": ["hearing_held"]},
    "penalty": {"date": ["decided_on", "served_on"], "money": ["fine_yuan"], "int": ["detention_days"],
                "text": ["violation"], "bool": ["remedies_told"]},
    "enforcement": {"date": ["filed_on"], "money": ["recovered_yuan"]},
    "payment": {"date": ["paid_on"], "money": ["amount_yuan"]},
}
FACTS = {"penalty": {"due_on": "date", "heavy": "bool", "rest_yuan": "money"},
         "court_review": {"begun_on": "date", "odd": "bool"}}
REACH: dict[str, dict[str, tuple[str, str, str]]] = {
    "court_review": {"penalty": ("penalty_of_review", "", "penalty"),
                     "executed": ("enforcement_of_review", "", "enforcement"),
                     "paid": ("penalty_of_payment", "penalty", "payment")},
    "penalty": {"review": ("penalty_of_review", "", "court_review"), "paid": ("penalty_of_payment", "", "payment"),
                "executed": ("enforcement_of_review", "review", "enforcement")},
}
"""Aliases by subject: link, alias it starts from, table reached."""

GROUPED = {"court_review": ("ruling", "applied_on", "sought_yuan", "hearing_held"),
           "penalty": ("violation", "decided_on", "fine_yuan", "remedies_told")}
"""What rows of a subject are grouped by, their date, sum and truth value."""

DIVISION = {"court_review": None, "penalty": "authority_division"}


def known_names(table: str, facts: dict[str, str], alias: str = "") -> dict[str, list[str]]:
    """Return the names of a record by kind, as seen through an alias."""
    prefix = f"{alias}." if alias else ""
    names = {kind: [prefix + c for c in columns] for kind, columns in COLUMNS[table].items()}
    for fact, kind in facts.items():
        names.setdefault(kind, []).append(prefix + fact)
    return names


def merged(*several: dict[str, list[str]]) -> dict[str, list[str]]:
    kinds = ("date", "money", "int", "number", "text", "code", "bool", "period")
    return {kind: [name for names in several for name in names.get(kind, [])] for kind in kinds}


LAWS = {"date": ["as_of"], "money": ["law.limit"], "number": ["law.cap"], "period": ["law.window", "law.service"]}
SPARE = {"int": ["(1 + 1)"], "text": ["concat('超', '期')"], "code": ["'granted'"]}
"""Stand-ins where a table has no column of the kind."""


class RuleAuthor:
    """Writes random rules and facts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed

    def facts(self, table: str) -> str:
        """Return the facts of a table; each may use those before it."""
        lines = [f"table: {table}", "facts:"]
        earlier: dict[str, str] = {}
        for number, (name, kind) in enumerate(FACTS[table].items()):
            own = merged(known_names(table, earlier), LAWS)
            author = self._author(number, own)
            author.let("inside", "date", 1)
            lines += [f"  {name}:", f"    type: {kind}", f"    title: {name}",
                      *self._law("    ", COLUMNS[table]["date"][0]), "    let:",
                      f'      inside: "{author.lets["inside"]}"',
                      f'    expr: "{author.write(kind, 2)}"']
            earlier[name] = kind
        return "\n".join(lines) + "\n"

    def rule(self, number: int) -> str:
        """Return a rule."""
        subject = self.random.choice(list(REACH))
        aliases = self._aliases(subject)
        group, measures = self._group(subject)
        about = [self._about(subject, alias) for alias in aliases]
        names = merged(known_names(subject, FACTS[subject]), LAWS, measures, *about)
        author = self._author(100 + number, names)
        for index, kind in enumerate(("date", "bool", "money")):
            author.let(f"let_{index}", kind, 1)
        lines = [f"subject: {subject}", "links:", *(self._link(subject, a) for a in aliases), *group,
                 *self._law("", self.random.choice(names["date"][:2])), "let:",
                 *(f'  {name}: "{text}"' for name, text in author.lets.items()), "when:",
                 *(f"  - {self._condition(author, f'w{n}')}" for n in range(self.random.randint(1, 3))), "unless:",
                 *(f"  - {self._condition(author, f'u{n}', exclusion=True)}" for n in range(self.random.randint(0, 2))),
                 f"points: [{{is: p, add: 5, expr: \"{author.write('bool', 2)}\"}}]",
                 f"evidence: [{', '.join([*author.lets, 'law.window', 'law.service', 'law.cap', 'law.limit'])}]",
                 "say: \"" + " ".join(f"{{links.{alias}.weak}}" for alias in aliases)
                 + ("{groups.g.cases}" if group else "") + "\""]
        return "\n".join(line for line in lines if line != "unless:" or "  - {is: u0" in "".join(lines)) + "\n"

    def _group(self, subject: str) -> tuple[list[str], dict[str, list[str]]]:
        """Return the lines of a group, and what it measures, by kind; often none."""
        if self.random.random() < 0.5:
            return [], {}
        key, day, money, flag = GROUPED[subject]
        odd = "heavy" if subject == "penalty" else "odd"
        part = self.random.choice((f"{money} > {self.random.randint(0, 400)}.5", flag, f"NOT {odd}",
                                   f"{odd} OR {day} < as_of", f"coalesce({flag}, {odd})", f"{money} IS NULL"))
        lines = ["groups:", "  g:", f"    by: [{key}]"]
        period = self.random.random() < 0.7
        every = self.random.choice(("month", "quarter", "year"))
        lines += [f"    period: {{of: {day}, every: {every}}}"] if period else []
        lines += [f"    where: {flag}"] if self.random.random() < 0.4 else []
        among = f", among: [{key}]" if period and self.random.random() < 0.3 else ""
        past = ", against: past" if period and not among and self.random.random() < 0.4 else ""
        lines += ["    measures:", "      cases: count", f"      total: sum({money})", f"      middle: median({money})",
                  f"      apart: mad({money})", f"      last: max({day})", f"      kinds: count_distinct({key})",
                  f'      part: "share({part})"',
                  f"    peers: {{of: total, at_least: 3{among}{past}}}"]
        told = {"int": ["cases", "kinds", "unknown", "peers"], "money": ["total", "middle", "apart", "peer_median"],
                "number": ["part", "peer_z"], "date": ["last"], "bool": ["is_representative"]}
        return lines, {kind: [f"groups.g.{name}" for name in found] for kind, found in told.items()}

    def _author(self, number: int, names: dict[str, list[str]]) -> Author:
        return Author(self.seed * 1000 + number, {kind: found or SPARE.get(kind, []) for kind, found in names.items()})

    def _aliases(self, subject: str) -> list[str]:
        wanted = [alias for alias in REACH[subject] if self.random.random() < 0.8]
        return [alias for alias in wanted if REACH[subject][alias][1] in ("", *wanted)] or [next(iter(REACH[subject]))]

    def _about(self, subject: str, alias: str) -> dict[str, list[str]]:
        table = REACH[subject][alias][2]
        told = {"number": [f"links.{alias}.confidence"], "text": [f"links.{alias}.step"],
                "int": [f"links.{alias}.candidates"], "bool": [f"links.{alias}.weak", f"links.{alias}.found"]}
        return merged(known_names(table, FACTS.get(table, {}), alias), told)

    def _link(self, subject: str, alias: str) -> str:
        link, base, table = REACH[subject][alias]
        parts = [f"use: {link}", f"none: {self.random.choice(('keep', 'keep', 'gap', 'clear'))}"]
        parts += [f"from: {base}"] if base else []
        parts += [f"min_confidence: {self.random.choice((0.5, 0.8))}"] if self.random.random() < 0.5 else []
        if self.random.random() < 0.5:
            parts.append(f"pick: {COLUMNS[table]['date'][0]} {self.random.choice(('asc', 'desc'))}")
        place = f"division: {DIVISION[subject]}, " if DIVISION[subject] and self.random.random() < 0.7 else ""
        start = self.random.choice(COLUMNS[subject]["date"])
        parts.append(f"coverage: {{table: {table}, {place}from: {start}, until: \"date_add_days({start}, 20)\"}}")
        return f"  {alias}: {{{', '.join(parts)}}}"

    def _law(self, indent: str, on: str) -> list[str]:
        return [f"{indent}law:", *(f"{indent}  {name}: {{use: {name}, on: {on}}}" for name in LAW)]

    def _condition(self, author: Author, name: str, exclusion: bool = False) -> str:
        text = author.write("bool", self.random.randint(1, 2))
        names = "|".join(re.escape(n) for found in author.kinds.values() for n in found if re.fullmatch(r"[\w.]+", n))
        while not re.search(rf"(?<![\w.'])({names})(?![\w'(])", text):
            text = author.write("bool", 2)
        unknown = ""
        if exclusion and self.random.random() < 0.3:
            unknown = f', unknown: "{author.write("bool", 1)}"'
        return f'{{is: {name}, expr: "{text}"{unknown}}}'


def random_data(source: random.Random) -> Data:
    """Return rows with holes, links of all strengths (some lead nowhere), coverage statements that touch or not."""

    def some(value: Any) -> Any:
        return None if source.random() < 0.25 else value

    def cell(column: str) -> Any:
        if column.endswith("_on"):
            return some(some_day(source))
        if column.endswith("yuan"):
            return some(Decimal(source.randint(0, 40000)) / 100)
        kinds = {"ruling": source.choice(RULINGS), "detention_days": source.randint(-15, 15),
                 "hearing_held": source.random() < 0.5, "remedies_told": source.random() < 0.5,
                 "authority_division": source.choice(("411102", "411000", "41", "320100"))}
        return some(kinds.get(column, source.choice(("超期", "占地", "未超过期限", "期"))))

    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for offset, (table, columns) in enumerate(COLUMNS.items()):
        names = [c for found in columns.values() for c in found]
        names += ["authority_division"] if table == "penalty" else []
        rows[table] = {n: {"record_id": n, **{c: cell(c) for c in names}}
                       for n in range(1000 * offset + 1, 1000 * offset + SUBJECTS + 1)}
    return Data(rows, list(_random_links(source, rows)), list(_statements(source, rows)))


def _random_links(source: random.Random, rows: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for link, (start, end) in LINKS.items():
        for _ in range(SUBJECTS * 3 // 2):
            yield {
                "link": link, "from_id": source.choice(list(rows[start])), "to_id": source.choice([*rows[end], 9_999]),
                "confidence": source.choice((0.3, 0.5, 0.7, 0.8, 0.9)), "step": source.choice(("number", "名称")),
                "candidates": source.randint(1, 3),
            }


def _statements(source: random.Random, rows: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield statements that just reach, or just miss, what coverage asks: from a row's date on for twenty days."""
    dates = [day for table in REACH for row in rows[table].values() for c in COLUMNS[table]["date"] if (day := row[c])]
    for _ in range(60):
        start = source.choice(dates) + timedelta(days=source.choice((-30, -1, 0, 0, 1)))
        until = start + timedelta(days=source.choice((-1, 20, 20, 21, 60, 400)))
        common = {"table_name": source.choice((*COLUMNS, BY_NAME["payment"].label, BY_NAME["court_review"].label)),
                  "division": source.choice((None, "", "4111", "411100", "411000", "410000", "411102", "320100")),
                  "exhaustive": source.random() < 0.8}
        yield {**common, "covers_from": start, "covers_until": until}
        if source.random() < 0.6:
            begin = until + timedelta(days=source.choice((-3, 1, 1, 2)))
            yield {**common, "covers_from": begin, "covers_until": begin + timedelta(days=source.choice((5, 400)))}


def empty_store(law: Law) -> Store:
    """Return a store with the calendar; the optimizer pays on millions of rows and only costs on a dozen."""
    store = Store()
    store.run("PRAGMA disable_optimizer")
    law.calendar.install(store)
    return store


def fill(store: Store, data: Data) -> None:
    """Replace what the store holds."""
    tables = {**{table: list(rows.values()) for table, rows in data.rows.items()}, "link": data.links,
              "coverage": [{"record_id": n, **row} for n, row in enumerate(data.coverage)]}
    for table in {*BY_NAME, "link"}:
        if store.count(f"SELECT count(*) FROM {table}"):
            store.run(f"DELETE FROM {table}")
    for table, rows in tables.items():
        if rows:
            store.put(table, pl.DataFrame(rows, schema_overrides=_kinds(table), infer_schema_length=None))


def _kinds(table: str) -> dict[str, Any]:
    if table == "link":
        return {"from_id": pl.UInt64, "to_id": pl.UInt64}
    kinds = {"text": pl.String, "date": pl.Date, "money": pl.Decimal(18, 2), "int": pl.Int64, "bool": pl.Boolean}
    columns = {c.name: kinds[c.type] for c in (*BY_NAME[table].columns, *BY_NAME[table].key_columns)}
    return {**columns, "record_id": pl.UInt64, "party_id": pl.UInt64}


def in_database(store: Store, rules: RuleSet, rule_id: str, as_of: date) -> dict[int, Verdict]:
    """Return the answers of the compiled SQL, with the truth of each part."""
    compiled = compile_rule(rules.rules[rule_id], rules, as_of)
    names = [name for name, _ in compiled.steps]
    steps = [(name, sql.replace(f"\nWHERE {ANSWER} <> 'clear'", "")) for name, sql in compiled.steps]
    sql = ",\n".join(f"{name} AS ({step})" for name, step in steps[: names.index("kept") + 1])
    frame = store.frame(f"WITH {sql} SELECT * FROM kept")
    parts = [c for c in frame.columns if c.startswith(("when:", "unless:", "point:"))]
    return {row["record_id"]: Verdict(row[ANSWER.strip('"')], {p: row[p] for p in parts})
            for row in frame.iter_rows(named=True)}


def batch(folder: Path, seed: int, store: Store) -> tuple[list[str], int, dict[str, int]]:
    """Return what differs, how many pairs of rule and row were compared, and how often each answer came."""
    author = RuleAuthor(seed)
    rules_folder(folder, "subject: penalty\n", {table: author.facts(table) for table in FACTS})
    (folder / "trial" / "it.yaml").unlink()
    for number in range(BATCH):
        (folder / "trial" / f"r{number}.yaml").write_text(_head() + author.rule(number), encoding="utf-8")
    rules = read_rules(folder, read_law(folder / "law"), locked=False)
    strange = [str(p) for p in rules.problems if p.code != "E-RULE-REACH"]
    assert strange == []
    book, data = read_book(folder), random_data(random.Random(seed))
    wrong: list[str] = []
    answers: dict[str, int] = {}
    fill(store, data)
    for rule_id in book.rules:
        slow = judge(book, rule_id, data, AS_OF)
        if rule_id not in rules.rules:
            wrong += [f"{rule_id} of {seed} was refused, yet record {r}: {v}" for r, v in slow.items()
                      if _belies(rules, rule_id, v)]
            continue
        quick = in_database(store, rules, rule_id, AS_OF)
        wrong += [f"{rule_id} of {seed}, record {r}: slow {v}, SQL {quick[r]}" for r, v in slow.items()
                  if v != quick[r]]
        for verdict in slow.values():
            answers[verdict.answer] = answers.get(verdict.answer, 0) + 1
    return wrong, sum(answers.values()), answers


def _belies(rules: RuleSet, rule_id: str, verdict: Verdict) -> bool:
    """Return whether a verdict contradicts the reason for which the rule was refused as one that cannot work."""
    told = [p.what for p in rules.problems if f"/{rule_id.split('.')[1]}.yaml" in p.where]
    never = [what.split("“")[1].split("”")[0] for what in told if "排除条件" in what and "不会成立" in what]
    excludes = any(verdict.truths[f"unless:{name}"] and verdict.answer == "excluded" for name in never)
    return excludes or (verdict.answer == "hit" and len(never) < len(told))


def _head() -> str:
    return "\n".join(line.strip() for line in HEAD.strip().splitlines()) + "\n"


RULES = read_rules(ROOT, read_law(ROOT / "law"))
BOOK = read_book(ROOT)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Return a store every test fills anew."""
    made = empty_store(RULES.law)
    yield made
    made.close()


@pytest.mark.parametrize("part", range(4))
def test_random_rules_answer_in_sql_as_in_the_slow_interpreter(tmp_path: Path, part: int, store: Store) -> None:
    wrong: list[str] = []
    pairs, seed = 0, part * 1_000_000
    seen: dict[str, int] = {}
    while pairs < PAIRS / 4:
        differing, compared, answers = batch(tmp_path / str(seed), seed, store)
        wrong, pairs, seed = wrong + differing, pairs + compared, seed + 1
        seen = {answer: seen.get(answer, 0) + answers.get(answer, 0) for answer in {*seen, *answers}}

    assert wrong == []
    assert min(seen[answer] for answer in ("hit", "excluded", "gap", "clear")) > 10


@pytest.mark.parametrize("rule_id", sorted(RULES.rules))
def test_every_shipped_case_answers_in_sql_as_in_the_slow_interpreter(rule_id: str, store: Store) -> None:
    cases = RULES.rules[rule_id].cases
    shown = 0
    for alike in told_together(RULES.rules[rule_id]):
        data, expected = case_data(alike)
        as_of = alike[0].as_of
        slow = judge(BOOK, rule_id, data, as_of)
        fill(store, data)
        quick = in_database(store, RULES, rule_id, as_of)
        shown += len(slow)

        assert slow == quick
        assert {record: slow[record].answer for record in expected} == expected
    assert shown >= len(cases)


def told_together(rule: Rule) -> Iterable[list[Case]]:
    """Return the cases that can share one store: of one day and coverage, and alone where rows are counted together."""
    found: dict[tuple[object, ...], list[Case]] = {}
    for case in rule.cases:
        alone = case.name if rule.groups else ""
        found.setdefault((case.as_of, str(case.given.get("coverage")), alone), []).append(case)
    return found.values()


def case_data(cases: list[Case]) -> tuple[Data, dict[int, str]]:
    """Return the rows of cases with record ids and comparable forms, and the answers expected (none for `todo`)."""
    data, expected = Data({}), {}
    last = 0
    for case in cases:
        ids: dict[str, int] = {}
        for table, given in case.given.items():
            for ident, row in given if table != "coverage" else ():
                ids[ident] = last = last + 1
                data.rows.setdefault(table, {})[last] = {"record_id": last, **comparable(table, row), **row}
        data.links += [{"link": k["use"], "from_id": ids[k["from"]], "to_id": ids[k["to"]], "step": k["step"],
                        "confidence": k["confidence"], "candidates": k["candidates"]} for k in case.links]
        expected |= {ids[ident]: answer for ident, answer in case.then.items() if not case.todo}
    data.coverage = [{"division": None, **row} for _, row in cases[0].given.get("coverage", ())]
    return data, expected


@pytest.mark.parametrize("table", sorted(BOOK.facts))
def test_every_shipped_case_of_facts_comes_out_in_the_slow_interpreter(table: str) -> None:
    shown = 0
    for case in plain(read(ROOT / "facts" / f"{table}.yaml").root).get("cases", []):
        as_of = date.fromisoformat(case.get("as_of", AS_OF.isoformat()))
        for row in case["given"][table]:
            typed = {name: _typed(table, name, value) for name, value in row.items()}
            record = Record(BOOK, table, {**comparable(table, row), **typed}, as_of)
            for name, expected in case["then"].get(row["id"], {}).items():
                found = record.value(name)
                told = found.isoformat() if isinstance(found, date) else found
                assert (case["name"], name, told) == (case["name"], name, expected)
                shown += 1
    assert shown > 0


def comparable(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the comparable forms of a row's columns."""
    return {f"{c.name}_key": keys_of(c.form, pl.Series([row[c.name]], dtype=pl.String))[0]
            for c in BY_NAME[table].columns if c.form and c.name in row}


def _typed(table: str, name: str, value: Any) -> Any:
    column = BY_NAME[table].column(name)
    if column is None or value is None:
        return value
    if column.type == "date":
        return date.fromisoformat(value)
    return Decimal(str(value)) if column.type == "money" else value
