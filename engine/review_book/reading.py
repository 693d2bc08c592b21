"""A workbook that came back, as rows: read by a limited process like every file from outside, nothing run in it."""

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import SourceError
from engine.review import Decision, Returned
from engine.review_book.layout import CAUSES, CONCLUSIONS, GIVEN, KEY, LOCKED, MOST_WORDS, SHEET, hash_of, normal
from engine.sources.shapes import MIB, ReadOptions
from engine.sources.sniffing import content_kind
from engine.sources.workbook import read_cells

LARGEST = 20 * MIB
"""Bytes of a workbook that is read; what we write is far smaller."""

_LIMITS = ReadOptions(max_columns=200, max_unpacked_bytes=200 * MIB, max_box_cells=5_000_000,
                      child_memory_bytes=2048 * MIB, child_seconds=60)
_HEADER_WITHIN = 20
_NEEDED = (*LOCKED, *GIVEN, KEY)


def read_book(path: Path, name: str) -> list[Returned]:
    """Return the rows of the sheet 研判 that hold a token or a decision, whatever their order.

    `name` is what messages call the file. Raises SourceError for what is no workbook of ours or not safe to read.
    """
    if path.stat().st_size > LARGEST:
        raise SourceError(name, f"文件超过上限（{LARGEST // MIB} MiB）", "请交回导出的待研判表", "E-BOOK-SIZE")
    kind = content_kind(path, name, name)
    if kind != "xlsx":
        raise SourceError(name, f"内容是{kind}，不是xlsx", "请交回导出的待研判表，另存时选xlsx格式", "E-FILE-TYPE")
    _demand_no_macros(path, name)
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as scratch:
        options = ReadOptions(**{**vars(_LIMITS), "scratch": Path(scratch)})
        cells = read_cells(path, SHEET, name, options)
    if cells is None:
        raise _not_ours(name, f"没有“{SHEET}”工作表")
    return [row for row in map(_row, _table(cells, name).iter_rows(named=True)) if row is not None]


def _demand_no_macros(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            macros = [item for item in archive.namelist() if item.lower().endswith("vbaproject.bin")]
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as fault:
        raise SourceError(name, "文件已损坏，无法解析", "请重新导出", "E-FILE-DAMAGED") from fault
    if macros or path.suffix.lower() in (".xlsm", ".xlsb", ".xltm"):
        raise SourceError(name, "文件含宏", "请另存为不含宏的xlsx后再交回", "E-BOOK-MACRO")


def _table(cells: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the rows below the header under their names, with `line`; columns may have been moved or added."""
    head = cells.drop("line").head(_HEADER_WITHIN)
    for at, row in enumerate(head.iter_rows()):
        names = {normal(cell): column for column, cell in zip(head.columns, row, strict=True) if normal(cell)}
        if set(_NEEDED) <= set(names):
            found = cells.slice(at + 1)
            return found.select("line", *(pl.col(names[wanted]).fill_null("").alias(wanted) for wanted in _NEEDED))
    raise _not_ours(name, f"“{SHEET}”工作表前{_HEADER_WITHIN}行里没有完整的表头")


def _not_ours(name: str, what: str) -> SourceError:
    return SourceError(name, f"不是导出的待研判表：{what}", "请交回导出的文件，不要改动表头", "E-BOOK-FORM")


def _row(row: Mapping[str, Any]) -> Returned | None:
    given = {name: normal(row[name]) for name in GIVEN}
    token = row[KEY].strip()
    if not token and not any(given.values()):
        return None
    conclusion, cause = CONCLUSIONS.get(given["结论"], ""), CAUSES.get(given["理由"], "")
    decision = Decision("", conclusion, cause, given["说明"], given["移送至"])
    return Returned(
        row["line"], token, hash_of([row[name] for name in LOCKED]),
        hash_of(list(given.values())), decision if given["结论"] else None, _fault(given))


def _fault(given: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with the cells by themselves: an outcome and its words."""
    if given["结论"] and given["结论"] not in CONCLUSIONS:
        return "unknown", f"结论只能是{'、'.join(CONCLUSIONS)}"
    if given["理由"] and given["理由"] not in CAUSES:
        return "unknown", "理由请从下拉列表里选择"
    if not given["结论"]:
        return None
    if given["理由"] and given["结论"] != "排除":
        return "unclear", f"结论是{given['结论']}，而填了排除的理由"
    if given["移送至"] and given["结论"] != "移送":
        return "unclear", f"结论是{given['结论']}，而填了移送至"
    for name, most in MOST_WORDS.items():
        if len(given[name]) > most:
            return "unclear", f"{name}超过{most}字"
    return None
