"""What a file is, by its content; its extension may only agree."""

import codecs
import re
import zipfile
from pathlib import Path

from engine.sources.shapes import refuse

_SAMPLE = 65536

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3\0", "sqlite"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"(\xb5/\xfd", "zst"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"MZ\x90\0", "exe"),
    (b"\x7fELF", "exe"),
    (b"ARROW1\0\0", "arrow"),
    (b"Obj\x01", "avro"),
    (b"ORC", "orc"),
)

KINDS: dict[str, str] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".tab": "csv",
    ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".parquet": "parquet", ".pq": "parquet",
    ".gz": "gz", ".zip": "zip",
}
"""Extension → kind of content that is read."""

_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|\?xml|script|style|div)\b", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:\{|\]|"|\[))')
_CONTROL = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f\x01"))

_FIX = {
    "xls": "请用表格软件另存为xlsx后重新提供",
    "encrypted": "请去掉密码后重新提供",
    "html": "请用表格软件打开后另存为xlsx或csv；文书请先用 xiezhi extract 抽取",
    "docx": "文书请先用 xiezhi extract 抽取，表格请另存为xlsx",
    "pdf": "文书请先用 xiezhi extract 抽取，表格请向供数单位要xlsx或csv",
}


def content_kind(path: Path, name: str, where: str) -> str:
    """Return csv, xlsx, json, parquet, gz or zip. Raises SourceError where content is none of these or belies the name.

    A name without a known extension agrees with everything; `where` is what a message calls the file.
    """
    if not path.stat().st_size:
        raise refuse(where, "文件为空（0字节）", "请重新导出", "E-FILE-EMPTY")
    found = _kind(path)
    extension = Path(name).suffix.lower()
    if found == "encrypted":
        raise refuse(where, "文件有密码", _FIX["encrypted"], "E-FILE-PASSWORD")
    claimed = KINDS.get(extension)
    if (claimed, found) == ("json", "csv") and _starts_like_json(path):
        return "json"
    if found not in KINDS.values():
        said = f"扩展名是{extension[1:]}，" if claimed else ""
        fix = _FIX.get(found, "请提供csv、xlsx、jsonl或parquet文件")
        raise refuse(where, f"{said}内容是{found}", fix, "E-FILE-TYPE")
    if extension in (".xls", ".et", ".html", ".htm", ".xml", ".pdf", ".doc", ".docx") or claimed not in (None, found):
        fix = "请核对文件是否放错，或改成正确的扩展名"
        raise refuse(where, f"扩展名是{extension[1:]}，内容是{found}", fix, "E-FILE-TYPE")
    return found


def _starts_like_json(path: Path) -> bool:
    with path.open("rb") as stream:
        return _without_mark(stream.read(_SAMPLE)).lstrip()[:1] in (b"{", b"[")


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(_SAMPLE)
        for magic, kind in _MAGIC:
            if start.startswith(magic):
                return _inside(path, kind, start)
    text = _without_mark(start)
    if _MARKUP.match(text):
        return "html" if not text.lstrip().lower().startswith(b"<?xml") else "xml"
    if _JSON.match(text):
        return "json"
    if len(text.translate(None, _CONTROL)) * 50 < len(text) * 49:
        return "二进制数据"
    return "csv"


def _inside(path: Path, kind: str, start: bytes) -> str:
    """Look one step further: which zip, which OLE file; three letters alone do not make a bzip2 or ORC file."""
    if kind == "zip":
        return _which_zip(path, start)
    if kind == "xls":
        with path.open("rb") as stream:
            whole = stream.read(32 << 20)
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in whole else "xls"
    if kind in ("bz2", "orc", "gif", "avro") and b"\0" not in start:
        return "csv"
    return kind


def _which_zip(path: Path, start: bytes) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "xlsx" if b"[Content_Types].xml" in start[:4096] or b"xl/" in start[:4096] else "zip"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx" if "xl/workbook.xml" in names else "xlsb"
    if "[Content_Types].xml" in names:
        return "docx" if any(name.startswith("word/") for name in names) else "xlsx"
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    return "zip"


def _without_mark(start: bytes) -> bytes:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            return start[2:].decode(encoding, "replace").encode()
    while start.startswith(codecs.BOM_UTF8):
        start = start[3:]
    return start
