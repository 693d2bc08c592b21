"""NL-07: granted, but no enforcement case was filed, or only much later."""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import (
    DEMANDED_BEFORE,
    GRANTED,
    NO_DATE,
    NO_TEXT,
    REFUSED,
    UNPAID,
    applied,
    col,
    on,
    open_day,
    plus,
    word,
)
from engine.sample.world import UNCOVERED

RULE = "non_litigation.not_filed"
NOT_FILED = {"has_enforcement": pl.lit(False), "has_listing": pl.lit(False), **UNPAID}
FILED = {"has_enforcement": pl.lit(True), "e_mode": word("completed"), "has_listing": pl.lit(False),
         "e_restricted_on": NO_DATE, "e_property": word("已扣划银行存款"), "e_found_on": NO_DATE,
         "e_sought": col("r_sought"), "e_recovered": col("r_sought"), "paid": col("fine")}
TOTAL = col("fine") + col("confiscated").fill_null(0)
LATELY = (col("end6") < on(2026, 9, 4)) & (col("end6") > on(2026, 7, 20))


def _filed(day: pl.Expr) -> tuple[dict[str, pl.Expr], ...]:
    """File the enforcement case on that day and carry it out."""
    return ({**FILED, "e_filed_on": day},
        {"e_closed_on": plus("e_filed_on", 45), "e_checked_on": plus("e_filed_on", 18)},
            {"paid_on": col("e_closed_on"), "e_fee": pl.lit(5_000)})


def _ruled_on(month: int, day: int) -> tuple[dict[str, pl.Expr], ...]:
    return ({**GRANTED, "r_accepted_on": on(2026, 9, 21 if month == 9 else 29), "r_ruled_on": on(2026, month, day)},)


def _case(expected: str, text: str, *enforcement: dict[str, pl.Expr], **rest: object) -> Plant:
    rest.setdefault("review", (GRANTED,))
    rest.setdefault("link", "none")
    return Plant(RULE, expected, text, "court_review", enforcement=enforcement, **rest)  # type: ignore[arg-type]


PLANTS: tuple[Plant, ...] = (
    _case("hit", "裁定准予后长期没有执行案件", NOT_FILED),
    _case("hit", "裁定准予三十一日，仍无执行案件", NOT_FILED, starts=LATELY,
          application=[applied(on(2026, 9, 16)), DEMANDED_BEFORE], review=_ruled_on(9, 30)),
    _case("hit", "部分准予，没有执行案件", NOT_FILED, review=[{**GRANTED, "r_ruling": word("partly")}]),
    _case("hit", "裁定后四个月才立案执行", *_filed(open_day(plus("r_ruled_on", 120))), link="exact"),
    _case("hit", "裁定三十日后首个工作日才立案执行", *_filed(open_day(plus("r_ruled_on", 31))), link="exact"),
    _case("hit", "只有同一法院另一当事人的执行案件", *_filed(plus("r_ruled_on", 10)),
          {**UNPAID, "e_party": col("party") + 3 * (1 << 30), "e_basis": word("other"),
          "e_sought": col("r_sought") + 1_234_500,
           "e_recovered": col("r_sought") + 1_234_500}),
    _case("clear", "裁定后第三十日立案执行", *_filed(plus("r_ruled_on", 30)), link="exact"),
    _case("clear", "裁定准予尚未满三十日", NOT_FILED, starts=LATELY,
          application=[applied(on(2026, 9, 23)), DEMANDED_BEFORE], review=_ruled_on(10, 8)),
    _case("clear", "执行案件引用的行审案号书写不同", *_filed(plus("r_ruled_on", 9)), {"e_basis": word("zeros")},
        link="exact"),
    _case("clear", "执行案件只引用处罚文号", *_filed(plus("r_ruled_on", 11)), {"e_basis": word("penalty")},
        link="fuzzy"),
    _case("clear", "执行案件未登记执行依据", *_filed(plus("r_ruled_on", 8)), {"e_basis": word("missing")},
        link="fuzzy"),
    _case("clear", "由中级人民法院立案执行", *_filed(plus("r_ruled_on", 13)),
          {"e_court": word("霁川市中级人民法院"), "e_court_code": word("豫98")}, link="exact"),
    _case("clear", "裁定不准予执行", review=[REFUSED]),
    _case("clear", "没有金钱给付内容", NOT_FILED, penalty=[{"fine": pl.lit(0, pl.Int64)}], review=[
        {**GRANTED, "additional_fine": pl.lit(0, pl.Int64), "r_additional": pl.lit(0, pl.Int64),
         "r_sought": pl.lit(0, pl.Int64)}]),
    _case("excluded", "裁执分离，只有代履行费用而没有罚款", NOT_FILED,
          {"r_implementer": word("云槐镇人民政府")}, review=[
        {**GRANTED, "additional_fine": pl.lit(0, pl.Int64)},
        {"r_fine": pl.lit(0, pl.Int64), "r_additional": pl.lit(0, pl.Int64), "r_sought": pl.lit(380_000, pl.Int64)}]),
    _case("excluded", "裁定后三十日内自动缴清", {**NOT_FILED, "paid": TOTAL, "paid_on": plus("r_ruled_on", 16)},
        link="exact"),
    _case("excluded", "台账记载已缴清，缴款日未记载", {**NOT_FILED, "paid": TOTAL}, link="exact"),
    _case("gap", "该县法院执行数据未声明完整", NOT_FILED, divisions=(UNCOVERED,)),
    _case("gap", "裁定日未记载", {**NOT_FILED, "r_ruled_on": NO_DATE}),
    _case("gap", "裁定结果未记载", {**NOT_FILED, "r_ruling": NO_TEXT}),
)
"""All cases of this rule."""
