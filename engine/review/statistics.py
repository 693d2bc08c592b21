"""How far clues got: from listed to money recovered, by rule version, organ, division and month. Counts of clues.

A clue counts once in every column it reached, whichever order things happened in, and in every row it belongs to: a
clue with findings of two rules stands in both rules' rows, so rows of rules do not add up to the total.
`funnel` follows the clues first listed in the period to where they are now; `months` counts what happened in each month
to any clue. What each column means is in docs/review.md, 统计. All of it under the row rights of who asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from engine.review import ledger, schema
from engine.review.database import Review
from engine.review.rights import Actor, visible

DECIDED = ("confirm", "dismiss", "transfer")
"""Decisions that settle a finding; who needs material has not decided yet."""

VALID = ("confirm", "transfer")

STAGES = {
    "listed": "线索", "decided": "已研判", "valid": "有效", "opened": "成案", "sent": "文书", "replied": "回复",
    "adopted": "采纳", "wholly": "全部采纳", "rectified": "整改",
}
"""How far a clue got; each is a column of counts."""

BASES = {"decided": "listed", "valid": "decided", "opened": "valid", "sent": "valid", "replied": "sent",
         "adopted": "replied", "wholly": "replied", "rectified": "sent"}
"""Stage → the stage of which it is told as a share; only clues that reached both count."""

ACTS = tuple(stage for stage in STAGES if stage != "listed")
"""Stages that people bring about."""

ANSWERED, ADOPTED = ("adopted", "partly", "refused"), ("adopted", "partly")
"""Outcomes of a reply that is one (an organ that let the term pass did not reply), and of one that adopts."""

LAST = "9999-12"

_PLACE = {"unit": pl.String, "division": pl.String, "first_run": pl.Int64}

FEW = 5
"""A share of fewer than this says little."""


@dataclass(frozen=True)
class Filter:
    """Which clues: first listed from month to month (2026-03), of a rule, field, and division (its first digits)."""

    since: str = ""
    until: str = ""
    rule: str = ""
    field: str = ""
    division: str = ""


@dataclass(frozen=True)
class Figures:
    """Frames of counts: `total` has one row, `rules`, `units`, `divisions` and `months` their keys before it.

    Columns after the keys: the stages, `<stage>_of` (how many of its base reached it; not of months), `cents`
    recovered.
    """

    total: pl.DataFrame
    rules: pl.DataFrame
    units: pl.DataFrame
    divisions: pl.DataFrame
    months: pl.DataFrame


def figures(review: Review, actor: Actor, asked: Filter) -> Figures:
    """Return all counts of what the actor may see, of one moment."""
    c = schema.clue.c
    with review.reading() as connection:
        months = _listed(connection)
        where = sa.and_(visible(actor), *_tests(asked))
        listed = frame_of(connection, sa.select(c.unit, c.division, c.first_run, sa.func.count()).where(where)
                          .group_by(c.unit, c.division, c.first_run), _PLACE | {"listed": pl.Int64})
        acted, cents = _acted(connection, where), _cents(connection, where)
        by_rule = _by_rule(connection, sa.and_(where, *_period(asked, months)), acted, asked)
    listed, acted = listed.join(months, on="first_run"), acted.join(months, on="first_run")
    mine = _in_period(listed, asked), _in_period(acted, asked)
    return Figures(_counted(*mine, []), by_rule, _counted(*mine, ["unit"]), _counted(*mine, ["division"]),
                   _months(listed, acted, cents, asked))


def kept(connection: Connection, actor: Actor, asked: Filter) -> ColumnElement[bool]:
    """Return the condition on `clue` for what is asked and the actor may see."""
    return sa.and_(visible(actor), *_tests(asked), *_period(asked, _listed(connection)))


def _tests(asked: Filter) -> list[ColumnElement[bool]]:
    c, f = schema.clue.c, schema.finding.c
    tests: list[ColumnElement[bool]] = []
    if asked.field:
        tests.append(c.field == asked.field)
    if asked.division:
        tests.append(c.division.startswith(asked.division, autoescape=True))
    if asked.rule:
        tests.append(c.clue_id.in_(sa.select(f.clue_id).where(f.rule_id == asked.rule)))
    return tests


def _period(asked: Filter, months: pl.DataFrame) -> list[ColumnElement[bool]]:
    if not asked.since and not asked.until:
        return []
    return [schema.clue.c.first_run.in_(_in_period(months, asked)["first_run"].to_list())]


def _in_period(frame: pl.DataFrame, asked: Filter) -> pl.DataFrame:
    return frame.filter(pl.col("month").is_between(pl.lit(asked.since), pl.lit(asked.until or LAST)))


def _listed(connection: Connection) -> pl.DataFrame:
    """Return the month in which clues of each first run were listed: that run's day, where it was published.

    What was listed before the first publication counts in its month; a run that was never published, in the last one.
    """
    c, r = schema.clue.c, schema.run.c
    firsts = frame_of(connection, sa.select(c.first_run).distinct().order_by(c.first_run), {"first_run": pl.Int64})
    runs = frame_of(connection, sa.select(r.run_id, sa.func.min(_month(r.as_of))).group_by(r.run_id).order_by(r.run_id),
                  {"run_id": pl.Int64, "month": pl.String})
    return firsts.join_asof(runs, left_on="first_run", right_on="run_id", strategy="forward").with_columns(
        pl.col("month").fill_null(pl.lit(runs["month"].max(), dtype=pl.String)))


def _month(column: ColumnElement[Any]) -> ColumnElement[str]:
    return sa.func.substr(sa.cast(column, sa.String), 1, 7)


def _touched() -> sa.CTE:
    """Each clue people did something with: the month in which it first reached each stage, NULL where it did not.

    Of the ledger the entries that stand count; `cents` is what they say was recovered.
    """
    f, j, e = schema.finding.c, schema.judgement.c, ledger.standing_entries().subquery("standing").c
    steps: dict[str, ColumnElement[bool]] = {
        "opened": e.step == "case_opened", "sent": e.step.in_(tuple(ledger.DOCUMENTS)),
        "replied": sa.and_(e.step == "reply", e.outcome.in_(ANSWERED)),
        "adopted": sa.and_(e.step == "reply", e.outcome.in_(ADOPTED)),
        "wholly": sa.and_(e.step == "reply", e.outcome == "adopted"), "rectified": e.step == "rectified"}
    judged = sa.select(
        f.clue_id, j.at.label("decided"), sa.case((j.decision.in_(VALID), j.at)).label("valid"),
        *(sa.cast(sa.null(), sa.Date).label(stage) for stage in steps),
        sa.cast(sa.null(), sa.BigInteger).label("cents")).join(
        schema.judgement, j.judgement_id == f.judgement_id).where(j.decision.in_(DECIDED))
    followed = sa.select(
        e.clue_id, *(sa.cast(sa.null(), sa.DateTime).label(stage) for stage in ("decided", "valid")),
        *(sa.case((test, e.happened_on)).label(stage) for stage, test in steps.items()), e.recovered_cents)
    every = sa.union_all(judged, followed).subquery("every_act").c
    return (sa.select(every.clue_id, *(_month(sa.func.min(every[stage])).label(stage) for stage in ACTS),
                      sa.cast(sa.func.coalesce(sa.func.sum(every.cents), 0), sa.BigInteger).label("cents"))
            .group_by(every.clue_id).cte("touched"))


def _acted(connection: Connection, where: ColumnElement[bool]) -> pl.DataFrame:
    """Return a row for each clue people did something with: where it is, when it reached each stage."""
    touched, c = _touched(), schema.clue.c
    asked = (sa.select(c.clue_id, c.unit, c.division, c.first_run, *(touched.c[stage] for stage in ACTS),
                       touched.c.cents)
             .join(touched, touched.c.clue_id == c.clue_id).where(where))
    return frame_of(connection, asked, {"clue_id": pl.String} | _PLACE | dict.fromkeys(ACTS, pl.String) |
                    {"cents": pl.Int64})


def _counts() -> list[pl.Expr]:
    """The counts of a group of clues that were acted on."""
    shares = [(pl.col(stage).is_not_null() & pl.col(base).is_not_null() if base != "listed"
               else pl.col(stage).is_not_null()).sum().cast(pl.Int64).alias(f"{stage}_of")
              for stage, base in BASES.items()]
    return [*(pl.col(stage).is_not_null().sum().cast(pl.Int64) for stage in ACTS), *shares, pl.col("cents").sum()]


COUNTS = (*STAGES, *(f"{stage}_of" for stage in BASES), "cents")
"""Columns of counts in every frame but that of months."""


def _counted(listed: pl.DataFrame, acted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the counts by these keys, the most clues first; without keys one row."""
    if not keys:
        return pl.concat([listed.select(pl.col("listed").sum()), acted.select(_counts())],
                         how="horizontal").select(COUNTS)
    whole = listed.group_by(keys).agg(pl.col("listed").sum())
    reached = acted.group_by(keys).agg(_counts())
    return whole.join(reached, on=keys, how="left").with_columns(pl.col(COUNTS).fill_null(0)).select(
        *keys, *COUNTS).sort("listed", *keys, descending=[True, *(False for _ in keys)])


def _by_rule(
    connection: Connection, where: ColumnElement[bool], acted: pl.DataFrame, asked: Filter
) -> pl.DataFrame:
    """Counts by the rule version that a clue's findings have now; a clue counts once a version."""
    f, c, touched = schema.finding.c, schema.clue.c, _touched()
    keys = {"rule_id": pl.String, "rule_version": pl.Int64}
    own = sa.select(f.rule_id, f.rule_version, f.clue_id).distinct()
    mine = (own.where(f.rule_id == asked.rule) if asked.rule else own).subquery("mine")
    whole = frame_of(connection, (
        sa.select(mine.c.rule_id, mine.c.rule_version, sa.func.count()).join(schema.clue, c.clue_id == mine.c.clue_id)
        .where(where).group_by(mine.c.rule_id, mine.c.rule_version)), keys | {"listed": pl.Int64})
    pairs = frame_of(connection, (
        sa.select(mine.c.rule_id, mine.c.rule_version, c.clue_id).join(schema.clue, c.clue_id == mine.c.clue_id)
        .where(where, c.clue_id.in_(sa.select(touched.c.clue_id)))), keys | {"clue_id": pl.String})
    return _counted(whole, pairs.join(acted, on="clue_id"), list(keys)).sort(*keys)


def _cents(connection: Connection, where: ColumnElement[bool]) -> pl.DataFrame:
    """Return what was recovered in each month."""
    e, c = ledger.standing_entries().subquery("standing").c, schema.clue.c
    month = _month(e.happened_on)
    asked = (sa.select(month, sa.cast(sa.func.sum(e.recovered_cents), sa.BigInteger))
             .join(schema.clue, c.clue_id == e.clue_id).where(where, e.recovered_cents.is_not(None)).group_by(month))
    return frame_of(connection, asked, {"month": pl.String, "n": pl.Int64})


def _months(listed: pl.DataFrame, acted: pl.DataFrame, cents: pl.DataFrame, asked: Filter) -> pl.DataFrame:
    """Counts of what happened in each month of the period; every month from the first to the last has a row."""
    new = listed.select(pl.lit("listed").alias("stage"), "month", pl.col("listed").alias("n"))
    money = cents.select(pl.lit("cents").alias("stage"), "month", "n")
    happened = acted.drop("month").unpivot(ACTS, variable_name="stage", value_name="month").drop_nulls("month")
    counted = _in_period(pl.concat([new, happened.with_columns(n=pl.lit(1, pl.Int64)), money]), asked)
    wide = counted.group_by("month").agg(
        *(pl.col("n").filter(pl.col("stage") == stage).sum().alias(stage) for stage in (*STAGES, "cents")))
    return _all_months(wide)


def _all_months(wide: pl.DataFrame) -> pl.DataFrame:
    if wide.height == 0:
        return wide
    days = wide.select(pl.date_range(pl.col("month").min().str.to_date("%Y-%m"),
                                     pl.col("month").max().str.to_date("%Y-%m"), "1mo").alias("day"))
    return days.select(pl.col("day").dt.strftime("%Y-%m").alias("month")).join(
        wide, on="month", how="left").fill_null(0).sort("month")


def frame_of(connection: Connection, asked: sa.Executable, shape: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows of a question as a frame of these columns."""
    rows = [tuple(row) for row in connection.execute(asked)]
    return pl.DataFrame(rows, schema=dict(shape), orient="row")
