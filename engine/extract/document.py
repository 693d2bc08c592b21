"""A document as numbered paragraphs of text: what every format ends in before any kind of document is known."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.errors import SourceError

MOST_BYTES = 50 << 20
"""Largest document read; a decision or ruling is far below."""

MOST_CHARACTERS = 300_000
"""Longest text read; longer files are collections, not one document."""

Place = Literal["body", "table", "header"]
Format = Literal["docx", "pdf", "txt", "html"]


class Paragraph(NamedTuple):
    """One paragraph: its number from 1, its text as written, and where it stands (table: one row, cells by tabs)."""

    number: int
    text: str
    place: Place = "body"


class Quote(NamedTuple):
    """Words of a document: paragraph number, first character and the one behind the last (from 0), and the words."""

    paragraph: int
    start: int
    end: int
    text: str

    def __str__(self) -> str:
        return f"第{self.paragraph}段第{self.start + 1}—{self.end}字“{self.text}”"


@dataclass(frozen=True)
class Document:
    """One document as received; `sha256` is that of the file, `warnings` are what a checker should know of it."""

    name: str
    sha256: str
    format: Format
    paragraphs: tuple[Paragraph, ...]
    warnings: tuple[str, ...] = ()


def refuse(where: str, what: str, fix: str, code: str) -> SourceError:
    """Return the error that refuses a whole document; callers raise it."""
    return SourceError(where, what, fix, code)


def numbered(texts: list[tuple[str, Place]], where: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs that hold anything, numbered from 1. Raises SourceError where the text is too long."""
    if sum(len(text) for text, _ in texts) > MOST_CHARACTERS:
        what = f"文字超过{MOST_CHARACTERS:,}字，不像一份文书"
        raise refuse(where, what, "请一份文书一个文件", "E-DOCUMENT-LONG")
    kept = [(text, place) for text, place in texts if text.strip()]
    return tuple(Paragraph(number, text, place) for number, (text, place) in enumerate(kept, start=1))
