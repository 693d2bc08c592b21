"""Lists as files: CSV that no spreadsheet runs, Parquet for machines, and all of them published together.

Files are written into a folder aside and renamed over the old ones one by one; where anything fails before that, the
old files stay as they are.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from engine.store import flush

NEUTRALISED = "防公式处理（文字以=、+、-、@、制表符、回车、换行开头的，前面加了单引号'；此列为加了引号的列）"
"""The last column of every CSV: its header says what is done, its cells where."""

_RISKY = r"^[=+\-@\t\r\n＝＋－＠]"


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write UTF-8 with a byte-order mark, as spreadsheet programs expect; risky texts get a leading quote."""
    neutralise(frame).write_csv(path, include_bom=True)


def neutralise(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with texts that a spreadsheet might run as a formula quoted, and a column that says which."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    risky = {name: pl.col(name).str.contains(_RISKY).fill_null(False) for name in texts}
    quoted = [pl.when(test).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
              for name, test in risky.items()]
    told = [pl.when(test).then(pl.lit(name)) for name, test in risky.items()]
    which = pl.concat_str(told, separator="、", ignore_nulls=True) if told else pl.lit("")
    return frame.with_columns(*quoted, which.alias(NEUTRALISED))


@contextmanager
def published(out: Path) -> Iterator[Path]:
    """Yield a folder to write into; when the block ends well its files replace those of the same name in `out`."""
    aside = out / ".next"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        made = sorted(path for path in aside.rglob("*") if path.is_file())
        for path in made:
            flush(path)
        for path in made:
            target = out / path.relative_to(aside)
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
            flush(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
