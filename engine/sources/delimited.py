"""CSV and its kin: strict about bytes, quotes and the number of fields; generous about encoding, separator and titles.

The file is read twice in blocks of bounded size: once to learn its encoding and count its records, once to split it.
Both counts must agree.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from engine.sources.header_row import check_names, check_width
from engine.sources.judging import RowJudge
from engine.sources.layout import Layout, find_layout
from engine.sources.row_kinds import BLANKS
from engine.sources.shapes import Chunk, ReadOptions, Sheet, refuse
from engine.sources.splitting import Records, count_records, find_records, open_quote, split_plain, split_quoted, widths
from engine.sources.table import Leftovers, Table, empty_cells
from engine.sources.textfile import (
    LONGEST_RECORD,
    Block,
    TextFile,
    blocks_of_bytes,
    decode_block,
    original_length,
)


def read_delimited(file: TextFile, sheet_name: str, options: ReadOptions, warnings: list[str]) -> Sheet:
    """Return the file's one sheet. Raises SourceError where it cannot be read as a table."""
    layout = find_layout(file, options)
    names = layout.header.names
    where = f"{file.name} 第{layout.header_line}行"
    width = max(len(names), layout.header_text.count(layout.separator) + 1 if len(names) > options.max_columns else 0)
    check_width(width, options.max_columns, where)
    check_names(names, where)
    if layout.titles:
        warnings.append(f"表头在第{layout.header_line}行，上方的行作为标题跳过")
    table = Table(file.name, names, warnings)
    chunks = _Reading(file, layout, table, options).chunks()
    return Sheet(sheet_name, table.header, layout.header_line, layout.titles, chunks)


class _Reading:
    """One pass over the records below the header."""

    def __init__(self, file: TextFile, layout: Layout, table: Table, options: ReadOptions) -> None:
        self.file, self.layout, self.table, self.options = file, layout, table, options
        self.judge = RowJudge(file, layout, table, options)
        self.records = 0

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks; raise SourceError where the file must be refused after all."""
        above: Leftovers | None = self._above()
        for block, records in self._blocks():
            left = above or Leftovers()
            above = None
            chunk = self.table.settle(self._cells(block, records, left), left)
            self.records += chunk.records
            yield chunk
        if above is not None:
            chunk = self.table.settle(empty_cells(self.table.width), above)
            self.records += chunk.records
            yield chunk
        self._check_count()
        if not self.table.rows and not self.judge.rejected:
            self.table.warnings.append("只有表头，没有数据")

    def _above(self) -> Leftovers:
        left = Leftovers()
        for row in self.layout.rows_above:
            left.skip("title" if any(cell.strip(BLANKS) for cell in row) else "blank")
        left.skip("header", self.layout.code_rows)
        return left

    def _blocks(self) -> Iterator[tuple[Block, Records]]:
        """Yield blocks of whole records; a record that is open at a block's end waits for the next block."""
        held, line = b"", 1
        offset = None if self.file.encoding.startswith("UTF-16") else self.file.head
        for data, last in blocks_of_bytes(self.file, self.options.block_bytes):
            block = decode_block(held + data, self.file, line, offset, last)
            block = _without_top(block, self.layout.first_line)
            records = find_records(block.lines, self.layout.separator, self.options.max_faults)
            held = b""
            if records.open_from is not None:
                block, held = self._hold(block, records.open_from)
            taken = len(block.lines)
            line = block.first_line + taken
            offset = None if block.offset is None else block.offset + original_length(block.raw)
            yield block, records

    def _hold(self, block: Block, first: int) -> tuple[Block, bytes]:
        """Cut the open record off; raise SourceError where it can never be closed."""
        line = block.first_line + first
        start = block.starts[first]
        held = block.raw[start:]
        if block.last and not (first == len(block.lines) - 1 and not self.file.complete):
            raise open_quote(self.file.name, line)
        if block.last:
            self.judge.cut_in_quote(block, first)
            return _cut(block, first, start), b""
        if len(held) > LONGEST_RECORD:
            raise open_quote(self.file.name, line)
        return _cut(block, first, start), held.replace(b"\r\r\n", b"\r")

    def _cells(self, block: Block, records: Records, left: Leftovers) -> pl.DataFrame:
        """Return the cells of all good records of the block; the others go to `left`."""
        separator, width = self.layout.separator, self.table.width
        lines = block.lines
        regular = records.regular[: len(lines)]
        quoted = records.quoted[: len(lines)]
        blank = regular & (lines.str.strip_chars(BLANKS + separator) == "")
        repeated = regular & (lines == self.layout.header_text)
        left.skip("blank", int(blank.sum()))
        left.skip("header", int(repeated.sum()))
        counts = widths(lines, quoted, separator)
        regular = regular & ~blank & ~repeated
        good = regular & (counts == width) & ~self.judge.doubtful(block)
        number = pl.int_range(block.first_line, block.first_line + len(lines), eager=True).alias("line")
        parts = [
            split(lines.filter(mask), separator, width).with_columns(number.filter(mask))
            for split, mask in ((split_plain, good & ~quoted), (split_quoted, good & quoted)) if mask.any()
        ]
        others = (regular & ~good).arg_true()
        parts.append(self.judge.rows(block, others, records.spans, left))
        filled = [part for part in parts if part.height]
        return pl.concat(filled).sort("line") if len(filled) > 1 else (filled or parts)[0]

    def _check_count(self) -> None:
        """Hold the records seen against the bytes: by pairs of quotes, and where these mislead, by quoted fields."""
        seen = self.records + 1
        if seen == self.file.records:
            return
        data = [data for data, _ in blocks_of_bytes(self.file, self.options.block_bytes)]
        counted = count_records(data, self.layout.separator)
        if seen != counted:
            what = f"文件有{counted}条记录，只读出{seen}条"
            raise refuse(self.file.name, what, "请将该文件交技术人员查看", "E-COUNT")


def _without_top(block: Block, first_line: int) -> Block:
    """Return the block without the lines above `first_line`: titles and header have been read already."""
    drop = min(max(0, first_line - block.first_line), len(block.lines))
    if not drop:
        return block
    start = block.starts[drop]
    offset = None if block.offset is None else block.offset + original_length(block.raw[:start])
    bad = {place - drop: reason for place, reason in block.bad.items() if place >= drop}
    return replace(block, first_line=block.first_line + drop, offset=offset, raw=block.raw[start:],
                   lines=block.lines[drop:], bad=bad)


def _cut(block: Block, lines: int, start: int) -> Block:
    """Return the first lines of the block; `start` is the byte where the rest begins."""
    return replace(block, raw=block.raw[:start], lines=block.lines[:lines], last=False)
