"""What people do with a clue: decide, undo, assign, comment, answer whether two are the same.

Every action names the version of the clue its author saw. Where somebody else, or a night, was faster, nothing is
written and the author is told to look again. The lease (「某某正在审查」) only tells others; it refuses nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema, terms
from engine.review.chances import keep_measures
from engine.review.database import Review
from engine.review.publishing import settle
from engine.review.rights import Actor, actor_of, visible
from engine.review.versions import entry, take

STATES = {"open": "待研判", "need_material": "待补材料", "confirmed": "已确认", "transferred": "已移送",
          "dismissed": "已排除"}
"""States of a clue, as they follow from the decisions on its findings."""

DECISIONS = {"confirm": "确认", "dismiss": "排除", "need_material": "需补材料", "transfer": "移送"}

REASONS = {
    "wrong_party": "主体不同（同名、冒用、关联有误）", "wrong_data": "数据有误或录入迟延",
    "justified": "有正当理由", "lawful": "依法不构成违法", "handled": "已另案处理或已纠正",
    "time_barred": "已过时效或期限", "minor": "情节轻微，无监督必要", "rule_fault": "规则有误",
    "other": "其他（须写明）",
}
"""Why a finding is dismissed."""

ANSWERS = {"same": "是", "different": "不是", "withdrawn": "撤回"}

LEASE = timedelta(minutes=10)

WORKDAYS = {"high": 10, "medium": 20, "low": 30}
"""Level of a finding → working days to judge it where a head names no day: a rule of this house, not of law."""


@dataclass(frozen=True)
class Decision:
    """What somebody decided on one finding; `words` are theirs, `transfer_to` a department or organ.

    `origin` is the SHA-256 of the workbook it was read from, '' where it was decided here.
    """

    finding_id: str
    decision: str
    reason: str = ""
    words: str = ""
    transfer_to: str = ""
    origin: str = ""


def judge(review: Review, actor: Actor, clue_id: str, version: int, decisions: Sequence[Decision]) -> int:
    """Decide on findings of one clue together and return its new version.

    Raises EngineError for a clue that is not there (or not the actor's to see), a stale version, or a decision that
    lacks its reason.
    """
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "judge")
        for decision in decisions:
            _judge(review, connection, actor, clue_id, new, decision)
        for origin in sorted({decision.origin for decision in decisions} - {""}):
            audit.write(review, connection, actor.who, "import", f"clue:{clue_id}", sha256=origin)
        settle(connection, clue_id)
        _pass_on(review, connection, actor, clue_id, new)
        return new


def _judge(
    review: Review, connection: Connection, actor: Actor, clue_id: str, version: int, decision: Decision
) -> None:
    check(decision)
    f = schema.finding.c
    found = connection.execute(
        sa.select(f.rule_id, f.rule_version, f.evidence_hash)
        .where(f.finding_id == decision.finding_id, f.clue_id == clue_id, f.presence != "gone")).mappings().first()
    if found is None:
        raise EngineError("研判", "这条线索没有这项命中，或它已不再列入", "请重新打开线索再试", "E-REVIEW-FINDING")
    number = audit.append(review, connection, actor.who, schema.judgement, {
        **entry(review, actor, clue_id, version), **found, "finding_id": decision.finding_id,
        "decision": decision.decision, "reason": decision.reason, "words": decision.words.strip(),
        "transfer_to": decision.transfer_to.strip()}, decision.decision)
    keep_measures(connection, decision.finding_id, number)
    _point(connection, decision.finding_id, (decision.decision, found["evidence_hash"], number))


def _pass_on(review: Review, connection: Connection, actor: Actor, clue_id: str, version: int) -> None:
    """Give a clue whose findings all go to one department of this procuratorate to that department.

    A department is one that some account's scope names; an organ outside gets the paper, not the clue. Row rights
    follow: who gave it away sees it no more, unless their scope holds the other department too.
    """
    c, f, j, s = schema.clue.c, schema.finding.c, schema.judgement.c, schema.account_scope.c
    clue = connection.execute(sa.select(c.state, c.department, c.assignee_id).where(c.clue_id == clue_id)).one()
    given = connection.execute(
        sa.select(f.decision, j.transfer_to).distinct().outerjoin(schema.judgement, j.judgement_id == f.judgement_id)
        .where(f.clue_id == clue_id, f.presence != "gone", f.decision.is_distinct_from("dismiss"))).all()
    if clue.state != "transferred" or len(given) != 1 or given[0].transfer_to in (None, clue.department):
        return
    to = given[0].transfer_to
    if connection.execute(sa.select(s.department).where(s.department == to).limit(1)).first() is None:
        return
    connection.execute(sa.update(schema.clue).where(c.clue_id == clue_id).values(department=to))
    audit.write(review, connection, actor.who, "pass_on", f"clue:{clue_id}", old=clue.department, new=to)
    if clue.assignee_id is not None:
        connection.execute(sa.update(schema.clue).where(c.clue_id == clue_id).values(assignee_id=None, due_on=None))
        audit.append(review, connection, actor.who, schema.assignment, {
            **entry(review, actor, clue_id, version), "assignee_id": None, "words": f"移送给{to}"}, "assign")


def check(decision: Decision) -> None:
    """Raise EngineError for a decision that lacks its reason, its words or its addressee."""
    if decision.decision not in DECISIONS:
        raise EngineError("研判", "没有选结论", f"请选择：{'、'.join(DECISIONS.values())}", "E-REVIEW-DECISION")
    if decision.decision == "dismiss" and decision.reason not in REASONS:
        raise EngineError("研判", "排除没有选理由", "请选择排除理由", "E-REVIEW-REASON")
    if decision.reason == "other" and not decision.words.strip():
        raise EngineError("研判", "理由选了“其他”而没有写说明", "请写明理由", "E-REVIEW-WORDS")
    if decision.decision == "need_material" and not decision.words.strip():
        raise EngineError("研判", "没有写需要什么材料", "请写明向谁调取什么", "E-REVIEW-WORDS")
    if decision.decision == "transfer" and not decision.transfer_to.strip():
        raise EngineError("研判", "没有写移送给谁", "请写明接收的部门或机关", "E-REVIEW-WORDS")


def undo(review: Review, actor: Actor, clue_id: str, version: int, judgement_id: int) -> int:
    """Take back a decision (one's own; a head anybody's) and return the clue's new version.

    The decision before it counts again.
    """
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "judge")
        j = schema.judgement.c
        old = connection.execute(sa.select(schema.judgement).where(
            j.judgement_id == judgement_id, j.clue_id == clue_id, j.decision != "undo")).mappings().first()
        if old is None or _effective(connection, old["finding_id"]) != judgement_id:
            raise EngineError("撤销", "这项结论不存在，或已被撤销、取代", "请重新打开线索再试", "E-REVIEW-UNDO")
        if old["account_id"] != actor.account_id and not actor.may("assign"):
            raise EngineError("撤销", "这项结论是别人作出的", "请由本人或部门负责人撤销", "E-RIGHTS")
        keep = ("finding_id", "rule_id", "rule_version", "evidence_hash")
        audit.append(review, connection, actor.who, schema.judgement, {
            **entry(review, actor, clue_id, new), **{name: old[name] for name in keep}, "decision": "undo",
            "reason": "", "words": "", "transfer_to": "", "undoes": judgement_id}, "undo")
        _restore(connection, old["finding_id"])
        settle(connection, clue_id)
        return new


def _effective(connection: Connection, finding_id: str) -> int | None:
    j = schema.judgement.c
    undone = sa.select(j.undoes).where(j.undoes.is_not(None), j.finding_id == finding_id)
    return connection.execute(sa.select(sa.func.max(j.judgement_id)).where(
        j.finding_id == finding_id, j.decision != "undo", j.judgement_id.not_in(undone))).scalar()


def _restore(connection: Connection, finding_id: str) -> None:
    """Have the finding repeat the decision that counts now, if any."""
    number, j = _effective(connection, finding_id), schema.judgement.c
    row = connection.execute(sa.select(j.decision, j.evidence_hash).where(j.judgement_id == number)).first()
    _point(connection, finding_id, (row.decision, row.evidence_hash, number) if row else (None, None, None))


def _point(connection: Connection, finding_id: str, to: tuple[str | None, str | None, int | None]) -> None:
    connection.execute(sa.update(schema.finding).where(schema.finding.c.finding_id == finding_id).values(
        decision=to[0], decided_hash=to[1], judgement_id=to[2]))


def assign(
    review: Review, actor: Actor, clues: Mapping[str, int], assignee_id: int | None, due_on: date | None = None,
    words: str = "",
) -> None:
    """Give clues (id and version seen) to somebody who may handle them, or to nobody; all of them or none.

    Without a day each clue gets that of `_first_due`.
    """
    with review.writing() as connection:
        # reason: first every clue, in one order, then the audit: whoever holds its lock must wait for nothing more
        new = {seen: take(review, connection, actor, seen, clues[seen], "assign") for seen in sorted(clues)}
        if assignee_id is not None:
            _check_assignee(connection, assignee_id, list(new))
        days = _first_due(review, connection, list(new)) if assignee_id is not None and due_on is None else {}
        for clue_id, made in new.items():
            values = {"assignee_id": assignee_id, "due_on": days.get(clue_id, due_on)}
            connection.execute(sa.update(schema.clue).where(schema.clue.c.clue_id == clue_id).values(**values))
            audit.append(review, connection, actor.who, schema.assignment,
                         {**entry(review, actor, clue_id, made), **values, "words": words.strip()}, "assign")


def _first_due(review: Review, connection: Connection, clue_ids: Sequence[str]) -> dict[str, date]:
    """Return by when each clue should be judged: the law's term for a referral, else by its gravest finding."""
    c, f, today = schema.clue.c, schema.finding.c, review.clock().date()
    rows = connection.execute(sa.select(c.clue_id, c.field, f.level).join(schema.finding, f.clue_id == c.clue_id)
                              .where(c.clue_id.in_(clue_ids), f.presence != "gone")).all()
    referral = terms.due(connection, "review", today)
    longest = max(WORKDAYS.values())
    known = {number: terms.workdays_after(connection, today, number) for number in set(WORKDAYS.values())}
    found: dict[str, date] = {}
    for clue_id, field, level in rows:
        by_law = referral.on if referral and field.startswith(terms.REFERRAL) else None
        day = by_law or known[WORKDAYS.get(level, longest)]
        if day is not None:
            found[clue_id] = min(day, found.get(clue_id, day))
    return found


def _check_assignee(connection: Connection, account_id: int, clue_ids: Sequence[str]) -> None:
    assignee = actor_of(connection, account_id)
    if assignee is None or not assignee.may("judge"):
        raise EngineError("分派", "没有这位承办人，或账号已锁定", "请另选承办人", "E-REVIEW-ASSIGNEE")
    sees = connection.execute(sa.select(sa.func.count()).where(schema.clue.c.clue_id.in_(clue_ids), visible(assignee)))
    if sees.scalar_one() != len(clue_ids):
        fix = "请另选承办人，或由安全管理员扩大其地区、部门范围"
        raise EngineError("分派", "其中有线索不在这位承办人的地区、部门范围内", fix, "E-REVIEW-ASSIGNEE")


def remark(review: Review, actor: Actor, clue_id: str, version: int, words: str) -> int:
    """Add a comment and return the clue's new version."""
    if not words.strip():
        raise EngineError("备注", "没有写内容", "请写明后再提交", "E-REVIEW-WORDS")
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "comment")
        audit.append(review, connection, actor.who, schema.comment,
                     {**entry(review, actor, clue_id, new), "words": words.strip()}, "comment")
        return new


def answer_pair(review: Review, actor: Actor, clue_id: str, version: int, answer: Mapping[str, str]) -> int:
    """Keep an answer whether two are the same (finding_id, question, one, other, answer); return the new version.

    `one` and `other` are table|natural key; `question` is party or link. The newest answer on a pair counts.
    """
    if answer.get("question") not in ("party", "link") or answer.get("answer") not in ANSWERS:
        raise EngineError("是否同一", "没有这种回答", f"可答：{'、'.join(ANSWERS.values())}", "E-REVIEW-PAIR")
    with review.writing() as connection:
        new = take(review, connection, actor, clue_id, version, "judge")
        audit.append(review, connection, actor.who, schema.pair_answer,
                     {**entry(review, actor, clue_id, new), **answer}, f"pair:{answer['answer']}")
        return new


def lease(review: Review, actor: Actor, clue_id: str) -> str:
    """Note that the actor looks at the clue and return the name of somebody else who does, '' where nobody.

    A lease ends by itself after ten minutes; somebody else's is left to them.
    """
    with review.writing() as connection:
        c, a, at = schema.clue.c, schema.account.c, review.clock()
        held = connection.execute(
            sa.select(a.account_id, a.name).join(schema.clue, c.lease_id == a.account_id)
            .where(c.clue_id == clue_id, c.lease_until > at)).first()
        if held is not None and held.account_id != actor.account_id:
            return str(held.name)
        connection.execute(sa.update(schema.clue).where(c.clue_id == clue_id, visible(actor)).values(
            lease_id=actor.account_id, lease_until=at + LEASE))
        return ""
