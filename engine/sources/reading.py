"""One way to open every delivered file, whatever its format."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from engine.sources.archive import members_of, unpack_gz
from engine.sources.delimited import read_delimited
from engine.sources.shapes import (
    FAULT_WORDS,
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

__all__ = [
    "FAULT_WORDS", "SKIP_REASONS", "Chunk", "Delivered", "Fault", "ReadOptions", "Sheet", "open_file",
]


def open_file(path: Path, *, options: ReadOptions = ReadOptions()) -> list[Delivered]:  # noqa: B008
    """Return what the file holds; a .zip gives one item per member, everything else exactly one.

    Raises SourceError where the file is refused as a whole; reading the chunks may raise it too. Codes are stable; the
    message names the file, never a path.
    """
    if not path.is_file():
        raise refuse(path.name, "文件不存在或不是普通文件", "请核对文件名", "E-FILE-READ")
    try:
        return list(_items(path, options))
    except PermissionError as fault:
        raise refuse(path.name, "没有读取权限", "请核对文件权限", "E-FILE-READ") from fault


def _items(path: Path, options: ReadOptions) -> Iterator[Delivered]:
    kind = content_kind(path, path.name)
    if kind == "gz":
        scratch = Scratch(options.scratch)
        content = unpack_gz(path, path.name, scratch, options)
        yield _unpacked(_Content(content, path.name, "", scratch), Path(path.name).stem, options)
    elif kind == "zip":
        yield from _members(path, options)
    else:
        yield _read(_Content(path, path.name, "", None), kind, options)


def _members(path: Path, options: ReadOptions) -> Iterator[Delivered]:
    scratch, left = Scratch(options.scratch), []
    items = []
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
    scratch: Scratch | None

    @property
    def where(self) -> str:
        return f"{self.name}/{self.member}" if self.member else self.name


def _unpacked(content: _Content, inner_name: str, options: ReadOptions) -> Delivered:
    kind = content_kind(content.path, inner_name)
    if kind in ("gz", "zip"):
        raise refuse(content.where, "压缩包里还有压缩包", "请只压缩一层", "E-ARCHIVE-DEPTH")
    return _read(content, kind, options)


def _read(content: _Content, kind: str, options: ReadOptions) -> Delivered:
    warnings: list[str] = []
    file = examine(content.path, content.where)
    sheet = read_delimited(file, content.member, options, warnings)
    sheet.chunks = _holding(content.scratch, sheet.chunks)
    return Delivered(content.name, file.sha256, file.bytes, "csv", file.encoding, warnings, [sheet], content.member)


def _holding(scratch: Scratch | None, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks; the scratch folder stays until they are read."""
    yield from chunks
    del scratch
