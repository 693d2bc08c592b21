"""Word documents: paragraphs, tables and page headers of the WordprocessingML parts (ECMA-376 part 1, 17.3, 17.4).

Only the text parts are unpacked, within limits; a document type declaration (the door to entities) refuses the file.
Deleted text of tracked changes is no part of the document; inserted text is.
"""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from engine.extract.document import Place, refuse

_MOST_UNPACKED = 64 << 20
_MOST_RATIO = 200
_RATIO_FROM = 4 << 20
_MOST_DEPTH = 400
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_HEADER = re.compile(r"word/header\d+\.xml")
_SAVE = "请用文字软件打开并另存为docx后重新提供"
_SKIPPED = ("delText", "instrText", "Fallback", "del", "moveFrom")


def paragraphs_of(content: bytes, where: str) -> list[tuple[str, Place]]:
    """Return the paragraphs: page headers first, then the body in order. Raises SourceError for a file not safe."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            items = {item.filename: item for item in archive.infolist()}
            if "word/document.xml" not in items:
                raise refuse(where, "不是Word文档（缺少正文部件）", _SAVE, "E-FILE-DAMAGED")
            headers = sorted(name for name in items if _HEADER.fullmatch(name))[:20]
            texts: list[tuple[str, Place]] = []
            for name in (*headers, "word/document.xml"):
                texts += _Reader(where, is_header=name in headers).read(_unpacked(archive, items[name], where))
            return _once(texts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, expat.ExpatError) as fault:
        raise refuse(where, "文件已损坏，无法解析", _SAVE, "E-FILE-DAMAGED") from fault


def _once(texts: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Return without repeated page headers: first page, odd and even pages often carry the same one."""
    seen: set[str] = set()
    kept = []
    for text, place in texts:
        if place == "header" and text in seen:
            continue
        seen.add(text)
        kept.append((text, place))
    return kept


def _unpacked(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str) -> bytes:
    if item.flag_bits & 0x1:
        raise refuse(where, "文件有密码", "请去掉密码后重新提供", "E-FILE-PASSWORD")
    with archive.open(item) as packed:
        content = packed.read(_MOST_UNPACKED + 1)
    too_dense = len(content) > _RATIO_FROM and len(content) > item.compress_size * _MOST_RATIO
    if len(content) > _MOST_UNPACKED or too_dense:
        raise refuse(where, "解压后超过上限或压缩比异常", "请核对文件内容后重新提供", "E-ARCHIVE-SIZE")
    return content


class _Reader:
    """Collects the paragraphs of one part."""

    def __init__(self, where: str, *, is_header: bool) -> None:
        self.where, self.is_header = where, is_header
        self.found: list[tuple[str, Place]] = []
        self._pieces: list[str] = []
        self._cells: list[list[str]] = []
        self._path: list[str] = []
        self._off = 0

    def read(self, content: bytes) -> list[tuple[str, Place]]:
        """Return the part's paragraphs."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartDoctypeDeclHandler = self._no_entities
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)
        return self.found

    def _no_entities(self, *_: object) -> None:
        raise refuse(self.where, "含不允许的XML实体声明", _SAVE, "E-XML-ENTITY")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, tag = name.rpartition("}")[::2]
        ours = space in (_SPACE, _STRICT)
        self._path.append(tag if ours or tag == "Fallback" else "")
        if len(self._path) > _MOST_DEPTH:
            raise refuse(self.where, "嵌套层次过深", _SAVE, "E-FILE-DAMAGED")
        if tag in _SKIPPED:
            self._off += 1
        if not ours or self._off:
            return
        if tag == "p" and self._pieces:  # a text box stands inside a paragraph
            self._end_paragraph()
        elif tag == "tr":
            self._cells.append([])
        elif tag in ("tab", "br", "cr") and "r" in self._path:
            self._pieces.append("\t" if tag == "tab" else "\n")
        elif tag == "noBreakHyphen":
            self._pieces.append("-")

    def _end(self, name: str) -> None:
        tag = name.rpartition("}")[2]
        ours = bool(self._path.pop())
        if tag in _SKIPPED:
            self._off -= 1
        elif ours and tag == "p":
            self._end_paragraph()
        elif ours and tag == "tc" and self._cells:
            self._cells[-1].append("\n")
        elif ours and tag == "tr" and self._cells:
            self._end_row()

    def _text(self, data: str) -> None:
        if self._path and self._path[-1] == "t" and not self._off:
            self._pieces.append(data)

    def _end_paragraph(self) -> None:
        text = "".join(self._pieces)
        self._pieces = []
        if self._cells:
            self._cells[-1].append(text.replace("\n", " "))
            return
        self.found += [(line, "header" if self.is_header else "body") for line in text.split("\n")]

    def _end_row(self) -> None:
        cells = " ".join(self._cells.pop()).split("\n")[:-1]
        text = "\t".join(cell.strip() for cell in cells)
        if self._cells:
            self._cells[-1].append(text)
        else:
            self.found.append((text, "table"))
