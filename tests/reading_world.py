"""Writes a delivered file and reads it to its end, for tests of reading."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.errors import SourceError
from engine.sources.reading import Delivered, Fault, ReadOptions, open_file

HEADER = "案号,当事人,金额,日期\n"
ROW_1 = "(2024)豫1102行审1号,甲某,100.00,2024-03-01\n"
ROW_2 = "(2024)豫1102行审2号,乙某,200.00,2024-03-02\n"


@dataclass
class Seen:
    """Everything that came out of one sheet."""

    delivered: Delivered
    header: list[str]
    header_line: int
    titles: list[str]
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    flags: list[Fault] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    records: int = 0

    @property
    def warnings(self) -> list[str]:
        """Warnings of the file."""
        return self.delivered.warnings

    @property
    def codes(self) -> list[tuple[int, str]]:
        """Line and code of each fault."""
        return [(fault.line, fault.code) for fault in self.faults]

    @property
    def flag_codes(self) -> list[tuple[int, str]]:
        """Line and code of each flag."""
        return [(flag.line, flag.code) for flag in self.flags]


def read_all(path: Path, options: ReadOptions | None = None) -> list[Seen]:
    """Return what is in every sheet of a file."""
    seen = []
    for delivered in open_file(path, options=options or ReadOptions()):
        for sheet in delivered.tables:
            one = Seen(delivered, sheet.header, sheet.header_line, sheet.title_lines)
            for chunk in sheet.chunks:
                one.rows += chunk.frame.drop("line").rows()
                one.lines += chunk.frame["line"].to_list()
                one.faults += chunk.faults
                one.flags += chunk.flags
                one.records += chunk.records
                for reason, count in chunk.skipped.items():
                    one.skipped[reason] = one.skipped.get(reason, 0) + count
            seen.append(one)
    return seen


def read(folder: Path, content: bytes | str, name: str = "甲.csv", options: ReadOptions | None = None) -> Seen:
    """Write a file, read it, and return its only sheet."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_all(path, options)[0]


def refused(
    folder: Path, content: bytes | str, name: str = "甲.csv", options: ReadOptions | None = None,
) -> SourceError:
    """Return the error that refuses the file; its words name no folder."""
    with pytest.raises(SourceError) as caught:
        read(folder, content, name, options)
    assert str(folder) not in str(caught.value)
    assert re.search(r"[\u4e00-\u9fff]", caught.value.what)
    return caught.value


def known(*names: str) -> ReadOptions:
    """Return options that recognise these header names."""
    return ReadOptions(known=lambda row: sum(cell.strip() in names for cell in row))
