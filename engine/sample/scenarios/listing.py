"""EN-05: the list of dishonest judgment debtors: entries that stay after the case or their term, and of the dead."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_SUM, col, on, plus, word
from engine.sample.scenarios.termination import ENDED

RULE = "enforcement.listing_not_removed"
DEAD = "enforcement.listed_after_death"

DONE: Step = {"e_mode": word("completed"), "e_recovered": col("e_sought"), "e_property": word("已扣划银行存款"),
              "e_received_on": col("e_closed_on"), "e_paid_out_on": col("e_closed_on"), "e_paid_out": NO_SUM,
              "e_agreed": pl.lit(None, dtype=pl.Boolean),
              "paid": col("fine") + col("confiscated").fill_null(0), "paid_on": col("e_closed_on")}
"""Carried out after all."""

LISTED: tuple[Step, ...] = (
    {"has_listing": pl.lit(True), "l_listed_on": plus("e_filed_on", 20), "l_removed_on": NO_DATE,
     "l_seen_on": on(2026, 10, 25)},
    {"l_until": col("l_listed_on").dt.offset_by("3y")},
)
"""On the list for three years, still there when it was last looked at."""

OFF: tuple[Step, ...] = (DONE, {"l_removed_on": plus("e_closed_on", 1)})
"""Carried out, and off the list the day after."""


def _dead(expected: str, text: str, *more: Step) -> Plant:
    """The entry of a person whose case was carried out later; the list masks his number."""
    return Plant(DEAD, expected, text, "dishonest_listing", link="fuzzy", review=(GRANTED,), kinds=(2,),
                 starts=(col("left") < -330) & (col("left") > -700), enforcement=(*ENDED, *LISTED, *OFF, *more))


def _case(expected: str, text: str, *more: Step, link: str = "exact", **rest: object) -> Plant:
    rest.setdefault("starts", (col("left") < -330) & (col("left") > -700))
    return Plant(RULE, expected, text, "dishonest_listing", link=link, review=(GRANTED,),
                 enforcement=(*ENDED, *LISTED, *more), **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "执行完毕后一直没有撤下", DONE),
    _case("hit", "执行完毕第三十一日才撤下", DONE, {"l_removed_on": plus("e_closed_on", 31)}),
    _case("hit", "终结执行后一直没有撤下", {"e_mode": word("terminated")}),
    _case("hit", "公布期限届满后仍在名单", {"l_until": plus("l_listed_on", 180)}),
    _case("hit", "执行完毕后才列入", DONE, {"l_listed_on": plus("e_closed_on", 40)}),
    _case("hit", "自然人执行完毕后没有撤下，名单证件号掩码", DONE, kinds=(2,), link="fuzzy"),
    _case("clear", "执行完毕第三十日撤下", DONE, {"l_removed_on": plus("e_closed_on", 30)}),
    _case("clear", "执行完毕次日撤下", DONE, {"l_removed_on": plus("e_closed_on", 1)}),
    _case("clear", "终本后仍在公布期限内"),
    _case("clear", "镜像名单查看较早，当时刚执结", DONE, {"l_seen_on": plus("e_closed_on", 12)}),
    _case("excluded", "写执行完毕而仍有未履行金额", DONE, {"e_recovered": col("e_sought") // 2}),
    _case("excluded", "结案后已恢复执行", DONE, {"e_resumed_on": plus("e_closed_on", 15)}),
    _case("excluded", "撤下早于列入", DONE,
          {"l_listed_on": plus("e_closed_on", 90), "l_removed_on": plus("e_closed_on", 60)}),
    _case("gap", "没有撤下日，也不知道何时查看", DONE, {"l_seen_on": NO_DATE}),
    _case("gap", "结案日未记载", DONE, {"e_closed_on": NO_DATE}),
    _dead("hit", "死亡半个月后列入", {"died_on": plus("e_filed_on", 5)}),
    _dead("hit", "死亡次日列入", {"died_on": col("l_listed_on").dt.offset_by("-1d")}),
    _dead("hit", "死亡大半年后列入，两周后撤下",
          {"died_on": col("l_listed_on").dt.offset_by("-200d"), "l_removed_on": plus("l_listed_on", 14)}),
    _dead("clear", "死亡当日列入", {"died_on": col("l_listed_on")}),
    _dead("clear", "列入一个月后死亡", {"died_on": plus("l_listed_on", 30)}),
    _dead("clear", "同名的另一人死亡", {"died_on": plus("e_filed_on", 5), "d_party": col("party") + 3 * (1 << 30)}),
    _dead("excluded", "撤下早于列入",
          {"died_on": plus("e_filed_on", 5), "l_removed_on": plus("e_filed_on", 10)}),
    _dead("gap", "列入日没有记载", {"died_on": plus("e_filed_on", 5), "l_listed_on": NO_DATE}),
)
"""All cases of these rules."""
