"""NL-05: the court turned away, as out of time, an application made within the time.

The other half of NL-05 (taken although out of time) is planted with the organs' rules NL-02, NL-03 and NL-04.
"""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, UNPAID, applied, col, open_day, plus, word, workdays

RULE = "non_litigation.wrong_rejection"
LATE_SAID = "超过法律规定的申请期限"
EARLY_SAID = "起诉期限尚未届满，不符合申请条件"
OTHERWISE = col("long_ago") & ~col("rolled") & ~col("raw6_rests")
"""The last day is the same in every reading."""


def _rejected(reason: str) -> Step:
    """Have the court not accept the application, for that reason."""
    return {**UNPAID, "r_not_accepted_on": col("r_accepted_on"), "r_accepted_on": NO_DATE, "r_reason": word(reason),
            "r_ruling": word("not_accepted"), "r_evident": pl.lit(False)}


def _case(expected: str, text: str, *application: Step, **rest: object) -> Plant:
    rest.setdefault("review", (_rejected(LATE_SAID),))
    return Plant(RULE, expected, text, "court_review", application=application, **rest)  # type: ignore[arg-type]


LAST_DAY = (applied(col("last_day_on")), {"demand_served_on": open_day("remedy_end_on")})
FAR = (applied(open_day(plus("last_day_on", 45))), {"demand_served_on": open_day("remedy_end_on")})

PLANTS: tuple[Plant, ...] = (
    _case("hit", "期限以内申请，法院以超过申请期限为由不予受理"),
    _case("hit", "最后一日当天申请，法院以超过申请期限为由不予受理", *LAST_DAY, starts=OTHERWISE),
    _case("hit", "起诉期限届满后申请，法院以尚未届满为由不予受理", review=(_rejected(EARLY_SAID),)),
    _case("hit", "期限以内申请，法院受理后以逾期为由不准予执行", review=(
        {**UNPAID, "r_ruling": word("refused"), "r_reason": word("逾期申请，没有正当理由"),
         "r_evident": pl.lit(True)},)),
    _case("hit", "期限以内申请，法院以逾期为由不予受理，案卡未登记处罚文号", {"r_document": word("missing")},
          link="fuzzy"),
    _case("clear", "最后一日逢休息日，顺延日申请被以逾期为由不予受理（两种读法之间）", *LAST_DAY,
          starts=col("long_ago") & col("rolled")),
    _case("clear", "确已逾期，法院不予受理", *FAR, also=(
        ("non_litigation.late_application", "court_review", "hit"),)),
    _case("clear", "以不属于本院管辖为由不予受理", review=(_rejected("不属于本院管辖"),)),
    _case("excluded", "台账记载已起诉，期限另行起算", penalty=(
        {"relief": word("litigation"), "sued_on": plus("served_on", 120)},)),
    _case("excluded", "裁定书记载当事人曾申请复议", review=(
        {**_rejected(LATE_SAID), "r_relief": word("reconsideration")},)),
    _case("excluded", "催告期尚未届满即申请，本可不受理", {"demand_served_on": workdays("remedy_end_on", 9)},
          applied(workdays("demand_served_on", 4)),
          also=(("non_litigation.short_demand", "court_review", "hit"),)),
    _case("gap", "不予受理的理由未记载", enforcement=({"r_reason": NO_TEXT},)),
    _case("gap", "送达日未记载", enforcement=({"served_on": NO_DATE},)),
)
"""All cases of this rule."""
