"""PE-06: two fines for one act; every case is a pair of decisions about one party."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_TEXT, col, on, plus, word
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE = "administrative_violation.repeated_fine"
TRANSPORT, MARKET = (FIELD_PLACE["交通运输"],), (FIELD_PLACE["市场监管"],)
CITY, ENVIRONMENT = (FIELD_PLACE["城市管理"],), (FIELD_PLACE["生态环境"],)
ON_ROAD, LABELLED, DUSTY = number("擅自占用、挖掘公路"), number("未明码标价"), number("施工扬尘")
COUNTY, PREFECTURE = (3,), (0,)
ACT_DAY = on(2024, 3, 4)
FIRST, SECOND, LATER = on(2024, 6, 3), on(2024, 7, 1), on(2024, 12, 2)
"""Days on which the first decision and the second are served."""


def _act(place: str) -> Step:
    """The act of both decisions: committed and found on one day at one place."""
    return {"committed_on": ACT_DAY, "violation_ended_on": ACT_DAY, "discovered_on": ACT_DAY, "filed_on": plus(
        "decided_on", -40), "continuing": pl.lit(False), "violation_place": word(place)}


def _one(expected: str, text: str, place: str, day: pl.Expr, *steps: Step, **rest: object) -> Plant:
    chosen: dict[str, object] = {"fields": TRANSPORT, "divisions": COUNTY, "violation": ON_ROAD, **rest}
    return Plant(RULE, expected, text, link="none", life="prompt", kinds=(0,), starts=col("day") == day,
                 penalty=(_act(place), *steps), same=place, **chosen)  # type: ignore[arg-type]


RECONSIDERED: Step = {"relief": word("reconsideration"), "reconsidered_on": plus("served_on", 5),
                      "reconsideration_decided_on": plus("served_on", 50),
                      "reconsideration_served_on": plus("served_on", 52)}
OF_CITY = {"fields": CITY, "violation": DUSTY}
OF_ENVIRONMENT = {"fields": ENVIRONMENT, "violation": DUSTY}
OF_MARKET = {"fields": MARKET, "violation": LABELLED}

PLANTS: tuple[Plant, ...] = (
    _one("clear", "占用公路，第一次罚款", "槐陵县清渡镇兴业路3号", FIRST),
    _one("hit", "占用公路，同一机关一个月后又罚款", "槐陵县清渡镇兴业路3号", SECOND),
    _one("clear", "未明码标价，县局先罚款", "槐陵县石桐乡建设路5号", FIRST, **OF_MARKET),
    _one("hit", "未明码标价，市局又罚款", "槐陵县石桐乡建设路5号", SECOND, **{**OF_MARKET, "divisions": PREFECTURE}),
    _one("clear", "占用公路，半年以前已经罚款", "槐陵县上泽乡人民路7号", FIRST),
    _one("hit", "占用公路，半年以后就同一行为又罚款", "槐陵县上泽乡人民路7号", LATER),
    _one("clear", "扬尘，城管依大气法先罚款", "槐陵县柳浦镇滨河路9号", FIRST, **OF_CITY),
    _one("excluded", "扬尘，生态环境依另一部法律罚款", "槐陵县柳浦镇滨河路9号", SECOND,
         {"basis_text": word("《环境保护法》第六十条")}, **OF_ENVIRONMENT),
    _one("clear", "占用公路，罚款以后当事人申请复议", "槐陵县白蒲镇北环路11号", FIRST, RECONSIDERED),
    _one("excluded", "占用公路，复议以后重新作出", "槐陵县白蒲镇北环路11号", LATER),
    _one("clear", "占用公路，文书有误的第一件", "槐陵县青岔镇文昌街13号", FIRST),
    _one("excluded", "占用公路，备注写明是更正前件的决定", "槐陵县青岔镇文昌街13号", SECOND,
         {"remark": word("更正前件文书，前件不再执行")}),
    _one("clear", "占用公路，第一件已撤销", "槐陵县云槐镇朝阳街15号", FIRST, {"revoked_on": plus("served_on", 15)}),
    _one("clear", "占用公路，第一件撤销以后重新罚款", "槐陵县云槐镇朝阳街15号", SECOND),
    _one("clear", "占用公路，同地次日又占用的前一件", "槐陵县霁阳街道工业大道17号", FIRST),
    _one("clear", "占用公路，同地次日又占用", "槐陵县霁阳街道工业大道17号", SECOND, {"committed_on": on(2024, 3, 5)}),
    _one("clear", "占用公路，两件中登记地点的一件", "槐陵县北梧街道兴业路19号", FIRST),
    _one("gap", "占用公路，两件中没有登记地点的一件", "槐陵县北梧街道兴业路19号", SECOND, {"violation_place": NO_TEXT}),
)
"""All cases of this rule: each place is one act of one party."""
