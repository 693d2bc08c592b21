"""Zip containers from outside, opened within limits: the templates of an office.

Nothing is ever written under a member's own name; every member is read into memory up to its limit, and what the
container says of its size is not believed.
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from engine.errors import EngineError
from engine.text import HIDDEN, fold

MIB = 1 << 20
MOST_FILE = 256 * MIB
MOST_MEMBER = 64 * MIB
MOST_TOTAL = 256 * MIB
MOST_MEMBERS = 5_000
_MOST_NAME = 300
_RATIO_FROM = 4 * MIB
_MOST_RATIO = 200
_UNSEEN = re.compile(f"{HIDDEN}|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_AGAIN = "请重新生成或者重新取得这个文件"


def damaged(where: str, what: str, code: str = "E-ZIP-DAMAGED") -> EngineError:
    """Return the fault of a container that cannot be used."""
    return EngineError(where, what, _AGAIN, code=code)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield the container; everything zipfile may raise becomes EngineError. Its names are checked first."""
    if path.stat().st_size > MOST_FILE:
        raise damaged(path.name, f"文件超过上限（{MOST_FILE // MIB} MiB）", "E-ZIP-SIZE")
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            _demand_names(archive, path.name)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as fault:
        raise damaged(path.name, "文件已损坏，或者不是zip格式") from fault


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
    return visible(name.replace("\n", "␊"))[:80]


def read_member(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str, most: int = MOST_MEMBER) -> bytes:
    """Return a member's content. Raises EngineError where it is larger than allowed, or packed beyond belief."""
    with archive.open(item) as packed:
        content = packed.read(most + 1)
    dense = len(content) > _RATIO_FROM and len(content) > max(item.compress_size, 1) * _MOST_RATIO
    if len(content) > most or dense:
        what = f"{shown_name(item.filename)} 解压后超过上限或者压缩比异常"
        raise damaged(where, what, "E-ZIP-SIZE")
    return content


def visible(text: str) -> str:
    """Return the text with everything a reader cannot see, or a file cannot hold, written out as ⟦U+202E⟧.

    Line breaks and tabs stay. Nothing is dropped.

    >>> visible("张\\u202e三\\x00")
    '张⟦U+202E⟧三⟦U+0000⟧'
    """
    return _UNSEEN.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text.replace("\r\n", "\n").replace("\r", "\n"))
