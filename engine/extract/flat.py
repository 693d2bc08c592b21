"""A document in comparable form, every character of which knows where it came from.

Patterns are compared with folded text (`engine.text.fold`: half width, round brackets, no spaces, simplified), in which
dates, sums and numbers have been replaced by one sign each; quotes are cut from the text as written.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from engine.extract.document import Document, Quote
from engine.text import fold

BREAK = "\n"
"""What stands between two paragraphs."""

DATE, AMOUNT, CASE_NO, DOCUMENT_NO, RESIDENT_ID, USCC, ARTICLE = map(chr, range(0xE000, 0xE007))
"""Signs that stand for a mention; private-use characters never survive folding, so no document can write them."""


class Flat:
    """Folded text of a document; paragraphs are divided by BREAK."""

    def __init__(self, document: Document) -> None:
        self.document = document
        pieces: list[str] = []
        self._places: list[int] = []
        self._firsts: list[int] = []
        for paragraph in document.paragraphs:
            self._firsts.append(len(self._places))
            for place, character in enumerate(paragraph.text):
                folded = _folded(character)
                pieces.append(folded)
                self._places += [place] * len(folded)
            pieces.append(BREAK)
            self._places.append(len(paragraph.text))
        self.text = "".join(pieces)

    def quote(self, start: int, end: int) -> Quote:
        """Return the words as written between two places of the folded text, within the paragraph of the first."""
        number = bisect_right(self._firsts, start) - 1
        last = self._firsts[number + 1] - 1 if number + 1 < len(self._firsts) else len(self._places) - 1
        stop = max(start + 1, min(end, last))
        paragraph = self.document.paragraphs[number]
        first, behind = self._places[start], self._places[stop - 1] + 1
        return Quote(paragraph.number, first, behind, paragraph.text[first:behind])


@cache
def _folded(character: str) -> str:
    return BREAK if character == BREAK else fold(character)


class Spans(list[tuple[int, int]]):
    """Non-overlapping stretches of the folded text that are taken."""

    def take(self, start: int, end: int) -> bool:
        """Take a stretch and return True, or return False where part of it is taken."""
        at = bisect_right(self, (start, end))
        before = self[at - 1] if at else (0, 0)
        after = self[at] if at < len(self) else (end, end)
        if before[1] > start or after[0] < end:
            return False
        self.insert(at, (start, end))
        return True


class Union:
    """Stretches of text, overlapping or not, that can be asked whether another one meets any of them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def meets(self, start: int, end: int) -> bool:
        """Return whether the stretch shares a character with any of ours."""
        at = bisect_left(self._starts, end) - 1
        return at >= 0 and self._ends[at] > start


def tokens(text: str, signs: Sequence[tuple[int, int, str]]) -> tuple[str, list[int]]:
    """Return the text with each (start, end, sign) as one sign, and where each character began in the text.

    One more place than characters is returned: the end.
    """
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for start, end, sign in signs:
        pieces.append(text[done:start])
        places += range(done, start)
        pieces.append(sign)
        places.append(start)
        done = end
    pieces.append(text[done:])
    places += range(done, len(text))
    return "".join(pieces), [*places, len(text)]
