"""Small pieces of Markdown; a cell never breaks its table, a text never starts a list or a tag."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

_AS_IT_IS = re.compile(r"(`[^`]*`|\[[^\[\]]*\]\([\w./]+\.(?:md|yaml|csv)\))")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, with an empty line after it; nothing where there are no rows."""
    lines = [f"| {' | '.join(cell(c) for c in row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *lines, "")


def bullets(items: Iterable[str]) -> Iterator[str]:
    """Yield a list, with an empty line after it; nothing where there are no items."""
    lines = [f"- {escaped(item)}" for item in items]
    if lines:
        yield from (*lines, "")


def cell(text: str) -> str:
    """Return text for a table cell; a line break stays one."""
    return escaped(text).replace("|", "\\|").replace("\n", "<br>")


def escaped(text: str) -> str:
    """Return text in which nothing is taken for emphasis or a tag; code in backquotes stays, and links to files do."""
    parts = _AS_IT_IS.split(text)
    return "".join(p if _AS_IT_IS.fullmatch(p) else re.sub(r"([*_<\[\]])", r"\\\1", p) for p in parts)


def code(text: str) -> str:
    """Return an expression as code on one line."""
    return f"`{' '.join(text.split())}`"


def day(value: date | None, none: str = "") -> str:
    """Return a date in Chinese."""
    return f"{value.year}年{value.month}月{value.day}日" if value else none
