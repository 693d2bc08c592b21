"""NL-04: the organ asked the court before ten working days had passed since its demand."""

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import GRANTED, NO_DATE, applied, word, workdays

RULE, ADMISSION = "non_litigation.short_demand", "non_litigation.wrong_admission"


def _asked(after: int) -> Step:
    return applied(workdays("demand_served_on", after))


def _case(expected: str, text: str, *application: Step, **rest: object) -> Plant:
    rest.setdefault("review", (GRANTED,))
    also = ((ADMISSION, "court_review", expected),)
    return Plant(RULE, expected, text, "court_review", application=application, also=also, **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "催告书送达后第十个工作日即申请", _asked(10)),
    _case("hit", "催告书送达后第三个工作日即申请", _asked(3)),
    _case("hit", "申请以后才送达催告书", _asked(15), {"demand_served_on": workdays("r_applied_on", 2)}),
    _case("hit", "催告期未满即申请，法院案卡未登记处罚文号", _asked(5), {"r_document": word("missing")}, link="fuzzy"),
    _case("clear", "催告书送达后第十一个工作日申请", _asked(11)),
    _case("excluded", "情况紧急，为保障公共安全申请立即执行", _asked(2),
          review=({**GRANTED, "r_reason": word("为保障公共安全，准予立即执行")},)),
    _case("gap", "没有催告记载", {"demand_served_on": NO_DATE}),
)
"""All cases of this rule."""
