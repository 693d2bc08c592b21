"""PE-01 and PE-05: acts punished after the time limit, decisions made while a hearing could still be asked for."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, col, on, period, plus, workdays, workdays_back
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

TIME_LIMIT = "administrative_violation.after_time_limit"
EARLY = "administrative_violation.early_decision"
POLICE = (FIELD_PLACE["公安"],)
MARKET = (FIELD_PLACE["市场监管"],)
BUILDING = (FIELD_PLACE["城市管理"],)
YES, NO, UNKNOWN = pl.lit(True), pl.lit(False), pl.lit(None, dtype=pl.Boolean)
BEFORE_2026 = (col("day") > on(2024, 1, 10)) & (col("day") < on(2025, 12, 20))
FOUGHT, LENT = number("殴打他人"), number("非法出租、出借银行账户")
UNPLANNED = number("未取得建设工程规划许可证进行建设")


def _ended(months: int) -> Step:
    """The act ended once, so many months before the case was filed."""
    ended = col("filed_on").dt.offset_by(f"-{months}mo")
    return {"violation_ended_on": ended, "committed_on": ended, "continuing": NO, "discovered_on": col("filed_on")}


def _filed(months: int, days_over: int) -> tuple[Step, ...]:
    """File so many days after the last day of a limit of so many months; found on that day."""
    last = plus(period("violation_ended_on", months=months), days_over)
    return _ended(months), {"filed_on": last, "discovered_on": last}


def _late(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    return Plant(TIME_LIMIT, expected, text, link="none", life="prompt", penalty=steps, **rest)  # type: ignore[arg-type]


def _hasty(expected: str, text: str, *steps: Step) -> Plant:
    return Plant(EARLY, expected, text, link="none", life="prompt", penalty=steps)


def _told(workdays_before: int) -> Step:
    """Tell the right to a hearing so many working days before the decision."""
    return {"hearing_notice_on": workdays_back("decided_on", workdays_before), "hearing_told": YES}


TWO_YEARS, LATER = _filed(24, 1), _ended(30)

PLANTS: tuple[Plant, ...] = (
    _late("hit", "二年届满次日才立案", *TWO_YEARS),
    _late("hit", "三年后才立案", _ended(36)),
    _late("hit", "二年半后立案，何时发现未记载", LATER, {"discovered_on": NO_DATE}),
    _late("hit", "治安案件六个月届满次日才立案", *_filed(6, 1), fields=POLICE, kinds=(2,), violation=FOUGHT,
          starts=BEFORE_2026),
    _late("hit", "有危害后果，但五年以后才立案", _ended(61), {"serious_harm": YES}),
    _late("clear", "二年的最后一日立案", *_filed(24, 0)),
    _late("clear", "治安案件六个月的最后一日立案", *_filed(6, 0), fields=POLICE, kinds=(2,), violation=FOUGHT,
          starts=BEFORE_2026),
    _late("clear", "公安机关办理的反诈案件，七个月后立案", _ended(7), fields=POLICE, kinds=(2,), violation=LENT,
          starts=BEFORE_2026),
    _late("clear", "四年前开始，持续到立案前三个月", _ended(3), {
        "committed_on": col("filed_on").dt.offset_by("-48mo"), "continuing": YES}),
    _late("excluded", "二年以内已受理举报，届满以后才立案", LATER,
          {"discovered_on": col("filed_on").dt.offset_by("-8mo")}),
    _late("excluded", "造成人身损害，时效五年", LATER, {"serious_harm": YES}),
    _late("excluded", "违法建设登记的终了日是建成日", LATER, {"continuing": UNKNOWN}, fields=BUILDING,
          violation=UNPLANNED),
    _late("excluded", "超过时效的处罚已自行撤销", LATER, {"revoked_on": plus("served_on", 25)}),
    _late("excluded", "登记的发生日晚于终了日", LATER, {"committed_on": col("filed_on")}),
    _late("gap", "只登记了发生日，有无继续状态未记载", LATER, {"violation_ended_on": NO_DATE, "continuing": UNKNOWN},
          fields=MARKET),
    _late("gap", "立案日、发现日均未记载", LATER, {"filed_on": NO_DATE, "discovered_on": NO_DATE}),
    _hasty("hit", "告知听证后第五个工作日作出决定", _told(5)),
    _hasty("hit", "告知听证次日作出决定", _told(1)),
    _hasty("hit", "告知听证当日作出决定", {"hearing_notice_on": col("decided_on")}),
    _hasty("hit", "当事人申请听证，第三个工作日即作出决定", _told(3), {"hearing_requested": YES}),
    _hasty("hit", "第四个工作日作出决定，有无放弃听证未记载", _told(4), {"hearing_waived": UNKNOWN}),
    _hasty("clear", "告知听证后第六个工作日作出决定", _told(6)),
    _hasty("excluded", "当事人书面放弃听证，第二个工作日作出决定", _told(2), {"hearing_waived": YES}),
    _hasty("excluded", "当事人申请后提前举行听证，当日作出决定", _told(4), {
        "hearing_requested": YES, "hearing_held_on": col("decided_on")}),
    _hasty("excluded", "听证告知登记为决定以后", {"hearing_notice_on": workdays("decided_on", 3)}),
    _hasty("gap", "已告知听证而未登记日期", {"hearing_notice_on": NO_DATE}),
)
"""All cases of the two rules."""
