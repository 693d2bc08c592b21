"""NL-09: enforcement that took longer than three months and the three that may be granted."""

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.not_filed import FILED
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_SUM, NO_TEXT, UNPAID, col, period, plus, word

RULE = "enforcement.overdue"
START: Step = {**FILED, "e_filed_on": plus("r_ruled_on", 8)}
LATEST = period(period("e_filed_on", months=3), months=3)
"""The last day of the term and its longest extension."""

OPEN: Step = {**UNPAID, "e_closed_on": NO_DATE, "e_mode": NO_TEXT, "e_recovered": NO_SUM}


def _closed(expected: str, text: str, days: int, *more: Step) -> Plant:
    """An enforcement case closed so many days after the last day of the extended term."""
    closed: tuple[Step, ...] = ({"e_closed_on": plus(LATEST, days)}, {"paid_on": col("e_closed_on")})
    return Plant(RULE, expected, text, "enforcement", link="exact", starts=col("left") < -520, review=(GRANTED,),
                 enforcement=(START, *closed, *more))


PLANTS: tuple[Plant, ...] = (
    _closed("hit", "延长后的期限届满次日才执结", 1),
    _closed("hit", "超过延长后的期限三个月才执结", 92),
    _closed("hit", "立案一年多仍在执行", 0, OPEN),
    _closed("clear", "延长后的期限最后一日执结", 0),
    _closed("excluded", "曾中止执行", 60, {"e_suspended_on": plus("e_filed_on", 30)}),
    _closed("gap", "已有结案方式，结案日未记载", 30, {"e_closed_on": NO_DATE, "paid_on": NO_DATE},
            {"e_mode": word("completed")}),
)
"""All cases of this rule."""
