"""Workbooks for tests: taken out of a small review database, filled in as a person would, handed in again."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from review_world import clue, finding, publish

from engine.review import Actor, Outcome, Review, Who, pick, take_out
from engine.review.filters import Query
from engine.review_book import Book, import_book, write_book
from engine.review_book.layout import KEY, SHEET
from engine.review_book.writing import HEADER

TOP = HEADER + 1
"""Row of the header, counted from 1."""


def texts(value: str = "2024年3月1日") -> str:
    """Return what a finding tells: an item of evidence, its record, a condition, a reason against."""
    return json.dumps({
        "evidence": [["申请日", value, "column", "r1", None, "2024.3.1", None, "2024-03-01", "1"],
                     ["最后一日", "2024年2月1日", "let", None, None, None, "起算日加三个月", "2024-02-01", "1"],
                     ["送达方式", "直接送达", "column", "r1", None, "直接", None, None, None]],
        "rows": [{"alias": "", "label": "行政非诉审查", "number": "x", "file": "台账.xlsx", "sheet": "一月", "line": 7,
                  "why": None, "confidence": None, "candidates": None, "key": "k", "record": "r1", "raw": "{}"}],
        "conditions": [{"say": "已超30日", "asks": "x > 30", "value": "true"},
                       {"say": "", "asks": "y", "value": "true"}],
        "exclusions": [{"reason": "已撤回", "value": "false"}, {"reason": "已延期", "value": None}],
        "innocent": ["日期登记有误"], "to_check": ["调取卷宗"], "flags": ["涉企"], "law": [], "basis": []})


def fill(base: Review, **first: object) -> None:
    """Publish clue 1 with two findings and clues 2 and 3 with one each; `first` changes clue 1."""
    publish(base, clue(1, **first), clue(2, division="411103"), clue(3), finding(1, texts=texts()),
            finding(1, "early", turn=2, title="提前受理", texts=texts()), finding(2, texts=texts()),
            finding(3, texts=texts()))


def take(base: Review, actor: Actor, path: Path) -> Path:
    """Write the workbook of all that somebody sees and return it."""
    ids = pick(base, actor, Query())["clue_id"].to_list()
    write_book(path, take_out(base, actor, ids, actor.who), Book("待研判表"))
    return path


def rows(path: Path) -> list[dict[str, object]]:
    """Return the rows of the sheet 研判 by column name."""
    page = openpyxl.load_workbook(path)[SHEET]
    names = [cell.value for cell in page[TOP]]
    return [dict(zip(names, row, strict=True)) for row in page.iter_rows(min_row=TOP + 1, values_only=True)]


def write(path: Path, cells: Mapping[int, Mapping[str, object]]) -> Path:
    """Write into rows of the sheet 研判, counted from 0 below the header, as a person would; return the file."""
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    columns = {cell.value: cell.column for cell in page[TOP]}
    for number, values in cells.items():
        for name, value in values.items():
            page.cell(TOP + 1 + number, columns[name]).value = value
    book.save(path)
    return path


def key_of(path: Path, number: int = 0) -> str:
    """Return the token of a row."""
    return str(rows(path)[number][KEY])


def copy(source: Path, target: Path) -> Path:
    """Copy a review database that is in use and return the copy."""
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return target


def hand_in(base: Review, actor: Actor, path: Path, *, save: bool = True) -> list[Outcome]:
    """Import a workbook for somebody."""
    return import_book(base, actor, path, Who("测试"), save=save).outcomes
