"""NL-16, PE-12: decisions still published after their term, or after they were revoked."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, col, on, period, plus, word, workdays
from engine.sample.world import FIELD_PLACE

OVERDUE = "administrative_violation.publicity_overdue"
REVOKED = "administrative_violation.publicity_not_withdrawn"
MARKET, LAND = (FIELD_PLACE["市场监管"],), (FIELD_PLACE["自然资源"],)
OLD = (col("day") > on(2022, 2, 1)) & (col("day") < on(2023, 3, 1))
"""Three years and more before the as-of date."""

RECENT = (col("day") > on(2024, 2, 1)) & (col("day") < on(2025, 11, 1))

SHOWN: Step = {"publicity_text": word("公示中")}
UP: Step = {"publicity_from": plus("decided_on", 8), **SHOWN}
THREE_YEARS = period("publicity_from", months=36, rolled=False)


def _published(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    rest.setdefault("fields", MARKET)
    return Plant(OVERDUE, expected, text, link="none", life="prompt", starts=OLD, penalty=steps,
                 **rest)  # type: ignore[arg-type]


def _revoked(expected: str, text: str, *steps: Step) -> Plant:
    revoked: Step = {"revoked_on": plus("decided_on", 60), "status": word("决定已撤销")}
    return Plant(REVOKED, expected, text, link="none", life="prompt", starts=RECENT, fields=MARKET,
                 penalty=(UP, revoked, *steps))


def _down(day: pl.Expr) -> Step:
    return {"publicity_removed_on": day, "publicity_text": word("已停止公示")}


PLANTS: tuple[Plant, ...] = (
    _published("hit", "满三年后仍在公示", UP),
    _published("hit", "满三年次日才停止公示", UP, _down(plus(THREE_YEARS, 1))),
    _published("hit", "登记的公示截止日为五年后", UP,
               {"publicity_to": period("publicity_from", months=60, rolled=False)}),
    _published("hit", "满三年后半年才停止公示", UP, _down(plus(THREE_YEARS, 190))),
    _published("clear", "满三年当日停止公示", UP, _down(THREE_YEARS)),
    _published("clear", "提前停止公示", UP, _down(period("publicity_from", months=14, rolled=False))),
    _published("excluded", "公示起始早于处罚决定，日期有误", UP,
               {"publicity_from": col("decided_on").dt.offset_by("-5d")}),
    _published("gap", "已停止公示，停止日未登记", UP, _down(NO_DATE)),
    _published("gap", "公示起始日未登记，至今仍在公示", SHOWN),
    _published("gap", "其他领域公示三年以上，没有已核的公示期", UP, fields=LAND, kinds=(0,)),
    _revoked("hit", "撤销后至今仍在公示"),
    _revoked("hit", "撤销后第四个工作日才撤下", _down(workdays("revoked_on", 4))),
    _revoked("hit", "撤销后半年才撤下", _down(plus("revoked_on", 180))),
    _revoked("hit", "撤销后两个月才撤下", _down(plus("revoked_on", 61))),
    _revoked("clear", "撤销后第三个工作日撤下", _down(workdays("revoked_on", 3))),
    _revoked("excluded", "公示起始晚于撤销，公示的是撤销信息", {"publicity_from": plus("revoked_on", 2)}),
    _revoked("gap", "撤销后是否撤下未登记", {"publicity_text": word("")}),
)
"""All cases of the two rules."""
