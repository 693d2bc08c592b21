"""Everything people did, held against the audit that tells of it."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import audit, ledger, schema
from engine.review.database import Review
from engine.review.publishing import WRONG_STATE


def verify(review: Review, anchors: Mapping[int, str] | None = None) -> list[str]:
    """Return what is wrong, in Chinese sentences; nothing wrong is an empty list.

    `anchors` are numbers and hashes written down earlier, elsewhere.
    """
    with review.reading() as connection:
        found = list(_chain(connection, anchors or {}))
        for table in (*schema.APPENDED, *schema.RELEASES):
            found += _rows(connection, table)
        found += _accounts(connection)
        found += _work(connection)
    return found


def _chain(connection: Connection, anchors: Mapping[int, str]) -> Iterator[str]:
    previous, number = audit.START, 0
    hashes = {}
    rows = connection.execution_options(yield_per=5000).execute(
        sa.select(schema.audit).order_by(schema.audit.c.audit_id)).mappings()
    for row in rows:
        number += 1
        if row["audit_id"] != number:
            yield f"审计第{number}条起缺{row['audit_id'] - number}条"
            number = row["audit_id"]
        if row["previous"] != previous:
            yield f"审计第{number}条与上一条不相接"
        if row["hash"] != audit.row_hash(row):
            yield f"审计第{number}条的内容被改过"
        previous = row["hash"]
        if number in anchors:
            hashes[number] = row["hash"]
    for at, held in sorted(anchors.items()):
        if at and at not in hashes:
            yield f"审计只到第{number}条，锚点记到第{at}条：末尾被截去"
        elif at and hashes[at] != held:
            yield f"审计第{at}条与锚点不符：整条链被重写过"


def _rows(connection: Connection, table: sa.Table) -> Iterator[str]:
    """Every decided row has exactly one entry with its hash, and every such entry its row."""
    told = connection.execute(sa.select(schema.audit.c.object, schema.audit.c.row_hash).where(
        schema.audit.c.object.like(f"{table.name}:%"))).all()
    held = {name: hashed for name, hashed in told if hashed}
    key = table.primary_key.columns[0].name
    for row in connection.execution_options(yield_per=5000).execute(sa.select(table)).mappings():
        name = f"{table.name}:{row[key]}"
        hashed = held.pop(name, None)
        if hashed is None:
            yield f"{name} 没有审计记录"
        elif hashed != audit.row_hash(row):
            yield f"{name} 的内容被改过"
    for name in sorted(held):
        yield f"{name} 被删除"


def _accounts(connection: Connection) -> Iterator[str]:
    """Every account is as its last entry says."""
    told = connection.execute(
        sa.select(schema.audit.c.object, schema.audit.c.row_hash).where(schema.audit.c.object.like("account:%"))
        .where(schema.audit.c.row_hash != "").order_by(schema.audit.c.audit_id)).all()
    held: dict[str, str] = dict(tuple(entry) for entry in told)
    for account_id in connection.execute(sa.select(schema.account.c.account_id)).scalars().all():
        name = f"account:{account_id}"
        if held.pop(name, None) != audit.account_hash(connection, account_id):
            yield f"{name} 的权限、口令或锁定状态与审计不符"
    for name in sorted(held):
        yield f"{name} 被删除"


def _work(connection: Connection) -> Iterator[str]:
    """The columns that repeat the decided rows for filters agree with them."""
    c, f, j, a = schema.clue.c, schema.finding.c, schema.judgement.c, schema.assignment.c
    undone = sa.select(j.undoes).where(j.undoes.is_not(None))
    last = (sa.select(j.finding_id, sa.func.max(j.judgement_id).label("judgement_id"))
            .where(j.decision != "undo", j.judgement_id.not_in(undone)).group_by(j.finding_id).subquery())
    wrong = sa.select(f.finding_id).outerjoin(last, last.c.finding_id == f.finding_id).where(
        f.judgement_id.is_distinct_from(last.c.judgement_id))
    for finding_id in connection.execute(wrong).scalars():
        yield f"命中 {finding_id} 的研判结论与研判记录不符"
    held = sa.select(f.finding_id).join(schema.judgement, j.judgement_id == f.judgement_id).where(sa.or_(
        f.decision.is_distinct_from(j.decision), f.decided_hash.is_distinct_from(j.evidence_hash)))
    for finding_id in connection.execute(held).scalars():
        yield f"命中 {finding_id} 的研判结论与研判记录不符"
    newest = (sa.select(a.clue_id, sa.func.max(a.assignment_id).label("assignment_id")).group_by(a.clue_id).subquery())
    assigned = (sa.select(c.clue_id).outerjoin(newest, newest.c.clue_id == c.clue_id)
                .outerjoin(schema.assignment, a.assignment_id == newest.c.assignment_id)
                .where(c.assignee_id.is_distinct_from(a.assignee_id)))
    for clue_id in connection.execute(assigned).scalars():
        yield f"线索 {clue_id} 的承办人与分派记录不符"
    for clue_id in connection.execute(sa.text(WRONG_STATE)).scalars():
        yield f"线索 {clue_id} 的状态与研判结论不符"
    for clue_id in connection.execute(ledger.misstated()).scalars():
        yield f"线索 {clue_id} 的跟进步骤、期限与台账不符"
