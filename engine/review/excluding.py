"""The checklist of possible exclusions: what the reviewer found of each, beside the machine's answer.

Nothing is overwritten: the newest entry on an item counts, the earlier ones stay in the history.
"""

import json
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import audit, schema
from engine.review.database import Review
from engine.review.rights import Actor
from engine.review.versions import entry, take

FOUND = {"absent": "核实无此情形", "present": "有此情形", "unchecked": "未核实"}
"""What a reviewer may find of an exclusion."""


def check_exclusions(
    review: Review, actor: Actor, clue_id: str, version: int, finding_id: str, answers: Mapping[str, str]
) -> int:
    """Keep what was found of the items of a finding (item → code of FOUND) and return the clue's version.

    What is as it was before is not written again; where nothing is new, the version stays.
    """
    if any(answer not in FOUND for answer in answers.values()):
        raise EngineError("排除事由", "没有这种回答", f"可答：{'、'.join(FOUND.values())}", "E-REVIEW-CHECK")
    with review.writing() as connection:
        before = found_of(connection, clue_id)
        changed = {item: answer for item, answer in answers.items()
                   if answer != before.get((finding_id, item), "unchecked")}
        new = take(review, connection, actor, clue_id, version, "judge")
        if not set(answers) <= items_of(connection, clue_id, finding_id):
            raise EngineError("排除事由", "这项命中没有这个排除事由", "请重新打开线索再试", "E-REVIEW-CHECK")
        for item, answer in changed.items():
            audit.append(review, connection, actor.who, schema.exclusion_check, {
                **entry(review, actor, clue_id, new), "finding_id": finding_id, "item": item, "answer": answer,
                "words": ""}, f"check:{answer}")
        return new


def items_of(connection: Connection, clue_id: str, finding_id: str) -> set[str]:
    """Return the exclusions of a finding as they are shown: the machine's, and those only people can check."""
    t, f = schema.finding_text.c, schema.finding.c
    texts = connection.execute(
        sa.select(t.texts).join(schema.finding, f.finding_id == t.finding_id)
        .where(f.finding_id == finding_id, f.clue_id == clue_id)).scalar()
    known = json.loads(texts or "{}")
    return {e["reason"] for e in known.get("exclusions") or []} | set(known.get("innocent") or [])


def found_of(connection: Connection, clue_id: str) -> dict[tuple[str, str], str]:
    """Return the newest answer by finding and item."""
    x = schema.exclusion_check.c
    rows = connection.execute(
        sa.select(x.finding_id, x.item, x.answer).where(x.clue_id == clue_id).order_by(x.exclusion_check_id))
    return {(finding_id, item): answer for finding_id, item, answer in rows}
