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
from engine.text import neutralise


def write_csv(path: Path, frame: pl.DataFrame) -> None:
    """Write UTF-8 with a byte-order mark, as spreadsheet programs expect; risky texts get a leading quote."""
    neutralise(frame).write_csv(path, include_bom=True)


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
