"""The last stage all formats share: rows of text cells become chunks of a sheet; the rest is counted or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from engine.sources.header_row import bare
from engine.sources.row_kinds import BLANKS, RunningTotals, row_kinds
from engine.sources.shapes import Chunk, Fault, refuse

_FIX_ROW = "请在原表核对该行后重新导出"


@dataclass
class Leftovers:
    """What a piece of a table holds besides good rows."""

    faults: list[Fault] = field(default_factory=list)
    flags: list[Fault] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str, count: int = 1) -> None:
        """Count rows that are left out by declaration."""
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count


class Table:
    """A table whose header is known. `header` leaves out columns without a name; `settle` makes chunks.

    Raises SourceError where such a column turns out to hold data.
    """

    def __init__(self, where: str, names: Sequence[str], warnings: list[str], line_word: str = "第{}行") -> None:
        self.where = where
        self.names = list(names)
        self.warnings = warnings
        self.width = len(names)
        self._line = line_word
        self._kept = [i for i, name in enumerate(names) if bare(name)]
        self._unnamed = [i for i, name in enumerate(names) if not bare(name)]
        self._totals = RunningTotals()
        self.rows = 0

    @property
    def header(self) -> list[str]:
        """Return the names of the columns a chunk's frame has."""
        return [self.names[i] for i in self._kept]

    def line(self, number: int) -> str:
        """Return the words for a line."""
        return self._line.format(number)

    def settle(self, cells: pl.DataFrame, left: Leftovers) -> Chunk:
        """Return the chunk for a frame of c0 … cN and `line`, totals and notes taken out."""
        kinds = row_kinds(cells.drop("line"))
        rows = cells.filter(kinds == "")
        for kind in ("blank", "totals", "note"):
            left.skip(kind, int((kinds == kind).sum()))
        self._check_totals(rows, cells.filter(kinds == "totals"))
        self._refuse_unnamed(rows)
        renamed = rows.select(*(pl.col(f"c{i}").alias(f"c{k}") for k, i in enumerate(self._kept)), "line")
        self.rows += rows.height
        return Chunk(renamed, left.faults, left.skipped, left.flags)

    def screen(self, cells: pl.DataFrame, left: Leftovers, max_cell_bytes: int) -> pl.DataFrame:
        """Return the rows without zero bytes and overlong cells; the others become faults."""
        checks = (
            ("E-CELL-NUL", "含空字节", pl.col("^c\\d+$").str.contains("\0", literal=True)),
            ("E-CELL-LONG", f"长度超过上限（{max_cell_bytes // 1024} KiB）",
             pl.col("^c\\d+$").str.len_bytes() > max_cell_bytes),
        )
        for code, what, check in checks:
            hits = cells.select(check) if self.width else cells.select()
            columns = [name for name in hits.columns if hits[name].any()]
            if not columns:
                continue
            bad = hits.select(pl.any_horizontal(columns)).to_series().fill_null(False)
            for row, where in zip(cells.filter(bad).iter_rows(named=True), hits.filter(bad).iter_rows(named=True),
                                  strict=True):
                column = next(name for name in columns if where[name])
                left.faults.append(self.fault(row, column, code, what, max_cell_bytes))
            cells = cells.filter(~bad)
        return cells

    def fault(
        self, row: dict[str, Any], column: str | None, code: str, what: str, most: int = 64 * 1024,
    ) -> Fault:
        """Return the fault of a row given as a dictionary of c0 … cN and `line`."""
        name = self.names[int(column[1:])] if column else None
        words = f"“{bare(name)}”" if name is not None else ""
        raw = "\t".join(row[f"c{i}"] or "" for i in range(self.width))
        value = (row[column] or "")[:most] if column else ""
        return Fault(row["line"], name, value, code, f"{self.line(row['line'])}{words}{what}", _FIX_ROW, raw[:most])

    def _refuse_unnamed(self, rows: pl.DataFrame) -> None:
        for index in self._unnamed:
            column = rows[f"c{index}"]
            if column.null_count() == rows.height:
                continue
            filled = rows.filter(column.str.strip_chars(BLANKS) != "")
            if filled.height:
                where = f"{self.where} {self.line(filled['line'][0])}"
                what = f"第{index + 1}列没有列名但有数据"
                raise refuse(where, what, "请补上列名，或删去该列后重新导出", "E-HEADER-BLANK")

    def _check_totals(self, rows: pl.DataFrame, totals: pl.DataFrame) -> None:
        for line, column, written, total in self._totals.take(rows, totals):
            name = self.names[int(column[1:])]
            self.warnings.append(
                f"{self.line(line)}是合计行，“{bare(name)}”写的是{written.normalize():f}，"
                f"与各行之和{total.normalize():f}不符，请核对是否缺行")


def empty_cells(width: int) -> pl.DataFrame:
    """Return a frame of no rows with c0 … cN and `line`."""
    return pl.DataFrame(schema={**{f"c{i}": pl.String for i in range(width)}, "line": pl.Int64})
