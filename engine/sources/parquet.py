"""Parquet columns as text: dates in ISO form, decimals plain, numbers as short as they are exact."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa

from engine.limited import LimitedReader
from engine.sources.header_row import check_names, check_width
from engine.sources.shapes import Chunk, Fault, ReadOptions, Scratch, Sheet
from engine.sources.table import Leftovers, Table

SCRIPT = Path(__file__).with_name("parquet_child.py")

_BEIJING = "Asia/Shanghai"
_PRECISE = 10**15
_LOST = "以数字存储，超过15位，末位精度已丢失"


def read_parquet(path: Path, where: str, sheet_name: str, options: ReadOptions, warnings: list[str]) -> tuple[
    Sheet, Scratch]:
    """Return the file's one sheet and the folder its rows wait in. Raises SourceError where it cannot be read."""
    scratch = Scratch(options.scratch)
    reader = LimitedReader(SCRIPT, {"path": str(path), "columns": options.max_columns}, scratch.path, options.child)
    found = reader.result(where)
    names = found["names"]
    check_width(len(names), options.max_columns, where)
    check_names(names, where)
    table = Table(where, names, warnings)
    return Sheet(sheet_name, table.header, 0, [], _chunks(table, scratch, found["rows"], options)), scratch


def _chunks(table: Table, scratch: Scratch, rows: int, options: ReadOptions) -> Iterator[Chunk]:
    line = 1
    if not rows:
        table.warnings.append("没有数据")
        empty = pl.DataFrame(schema={**{f"c{i}": pl.String for i in range(table.width)}, "line": pl.Int64})
        yield table.settle(empty, Leftovers())
        return
    with pa.memory_map(str(scratch.path / "rows.arrow")) as source, pa.ipc.open_file(source) as batches:
        for number in range(batches.num_record_batches):
            typed = pl.DataFrame(pl.from_arrow(batches.get_batch(number)))
            left = Leftovers()
            cells = typed.select([_text(typed[c], table, number == 0) for c in typed.columns])
            cells = cells.with_columns(pl.int_range(line, line + typed.height, dtype=pl.Int64).alias("line"))
            cells = _without_lost_digits(typed, cells, table, left)
            line += typed.height
            yield table.settle(table.screen(cells, left, options.max_cell_bytes), left)


def _without_lost_digits(typed: pl.DataFrame, cells: pl.DataFrame, table: Table, left: Leftovers) -> pl.DataFrame:
    lost = pl.Series([False]).new_from_index(0, typed.height)
    for column in typed.columns:
        if not typed[column].dtype.is_float():
            continue
        here = (typed[column].is_finite() & (typed[column].abs() >= _PRECISE)).fill_null(False)
        left.faults += [table.fault(row, column, "E-NUMBER-PRECISION", _LOST)
                        for row in cells.filter(here & ~lost).iter_rows(named=True)]
        lost = lost | here
    left.faults.sort(key=_line)
    return cells.filter(~lost)


def _line(fault: Fault) -> int:
    return fault.line


def _text(column: pl.Series, table: Table, is_first: bool) -> pl.Series:
    kind = column.dtype
    if kind == pl.Boolean:
        words = {True: "是", False: "否"}
        text = column.replace_strict(words, return_dtype=pl.String, default=None)
    elif kind.is_float():
        text = _short(column)
    elif isinstance(kind, pl.Datetime):
        if kind.time_zone and is_first:
            table.warnings.append(f"列“{table.names[int(column.name[1:])]}”带时区，已换算为北京时间")
        local = column.dt.convert_time_zone(_BEIJING).dt.replace_time_zone(None) if kind.time_zone else column
        text = _moment(local)
    elif kind == pl.Time:
        text = column.dt.to_string("%H:%M:%S")
    else:
        text = column.cast(pl.String)
    return text.to_frame().select(pl.when(pl.all() != "").then(pl.all())).to_series().alias(column.name)


def _short(numbers: pl.Series) -> pl.Series:
    """Return floats as the shortest exact text, without exponent and without ".0"."""
    text = numbers.cast(pl.String).str.strip_suffix(".0")
    with_exponent = numbers.is_finite().fill_null(False) & text.str.contains("e", literal=True)
    if not with_exponent.any():
        return text
    plain = [format(Decimal(number), "f") for number in text.filter(with_exponent).to_list()]
    return text.scatter(with_exponent.arg_true(), plain)


def _moment(moments: pl.Series) -> pl.Series:
    """Return a date where there is no time of day, else date and time."""
    day = moments.dt.to_string("%Y-%m-%d")
    whole = moments.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    is_day = moments.dt.time().cast(pl.Int64) == 0
    return pl.select(pl.when(is_day).then(day).otherwise(whole)).to_series()
