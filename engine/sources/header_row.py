"""Which of the first rows holds the column names.

The row with the most recognised names wins; where nothing is recognised, the first full row of words that is as wide as
the rows below it. A row of codes or English names below (or above) the Chinese names belongs to the header.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.sources.row_kinds import BLANKS
from engine.sources.shapes import refuse

SEARCHED = 10
"""Rows from the top among which the header is looked for."""

_LONGEST_NAME = 200

INVISIBLE = BLANKS + "\u200b\u200c\u200d\u200e\u200f\u2060\0"

_NUMBER = re.compile(r"[-+￥¥$]?[\d０-９][\d０-９,，.．%％/\-年月日:： ]*")
_WORD = re.compile(r"\w")
_CODE = re.compile(r"[A-Z][A-Z0-9_]+|[A-Za-z][A-Za-z0-9_.\- ]{2,}")
_CJK = re.compile("[\u4e00-\u9fff]")

Known = Callable[[list[str]], int]


@dataclass(frozen=True)
class Header:
    """The header: its place among the rows looked at, the place of the first row below it, and its names as written."""

    place: int
    below: int
    names: tuple[str, ...]


def bare(name: str) -> str:
    """Return a header name without surrounding spaces and invisible marks, for comparison."""
    return name.strip(INVISIBLE)


def find_header(rows: Sequence[Sequence[str]], known: Known | None) -> Header | None:
    """Return the header found in the first ten rows, or None. A blank name is taken from the header row above it."""
    top = rows[: SEARCHED + 2]
    names = [_named(row, top[place - 1] if place else ()) for place, row in enumerate(top)]
    scores = [known(row) if known and any(map(bare, row)) else 0 for row in names]
    place = _place(rows, scores)
    if place is None:
        return None
    own = [known(list(row)) if known else 0 for row in top[place + 1 : place + 3]]
    below = place + 1
    while below < min(len(rows), place + 3) and _belongs(rows[place], rows[below], own[below - place - 1]):
        below += 1
    return Header(place, below, tuple(names[place]))


def check_names(names: Sequence[str], where: str) -> None:
    """Return if no name occurs twice; raise SourceError naming the columns otherwise."""
    for number, name in enumerate(names, 1):
        if "\0" in name:
            raise refuse(where, f"第{number}列的列名含空字节", "请改正列名后重新导出", "E-HEADER-NUL")
    places: dict[str, list[int]] = {}
    for number, name in enumerate(names, 1):
        if bare(name):
            places.setdefault(bare(name), []).append(number)
    for name, numbers in places.items():
        if len(numbers) > 1:
            columns = "、".join(map(str, numbers))
            what = f"列名“{name[:40]}”出现{len(numbers)}次（第{columns}列）"
            raise refuse(where, what, "请改成不同的列名后重新导出", "E-HEADER-DUPLICATE")


def check_width(width: int, limit: int, where: str) -> None:
    """Return if the table is not too wide; raise SourceError otherwise."""
    if width > limit:
        raise refuse(where, f"列数{width}超过上限（{limit}）", "请只导出需要的列", "E-COLUMNS-LIMIT")


def no_header(where: str) -> Exception:
    """Return the error for a table without column names; callers raise it."""
    fix = "请保留一行列名，放在前10行以内"
    return refuse(where, f"前{SEARCHED}行内找不到表头", fix, "E-HEADER-NONE")


def _place(rows: Sequence[Sequence[str]], scores: list[int]) -> int | None:
    searched = range(min(SEARCHED, len(rows)))
    structural = _by_shape(rows, searched)
    best = max((scores[i] for i in searched), default=0)
    if best == 0:
        return structural
    first = next(i for i in searched if scores[i] == best)
    if best == 1 and structural is not None and len(rows[structural]) > 1:
        return structural if scores[structural] <= 1 and structural <= first else first
    return first


def _by_shape(rows: Sequence[Sequence[str]], searched: range) -> int | None:
    """Return the first row that fits the rows below; a full row above it that is wider wins: then those are short."""
    fitting = next((i for i in searched if _fits(rows, i)), len(searched))
    width = len(rows[fitting]) if fitting < len(searched) else 0
    full = next((i for i in searched[:fitting] if _is_full(rows[i]) and len(rows[i]) > width), None)
    place = full if full is not None or not width else fitting
    if place is None:
        place = next((i for i in searched if _is_full(rows[i], repeating=True)), None)
    widest = max((len(row) for row in rows if any(map(bare, row))), default=0)
    return None if place is not None and len(rows[place]) == 1 < widest else place


def _fits(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether a row reads like names and most rows below it are as wide."""
    row, filled = rows[place], [bare(cell) for cell in rows[place] if bare(cell)]
    below = Counter(len(r) for r in rows[place + 1 :] if any(map(bare, r)))
    if not below or below[len(row)] < max(below.values()):
        return False
    typical = max(sum(1 for cell in r if bare(cell)) for r in rows[place + 1 :])
    return _reads_like_names(filled, len(row)) and len(filled) * 5 >= typical * 3


def _is_full(row: Sequence[str], repeating: bool = False) -> bool:
    filled = [bare(cell) for cell in row if bare(cell)]
    return len(filled) * 5 >= len(row) * 3 and _reads_like_names(filled, len(row), repeating)


def _reads_like_names(filled: list[str], width: int, repeating: bool = False) -> bool:
    """Tell whether cells may be names; a title written into every column is told by its repetition."""
    enough = len(filled if repeating else set(filled)) >= min(2, width)
    return bool(filled) and enough and all(
        len(cell) <= _LONGEST_NAME and _WORD.search(cell) and not _NUMBER.fullmatch(cell) for cell in filled)


def _named(row: Sequence[str], above: Sequence[str]) -> list[str]:
    """Return the row with blank names taken from the row above it, where that one has names too (a two-row header)."""
    if len({bare(cell) for cell in above if bare(cell)}) < 2 or not any(map(bare, row)):
        return list(row)
    return [name if bare(name) else (above[i] if i < len(above) else "") for i, name in enumerate(row)]


def _belongs(header: Sequence[str], row: Sequence[str], score: int) -> bool:
    """Tell whether the row below the header repeats it as codes, English names or recognised names."""
    filled = [bare(cell) for cell in row if bare(cell)]
    names = [bare(cell) for cell in header if bare(cell)]
    if not filled or len(filled) * 5 < len(names) * 3:
        return False
    if score >= 2 and score * 2 >= len(filled):
        return True
    codes = all(_CODE.fullmatch(cell) for cell in filled) and len(set(filled)) == len(filled)
    complete = len(filled) > 1 and len(filled) * 5 >= len(names) * 4
    return codes and complete and any(_CJK.search(name) for name in names)
