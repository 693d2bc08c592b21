"""How a delimited file is laid out: which separator, which row is the header, where the records start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from engine.sources.header_row import SEARCHED, Header, bare, find_header, no_header
from engine.sources.row_kinds import BLANKS
from engine.sources.shapes import MIB, ReadOptions, refuse
from engine.sources.splitting import Records, cells_of, find_records, open_quote
from engine.sources.textfile import Block, TextFile, blocks_of_bytes, decode_block

SEPARATORS = (",", "\t", ";", "|")

_LINES = 400
_RECORDS = SEARCHED + 20
_WRONG = {"，": "全角逗号", "；": "全角分号", "｜": "全角竖线", "、": "顿号", "\x01": "不可见字符（0x01）"}


@dataclass(frozen=True)
class Layout:
    """separator; header with its line; first_line: where the first record below it starts; what stands above it."""

    separator: str
    header: Header
    header_line: int
    header_text: str
    first_line: int
    rows_above: tuple[tuple[str, ...], ...]
    lines_above: tuple[str, ...]
    code_rows: int

    @property
    def titles(self) -> list[str]:
        """Return the lines above the header that say something."""
        return [line for line in self.lines_above if bare(line)]


class _Row(NamedTuple):
    first: int
    last: int
    text: str
    cells: list[str]


def find_layout(file: TextFile, options: ReadOptions) -> Layout:
    """Return the layout whose header is best recognised, then the one most rows agree with.

    Raises SourceError where there is no header, the separator is a full-width one, or a quote is open.
    """
    data, last = next(blocks_of_bytes(file, MIB))
    block = decode_block(data, file, 1, None, last)
    lines = block.lines.head(_LINES)
    if not any(line.strip(BLANKS) for line in lines.to_list()):
        raise refuse(file.name, "文件没有内容", "请重新导出", "E-FILE-EMPTY")
    best: tuple[tuple[int, int, int], str, list[_Row], Header] | None = None
    for separator in SEPARATORS:
        records = find_records(lines, separator)
        rows = _rows(block, records, separator)
        header = find_header([row.cells for row in rows], options.known)
        if header is None or (len(header.names) == 1 and separator != SEPARATORS[0]):
            continue
        fit = _fit(rows, header, options)
        if best is None or fit > best[0]:
            best = (fit, separator, rows, header)
    _refuse_wrong_separator(file.name, lines.to_list(), best[3] if best else None)
    if best is None or len(best[3].names) == 1:
        _refuse_open_quote(file.name, lines)
    if best is None:
        raise _unreadable(file, block)
    _, separator, rows, header = best
    return _layout(file, block, separator, rows, header)


def _layout(file: TextFile, block: Block, separator: str, rows: Sequence[_Row], header: Header) -> Layout:
    row = rows[header.place]
    for place in range(row.first, row.last + 1):
        if place in block.bad:
            where, what = f"{file.name} 第{place + 1}行", f"表头{block.bad[place]}"
            raise refuse(where, what, "请统一编码后重新导出", "E-ENCODING")
    above = rows[: header.place]
    return Layout(
        separator, header, row.first + 1, row.text, rows[header.below - 1].last + 2,
        tuple(tuple(r.cells) for r in above), tuple(r.text for r in above), header.below - header.place - 1,
    )


def _rows(block: Block, records: Records, separator: str) -> list[_Row]:
    alone = [(place, place) for place in records.regular.arg_true().head(_RECORDS).to_list()]
    pairs = sorted(alone + [(span.first, span.last) for span in records.spans])[:_RECORDS]
    rows = []
    for first, last in pairs:
        text = "\n".join(block.lines[first : last + 1].to_list())
        rows.append(_Row(first, last, text, cells_of(text, separator) or []))
    return rows


def _fit(rows: Sequence[_Row], header: Header, options: ReadOptions) -> tuple[int, int, int]:
    names = list(header.names)
    agreeing = sum(len(row.cells) == len(names) for row in rows) if len(names) > 1 else 0
    return options.known(names) if options.known else 0, agreeing, len(names)


def _refuse_wrong_separator(name: str, lines: list[str], header: Header | None) -> None:
    """Raise where the first lines are cut by characters that only look like a separator."""
    filled = [line for line in lines if line.strip(BLANKS)][:_RECORDS]
    width = len(header.names) if header else 1
    top = "".join(header.names) if header else filled[0]
    for mark, word in _WRONG.items():
        if header is not None and width > 1:
            wrong = sum(cell.count(mark) for cell in header.names) >= max(2, width)
        else:
            wrong = mark in top and sum(line.count(mark) == top.count(mark) for line in filled) * 2 > len(filled)
        if wrong:
            raise refuse(name, f"分隔符是{word}", "请改用半角逗号或制表符分隔后重新导出", "E-SEPARATOR")


def _refuse_open_quote(name: str, lines: pl.Series) -> None:
    for separator in SEPARATORS:
        first = find_records(lines, separator).open_from
        if first is not None and first < SEARCHED and separator in lines[first]:
            raise open_quote(name, first + 1)


def _unreadable(file: TextFile, block: Block) -> Exception:
    """Return why there is no header: another encoding, or none there."""
    early = sorted(place for place in block.bad if place < SEARCHED)
    if early:
        where, what = f"{file.name} 第{early[0] + 1}行", block.bad[early[0]]
        return refuse(where, what, "请统一编码后重新导出", "E-ENCODING")
    return no_header(file.name)
