"""RC-01, RC-02, RC-04, RC-05: handed over or reviewed late, opinions not answered, persons not punished after one."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.sample.planting import Step
from engine.sample.scenarios.steps import NO_DATE, NO_TEXT, col, on, open_day, period, plus, word, workdays
from engine.sample.world import DIVISIONS, UNCOVERED

NO_REPLY, NO_PENALTY = "referral.no_reply", "referral.no_penalty"
LATE_HANDOVER, LATE_REVIEW = "referral.late_handover", "referral.late_review"
LAST_DAY = period("o_served_on", months=2)
SILENT: Step = {"o_replied_on": NO_DATE, "o_reply": NO_TEXT}
UNPUNISHED: Step = {"has_penalty": pl.lit(False)}
REFUSED: Step = {**UNPUNISHED, "o_reply": word("refused")}
BOTH_HIT = ((NO_PENALTY, "nonprosecution", "hit"),)


@dataclass(frozen=True)
class Case:
    """One planted referral; its fields mean what those of `planting.Plant` mean."""

    rule: str
    expected: str
    text: str
    subject: str
    link: str = "none"
    fate: str = "opinion"
    divisions: tuple[int, ...] = tuple(i for i in range(len(DIVISIONS)) if i != UNCOVERED)
    case: Sequence[Step] = ()
    opinion: Sequence[Step] = ()
    reply: Sequence[Step] = ()
    note: str = ""
    also: tuple[tuple[str, str, str], ...] = ()


def _reply(expected: str, text: str, *reply: Step, **rest: object) -> Case:
    return Case(NO_REPLY, expected, text, "opinion", reply=reply, **rest)  # type: ignore[arg-type]


def _penalty(expected: str, text: str, *reply: Step, **rest: object) -> Case:
    return Case(NO_PENALTY, expected, text, "nonprosecution", reply=reply, **rest)  # type: ignore[arg-type]


def _served(day: pl.Expr, until: pl.Expr | None = None) -> tuple[Step, ...]:
    """Give the opinion lately: closed a few days before service."""
    return ({"closed_on": on(2026, 8, 24), "o_issued_on": on(2026, 8, 24), "o_served_on": day,
             "o_due_on": NO_DATE if until is None else until},)


def _lately(day: pl.Expr) -> tuple[Step, ...]:
    return ({"decided_on": day}, {"handed_over_on": col("decided_on"), "registered_on": col("decided_on")})


REPLIES: tuple[Case, ...] = (
    _reply("hit", "两个月届满后长期未回复", {**SILENT, **UNPUNISHED}, also=BOTH_HIT),
    _reply("hit", "未回复，但已有处罚记录", SILENT, link="exact"),
    _reply("hit", "文书载明的期限前一日届满，未回复", SILENT, case=_lately(on(2026, 8, 10)),
           opinion=_served(on(2026, 8, 26), on(2026, 10, 30)), link="exact"),
    _reply("hit", "文书载明一个月，届满未回复", {**SILENT, **UNPUNISHED},
        opinion=[{"o_due_on": plus("o_served_on", 30)}],
           also=BOTH_HIT),
    _reply("hit", "两个月末日逢国庆顺延，顺延日的次日才回复", {"o_replied_on": on(2025, 10, 10)},
        case=_lately(on(2025, 7, 15)),
           opinion=[{"closed_on": on(2025, 7, 29), "o_issued_on": on(2025, 7, 29), "o_served_on": on(2025, 8, 1)}],
           link="exact"),
    _reply("hit", "逾期一日以上才回复", {"o_replied_on": open_day(plus(LAST_DAY, 1))}, link="exact"),
    _reply("hit", "意见书未登记不起诉文号，逾期未回复", SILENT, opinion=[{"o_document": word("missing")}],
        link="fuzzy"),
    _reply("clear", "两个月最后一日回复", {"o_replied_on": LAST_DAY}, link="exact"),
    _reply("clear", "两个月末日逢国庆顺延，顺延日当天回复", {"o_replied_on": on(2025, 10, 9)},
        case=_lately(on(2025, 7, 15)),
           opinion=[{"closed_on": on(2025, 7, 29), "o_issued_on": on(2025, 7, 29), "o_served_on": on(2025, 8, 1)}],
           link="exact"),
    _reply("clear", "两个月末日为统计日（星期六），顺延后尚未届满", {**SILENT, **UNPUNISHED},
        case=_lately(on(2026, 8, 10)),
           opinion=_served(on(2026, 8, 31)), also=((NO_PENALTY, "nonprosecution", "clear"),)),
    _reply("clear", "文书载明三个月，尚未届满", {**SILENT, **UNPUNISHED}, case=_lately(on(2026, 8, 10)),
           opinion=_served(on(2026, 8, 26), on(2026, 11, 26)), also=((NO_PENALTY, "nonprosecution", "clear"),)),
    _reply("clear", "文书为检察建议，不适用检察意见回复期限", SILENT, opinion=[{"o_kind": word("recommendation")}],
        link="exact"),
    _reply("excluded", "被不起诉人申诉期间中止，中止尚未结束", SILENT, opinion=[
        {"suspended_from": plus("o_served_on", 12), "suspended_to": plus("o_served_on", 400)}], link="exact"),
    _reply("excluded", "送达日早于制发日，日期有误", {**SILENT, "o_issued_on": plus("o_served_on", 6)}, link="exact"),
    _reply("gap", "送达日、回复日均未记载", {**SILENT, "o_served_on": NO_DATE}, link="exact"),
    _reply("gap", "有回复内容，回复日未记载", {"o_replied_on": NO_DATE}, link="exact"),
)

PENALTIES: tuple[Case, ...] = (
    _penalty("hit", "提出意见后机关书面回复不予处罚", REFUSED),
    _penalty("hit", "机关回复正在办理，期满仍无处罚", {**UNPUNISHED, "o_reply": word("pending")}),
    _penalty("hit", "同名不同人受过处罚，证件号不同",
        {"o_reply": word("refused"), "p_party": col("party") + 3 * (1 << 30),
                                     "p_name": word("borrowed")}),
    _penalty("hit", "只有不起诉决定之前的处罚",
        {"o_reply": word("refused"), "p_served_on": plus("police_filed_on", 3)}),
    _penalty("hit", "案卡写明提出意见，意见台账缺该件", UNPUNISHED, {"has_opinion": pl.lit(False)}),
    _penalty("hit", "姓名脱敏且无证件号的处罚可能相关，不能说已处罚",
        {"o_reply": word("refused"), "p_name": word("masked"),
                                                "p_number": word("missing")}, link="fuzzy",
             note="只有较弱的关联，减分后仍命中"),
    _penalty("hit", "意见载明的期限前一日届满，无处罚", {**REFUSED, "o_replied_on": on(2026, 10, 21)},
             case=_lately(on(2026, 8, 10)), opinion=_served(on(2026, 8, 26), on(2026, 10, 30))),
    _penalty("clear", "已处罚，处罚台账证件号掩码、姓名完整", {"p_number": word("masked")}, link="fuzzy"),
    _penalty("clear", "已处罚，处罚台账姓名用繁体", {"p_name": word("traditional")}, link="exact"),
    _penalty("clear", "由其他县机关处罚，证件号一致", {"p_organ": (col("organ") // 6) * 6 + (col("division") + 1) % 5},
             link="exact"),
    _penalty("clear", "审查终结，不需要处罚", fate="closed"),
    _penalty("clear", "行政检察部门尚在审查", fate="open"),
    _penalty("excluded", "案卡记载此前已受行政处罚", REFUSED, {"already_punished": pl.lit(True)}),
    _penalty("excluded", "机关回复已作处罚，处罚未录入台账（如行政拘留）", {"p_in_files": pl.lit(False)}),
    _penalty("excluded", "机关回复已移送其他机关", {**UNPUNISHED, "o_reply": word("transferred")}),
    _penalty("excluded", "被害人申诉期间中止审查", {**REFUSED, "suspended_from": plus("o_served_on", 20)}),
    _penalty("excluded", "附条件不起诉，考验期内", {**REFUSED, "kind": word("conditional")}),
    _penalty("gap", "该县处罚数据未声明完整", REFUSED, divisions=(UNCOVERED,)),
    _penalty("gap", "意见送达日、制发日和审结日均未记载", REFUSED, {"o_served_on": NO_DATE, "o_issued_on": NO_DATE,
                                              "closed_on": NO_DATE}),
)



def _handed(expected: str, text: str, *steps: Step, undated: bool = False) -> Case:
    """A case decided before the long holiday of 2025 (28 September was worked); what follows the handover follows."""
    start: Step = {"decided_on": on(2025, 9, 26), "handed_over_on": on(2025, 9, 30)}
    after: tuple[Step, ...] = ({"registered_on": col("handed_over_on")}, {"closed_on": workdays("registered_on", 6)})
    blank: Step = {"handed_over_on": NO_DATE} if undated else {}
    return Case(LATE_HANDOVER, expected, text, "nonprosecution", fate="closed", case=(start, *steps, *after, blank))


HANDOVERS: tuple[Case, ...] = (
    _handed("hit", "第四个工作日才移送，其间有国庆长假", {"handed_over_on": on(2025, 10, 9)}),
    _handed("hit", "一个多月后才移送", {"handed_over_on": on(2025, 11, 5)}),
    _handed("clear", "第三个工作日移送，其间有调休上班"),
    _handed("clear", "指引施行以前的决定", {"decided_on": on(2024, 11, 20), "handed_over_on": on(2024, 12, 20)}),
    _handed("gap", "移送日未记载", {"handed_over_on": on(2025, 11, 5)}, undated=True),
    _handed("excluded", "附条件不起诉", {"handed_over_on": on(2025, 11, 5), "kind": word("conditional")}),
)


def _reviewed(
    expected: str, text: str, *steps: Step, fate: str = "closed", also: tuple[tuple[str, str, str], ...] = ()
) -> Case:
    start: Step = {"decided_on": on(2025, 9, 26), "handed_over_on": on(2025, 9, 26), "registered_on": on(2025, 9, 26)}
    return Case(LATE_REVIEW, expected, text, "nonprosecution", fate=fate, case=(start, *steps), also=also)


REVIEWS: tuple[Case, ...] = (
    _reviewed("hit", "第十一个工作日审查终结，其间有长假", {"closed_on": on(2025, 10, 17)}),
    _reviewed("hit", "三个月后审查终结", {"closed_on": on(2025, 12, 26)}),
    _reviewed("hit", "至今未审查终结", {"closed_on": NO_DATE, "kind": word("discretionary")}, fate="open",
              also=(("referral.no_opinion", "nonprosecution", "hit"),)),
    _reviewed("clear", "第十个工作日审查终结，其间有调休上班", {"closed_on": on(2025, 10, 16)}),
    _reviewed("excluded", "被害人申诉，曾中止审查", {"closed_on": on(2025, 12, 26), "suspended_from": on(2025, 10, 9),
                                             "suspended_to": on(2025, 12, 20)}),
    _reviewed("excluded", "受理早于决定，日期有误", {"closed_on": on(2025, 12, 26), "decided_on": on(2025, 9, 28)}),
    _reviewed("gap", "受理日未记载", {"closed_on": on(2025, 12, 26), "registered_on": NO_DATE}),
)

CASES: tuple[Case, ...] = (*REPLIES, *PENALTIES, *HANDOVERS, *REVIEWS)
"""All cases of the four rules."""
