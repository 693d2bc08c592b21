"""NL-13: the additional fine asked for is larger than the fine."""

import polars as pl

from engine.sample.planting import Plant
from engine.sample.scenarios.steps import GRANTED, NO_SUM, UNDELIVERED, col, word

RULE = "non_litigation.additional_fine_over_principal"


def _sum(additional: pl.Expr, fine: pl.Expr | None = None) -> tuple[dict[str, pl.Expr], ...]:
    """Ask the court for that additional fine (fen); `fine` is the principal as the court wrote it."""
    return (GRANTED,
        {"r_additional": additional, "additional_fine": additional, "r_fine": col("fine") if fine is None else fine},
            {"r_sought": col("fine") + col("r_additional").fill_null(0)})


def _case(expected: str, text: str, review: tuple[dict[str, pl.Expr], ...], **rest: object) -> Plant:
    return Plant(RULE, expected, text, "court_review", review=review, **rest)  # type: ignore[arg-type]


FINE = col("fine")

PLANTS: tuple[Plant, ...] = (
    _case("hit", "加处罚款超出罚款一元", _sum(FINE + 100)),
    _case("hit", "加处罚款超出罚款一分", _sum(FINE + 1)),
    _case("hit", "按日百分之三计至申请日，超过罚款一倍", _sum(FINE * 21 // 10)),
    _case("hit", "加处罚款为罚款三倍有余", _sum(FINE * 33 // 10)),
    _case("hit", "法院案卡未登记加处罚款，机关台账登记的超出罚款", (*_sum(FINE + 260_000), {"r_additional": NO_SUM})),
    _case("hit", "法院案卡未登记罚款本数和处罚文号，按关联到的处罚核对", (*_sum(FINE * 14 // 10), {"r_fine": NO_SUM}),
        link="fuzzy",
          application=[{"r_document": word("missing")}]),
    _case("clear", "加处罚款恰好等于罚款", _sum(FINE + 0)),
    _case("clear", "加处罚款比罚款少一分", _sum(FINE - 1)),
    _case("clear", "加处罚款为罚款的百分之三十", _sum(FINE * 3 // 10)),
    _case("clear", "未申请加处罚款", _sum(pl.lit(0, pl.Int64))),
    _case("excluded", "法院登记的罚款为未缴余额，加处罚款未超出处罚决定的罚款", _sum(FINE * 9 // 10, FINE // 2)),
    _case("excluded", "法院登记的罚款以万元为单位，疑为单位错误", _sum(FINE + 0, FINE // 10_000)),
    _case("gap", "罚款本数未登记，处罚决定不在任何台账中", (*_sum(FINE * 15 // 10), {"r_fine": NO_SUM}), link="none",
          penalty=[UNDELIVERED]),
    _case("gap", "加处罚款法院和机关均未登记", (*_sum(NO_SUM), {"r_sought": FINE})),
)
"""All cases of this rule."""
