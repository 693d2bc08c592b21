"""What a delivered file becomes before any mapping is known: sheets of text cells, rejected rows and counted leftovers.

Every format ends in the same four shapes, so nothing above this module asks whether a row came from CSV or a workbook.
"""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from engine.errors import SourceError
from engine.limited import Limits

MIB = 1 << 20

SKIP_REASONS = {
    "blank": "空行",
    "title": "标题行",
    "header": "表头行（编码行、重复的表头）",
    "totals": "合计行",
    "note": "说明行",
}


FAULT_WORDS = {
    "E-CELL-ERROR": "单元格是公式错误值",
    "E-CELL-LONG": "单元格内容过长",
    "E-CELL-NUL": "单元格含空字节",
    "E-ENCODING": "该行不是文件的编码",
    "E-FIELDS-FEW": "该行列数少于表头",
    "E-FIELDS-MANY": "该行列数多于表头",
    "E-FORMULA": "单元格是公式，采用文件里存的结果",
    "E-FORMULA-EMPTY": "公式没有计算结果",
    "E-JSON": "该行不是合法的JSON对象",
    "E-JSON-KEY-TWICE": "对象里同一个键出现两次",
    "E-LINE-CUT": "末行不完整",
    "E-MERGED": "该行在合并单元格内",
    "E-NUMBER-PRECISION": "以数字存储，超过15位，末位精度已丢失",
    "E-QUOTE": "引号后面还有文字",
    "E-QUOTE-DOUBT": "引号内疑似包含多条记录",
    "E-ROW-HIDDEN": "该行在表格里是隐藏的",
}
"""Code of a fault or flag → what it means, without place or value."""


class Fault(NamedTuple):
    """A row that cannot be used, or (in `Chunk.flags`) a cell that is used but doubtful.

    line is where the record starts; column is the header as written, None when the whole row is meant; value and raw
    are as delivered (never masked: they go into `reject`, not into a message), cut where they are very long; offset is
    the record's first byte in the (unpacked) file where the format has such a thing.
    """

    line: int
    column: str | None
    value: str
    code: str
    reason: str
    fix: str
    raw: str
    offset: int | None = None


@dataclass
class Chunk:
    """Some consecutive records of a sheet.

    frame: text columns c0 … cN in header order plus `line` (Int64, physical line or sheet row where the record
    starts); an empty cell is NULL, never "". faults: rejected rows, not in frame. flags: doubtful cells of rows that
    are in frame (value of a formula, hidden row). skipped: how many rows by reason, see SKIP_REASONS.
    """

    frame: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    flags: list[Fault] = field(default_factory=list)

    @property
    def records(self) -> int:
        """Return how many records came in: rows of the frame, rejected rows and skipped rows (the header is none)."""
        return self.frame.height + len({fault.line for fault in self.faults}) + sum(self.skipped.values())


@dataclass
class Sheet:
    """One table of a file.

    name: "" for a plain file, else the sheet, or the archive's member ("member" or "member/sheet").
    header: names as written; columns with neither name nor data are left out. chunks can be read once; it yields at
    least one chunk and may raise SourceError at any point, so nothing may become visible before it has ended.
    merged may be changed until chunks is started: "fill" repeats a merged value downwards, "reject" rejects the rows
    below the first.
    """

    name: str
    header: list[str]
    header_line: int
    title_lines: list[str]
    chunks: Iterator[Chunk]
    merged: Literal["fill", "reject"] = "reject"


@dataclass
class Delivered:
    """One file as received, or one member of an archive.

    name is the file's name; member the path inside an archive or ""; sha256 and bytes belong to the unpacked content.
    warnings are Chinese sentences; the list grows until the last chunk has been read.
    """

    name: str
    sha256: str
    bytes: int
    format: Literal["csv", "xlsx", "jsonl", "parquet"]
    encoding: str
    warnings: list[str]
    tables: list[Sheet]
    member: str = ""


@dataclass(frozen=True)
class ReadOptions:
    """How to read. known scores a candidate header row: how many of its names are recognised.

    scratch is the folder for unpacked content (default: the system's temporary folder); it holds personal data while a
    file is being read, so it belongs on the same protected disk as the warehouse.
    """

    known: Callable[[list[str]], int] | None = None
    merged: Literal["fill", "reject"] = "reject"
    scratch: Path | None = None
    block_bytes: int = 8 * MIB
    max_columns: int = 500
    max_cell_bytes: int = 64 * 1024
    max_faults: int = 50_000
    max_unpacked_bytes: int = 4096 * MIB
    max_ratio: int = 100
    max_box_cells: int = 100_000_000
    child_memory_bytes: int = 4096 * MIB
    child_seconds: int = 300

    @property
    def child(self) -> Limits:
        """What a limited process may use."""
        return Limits(self.child_memory_bytes, self.child_seconds, self.max_unpacked_bytes)


class Scratch:
    """A temporary folder that goes when nobody holds this object any more."""

    def __init__(self, parent: Path | None) -> None:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix="xiezhi-", dir=parent))
        self._finalizer = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def remove(self) -> None:
        """Remove the folder now."""
        self._finalizer()


def refuse(where: str, what: str, fix: str, code: str) -> SourceError:
    """Return the error that refuses a whole file; callers raise it."""
    return SourceError(where, what, fix, code)
