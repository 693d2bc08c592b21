"""PE-02: decisions made after the time for handling a case, with the longest extension of the field."""

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl

from engine.sample.calendar import days_after, roll
from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, NO_SUM, col, on, plus, since
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE = "administrative_violation.late_decision"
YES, NO = pl.lit(True), pl.lit(False)
SINCE_2023 = col("long_ago") & (col("day") > on(2023, 1, 10))
NATURE_2025 = (col("day") > on(2025, 1, 10)) & (col("day") < on(2026, 6, 30))
POLICE_2025 = (col("day") > on(2023, 1, 10)) & (col("day") < on(2025, 12, 20))


def _term(day: date, terms: tuple[int, ...]) -> date:
    """The end of terms in days, one after the other, each rolled over rest days."""
    for term in terms:
        day = roll(days_after(day, term))
    return day


def _terms(*terms: int) -> Callable[[date], date]:
    return partial(_term, terms=terms)


def _filed(day: pl.Expr) -> Step:
    """File on that day an act committed and found on it."""
    return {"filed_on": day, "discovered_on": day, "violation_ended_on": day, "committed_on": day, "continuing": NO}


def _before(days: int) -> Step:
    return _filed(col("decided_on").dt.offset_by(f"-{days}d"))


def _case(expected: str, text: str, field: str, *steps: Step, **rest: object) -> Plant:
    fields = (FIELD_PLACE[field],)
    return Plant(RULE, expected, text, link="none", life="prompt", penalty=steps, fields=fields,
                 **{"starts": SINCE_2023, **rest})  # type: ignore[arg-type]


FOUGHT = {"violation": number("殴打他人"), "kinds": (2,), "starts": POLICE_2025}
MARKET, SECURITY = _terms(90, 30), _terms(30, 30)

PLANTS: tuple[Plant, ...] = (
    _case("hit", "市场监管案件延长三十日届满后作出", "市场监管", _filed(since("decided_on", MARKET))),
    _case("hit", "治安案件延长三十日届满后作出", "公安", _filed(since("decided_on", SECURITY)), **FOUGHT),
    _case("hit", "水利案件立案七个月后作出", "水利", _before(213)),
    _case("hit", "交通运输案件二百日作出，登记的延长超过规章的上限", "交通运输", _before(200),
          {"case_extended_to": col("decided_on")}),
    _case("hit", "市场监管案件半年后作出，延长和扣除均未登记", "市场监管", _before(185), {"excluded_days": NO_SUM}),
    _case("clear", "市场监管案件延长届满以前作出", "市场监管", _filed(since("decided_on", MARKET, 1))),
    _case("clear", "交通运输案件第一百日作出，在可以延长的时间以内", "交通运输", _before(100)),
    _case("clear", "治安案件第四十五日作出", "公安", _before(45), **FOUGHT),
    _case("excluded", "市场监管案件集体讨论再次延长", "市场监管", _before(170),
          {"case_extended_to": plus("decided_on", 3)}),
    _case("excluded", "交通运输案件扣除鉴定六十日", "交通运输", _before(170), {"excluded_days": pl.lit(60, pl.Int64)}),
    _case("excluded", "超期作出的决定已自行撤销", "水利", _before(190), {"revoked_on": plus("served_on", 20)}),
    _case("excluded", "违法行为发生日登记在决定以后", "水利", _before(190), {"committed_on": plus("decided_on", 2)}),
    _case("gap", "立案日未记载", "水利", {"filed_on": NO_DATE}),
    _case("gap", "自然资源案件2024年起立案，新办法的期限未收录", "自然资源", _before(110), starts=NATURE_2025),
)
"""All cases of this rule."""
