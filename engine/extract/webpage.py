"""Web pages: block elements become paragraphs, a table row one paragraph; scripts and styles are dropped."""

import re
from functools import cache
from html import unescape

from engine.extract.document import Place
from engine.extract.plain import decode

_BLOCKS = frozenset(
    ("p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "section", "article", "pre",
     "blockquote", "hr", "dd", "dt", "center", "body", "header", "footer", "title"))
_HIDDEN = frozenset(
    ("script", "style", "noscript", "template", "head", "svg", "object", "iframe", "textarea", "select"))
_VOID = frozenset(("br", "hr"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_RAW = frozenset(("script", "style"))
_TAG = re.compile(r"<(?P<closes>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,20})")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def decode_page(content: bytes, where: str) -> str:
    """Return the page's text, in the encoding it declares where that fits, else as any text file."""
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if name.startswith("gb") and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decode(content, where)


class _Reader:
    """Collects the text a reader sees, paragraph by paragraph."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Place]] = []
        self._pieces: list[str] = []
        self._hidden: list[str] = []
        self._row = 0

    def open(self, tag: str) -> None:
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

    def close(self, tag: str) -> None:
        """Close an element."""
        if tag in _HIDDEN:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag):]
        elif tag == "tr":
            self.end()
            self._row = max(0, self._row - 1)
        elif tag in _BLOCKS and not self._row:
            self.end()

    def text(self, data: str) -> None:
        """Keep text that is shown."""
        if not self._hidden:
            self._pieces.append(_SPACES.sub(" ", unescape(data)))

    def end(self) -> None:
        """End the current paragraph."""
        text = "".join(self._pieces).strip(" ")
        if text.strip():
            self.found.append((text, "table" if self._row else "body"))
        self._pieces = []


def paragraphs_of(page: str) -> list[tuple[str, Place]]:
    """Return the paragraphs a reader of the page sees.

    One pass, each place looked at once: the standard library's parser needs quadratic time for unclosed tags.
    """
    reader = _Reader()
    place = 0
    while place < len(page):
        opening = page.find("<", place)
        opening = len(page) if opening < 0 else opening
        reader.text(page[place:opening])
        place = _after_markup(page, opening, reader)
    reader.end()
    return reader.found


def _after_markup(page: str, place: int, reader: _Reader) -> int:
    """Tell the reader of the markup that begins here and return the place behind it."""
    if page.startswith("<!--", place):
        return _behind(page, "-->", place + 4)
    tag = _TAG.match(page, place)
    if tag is None:
        if not page.startswith(("<!", "<?"), place):
            reader.text(page[place:place + 1])
            return place + 1
        return _behind(page, ">", place)
    name = tag["name"].lower()
    following = _behind(page, ">", tag.end())
    if tag["closes"]:
        reader.close(name)
        return following
    reader.open(name)
    if name not in _RAW:
        return following
    closing = _closing(name).search(page, following)
    return closing.start() if closing else len(page)


def _behind(page: str, mark: str, place: int) -> int:
    found = page.find(mark, place)
    return len(page) if found < 0 else found + len(mark)


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(f"</{name}", re.IGNORECASE)
