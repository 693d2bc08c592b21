"""Workbooks for whole departments, written into a folder of the machine's operator."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engine.errors import EngineError
from engine.review import Actor, Review, Who, pick, take_out
from engine.review.filters import Query
from engine.review_book.writing import Book, write_book

PER_BOOK = 2000
"""Clues of one workbook; more are written into the next one, so that each opens at once and nothing is left out."""


@dataclass(frozen=True)
class Request:
    """Which clues: of a department ('' all), of places and departments, of assignees by login (`each`: every one)."""

    department: str = ""
    scopes: Sequence[tuple[str, str]] = (("", ""),)
    assignees: Sequence[str] = ()
    each: bool = False


@dataclass(frozen=True)
class Written:
    """One workbook: file, clues, findings."""

    path: Path
    clues: int
    findings: int


def export_books(review: Review, by: Who, request: Request, out: Path) -> list[Written]:
    """Write a workbook for each department (and assignee) that has clues standing, and return them.

    A file that is there is not overwritten, for it may be filled in: EngineError. So is nothing to write.
    """
    actor = Actor(0, "", "", frozenset({"head"}), tuple(request.scopes))
    found = pick(review, actor, Query(), department=request.department)
    parts = list(_parts(found, request))
    if not parts:
        fix = "请核对 --department、--assignee、--scope，或先运行 xiezhi publish"
        raise EngineError("待研判表", "没有符合条件的线索", fix, "E-BOOK-NONE")
    out.mkdir(parents=True, exist_ok=True)
    day = f"{review.clock():%Y%m%d-%H%M}"
    files = [out / f"待研判表-{_safe(name)}-{day}{number}.xlsx" for name, number, _ in parts]
    if there := [path.name for path in files if path.exists()]:
        raise EngineError(there[0], "已有同名文件，可能已经填写", "请换一个 --out 文件夹，或移走它", "E-BOOK-THERE")
    return [_write(review, actor, by, path, part) for path, part in zip(files, parts, strict=True)]


def _parts(found: pl.DataFrame, request: Request) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, number ('' where there is one) and clue ids of each workbook."""
    by_person = request.each or bool(request.assignees)
    if request.assignees:
        found = found.filter(pl.col("login").is_in(list(request.assignees)))
    keys = ["department", "login"] if by_person else ["department"]
    for _, group in found.group_by(keys, maintain_order=True):
        first = group.row(0, named=True)
        person = f"-{first['name'] or '未分派'}" if by_person else ""
        ids = group["clue_id"].to_list()
        for start in range(0, len(ids), PER_BOOK):
            number = f"-{start // PER_BOOK + 1}" if len(ids) > PER_BOOK else ""
            yield f"{first['department'] or '未定部门'}{person}", number, ids[start : start + PER_BOOK]


def _write(review: Review, actor: Actor, by: Who, path: Path, part: tuple[str, str, list[str]]) -> Written:
    name, number, ids = part
    taken = take_out(review, actor, ids, by, part=f"{name}{number}")
    write_book(path, taken, Book(f"待研判表（{name}{number}）"))
    return Written(path, taken.rows["clue_id"].n_unique(), taken.rows.height)


def _safe(name: str) -> str:
    """Return a name that every file system takes.

    >>> _safe('行政/检察:部门'), _safe('..')
    ('行政_检察_部门', '__')
    """
    return re.sub(r'[\\/:*?"<>|\x00-\x1f.]', "_", name)[:80]
