"""Compressed deliveries: .gz and .zip are unpacked to scratch files, checked, and then read like any other file.

Python's own modules are used because they check the CRC at the end; other readers were seen to return half a file.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

from engine.errors import SourceError
from engine.sources.shapes import MIB, ReadOptions, Scratch, refuse

_PIECE = 4 * MIB
_RATIO_FROM = 50 * MIB
_MOST_MEMBERS = 1000
_REPACK = "请重新压缩后再提供"
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def unpack_gz(path: Path, name: str, scratch: Scratch, options: ReadOptions) -> Path:
    """Return the unpacked content. Raises SourceError for a damaged, cut or overlarge file."""
    target = scratch.path / "content"
    try:
        with gzip.open(path, "rb") as packed:
            _copy(cast(IO[bytes], packed), target, path.stat().st_size, name, options)
    except (OSError, EOFError, zlib.error) as fault:
        raise _damaged(name) from fault
    return target


def members_of(path: Path, name: str, scratch: Scratch, options: ReadOptions) -> Iterator[tuple[str, Path]]:
    """Yield each member's name and unpacked content. Raises SourceError as above, and for paths that lead outside.

    All names are checked before anything is unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for number, item in enumerate(_checked(archive, name, options)):
                target = scratch.path / f"member{number}"
                with archive.open(item) as packed:
                    _copy(packed, target, item.compress_size, name, options)
                yield member_name(item), target
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as fault:
        raise _damaged(name) from fault


def member_name(item: zipfile.ZipInfo) -> str:
    """Return a member's name; names not marked as UTF-8 are GB18030 where they read so, as Chinese tools write them."""
    if item.flag_bits & 0x800:
        return item.filename
    try:
        raw = item.filename.encode("cp437")
    except UnicodeEncodeError:
        return item.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return item.filename


def _checked(archive: zipfile.ZipFile, name: str, options: ReadOptions) -> list[zipfile.ZipInfo]:
    items = [item for item in archive.infolist() if not item.is_dir() and not _is_ignored(item.filename)]
    if not items:
        raise refuse(name, "压缩包里没有文件", _REPACK, "E-ARCHIVE-EMPTY")
    if len(items) > _MOST_MEMBERS:
        raise refuse(name, f"压缩包里有{len(items)}个文件，超过上限{_MOST_MEMBERS}", "请分批提供", "E-ARCHIVE-SIZE")
    seen: set[str] = set()
    for item in items:
        member = member_name(item)
        parts = PurePosixPath(member.replace("\\", "/")).parts
        is_link = (item.external_attr >> 16) & 0o170000 == 0o120000
        if member.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in member or is_link:
            raise refuse(name, f"压缩包内路径不合法（{member[:80]}）", _REPACK, "E-ARCHIVE-PATH")
        if member in seen:
            raise refuse(name, f"压缩包内有两个同名文件（{member[:80]}）", _REPACK, "E-ARCHIVE-PATH")
        if item.flag_bits & 0x1:
            raise refuse(f"{name}/{member}", "文件有密码", "请去掉密码后重新提供", "E-FILE-PASSWORD")
        seen.add(member)
        if item.file_size > options.max_unpacked_bytes:
            raise _too_large(name, options)
    if sum(item.file_size for item in items) > options.max_unpacked_bytes:
        raise _too_large(name, options)
    for item in items:
        check_ratio(item.file_size, item.compress_size, name, options)
    return items


def check_ratio(unpacked: int, packed: int, name: str, options: ReadOptions) -> None:
    """Return if content is not blown up beyond belief; raise SourceError otherwise."""
    if unpacked > _RATIO_FROM and unpacked > packed * options.max_ratio:
        what = f"压缩比异常（解压后为{unpacked // max(1, packed)}倍）"
        raise refuse(name, what, "请核对文件内容后重新导出", "E-ARCHIVE-SIZE")


def _copy(packed: IO[bytes], target: Path, packed_bytes: int, name: str, options: ReadOptions) -> None:
    done = 0
    with target.open("wb") as stream:
        while piece := packed.read(_PIECE):
            done += len(piece)
            if done > options.max_unpacked_bytes:
                raise _too_large(name, options)
            check_ratio(done, packed_bytes, name, options)
            stream.write(piece)


def _is_ignored(member: str) -> bool:
    return any(part in member for part in _IGNORED)


def _too_large(name: str, options: ReadOptions) -> SourceError:
    limit = options.max_unpacked_bytes // MIB
    return refuse(name, f"解压后超过上限（{limit} MiB）", "请拆分后分批提供", "E-ARCHIVE-SIZE")


def _damaged(name: str) -> SourceError:
    return refuse(name, "压缩包校验失败，文件不完整或已损坏", "请重新传输或重新压缩", "E-ARCHIVE-CRC")
