"""Reading what the review database does not hold: records by number, and numbers in full. Both leave an audit entry."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.rights import Actor, demand, visible

FULL_NUMBERS = 30
"""Numbers an account may have shown in full within an hour."""


def may_read_record(review: Review, actor: Actor, key: str, division: str, department: str) -> bool:
    """Return whether a record (table|natural key) is the actor's to see.

    One that clues are about goes with them: the actor sees one of these. Any other goes by its place, and by the
    department that would get its clue.
    """
    if not actor.may("read"):
        return False
    f, c = schema.finding.c, schema.clue.c
    with review.reading() as connection:
        about = sa.select(c.clue_id).join(schema.finding, f.clue_id == c.clue_id).where(f.record == key)
        if connection.execute(about.limit(1)).first() is not None:
            return connection.execute(about.where(visible(actor)).limit(1)).first() is not None
    return any(division.startswith(place) and whose in ("", department) for place, whose in actor.scopes)


def asked_why(review: Review, actor: Actor, found: int, records: str, rule: str) -> None:
    """Keep in the audit that somebody asked why; `records` names the records by number, nobody's name or document."""
    with review.writing() as connection:
        audit.write(review, connection, actor.who, "why", records, rule=rule, found=found)


def unmask(review: Review, actor: Actor, clue_id: str, finding_id: str, reason: str) -> str:
    """Allow that the party's number of a finding is shown in full, keep why, and return the record (table|key).

    Raises EngineError without a reason, for a clue that is not the actor's to see, or beyond FULL_NUMBERS an hour.
    """
    demand(actor, "unmask")
    if len(reason.strip()) < 2:
        raise EngineError("查看全号", "没有写理由", "请写明为什么要看全号", "E-REVIEW-WORDS")
    f, c = schema.finding.c, schema.clue.c
    with review.writing() as connection:
        record = connection.execute(
            sa.select(f.record).join(schema.clue, c.clue_id == f.clue_id)
            .where(f.clue_id == clue_id, f.finding_id == finding_id, visible(actor))).scalar()
        if record is None:
            raise EngineError("线索", "没有这条线索", "请核对线索编号", "E-REVIEW-CLUE")
        if _shown(review, connection, actor) >= FULL_NUMBERS:
            what = f"一小时内已查看 {FULL_NUMBERS} 次，达到上限"
            raise EngineError("查看全号", what, "请稍后再看；确需更多的，请与系统管理员联系", "E-REVIEW-LIMIT")
        audit.write(review, connection, actor.who, "unmask", f"clue:{clue_id}", finding=finding_id, field="证件号",
                    reason=reason.strip()[:500])
        return str(record)


def _shown(review: Review, connection: Connection, actor: Actor) -> int:
    a = schema.audit.c
    return int(connection.execute(sa.select(sa.func.count()).where(
        a.account_id == actor.account_id, a.action == "unmask", a.at > review.clock() - timedelta(hours=1)))
        .scalar_one())
