"""A rule's own cases, executed: these rows in, this answer out.

All cases of a rule share one in-memory store and one run of its SQL: every row gets its own record id, links name ids,
so cases do not see each other. Only what is not keyed by a record (the as-of date, coverage statements) separates
them into groups.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from engine.records import BY_NAME, Table
from engine.rules.compiling import compile_rule
from engine.rules.model import ANSWERS, Case, CaseResult, Rule, RuleSet
from engine.store import Store, StoreFault
from engine.text import keys_of

REQUIRED_ANSWERS = ("hit", "clear", "gap")
"""Answers every rule beyond a draft must show in its cases."""

IDLE_OPTIMIZERS = "statistics_propagation,common_subexpressions,filter_pushdown"
"""Planning steps that pay on millions of rows and only cost on a dozen."""

POLARS_TYPE: dict[str, Any] = {
    "text": pl.String, "date": pl.Date, "money": pl.Decimal(18, 2), "int": pl.Int64, "bool": pl.Boolean,
}


def check(rules: RuleSet, only: Iterable[str] | None = None) -> list[CaseResult]:
    """Return the outcome of every case of every rule (or of those in `only`), rules in order of their ids."""
    wanted = set(rules.rules if only is None else only)
    chosen = [rules.rules[rule_id] for rule_id in sorted(wanted & set(rules.rules))]
    if not chosen:
        return []
    store = Store()
    store.run(f"SET disabled_optimizers = '{IDLE_OPTIMIZERS}'")
    try:
        rules.law.calendar.install(store)
        return [result for rule in chosen for result in check_rule(store, rules, rule)]
    finally:
        store.close()


def check_rule(store: Store, rules: RuleSet, rule: Rule) -> list[CaseResult]:
    """Return the outcome of a rule's cases; the store must be empty and hold the calendar, and is left empty."""
    results: dict[str, CaseResult] = {}
    for number, group in enumerate(_groups(rule.cases)):
        results |= {r.name: r for r in _run(store, rules, rule, group, whole=number == 0)}
    told = [results[case.name] for case in rule.cases]
    lacking = _lacking(rule)
    return told + ([lacking] if lacking else [])


def _groups(cases: Iterable[Case]) -> list[list[Case]]:
    """Return the cases that can share one run: the same as-of date, the same coverage statements."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        coverage = [row for _, row in case.given.get("coverage", ())]
        groups.setdefault(f"{case.as_of} {coverage}", []).append(case)
    return list(groups.values())


def _run(store: Store, rules: RuleSet, rule: Rule, cases: list[Case], whole: bool) -> Iterator[CaseResult]:
    """Run the cases; `whole`: with all that would be stored (enough once for each rule), else for the answers only."""
    begun = time.monotonic()
    ids = _insert(store, cases)
    answers: dict[int, str] = {}
    fault = ""
    try:
        compiled = compile_rule(rule, rules, cases[0].as_of)
        found = store.frame(compiled.hits_sql if whole else compiled.answers_sql)
        answers = dict(found.select("record_id", "answer").iter_rows())
    except StoreFault as error:
        fault = f"SQL 无法执行：{str(error).splitlines()[0][:300]}"
    finally:
        _empty(store, cases)
    seconds = (time.monotonic() - begun) / len(cases)
    for case in cases:
        failures = tuple([fault] if fault else _failures(case, ids, answers))
        if case.todo and not fault:
            yield _todo(rule, case, failures, seconds)
        else:
            yield CaseResult(rule.id, case.name, case.where, failures, seconds)


def _todo(rule: Rule, case: Case, differs: tuple[str, ...], seconds: float) -> CaseResult:
    """Return a known miss or false alarm as open; one that comes out right is a failure, so that nobody forgets it."""
    if differs:
        return CaseResult(rule.id, case.name, case.where, (), seconds, f"{case.todo}（{'；'.join(differs)}）")
    return CaseResult(rule.id, case.name, case.where, ("已能判对，请删去 todo",), seconds)


def _failures(case: Case, ids: dict[tuple[str, str], int], answers: dict[int, str]) -> Iterator[str]:
    for ident, expected in case.then.items():
        got = answers.get(ids[(case.name, ident)], "clear")
        if got != expected:
            yield f"{ident} 应为{ANSWERS[expected]}（{expected}），得到{ANSWERS[got]}（{got}）"


def _insert(store: Store, cases: list[Case]) -> dict[tuple[str, str], int]:
    """Put the rows of some cases into the store and return the record id of each (case, row)."""
    ids: dict[tuple[str, str], int] = {}
    by_table: dict[str, list[dict[str, Any]]] = {}
    links: list[dict[str, Any]] = []
    for case in cases:
        for table, rows in case.given.items():
            for ident, row in rows:
                ids[(case.name, ident)] = len(ids) + 1
                by_table.setdefault(table, []).append({"record_id": len(ids), "natural_key": ident, **row})
        links += [_link_row(case, link, ids) for link in case.links]
    for table, found in by_table.items():
        store.put(table, _frame(BY_NAME[table], found))
    if links:
        store.put("link", pl.DataFrame(links, schema_overrides={"from_id": pl.UInt64, "to_id": pl.UInt64}))
    return ids


def _link_row(case: Case, link: dict[str, Any], ids: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "link": link["use"], "from_id": ids[(case.name, link["from"])], "to_id": ids[(case.name, link["to"])],
        "step": link["step"], "confidence": link["confidence"], "candidates": link["candidates"], "why": "用例给定",
    }


def _frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the rows with the table's types; comparable forms are added where the case does not give them."""
    types = {c.name: POLARS_TYPE[c.type] for c in (*table.columns, *table.key_columns)}
    types |= {"record_id": pl.UInt64, "natural_key": pl.String, "party_id": pl.UInt64}
    used = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame(rows, schema={name: types[name] for name in used})
    forms = {c.name: c.form for c in table.columns if c.form and c.name in used and f"{c.name}_key" not in used}
    return frame.with_columns(keys_of(form, frame[name]).alias(f"{name}_key") for name, form in forms.items())


def _empty(store: Store, cases: list[Case]) -> None:
    for table in {"link", *(t for case in cases for t in case.given)}:
        store.run(f"DELETE FROM {table}")


def _lacking(rule: Rule) -> CaseResult | None:
    """Return a failure where a rule beyond a draft does not show the answers it must."""
    shown = {answer for case in rule.cases if not case.todo for answer in case.then.values()}
    lacking = [f"{ANSWERS[a]}（{a}）" for a in REQUIRED_ANSWERS if a not in shown]
    if rule.maturity in ("draft", "retired") or not lacking:
        return None
    return CaseResult(rule.id, "用例是否齐全", rule.path, (f"缺少这些答案的用例：{'、'.join(lacking)}",))
