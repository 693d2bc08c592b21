"""Received files are kept write-once under their SHA-256; everything else can be rebuilt from them."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from engine.errors import SourceError

_BLOCK = 1 << 20


class Received(NamedTuple):
    """A received file: its content's hash and size, and the state of the original when it was copied."""

    sha256: str
    bytes: int
    state: tuple[int, int]


def keep(path: Path, home: Path) -> Received:
    """Return the file's hash after keeping a read-only copy; raise SourceError where it cannot be read."""
    folder = home / "received"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        state = state_of(path)
        stream = path.open("rb")
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise SourceError(path.name, f"文件读不了（{reason}）", "请核对文件和权限", code="E-FILE-READ") from None
    handle, name = tempfile.mkstemp(dir=folder, prefix="part-")
    try:
        with stream, os.fdopen(handle, "wb") as copy:
            digest, size = _copied(stream, copy)
        target = folder / digest[:2] / digest
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            os.chmod(name, 0o400)
            os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
    return Received(digest, size, state)


def check_unchanged(path: Path, received: Received) -> None:
    """Return if the original is still as it was when its copy was made; raise SourceError otherwise."""
    try:
        same = state_of(path) == received.state
    except OSError:
        same = False
    if not same:
        what = "文件在读取过程中被改动"
        raise SourceError(path.name, what, "请等文件传完后重新入库", code="E-FILE-CHANGED")


def state_of(path: Path) -> tuple[int, int]:
    """Return size and modification time."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _copied(stream: BinaryIO, copy: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        size += len(block)
        copy.write(block)
    copy.flush()
    os.fsync(copy.fileno())
    return digest.hexdigest(), size
