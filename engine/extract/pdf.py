"""Documents in PDF: the text layer only, read by a limited process; a scan without one is refused and says so."""

import tempfile
from pathlib import Path

from engine.extract.document import Place, refuse
from engine.extract.plain import joined
from engine.limited import LimitedReader, Limits

SCRIPT = Path(__file__).with_name("pdf_child.py")
LIMITS = Limits(memory_bytes=1024 << 20, seconds=30, output_bytes=64 << 20)

_FEWEST_CHARACTERS = 8


def paragraphs_of(path: Path, where: str) -> tuple[list[tuple[str, Place]], list[str]]:
    """Return the paragraphs and what the reader should know. Raises SourceError for a scan, a password or damage."""
    with tempfile.TemporaryDirectory(prefix="xiezhi-") as folder:
        reader = LimitedReader(SCRIPT, {"path": str(path)}, Path(folder), LIMITS)
        try:
            pages: list[str] = reader.result(where)["pages"]
        finally:
            reader.stop()
    empty = [number for number, page in enumerate(pages, start=1) if len(page.strip()) < _FEWEST_CHARACTERS]
    if len(empty) == len(pages):
        fix = "扫描件须先识别（OCR）成带文字层的pdf、docx或txt再提供"
        raise refuse(where, "没有文字层，须先识别", fix, "E-PDF-SCAN")
    warnings = [f"第{'、'.join(map(str, empty))}页没有文字层，该页内容未读取，须先识别"] if empty else []
    lines = [line for page in pages for line in _without_page_number(page.split("\n"))]
    return [(paragraph, "body") for paragraph in joined(lines)], warnings


def _without_page_number(lines: list[str]) -> list[str]:
    """Return the lines of a page without its number: nothing but digits and dashes at its foot or head."""
    kept = [line for line in lines if line.strip()]
    for place in (-1, 0):
        if kept and not kept[place].strip(" -—–0123456789/第页共　") and any(c.isdigit() for c in kept[place]):
            del kept[place]
    return kept
