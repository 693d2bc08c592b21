"""EN-04: property turned up after a case was ended for now, and the case was not resumed."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, col, on, plus, word
from engine.sample.scenarios.termination import ended
from engine.sample.world import UNCOVERED

RULE = "enforcement.property_not_resumed"
FOUND: Step = {"e_property": word("名下有新开账户存款"), "e_found_on": plus("e_closed_on", 60),
               "e_value": col("e_sought")}
PART: Step = {"paid": col("fine") // 4, "paid_on": plus("e_closed_on", 45)}
LAST_DAY = plus("e_found_on", 30)


def _case(expected: str, text: str, *more: Step, link: str = "exact", **rest: object) -> Plant:
    return ended(RULE, expected, text, *more, link=link, **rest)


def resumed(day: pl.Expr, prior: str = "case") -> Step:
    """Resume the case under a new number on that day; the money comes in two months later."""
    return {"has_resumption": pl.lit(True), "x_filed_on": day, "x_prior": word(prior),
            "x_closed_on": day.dt.offset_by("60d"), "x_sought": col("e_sought")}


PLANTS: tuple[Plant, ...] = (
    _case("hit", "终本后发现存款，一直没有恢复执行", FOUND),
    _case("hit", "终本后查明房产，一直没有恢复执行", FOUND,
          {"e_property": word("查明商品房一套"), "e_value": pl.lit(90_000_000)}),
    _case("hit", "终本后又缴了一部分，没有恢复执行", PART),
    _case("hit", "发现财产第三十一日才恢复执行", FOUND, resumed(plus("e_found_on", 31))),
    _case("hit", "又缴了一部分，执行案件没有写执行依据", PART, {"e_basis": word("missing")}, link="fuzzy"),
    _case("clear", "发现财产第三十日恢复执行", FOUND, resumed(LAST_DAY)),
    _case("clear", "恢复执行的案件没有写原案号", FOUND, resumed(plus("e_found_on", 9), prior="none"), link="fuzzy"),
    _case("clear", "发现财产尚未满三十日", FOUND, {"e_found_on": on(2026, 10, 9)}),
    _case("clear", "查明的房屋已抵押", FOUND, {"e_property": word("查明商品房一套，已抵押")}),
    _case("clear", "终本以前缴的一部分", {"paid": col("fine") // 4, "paid_on": plus("e_filed_on", 20)}),
    _case("excluded", "存款不足执行费", FOUND, {"e_value": pl.lit(3_000)}),
    _case("excluded", "已在原案号内恢复执行", FOUND, {"e_resumed_on": plus("e_found_on", 12)}),
    _case("excluded", "终本后已缴清", FOUND,
          {"paid": col("fine") + col("confiscated").fill_null(0), "paid_on": plus("e_closed_on", 100)}),
    _case("gap", "发现财产日未记载", FOUND, {"e_found_on": NO_DATE}),
    _case("gap", "该县法院执行数据未声明完整", FOUND, divisions=(UNCOVERED,)),
)
"""All cases of this rule."""
