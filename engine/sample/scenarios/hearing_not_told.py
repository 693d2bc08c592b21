"""PE-04: penalties that call for a hearing, of which the counterpart was not told."""

import polars as pl

from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import NO_DATE, col, on, plus, word
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE = "administrative_violation.hearing_not_told"
YES, NO, UNKNOWN = pl.lit(True), pl.lit(False), pl.lit(None, dtype=pl.Boolean)
UNTOLD: Step = {"hearing_told": NO, "hearing_notice_on": NO_DATE, "hearing_requested": UNKNOWN,
                "hearing_waived": UNKNOWN}
REVOKED: Step = {"revocation": word("吊销食品经营许可证")}
MARKET, POLICE = (FIELD_PLACE["市场监管"],), (FIELD_PLACE["公安"],)
IN_2025 = (col("day") > on(2023, 3, 1)) & (col("day") < on(2025, 12, 20))
IN_2026 = (col("day") > on(2026, 1, 20)) & (col("day") < on(2026, 9, 1))
FOUGHT, LENT = number("殴打他人"), number("非法出租、出借银行账户")
FOUGHT_2026 = number("殴打他人", 1)


def _fine(yuan: int) -> Step:
    fen = pl.lit(yuan * 100, pl.Int64)
    return {"fine": fen, "paid": fen, "confiscated": pl.lit(None, pl.Int64)}


def _police(expected: str, text: str, violation: int, *steps: Step, starts: pl.Expr = IN_2025) -> Plant:
    return Plant(RULE, expected, text, link="none", life="prompt", fields=POLICE, kinds=(2,), violation=violation,
                 starts=starts, penalty=(UNTOLD, *steps))


def _market(expected: str, text: str, *steps: Step) -> Plant:
    return Plant(RULE, expected, text, link="none", life="prompt", fields=MARKET, kinds=(0, 1),
                 penalty=(UNTOLD, *steps))


PLANTS: tuple[Plant, ...] = (
    _police("hit", "2025年治安罚款二千元，没有告知听证", FOUGHT, _fine(2_000)),
    _police("hit", "2026年治安罚款四千元，没有告知听证", FOUGHT_2026, _fine(4_000), starts=IN_2026),
    _police("hit", "反诈罚款个人五千元，没有告知听证", LENT, _fine(5_000)),
    _market("hit", "吊销许可证，没有告知听证", REVOKED),
    _police("clear", "2025年治安罚款一千九百元", FOUGHT, _fine(1_900)),
    _police("clear", "2026年治安罚款三千元", FOUGHT_2026, _fine(3_000), starts=IN_2026),
    _police("clear", "反诈罚款五千元，已告知听证", LENT, _fine(5_000), {"hearing_told": YES, "hearing_waived": YES}),
    _market("clear", "暂扣许可证，没有罚款", {"revocation": word("暂扣食品经营许可证")}, _fine(0)),
    _police("excluded", "登记为没有告知，而当事人书面放弃听证", LENT, _fine(5_000), {"hearing_waived": YES}),
    _police("excluded", "依地方性法规罚款二千元，另有标准", LENT, _fine(2_000),
            {"basis_text": word("《霁川市公共秩序管理条例》第三十条")}),
    _market("excluded", "吊销许可证，决定已撤销", REVOKED, {"revoked_on": plus("served_on", 30)}),
    _police("gap", "反诈罚款五千元，是否告知听证未记载", LENT, _fine(5_000), {"hearing_told": UNKNOWN}),
    _market("gap", "市场监管罚款五万元没有告知听证，本省标准未收录", _fine(50_000)),
)
"""All cases of this rule."""
