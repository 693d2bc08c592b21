"""EN-03: cases ended for now, and not searched again within six months."""

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.resumption import FOUND, resumed
from engine.sample.scenarios.steps import NO_DATE, col, on, plus, word
from engine.sample.scenarios.termination import ended

RULE = "enforcement.no_periodic_search"
OVERDUE: Step = {"e_checked_on": on(2026, 4, 30)}
"""Six months from then end the day before the as-of date."""

GONE: Step = {**OVERDUE, "cancelled_on": plus("e_closed_on", 60), "cancel_reason": word("决议解散，简易注销")}


def _case(expected: str, text: str, *more: Step, link: str = "none", **rest: object) -> Plant:
    rest.setdefault("starts", col("left") < -460)
    return ended(RULE, expected, text, *more, link=link, **rest)


PLANTS: tuple[Plant, ...] = (
    _case("hit", "最近一次查询满六个月次日", OVERDUE),
    _case("hit", "终本以后一次也没有查询", {"e_checked_on": col("e_closed_on").dt.offset_by("-10d")}),
    _case("hit", "最近一次查询在终本后三个月", {"e_checked_on": plus("e_closed_on", 90)}),
    _case("hit", "查询期满以后才恢复执行", {**FOUND, "e_checked_on": plus("e_closed_on", 5)},
          {"e_found_on": plus("e_closed_on", 230)}, resumed(plus("e_closed_on", 245))),
    _case("clear", "最近一次查询尚未满六个月", {"e_checked_on": on(2026, 5, 1)}),
    _case("excluded", "已在原案号内恢复执行", OVERDUE, {"e_resumed_on": plus("e_closed_on", 70)}),
    _case("excluded", "已另立恢复执行案件", OVERDUE, FOUND, resumed(plus("e_found_on", 12)), link="exact"),
    _case("excluded", "已缴清而终本案件没有更新",
          {**OVERDUE, "paid": col("fine") + col("confiscated").fill_null(0), "paid_on": plus("e_closed_on", 80)},
          link="exact"),
    _case("excluded", "被执行的公司终本后注销", GONE, kinds=(0,), link="exact"),
    _case("excluded", "被执行人终本后死亡", {**OVERDUE, "died_on": plus("e_closed_on", 60)}, kinds=(2,), link="exact"),
    _case("excluded", "申请机关已撤回申请", {**OVERDUE, "e_status": word("申请执行人撤回")}),
    _case("hit", "个体工商户注销，经营者仍须查询", {**GONE, "cancel_reason": word("歇业")}, kinds=(1,), link="exact"),
    _case("gap", "最近财产查询日没有记载", {"e_checked_on": NO_DATE}),
    _case("gap", "终本日未记载", {**OVERDUE, "e_closed_on": NO_DATE}),
)
"""All cases of this rule."""
