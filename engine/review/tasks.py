"""Work that waits for somebody, by urgency, with the next step; nothing is stored for it, it is read from the ledger.

The term of an assignment is for the judgement: it is met once the clue is confirmed, transferred or dismissed. From
there on the terms of the ledger count. A clue stands in the most urgent group that fits it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.review import schema
from engine.review.database import Review
from engine.review.ledger import DOCUMENTS
from engine.review.rights import Actor, actor_of, visible

GROUPS = {
    "overdue": "已逾期", "urged": "被督办", "soon": "七日内到期", "stale": "证据已变，须重新研判",
    "new": "新分派", "material": "等待材料", "reply": "等待回复", "other": "其他在办",
}
"""Groups of tasks, the most urgent first."""

PRESSING = ("overdue", "urged", "soon")
"""Groups the navigation counts."""

SOON = timedelta(days=7)
MOST = 300
"""Tasks shown on one page."""

_JUDGED = ("confirmed", "transferred", "dismissed")

_NEXT = {
    "": "立案或不立案", "handed_over": "办结", "case_opened": "调查核实、制发文书",
    "investigated": "制发文书或终结审查", **dict.fromkeys(DOCUMENTS, "记送达"), "served": "记回复",
    "supervise": "记回复", "reply": "跟进监督、整改或办结", "rectified": "办结", "terminated": "办结",
    "not_opened": "办结",
}


@dataclass(frozen=True)
class Tasks:
    """Somebody's tasks: counts by group, and the rows of each group that are shown."""

    counts: Mapping[str, int]
    groups: Mapping[str, Sequence[Mapping[Any, Any]]]


def running() -> ColumnElement[bool]:
    """Return the condition on `clue` that there is still something to do."""
    c = schema.clue.c
    return ~sa.or_(c.step.in_(["closed", "archived"]), sa.and_(c.state == "dismissed", c.step == ""),
                   sa.and_(c.presence == "gone", c.state == "open", c.step == ""))


def due_on() -> ColumnElement[date]:
    """Return the day a clue is next due: for its judgement, or in its ledger; NULL where none is."""
    c = schema.clue.c
    own = sa.case((c.state.in_(_JUDGED), None), else_=c.due_on)
    return sa.case((sa.and_(own.is_not(None), sa.or_(c.follow_due_on.is_(None), own <= c.follow_due_on)), own),
                   else_=c.follow_due_on)


def urged() -> ColumnElement[bool]:
    """Return the condition on `clue` that a head presses for it and nobody answered."""
    return sa.exists().where(schema.urging.c.clue_id == schema.clue.c.clue_id, unanswered())


def unanswered() -> ColumnElement[bool]:
    """Return the condition on `urging` that an entry is a mark nobody answered yet."""
    u, answer = schema.urging.c, schema.urging.alias()
    return sa.and_(u.answers.is_(None), ~sa.exists().where(answer.c.answers == u.urging_id))


def group(today: date) -> ColumnElement[str]:
    """Return the group a clue stands in."""
    c, f, due = schema.clue.c, schema.finding.c, due_on()
    stale = sa.exists().where(f.clue_id == c.clue_id, f.presence != "gone", f.decided_hash != f.evidence_hash)
    return sa.case(
        (due < today, "overdue"), (urged(), "urged"), (due <= today + SOON, "soon"), (stale, "stale"),
        (sa.and_(c.state == "open", c.step == "", ~_worked()), "new"), (c.state == "need_material", "material"),
        (c.step.in_(["served", "supervise"]), "reply"), else_="other")


def _worked() -> ColumnElement[bool]:
    """Whether anybody did something with a clue after it was given to whom it is."""
    c, a = schema.clue.c, schema.assignment.c
    given = sa.select(sa.func.max(a.version)).where(a.clue_id == c.clue_id).correlate(schema.clue).scalar_subquery()
    return sa.or_(*(sa.exists().where(table.c.clue_id == c.clue_id, table.c.version > given)
                    for table in (schema.judgement, schema.comment, schema.follow_up)))


def mine(review: Review, actor: Actor) -> Tasks:
    """Return the tasks of somebody: clues assigned to them that they may see and that are not finished."""
    c, today = schema.clue.c, review.clock().date()
    which, due = group(today).label("which"), due_on().label("next_due")
    found = sa.select(schema.clue, which, due).where(*_his(actor)).subquery()
    order = sa.case({code: place for place, code in enumerate(GROUPS)}, value=found.c.which)
    with review.reading() as connection:
        rows = connection.execute(sa.select(found).order_by(
            order, found.c.next_due.asc().nulls_last(), found.c.place.asc().nulls_last(), found.c[c.clue_id.name])
            .limit(MOST)).mappings().all()
    shown = [{**row, "next": next_step(row), "days": (row["next_due"] - today).days if row["next_due"] else None}
             for row in rows]
    groups = {code: [row for row in shown if row["which"] == code] for code in GROUPS}
    return Tasks(counts(review, actor), {code: rows for code, rows in groups.items() if rows})


def counts(review: Review, actor: Actor) -> dict[str, int]:
    """Return how many tasks of somebody stand in each group; a group without any is left out."""
    which = group(review.clock().date()).label("which")
    each = sa.select(which).where(*_his(actor)).subquery()
    with review.reading() as connection:
        found = connection.execute(sa.select(each.c.which, sa.func.count()).group_by(each.c.which)).all()
    return dict(tuple(row) for row in found)


def pressing(review: Review, actor: Actor) -> int:
    """Return how many tasks of somebody are overdue, pressed for or due within a week."""
    due = due_on() <= review.clock().date() + SOON
    with review.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(schema.clue).where(
            *_his(actor), sa.or_(due, urged()))).scalar_one())


def _his(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return schema.clue.c.assignee_id == actor.account_id, visible(actor), running()


def next_step(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Return what to do next with a clue, and the part of its page where."""
    if row["which"] == "stale":
        return "重新研判", ""
    if row["which"] == "urged":
        return "答复督办", "#urging"
    if row["state"] in ("open", "need_material") and not row["step"]:
        return ("研判" if row["state"] == "open" else "取得材料后研判"), ""
    if row["state"] == "transferred" and not row["step"]:
        return "记移送", "#ledger"
    return _NEXT.get(row["step"], "看台账"), "#ledger"


def reminders(review: Review) -> list[tuple[Actor, dict[str, int]]]:
    """Return everybody who handles clues and has tasks, with the counts by group; for a nightly reminder."""
    a, r = schema.account.c, schema.account_role.c
    with review.reading() as connection:
        ids = connection.execute(
            sa.select(a.account_id).distinct().join(schema.account_role, r.account_id == a.account_id)
            .where(r.role.in_(["handler", "head"]), a.locked_at.is_(None)).order_by(a.account_id)).scalars().all()
        people = [actor for actor in (actor_of(connection, number) for number in ids) if actor is not None]
    told = [(actor, counts(review, actor)) for actor in people]
    return [(actor, found) for actor, found in told if found]
