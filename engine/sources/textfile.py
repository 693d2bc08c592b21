"""A text file at byte level: what it is encoded in, how many records it holds, and its lines in blocks of bounded size.

Strict UTF-8 over the whole content is tried before GB18030, for UTF-8 text of even length also decodes as GB18030 while
only short GBK texts happen to be UTF-8. A file that is mostly UTF-8 keeps that encoding and its other lines become
faults. Line ends, quotes, commas and tabs never occur inside a GB18030 or UTF-8 character, so lines are cut and counted
as bytes.
"""

import codecs
import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import polars as pl

from engine.sources.shapes import MIB, refuse

PIECE = 4 * MIB
LONGEST_RECORD = 32 * MIB

_VOTES = 5000
_HOLE = b"\0" * 512
_NUL_LINE = re.compile(rb"[\r\n]\0+[\r\n]")
_UTF16 = {codecs.BOM_UTF16_LE: "UTF-16LE", codecs.BOM_UTF16_BE: "UTF-16BE"}
_NUL_HINT = "疑似传输未完成，请重新导出"


@dataclass(frozen=True)
class TextFile:
    """What one pass over the bytes told.

    records counts line ends outside quotes, quotes taken as pairs; complete: the last line has its line end; head is
    the number of bytes before the text (byte order mark).
    """

    path: Path
    name: str
    bytes: int
    sha256: str
    encoding: str
    records: int
    complete: bool
    head: int


@dataclass
class Block:
    """Whole consecutive lines: as text without line ends (`lines`), as bytes with a lone CR written CR CR LF (`raw`).

    bad names lines that are not in the file's encoding (index → reason); offset is the first byte's place in the file,
    None where the file is not read as it stands (UTF-16).
    """

    first_line: int
    offset: int | None
    raw: bytes
    lines: pl.Series
    bad: dict[int, str]
    last: bool

    @cached_property
    def starts(self) -> list[int]:
        """Return the place of each line's first byte in `raw`, and at last the place where the lines end."""
        ends = [found.end() for found in re.finditer(rb"\n", self.raw)]
        return [0, *ends] if self.raw.endswith(b"\n") or not self.raw else [0, *ends, len(self.raw)]
    @cached_property
    def lone_returns(self) -> list[int]:
        """Return the places in `raw` where two bytes more than in the file were written for a lone CR."""
        return [found.start() for found in re.finditer(rb"\r\r\n", self.raw)]


class RecordCounter:
    """Counts records in bytes, knowing nothing of fields: line ends outside pairs of quotes."""

    def __init__(self) -> None:
        self.records = 0
        self._inside = 0
        self._held = b""
        self._open = False

    def feed(self, data: bytes) -> None:
        """Count what is in the next bytes."""
        data = self._held + data
        self._held = b"\r" if data.endswith(b"\r") else b""
        data = data[: len(data) - len(self._held)]
        pieces = data.split(b'"')
        outside = data if len(pieces) == 1 and not self._inside else b'"'.join(pieces[self._inside :: 2])
        self._inside ^= (len(pieces) - 1) & 1
        self.records += line_ends(outside)
        if data:
            self._open = not data.endswith((b"\n", b"\r"))

    def finish(self) -> int:
        """Return the number of records, the last one with or without its line end."""
        if self._held or self._open or self._inside:
            self.records += 1
        return self.records


def line_ends(data: bytes) -> int:
    """Return how many line ends there are: LF, CR LF or a lone CR."""
    if b"\r" not in data:
        return data.count(b"\n")
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def examine(path: Path, name: str) -> TextFile:
    """Return hash, encoding and record count of a text file.

    Raises SourceError for zero bytes at the end or in bulk, UTF-16 without a mark, UTF-32, and what is neither UTF-8
    nor GB18030.
    """
    with path.open("rb") as stream:
        start = stream.read(PIECE)
    head, encoding = _mark(start, name)
    digest, counter, tail, hole = hashlib.sha256(), RecordCounter(), b"\n", False
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    with path.open("rb") as stream:
        for piece in _transcoded(_pieces(stream, digest.update, PIECE), encoding, head):
            counter.feed(piece)
            hole = hole or _HOLE in tail + piece
            is_utf8 = is_utf8 and _accepts(utf8, piece)
            tail = (tail + piece)[-1024:]
        total = stream.tell()
    _refuse_zero_bytes(tail, hole, name)
    if not (is_utf8 and _accepts(utf8, b"", final=True)) and not encoding.startswith("UTF-16"):
        encoding = _vote(path, name, head, encoding)
    complete = tail.endswith((b"\n", b"\r"))
    return TextFile(path, name, total, digest.hexdigest(), encoding, counter.finish(), complete, head)


def blocks_of_bytes(file: TextFile, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield whole lines as UTF-8 or GB18030 bytes, about `size` at a time, and whether they are the last.

    Raises SourceError where a line has no end within reason, or the file is not the one that was examined.
    """
    digest = hashlib.sha256()
    with file.path.open("rb") as stream:
        held: list[bytes] = []
        waiting, length, wanted = b"", 0, size
        for piece in _transcoded(_pieces(stream, digest.update, min(size, PIECE)), file.encoding, file.head):
            held.append(piece)
            length += len(piece)
            if length < wanted:
                continue
            whole = b"".join(held)
            cut = max(whole.rfind(b"\n"), whole.rfind(b"\r", 0, len(whole) - 1)) + 1
            held, length = [whole[cut:]], len(whole) - cut
            wanted = size if cut else 2 * length
            if length > LONGEST_RECORD:
                what = f"有一行超过{LONGEST_RECORD // MIB} MiB仍未结束"
                raise refuse(file.name, what, "请确认文件是逐行的表格", "E-LINE-LONG")
            if cut and waiting:
                yield waiting, False
            waiting = whole[:cut] if cut else waiting
        if stream.tell() != file.bytes or digest.hexdigest() != file.sha256:
            raise refuse(file.name, "文件在读取过程中被改动", "请等文件写完后再导入", "E-FILE-CHANGED")
    rest = b"".join(held)
    if waiting:
        yield waiting, not rest
    if rest or not waiting:
        yield rest, True


def decode_block(data: bytes, file: TextFile, first_line: int, offset: int | None, last: bool) -> Block:
    """Return the block's lines as text; lines in another encoding are written with escapes and named in `bad`."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        data = data.replace(b"\r", b"\r\r\n").replace(b"\r\r\n\n", b"\r\n")
    pieces = data.split(b"\n")
    if not pieces[-1]:
        pieces.pop()
    lines, bad = _gb18030(data, pieces) if file.encoding == "GB18030" else _utf8(pieces, file.encoding)
    if b"\r" in data:
        lines = lines.str.strip_chars_end("\r")
    return Block(first_line, offset, data, lines, bad, last)


def original_offset(block: Block, start: int) -> int | None:
    """Return the place in the file of a place in `raw`, taking back what was written for a lone CR."""
    if block.offset is None:
        return None
    return block.offset + start - 2 * bisect_left(block.lone_returns, start)


def original_length(raw: bytes) -> int:
    """Return how many bytes of the file the bytes of a block stand for."""
    return len(raw) - 2 * raw.count(b"\r\r\n")


def _pieces(stream: BinaryIO, seen: Callable[[bytes], object], size: int) -> Iterator[bytes]:
    while piece := stream.read(size):
        seen(piece)
        yield piece


def _mark(start: bytes, name: str) -> tuple[int, str]:
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise refuse(name, "文件是UTF-32编码", "请另存为UTF-8编码后重新提供", "E-ENCODING")
    for mark, encoding in _UTF16.items():
        if start.startswith(mark):
            return len(mark), encoding
    sample = start[:65536]
    zeros = sorted((sample[0::2].count(b"\0"), sample[1::2].count(b"\0")))
    if zeros[1] > 8 and zeros[1] * 20 > len(sample) and zeros[0] * 20 < zeros[1]:
        raise refuse(name, "疑似没有字节序标记的UTF-16编码", "请另存为UTF-8编码后重新提供", "E-ENCODING")
    head = 0
    while start.startswith(codecs.BOM_UTF8, head):
        head += 3
    return head, "UTF-8 BOM" if head else "UTF-8"


def _transcoded(pieces: Iterator[bytes], encoding: str, head: int) -> Iterator[bytes]:
    """Drop the mark; turn UTF-16 into UTF-8, where what is no character stays invalid and is found line by line."""
    utf16 = encoding.startswith("UTF-16")
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass") if utf16 else None
    odd = 0
    for piece in pieces:
        data = piece[head:]
        head = max(0, head - len(piece))
        if decoder is None:
            yield data
            continue
        odd ^= len(data) & 1
        yield decoder.decode(data).encode("utf-8", "surrogatepass")
    if odd:
        yield b"\xff"


def _accepts(decoder: codecs.IncrementalDecoder, piece: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_zero_bytes(tail: bytes, hole: bool, name: str) -> None:
    """A single zero byte in a cell is that row's fault; lines of them are what a broken transfer leaves."""
    last = tail.rstrip(b" \t\r\n\x1a")
    if tail.endswith(b"\0") or (last.endswith(b"\0") and _NUL_LINE.search(tail)):
        raise refuse(name, "文件末尾有空字节", _NUL_HINT, "E-NUL-TAIL")
    if hole:
        raise refuse(name, "文件中间有成片的空字节", _NUL_HINT, "E-NUL-HOLE")


def _vote(path: Path, name: str, head: int, encoding: str) -> str:
    """Return the encoding most lines with Chinese are in; on a draw that of the first such line, the header."""
    utf8: list[bool] = []
    neither = 0
    for data in _whole_lines(path, head):
        wide = [line for line in data.split(b"\n") if not line.isascii()][:_VOTES]
        votes = [_decodes(line, "utf-8") for line in wide]
        utf8 += votes
        neither += sum(not (vote or _decodes(line, "gb18030")) for line, vote in zip(wide, votes, strict=True))
        if len(utf8) >= _VOTES:
            break
    if sum(utf8) * 2 > len(utf8) or (sum(utf8) * 2 == len(utf8) and utf8[0]):
        return encoding
    if neither * 2 > len(utf8) - sum(utf8):
        raise refuse(name, "既不是UTF-8也不是GB18030编码", "请另存为UTF-8编码后重新提供", "E-ENCODING")
    return "GB18030"


def _whole_lines(path: Path, head: int) -> Iterator[bytes]:
    held = b""
    with path.open("rb") as stream:
        stream.seek(head)
        while piece := stream.read(PIECE):
            held = (held + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            cut = held.rfind(b"\n") + 1
            if cut:
                yield held[:cut]
                held = held[cut:]
    if held:
        yield held


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(pieces: list[bytes], encoding: str) -> tuple[pl.Series, dict[int, str]]:
    try:
        return pl.Series(pieces, dtype=pl.Binary).cast(pl.String), {}
    except pl.exceptions.ComputeError:
        places = [place for place, piece in enumerate(pieces) if not _decodes(piece, "utf-8")]
    if encoding.startswith("UTF-16"):
        bad = dict.fromkeys(places, "含残缺的UTF-16字符")
    else:
        bad = {p: f"不是UTF-8编码{'（疑似GBK）' if _decodes(pieces[p], 'gb18030') else ''}" for p in places}
    texts = [piece.decode("ascii" if "GBK" in bad.get(p, "") else "utf-8", "backslashreplace")
             for p, piece in enumerate(pieces)]
    return pl.Series(texts, dtype=pl.String), bad


def _gb18030(data: bytes, pieces: list[bytes]) -> tuple[pl.Series, dict[int, str]]:
    """Decode line by line only where the whole does not decode; a line that is Chinese in UTF-8 is a fault too."""
    bad: dict[int, str] = {}
    try:
        texts = data.decode("gb18030").split("\n")[: len(pieces)]
    except UnicodeDecodeError:
        texts = [piece.decode("gb18030", "backslashreplace") for piece in pieces]
        bad = {place: "不是GB18030编码" for place, piece in enumerate(pieces) if not _decodes(piece, "gb18030")}
    for place, piece in enumerate(pieces):
        if not piece.isascii() and _decodes(piece, "utf-8") and _is_chinese(piece.decode()):
            bad[place] = "不是GB18030编码（疑似UTF-8）"
            texts[place] = piece.decode("ascii", "backslashreplace")
    return pl.Series(texts, dtype=pl.String), bad


def _is_chinese(text: str) -> bool:
    """Tell whether most of the wide characters are Chinese, as they are not where GBK bytes happen to be UTF-8."""
    wide = [character for character in text if not character.isascii()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in wide)
    return chinese > 1 and chinese * 2 >= len(wide)
