"""Clues handed over: the ledger's entry and the audit's, written together, with the hash the receiver compares."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.ledger import restate
from engine.review.rights import Actor, actor_of
from engine.review.versions import entry, take

STEP = "handed_over"
"""The ledger's step."""


@dataclass(frozen=True)
class Handed:
    """What was handed over: to whom, the package's manifest hash, whether numbers are written out and why."""

    to: str
    manifest_hash: str
    full: bool = False
    reason: str = ""
    comments: bool = False


def check_handing(handed: Handed) -> None:
    """Raise EngineError where nobody is named to receive, or numbers are asked in full without a reason."""
    if not handed.to.strip():
        raise EngineError("移送", "没有写接收单位", "请写明接收的部门或机关", "E-HANDOVER-TO")
    if handed.full and not handed.reason.strip():
        raise EngineError("移送", "号码写全须写明理由", "请写明为什么接收单位需要完整号码", "E-HANDOVER-REASON")


def hand_over(review: Review, actor: Actor, clues: Mapping[str, int], handed: Handed) -> None:
    """Keep that clues (id and version seen) went out: all of them or none.

    Raises EngineError for a clue that is not there or not the actor's to see, a stale version, or missing words.
    """
    check_handing(handed)
    words = f"移送给{handed.to.strip()}；移送包清单哈希 {handed.manifest_hash}"
    with review.writing() as connection:
        new = {seen: take(review, connection, actor, seen, clues[seen], "follow") for seen in sorted(clues)}
        for clue_id, version in new.items():
            audit.append(review, connection, actor.who, schema.follow_up, {
                **entry(review, actor, clue_id, version), "step": STEP, "happened_on": review.clock().date(),
                "sent_to": handed.to.strip(), "words": words}, STEP)
            restate(connection, clue_id)
            audit.write(review, connection, actor.who, "handover", f"clue:{clue_id}", manifest=handed.manifest_hash,
                        full=handed.full, reason=handed.reason.strip(), comments=handed.comments)


def database_id(review: Review) -> str:
    """Return what tells this database from every other: the beginning of its first audit entry's hash, '' of none."""
    a = schema.audit.c
    with review.reading() as connection:
        first = connection.execute(sa.select(a.hash).order_by(a.audit_id).limit(1)).scalar()
    return str(first or "")[:16]


def actor_named(review: Review, login: str) -> Actor:
    """Return who a login name is. Raises EngineError where there is no such account, or it is locked."""
    a = schema.account.c
    with review.reading() as connection:
        found = connection.execute(sa.select(a.account_id).where(a.login == login.strip().lower())).scalar()
        actor = actor_of(connection, found) if found is not None else None
    if actor is None:
        raise EngineError("登录名", f"没有账号 {login}，或它已锁定", "请用 xiezhi user list 查看", "E-LOGIN-NONE")
    return actor
