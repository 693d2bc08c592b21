"""A small rules folder for tests: three parameters of law, four links, and whatever rule or facts a test writes."""

import textwrap
from pathlib import Path
from typing import Any

import polars as pl

from engine.law import read_law
from engine.rules import RuleSet, read_rules
from engine.store import Store

LAW = {
    "window": """
        title: 申请期限
        version: 1
        values:
          - {from: 2000-03-10, to: 2011-12-31, length: 180, unit: day, counting: roll, law: 旧解释,
             article: 第八十八条, confidence: 中}
          - {from: 2012-01-01, length: 3, unit: month, counting: roll, law: 行政强制法, article: 第五十三条,
             confidence: 高, quote: 三个月内}
        recheck_by: 2027-12-31
        """,
    "service": """
        title: 送达期限
        version: 1
        values:
          - {from: 2021-07-15, length: 7, unit: workday, law: 行政处罚法, article: 第六十一条,
             confidence: 高, quote: 七日内}
        recheck_by: 2027-12-31
        """,
    "cap": """
        title: 加处罚款上限
        version: 1
        values:
          - {from: 2012-01-01, length: 1, unit: ratio, law: 行政强制法, article: 第四十五条,
             confidence: 高, quote: 不得超出}
        recheck_by: 2027-12-31
        """,
    "limit": """
        title: 当场罚款上限
        version: 1
        values:
          - {from: 1996-10-01, to: 2021-07-14, length: 50, unit: yuan, law: 行政处罚法, article: 第三十三条,
             confidence: 中}
          - {from: 2021-07-15, length: 200, unit: yuan, law: 行政处罚法, article: 第五十一条,
             confidence: 高, quote: 二百元}
        recheck_by: 2027-12-31
        """,
}

LINKS = {
    "penalty_of_review": ("court_review", "penalty"),
    "enforcement_of_review": ("court_review", "enforcement"),
    "penalty_of_payment": ("payment", "penalty"),
}

HEAD = """
    title: 试验规则
    version: 1
    maturity: trial
    level: low
    addressee: authority
    summary: 供测试。
    basis: [{law: 行政强制法, article: 第五十三条, from: 2012-01-01}]
    """


def rules_folder(folder: Path, rule: str, facts: dict[str, str] | None = None, head: str = HEAD) -> Path:
    """Write a rules folder with one rule `trial.it` and return it."""
    for name, text in LAW.items():
        _write(folder / "law" / f"{name}.yaml", text)
    for name, (start, end) in LINKS.items():
        _write(folder / "links" / f"{name}.yaml", f"title: {name}\nfrom: {start}\nto: {end}\n")
    for table, text in (facts or {}).items():
        _write(folder / "facts" / f"{table}.yaml", text)
    _write(folder / "trial" / "it.yaml", textwrap.dedent(head) + textwrap.dedent(rule))
    return folder


def read(folder: Path, rule: str, facts: dict[str, str] | None = None, head: str = HEAD) -> RuleSet:
    """Return the rules of such a folder, faults and all."""
    path = rules_folder(folder / "rules", rule, facts, head)
    return read_rules(path, read_law(path / "law"), locked=False)


def good(folder: Path, rule: str, facts: dict[str, str] | None = None) -> RuleSet:
    """Return the rules of such a folder, which must be without fault."""
    rules = read(folder, rule, facts)
    assert [str(p) for p in (*rules.problems, *rules.law.problems)] == []
    return rules


def filled(**tables: list[dict[str, Any]]) -> Store:
    """Return a store holding the rows; the kind of a column follows from its name."""
    store = Store()
    for table, rows in tables.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        schema = {n: next((k for end, k in _KINDS.items() if n.endswith(end)), pl.String) for n in names}
        store.put(table, pl.DataFrame(rows, schema=schema))
    return store


def penalty_link(start: int, end: int, confidence: float = 1.0, link: str = "penalty_of_review") -> dict[str, Any]:
    """Return a row of `link`."""
    return {"link": link, "from_id": start, "to_id": end, "step": "number", "confidence": confidence,
            "candidates": 1, "why": "文号一致"}


_KINDS: dict[str, Any] = {
    "_on": pl.Date, "_yuan": pl.Decimal(18, 2), "_id": pl.UInt64, "_from": pl.Date, "_until": pl.Date,
    "_days": pl.Int64, "days_special": pl.Int64, "exhaustive": pl.Boolean, "_held": pl.Boolean, "_told": pl.Boolean,
    "confidence": pl.Float64, "candidates": pl.Int64, "line": pl.Int64, "place": pl.Int64,
}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
