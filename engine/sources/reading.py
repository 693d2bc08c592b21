"""One way to open every delivered file, whatever its format."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from engine.errors import SourceError
from engine.sources.archive import members_of, unpack_gz
from engine.sources.delimited import read_delimited
from engine.sources.jsonl import read_json
from engine.sources.parquet import read_parquet
from engine.sources.shapes import (
    FAULT_WORDS,
    MIB,
    SKIP_REASONS,
    Chunk,
    Delivered,
    Fault,
    ReadOptions,
    Scratch,
    Sheet,
    refuse,
)
from engine.sources.sniffing import KINDS, content_kind
from engine.sources.textfile import examine
from engine.sources.workbook import read_workbook

__all__ = [
    "FAULT_WORDS", "SKIP_REASONS", "Chunk", "Delivered", "Fault", "ReadOptions", "Sheet", "open_file",
]

_FORMATS: dict[str, Literal["csv", "xlsx", "jsonl", "parquet"]] = {
    "csv": "csv", "json": "jsonl", "xlsx": "xlsx", "parquet": "parquet"}


def open_file(path: Path, *, options: ReadOptions = ReadOptions()) -> list[Delivered]:  # noqa: B008
    """Return what the file holds; a .zip gives one item per member, everything else exactly one.

    Raises SourceError where the file is refused as a whole; reading the chunks may raise it too. Codes are stable; the
    message names the file, never a path.
    """
    if not path.is_file():
        raise refuse(path.name, "文件不存在或不是普通文件", "请核对文件名", "E-FILE-READ")
    scratch = Scratch(options.scratch)
    try:
        return list(_items(path, replace(options, scratch=scratch.path), scratch))
    except SourceError:
        scratch.remove()
        raise
    except PermissionError as fault:
        scratch.remove()
        raise refuse(path.name, "没有读取权限", "请核对文件权限", "E-FILE-READ") from fault


def _items(path: Path, options: ReadOptions, scratch: Scratch) -> Iterator[Delivered]:
    kind = content_kind(path, path.name, path.name)
    if kind == "gz":
        content = unpack_gz(path, path.name, scratch, options)
        yield _unpacked(_Content(content, path.name, "", scratch), Path(path.name).stem, options)
    elif kind == "zip":
        yield from _members(path, options, scratch)
    else:
        yield _read(_Content(path, path.name, "", scratch), kind, options)


def _members(path: Path, options: ReadOptions, scratch: Scratch) -> Iterator[Delivered]:
    items, left = [], []
    for member, content in members_of(path, path.name, scratch, options):
        suffix = Path(member).suffix.lower()
        if suffix and suffix not in KINDS:
            left.append(member)
            continue
        items.append(_unpacked(_Content(content, path.name, member, scratch), member, options))
    if not items:
        fix = "请提供csv、xlsx、jsonl或parquet文件"
        raise refuse(path.name, "压缩包里没有可读取的表格", fix, "E-ARCHIVE-EMPTY")
    for item in items:
        item.warnings += [f"压缩包内的“{member}”不是表格，未读取" for member in left]
    yield from items


class _Content(NamedTuple):
    """What to read: where it lies, the file's and the member's name, and the folder that must not go yet."""

    path: Path
    name: str
    member: str
    scratch: Scratch

    @property
    def where(self) -> str:
        """The words for it in a message."""
        return f"{self.name}/{self.member}" if self.member else self.name


def _unpacked(content: _Content, inner_name: str, options: ReadOptions) -> Delivered:
    kind = content_kind(content.path, inner_name, content.where)
    if kind in ("gz", "zip"):
        raise refuse(content.where, "压缩包里还有压缩包", "请只压缩一层", "E-ARCHIVE-DEPTH")
    return _read(content, kind, options)


def _read(content: _Content, kind: str, options: ReadOptions) -> Delivered:
    """Return one file's sheets. What waits in scratch folders stays until its chunks are read."""
    warnings: list[str] = []
    where, member = content.where, content.member
    held = [content.scratch]
    encoding = ""
    if kind in ("csv", "json"):
        file = examine(content.path, where)
        sha256, size, encoding = file.sha256, file.bytes, file.encoding
        if kind == "csv":
            sheets = [read_delimited(file, member, options, warnings)]
        else:
            sheet, waiting = read_json(file, member, options, warnings)
            sheets, held = [sheet], [*held, waiting]
    else:
        sha256, size = digest_of(content.path)
        if kind == "xlsx":
            sheets, waiting = read_workbook(content.path, where, options, warnings)
        else:
            sheet, waiting = read_parquet(content.path, where, member, options, warnings)
            sheets = [sheet]
        held.append(waiting)
        if digest_of(content.path) != (sha256, size):
            raise refuse(where, "文件在读取过程中被改动", "请等文件写完后再导入", "E-FILE-CHANGED")
    for sheet in sheets:
        if member and kind == "xlsx":
            sheet.name = f"{member}/{sheet.name}"
        sheet.chunks = _holding(tuple(held), sheet.chunks)
    return Delivered(content.name, sha256, size, _FORMATS[kind], encoding, warnings, sheets, member)


def _holding(held: tuple[Scratch, ...], chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks, holding on to the folders they are read from."""
    yield from chunks
    del held


def digest_of(path: Path) -> tuple[str, int]:
    """Return a file's SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(4 * MIB):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
