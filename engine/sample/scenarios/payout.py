"""EN-06: money recovered that stays with the court."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.listing import DONE
from engine.sample.scenarios.steps import NO_DATE, NO_SUM, col, period, plus, word
from engine.sample.scenarios.termination import ended

RULE = "enforcement.payout_delayed"
LAST_DAY = period("e_received_on", days=30)
RECEIVED: tuple[Step, ...] = (DONE, {"e_received_on": plus("e_filed_on", 60)},
                              {"e_paid_out_on": plus("e_received_on", 10)})
HELD: Step = {"e_paid_out_on": NO_DATE, "e_paid_out": pl.lit(0, pl.Int64)}


def _case(expected: str, text: str, *more: Step) -> Plant:
    return ended(RULE, expected, text, *RECEIVED, *more)


PLANTS: tuple[Plant, ...] = (
    _case("hit", "到账后一直没有发放", HELD),
    _case("hit", "三十日期满次日才发放", {"e_paid_out_on": plus(LAST_DAY, 1)}),
    _case("hit", "到账半年后才发放", {"e_paid_out_on": plus("e_received_on", 190)}),
    _case("hit", "按期只发放了一半", {"e_paid_out": col("e_sought") // 2}),
    _case("hit", "没有发放，写明的原因不是法定的", HELD, {"e_hold": word("承办人出差")}),
    _case("clear", "三十日最后一日发放", {"e_paid_out_on": LAST_DAY}),
    _case("clear", "到账次日发放", {"e_paid_out_on": plus("e_received_on", 1)}),
    _case("clear", "按期发放，扣除执行费", {"e_paid_out": col("e_sought") - col("e_fee")}),
    _case("excluded", "有别的债权人参与分配", HELD, {"e_hold": word("其他债权人申请参与分配")}),
    _case("excluded", "案款有争议", HELD, {"e_hold": word("案款争议，案外人主张权利")}),
    _case("excluded", "已提存", HELD, {"e_hold": word("申请执行人失联，已提存")}),
    _case("excluded", "申请执行人账户不明", HELD, {"e_hold": word("申请执行人账户信息不明")}),
    _case("excluded", "到账后案件中止", HELD, {"e_suspended_on": plus("e_received_on", 12)}),
    _case("excluded", "发放早于到账", {"e_paid_out_on": plus("e_filed_on", 40), "e_paid_out": col("e_sought") // 2}),
    _case("gap", "已发放金额和发放日没有记载", {"e_paid_out_on": NO_DATE, "e_paid_out": NO_SUM}),
    _case("gap", "到账日没有记载", HELD, {"e_received_on": NO_DATE}),
)
"""All cases of this rule."""
