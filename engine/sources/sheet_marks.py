"""What a workbook's XML says about single cells, laid over the rows: faults, flags, error values, merged values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sized
from typing import Any, Literal, NamedTuple

import polars as pl

from engine.sources.row_kinds import row_kinds
from engine.sources.shapes import Fault, refuse
from engine.sources.table import Leftovers, Table
from engine.sources.workbook_scan import MOST_FLAGS, SheetNotes, column_letters

MOST_MERGED = 200_000

_LOST = "以数字存储，超过15位，末位精度已丢失"


class Mark(NamedTuple):
    """A code and its words for a column (None: the row)."""

    column: int | None
    code: str
    words: str


class Marks:
    """The marks of one sheet below its header, by row. `lay` must be called for its rows in order.

    origin is the first row below the header and the sheet's column that is c0.
    """

    def __init__(
        self, notes: SheetNotes, lost: Iterable[tuple[int, int]], origin: tuple[int, int], table: Table,
        merged: Literal["fill", "reject"],
    ) -> None:
        self._table = table
        self._first_row, self._first_column = origin
        self._faults: dict[int, list[Mark]] = defaultdict(list)
        self._flags: dict[int, list[Mark]] = defaultdict(list)
        self._errors: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._fills: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._sources: dict[tuple[int, int], str | None] = {}
        self._flagged = 0
        self._take_cells(notes, lost)
        self._take_merged(notes, merged)

    def lay(self, cells: pl.DataFrame, left: Leftovers) -> pl.DataFrame:
        """Return the rows with error values and merged values put in, without the rows that are at fault."""
        first, last = int(cells["line"][0]), int(cells["line"][-1])
        cells = self._put(cells, {(row, c): text for row in _within(self._errors, first, last)
                                  for c, text in self._errors[row]})
        for row, column in [place for place in self._sources if first <= place[0] <= last]:
            self._sources[row, column] = cells[f"c{column}"][row - first]
        cells = self._put(cells, {(row, c): self._sources[source, c] for row in _within(self._fills, first, last)
                                  for c, source in self._fills[row]})
        faulty, flagged = _within(self._faults, first, last), _within(self._flags, first, last)
        if not faulty and not flagged:
            return cells
        plain = cells.filter(row_kinds(cells.drop("line")) == "")
        for record in plain.filter(pl.col("line").is_in(faulty)).iter_rows(named=True):
            left.faults.append(self._fault(record, self._faults[record["line"]][0]))
        at_fault = {fault.line for fault in left.faults}
        for record in plain.filter(pl.col("line").is_in(flagged)).iter_rows(named=True):
            if record["line"] not in at_fault:
                left.flags += [self._fault(record, mark) for mark in self._flags[record["line"]]]
        return cells.filter(~pl.col("line").is_in(sorted(at_fault)))

    def _take_cells(self, notes: SheetNotes, lost: Iterable[tuple[int, int]]) -> None:
        for row, column in lost:
            self._faults[row].append(Mark(column, "E-NUMBER-PRECISION", _LOST))
        for row, column in notes.bare_formulas:
            if not row:
                what = "有公式没有计算结果，且单元格没有编号"
                raise refuse(self._table.where, what, "请用表格软件打开并保存后重新提供", "E-FORMULA-EMPTY")
            self._faults[row].append(Mark(column - self._first_column, "E-FORMULA-EMPTY", "公式没有计算结果"))
        bare = set(notes.bare_formulas)
        for row in notes.hidden_rows:
            self._flag(row, Mark(None, "E-ROW-HIDDEN", "在表格里是隐藏的"))
        for row, column in notes.formulas:
            if (row, column) not in bare:
                self._flag(row, Mark(column - self._first_column, "E-FORMULA", "是公式，采用文件里存的结果"))
        for row, column, text in notes.errors:
            if 0 <= column - self._first_column < self._table.width:
                self._errors[row].append((column - self._first_column, text))
                self._flag(row, Mark(column - self._first_column, "E-CELL-ERROR", f"是公式错误值{text}"))
        if (more := notes.more_formulas + self._flagged - MOST_FLAGS) > 0:
            self._table.warnings.append(f"工作表标记过多，另有{more}处公式或隐藏行未逐一列出")

    def _take_merged(self, notes: SheetNotes, merged: Literal["fill", "reject"]) -> None:
        total = 0
        for top, left_, bottom, right in notes.merged:
            first, column = max(top, self._first_row), left_ - self._first_column
            if bottom < self._first_row or column < 0 or column >= self._table.width:
                continue
            total += bottom - first + 1
            if total > MOST_MERGED:
                raise refuse(self._table.where, "合并单元格过多", "请取消合并后重新提供", "E-MERGED")
            where = f"在合并单元格{column_letters(left_)}{top}:{column_letters(right)}{bottom}内"
            fill = merged == "fill" and left_ == right and top >= self._first_row
            if fill:
                self._sources[top, column] = None
            for row in range(first + (left_ == right and top >= self._first_row), bottom + 1):
                if fill:
                    self._fills[row].append((column, top))
                    self._flag(row, Mark(column, "E-MERGED", f"{where}，取合并单元格的值"))
                else:
                    self._faults[row].append(Mark(column, "E-MERGED", where))

    def _flag(self, row: int, mark: Mark) -> None:
        self._flagged += 1
        if self._flagged <= MOST_FLAGS:
            self._flags[row].append(mark)

    def _put(self, cells: pl.DataFrame, texts: dict[tuple[int, int], str | None]) -> pl.DataFrame:
        if not texts:
            return cells
        first = int(cells["line"][0])
        columns: dict[int, list[tuple[int, str | None]]] = defaultdict(list)
        for (row, column), text in texts.items():
            columns[column].append((row - first, text))
        return cells.with_columns(
            cells[f"c{column}"].scatter([place for place, _ in items], [text for _, text in items])
            for column, items in columns.items())

    def _fault(self, record: dict[str, Any], mark: Mark) -> Fault:
        inside = mark.column is not None and 0 <= mark.column < self._table.width
        return self._table.fault(record, f"c{mark.column}" if inside else None, mark.code, mark.words)


def _within(marks: Mapping[int, Sized], first: int, last: int) -> list[int]:
    return [row for row in marks if first <= row <= last]
