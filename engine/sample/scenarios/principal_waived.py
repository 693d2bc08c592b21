"""NL-13: an enforcement case is closed as settled or carried out although less than the fine came in."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import GRANTED, NO_DATE, NO_SUM, col, plus, word
from engine.sample.scenarios.wrong_sum import carried_out

RULE = "enforcement.principal_waived"
FINE = col("fine")
NONE = pl.lit(0, pl.Int64)
NOT_PAID: Step = {"paid": NONE, "paid_on": NO_DATE, "e_received_on": NO_DATE, "e_paid_out_on": NO_DATE,
                  "e_paid_out": NO_SUM}
"""Nothing has come in yet: the settlement says what is to be paid."""


def _came_in(share: int) -> Step:
    """So many per cent of the fine come in by way of the court, and stand in the organ's ledger as well."""
    part = FINE * share // 100
    return {"e_recovered": part, "paid": part, "e_paid_out": part, "confiscated": NO_SUM}


def _settled(share: int, *more: Step) -> tuple[Step, ...]:
    """Both sides settle for so many per cent of the fine; nothing has come in when the case is closed."""
    return ({"e_mode": word("settlement"), "e_settlement": FINE * share // 100, "e_recovered": NONE,
             "confiscated": NO_SUM, **NOT_PAID}, *more)


def _case(expected: str, text: str, *steps: Step, **rest: object) -> Plant:
    rest.setdefault("review", (GRANTED,))
    rest.setdefault("link", "exact")
    return Plant(RULE, expected, text, "enforcement",
                 enforcement=carried_out(col("r_sought"), *steps), **rest)  # type: ignore[arg-type]


WITH_ADDITIONAL: tuple[Step, ...] = (
    {**GRANTED, "additional_fine": FINE}, {"r_additional": col("additional_fine"), "r_sought": FINE * 2})
"""The ruling grants the fine and as much of an additional fine again."""

PLANTS: tuple[Plant, ...] = (
    _case("hit", "和解金额只有罚款的六成", *_settled(60)),
    _case("hit", "按罚款七成和解并已到位", {**_came_in(70), "e_mode": word("settlement")},
          {"e_settlement": col("e_recovered")}),
    _case("hit", "写执行完毕，只到位罚款的一半", _came_in(50)),
    _case("hit", "终结执行，案件登记有和解金额，为罚款的三成", *_settled(30, {"e_mode": word("terminated")})),
    _case("hit", "加处罚款免收以外，罚款又免一成", *_settled(90), review=WITH_ADDITIONAL),
    _case("hit", "和解金额为罚款的四成，执行案件未登记执行依据", *_settled(40), {"e_basis": word("missing")},
          link="fuzzy"),
    _case("clear", "只免收加处罚款，罚款全部到位", _came_in(100), review=WITH_ADDITIONAL),
    _case("clear", "和解金额等于罚款，加处罚款免收", *_settled(100), review=WITH_ADDITIONAL),
    _case("clear", "终结本次执行程序，只到位一半", _came_in(50), {
        "e_mode": word("terminated_current"), "e_closed_on": plus("e_filed_on", 110), "e_restricted": pl.lit(True),
        "e_restricted_on": plus("e_filed_on", 15), "e_property": word("未发现可供执行的财产")},
          {"e_checked_on": plus("e_closed_on", -10), "e_received_on": plus("e_filed_on", 40),
           "e_paid_out_on": plus("e_filed_on", 45), "paid_on": NO_DATE}, starts=(col("left") < -170) & (
               col("left") > -230)),
    _case("excluded", "另一半直接缴给机关", {**_came_in(50), "paid": FINE}),
    _case("excluded", "裁定只准予一部分", *_settled(50), review=({**GRANTED, "r_ruling": word("partly")},)),
    _case("excluded", "和解协议分期履行，期间未满", *_settled(50, {"e_status": word("已结（和解协议履行中）")})),
    _case("excluded", "被执行人死亡，终结执行", *_settled(20, {
        "e_mode": word("terminated"), "e_status": word("已结（被执行人死亡）")})),
    _case("excluded", "到位金额已扣除执行费", {**_came_in(100), "e_recovered": FINE - col("e_fee")}),
    _case("excluded", "和解金额以万元登记", *_settled(100, {"e_settlement": FINE * 8 // 100_000})),
    _case("gap", "和解结案，和解金额未登记", *_settled(50, {"e_settlement": NO_SUM})),
    _case("gap", "执行完毕，到位金额未登记", {**_came_in(50), "e_recovered": NO_SUM, "e_paid_out": NO_SUM}),
)
"""All cases of this rule."""
