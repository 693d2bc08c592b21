"""Invented clues for measuring pages: as many and as long as real ones, through the real publication.

Every name is made from a number; nothing resembles a person or an organ.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from engine.review import CLUE, FINDING, Batch

AT_ONCE = 10_000
"""Clues a batch."""

RULES = tuple(f"bench.rule_{number:02}" for number in range(40))
FIELDS = ("行政非诉执行监督", "行刑反向衔接", "法院执行活动监督", "行政违法行为监督")
AS_OF = date(2026, 10, 31)

_SAY = "处罚决定2024年3月1日送达，申请期限最后一日2024年12月2日，2025年1月15日才申请，超44日"
_TEXTS = ('{"变化内容": "", "监督对象类别": "行政机关", "评分构成": "' + "严重程度 30/40：超期申请；" * 12 + '"}')
_EVIDENCE = ('{"evidence": [' + ", ".join(
    f'["项目{n}", "2024年{n % 12 + 1}月1日", "column", "penalty1", null, "2024-{n % 12 + 1:02}-01", null, '
    f'"2024-{n % 12 + 1:02}-01", "1"]' for n in range(12))
    + '], "rows": [{"alias": "", "label": "行政处罚决定", "number": "测罚〔2024〕1号", "file": "处罚.csv", '
      '"sheet": "", "line": 12, "why": null, "confidence": null, "candidates": null, "key": "penalty|测|1", '
      '"record": "penalty1", "raw": "{}"}], "conditions": [{"say": "' + _SAY + '", '
      '"asks": "申请执行日晚于期限最后一日", "value": "true"}], "exclusions": [], "law": []}')


def batches(count: int, turn: int = 0) -> Iterator[Batch]:
    """Return `count` clues with a finding each; another `turn` says something else of every hundredth."""
    for first in range(0, count, AT_ONCE):
        yield _batch(first, min(AT_ONCE, count - first), turn)


def _batch(first: int, size: int, turn: int) -> Batch:
    n = pl.int_range(first, first + size, eager=True).alias("n").to_frame()
    number = pl.col("n").cast(pl.String)
    unit = pl.format("测试市第{}局", pl.col("n") % 211)
    party = pl.format("测试{}{}", pl.col("n") * 7919 % 99991, pl.when(pl.col("n") % 3 == 0).then(
        pl.lit("某")).otherwise(pl.lit("有限公司")))
    numbers = pl.format("行政处罚决定：测罚〔2024〕{}号\n非诉执行审查（行审）：（2025）豫1102行审{}号", number, number)
    changed = pl.when(pl.col("n") % 100 == 0).then(pl.lit(str(turn))).otherwise(pl.lit("0"))
    rule = pl.lit(pl.Series(RULES)).get(pl.col("n") % len(RULES))
    finding = n.select(
        pl.format("F{}", number).alias("finding_id"), pl.format("C{}", number).alias("clue_id"),
        pl.lit(1, pl.Int64).alias("turn"), rule.alias("rule_id"), pl.lit(1, pl.Int64).alias("rule_version"),
        pl.format("超期申请{}", pl.col("n") % 40).alias("title"), pl.lit("high").alias("level"),
        pl.format("penalty|{}", number).alias("record"), pl.format("e{}", changed).alias("evidence_hash"),
        pl.lit(_SAY).alias("say"), pl.lit(_EVIDENCE).alias("texts"))
    clue = n.select(
        pl.format("C{}", number).alias("clue_id"),
        pl.when(pl.col("n") % 11 == 0).then(pl.lit("新增")).otherwise(pl.lit("持续")).alias("status"),
        (pl.col("n") + 1).alias("place"), (100 - pl.col("n") / 2000).alias("score"),
        pl.format("超期申请{}", pl.col("n") % 40).alias("titles"),
        pl.lit(pl.Series(FIELDS)).get(pl.col("n") % 4).alias("field"), unit.alias("unit"), party.alias("party"),
        numbers.alias("numbers"), pl.lit(_SAY).alias("says"), (pl.col("n") * 7 % 500_000 * 100).alias("amount_cents"),
        pl.format("4111{}", (pl.col("n") % 9 + 10).cast(pl.String)).alias("division"),
        pl.concat_str(pl.format("c{}", number), party, unit, numbers, separator=" ").alias("search"),
        pl.when(pl.col("n") % 11 == 0).then(2).otherwise(1).cast(pl.Int64).alias("first_run"),
        (pl.lit(AS_OF) - pl.duration(days=pl.col("n") % 400)).cast(pl.Date).alias("first_on"),
        pl.lit(pl.Series(["yes", "no", "unknown"])).get(pl.col("n") % 3).alias("enterprise"),
        pl.lit(pl.Series(["no", "yes", "unknown"])).get(pl.col("n") % 5 % 3).alias("livelihood"),
        pl.lit("行政检察部门").alias("department"), pl.lit(_TEXTS).alias("texts"))
    return Batch(clue.select(list(CLUE)).cast(pl.Schema(CLUE)), finding.select(list(FINDING)).cast(pl.Schema(FINDING)))

