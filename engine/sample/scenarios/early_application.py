"""NL-03: the organ asked the court before the counterpart's time to sue was over, and the court took the case."""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import (
    NO_DATE,
    NO_TEXT,
    UNTOLD,
    applied,
    col,
    open_day,
    plus,
    reconsidered,
    word,
)
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE, ADMISSION = "non_litigation.early_application", "non_litigation.wrong_admission"
LAND = (FIELD_PLACE["自然资源"],)
OCCUPIED = number("未经批准非法占用土地")
DEMANDED = {"demand_served_on": plus("served_on", 14)}
GRANTED = ({"r_ruling": word("granted"), "r_reason": NO_TEXT, "r_evident": pl.lit(False), "paid": pl.lit(0, pl.Int64),
            "paid_on": NO_DATE},)
LONG_AGO = col("long_ago")
RAW_OPEN = col("long_ago") & ~col("raw6_rests")


def _early(days: int) -> tuple[dict[str, pl.Expr], ...]:
    return (applied(plus("served_on", days)), applied(open_day("r_applied_on")), DEMANDED)


def _case(
    expected: str, text: str, starts: pl.Expr = LONG_AGO, admission: str = "",
    also: tuple[tuple[str, str, str], ...] = (), **rest: object
) -> Plant:
    """A case of the organ's rule, and what the court's rule (`admission`) says where the court grants it."""
    rest.setdefault("review", GRANTED)
    also = (*also, (ADMISSION, "court_review", admission or expected))
    return Plant(RULE, expected, text, "court_review", starts=starts, also=also, **rest)  # type: ignore[arg-type]


HITS = (
    _case("hit", "起诉期限最后一日当天申请", RAW_OPEN, application=[applied(col("remedy_raw_on")), DEMANDED]),
    _case("hit", "送达后约四个月即申请，法院准予", application=_early(120)),
    _case("hit", "送达后一个多月即申请，法院准予", application=_early(40)),
    _case("hit", "提前申请，法院受理后不准予执行", admission="excluded", application=_early(95), review=[
        {**GRANTED[0], "r_ruling": word("refused"), "r_reason": word("起诉期限尚未届满"), "r_evident": pl.lit(True)}]),
    _case("hit", "土地十五日起诉，第十五日即申请", col("long_ago") & col("d15_open"), fields=LAND, violation=OCCUPIED,
          application=[applied(plus("served_on", 15)), {"demand_served_on": NO_DATE}]),
    _case("hit", "复议决定送达后十五日内即申请", penalty=reconsidered(), application=[
        applied(plus("reconsideration_served_on", 4)), applied(open_day("r_applied_on")), DEMANDED,
        {"additional_fine": pl.lit(0, pl.Int64)}], review=[{**GRANTED[0], "r_relief": NO_TEXT}]),
    _case("hit", "提前申请，法院案卡未登记处罚文号", link="fuzzy",
        application=[*_early(100), {"r_document": word("missing")}]),
    _case("hit", "提前申请，法院案卡处罚文号有误", link="fuzzy",
        application=[*_early(80), {"r_document": word("typo")}]),
    _case("hit", "提前申请，当事人用简称且无代码", link="exact", kinds=(0,),
          application=[*_early(110), {"r_name": word("short"), "r_number": word("missing")}]),
)

CLEAR = (
    _case("clear", "起诉期限届满次日申请", RAW_OPEN & col("raw6_next_open"),
          application=[applied(plus("remedy_raw_on", 1)), DEMANDED]),
    _case("clear", "起诉期限末日逢休息日，顺延日申请（两种读法之间）", col("long_ago") & col("raw6_rests"),
          application=[applied(col("remedy_end_on")), DEMANDED]),
    _case("clear", "土地十五日起诉，第十六日申请", col("long_ago") & col("d16_open"), admission="gap",
          fields=LAND, violation=OCCUPIED,
          application=[applied(plus("served_on", 16)), {"demand_served_on": NO_DATE}]),
    _case("clear", "未告知起诉期限，六个月届满后申请（两种读法之间）", penalty=UNTOLD, application=[
        applied(plus("remedy_end_on", 12)), applied(open_day("r_applied_on")), DEMANDED]),
    _case("clear", "提前申请，法院不予受理", application=_early(60), review=[
        {"r_not_accepted_on": col("r_accepted_on"), "r_accepted_on": NO_DATE, "r_ruling": word("not_accepted"),
         "r_reason": word("起诉期限尚未届满，不符合申请条件"), "paid": pl.lit(0, pl.Int64), "paid_on": NO_DATE}]),
)

EXCLUDED = (
    _case("excluded", "台账记载已起诉，届满日另行计算", application=_early(100),
          penalty=[{"relief": word("litigation"), "sued_on": plus("served_on", 60)}]),
    _case("excluded", "裁定书记载当事人申请过复议", application=_early(90), review=[
        {**GRANTED[0], "r_relief": word("reconsideration")}]),
    _case("excluded", "情况紧急，为保障公共安全申请立即执行", application=_early(30), review=[
        {**GRANTED[0], "r_reason": word("依照行政强制法第五十九条申请立即执行")}]),
    _case("excluded", "申请日早于送达日，日期有误", enforcement=[{"served_on": plus("r_applied_on", 20)}],
          also=(("administrative_violation.late_service", "penalty", "hit"),)),
)

GAPS = (
    _case("gap", "送达日未记载", application=_early(70), enforcement=[{"served_on": NO_DATE}]),
    _case("gap", "处罚决定不在任何台账中", link="none", application=_early(70),
          penalty=[{"in_ledger": pl.lit(False), "in_publicity": pl.lit(False)}]),
    _case("gap", "受理与裁定均未记载", application=_early(70), enforcement=[
        {"r_accepted_on": NO_DATE, "r_ruling": NO_TEXT, "r_ruled_on": NO_DATE, "has_enforcement": pl.lit(False)}]),
)

PLANTS: tuple[Plant, ...] = (*HITS, *CLEAR, *EXCLUDED, *GAPS)
"""All cases of this rule."""
