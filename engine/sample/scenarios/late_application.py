"""NL-02: the organ asked the court after the last day, in the reading most favourable to the organ.

Where the court took the case nevertheless, its own rule (NL-05) answers too.
"""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import (
    DEFERRED,
    DEMANDED_BEFORE,
    GRANTED,
    NO_DATE,
    NO_TEXT,
    UNTOLD,
    after_deferral,
    after_reconsideration,
    after_special,
    after_untold,
    applied,
    col,
    open_day,
    plus,
    reconsidered,
    word,
)
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE, ADMISSION = "non_litigation.late_application", "non_litigation.wrong_admission"
APPLIED_FOR = (("non_litigation.no_application", "penalty", "clear"),)
LAND = (FIELD_PLACE["自然资源"],)
OCCUPIED = number("未经批准非法占用土地")
OPEN = col("long_ago") & col("next_open")
EARLIER = col("left") < -520
DEMANDED = {"demand_served_on": open_day("remedy_end_on")}
NEXT = (applied(plus("last_day_on", 1)), DEMANDED)
ON_TIME = (applied(col("last_day_on")), DEMANDED)
FAR = (applied(plus("last_day_on", 60)), applied(open_day("r_applied_on")), DEMANDED)


def _own(last: pl.Expr) -> tuple[dict[str, pl.Expr], ...]:
    """Apply on the last day as the case itself reckons it."""
    return ({"last_day_on": last}, applied(col("last_day_on")), DEMANDED_BEFORE)


def _own_late(last: pl.Expr) -> tuple[dict[str, pl.Expr], ...]:
    """Apply on the first working day after the last day as the case itself reckons it."""
    late = applied(plus("last_day_on", 1))
    return ({"last_day_on": last}, late, applied(open_day("r_applied_on")), DEMANDED_BEFORE)


def _case(
    expected: str, text: str, starts: pl.Expr = EARLIER, admission: str = "",
    also: tuple[tuple[str, str, str], ...] = (), **rest: object
) -> Plant:
    """A case of the organ's rule, and what the court's rule (`admission`) says where the court grants it."""
    rest.setdefault("review", (GRANTED,))
    also = (*also, (ADMISSION, "court_review", admission or expected))
    return Plant(RULE, expected, text, "court_review", starts=starts, also=also, **rest)  # type: ignore[arg-type]


HITS = (
    _case("hit", "最后一日（工作日）的次日申请", OPEN & ~col("rolled"), application=NEXT),
    _case("hit", "最后一日逢周末顺延后，次日申请", OPEN & col("rolled") & ~col("holiday"), application=NEXT),
    _case("hit", "最后一日逢长假顺延后，次日申请", OPEN & col("holiday"), application=NEXT),
    _case("hit", "最后一日为调休上班的周末，不顺延，次日申请", OPEN & col("make_up"), application=NEXT),
    _case("hit", "届满无对应日取月末，次日申请", OPEN & col("month_end"), application=NEXT),
    _case("hit", "超期半年以上申请，法院准予执行", col("left") < -620,
          application=[applied(plus("last_day_on", 230)), applied(open_day("r_applied_on")), DEMANDED]),
    _case("hit", "公告送达，期满后超期申请", penalty=[{"service_mode": word("announcement")}], application=FAR),
    _case("hit", "延期届满起算，超期申请", penalty=DEFERRED, application=_own_late(after_deferral())),
    _case("hit", "复议维持后未起诉，自复议决定送达起算仍超期", penalty=reconsidered(),
          application=_own_late(after_reconsideration()), review=[{**GRANTED, "r_relief": NO_TEXT}]),
    _case("hit", "未告知起诉期限，超过一年加三个月申请", penalty=UNTOLD, application=_own_late(after_untold())),
    _case("hit", "土地十五日起诉，超过复议六十日加三个月申请", fields=LAND, violation=OCCUPIED,
          application=_own_late(after_special())),
    _case("hit", "逾期申请，法院裁定不予受理", admission="clear", application=FAR, review=[
        {"r_not_accepted_on": col("r_accepted_on"), "r_accepted_on": NO_DATE, "r_ruling": word("not_accepted"),
         "r_reason": word("超过法定申请期限，无正当理由"), "paid": pl.lit(0, pl.Int64), "paid_on": NO_DATE}]),
    _case("hit", "逾期申请，法院以没有正当理由不准予执行", admission="excluded", application=FAR, review=[
        {"r_ruling": word("refused"), "r_reason": word("逾期申请没有正当理由"), "r_evident": pl.lit(True),
         "paid": pl.lit(0, pl.Int64), "paid_on": NO_DATE}]),
    _case("hit", "超期申请，法院案卡未登记处罚文号", link="fuzzy", also=APPLIED_FOR,
        application=[*FAR, {"r_document": word("missing")}]),
    _case("hit", "超期申请，法院案卡处罚文号有误", link="fuzzy", also=APPLIED_FOR,
        application=[*FAR, {"r_document": word("typo")}]),
    _case("hit", "超期申请，文号缺失、当事人名称用繁体且无证件号", link="fuzzy", also=APPLIED_FOR,
          application=[*FAR,
          {"r_document": word("missing"), "r_name": word("traditional"), "r_number": word("missing")}]),
    _case("hit", "超期申请，文号缺失，自然人姓名、证件号掩码", link="fuzzy", also=APPLIED_FOR, kinds=(2,),
        note="难例：姓氏、机关、决定日和金额可比对",
          application=[*FAR, {"r_document": word("missing"), "r_name": word("masked"), "r_number": word("masked")}]),
    _case("hit", "超期申请，法院案卡处罚文号错成同一机关的另一件", link="fuzzy", also=APPLIED_FOR,
          application=[*FAR, {"r_document": word("neighbour")}]),
    _case("hit", "超期申请，申请人登记为机构改革前名称", fields=(0, 1, 2),
        application=[*FAR, {"r_name": word("old organ")}]),
    _case("hit", "超期申请，自然人姓名、证件号掩码", kinds=(2,),
          application=[*FAR, {"r_name": word("masked"), "r_number": word("masked")}]),
)

CLEAR = (
    _case("clear", "最后一日（工作日）当天申请", col("long_ago") & ~col("rolled"), application=ON_TIME),
    _case("clear", "最后一日逢周末，顺延后首个工作日申请", col("long_ago") & col("rolled") & ~col("holiday"),
          application=ON_TIME),
    _case("clear", "最后一日逢长假，节后首个工作日申请", col("long_ago") & col("holiday"), application=ON_TIME),
    _case("clear", "最后一日为调休上班的周末，当天申请", col("long_ago") & col("make_up"), application=ON_TIME),
    _case("clear", "届满无对应日取月末，当天申请", col("long_ago") & col("month_end"), application=ON_TIME),
    _case("clear", "按期申请，法院案卡处罚文号错成同一机关的另一件", link="fuzzy", also=APPLIED_FOR,
          application=[*ON_TIME, {"r_document": word("neighbour")}]),
    _case("clear", "延期届满起算，最后一日申请", penalty=DEFERRED, application=_own(after_deferral())),
    _case("clear", "复议维持后未起诉，自复议决定送达起算最后一日申请", penalty=reconsidered(),
          application=_own(after_reconsideration()), review=[{**GRANTED, "r_relief": NO_TEXT}]),
    _case("clear", "未告知起诉期限，一年加三个月最后一日申请", penalty=UNTOLD, application=_own(after_untold())),
    _case("clear", "土地十五日起诉，复议六十日加三个月最后一日申请（两种读法之间）", fields=LAND, violation=OCCUPIED,
          application=_own(after_special())),
)

EXCLUDED = (
    _case("excluded", "台账记载已起诉，期限另行起算", application=FAR,
          penalty=[{"relief": word("litigation"), "sued_on": plus("served_on", 120)}]),
    _case("excluded", "裁定书记载当事人曾申请复议，台账未记载", application=FAR,
          review=[{**GRANTED, "r_relief": word("reconsideration")}]),
    _case("excluded", "复议结果未记载", application=FAR,
          penalty=[{"relief": word("reconsideration"), "reconsidered_on": plus("served_on", 40)}]),
    _case("excluded", "裁定认定逾期有正当理由", application=FAR,
          review=[{"r_ruling": word("granted"), "r_reason": word("因不可抗力逾期申请，有正当理由")}]),
    _case("excluded", "台账状态为批准分期缴纳，届满日未记载", application=FAR,
        penalty=[{"status": word("批准分期缴纳")}]),
    _case("excluded", "申请日晚于裁定日，日期有误", enforcement=[{"r_applied_on": plus("last_day_on", 200)}]),
)

GAPS = (
    _case("gap", "送达日未记载", application=FAR, enforcement=[{"served_on": NO_DATE}]),
    _case("gap", "处罚决定不在任何台账中", link="none", application=FAR,
          penalty=[{"in_ledger": pl.lit(False), "in_publicity": pl.lit(False)}]),
    _case("gap", "申请日未记载", enforcement=[{"r_applied_on": NO_DATE}]),
)

PLANTS: tuple[Plant, ...] = (*HITS, *CLEAR, *EXCLUDED, *GAPS)
"""All cases of this rule."""
