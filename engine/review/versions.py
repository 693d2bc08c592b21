"""The first and the last thing every entry about a clue shares: the clue's version moves on, and who wrote it when."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import schema
from engine.review.database import Review
from engine.review.rights import Actor, demand, visible


def take(review: Review, connection: Connection, actor: Actor, clue_id: str, version: int, action: str) -> int:
    """Move the clue from the version seen to the next one and return it.

    Raises EngineError where the actor may not do this, the clue is not theirs to see, or somebody was faster.
    """
    demand(actor, action)
    c = schema.clue.c
    moved = connection.execute(
        sa.update(schema.clue).where(c.clue_id == clue_id, c.version == version, visible(actor))
        .values(version=c.version + 1))
    if moved.rowcount == 1:
        return version + 1
    seen = connection.execute(sa.select(c.version).where(c.clue_id == clue_id, visible(actor))).scalar()
    if seen is None:
        raise EngineError("线索", "没有这条线索", "请核对线索编号", "E-REVIEW-CLUE")
    fix = "您的操作没有保存。请看过最新内容再决定"
    raise EngineError("线索", "您打开之后，它已被别人处理或已随新一次运行更新", fix, "E-REVIEW-STALE")


def entry(review: Review, actor: Actor, clue_id: str, version: int) -> dict[str, Any]:
    """Return the columns every appended table has."""
    return {"clue_id": clue_id, "account_id": actor.account_id, "at": review.clock(), "version": version}
