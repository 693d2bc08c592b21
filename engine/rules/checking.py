"""A rule's own cases, executed: these rows in, this answer out; and what they leave unshown.

A whole repository is checked by several threads, each with a store of its own: the time goes into planning queries,
which the database does outside Python. The answers and truths of all rows suffice there. For rules asked for by name
all that would be stored is computed too, so that a fault in a sentence shows before the night.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from engine.errors import RuleError
from engine.rules.compiling import compile_rule
from engine.rules.covering import covered
from engine.rules.model import ANSWERS, Case, CaseResult, Rule, RuleCheck, RuleSet
from engine.rules.worlds import Key, Span, Worlds
from engine.store import StoreFault

REQUIRED_ANSWERS = ("hit", "clear", "gap")
"""Answers every rule beyond a draft must show in its cases."""

MOST_THREADS = 4
PER_THREAD = 12
"""Runs that are worth a further thread: opening its store takes as long as checking a few."""


def check(rules: RuleSet, only: Iterable[str] | None = None) -> list[CaseResult]:
    """Return the outcome of every case of every rule (or of those in `only`), rules in order of their ids."""
    return [result for checked in check_rules(rules, only) for result in checked.results]


def check_rules(rules: RuleSet, only: Iterable[str] | None = None) -> list[RuleCheck]:
    """Return how every rule (or those in `only`) came out, in order of their ids."""
    wanted = set(rules.rules if only is None else only)
    chosen = [rules.rules[rule_id] for rule_id in sorted(wanted & set(rules.rules))]
    number = threads(len(chosen))
    with ThreadPoolExecutor(number) as pool:
        parts = pool.map(lambda i: _check_some(rules, chosen[i::number], whole=only is not None), range(number))
        found = {checked.rule.id: checked for part in parts for checked in part}
    return [found[rule.id] for rule in chosen]


def unnamed(rules: RuleSet) -> list[RuleError]:
    """Return every condition, exclusion or point that readers have no Chinese words for; drafts may wait."""
    fix = "写一句 title（问的是什么），或者 say（成立时写进线索的话）"
    return [RuleError(rule.path, f"{word} {clause.id} 没有中文说法，检察官看不懂", fix, "E-RULE-UNNAMED")
            for rule in rules.rules.values() if rule.maturity != "draft"
            for word, clauses in (("条件", rule.when), ("排除", rule.unless), ("加减分", rule.points))
            for clause in clauses if clause.say is None and not clause.title]


def threads(items: int) -> int:
    """Return how many threads are worth their stores for so many runs of a rule's SQL."""
    return min(MOST_THREADS, os.cpu_count() or 1, 1 + items // PER_THREAD)


def _check_some(rules: RuleSet, chosen: Sequence[Rule], whole: bool) -> list[RuleCheck]:
    if not chosen:
        return []
    worlds = Worlds(rules.law)
    try:
        spans = worlds.fill_all([rule.cases for rule in chosen])
        return [_checked(worlds, rules, rule, span, whole) for rule, span in zip(chosen, spans, strict=True)]
    finally:
        worlds.close()


def check_rule(worlds: Worlds, rules: RuleSet, rule: Rule) -> RuleCheck:
    """Return how one rule's cases came out."""
    [span] = worlds.fill_all([rule.cases])
    return _checked(worlds, rules, rule, span, whole=False)


def _checked(worlds: Worlds, rules: RuleSet, rule: Rule, span: Span, whole: bool) -> RuleCheck:
    """Return how a rule's cases, in the store, came out; `whole`: compute all that would be stored too."""
    begun = time.monotonic()
    open_ones = {case.name for case in rule.cases if case.todo}
    answers: dict[Key, str] = {}
    coverage, fault = None, ""
    try:
        if whole:
            worlds.store.rows(compile_rule(rule, rules, None).hits_sql)
        judged = worlds.judged(rule, rules, span)
        answers = worlds.by_key(judged)
        is_known = [worlds.keys[record_id][0] not in open_ones for record_id in judged["record_id"]]
        coverage = covered(rule, rules, judged.filter(pl.Series(is_known, dtype=pl.Boolean)))
    except StoreFault as error:
        fault = f"SQL 无法执行：{str(error).splitlines()[0][:300]}"
    seconds = (time.monotonic() - begun) / max(1, len(rule.cases))
    results = [_result(rule, case, answers, fault, seconds) for case in rule.cases]
    checked = RuleCheck(rule, tuple(results), coverage)
    return RuleCheck(rule, (*results, *_lacking(checked)), coverage)


def _result(rule: Rule, case: Case, answers: dict[Key, str], fault: str, seconds: float) -> CaseResult:
    failures = tuple([fault] if fault else _failures(case, answers))
    if case.todo and not fault:
        return _todo(rule, case, failures, seconds)
    return CaseResult(rule.id, case.name, case.where, failures, seconds)


def _todo(rule: Rule, case: Case, differs: tuple[str, ...], seconds: float) -> CaseResult:
    """Return a known miss or false alarm as open; one that comes out right is a failure, so that nobody forgets it."""
    if differs:
        return CaseResult(rule.id, case.name, case.where, (), seconds, f"{case.todo}（{'；'.join(differs)}）")
    return CaseResult(rule.id, case.name, case.where, ("已能判对，请删去 todo",), seconds)


def _failures(case: Case, answers: dict[Key, str]) -> Iterator[str]:
    for ident, expected in case.then.items():
        got = answers[(case.name, ident)]
        if got != expected:
            yield f"{ident} 应为{ANSWERS[expected]}（{expected}），得到{ANSWERS[got]}（{got}）"


def _lacking(checked: RuleCheck) -> Iterator[CaseResult]:
    """Yield a failure where a rule beyond a draft lacks an answer, or a stable one leaves a condition unshown."""
    rule, coverage = checked.rule, checked.coverage
    shown = {answer for case in rule.cases if not case.todo for answer in case.then.values()}
    lacking = [f"{ANSWERS[a]}（{a}）" for a in REQUIRED_ANSWERS if a not in shown]
    if rule.is_active and lacking:
        yield CaseResult(rule.id, "用例是否齐全", rule.path, (f"缺少这些答案的用例：{'、'.join(lacking)}",))
    if rule.maturity == "stable" and coverage is not None and coverage.missing:
        told = f"稳定的规则须条件覆盖齐全，{coverage}；请补用例，或改为试用（trial）"
        yield CaseResult(rule.id, "条件覆盖", rule.path, (told,))
