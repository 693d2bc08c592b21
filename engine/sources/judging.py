"""Records that do not go through the fast path: each is taken, skipped by declaration, rejected, or sinks the file."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from engine.sources.header_row import bare
from engine.sources.layout import Layout
from engine.sources.row_kinds import row_kind
from engine.sources.shapes import Fault, ReadOptions, refuse
from engine.sources.splitting import MOST_CELLS, Span, cells_of, open_quote
from engine.sources.table import Leftovers, Table, empty_cells
from engine.sources.textfile import Block, TextFile, original_offset

_CUT = "末行不完整，文件可能被截断"
_SLICE = 10_000
_TELLING = 4
_FIX_ROW = "请在原表核对该行后重新导出"


class _Record(NamedTuple):
    block: Block
    span: Span
    text: str

    @property
    def line(self) -> int:
        """Physical line the record starts on."""
        return self.block.first_line + self.span.first

    @property
    def is_multiline(self) -> bool:
        """Whether it goes over several lines."""
        return self.span.last > self.span.first


class RowJudge:
    """Judges records one by one. `rejected` counts them; too many refuse the file."""

    def __init__(self, file: TextFile, layout: Layout, table: Table, options: ReadOptions) -> None:
        self.file, self.table, self.options = file, table, options
        self.separator, self.header_text = layout.separator, layout.header_text
        self.header = [bare(name) for name in cells_of(layout.header_text, layout.separator) or []]
        self.rejected = 0
        self._waiting: list[Fault] = []

    def doubtful(self, block: Block) -> pl.Series:
        """Return which lines need looking at although their quotes and fields are in order."""
        lines = block.lines
        doubt = lines.str.len_bytes() > self.options.max_cell_bytes
        if b"\0" in block.raw:
            doubt = doubt | lines.str.contains("\0", literal=True)
        if b"\xef\xbb\xbf" in block.raw:
            doubt = doubt | lines.str.starts_with("\ufeff")
        return doubt.scatter([place for place in block.bad if place < len(lines)], True) if block.bad else doubt

    def rows(self, block: Block, places: pl.Series, spans: Sequence[Span], left: Leftovers) -> pl.DataFrame:
        """Return the good rows among single lines and spans; the others go to `left`."""
        good: dict[int, list[str]] = {}
        for fault in self._waiting:
            self._reject(fault, left)
        self._waiting = []
        for span in spans:
            self._sort(block, span, left, good)
        for part in places.to_frame().iter_slices(_SLICE):
            for place in part.to_series().to_list():
                self._sort(block, Span(place, place, False), left, good)
        left.faults.sort(key=lambda fault: fault.line)
        if not good:
            return empty_cells(self.table.width)
        columns = enumerate(zip(*good.values(), strict=True))
        texts = {f"c{i}": pl.Series([cell or None for cell in column], dtype=pl.String) for i, column in columns}
        return pl.DataFrame({**texts, "line": pl.Series(list(good), dtype=pl.Int64)})

    def cut_in_quote(self, block: Block, place: int) -> None:
        """Keep a last line that ends inside quotes as a fault for the next call of `rows`."""
        record = _Record(block, Span(place, place, False), block.lines[place])
        self._waiting.append(self._cut(record, "引号没有闭合"))

    def _sort(self, block: Block, span: Span, left: Leftovers, good: dict[int, list[str]]) -> None:
        record = _Record(block, span, self._text(block, span))
        judged = self._judge(record)
        if isinstance(judged, Fault):
            self._reject(judged, left)
        elif isinstance(judged, str):
            left.skip(judged)
        else:
            good[record.line] = judged

    def _reject(self, fault: Fault, left: Leftovers) -> None:
        left.faults.append(fault)
        self.rejected += 1
        if self.rejected > self.options.max_faults:
            what = f"不能读取的行超过{self.options.max_faults}行，最后一处：{fault.reason}"
            raise refuse(self.file.name, what, "请供数单位更正后重新导出", "E-FAULTS-LIMIT")

    def _judge(self, record: _Record) -> list[str] | str | Fault:
        """Return the cells, the reason to skip, or the fault of one record."""
        block, span, text = record
        bad = [place for place in range(span.first, span.last + 1) if place in block.bad] if block.bad else []
        if bad:
            return self._bad_bytes(record, bad[0])
        cells = None if span.broken else cells_of(text, self.separator)
        if cells is None:
            if record.is_multiline:
                raise open_quote(self.file.name, record.line)
            return self._fault(record, "E-QUOTE", f"{self._at(record)}引号后面还有文字")
        repeated = len(cells) == len(self.header) and [bare(cell) for cell in cells] == self.header
        if kind := "header" if repeated else row_kind(cells):
            return kind
        if len(cells) != self.table.width:
            return self._ragged(record, cells)
        if record.is_multiline and self._swallowed(cells):
            return self._fault(record, "E-QUOTE-DOUBT", f"{self._at(record)}引号内疑似包含多条记录")
        return self._bad_cell(record, cells) or cells

    def _text(self, block: Block, span: Span) -> str:
        """Return the record as delivered; the line ends inside quotes are the file's own."""
        if span.first == span.last or b"\r" not in block.raw:
            return "\n".join(block.lines[span.first : span.last + 1].to_list())
        raw = block.raw[block.starts[span.first] : block.starts[span.last + 1]].rstrip(b"\r\n")
        encoding = "gb18030" if self.file.encoding == "GB18030" else "utf-8"
        return raw.replace(b"\r\r\n", b"\r").decode(encoding, "backslashreplace")

    def _ragged(self, record: _Record, cells: Sequence[str]) -> Fault:
        have, want = len(cells), self.table.width
        if have >= MOST_CELLS:
            have = record.text.count(self.separator) + 1
        if record.is_multiline:
            inner = record.block.lines[record.span.first + 1 : record.span.last].to_list()
            if any(line.count(self.separator) == max(1, want - 1) for line in inner):
                raise open_quote(self.file.name, record.line)
        if have > want:
            return self._fault(record, "E-FIELDS-MANY", f"{self._at(record)}有{have}列，表头{want}列")
        if self._is_end(record):
            return self._cut(record, f"只有{have}列，表头{want}列")
        wide = "，行内有全角逗号" if record.text.count("，") >= want - have else ""
        return self._fault(record, "E-FIELDS-FEW", f"{self._at(record)}只有{have}列，表头{want}列{wide}")

    def _swallowed(self, cells: Sequence[str]) -> bool:
        """Tell whether a cell with line ends holds what looks like records: the quotes around it were two strays.

        Such a cell starts with the rest of one record and ends with the beginning of another; whole ones lie between.
        """
        if self.table.width < _TELLING:
            return False
        for index, cell in enumerate(cells):
            counts = [line.count(self.separator) for line in cell.splitlines()]
            ends = len(counts) > 1 and counts[0] == self.table.width - 1 - index and counts[-1] == index
            if ends or self.table.width - 1 in counts[1:-1]:
                return True
        return False

    def _bad_cell(self, record: _Record, cells: Sequence[str]) -> Fault | None:
        limit = self.options.max_cell_bytes
        for index, cell in enumerate(cells):
            name = bare(self.table.names[index])
            if "\0" in cell:
                fault = self._fault(record, "E-CELL-NUL", f"{self._at(record)}“{name}”含空字节")
            elif len(cell) * 4 > limit and len(cell.encode("utf-8", "replace")) > limit:
                what = f"长度超过上限（{limit // 1024} KiB）"
                fault = self._fault(record, "E-CELL-LONG", f"{self._at(record)}“{name}”{what}")
            else:
                continue
            return fault._replace(column=self.table.names[index], value=self._shortened(cell))
        return None

    def _bad_bytes(self, record: _Record, place: int) -> Fault:
        if self._is_end(record):
            return self._cut(record, "最后一个字符不完整")
        line = self.table.line(record.block.first_line + place)
        return self._fault(record, "E-ENCODING", f"{line}{record.block.bad[place]}")

    def _is_end(self, record: _Record) -> bool:
        block = record.block
        return block.last and not self.file.complete and record.span.last == len(block.lines) - 1

    def _cut(self, record: _Record, detail: str) -> Fault:
        self.table.warnings.append(f"{self._at(record)}：{_CUT}")
        return self._fault(record, "E-LINE-CUT", f"{_CUT}（{detail}）")

    def _at(self, record: _Record) -> str:
        return self.table.line(record.line)

    def _fault(self, record: _Record, code: str, reason: str) -> Fault:
        fix = "请重新导出完整的文件" if code == "E-LINE-CUT" else _FIX_ROW
        offset = original_offset(record.block, record.block.starts[record.span.first])
        return Fault(record.line, None, "", code, reason, fix, self._shortened(record.text), offset)

    def _shortened(self, text: str) -> str:
        limit = self.options.max_cell_bytes
        return text if len(text) <= limit else f"{text[:limit]}…（共{len(text)}个字符，余下略）"
