"""督办: what heads see of everybody's work, and the marks by which they press for a clue.

A mark and its answer are appended; the mark stays open until the handler answers. Everything is counted over the clues
the head may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.ledger import DOCUMENTS, open_terms, standing_entries
from engine.review.rights import Actor, visible
from engine.review.tasks import due_on, running, unanswered, urged
from engine.review.versions import entry, take

MOST = 200

Row = Mapping[Any, Any]

SHOWN = {"overdue": "逾期的", "untouched": "多日没有动的", "urged": "督办中的", "nobody": "还没有分派的"}
"""Lists a head can ask for."""


@dataclass(frozen=True)
class Overview:
    """What a head sees: work by handler, replies overdue by organ, and one list with how many it has in all."""

    handlers: Sequence[Row]
    organs: Sequence[Row]
    rows: Sequence[Row]
    total: int


def urge(review: Review, actor: Actor, clues: Mapping[str, int], due: date | None, words: str) -> None:
    """Press for clues (id and version seen) until a day, in words; all of them or none.

    Raises EngineError where the actor is no head, a day or the words are missing or past, or somebody was faster.
    """
    if not clues:
        raise EngineError("督办", "没有选线索", "请先勾选", "E-REVIEW-NONE")
    if due is None or due < review.clock().date() or not words.strip():
        raise EngineError("督办", "没有写期限或要求，或期限已过", "请写明要求和今天以后的期限", "E-REVIEW-WORDS")
    with review.writing() as connection:
        new = {seen: take(review, connection, actor, seen, clues[seen], "assign") for seen in sorted(clues)}
        for clue_id, version in new.items():
            audit.append(review, connection, actor.who, schema.urging, {
                **entry(review, actor, clue_id, version), "due_on": due, "words": words.strip()}, "urge")


def answer(review: Review, actor: Actor, clue_id: str, version: int, words: str) -> int:
    """Answer every open mark on a clue and return its new version; EngineError where there is none, or no words."""
    if not words.strip():
        raise EngineError("督办", "没有写办理情况", "请写明后再提交", "E-REVIEW-WORDS")
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "judge")
        u = schema.urging.c
        marks = connection.execute(
            sa.select(u.urging_id).where(unanswered(), u.clue_id == clue_id)).scalars().all()
        if not marks:
            raise EngineError("督办", "这条线索没有待答复的督办", "请重新打开线索再试", "E-REVIEW-URGE")
        for mark in marks:
            audit.append(review, connection, actor.who, schema.urging, {
                **entry(review, actor, clue_id, new), "words": words.strip(), "answers": mark}, "urge:answer")
        return new


def of_history(history: Sequence[Row]) -> list[Row]:
    """Return the open marks among everything appended about one clue, the newest first."""
    marks = [e for e in history if e["kind"] == "urging"]
    answered = {e["answers"] for e in marks}
    return [e for e in marks if e["answers"] is None and e["number"] not in answered]


def overview(review: Review, actor: Actor, shown: str, days: int = 30, handler: int | None = None) -> Overview:
    """Return the overview with one list of SHOWN; `days` without a stroke make a clue untouched, `handler` narrows."""
    c, a, today = schema.clue.c, schema.account.c, review.clock().date()
    where = [visible(actor), running(), _asked(shown, today, days)]
    where += [c.assignee_id == handler] if handler else []
    last = _last_entry().label("last_at")
    with review.reading() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(schema.clue).where(*where)).scalar_one()
        rows = connection.execute(
            sa.select(schema.clue, due_on().label("next_due"), last, a.name.label("assignee"), urged().label("urged"))
            .outerjoin(schema.account, a.account_id == c.assignee_id).where(*where)
            .order_by(sa.nulls_last(sa.asc("next_due")), c.place.asc().nulls_last(), c.clue_id).limit(MOST)).mappings()
        listed = [dict(row) for row in rows]
        handlers = connection.execute(_by_handler(actor, today, days)).mappings().all()
        organs = connection.execute(_by_organ(actor, today)).mappings().all()
    return Overview(handlers, organs, listed, int(total))


def _asked(shown: str, today: date, days: int) -> ColumnElement[bool]:
    c = schema.clue.c
    return {"untouched": sa.and_(c.assignee_id.is_not(None), _untouched(today, days)), "urged": urged(),
            "nobody": c.assignee_id.is_(None)}.get(shown, due_on() < today)


def _untouched(today: date, days: int) -> ColumnElement[bool]:
    """Whether nothing was entered since the day before so many days; reading is no work."""
    since = datetime.combine(today - timedelta(days=days), time())
    return ~sa.or_(*(sa.exists().where(table.c.clue_id == schema.clue.c.clue_id, table.c.at >= since)
                     for table in _WORK))


_WORK = (schema.judgement, schema.comment, schema.follow_up, schema.assignment)


def _last_entry() -> ColumnElement[datetime | None]:
    each = sa.union_all(*(sa.select(table.c.clue_id, table.c.at) for table in _WORK)).subquery()
    return (sa.select(sa.func.max(each.c.at)).where(each.c.clue_id == schema.clue.c.clue_id)
            .correlate(schema.clue).scalar_subquery())


def _by_handler(actor: Actor, today: date, days: int) -> sa.Select[*tuple[Any, ...]]:
    c, a = schema.clue.c, schema.account.c

    def many(test: ColumnElement[bool]) -> ColumnElement[int]:
        return sa.func.sum(sa.case((test, 1), else_=0))

    overdue = many(due_on() < today).label("overdue")
    return (sa.select(c.assignee_id, a.name, sa.func.count().label("running"), overdue,
                      many(c.state == "open").label("open"), many(_untouched(today, days)).label("untouched"),
                      many(urged()).label("urged"))
            .select_from(schema.clue).outerjoin(schema.account, a.account_id == c.assignee_id)
            .where(visible(actor), running(), c.assignee_id.is_not(None)).group_by(c.assignee_id, a.name)
            .order_by(overdue.desc(), a.name))


def _by_organ(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Organs that have not answered in time: how many documents, the oldest due day."""
    c, o = schema.clue.c, open_terms().subquery()
    d = standing_entries().where(schema.follow_up.c.step.in_(list(DOCUMENTS))).subquery()
    organ = sa.func.coalesce(d.c.sent_to, c.unit).label("organ")
    number = sa.func.count().label("number")
    return (sa.select(organ, number, sa.func.min(o.c.due_on).label("since"))
            .join(d, sa.and_(d.c.root == o.c.about, d.c.clue_id == o.c.clue_id))
            .join(schema.clue, c.clue_id == o.c.clue_id)
            .where(o.c.due_on < today, visible(actor)).group_by(organ).order_by(number.desc(), organ))
