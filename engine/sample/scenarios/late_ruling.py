"""NL-06: the court accepted or ruled after its working days were over."""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import (
    GRANTED,
    NO_DATE,
    NO_TEXT,
    REFUSED,
    applied,
    col,
    on,
    period,
    plus,
    word,
    workdays,
)

RULE = "non_litigation.late_ruling"
EXPROPRIATED = {**GRANTED, "r_reason": word("征收补偿决定符合准予执行条件")}
SPRING = (col("last") > on(2025, 2, 10)) & (col("last") < on(2025, 3, 10))
BEFORE_SPRING = [applied(on(2025, 1, 17)), {"demand_served_on": on(2024, 12, 20)}]
SPRING_ACCEPTED = {**GRANTED, "r_accepted_on": on(2025, 1, 21)}


def _ruled(day: pl.Expr) -> dict[str, pl.Expr]:
    return {"r_ruled_on": day}


def _case(expected: str, text: str, *review: dict[str, pl.Expr], **rest: object) -> Plant:
    return Plant(RULE, expected, text, "court_review", link="none", review=review, **rest)  # type: ignore[arg-type]


NEXT_AFTER_THIRTY = (period("r_accepted_on", days=30), workdays("r_ruled_on", 1))

PLANTS: tuple[Plant, ...] = (
    _case("hit", "受理后第八个工作日裁定", GRANTED, _ruled(workdays("r_accepted_on", 8))),
    _case("hit", "跨春节（含调休上班），第八个工作日裁定", SPRING_ACCEPTED, _ruled(on(2025, 2, 7)), starts=SPRING,
          application=BEFORE_SPRING),
    _case("hit", "受理后两个月裁定", GRANTED, _ruled(plus("r_accepted_on", 61)), _ruled(workdays("r_ruled_on", 1))),
    _case("hit", "明显违法情形，三十日届满次一工作日裁定", REFUSED, _ruled(NEXT_AFTER_THIRTY[0]),
        _ruled(NEXT_AFTER_THIRTY[1])),
    _case("hit", "接到申请后第六个工作日才受理", GRANTED, {"r_accepted_on": workdays("r_applied_on", 6)},
          _ruled(workdays("r_accepted_on", 5))),
    _case("hit", "受理、裁定均超期", GRANTED, {"r_accepted_on": workdays("r_applied_on", 18)},
          _ruled(workdays("r_accepted_on", 30))),
    _case("clear", "受理后第七个工作日裁定", GRANTED, _ruled(workdays("r_accepted_on", 7))),
    _case("clear", "跨春节（含调休上班），第七个工作日裁定", SPRING_ACCEPTED, _ruled(on(2025, 2, 6)), starts=SPRING,
          application=BEFORE_SPRING),
    _case("clear", "接到申请后第五个工作日受理", GRANTED, {"r_accepted_on": workdays("r_applied_on", 5)},
          _ruled(workdays("r_accepted_on", 6))),
    _case("clear", "明显违法情形，第三十日（逢休息日顺延）裁定", REFUSED, _ruled(period("r_accepted_on", days=30))),
    _case("clear", "经听证审查，三十日内裁定", {**GRANTED, "r_hearing": pl.lit(True)},
        _ruled(plus("r_accepted_on", 20)),
          _ruled(workdays("r_ruled_on", 1))),
    _case("clear", "审查中申请人撤回申请",
        {"r_ruling": word("withdrawn"), "r_reason": word("被执行人已自动履行，申请人撤回申请"),
                                   "r_evident": pl.lit(False), "paid": col("fine"), "paid_on": col("r_accepted_on")},
          _ruled(workdays("r_accepted_on", 20))),
    _case("excluded", "裁定日早于受理日，日期有误", GRANTED,
          enforcement=[{"r_accepted_on": plus("r_ruled_on", 30)}]),
    _case("excluded", "征收补偿决定，自立案起三十日内裁定", EXPROPRIATED, _ruled(plus("r_accepted_on", 22)),
          _ruled(workdays("r_ruled_on", 1))),
    _case("gap", "受理日未记载", GRANTED, _ruled(workdays("r_accepted_on", 3)),
        enforcement=[{"r_accepted_on": NO_DATE}]),
    _case("gap", "裁定日未记载", GRANTED, enforcement=[
        {"r_ruled_on": NO_DATE, "r_served_on": NO_DATE, "r_ruling": NO_TEXT, "has_enforcement": pl.lit(False)}]),
)
"""All cases of this rule."""
