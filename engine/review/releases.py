"""Large exports, by two people: one asks for certain clues, a head who sees all of them, and is another, consents.

Requests and answers are only appended. What was asked for is fixed when it was asked: consent is for those clues, and
what the asker no longer sees by then stays out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.rights import Actor, demand, visible
from engine.review.workbooks import ALONE

MOST = 2000
"""Clues of one request."""

GOOD_FOR = timedelta(days=7)
"""How long consent may be used."""

CONSENT = {"approve": "同意", "refuse": "不同意"}

_SHOWN = 100


@dataclass(frozen=True)
class Release:
    """A request as its asker and those who may answer it see it; `answer` is '' while nobody has."""

    number: int
    account_id: int
    asker: str
    at: datetime
    asked: str
    words: str
    clue_ids: Sequence[str]
    answer: str
    answerer: str
    answered_at: datetime | None


def ask(review: Review, actor: Actor, clue_ids: Sequence[str], asked: str, words: str) -> int:
    """Keep a request for more clues than one may take out alone and return its number.

    `asked` is the filter in words, `words` what for. Raises EngineError for too few or too many, or without a purpose.
    """
    demand(actor, "judge")
    if not words.strip():
        raise EngineError("申请导出", "没有写用途", "请写明用途", "E-RELEASE-WORDS")
    if not ALONE < len(clue_ids) <= MOST:
        fix = f"{ALONE} 条以内直接下载，每次申请至多 {MOST} 条，请调整筛选"
        raise EngineError("申请导出", f"共 {len(clue_ids)} 条，不用或不能申请", fix, "E-RELEASE-COUNT")
    with review.writing() as connection:
        if _seen(connection, actor, clue_ids) != len(clue_ids):
            raise EngineError("申请导出", "其中有线索已不在您的范围内", "请重新筛选再申请", "E-RELEASE-COUNT")
        return audit.append(review, connection, actor.who, schema.export_request, {
            "account_id": actor.account_id, "at": review.clock(), "asked": asked, "words": words.strip(),
            "clues": json.dumps(list(clue_ids))}, "release:ask")


def answer(review: Review, actor: Actor, number: int, given: str, words: str = "") -> None:
    """Consent to a request, or refuse; nobody answers their own, nor one with clues they do not see."""
    demand(actor, "release")
    if given not in CONSENT:
        raise EngineError("批准导出", "没有选同意或不同意", "请选择后再提交", "E-RELEASE-ANSWER")
    # reason: alone, so that two heads cannot answer at once
    with review.writing(alone=True) as connection:
        release = _one(connection, number)
        if release is not None and release.account_id == actor.account_id:
            raise EngineError("批准导出", "不能批准自己的申请", "请由另一位部门负责人办理", "E-RIGHTS")
        if release is None or _seen(connection, actor, release.clue_ids) != len(release.clue_ids):
            raise _none()
        if release.answer:
            raise EngineError("批准导出", f"{release.answerer}已经答复：{CONSENT[release.answer]}", "请刷新后再看",
                              "E-RELEASE-DONE")
        audit.append(review, connection, actor.who, schema.export_answer, {
            "export_request_id": number, "account_id": actor.account_id, "at": review.clock(), "answer": given,
            "words": words.strip()}, f"release:{given}")


def releases(review: Review, actor: Actor) -> list[Release]:
    """Return one's own requests, and those of others that one may still answer, the newest first."""
    r, a = schema.export_request.c, schema.export_answer.c
    mine = r.account_id == actor.account_id
    if actor.may("release"):
        mine = sa.or_(mine, a.answer.is_(None))
    with review.reading() as connection:
        found = [_release(row) for row in connection.execute(
            _all().where(mine).order_by(r.export_request_id.desc()).limit(_SHOWN)).mappings()]
        return [one for one in found if one.account_id == actor.account_id
                or _seen(connection, actor, one.clue_ids) == len(one.clue_ids)]


def consented(review: Review, actor: Actor, number: int) -> Release:
    """Return a request of one's own that was consented to not long ago; raises EngineError for any other."""
    with review.reading() as connection:
        release = _one(connection, number)
    if release is None or release.account_id != actor.account_id:
        raise _none()
    if release.answer != "approve" or release.answered_at is None:
        raise EngineError("待研判表", "这份申请还没有得到同意", "请等另一位部门负责人批准", "E-RELEASE-OPEN")
    if review.clock() - release.answered_at > GOOD_FOR:
        raise EngineError("待研判表", f"同意已超过{GOOD_FOR.days}日", "请重新申请", "E-RELEASE-OLD")
    return release


def _none() -> EngineError:
    return EngineError("待研判表", "没有这份申请", "请从待研判表的页面进入", "E-RELEASE-NONE")


def _all() -> sa.Select[Any]:
    r, a = schema.export_request.c, schema.export_answer.c
    asker, answerer = schema.account.alias(), schema.account.alias()
    return (
        sa.select(schema.export_request, asker.c.name.label("asker"), a.answer, answerer.c.name.label("answerer"),
                  a.at.label("answered_at"))
        .join(asker, asker.c.account_id == r.account_id)
        .outerjoin(schema.export_answer, a.export_request_id == r.export_request_id)
        .outerjoin(answerer, answerer.c.account_id == a.account_id))


def _one(connection: Connection, number: int) -> Release | None:
    row = connection.execute(
        _all().where(schema.export_request.c.export_request_id == number)).mappings().first()
    return _release(row) if row else None


def _release(row: Any) -> Release:
    return Release(row["export_request_id"], row["account_id"], row["asker"], row["at"], row["asked"], row["words"],
                   json.loads(row["clues"]), row["answer"] or "", row["answerer"] or "", row["answered_at"])


def _seen(connection: Connection, actor: Actor, clue_ids: Sequence[str]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(schema.clue).where(
        schema.clue.c.clue_id.in_(clue_ids), visible(actor))).scalar_one())
