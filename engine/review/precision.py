"""How often people found a rule right: per version of the rule, with its interval, what is open, and why not.

Precision is confirmed and transferred over decided; what needs material or is open is not decided. Of every finding
and version of its rule the last decision counts that was not taken back, also where the evidence has changed since: it
was made on what this version found then. So a change of a rule shows as another row.
"""

import math
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from engine.review import audit, schema
from engine.review.database import Review
from engine.review.judging import REASONS
from engine.review.rights import Actor
from engine.review.statistics import Filter, frame_of, kept

Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""

COUNTS = ("confirm", "transfer", "dismiss", "need_material", "untouched")

MOST_WORDS = 100
"""Reviewers' words shown of one rule."""


@dataclass(frozen=True)
class Precision:
    """`rules`: a row for each version of each rule; `reasons`: rule_id, rule_version, reason (code), n.

    Columns of `rules`: rule_id, rule_version, the counts of findings (COUNTS), valid, decided, known (all of them),
    precision, low, high (NULL where nothing is decided), open_share (need_material and untouched over known),
    first_on, last_on (days of the first and last decision, NULL where none).
    """

    rules: pl.DataFrame
    reasons: pl.DataFrame


def wilson(right: int, of: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share by Wilson's formula (1927); None of nothing.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    >>> wilson(0, 0) is None
    True
    """
    if of <= 0:
        return None
    share, wide = right / of, Z * Z / of
    middle = (share + wide / 2) / (1 + wide)
    half = Z / (1 + wide) * math.sqrt(share * (1 - share) / of + wide / (4 * of))
    # reason: at 0 and at all right the formula is exact, the machine's arithmetic is not
    return (0.0 if right == 0 else middle - half, 1.0 if right == of else middle + half)


def precision(review: Review, actor: Actor, asked: Filter) -> Precision:
    """Return how right each version of each rule was, of the clues the actor may see and asks for."""
    c, f, j = schema.clue.c, schema.finding.c, schema.judgement.c
    rule = [j.rule_id == asked.rule] if asked.rule else []
    with review.reading() as connection:
        where = kept(connection, actor, asked)
        last = _last()
        decided = frame_of(connection, (
            sa.select(j.rule_id, j.rule_version, j.decision, j.reason, sa.func.count(),
                      sa.func.min(_day(j.at)), sa.func.max(_day(j.at)))
            .join(last, last.c.judgement_id == j.judgement_id).join(schema.clue, c.clue_id == j.clue_id)
            .where(where, *rule).group_by(j.rule_id, j.rule_version, j.decision, j.reason)), _DECIDED)
        open_ = frame_of(connection, (
            sa.select(f.rule_id, f.rule_version, sa.func.count())
            .join(schema.clue, c.clue_id == f.clue_id)
            .outerjoin(last, sa.and_(last.c.finding_id == f.finding_id, last.c.rule_version == f.rule_version))
            .where(where, f.presence == "standing", last.c.judgement_id.is_(None),
                   *([f.rule_id == asked.rule] if asked.rule else []))
            .group_by(f.rule_id, f.rule_version)), _KEY | {"untouched": pl.Int64})
    reasons = decided.filter(pl.col("decision") == "dismiss").select(*_KEY, "reason", "n")
    return Precision(_rated(decided, open_), reasons.sort("rule_id", "rule_version", -pl.col("n"), "reason"))


_KEY = {"rule_id": pl.String, "rule_version": pl.Int64}

_DECIDED = _KEY | {"decision": pl.String, "reason": pl.String, "n": pl.Int64, "first_on": pl.String,
                   "last_on": pl.String}


def _day(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.cast(column, sa.String), 1, 10)


def _last() -> sa.Subquery:
    """Of every finding and version of its rule the last decision that was not taken back."""
    j = schema.judgement.c
    undone = sa.select(j.undoes).where(j.undoes.is_not(None))
    return (sa.select(j.finding_id, j.rule_version, sa.func.max(j.judgement_id).label("judgement_id"))
            .where(j.decision != "undo", j.judgement_id.not_in(undone))
            .group_by(j.finding_id, j.rule_version).subquery("last"))


def _rated(decided: pl.DataFrame, open_: pl.DataFrame) -> pl.DataFrame:
    n = pl.col("n")
    counts = decided.group_by(*_KEY).agg(
        *(n.filter(pl.col("decision") == name).sum().alias(name) for name in COUNTS[:-1]),
        pl.col("first_on").min(), pl.col("last_on").max())
    rules = counts.join(open_, on=list(_KEY), how="full", coalesce=True).with_columns(pl.col(COUNTS).fill_null(0))
    valid = pl.col("confirm") + pl.col("transfer")
    rules = rules.with_columns(valid=valid, decided=valid + pl.col("dismiss"), known=pl.sum_horizontal(COUNTS))
    ends = [wilson(*row) or (None, None) for row in rules.select("valid", "decided").iter_rows()]
    shares = pl.DataFrame(ends, schema={"low": pl.Float64, "high": pl.Float64}, orient="row")
    some = pl.when(pl.col("decided") > 0)
    return pl.concat([rules, shares], how="horizontal").with_columns(
        precision=some.then(pl.col("valid") / pl.col("decided")),
        open_share=1 - pl.col("decided") / pl.col("known"),
    ).select(*_KEY, *COUNTS, "valid", "decided", "known", "precision", "low", "high", "open_share", "first_on",
             "last_on").sort("rule_id", "rule_version", descending=[False, True])


def words(review: Review, actor: Actor, rule_id: str) -> list[dict[str, Any]]:
    """Return what reviewers wrote when they dismissed findings of a rule, newest first, as far as the actor may see.

    Each with reason, words, day, version and clue. The words may name persons, so the audit keeps who read them.
    """
    c, j = schema.clue.c, schema.judgement.c
    asked = Filter(rule=rule_id)
    with review.writing() as connection:
        last = _last()
        found = connection.execute(
            sa.select(j.rule_version, j.reason, j.words, j.at, j.clue_id)
            .join(last, last.c.judgement_id == j.judgement_id).join(schema.clue, c.clue_id == j.clue_id)
            .where(kept(connection, actor, asked), j.rule_id == rule_id, j.decision == "dismiss", j.words != "")
            .order_by(j.judgement_id.desc()).limit(MOST_WORDS)).mappings().all()
        if found:
            audit.write(review, connection, actor.who, "read", f"rule:{rule_id}", words=len(found))
    return [dict(row) | {"reason": REASONS.get(row["reason"], row["reason"])} for row in found]
