"""NL-14, PE-11: fines and confiscated sums taken in, but not in the treasury, or without any receipt."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_SUM, NO_TEXT, col, on, plus, word, workdays
from engine.sample.scenarios.wrong_sum import carried_out
from engine.sample.world import FIELD_PLACE, UNCOVERED

RULE = "administrative_violation.fine_not_in_treasury"
NO_RECEIPT = "administrative_violation.no_receipt"
OUT: Step = {"treasury_lag": NO_SUM, "treasury_text": word("未入库")}
WITHOUT: Step = {"receipt": pl.lit(0, pl.Int64)}
WARNED_ON = plus(workdays(workdays("paid_on", 2), 2), 30)
"""Two working days to the organ, two to the bank, thirty days for the bank to pass it on."""


def _in_treasury(days: int) -> Step:
    """The money gets into the treasury so many days after the day of warning."""
    return {"treasury_lag": (plus(WARNED_ON, days) - col("paid_on")).dt.total_days()}


def _case(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    rest.setdefault("link", "exact")
    return Plant(RULE, expected, text, "payment", life="prompt", penalty=steps, **rest)  # type: ignore[arg-type]


def _unreceipted(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    """The ledger says paid; the treasury's file has no receipt."""
    rest.setdefault("life", "prompt")
    rest.setdefault("link", "none")
    return Plant(NO_RECEIPT, expected, text, penalty=(WITHOUT, *steps), **rest)  # type: ignore[arg-type]


IN_TREASURY: tuple[Plant, ...] = (
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

RECEIPTS: tuple[Plant, ...] = (
    _unreceipted("hit", "台账已缴清一年多，财政没有票据"),
    _unreceipted("hit", "当场处罚已缴清，财政没有票据", life="summary", fields=(FIELD_PLACE["市场监管"],), kinds=(0,)),
    _unreceipted("hit", "逾期缴清，财政没有票据", life="late"),
    _unreceipted("hit", "只缴一部分，财政没有票据", {"paid": col("fine") // 2, "confiscated": NO_SUM}, life="late",
                 also=(("non_litigation.no_application", "penalty", "hit"),)),
    _unreceipted("clear", "票据未登记处罚文号，按当事人、机关、金额对上", {
        "receipt": NO_SUM, "receipt_document": word("missing"), "confiscated": NO_SUM, "paid": col("fine")},
                 link="fuzzy"),
    _unreceipted("clear", "缴清不久，预警日未到", {"paid_on": col("served_on")},
                 starts=(col("day") > on(2026, 10, 9)) & (col("day") < on(2026, 10, 24))),
    _unreceipted("excluded", "处罚决定已撤销，票据随退款注销", {
        "revoked_on": plus("served_on", 60), "status": word("决定已撤销")}, fields=(FIELD_PLACE["水利"],)),
    _unreceipted("excluded", "以暂扣款抵缴", {"status": word("已以暂扣款抵缴")}),
    _unreceipted("excluded", "法院裁定之后才缴清，由法院收取", life="court", link="exact", review=(GRANTED,),
                 enforcement=carried_out(col("r_sought"))),
    _unreceipted("gap", "该县缴款数据未声明完整", divisions=(UNCOVERED,)),
    _unreceipted("gap", "缴清日未登记", {"paid_on": NO_DATE}),
)

PLANTS: tuple[Plant, ...] = (*IN_TREASURY, *RECEIPTS)
"""All cases of the two rules."""
