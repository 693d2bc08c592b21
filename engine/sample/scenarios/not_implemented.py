"""NL-08: the ruling leaves it to an organ to carry out the order, and nothing is carried out."""

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.not_filed import NOT_FILED
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_TEXT, applied, col, on, open_day, plus, word
from engine.sample.scenarios.wrong_sum import carried_out
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE = "non_litigation.not_implemented"
TOWN: Step = {"r_implementer": word("云槐镇人民政府")}
LONG_AGO = col("left") < -420
LATELY = (col("day") > on(2026, 4, 10)) & (col("day") < on(2026, 6, 20))
IN_TIME: tuple[Step, ...] = (applied(open_day(plus("served_on", 70))), {"demand_served_on": plus("served_on", 40)})
"""After the fifteen days to sue over a demolition, and within three months of them."""


def _case(expected: str, text: str, told: str, *more: Step, **rest: object) -> Plant:
    """A ruling on unlawfully occupied land: the court collects the fine, the township is to tear down.

    `told` is what the register says came of it.
    """
    said = word(told) if told else NO_TEXT
    rest.setdefault("application", IN_TIME)
    rest.setdefault("starts", LONG_AGO)
    return Plant(RULE, expected, text, "court_review", fields=(FIELD_PLACE["自然资源"],),
                 violation=number("未经批准非法占用土地"), review=(GRANTED,),
                 enforcement=(*carried_out(col("r_sought")), {**TOWN, "r_implementation": said}, *more), **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "裁定后一年多，登记为未实施", "未实施"),
    _case("hit", "裁定后一年多，只拆除一部分", "已拆除部分建筑"),
    _case("hit", "部分准予，正在制定方案，罚款也未立案执行", "正在制定实施方案", NOT_FILED,
          {"r_ruling": word("partly")}, also=(("non_litigation.not_filed", "court_review", "hit"),)),
    _case("hit", "未实施，法院案卡未登记处罚文号", "尚未实施", link="fuzzy",
          application=(*IN_TIME, {"r_document": word("missing")})),
    _case("clear", "已实施完毕", "已拆除并恢复土地原状", {"r_implemented_on": plus("r_ruled_on", 95)}),
    _case("clear", "登记为已拆除，完毕日未登记", "已拆除"),
    _case("clear", "裁定后不足一百八十日", "未实施", starts=LATELY),
    _case("excluded", "未实施，正在补办用地手续", "未拆除，正在补办用地手续"),
    _case("excluded", "未实施，规划已经调整", "未拆除，规划调整后予以保留"),
    _case("excluded", "未实施，无法恢复原状", "未实施，已无法恢复原状"),
    _case("excluded", "暂缓实施", "未实施，经研究暂缓"),
    _case("gap", "实施情况未登记", "", {"r_implemented_on": NO_DATE}),
    _case("gap", "裁定日未登记", "未实施", {"r_ruled_on": NO_DATE}),
)
"""All cases of this rule."""
