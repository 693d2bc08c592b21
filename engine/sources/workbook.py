"""A workbook's visible sheets as tables.

The XML is checked first, then read by a limited process; meanwhile the XML is searched for what that reader leaves out:
formulas without a result, error values, hidden rows, merged cells.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from engine.limited import LimitedReader
from engine.sources.header_row import Header, bare, check_names, check_width, find_header, no_header
from engine.sources.row_kinds import BLANKS
from engine.sources.shapes import Chunk, ReadOptions, Scratch, Sheet, refuse
from engine.sources.sheet_marks import Marks
from engine.sources.table import Leftovers, Table
from engine.sources.workbook_scan import SheetNotes, SheetPart, check_workbook, notes_of

SCRIPT = Path(__file__).with_name("workbook_child.py")

_LOOKED_AT = 30


class _Cells(NamedTuple):
    """Where a sheet's text cells lie, and their extent."""

    path: Path
    width: int
    rows: int
    first_column: int
    lost: list[tuple[int, int]]

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield frames of c0 … cN and `line` (the sheet's row number); an empty cell is NULL."""
        line = 1
        with pa.memory_map(str(self.path)) as source, pa.ipc.open_file(source) as batches:
            for number in range(batches.num_record_batches):
                cells = pl.DataFrame(pl.from_arrow(batches.get_batch(number)))
                lines = pl.int_range(line, line + cells.height, dtype=pl.Int64).alias("line")
                yield cells.select(pl.when(pl.all() != "").then(pl.all())).with_columns(lines)
                line += cells.height


def read_workbook(
    path: Path, where: str, options: ReadOptions, warnings: list[str],
) -> tuple[list[Sheet], Scratch]:
    """Return the sheets with a header and the folder their rows wait in.

    Raises SourceError where the file is unsafe, damaged or protected, or no sheet has a header. What is not read
    (hidden sheets, sheets without a header) is named in the warnings.
    """
    scratch = Scratch(options.scratch)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _visible(check_workbook(archive, where, options), where, warnings)
            job = {"path": str(path), "sheets": [part.name for part in parts]}
            reader = LimitedReader(SCRIPT, job, scratch.path, options.child)
            try:
                notes = [notes_of(archive, part) for part in parts]
                found = reader.result(where)["sheets"]
            finally:
                reader.stop()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as fault:
        raise refuse(where, "文件已损坏，无法解析", "请重新导出", "E-FILE-DAMAGED") from fault
    sheets = []
    for number, (part, note, result) in enumerate(zip(parts, notes, found, strict=True)):
        cells = _Cells(scratch.path / f"sheet{number}.arrow", result["width"], result["rows"],
                       result["first_column"], [(row, column) for row, column in result["lost"]])
        if sheet := _sheet(part, note, cells, (where, options, warnings)):
            sheets.append(sheet)
    if not sheets:
        raise no_header(where)
    return sheets, scratch


def read_cells(path: Path, name: str, where: str, options: ReadOptions) -> pl.DataFrame | None:
    """Return the cells of one sheet as text, c0 … cN with the sheet's row as `line`; nothing is skipped or settled.

    None where there is no such sheet, or nothing in it. Raises SourceError as `read_workbook` does.
    """
    scratch = Scratch(options.scratch)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = check_workbook(archive, where, options)
        if name not in [part.name for part in parts]:
            return None
        reader = LimitedReader(SCRIPT, {"path": str(path), "sheets": [name]}, scratch.path, options.child)
        found = reader.result(where)["sheets"][0]
        if not found["rows"]:
            return None
        cells = _Cells(scratch.path / "sheet0.arrow", found["width"], found["rows"], found["first_column"], [])
        return pl.concat(cells.batches())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as fault:
        raise refuse(where, "文件已损坏，无法解析", "请重新导出", "E-FILE-DAMAGED") from fault
    finally:
        scratch.remove()


def _visible(parts: Sequence[SheetPart], where: str, warnings: list[str]) -> list[SheetPart]:
    warnings += [f"隐藏的工作表“{part.name}”未读取" for part in parts if part.state != "visible"]
    visible = [part for part in parts if part.state == "visible"]
    if not visible:
        raise refuse(where, "没有可见的工作表", "请取消隐藏要导入的工作表", "E-XLSX-EMPTY")
    return visible


def _sheet(
    part: SheetPart, notes: SheetNotes, cells: _Cells, setting: tuple[str, ReadOptions, list[str]],
) -> Sheet | None:
    """Return the sheet, or None (with a warning) where it is empty or has no header."""
    where, options, warnings = setting
    place = f"{where} 工作表“{part.name}”"
    if not cells.rows:
        warnings.append(f"工作表“{part.name}”是空的，未读取")
        return None
    head = next(cells.batches()).head(_LOOKED_AT)
    rows = [[cell or "" for cell in row] for row in head.drop("line").iter_rows()]
    header = find_header(rows, options.known)
    if header is None:
        warnings.append(f"工作表“{part.name}”的前10行内找不到表头，未读取")
        return None
    check_width(cells.width, options.max_columns, place)
    check_names(header.names, f"{place} 第{header.place + 1}行")
    titles = [" ".join(filter(bare, row)) for row in rows[: header.place] if any(map(bare, row))]
    if titles:
        warnings.append(f"工作表“{part.name}”的表头在第{header.place + 1}行，上方的行作为标题跳过")
    if notes.hidden_columns:
        warnings.append(f"工作表“{part.name}”有隐藏的列，已照常读取")
    table = Table(place, header.names, warnings)
    sheet = Sheet(part.name, table.header, header.place + 1, titles, iter(()), options.merged)
    sheet.chunks = _chunks(sheet, cells, header, table, (notes, options))
    return sheet


def _chunks(
    sheet: Sheet, cells: _Cells, header: Header, table: Table, setting: tuple[SheetNotes, ReadOptions],
) -> Iterator[Chunk]:
    notes, options = setting
    if len(cells.lost) > options.max_faults:
        what = f"超过{options.max_faults}行的数字超过15位，末位精度已丢失"
        raise refuse(table.where, what, "请把证件号等列设为文本格式后重新导出", "E-FAULTS-LIMIT")
    marks = Marks(notes, cells.lost, (header.below + 1, cells.first_column), table, sheet.merged)
    faults = 0
    for number, batch in enumerate(cells.batches()):
        left = Leftovers()
        rows = batch
        if number == 0:
            _skip_top(batch, header, left)
            rows = batch.slice(header.below)
        if rows.height:
            rows = table.screen(marks.lay(rows, left), left, options.max_cell_bytes)
        chunk = table.settle(rows, left)
        faults += len(chunk.faults)
        if faults > options.max_faults:
            what = f"不能读取的行超过{options.max_faults}行，最后一处：{chunk.faults[-1].reason}"
            raise refuse(table.where, what, "请供数单位更正后重新导出", "E-FAULTS-LIMIT")
        yield chunk
    if not table.rows and not faults:
        table.warnings.append(f"工作表“{sheet.name}”只有表头，没有数据")


def _skip_top(batch: pl.DataFrame, header: Header, left: Leftovers) -> None:
    for row in batch.head(header.place).drop("line").iter_rows():
        left.skip("title" if any((cell or "").strip(BLANKS) for cell in row) else "blank")
    left.skip("header", header.below - header.place - 1)
