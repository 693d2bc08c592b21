"""The last stage all formats share: rows of text cells become chunks of a sheet; the rest is counted or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from engine.sources.header_row import bare
from engine.sources.row_kinds import BLANKS, RunningTotals, row_kinds
from engine.sources.shapes import Chunk, Fault, refuse


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
