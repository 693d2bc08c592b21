"""What a model learns from and what it gives back: decisions with what was known when they were made, and chances."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.review import audit, schema
from engine.review.audit import Who
from engine.review.database import Review
from engine.review.publishing import stage

RIGHT = {"confirm": True, "transfer": True, "dismiss": False}
"""Decisions that say whether a finding was right; the others leave it open."""

EXAMPLE: dict[str, pl.DataType | type[pl.DataType]] = {
    "judgement_id": pl.Int64, "clue_id": pl.String, "rule_id": pl.String, "title": pl.String,
    "at": pl.Datetime("us"), "is_right": pl.Boolean, **dict.fromkeys(schema.MEASURES, pl.Float64),
}


def keep_measures(connection: Connection, finding_id: str, judgement_id: int) -> None:
    """Keep what was known of a finding when it was decided on: later nights change it, or leave the finding out."""
    m = schema.finding_measure.c
    names = ["judgement_id", *schema.MEASURES]
    now = sa.select(sa.literal(judgement_id), *(m[name] for name in schema.MEASURES)).where(m.finding_id == finding_id)
    connection.execute(sa.insert(schema.judgement_measure).from_select(names, now))


def examples(review: Review) -> tuple[pl.DataFrame, int]:
    """Return the decisions to learn from in the order they were made (see EXAMPLE), and how many lack measures.

    Of each finding the decision that counts: none that was taken back or replaced. A decision whose evidence changed
    afterwards still tells of the evidence it was made on.
    """
    f, j, m = schema.finding.c, schema.judgement.c, schema.judgement_measure.c
    told = (sa.select(j.judgement_id, j.clue_id, j.rule_id, f.title, j.at, j.decision, m.judgement_id.label("known"),
                      *(m[name] for name in schema.MEASURES))
            .join(schema.finding, f.judgement_id == j.judgement_id)
            .outerjoin(schema.judgement_measure, m.judgement_id == j.judgement_id)
            .where(j.decision.in_(list(RIGHT))).order_by(j.at, j.judgement_id))
    with review.reading() as connection:
        rows = connection.execute(told).all()
    known = [(x[0], x[1], x[2], x[3], x[4], RIGHT[x[5]], *x[7:]) for x in rows if x.known is not None]
    return pl.DataFrame(known, schema=EXAMPLE, orient="row"), len(rows) - len(known)


def give_chances(
    review: Review, who: Who, model: str, judged: Callable[[pl.DataFrame], pl.DataFrame] | None
) -> int:
    """Give the findings that stand their chances, each clue its greatest, keep the model, and return how many.

    `judged` turns finding_id, rule_id and the measures into finding_id and chance; None takes all chances away.
    """
    with review.writing(alone=True) as connection:
        if judged is None and not _model(connection):
            return 0
        chances = _none() if judged is None else judged(_standing(connection))
        stage(connection, "judged", chances.select("finding_id", "chance"))
        connection.exec_driver_sql("CREATE INDEX judged_by_finding ON judged (finding_id)")
        for statement in _GIVEN:
            connection.exec_driver_sql(statement)
        if model != _model(connection):
            _keep_model(review, connection, who, model)
        return chances.height


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"finding_id": pl.String, "chance": pl.Float64})


def _standing(connection: Connection) -> pl.DataFrame:
    f, m = schema.finding.c, schema.finding_measure.c
    rows = connection.execute(
        sa.select(f.finding_id, f.rule_id, *(m[name] for name in schema.MEASURES))
        .join(schema.finding_measure, m.finding_id == f.finding_id).where(f.presence == "standing")).all()
    kinds = {"finding_id": pl.String, "rule_id": pl.String, **dict.fromkeys(schema.MEASURES, pl.Float64)}
    return pl.DataFrame([tuple(row) for row in rows], schema=kinds, orient="row")


_GIVEN = (
    """UPDATE finding SET chance = (SELECT j.chance FROM judged j WHERE j.finding_id = finding.finding_id)
        WHERE chance IS DISTINCT FROM (SELECT j.chance FROM judged j WHERE j.finding_id = finding.finding_id)""",
    """UPDATE clue SET chance = (SELECT max(f.chance) FROM finding f WHERE f.clue_id = clue.clue_id)
        WHERE chance IS DISTINCT FROM (SELECT max(f.chance) FROM finding f WHERE f.clue_id = clue.clue_id)""",
)
"""What was given before and is not now is taken away."""


def _keep_model(review: Review, connection: Connection, who: Who, model: str) -> None:
    t = schema.chance_model
    number = int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(t.c.number), 0))).scalar_one()) + 1
    connection.execute(sa.insert(t).values(number=number, at=review.clock(), model=model))
    audit.write(review, connection, who, "model", f"model:{number}", in_use=bool(model))


def _model(connection: Connection) -> str:
    t = schema.chance_model.c
    return str(connection.execute(sa.select(t.model).order_by(t.number.desc()).limit(1)).scalar() or "")


def model_in_use(review: Review) -> str:
    """Return the model the chances were given by, as JSON; '' where there is none."""
    with review.reading() as connection:
        return _model(connection)


def measures_of(review: Review, clue_id: str) -> Mapping[str, Mapping[str, Any]]:
    """Return rule, chance and measures of a clue's findings by finding id; the caller has seen to rights."""
    f, m = schema.finding.c, schema.finding_measure.c
    with review.reading() as connection:
        rows = connection.execute(
            sa.select(f.finding_id, f.rule_id, f.chance, *(m[name] for name in schema.MEASURES))
            .join(schema.finding_measure, m.finding_id == f.finding_id)
            .where(f.clue_id == clue_id, f.chance.is_not(None))).mappings().all()
    return {row["finding_id"]: dict(row) for row in rows}
