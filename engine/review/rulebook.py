"""The rules the last run used, in words, with how many of their clues stand; and the boards of what the run lacked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.errors import EngineError
from engine.review import schema
from engine.review.database import Review
from engine.review.rights import Actor, visible


def listed(review: Review, actor: Actor) -> list[dict[str, Any]]:
    """Return every rule of the last run: rule_id, version, its texts, and `standing`: clues of it the actor may see."""
    t = schema.rule_text.c
    with review.reading() as connection:
        standing: dict[str, int] = dict(tuple(row) for row in connection.execute(_standing(actor)).all())
        rules = connection.execute(sa.select(t.rule_id, t.version, t.texts).order_by(t.rule_id)).all()
    return [json.loads(texts) | {"rule_id": rule_id, "version": version, "standing": standing.get(rule_id, 0)}
            for rule_id, version, texts in rules]


def rule(review: Review, actor: Actor, rule_id: str) -> dict[str, Any]:
    """Return one rule as `listed` does; of a rule the last run did not use only title, rule_id and standing.

    Raises EngineError for a rule neither the last run nor any finding knows.
    """
    t, f = schema.rule_text.c, schema.finding.c
    with review.reading() as connection:
        found = connection.execute(sa.select(t.version, t.texts).where(t.rule_id == rule_id)).first()
        title = connection.execute(sa.select(f.title).where(f.rule_id == rule_id).limit(1)).scalar()
        standing = connection.execute(_standing(actor).where(f.rule_id == rule_id)).first()
    if found is None and title is None:
        raise EngineError("规则", "没有这条规则", "请从规则目录进入", "E-REVIEW-RULE")
    own = {"rule_id": rule_id, "standing": standing[1] if standing else 0}
    return own | ({"title": title} if found is None else json.loads(found.texts) | {"version": found.version})


def _standing(actor: Actor) -> sa.Select[Any]:
    c, f = schema.clue.c, schema.finding.c
    return (sa.select(f.rule_id, sa.func.count(f.clue_id.distinct())).join(schema.clue, c.clue_id == f.clue_id)
            .where(visible(actor), f.presence == "standing").group_by(f.rule_id))


Rows = Sequence[Mapping[Any, Any]]


def boards(review: Review, actor: Actor) -> tuple[Rows, Rows] | None:
    """Return what must be fetched and what was wrong with the data of the last run; None where not theirs to see.

    Neither is counted by place, so they are for those whose scope is every place.
    """
    if not actor.may("read") or all(division for division, _ in actor.scopes):
        return None
    with review.reading() as connection:
        gaps, defects = (connection.execute(sa.select(table).order_by(table.c.turn)).mappings().all()
                         for table in (schema.gap_board, schema.defect_board))
    return gaps, defects
