"""One file as a document: its format told by its content, then read by the module of that format."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

from engine.extract import docx, pdf, plain, webpage
from engine.extract.document import MOST_BYTES, Document, Format, Place, numbered, refuse

EXTENSIONS = frozenset((".docx", ".pdf", ".txt", ".html", ".htm"))
"""Formats read."""

REFUSED_EXTENSIONS = frozenset((".doc", ".wps", ".rtf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".ofd"))
"""Formats documents also come in: refused one by one with what to do; any other file in a folder is only named."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|meta|div|p|table|title|span)\b", re.IGNORECASE)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))


def read_document(path: Path, name: str) -> Document:
    """Return the document; `name` is what messages and records call it.

    Raises SourceError for a file that is empty, too large, protected, damaged, of another format, or without text.
    """
    if path.stat().st_size > MOST_BYTES:
        raise refuse(name, f"文件超过{MOST_BYTES >> 20} MiB", "请核对是否文书，图片请先压缩", "E-FILE-SIZE")
    content = path.read_bytes()
    if not content:
        raise refuse(name, "文件为空（0字节）", "请重新提供", "E-FILE-EMPTY")
    found, warnings = _format(content, name), list[str]()
    texts: list[tuple[str, Place]]
    if found == "docx":
        texts = docx.paragraphs_of(content, name)
    elif found == "pdf":
        texts, warnings = pdf.paragraphs_of(path, name)
    elif found == "html":
        texts = webpage.paragraphs_of(webpage.decode_page(content, name))
    else:
        texts = plain.paragraphs_of(plain.decode(content, name))
    paragraphs = numbered(texts, name)
    if not paragraphs:
        raise refuse(name, "没有文字", "图片须先识别成文字再提供", "E-DOCUMENT-EMPTY")
    if found not in _FORMATS.get(Path(name).suffix.lower(), (found,)):
        warnings.append(f"扩展名是{Path(name).suffix[1:]}，内容是{found}，按内容读取")
    return Document(name, hashlib.sha256(content).hexdigest(), found, paragraphs, tuple(warnings))


_FORMATS = {".docx": ("docx",), ".pdf": ("pdf",), ".html": ("html",), ".htm": ("html",), ".txt": ("txt",)}


def _format(content: bytes, name: str) -> Format:
    if content.startswith(b"%PDF") or b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, name)
    if content.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refuse(name, "文件有密码", "请去掉密码后重新提供", "E-FILE-PASSWORD")
        raise refuse(name, "是旧版Word或WPS文档（doc、wps）", "请另存为docx后重新提供", "E-FILE-TYPE")
    if content.startswith(b"{\\rtf"):
        raise refuse(name, "是rtf文档", "请另存为docx后重新提供", "E-FILE-TYPE")
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")) and b"\0" in content[:512]:
        raise refuse(name, "是图片，没有文字", "须先识别成文字再提供", "E-PDF-SCAN")
    if _MARKUP.match(content):
        return "html"
    start = content[:65536]
    if not start.startswith((b"\xff\xfe", b"\xfe\xff")) and len(start.translate(None, _CONTROL)) * 50 < len(start) * 49:
        raise refuse(name, "内容是二进制数据", "请提供docx、pdf（有文字层）、txt或html", "E-FILE-TYPE")
    return "txt"


def _zipped(content: bytes, name: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise refuse(name, "文件已损坏，无法解析", "请重新提供", "E-FILE-DAMAGED") from fault
    if any(member.startswith("word/") for member in names):
        return "docx"
    raise refuse(name, "是压缩包或表格，不是文书", "请解压后提供；表格请用 xiezhi load 入库", "E-FILE-TYPE")
