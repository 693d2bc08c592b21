"""The audit as an auditor looks through it: by person, action, object and period, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.review import audit, schema
from engine.review.audit import Who
from engine.review.browsing import Row
from engine.review.database import Review

PAGE = 100

MOST = 100_000
"""Entries of one download, the newest."""


@dataclass(frozen=True)
class Search:
    """What is looked for; an empty text asks nothing. `action` refused: whatever was refused; days include the last."""

    person: str = ""
    action: str = ""
    object: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Entries:
    """A page of entries, the newest first, and how many match."""

    rows: Sequence[Row]
    matching: int
    page: int
    pages: int


def search(review: Review, asked: Search, page: int = 1) -> Entries:
    """Return a page of the entries that match; a page past the end is the last one."""
    where = _tests(asked)
    with review.reading() as connection:
        matching = int(connection.execute(
            sa.select(sa.func.count()).select_from(schema.audit).where(*where)).scalar_one())
        pages = max(1, -(-matching // PAGE))
        shown = min(max(1, page), pages)
        rows = connection.execute(
            sa.select(schema.audit).where(*where).order_by(schema.audit.c.audit_id.desc())
            .limit(PAGE).offset((shown - 1) * PAGE)).mappings().all()
    return Entries(rows, matching, shown, pages)


def actions(review: Review) -> list[str]:
    """Return the actions that occur."""
    a = schema.audit.c
    with review.reading() as connection:
        return list(connection.execute(sa.select(a.action).distinct().order_by(a.action)).scalars())


def taken(review: Review, who: Who, asked: Search) -> pl.DataFrame:
    """Return the entries that match, the newest MOST, and keep in the audit that somebody took them along."""
    names = ("audit_id", "at", "actor", "action", "object", "detail", "hash")
    a = schema.audit.c
    with review.writing() as connection:
        rows = connection.execute(
            sa.select(*(a[name] for name in names)).where(*_tests(asked)).order_by(a.audit_id.desc())
            .limit(MOST)).all()
        audit.write(review, connection, who, "audit:download", "", entries=len(rows))
    kinds: dict[str, Any] = dict.fromkeys(names, pl.String) | {"audit_id": pl.Int64, "at": pl.Datetime}
    return pl.DataFrame([tuple(row) for row in rows], schema=kinds, orient="row")


def _tests(asked: Search) -> list[ColumnElement[bool]]:
    a = schema.audit.c
    tests = [a.actor.contains(word, autoescape=True) for word in asked.person.split()[:5]]
    tests += [a.object.contains(word, autoescape=True) for word in asked.object.split()[:5]]
    if asked.action == "refused":
        tests.append(sa.or_(a.action.startswith("refused:"), a.action == "login:refused"))
    elif asked.action:
        tests.append(a.action == asked.action)
    if asked.since:
        tests.append(a.at >= datetime.combine(asked.since, time()))
    if asked.until:
        tests.append(a.at < datetime.combine(asked.until, time()) + timedelta(days=1))
    return tests
