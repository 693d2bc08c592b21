"""EN-02: cases ended for now too early, without a search or a restriction, or although property was found."""

import polars as pl

from engine.sample.aftermath import NO_ANSWER, NOT_FOUND
from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_SUM, NO_TEXT, UNPAID, col, on, period, plus, word

RULE = "enforcement.unlawful_termination"
THREE_MONTHS = period("e_filed_on", months=3, rolled=False)

ENDED: tuple[Step, ...] = (
    {**UNPAID, "has_enforcement": pl.lit(True), "has_listing": pl.lit(False), "has_resumption": pl.lit(False),
     "e_mode": word("terminated_current"), "e_filed_on": plus("r_ruled_on", 8), "e_sought": col("r_sought"),
     "e_recovered": pl.lit(0, pl.Int64), "e_fee": pl.lit(5_000), "e_property": word(NOT_FOUND), "e_found_on": NO_DATE,
     "e_value": NO_SUM, "e_checked": pl.lit(True), "e_restricted": pl.lit(True), "e_agreed": pl.lit(False),
     "e_received_on": NO_DATE, "e_paid_out_on": NO_DATE, "e_paid_out": NO_SUM, "e_checked_on": on(2026, 9, 10)},
    {"e_closed_on": plus(THREE_MONTHS, 20), "e_restricted_on": plus("e_filed_on", 15)},
)
"""A case lawfully ended for now, three weeks after the three months."""


def ended(rule: str, expected: str, text: str, *more: Step, link: str = "none", **rest: object) -> Plant:
    """Return a case ended for now, changed in the given steps."""
    rest.setdefault("starts", col("left") < -260)
    return Plant(rule, expected, text, "enforcement", link=link, review=(GRANTED,),
                 enforcement=(*ENDED, *more), **rest)  # type: ignore[arg-type]


def _case(expected: str, text: str, *more: Step, **rest: object) -> Plant:
    return ended(RULE, expected, text, *more, **rest)  # type: ignore[arg-type]


EARLY: Step = {"e_closed_on": THREE_MONTHS.dt.offset_by("-1d")}

PLANTS: tuple[Plant, ...] = (
    _case("hit", "满三个月前一日终本", EARLY),
    _case("hit", "立案四十日即终本", {"e_closed_on": plus("e_filed_on", 40)}),
    _case("hit", "已查明房产仍终本", {"e_property": word("查明商品房一套"), "e_found_on": plus("e_filed_on", 40)}),
    _case("hit", "终本前没有限制消费", {"e_restricted": pl.lit(False), "e_restricted_on": NO_DATE}),
    _case("hit", "终本次日才限制消费", {"e_restricted_on": plus("e_closed_on", 1)}),
    _case("hit", "没有查询财产即终本", {"e_checked": pl.lit(False)}),
    _case("hit", "提前终本，同意与否未记载", EARLY, {"e_agreed": NO_ANSWER}),
    _case("clear", "满三个月当日终本", {"e_closed_on": THREE_MONTHS}),
    _case("clear", "查明的车辆下落不明",
          {"e_property": word("名下小型汽车一辆，下落不明"), "e_found_on": plus("e_filed_on", 40)}),
    _case("clear", "终本以后才发现财产，价值不足执行费",
          {"e_property": word("名下有新开账户存款"), "e_found_on": plus("e_closed_on", 200), "e_value": pl.lit(3_000)},
          starts=col("left") < -520),
    _case("excluded", "申请执行人同意提前终本", EARLY, {"e_agreed": pl.lit(True)}),
    _case("excluded", "已足额到位，结案方式登记为终本", EARLY, {"e_recovered": col("e_sought")}),
    _case("excluded", "结案早于立案", {"e_closed_on": col("e_filed_on").dt.offset_by("-3d")}),
    _case("gap", "是否限制消费没有记载", {"e_restricted": NO_ANSWER, "e_restricted_on": NO_DATE}),
    _case("gap", "查明财产没有记载", {"e_property": NO_TEXT}),
    _case("gap", "终本日未记载", {"e_closed_on": NO_DATE}),
)
"""All cases of this rule."""
