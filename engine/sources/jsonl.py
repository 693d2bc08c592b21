"""JSON objects, one a line or in one array, become rows; the header is the union of their keys in order of appearance.

Numbers keep the digits they were written with, nested values stay JSON text. As the header is known only at the end,
the rows wait in scratch files.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from engine.sources.header_row import check_names, check_width
from engine.sources.shapes import MIB, Chunk, Fault, ReadOptions, Scratch, Sheet, refuse
from engine.sources.table import Leftovers, Table
from engine.sources.textfile import Block, TextFile, blocks_of_bytes, decode_block, original_length, original_offset

_ZERO_FRACTION = re.compile(r"(-?\d+)\.0+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIX = "请在原系统核对该行后重新导出"
_LARGEST_ARRAY = 512 * MIB


class _Number(str):
    """A number as written."""

    __slots__ = ()


class _Object(list[tuple[str, object]]):
    """An object as its pairs, so that a key occurring twice is seen."""


class _Part(NamedTuple):
    path: Path
    keys: int
    left: Leftovers


def read_json(file: TextFile, sheet_name: str, options: ReadOptions, warnings: list[str]) -> tuple[Sheet, Scratch]:
    """Return the file's one sheet and the folder its rows wait in. Raises SourceError where it is no list of objects.
    """
    scratch = Scratch(options.scratch)
    reading = _Reading(file, scratch, options, warnings)
    parts = list(reading.parts())
    names = list(reading.keys)
    if not names:
        raise refuse(file.name, "文件里没有JSON对象", "请提供对象数组，或一行一个对象", "E-JSON-SHAPE")
    check_names(names, file.name)
    table = Table(file.name, names, warnings)
    return Sheet(sheet_name, table.header, 0, [], _chunks(table, parts, options)), scratch


def _chunks(table: Table, parts: Sequence[_Part], options: ReadOptions) -> Iterator[Chunk]:
    for part in parts:
        cells = pl.read_ipc(part.path)
        missing = [pl.lit(None, dtype=pl.String).alias(f"c{i}") for i in range(part.keys, table.width)]
        ordered = cells.with_columns(missing).select([f"c{i}" for i in range(table.width)] + ["line"])
        yield table.settle(table.screen(ordered, part.left, options.max_cell_bytes), part.left)
        part.path.unlink()


class _Reading:
    """One pass over the text; `keys` grows while parts are written."""

    def __init__(self, file: TextFile, scratch: Scratch, options: ReadOptions, warnings: list[str]) -> None:
        self.file, self.scratch, self.options, self.warnings = file, scratch, options, warnings
        self.keys: dict[str, int] = {}
        self.rejected = 0

    def parts(self) -> Iterator[_Part]:
        """Write the rows block by block and yield where they are."""
        records = self._array() if self._is_array() else self._lines()
        for number, (rows, left) in enumerate(records):
            columns = {
                f"c{i}": pl.Series([row.get(key) for _, row in rows], dtype=pl.String) for key, i in self.keys.items()}
            lines = pl.Series([line for line, _ in rows], dtype=pl.Int64)
            path = self.scratch.path / f"part{number}.arrow"
            pl.DataFrame({**columns, "line": lines}).write_ipc(path)
            yield _Part(path, len(self.keys), left)

    def _is_array(self) -> bool:
        data, _ = next(blocks_of_bytes(self.file, 65536))
        return data.lstrip()[:1] == b"["

    def _lines(self) -> Iterator[tuple[list[tuple[int, dict[str, str | None]]], Leftovers]]:
        line, offset = 1, self.file.head
        for data, last in blocks_of_bytes(self.file, self.options.block_bytes // 4):
            block = decode_block(data, self.file, line, offset, last)
            rows: list[tuple[int, dict[str, str | None]]] = []
            left = Leftovers()
            for place, text in enumerate(block.lines.to_list()):
                self._take(block, place, text, rows, left)
            line += len(block.lines)
            offset += original_length(block.raw)
            yield rows, left

    def _take(
        self, block: Block, place: int, text: str, rows: list[tuple[int, dict[str, str | None]]], left: Leftovers,
    ) -> None:
        line = block.first_line + place
        if not text.strip():
            left.skip("blank")
            return
        if place in block.bad:
            code, reason = "E-ENCODING", f"第{line}行{block.bad[place]}"
        else:
            row = self._row(line, text)
            if isinstance(row, dict):
                rows.append((line, row))
                return
            code, reason = row
        if block.last and not self.file.complete and place == len(block.lines) - 1 and code in ("E-JSON", "E-ENCODING"):
            code, reason = "E-LINE-CUT", "末行不完整，文件可能被截断"
            self.warnings.append(f"第{line}行：{reason}")
        self._reject(Fault(line, None, "", code, reason, _FIX, text[: self.options.max_cell_bytes],
                           original_offset(block, block.starts[place])), left)

    def _array(self) -> Iterator[tuple[list[tuple[int, dict[str, str | None]]], Leftovers]]:
        """An array is one JSON text: a fault in its grammar sinks the file."""
        if self.file.bytes > _LARGEST_ARRAY:
            what = f"JSON数组超过{_LARGEST_ARRAY // MIB} MiB"
            raise refuse(self.file.name, what, "请改为一行一个对象的jsonl", "E-JSON-SIZE")
        text = self._whole()
        decoder = _decoder()
        place, line, counted, rows, left = text.index("[") + 1, 1, 0, [], Leftovers()
        while (place := _after_space(text, place)) < len(text) and text[place] != "]":
            line += text.count("\n", counted, place)
            counted = place
            try:
                value, end = decoder.raw_decode(text, place)
                row = self._cells(line, value)
            except (ValueError, RecursionError):
                break
            if isinstance(row, dict):
                rows.append((line, row))
            else:
                raw = text[place:end][: self.options.max_cell_bytes]
                self._reject(Fault(line, None, "", *row, _FIX, raw), left)
            place = _after_space(text, end)
            if text[place : place + 1] != ",":
                break
            place += 1
        if text[place : place + 1] != "]" or text[place + 1 :].strip():
            raise refuse(f"{self.file.name} 第{line}行", "不是完整、合法的JSON数组", "请重新导出", "E-JSON")
        yield rows, left

    def _whole(self) -> str:
        texts = []
        for data, last in blocks_of_bytes(self.file, self.options.block_bytes):
            block = decode_block(data, self.file, 1, None, last)
            if block.bad:
                what = f"有一行{next(iter(block.bad.values()))}"
                raise refuse(self.file.name, what, "请统一编码后重新导出", "E-ENCODING")
            texts.append("\n".join(block.lines.to_list()))
        return "\n".join(texts)

    def _row(self, line: int, text: str) -> dict[str, str | None] | tuple[str, str]:
        try:
            return self._cells(line, _decoder().decode(text))
        except (ValueError, RecursionError):
            return "E-JSON", f"第{line}行不是合法的JSON"

    def _cells(self, line: int, value: object) -> dict[str, str | None] | tuple[str, str]:
        """Return key → cell, or code and reason of the fault."""
        if not isinstance(value, _Object):
            return "E-JSON", f"第{line}行不是JSON对象"
        row = {key: _cell(item) for key, item in value}
        if len(row) < len(value):
            twice = Counter(key for key, _ in value).most_common(1)[0][0]
            return "E-JSON-KEY-TWICE", f"第{line}行的键“{twice[:40]}”出现不止一次"
        if any(_SURROGATE.search(text) for pair in row.items() for text in pair if text):
            return "E-JSON", f"第{line}行含残缺的字符"
        for key in row:
            self.keys.setdefault(key, len(self.keys))
        check_width(len(self.keys), self.options.max_columns, f"{self.file.name} 第{line}行")
        return row

    def _reject(self, fault: Fault, left: Leftovers) -> None:
        left.faults.append(fault)
        self.rejected += 1
        if self.rejected > self.options.max_faults:
            what = f"不能读取的行超过{self.options.max_faults}行，最后一处：{fault.reason}"
            raise refuse(self.file.name, what, "请供数单位更正后重新导出", "E-FAULTS-LIMIT")


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_Object, parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def _cell(value: object) -> str | None:
    """Return a value as text: 是/否, digits as written (12345.0 → 12345), nested as JSON; null and "" as NULL."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, _Number):
        whole = _ZERO_FRACTION.fullmatch(value)
        return whole[1] if whole else str(value)
    return value if isinstance(value, str) else _json_text(value)


def _json_text(value: object) -> str:
    if isinstance(value, _Object):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_json_text(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place
