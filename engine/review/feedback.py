"""What decisions tell the engine: findings to keep away, and pairs that are or are not the same."""

import polars as pl
import sqlalchemy as sa

from engine.review import schema
from engine.review.database import Review
from engine.review.judging import REASONS

DISMISSED = {"finding_id": pl.String, "evidence_hash": pl.String, "why": pl.String}
PAIRS = {"question": pl.String, "one": pl.String, "other": pl.String, "is_same": pl.Boolean,
         "day": pl.Date}


def dismissed(review: Review) -> pl.DataFrame:
    """Return the findings people dismissed: finding_id, the evidence_hash it was decided on, and why in Chinese.

    A finding whose evidence has another hash by now is another matter and comes back.
    """
    f, j = schema.finding.c, schema.judgement.c
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(f.finding_id, f.decided_hash, j.at, j.reason, j.words)
            .join(schema.judgement, j.judgement_id == f.judgement_id)
            .where(f.decision == "dismiss").order_by(f.finding_id)).all()
    told = [(x.finding_id, x.decided_hash, _why(x.at.date().isoformat(), x.reason, x.words)) for x in rows]
    return pl.DataFrame(told, schema=DISMISSED, orient="row")


def _why(day: str, reason: str, words: str) -> str:
    return f"{day}研判：{REASONS.get(reason, reason)}{f'，{words}' if words else ''}"


def pairs(review: Review) -> pl.DataFrame:
    """Return the newest answer on each pair: question (party, link), one and other (table|natural key), is_same, and
    the day it was given.

    Answers taken back are left out; which of a pair is `one` does not matter, the smaller comes first.
    """
    p = schema.pair_answer.c
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(p.question, p.one, p.other, p.answer, p.at).order_by(p.pair_answer_id)).all()
    newest = {(x.question, *sorted((x.one, x.other))): (x.answer, x.at.date()) for x in rows}
    told = [(*pair, answer == "same", day) for pair, (answer, day) in sorted(newest.items()) if answer != "withdrawn"]
    return pl.DataFrame(told, schema=PAIRS, orient="row")
