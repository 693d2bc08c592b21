"""NL-14, PE-11: fines and confiscated sums taken in, but not in the treasury."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_SUM, NO_TEXT, col, plus, word, workdays

RULE = "administrative_violation.fine_not_in_treasury"
OUT: Step = {"treasury_lag": NO_SUM, "treasury_text": word("未入库")}
WARNED_ON = plus(workdays(workdays("paid_on", 2), 2), 30)
"""Two working days to the organ, two to the bank, thirty days for the bank to pass it on."""


def _in_treasury(days: int) -> Step:
    """The money gets into the treasury so many days after the day of warning."""
    return {"treasury_lag": (plus(WARNED_ON, days) - col("paid_on")).dt.total_days()}


def _case(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    rest.setdefault("link", "exact")
    return Plant(RULE, expected, text, "payment", life="prompt", penalty=steps, **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "收款一年多，登记为未入库", OUT),
    _case("hit", "预警日次日才入库", _in_treasury(1)),
    _case("hit", "收款半年后才入库", _in_treasury(150)),
    _case("hit", "没收款一年多未入库", {**OUT, "fine": pl.lit(0, pl.Int64), "confiscated": pl.lit(1_263_000, pl.Int64),
                              "paid": pl.lit(1_263_000, pl.Int64)}),
    _case("hit", "未入库，票据未登记处罚文号", {**OUT, "receipt_document": word("missing"), "confiscated": NO_SUM,
                                  "paid": col("fine")}, link="fuzzy"),
    _case("clear", "预警日当天入库", _in_treasury(0)),
    _case("clear", "月末集中入库", {"treasury_lag": pl.lit(26, pl.Int64)}),
    _case("excluded", "款项已退付当事人", {**OUT, "treasury_text": word("未入库，已退付")}),
    _case("excluded", "执收编码有误，正在调库", {**OUT, "treasury_text": word("执收编码有误，待调库")}),
    _case("excluded", "执收单位登记为财政部门", {**OUT, "receipt_unit": word("霁川市财政局")}),
    _case("excluded", "缴款早于处罚决定，日期有误", {**OUT, "receipt_on": col("decided_on").dt.offset_by("-9d")}),
    _case("gap", "入库日、入库状态均未登记", {"treasury_lag": NO_SUM, "treasury_text": NO_TEXT}),
    _case("gap", "只缴一半，票据未登记处罚文号，对不上处罚", {
        **OUT, "receipt_document": word("missing"), "receipt": col("fine") // 2}),
)
"""All cases of this rule."""
