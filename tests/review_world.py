"""Clues, findings and people for tests of the review database; the database itself is a fixture of conftest.

Names are invented.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from engine import review
from engine.review import CLUE, FINDING, Actor, Batch, Review, Run, Who

START = datetime.fromisoformat("2026-11-02T09:00:00")
PASSWORD = "Xun-Cha-2026"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


def finding(number: int = 1, rule: str = "late", **columns: object) -> dict[str, object]:
    """Return a finding on clue C<number>."""
    return {
        "finding_id": f"F{number}{rule}", "clue_id": f"C{number}", "turn": 1, "rule_id": f"non_litigation.{rule}",
        "rule_version": 1, "title": "超期申请", "level": "high", "record": f"court_review|R{number}",
        "evidence_hash": "e1", "say": f"第{number}件超30日", "texts": "{}",
    } | columns


def clue(number: int = 1, **columns: object) -> dict[str, object]:
    """Return clue C<number>."""
    return {
        "clue_id": f"C{number}", "status": "新增", "place": number, "score": 90.0 - number, "titles": "超期申请",
        "field": "行政非诉执行监督", "unit": "测试市某局", "party": f"测试{number}公司",
        "numbers": f"（2024）豫1102行审{number}号",
        "says": f"第{number}件超30日", "amount_cents": 100_00 * number, "division": "411102",
        "search": f"测试{number}公司 （2024）豫1102行审{number}号", "first_run": 1, "first_on": date(2026, 11, 1),
        "enterprise": "yes", "livelihood": "unknown", "department": "行政检察部门",
        "texts": "{}",
    } | columns


def batch(*rows: Mapping[str, object]) -> Batch:
    """Return clues and findings as one batch; findings are the rows that have a finding_id."""
    clues = [r for r in rows if "finding_id" not in r]
    findings = [r for r in rows if "finding_id" in r]
    return Batch(pl.DataFrame(clues, schema=CLUE), pl.DataFrame(findings, schema=FINDING))


def night(number: int = 1) -> Run:
    """Return a run to publish."""
    return Run(number, date(2026, 11, number), START, "0.1.0", "r1", "d1")


def publish(base: Review, *rows: Mapping[str, object], held: tuple[str, ...] = (), number: int = 1) -> review.Published:
    """Publish these clues and findings."""
    return review.publish(base, night(number), [batch(*rows)], held)


def person(base: Review, login: str = "wang", roles: tuple[str, ...] = ("handler",),
           scopes: tuple[tuple[str, str], ...] = (("", ""),)) -> Actor:
    """Make an account and return who it is."""
    account_id = review.accounts.add(base, Who("测试"), login, f"{login}某", PASSWORD, roles=roles, scopes=scopes)
    with base.reading() as connection:
        found = review.actor_of(connection, account_id)
    assert found is not None
    return found


def value(base: Review, sql: str) -> object:
    """Return the single value a question answers."""
    with base.reading() as connection:
        return connection.exec_driver_sql(sql).scalar()
