"""NL-12: the enforcement case is filed for another sum than the court granted."""

import polars as pl

from engine.sample.matters import court_fee
from engine.sample.planting import Plant, Step
from engine.sample.scenarios.not_filed import FILED
from engine.sample.scenarios.steps import GRANTED, NO_SUM, NO_TEXT, col, plus, word

RULE = "non_litigation.wrong_sum"
FEE = court_fee(col("r_sought"))


def carried_out(sought: pl.Expr, *more: Step) -> tuple[Step, ...]:
    """File the case for that sum (fen) nine days after the ruling, and collect and pay out all of it."""
    return ({**FILED, "e_filed_on": plus("r_ruled_on", 9), "e_fee": FEE, "has_resumption": pl.lit(False)},
            {"e_closed_on": plus("e_filed_on", 45), "e_checked_on": plus("e_filed_on", 18), "e_sought": sought},
            {"paid_on": col("e_closed_on"), "e_received_on": col("e_closed_on"), "e_paid_out_on": col("e_closed_on"),
             "e_recovered": col("e_sought"), "e_paid_out": col("e_sought")}, *more)


def _case(expected: str, text: str, sought: pl.Expr, *more: Step, **rest: object) -> Plant:
    rest.setdefault("review", (GRANTED,))
    rest.setdefault("link", "exact")
    return Plant(RULE, expected, text, "enforcement", enforcement=carried_out(sought, *more),
                 **rest)  # type: ignore[arg-type]


def _additional(share: int) -> tuple[Step, ...]:
    """Grant an additional fine of so many per cent of the fine."""
    return ({**GRANTED, "additional_fine": col("fine") * share // 100},
            {"r_additional": col("additional_fine"), "r_sought": col("fine") + col("additional_fine")})


SOUGHT, FINE = col("r_sought"), col("fine")

PLANTS: tuple[Plant, ...] = (
    _case("hit", "标的除执行费外多出三千元", SOUGHT + FEE + 300_000),
    _case("hit", "标的除执行费外多出一元", SOUGHT + FEE + 100),
    _case("hit", "裁定只准予罚款，标的计入同等数额的加处罚款", FINE * 2, review=_additional(0)),
    _case("hit", "加处罚款已计满，标的除执行费外又增加一成", FINE * 21 // 10 + FEE, review=_additional(100)),
    _case("hit", "标的只有罚款的一半，没有缴款记录", FINE // 2, review=_additional(0)),
    _case("hit", "执行案件未登记执行依据，标的除执行费外多出五千元", SOUGHT + FEE + 500_000,
          {"e_basis": word("missing")}, link="fuzzy"),
    _case("clear", "标的为案款加执行费", SOUGHT + FEE),
    _case("clear", "标的除执行费外多出九角九分", SOUGHT + FEE + 99),
    _case("clear", "加处罚款三成，计到缴清之日，不超出罚款", FINE * 2, review=_additional(30)),
    _case("clear", "部分准予，标的少于申请金额", FINE // 2, review=(
        *_additional(0), {"r_ruling": word("partly")})),
    _case("excluded", "标的以万元登记", SOUGHT // 10_000),
    _case("excluded", "裁定登记的申请金额漏计加处罚款，标的与分项之和相符", FINE * 2, review=(
        *_additional(100), {"r_sought": FINE})),
    _case("excluded", "立案以前已缴纳一半，标的为余额", FINE - FINE // 2, {
        "paid": FINE // 2, "paid_on": plus("r_ruled_on", 3), "e_closed_on": pl.lit(None, dtype=pl.Date),
        "e_mode": NO_TEXT, "e_recovered": pl.lit(0, pl.Int64), "e_received_on": pl.lit(None, dtype=pl.Date),
        "e_paid_out_on": pl.lit(None, dtype=pl.Date), "e_paid_out": NO_SUM}, review=_additional(0),
          starts=(col("left") < -60) & (col("left") > -70)),
    _case("gap", "标的多于裁定，执行费未登记", SOUGHT + FEE, {"e_fee": NO_SUM}),
    _case("gap", "标的未登记", NO_SUM),
)
"""All cases of this rule."""
