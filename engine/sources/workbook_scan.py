"""What a workbook's XML tells before and beside reading it: whether it is safe to read, and what a reader leaves out.

Everything streams through one buffer with linear-time patterns, so a hostile file costs time in proportion to its size
and no memory. Worksheet XML is cut at row ends; within a row the patterns follow ECMA-376 part 1, 18.3.1.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from engine.errors import SourceError
from engine.sources.archive import check_ratio
from engine.sources.shapes import MIB, ReadOptions, refuse

PIECE = 4 * MIB
EXACT_BELOW = 64 * MIB
MOST_FLAGS = 10_000

_PROLOG = 64 * 1024
_MOST_SHEETS = 200
_ROOT = re.compile(rb"<(?:([A-Za-z][\w.-]*):)?[A-Za-z]")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_ESCAPES = {b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&"}


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its name, state (visible, hidden, veryHidden) and the member its XML is in."""

    name: str
    state: str
    member: str


@dataclass
class SheetNotes:
    """What calamine does not tell about a sheet; rows count from 1, columns from 0.

    errors hold (row, column, text); bare_formulas are cells whose formula has no stored result; more_formulas counts
    those beyond `formulas`; merged holds (first row, first column, last row, last column).
    """

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: bool = False
    formulas: list[tuple[int, int]] = field(default_factory=list)
    more_formulas: int = 0
    bare_formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


class Patterns(NamedTuple):
    """What is looked for in worksheet XML with one namespace prefix."""

    row_end: bytes
    filled: re.Pattern[bytes]
    hidden_row: re.Pattern[bytes]
    hidden_column: re.Pattern[bytes]
    formula_hint: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    bare_formula: re.Pattern[bytes]
    error_hint: re.Pattern[bytes]
    error: re.Pattern[bytes]
    merge: re.Pattern[bytes]


def check_workbook(archive: zipfile.ZipFile, where: str, options: ReadOptions) -> list[SheetPart]:
    """Return the worksheets. Raises SourceError for bombs, entities, encryption, and cells out of all bounds."""
    total = 0
    names = [item.filename.lower() for item in archive.infolist()]
    if len(set(names)) < len(names):
        raise refuse(where, "文件内有同名的部件", "请用表格软件打开并另存后重新提供", "E-FILE-DAMAGED")
    for item in archive.infolist():
        if item.flag_bits & 0x1:
            raise refuse(where, "文件有密码", "请去掉密码后重新提供", "E-FILE-PASSWORD")
        total += item.file_size
        if total > options.max_unpacked_bytes:
            limit = options.max_unpacked_bytes // MIB
            raise refuse(where, f"解压后超过上限（{limit} MiB）", "请拆分后分批提供", "E-ARCHIVE-SIZE")
        check_ratio(item.file_size, item.compress_size, where, options)
    for item in archive.infolist():
        if item.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_prolog(archive, item, where)
    parts = list(_sheets(archive, where))
    if len(parts) > _MOST_SHEETS:
        what = f"有{len(parts)}个工作表，超过上限（{_MOST_SHEETS}）"
        raise refuse(where, what, "请拆分后分批提供", "E-XLSX-SHEETS")
    for part in parts:
        _check_bounds(archive, part, where, options)
    return parts


def notes_of(archive: zipfile.ZipFile, part: SheetPart) -> SheetNotes:
    """Return what the sheet's XML says beyond the values of its cells."""
    notes = SheetNotes()
    start = _start(archive, part.member)
    patterns = _patterns(_prefix(start))
    notes.hidden_columns = bool(patterns.hidden_column.search(start.split(b"sheetData", 1)[0]))
    for rows in _rows(archive, part.member, patterns.row_end):
        _note_rows(rows, patterns, notes)
    return notes


def column_number(letters: str) -> int:
    """Return a column's place from 0.

    >>> column_number("A"), column_number("Z"), column_number("AA"), column_number("XFD")
    (0, 25, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Return a column's letters from its place.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _check_prolog(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str) -> None:
    """A document type can only stand before the root element; Office never writes one."""
    start = _start(archive, item.filename)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:64]:
        raise refuse(where, "含编码不是UTF-8的XML", "请用表格软件另存为xlsx后重新提供", "E-XLSX-XML")
    root = _ROOT.search(start)
    prolog = start[: root.start()] if root else start
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog or (root is None and len(start) == _PROLOG):
        raise refuse(where, "含不允许的XML实体", "请用表格软件另存为xlsx后重新提供", "E-XLSX-ENTITY")


def _sheets(archive: zipfile.ZipFile, where: str) -> Iterator[SheetPart]:
    try:
        book, links = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        raise refuse(where, "不是完整的xlsx文件", "请重新导出", "E-FILE-DAMAGED") from None
    targets: dict[bytes, str] = {}
    for tag in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links):
        found = _attributes(tag)
        if found.get(b"Type", b"").endswith(b"/worksheet"):
            target = found.get(b"Target", b"").decode("utf-8", "replace")
            targets[found.get(b"Id", b"")] = target[1:] if target.startswith("/") else f"xl/{target}"
    members = {item.filename.lower(): item.filename for item in archive.infolist()}
    for tag in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book):
        found = _attributes(tag)
        link = next((value for key, value in found.items() if key.endswith(b":id")), b"")
        if link not in targets:  # a sheet of charts or macros
            continue
        member = members.get(targets[link].lower())
        if member is None:
            raise refuse(where, "工作表的内容缺失", "请重新导出", "E-FILE-DAMAGED")
        state = found.get(b"state", b"visible").decode("ascii", "replace")
        yield SheetPart(_unescaped(found.get(b"name", b"")).decode("utf-8", "replace"), state, member)


def _check_bounds(archive: zipfile.ZipFile, part: SheetPart, where: str, options: ReadOptions) -> None:
    """Refuse a cell with a value beyond the allowed columns, and few cells spread over a huge box."""
    size = archive.getinfo(part.member).file_size
    patterns = _patterns(_prefix(_start(archive, part.member)))
    far = _beyond(options.max_columns)
    last_row = widest = 0
    for rows in _rows(archive, part.member, patterns.row_end):
        if found := far.search(rows):
            raise _far(found[1].decode(), part, where)
        if size < EXACT_BELOW:
            for letters, row in set(patterns.filled.findall(rows)):
                last_row, widest = max(last_row, int(row)), max(widest, column_number(letters.decode()) + 1)
    if last_row > 1 << 20 or last_row * widest > options.max_box_cells:
        raise _far(f"{column_letters(max(0, widest - 1))}{last_row}", part, where)


def _far(reference: str, part: SheetPart, where: str) -> SourceError:
    what = f"表格范围异常（最远单元格{reference}）"
    return refuse(f"{where} 工作表“{part.name}”", what, "请删去表格外的单元格后重新提供", "E-XLSX-RANGE")


def _note_rows(rows: bytes, patterns: Patterns, notes: SheetNotes) -> None:
    if b"hidden" in rows:
        numbers = (_attributes(tag).get(b"r", b"") for tag in patterns.hidden_row.findall(rows))
        notes.hidden_rows += [int(number) for number in numbers if number.isdigit()]
    if patterns.formula_hint.search(rows):
        for found in patterns.bare_formula.finditer(rows):
            is_empty_text = b" t=\"str\"" in found[1] and found[2] is not None
            if not is_empty_text:
                notes.bare_formulas.append(_place(found[1]))
        for found in patterns.formula.finditer(rows):
            if len(notes.formulas) < MOST_FLAGS:
                notes.formulas.append(_place(found[1]))
            else:
                notes.more_formulas += 1
    if patterns.error_hint.search(rows):
        for found in patterns.error.finditer(rows):
            notes.errors.append((*_place(found[1]), _unescaped(found[2]).decode("utf-8", "replace")))
    if b"mergeCell" in rows:
        notes.merged += [_range(found[1]) for found in patterns.merge.finditer(rows)]


def _rows(archive: zipfile.ZipFile, member: str, row_end: bytes) -> Iterator[bytes]:
    """Yield the XML cut where rows end, so that no cell is cut in two."""
    held = b""
    with archive.open(member) as stream:
        while piece := stream.read(PIECE):
            held += piece
            cut = held.rfind(row_end)
            if cut >= 0:
                yield held[: cut + len(row_end)]
                held = held[cut + len(row_end) :]
    yield held


def _start(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as stream:
        return stream.read(_PROLOG)


def _prefix(start: bytes) -> bytes:
    root = _ROOT.search(start)
    return root[1] + b":" if root and root[1] else b""


@cache
def _patterns(prefix: bytes) -> Patterns:
    def _pattern(text: bytes) -> re.Pattern[bytes]:
        return re.compile(text.replace(b"%", re.escape(prefix)))

    formula = rb"<%c\b([^>]*)>\s*<%f\b"
    whole_formula = rb"<%f\b[^>]*(?:/>|>[^<]*</%f>)\s*"
    return Patterns(
        row_end=b"</" + prefix + b"row>",
        filled=re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>'),
        hidden_row=_pattern(rb"<%row\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>"),
        hidden_column=_pattern(rb"<%col\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)"),
        formula_hint=_pattern(rb"<%f[ >/]"),
        formula=_pattern(formula),
        bare_formula=_pattern(rb"<%c\b([^>]*)>\s*" + whole_formula + rb"(<%v\s*/>|<%v\s*></%v>)?\s*</%c>"),
        error_hint=re.compile(rb"t=[\"']e[\"']"),
        error=_pattern(rb"<%c\b([^>]*\bt=[\"']e[\"'][^>]*)>\s*(?:" + whole_formula + rb")?<%v>([^<]*)</%v>"),
        merge=_pattern(rb"<%mergeCell\b[^>]*\bref=[\"']([A-Z0-9:]+)[\"']"),
    )


@cache
def _beyond(columns: int) -> re.Pattern[bytes]:
    """Return what finds a cell with a value beyond so many columns (below 702)."""
    first = column_letters(columns)
    if len(first) == 1:
        letters = f"[{first}-Z]|[A-Z]{{2,3}}"
    else:
        higher = f"|[{chr(ord(first[0]) + 1)}-Z][A-Z]" if first[0] != "Z" else ""
        letters = f"{first[0]}[{first[1]}-Z]{higher}|[A-Z]{{3}}"
    return re.compile(rf'r="((?:{letters})\d+)"[^>]*(?<!/)>'.encode())


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {found[1]: found[2] if found[2] is not None else found[3] for found in _ATTRIBUTE.finditer(tag)}


def _place(attributes: bytes) -> tuple[int, int]:
    """Return row and column of a cell; (0, 0) where the file does not say."""
    found = _REFERENCE.fullmatch(_attributes(attributes).get(b"r", b""))
    return (int(found[2]), column_number(found[1].decode())) if found else (0, 0)


def _range(reference: bytes) -> tuple[int, int, int, int]:
    found = _REFERENCE.findall(reference)
    (first, first_row), (last, last_row) = found[0], found[-1]
    return int(first_row), column_number(first.decode()), int(last_row), column_number(last.decode())


def _unescaped(text: bytes) -> bytes:
    for mark, plain in _ESCAPES.items():
        text = text.replace(mark, plain)
    return text
