"""Discretion benchmarks of the sample: published ranges of fines by violation and tier, one version after another."""

from pathlib import Path

import polars as pl

from engine.sample import files

NOISE, LAND = "夜间违规施工产生噪声", "未经批准非法占用土地"
NAMES = ("行政管理领域", "违法行为", "裁量档次", "施行日期", "失效日期", "罚款下限（元）", "罚款上限（元）", "依据")
ROWS: tuple[tuple[str | None, ...], ...] = (
    ("城市管理", NOISE, "较轻", "2022-06-05", "2024-12-31", "10000", "30000", "《噪声污染防治法》第七十七条"),
    ("城市管理", NOISE, "一般", "2022-06-05", "2024-12-31", "30000", "60000", "《噪声污染防治法》第七十七条"),
    ("城市管理", NOISE, "较重", "2022-06-05", "2024-12-31", "60000", "100000", "《噪声污染防治法》第七十七条"),
    ("城市管理", NOISE, "较轻", "2025-01-01", None, "10000", "20000", "《噪声污染防治法》第七十七条"),
    ("城市管理", NOISE, "一般", "2025-01-01", None, "20000", "50000", "《噪声污染防治法》第七十七条"),
    ("城市管理", NOISE, "较重", "2025-01-01", None, "50000", "80000", "《噪声污染防治法》第七十七条"),
    ("自然资源", LAND, "较轻", "2021-09-01", None, None, None, "《土地管理法实施条例》第五十七条，按每平方米计"),
    ("自然资源", LAND, "较重", "2021-09-01", None, None, None, "《土地管理法实施条例》第五十七条，按每平方米计"),
)
"""Fines counted by the square metre have no sums of their own."""


def write(out: Path) -> int:
    """Write the table of benchmarks; return the rows written."""
    frame = pl.DataFrame(ROWS, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    files.write_csv(frame, out / "裁量基准.csv", "utf-8-sig")
    return frame.height
