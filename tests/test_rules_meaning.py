"""Random expressions mean the same in SQL and in a slow interpreter that shares no code with the engine."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rule_author import RULINGS, Author, some_day
from rule_world import good
from slow_expressions import World, meaning

from engine.rules import RuleSet
from engine.rules.compiling import compile_rule
from engine.store import Store

AS_OF = date(2026, 6, 30)
ROWS = 24
USES = {"law.window": ("window", "penalty.decided_on"), "law.service": ("service", "penalty.decided_on"),
        "law.cap": ("cap", "applied_on"), "law.limit": ("limit", "applied_on")}
KINDS = {
    "date": ["applied_on", "accepted_on", "ruled_on", "penalty.decided_on", "penalty.served_on", "as_of"],
    "money": ["sought_yuan", "penalty.fine_yuan", "law.limit"], "int": ["penalty.detention_days"],
    "number": ["law.cap"], "text": ["ruling_reason", "penalty.violation"], "code": ["ruling"],
    "bool": ["hearing_held", "penalty.remedies_told"], "period": ["law.window", "law.service"],
}


def _maybe(source: random.Random, value: Any) -> Any:
    return None if source.random() < 0.3 else value


def _subjects(source: random.Random) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield subjects, each with the record linked to it or None."""
    for number in range(1, ROWS + 1):
        review = {
            "record_id": number, "applied_on": _maybe(source, some_day(source)),
            "accepted_on": _maybe(source, some_day(source)), "ruled_on": _maybe(source, some_day(source)),
            "ruling": _maybe(source, source.choice(RULINGS)), "hearing_held": _maybe(source, source.random() < 0.5),
            "sought_yuan": _maybe(source, Decimal(source.randint(0, 40000)) / 100),
            "ruling_reason": _maybe(source, source.choice(("超期", "占地", "未超过期限", "期"))),
        }
        penalty = {
            "record_id": number + 1000, "decided_on": _maybe(source, some_day(source)),
            "served_on": _maybe(source, some_day(source)), "remedies_told": _maybe(source, source.random() < 0.5),
            "fine_yuan": _maybe(source, Decimal(source.randint(0, 40000)) / 100),
            "detention_days": _maybe(source, source.randint(-15, 15)),
            "violation": _maybe(source, source.choice(("超期", "占地", "占道"))),
        }
        yield review, (penalty if source.random() < 0.75 else None)


def _disagreements(folder: Path, seed: int, count: int) -> tuple[list[str], int]:
    """Return the expressions with a row on which SQL and interpreter differ, and how many answers were not NULL."""
    author = Author(seed, KINDS)
    for number, kind in enumerate(("date", "bool", "money", "int")):
        author.let(f"let_{number}", kind, 2)
    texts = [author.write("bool", author.random.randint(1, 3)) for _ in range(count)]
    rules = good(folder, _rule(author.lets, texts))
    subjects = list(_subjects(author.random))
    rows = _by_database(rules, subjects, count)
    wrong, known = [], 0
    for review, penalty in subjects:
        world = _world(review, penalty, rules, author.lets)
        for number, text in enumerate(texts):
            expected, got = meaning(text, world), rows[review["record_id"]][number]
            known += expected is not None
            if expected is not got:
                wrong.append(f"{text}: interpreter {expected}, SQL {got}; {world.values}; lets {author.lets}")
    return wrong, known


def _rule(lets: dict[str, str], texts: list[str]) -> str:
    uses = [f"  {path.removeprefix('law.')}: {{use: {use}, on: {on}}}" for path, (use, on) in USES.items()]
    defined = [f'  {name}: "{text}"' for name, text in lets.items()]
    points = [f'  - {{is: p{n}, expr: "{text}", add: 1}}' for n, text in enumerate(texts)]
    shown = ", ".join([*lets, *USES])
    return "\n".join((
        "subject: court_review", "links:", "  penalty: {use: penalty_of_review, none: keep}", "law:", *uses, "let:",
        *defined, "when:", "  - {is: any, expr: applied_on > '1900-01-01'}", "points:", *points, f"evidence: [{shown}]",
    )) + "\n"


def _by_database(
    rules: RuleSet, subjects: list[tuple[dict[str, Any], dict[str, Any] | None]], count: int
) -> dict[int, list[bool | None]]:
    store = Store()
    rules.law.calendar.install(store)
    store.put("court_review", _typed([r for r, _ in subjects]))
    store.put("penalty", _typed([p for _, p in subjects if p]))
    linked = [{"link": "penalty_of_review", "from_id": r["record_id"], "to_id": p["record_id"], "confidence": 1.0}
              for r, p in subjects if p]
    store.put("link", pl.DataFrame(linked))
    compiled = compile_rule(rules.rules["trial.it"], rules, AS_OF)
    names = [name for name, _ in compiled.steps]
    steps = ",\n".join(f"{name} AS ({sql})" for name, sql in compiled.steps[: names.index("judged") + 1])
    columns = ", ".join(f'"point:p{number}"' for number in range(count))
    found = {row[0]: list(row[1:]) for row in store.rows(f"WITH {steps} SELECT record_id, {columns} FROM judged")}
    store.close()
    return found


def _typed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    kinds = {"_on": pl.Date, "yuan": pl.Decimal(18, 2), "days": pl.Int64, "held": pl.Boolean, "told": pl.Boolean,
             "_id": pl.UInt64}
    schema = {name: next((k for end, k in kinds.items() if name.endswith(end)), pl.String) for name in rows[0]}
    return pl.DataFrame(rows, schema=schema)


def _world(review: dict[str, Any], penalty: dict[str, Any] | None, rules: RuleSet, lets: dict[str, str]) -> World:
    names = ("decided_on", "served_on", "remedies_told", "fine_yuan", "detention_days", "violation")
    values = review | {f"penalty.{name}": (penalty or {}).get(name) for name in names}
    return World(values, {"penalty": penalty is not None}, AS_OF, rules.law, USES, lets)


@pytest.mark.parametrize("seed", range(6))
def test_random_expressions_mean_the_same_in_sql(tmp_path: Path, seed: int) -> None:
    wrong, known = _disagreements(tmp_path, seed, 100)

    assert wrong == []
    assert known > 600


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 124))
def test_many_random_expressions_mean_the_same_in_sql(tmp_path: Path, seed: int) -> None:
    wrong, _ = _disagreements(tmp_path, seed, 100)

    assert wrong == []
