"""Lines into records, and records into cells.

A quote counts only at the start of a field; it is closed by a quote that is not doubled. Lines without such quotes and
lines whose quoting is complete are told by expressions over all lines; only the remaining ones are walked through.
"""

import csv
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import polars as pl

from engine.errors import SourceError
from engine.sources.shapes import refuse

MOST_CELLS = 20_000
"""Separators beyond which a record is not cut further: far more than columns are allowed."""


class Span(NamedTuple):
    """A record that needs looking at: its first and last line, and whether text follows a closing quote."""

    first: int
    last: int
    broken: bool


class Records(NamedTuple):
    """regular: lines that are records by themselves; quoted: those of them with quoted fields; spans: other records.

    open_from is the first line of a record that is still open at the end, None where all are closed.
    """

    regular: pl.Series
    quoted: pl.Series
    spans: list[Span]
    open_from: int | None


def find_records(lines: pl.Series, separator: str, most_broken: int = 1000) -> Records:
    """Return which lines are records and which belong together; looking stops after so many broken ones."""
    regular = pl.Series([True], dtype=pl.Boolean).new_from_index(0, len(lines))
    with_quote = lines.str.contains('"', literal=True)
    if not with_quote.any():
        return Records(regular, with_quote, [], None)
    quoted = with_quote & lines.str.contains(f'(?:^|{re.escape(separator)})"')
    irregular = (quoted & ~lines.str.contains(_complete(separator))).arg_true().to_list()
    if not irregular:
        return Records(regular, quoted, [], None)
    spans, open_from = _walk(lines, irregular, with_quote.arg_true().to_list(), (separator, most_broken))
    covered = [place for span in spans for place in range(span.first, span.last + 1)]
    if open_from is not None:
        covered += range(open_from, len(lines))
    elif sum(span.broken for span in spans) > most_broken:
        covered += range(spans[-1].last + 1, len(lines))
    regular = regular.scatter(covered, False)
    return Records(regular, quoted & regular, spans, open_from)


def cells_of(record: str, separator: str) -> list[str] | None:
    """Return the cells of one record, or None where text follows a closing quote or a quote stays open.

    Of a record with absurdly many separators only the first cells are cut.
    """
    if '"' not in record or record.count(separator) > MOST_CELLS:
        return record.split(separator, MOST_CELLS)[:MOST_CELLS]
    try:
        return next(csv.reader([record], delimiter=separator, strict=True), [""])
    except csv.Error as fault:
        return record.split(separator) if "field limit" in str(fault) else None


def split_plain(lines: pl.Series, separator: str, width: int) -> pl.DataFrame:
    """Return the cells of lines without quotes that all have `width` fields; an empty cell is NULL."""
    names = [f"c{i}" for i in range(width)]
    fields = pl.col("line_text").str.split_exact(separator, width - 1).struct.rename_fields(names).struct.unnest()
    cells = lines.alias("line_text").to_frame().select(fields)
    return cells.select(pl.when(pl.all() != "").then(pl.all()))


def split_quoted(lines: pl.Series, separator: str, width: int) -> pl.DataFrame:
    """Return the same for lines whose quoting is complete."""
    names = [f"c{i}" for i in range(width)]
    if not len(lines):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    cells = pl.read_csv(
        "\n".join(lines.to_list()).encode(), has_header=False, separator=separator, infer_schema=False,
        new_columns=names,
    )
    if cells.shape != (len(lines), width):
        raise AssertionError(f"{len(lines)} quoted lines of {width} fields were split into {cells.shape}")
    return cells.select(pl.when(pl.all() != "").then(pl.all()))


def widths(lines: pl.Series, quoted: pl.Series, separator: str) -> pl.Series:
    """Return how many fields each complete line has."""
    plain = lines.str.count_matches(separator, literal=True) + 1
    if not quoted.any():
        return plain
    outside = lines.filter(quoted).str.replace_all('"[^"]*"', "").str.count_matches(separator, literal=True) + 1
    return plain.scatter(quoted.arg_true(), outside)


def open_quote(name: str, line: int) -> SourceError:
    """Return the error for a quote that is never closed; callers raise it."""
    return refuse(f"{name} 第{line}行", "引号没有闭合", "请补上引号，或重新导出该文件", "E-QUOTE-OPEN")


def count_records(data: Sequence[bytes], separator: str) -> int:
    """Return how many records the bytes hold when quotes count only at the start of a field.

    The second opinion for files with stray quotes, where counting by pairs of quotes says nothing.
    """
    mark = re.escape(separator.encode())
    opened = re.compile(rb'"(?<![^' + mark + rb'\r\n]")[^"]*(?:""[^"]*)*("|\Z)')
    total, held = 0, b""
    for piece in data:
        text = held + piece
        held, inside = b"", 0
        for found in opened.finditer(text):
            if not found[1]:
                held, text = text[found.start():], text[: found.start()]
                break
            inside += _line_ends(found[0])
        total += _line_ends(text) - inside
        rest = held or text[-1:]
    return total + (not rest.endswith((b"\n", b"\r")) if data else 0)


def _line_ends(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


@cache
def _complete(separator: str) -> str:
    field = f'(?:[^"{re.escape(separator)}]*|"(?:[^"]|"")*")'
    return f"^{field}(?:{re.escape(separator)}{field})*$"


@cache
def _scanner(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    mark = re.escape(separator)
    # reason: no possessive quantifiers, which CPython before 3.11.5 gets wrong around groups; nothing here backtracks
    content = r'[^"]*(?:""[^"]*)*("|\Z)'
    after = rf"((?:(?!{mark}).)*)"
    return re.compile(rf'(?:^|{mark})"{content}{after}', re.DOTALL), re.compile(content + after, re.DOTALL)


def _scan(line: str, separator: str, inside: bool) -> tuple[bool, bool]:
    """Return whether a quote is open at the end of the line, and whether text follows a closing quote."""
    opening, closing = _scanner(separator)
    place, broken = 0, False
    if inside:
        found = closing.match(line)
        if found is None or not found[1]:
            return True, False
        place, broken = found.end(), bool(found[2])
        if place == len(line):
            return False, broken
    while found := opening.search(line, place):
        if not found[1]:
            return True, broken
        broken = broken or bool(found[2])
        if found.end() == place:
            break
        place = found.end()
    return False, broken


def _walk(
    lines: pl.Series, irregular: list[int], quoted: list[int], setting: tuple[str, int],
) -> tuple[list[Span], int | None]:
    separator, patience = setting
    spans: list[Span] = []
    done = -1
    for first in irregular:
        if first <= done:
            continue
        still_open, broken = _scan(lines[first], separator, inside=False)
        last = first
        while still_open:
            place = bisect_right(quoted, last)
            if place == len(quoted):
                return spans, first
            last = quoted[place]
            still_open, text_follows = _scan(lines[last], separator, inside=True)
            broken = broken or text_follows
        spans.append(Span(first, last, broken))
        done = last
        patience -= broken
        if patience < 0:
            break
    return spans, None
