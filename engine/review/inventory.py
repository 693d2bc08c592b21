"""任务清单: the documents sent to an organ, or to the organs of a place, with what became of each, for the government.

It names matters and organs, no party; what people wrote is shown with identity numbers masked by who exports it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.ledger import DOCUMENTS, REPLIES, STEPS, open_terms, standing_entries
from engine.review.rights import Actor, visible

MOST = 200
"""Documents one list may hold: a list is for one organ or place, not a way to carry everything away."""


@dataclass(frozen=True)
class Asked:
    """Which list: of one organ, of a place (leading digits of its code), open matters alone; '' asks nothing."""

    organ: str = ""
    place: str = ""
    open_only: bool = False


@dataclass(frozen=True)
class Found:
    """A list's rows (at most MOST, by organ and date), how many there are, and the organs one can ask for."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    organs: Sequence[str]


def documents_sent(review: Review, actor: Actor, asked: Asked) -> Found:
    """Return the documents an actor may see, with service, due day, reply and rectification."""
    made = _documents(actor)
    every = made.subquery()
    tests = _tests(every, asked)
    with review.reading() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(every).where(*tests)).scalar_one()
        rows = connection.execute(sa.select(every).where(*tests).order_by(
            every.c.organ, every.c.sent_on, every.c.clue_id, every.c.root).limit(MOST)).mappings().all()
        organs = connection.execute(sa.select(every.c.organ).distinct().order_by(every.c.organ)).scalars().all()
    today = review.clock().date()
    return Found([{**row, "document": STEPS[row["step"]], "state": _state(row, today)} for row in rows], int(total),
                 organs)


def taken_away(review: Review, actor: Actor, asked: Asked, kind: str) -> Found:
    """Return the list for a download and keep in the audit who took it; EngineError where it is too long or empty."""
    found = documents_sent(review, actor, asked)
    if found.total > MOST:
        fix = "请按被监督单位或地区分开下载，或只要未办结的"
        raise EngineError("任务清单", f"共 {found.total} 件，一次最多下载 {MOST} 件", fix, "E-REVIEW-MANY")
    if not found.rows:
        raise EngineError("任务清单", "没有符合条件的文书", "请换单位或地区", "E-REVIEW-NONE")
    with review.writing() as connection:
        audit.write(review, connection, actor.who, "inventory", f"inventory:{kind}", rows=found.total,
                    clues=sorted({row["clue_id"] for row in found.rows}))
    return found


def _documents(actor: Actor) -> sa.Select[Any]:
    d = standing_entries().where(schema.follow_up.c.step.in_(list(DOCUMENTS))).subquery("sent")
    a, o = standing_entries().subquery("about_it"), open_terms().subquery("open_term")
    c = schema.clue.c

    def last(column: str, *steps: str) -> ColumnElement[Any]:
        return (sa.select(a.c[column]).where(a.c.clue_id == d.c.clue_id, a.c.about == d.c.root, a.c.step.in_(steps))
                .order_by(a.c.root.desc()).limit(1).correlate(d).scalar_subquery().label(f"{steps[0]}_{column}"))

    due = (sa.select(sa.func.max(o.c.due_on)).where(o.c.clue_id == d.c.clue_id, o.c.about == d.c.root)
           .correlate(d).scalar_subquery().label("open_due_on"))
    money = (sa.select(sa.func.sum(a.c.recovered_cents)).where(a.c.clue_id == d.c.clue_id, a.c.about == d.c.root)
             .correlate(d).scalar_subquery().label("recovered_cents"))
    return (sa.select(
        d.c.clue_id, d.c.root, d.c.step, d.c.document_no, d.c.happened_on.label("sent_on"),
        sa.func.coalesce(d.c.sent_to, c.unit).label("organ"), c.titles, c.numbers, c.division,
        c.step.label("clue_step"), last("happened_on", "served"), last("due_on", "served", "supervise"),
        last("happened_on", "reply"), last("outcome", "reply"), last("happened_on", "supervise"),
        last("happened_on", "rectified"), last("words", "rectified"), due, money)
        .join(schema.clue, c.clue_id == d.c.clue_id).where(visible(actor)))


def _tests(every: sa.Subquery, asked: Asked) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [every.c.organ == asked.organ] if asked.organ else []
    tests += [every.c.division.startswith(asked.place, autoescape=True)] if asked.place else []
    return tests + ([every.c.clue_step.not_in(["closed", "archived"])] if asked.open_only else [])


def _state(row: Mapping[Any, Any], today: Any) -> str:
    """What became of a document, in words."""
    if row["reply_outcome"] and row["reply_outcome"] != "none":
        return REPLIES[row["reply_outcome"]]
    if row["served_happened_on"] is None:
        return "还没有送达"
    if (row["open_due_on"] and row["open_due_on"] < today) or row["reply_outcome"] == "none":
        return "逾期未回复"
    return "等待回复"
