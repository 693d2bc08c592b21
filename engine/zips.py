"""Zip containers: from outside opened within limits (templates of an office, packages handed over), our own packed.

Nothing is ever written under a member's own name before it was checked; every member is read into memory up to its
limit, and what the container says of its size is not believed.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from engine.errors import EngineError
from engine.text import fold, one_line

MIB = 1 << 20
CONTAINERS = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
"""How files begin that hold packed files."""
MOST_FILE = 256 * MIB
MOST_MEMBER = 64 * MIB
MOST_TOTAL = 256 * MIB
MOST_MEMBERS = 5_000
_MOST_NAME = 300
_RATIO_FROM = 4 * MIB
_MOST_RATIO = 200
_AGAIN = "请重新生成或者重新取得这个文件"
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def damaged(where: str, what: str, code: str = "E-ZIP-DAMAGED") -> EngineError:
    """Return the fault of a container that cannot be used."""
    return EngineError(where, what, _AGAIN, code=code)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield the container; everything zipfile may raise becomes EngineError. Its names are checked first."""
    if path.stat().st_size > MOST_FILE:
        raise damaged(path.name, f"文件超过上限（{MOST_FILE // MIB} MiB）", "E-ZIP-SIZE")
    with opened_bytes(path.read_bytes(), path.name) as archive:
        yield archive


@contextmanager
def opened_bytes(content: bytes, where: str) -> Iterator[zipfile.ZipFile]:
    """Yield the container in memory, as `opened` does; `where` names it in messages."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _demand_names(archive, where)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as fault:
        raise damaged(where, "文件不完整、已损坏，或者不是zip格式") from fault


def _demand_names(archive: zipfile.ZipFile, where: str) -> None:
    items = archive.infolist()
    if len(items) > MOST_MEMBERS:
        raise damaged(where, f"包内有{len(items)}个文件，超过上限{MOST_MEMBERS}", "E-ZIP-SIZE")
    seen: set[str] = set()
    for item in items:
        if reason := name_fault(item):
            raise damaged(where, f"包内{reason}（{shown_name(item.filename)}）", "E-ZIP-PATH")
        key = fold(item.filename)
        if key in seen:
            raise damaged(where, f"包内有两个同名文件（{shown_name(item.filename)}）", "E-ZIP-PATH")
        seen.add(key)
        if item.flag_bits & 0x1:
            raise damaged(where, f"包内文件有密码（{shown_name(item.filename)}）", "E-ZIP-PASSWORD")
    folders = {parent.as_posix() for item in items for parent in PurePosixPath(item.filename).parents}
    if both := [item.filename for item in items if item.filename in folders]:
        raise damaged(where, f"包内有同名的文件和文件夹（{shown_name(both[0])}）", "E-ZIP-PATH")
    if sum(item.file_size for item in items) > MOST_TOTAL:
        raise damaged(where, f"解压后超过上限（{MOST_TOTAL // MIB} MiB）", "E-ZIP-SIZE")


def name_fault(item: zipfile.ZipInfo) -> str:
    """Return what is wrong with a member's name or kind, '' where nothing is."""
    name = item.orig_filename
    parts = PurePosixPath(name).parts
    mode = item.external_attr >> 16
    if len(name) > _MOST_NAME:
        return "文件名过长"
    if not parts or name.startswith("/") or "\\" in name or ".." in parts or ":" in name or "\0" in name:
        return "路径不合法"
    if stat.S_ISLNK(mode):
        return "有符号链接"
    if not name.isprintable():
        return "文件名含看不见的字符"
    return ""


def shown_name(name: str) -> str:
    """Return a member's name as a message shows it."""
    return one_line(name)[:80]


def read_member(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str, most: int = MOST_MEMBER) -> bytes:
    """Return a member's content. Raises EngineError where it is larger than allowed, or packed beyond belief."""
    with archive.open(item) as packed:
        content = packed.read(most + 1)
    dense = len(content) > _RATIO_FROM and len(content) > max(item.compress_size, 1) * _MOST_RATIO
    if len(content) > most or dense:
        what = f"{shown_name(item.filename)} 解压后超过上限或者压缩比异常"
        raise damaged(where, what, "E-ZIP-SIZE")
    return content


def pack(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a container of the parts in their order; times and rights are fixed: the same parts, the same bytes.

    Only ZIP_STORED gives the same bytes on every machine: there are several implementations of deflate.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            item = zipfile.ZipInfo(name, _TIME)
            item.compress_type, item.external_attr, item.create_system = compression, 0o644 << 16, _UNIX
            archive.writestr(item, content)
    return made.getvalue()
