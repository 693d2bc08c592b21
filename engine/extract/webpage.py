"""Web pages: block elements become paragraphs, a table row one paragraph; scripts and styles are dropped."""

import re
from html.parser import HTMLParser

from engine.extract.document import Place
from engine.extract.plain import decode

_BLOCKS = frozenset(
    ("p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "section", "article", "pre",
     "blockquote", "hr", "dd", "dt", "center", "body", "header", "footer", "title"))
_HIDDEN = frozenset(
    ("script", "style", "noscript", "template", "head", "svg", "object", "iframe", "textarea", "select"))
_VOID = frozenset(("br", "hr"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def decode_page(content: bytes, where: str) -> tuple[str, str]:
    """Return the page's text and encoding: what it declares where that fits, else as any text file."""
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if name.startswith("gb") and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return decode(content, where)


def paragraphs_of(page: str) -> list[tuple[str, Place]]:
    """Return the paragraphs a reader of the page sees."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    reader.end()
    return reader.found


class _Reader(HTMLParser):
    """Collects text; never fails, whatever the markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, Place]] = []
        self._pieces: list[str] = []
        self._hidden: list[str] = []
        self._row = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element: a block ends the paragraph before it."""
        if tag == "body":
            self._hidden.clear()
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "tr":
            self.end()
            self._row += 1
        elif tag in ("td", "th"):
            if any(piece.strip() for piece in self._pieces):
                self._pieces.append("\t")
        elif tag in _BLOCKS and not (self._row and tag not in _VOID):
            self.end()

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in _HIDDEN:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag):]
        elif tag == "tr":
            self.end()
            self._row = max(0, self._row - 1)
        elif tag in _BLOCKS and not self._row:
            self.end()

    def handle_data(self, data: str) -> None:
        """Keep text that is shown."""
        if not self._hidden:
            self._pieces.append(_SPACES.sub(" ", data))

    def end(self) -> None:
        """End the current paragraph."""
        text = "".join(self._pieces).strip(" ")
        if text.strip():
            self.found.append((text, "table" if self._row else "body"))
        self._pieces = []
