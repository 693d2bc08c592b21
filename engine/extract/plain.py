"""Text files: UTF-8, UTF-16 with its mark, or GB18030; wrapped lines are joined into the paragraphs they were."""

import codecs
import re

from engine.extract.document import Place, refuse

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_INDENT = re.compile(r"[ \t\u3000]{2,}|\u3000")
_ENDS = tuple("。；：;:！？")
_SHORTEST_WRAP, _LONGEST_WRAP = 16, 80


def decode(content: bytes, where: str) -> str:
    """Return the text. Raises SourceError where it is none of the three, or has zero bytes."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise refuse(where, "文件是UTF-32编码", "请另存为UTF-8编码后重新提供", "E-ENCODING")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark):], encoding, where)
    if b"\0" in content:
        raise refuse(where, "含空字节，不是文字文件", "请另存为UTF-8编码后重新提供", "E-ENCODING")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "gb18030", where)


def _strict(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        what = "既不是UTF-8也不是GB18030编码" if encoding == "gb18030" else f"文字不是完整的{encoding.upper()}编码"
        raise refuse(where, what, "请另存为UTF-8编码后重新提供", "E-ENCODING") from fault


def paragraphs_of(text: str) -> list[tuple[str, Place]]:
    """Return the paragraphs of plain text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(paragraph, "body") for paragraph in joined(lines)]


def joined(lines: list[str]) -> list[str]:
    """Return lines as paragraphs: where they are wrapped, a full line goes on in the next one unless that is indented.

    Lines are taken as wrapped where at least two are equally long and none is longer, as a page breaks them.

    >>> joined(["甲" * 20, "乙" * 20, "丙" * 20, "丁。", "戊"])[-1]
    '戊'
    """
    width = _width([len(line.strip()) for line in lines])
    made: list[str] = []
    open_line = False
    for line in lines:
        if open_line and line.strip() and not _INDENT.match(line):
            made[-1] = made[-1].rstrip() + line.strip()
        else:
            made.append(line.rstrip())
        body = line.strip()
        open_line = bool(width) and len(body) >= width and not body.endswith(_ENDS)
    return made


def _width(lengths: list[int]) -> int:
    """Return from which length on a line is full, or 0 where lines are not wrapped."""
    longest = max(lengths, default=0)
    full = [length for length in lengths if length >= longest - 2]
    return longest - 2 if len(full) > 1 and _SHORTEST_WRAP <= longest <= _LONGEST_WRAP else 0
