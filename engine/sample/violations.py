"""Typical violations of each field with the article, the ordinary sums of the fine and the law's version by date.

The catalogue is `violations.csv` beside this file: a violation whose article changed stands once for each version.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from engine.sample.world import FIELD_PLACE


@dataclass(frozen=True)
class Violation:
    """One kind of violation: what was done, by which article fined, ordinary sums in yuan, and special traits.

    `kinds` are the kinds of party that commit it (0 company, 1 individual business, 2 natural person);
    `demolition` marks decisions that also order demolition (土地管理法第八十三条: fifteen days to sue).
    """

    field: str
    name: str
    facts: str
    basis: str
    fines: tuple[int, ...]
    kinds: tuple[int, ...]
    confiscates: bool
    demolition: bool
    begins: date
    ends: date


def _read() -> tuple[Violation, ...]:
    with (Path(__file__).parent / "violations.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Violation(
                row["field"], row["name"], row["facts"], row["basis"], tuple(map(int, row["fines"].split())),
                tuple("企个人".index(kind) for kind in row["parties"]), row["confiscates"] == "是",
                row["demolition"] == "是",
                date.fromisoformat(row["begins"]), date.fromisoformat(row["ends"]))
            for row in csv.DictReader(file))


VIOLATIONS: tuple[Violation, ...] = _read()
"""All violations; their order is their number."""


def table() -> pl.DataFrame:
    """Return one row a violation: violation, field (place), texts, traits, fines (list, in fen)."""
    return pl.DataFrame({
        "violation": range(len(VIOLATIONS)),
        "field": [FIELD_PLACE[v.field] for v in VIOLATIONS],
        "violation_name": [v.name for v in VIOLATIONS],
        "facts_text": [v.facts for v in VIOLATIONS],
        "basis_text": [v.basis for v in VIOLATIONS],
        "confiscates": [v.confiscates for v in VIOLATIONS],
        "demolition": [v.demolition for v in VIOLATIONS],
        "fines": [[yuan * 100 for yuan in v.fines] for v in VIOLATIONS],
    })


def number(name: str, version: int = 0) -> int:
    """Return the number of the first (or a later) version of that violation."""
    return [i for i, v in enumerate(VIOLATIONS) if v.name == name][version]


def version(name: str, day: pl.Expr) -> pl.Expr:
    """Return the number of the violation's version in force on the day."""
    versions = [(i, v) for i, v in enumerate(VIOLATIONS) if v.name == name]
    chosen = pl.lit(versions[0][0], pl.Int64)
    for place, violation in versions[1:]:
        chosen = pl.when(day >= violation.begins).then(place).otherwise(chosen)
    return chosen
