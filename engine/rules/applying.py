"""Rules over a warehouse: one INSERT … SELECT a rule. A rule that fails stops itself, not the night."""

import time
from collections.abc import Callable, Iterable
from datetime import date

from engine.errors import RuleError
from engine.rules.compiling import compile_rule, facts_sql
from engine.rules.model import Counts, Rule, RuleSet
from engine.store import Store, StoreFault

MAX_SECONDS = 600
"""Longest time one rule may run."""

Progress = Callable[[str, int, int], None]


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
    wanted = [r for r in rules.rules.values() if r.is_active and (only is None or r.id in set(only))]
    if only is None:
        store.run("DELETE FROM hit")
    counts: dict[str, Counts] = {}
    for done, rule in enumerate(wanted):
        if progress:
            progress("rules", done, len(wanted))
        counts[rule.id] = apply_rule(store, rules, rule, as_of)
    return counts


def apply_rule(store: Store, rules: RuleSet, rule: Rule, as_of: date) -> Counts:
    """Replace one rule's rows of `hit` and return what it answered."""
    begun = time.monotonic()
    store.run("DELETE FROM hit WHERE rule_id = ?", [rule.id])
    try:
        store.run(f"INSERT INTO hit BY NAME {compile_rule(rule, rules, as_of).hits_sql}")
    except StoreFault as fault:
        return Counts(seconds=time.monotonic() - begun, fault=failed(rule, fault))
    answers = dict(store.rows("SELECT answer, count(*) FROM hit WHERE rule_id = ? GROUP BY answer", [rule.id]))
    hit, excluded, gap = (answers.get(answer, 0) for answer in ("hit", "excluded", "gap"))
    clear = store.count(f"SELECT count(*) FROM {rule.subject}") - hit - excluded - gap
    return Counts(hit, excluded, gap, clear, time.monotonic() - begun)


def failed(rule: Rule, fault: Exception) -> RuleError:
    """Return the error for a rule the database could not run; no value of any record is in it."""
    kind = type(fault).__name__
    return RuleError(rule.path, f"规则无法执行（{kind}）", "请运行 xiezhi check，并把日志交给维护人员", "E-RULE-RUN")
