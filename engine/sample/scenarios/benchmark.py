"""RC-07, PE-07: fines outside the range of the benchmark in force on the day of the decision."""

import polars as pl

from engine.sample.benchmarks import LAND, NOISE
from engine.sample.planting import Plant, Step
from engine.sample.scenarios.steps import col, on, plus, word
from engine.sample.violations import number
from engine.sample.world import FIELD_PLACE

RULE = "administrative_violation.outside_benchmark"
FIRST_VERSION = (col("day") >= on(2023, 1, 9)) & (col("day") <= on(2024, 12, 20))
SECOND_VERSION = (col("day") >= on(2025, 4, 14)) & (col("day") <= on(2025, 12, 19))


def _fined(yuan: float) -> Step:
    fen = pl.lit(round(yuan * 100), pl.Int64)
    return {"fine": fen, "paid": fen, "confiscated": pl.lit(None, pl.Int64)}


def _one(expected: str, text: str, yuan: float, *steps: Step, days: pl.Expr = FIRST_VERSION) -> Plant:
    return Plant(RULE, expected, text, link="none", life="prompt", starts=days, fields=(FIELD_PLACE["城市管理"],),
                 kinds=(0,), violation=number(NOISE), penalty=(_fined(yuan), *steps))


PLANTS: tuple[Plant, ...] = (
    _one("hit", "低于各档最低，没有减轻情节", 8_000),
    _one("hit", "高于各档最高", 120_000),
    _one("hit", "写明较轻档，罚款超出该档", 40_000, {"tier": word("较轻")}),
    _one("hit", "新基准施行以后仍按旧基准的幅度罚款", 90_000, days=SECOND_VERSION),
    _one("clear", "恰为各档最低", 10_000),
    _one("clear", "恰为各档最高", 100_000),
    _one("clear", "写明一般档，恰为该档上限", 60_000, {"tier": word("一般")}),
    _one("clear", "旧基准施行期内，在旧幅度内", 90_000),
    _one("excluded", "低于下限，备注写明减轻处罚", 8_000, {"remark": word("主动消除违法行为危害后果，减轻处罚")}),
    _one("excluded", "高于上限，备注写明合并处罚", 120_000, {"remark": word("两个违法行为分别裁量、合并处罚")}),
    _one("excluded", "万元登记成了元", 1.5),
    _one("excluded", "低于下限，决定已撤销", 8_000, {"revoked_on": plus("served_on", 15)}),
    Plant(RULE, "gap", "基准按每平方米计，没有金额", link="none", life="prompt", kinds=(0,),
          fields=(FIELD_PLACE["自然资源"],), violation=number(LAND)),
)
"""All cases of this rule."""
