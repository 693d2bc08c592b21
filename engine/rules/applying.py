"""Rules over a warehouse: one INSERT … SELECT a rule. A rule that fails stops itself, not the night."""

import time
from collections.abc import Iterable
from datetime import date

from engine.errors import RuleError
from engine.rules.compiling import compile_rule, facts_sql
from engine.rules.model import Counts, Rule, RuleSet
from engine.store import Progress, Store, StoreFault

MAX_SECONDS = 600.0
"""Longest time one rule may run; then it is ended and the others go on."""


def prepare(store: Store, rules: RuleSet, as_of: date) -> None:
    """Put the calendar and a view `fact_<table>` (the table with its facts) for each table into the session."""
    rules.law.calendar.install(store)
    for table in rules.facts:
        store.run(f"CREATE OR REPLACE TEMP VIEW fact_{table} AS {facts_sql(table, rules, as_of)}")


def apply(
    store: Store, rules: RuleSet, as_of: date, only: Iterable[str] | None = None, progress: Progress | None = None
) -> dict[str, Counts]:
    """Fill `hit` anew for the active rules (or those of `only`) and return what each answered.

    The session must be prepared. Subjects that are clear are counted, not stored. A rule that cannot be run has its
    fault in its counts.
    """
    chosen = set(rules.rules if only is None else only) - rules.stopped
    wanted = [r for r in rules.rules.values() if r.is_active and r.id in chosen]
    if only is None:
        store.run("DELETE FROM hit")
    counts: dict[str, Counts] = {}
    for done, rule in enumerate(wanted):
        if progress:
            progress("rules", done, len(wanted))
        counts[rule.id] = apply_rule(store, rules, rule, as_of)
    return counts


def apply_rule(store: Store, rules: RuleSet, rule: Rule, as_of: date) -> Counts:
    """Replace one rule's rows of `hit` and return what it answered.

    The SQL was written by this package from a checked tree. A rule pack that is not trusted even so would be run here
    in a process of its own, with its own limits.
    """
    begun = time.monotonic()
    store.run("DELETE FROM hit WHERE rule_id = ?", [rule.id])
    try:
        store.run(f"SET max_execution_time = {int(MAX_SECONDS * 1000)}")
        store.run(f"INSERT INTO hit BY NAME {compile_rule(rule, rules, as_of).hits_sql}")
    except StoreFault as fault:
        seconds = time.monotonic() - begun
        return Counts(seconds=seconds, fault=_failed(rule, fault, seconds))
    finally:
        store.run("SET max_execution_time = 0")
    answers = dict(store.rows("SELECT answer, count(*) FROM hit WHERE rule_id = ? GROUP BY answer", [rule.id]))
    hit, excluded, gap = (answers.get(answer, 0) for answer in ("hit", "excluded", "gap"))
    subjects = store.count(f"SELECT count(*) FROM {rule.subject}")
    seconds = time.monotonic() - begun
    return Counts(hit, excluded, gap, subjects - hit - excluded - gap, seconds, _held_back(rule, hit, subjects))


def _held_back(rule: Rule, hits: int, subjects: int) -> RuleError | None:
    """Return why the hits must not reach the list: a flood or a silence is a change of data or rule, not of the world.

    They stay in `hit`, so that `why` can tell about them.
    """
    complaint = rule.expected.complaint(hits, subjects) if rule.expected else ""
    if not complaint:
        return None
    what = f"规则 {rule.id} 命中 {hits:,} 条，{complaint}；本次不列入清单，沿用上次的线索"
    return RuleError(rule.path, what, "请用 xiezhi why 核对几条；数据和规则无误的，再改 expected", "E-RULE-VOLUME")


def _failed(rule: Rule, fault: Exception, seconds: float) -> RuleError:
    """Return the error for a rule the database could not run; no value of any record is in it."""
    if seconds >= MAX_SECONDS:
        what = f"规则 {rule.id} 超过{MAX_SECONDS:g}秒被终止"
        return RuleError(rule.path, what, "请把条件写简单些，或先缩小数据范围", "E-RULE-TIME")
    what = f"规则 {rule.id} 无法执行（{type(fault).__name__}）"
    return RuleError(rule.path, what, "请运行 xiezhi check，并把结果交给维护人员", "E-RULE-RUN")
