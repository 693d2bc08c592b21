"""NL-01: fines unpaid, nobody asked the court, the last day gone."""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import (
    APPLIED,
    NO_DATE,
    NO_SUM,
    REFUSED,
    applied,
    col,
    period,
    plus,
    reconsidered,
    word,
    workdays,
)
from engine.sample.violations import number
from engine.sample.world import DIVISIONS, FIELD_PLACE, UNCOVERED

RULE = "non_litigation.no_application"
LAND, WATER, POLICE = FIELD_PLACE["自然资源"], FIELD_PLACE["水利"], FIELD_PLACE["公安"]
OCCUPIED = number("未经批准非法占用土地")
OVER = col("left") < -100
NOT_EXECUTED = (("referral.not_executed", "penalty", "hit"),)
"""An organ that may enforce by itself and does not is on another list."""


def _unpaid(expected: str, text: str, starts: pl.Expr = OVER, **rest: object) -> Plant:
    return Plant(RULE, expected, text, life="unpaid", starts=starts, **rest)  # type: ignore[arg-type]


HITS = (
    _unpaid("hit", "罚款未缴，申请期限届满已久，未申请法院强制执行", link="none"),
    _unpaid("hit", "前一日为最后一日，逾期一日", col("left") == -1, link="none"),
    _unpaid("hit", "最后一日逢长假顺延，节后仍未申请", col("ended") & col("holiday"), link="none"),
    _unpaid("hit", "六个月或三个月届满无对应日，取月末", col("ended") & col("month_end"), link="none"),
    _unpaid("hit", "部分缴纳，余款未缴未申请", link="none",
            penalty=[{"paid": col("fine") // 2, "paid_on": plus("served_on", 12)}]),
    _unpaid("hit", "没收款未缴未申请", link="none",
        penalty=[{"fine": pl.lit(0, pl.Int64), "confiscated": pl.lit(1_863_250)}]),
    _unpaid("hit", "准予延期，延期届满三个月后仍未申请", link="none",
            penalty=[{"deferral_end_on": period("served_on", months=8, rolled=False)}]),
    _unpaid("hit", "复议维持后未起诉，自复议决定送达起算仍已届满", link="none", penalty=reconsidered()),
    _unpaid("hit", "未告知起诉期限，按最长一年计算仍已届满", col("age") > 480, link="none",
            penalty=[{"remedies_told": pl.lit(False)}]),
    _unpaid("hit", "土地管理法十五日起诉，按复议六十日计算仍已届满", link="none", fields=(LAND,), violation=OCCUPIED),
    _unpaid("hit", "公告送达，期限届满未申请", link="none", penalty=[{"service_mode": word("announcement")}]),
    _unpaid("hit", "申请后撤回，未再申请", col("left") < -300, note="撤回申请不是排除事由",
            application=[APPLIED, applied(workdays("remedy_end_on", 8))],
            review=[{"r_ruling": word("withdrawn"), "r_reason": word("申请人补充材料，撤回申请"),
            "paid": pl.lit(0, pl.Int64),
                     "paid_on": NO_DATE}]),
    _unpaid("hit", "同一机关对名称相近的另一公司申请过执行，不是本案", col("left") < -300, link="none", kinds=(0,),
            application=[APPLIED, applied(workdays("remedy_end_on", 8)), {
                "r_party": col("party") + 3 * (1 << 30), "r_name": word("similar"), "r_document": word("missing")}],
            review=[{"r_ruling": word("refused"), "r_reason": word("明显缺乏事实根据"), "paid": pl.lit(0, pl.Int64),
                     "paid_on": NO_DATE}]),
)

CLEAR = (
    _unpaid("clear", "最后一日逢周末顺延至统计日之后", (col("left") >= 0) & (col("left") < 3), link="none",
            rest_day=True),
    _unpaid("clear", "申请期限尚未届满", (col("left") > 10) & (col("left") < 60), link="none"),
    _unpaid("clear", "申请期限届满日在放假安排尚未公布的年份", col("left") > 70, link="none"),
    _unpaid("clear", "未告知起诉期限，按最长一年计算尚未届满", (col("age") > 398) & (col("age") < 430), link="none",
            penalty=[{"remedies_told": pl.lit(False)}]),
    _unpaid("clear", "土地管理法十五日起诉，按复议六十日计算尚未届满（两种读法之间）",
        (col("age") > 118) & (col("age") < 144),
            link="none", fields=(LAND,), violation=OCCUPIED),
    _unpaid("clear", "准予分期，最后一期届满未满三个月", (col("left") < -20) & (col("left") > -60), link="none",
            penalty=[{"deferral_end_on": period("served_on", months=9, rolled=False)}]),
    Plant(RULE, "clear", "逾期缴清", life="late", starts=OVER, link="none"),
    Plant(RULE, "clear", "仅警告，无罚没款", life="warned", starts=OVER, link="none"),
    Plant(RULE, "clear", "最后一日当天申请", application=[applied(col("last_day_on"))],
          also=(("non_litigation.late_application", "court_review", "clear"),)),
    Plant(RULE, "clear", "已申请，法院案卡未登记处罚文号", link="fuzzy", application=[{"r_document": word("missing")}]),
    Plant(RULE, "clear", "已申请，法院案卡处罚文号有误", link="fuzzy", application=[{"r_document": word("typo")}]),
    Plant(RULE, "clear", "已申请，文号缺失且当事人名称用繁体、无证件号", link="fuzzy",
          application=[{"r_document": word("missing"), "r_name": word("traditional"), "r_number": word("missing")}]),
    Plant(RULE, "clear", "已申请，法院案卡处罚文号错成同一机关的另一件", link="fuzzy",
          application=[{"r_document": word("neighbour")}]),
    Plant(RULE, "clear", "已申请，法院案卡未登记处罚文号和决定日，标的含加处罚款", link="fuzzy",
        note="难例：只有当事人和机关可比对",
          application=[{"r_document": word("missing"), "r_dated": pl.lit(False), "additional_fine": col("fine")}],
          review=[REFUSED]),
    Plant(RULE, "clear", "已申请，申请人登记为机构改革前名称", application=[{"r_name": word("old organ")}],
          fields=(0, 1, 2)),
    Plant(RULE, "clear", "已申请，由指定管辖的其他法院审查", divisions=(3, 4), application=[
        {"court": word(DIVISIONS[2].court), "court_code": word(DIVISIONS[2].court_code)}]),
)

EXCLUDED = (
    _unpaid("excluded", "机关依法自行强制执行", link="none", fields=(WATER,), penalty=[{"power": word("self")}],
            also=NOT_EXECUTED),
    _unpaid("excluded", "公安机关罚款，机关自行执行", link="none", fields=(POLICE,), kinds=(2,), also=NOT_EXECUTED),
    _unpaid("excluded", "已申请复议，结果未记载", link="none",
            penalty=[{"relief": word("reconsideration"), "reconsidered_on": plus("served_on", 35)}]),
    _unpaid("excluded", "已起诉，期限另行起算", link="none",
            penalty=[{"relief": word("litigation"), "sued_on": plus("served_on", 110)}]),
    _unpaid("excluded", "台账写明复议并诉讼，日期未记载", link="none", penalty=[{"relief": word("both")}]),
    _unpaid("excluded", "缴款记录显示已缴清，台账未更新", link="exact",
            penalty=[{"receipt_on": plus("served_on", 25), "receipt": col("fine") + col("confiscated").fill_null(0)}]),
    _unpaid("excluded", "申请期限届满前公司已注销", link="exact", kinds=(0,),
            penalty=[{"cancelled_on": plus("served_on", 90)}]),
    _unpaid("excluded", "处罚决定已撤销", link="none",
            penalty=[{"revoked_on": plus("served_on", 120), "status": word("决定已撤销")}]),
    _unpaid("excluded", "状态为批准分期缴纳，届满日未记载", link="none", penalty=[{"status": word("批准分期缴纳")}]),
    _unpaid("excluded", "送达日早于决定日，日期有误", link="none", enforcement=[{"decided_on": plus("served_on", 6)}]),
)

GAPS = (
    _unpaid("gap", "送达日未记载", link="none", enforcement=[{"served_on": NO_DATE}]),
    _unpaid("gap", "只有双公示记录，执行台账缺该件", link="none", penalty=[{"in_ledger": pl.lit(False)}]),
    _unpaid("gap", "送达日为不存在的日期", link="none", enforcement=[{"served_text": word("2024年2月30日")}]),
    _unpaid("gap", "缴款情况未记载", link="none",
            penalty=[{"paid": NO_SUM, "status": word("")}]),
    _unpaid("gap", "该县法院数据未声明完整，不能说没有申请", link="none", divisions=(UNCOVERED,)),
)

PLANTS: tuple[Plant, ...] = (*HITS, *CLEAR, *EXCLUDED, *GAPS)
"""All cases of this rule."""
