"""Every date, sum, number and article a text mentions, found once before any pattern is tried."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.extract import flat
from engine.extract.amounts import find_amounts
from engine.extract.dates import find_dates
from engine.extract.found import Found
from engine.extract.numbers import find_numbers
from engine.identifiers import resident_id, uscc
from engine.text import chinese_number

_HAN = "一二三四五六七八九十百千零〇两"
_COUNT = f"(?:[0-9]{{1,4}}|[{_HAN}]{{1,9}})"
_ARTICLE = re.compile(
    rf"第(?P<article>{_COUNT})条(?:之(?P<inserted>{_COUNT}))?"
    rf"(?:第?(?P<paragraph>{_COUNT})款)?(?:第?\(?(?P<item>{_COUNT})\)?项)?")
_LAW = re.compile(r"《([^》\n]{2,60})》")
_IDENTITY = re.compile(r"(?<![0-9A-Z*])[0-9A-Z*×]{14,20}(?![0-9A-Z*×])")
_FEWEST_DIGITS = 4


class Article(NamedTuple):
    """An article of a law as cited; `inserted` is the number behind 之, 0 where a part is not named."""

    law: str
    article: int
    inserted: int
    paragraph: int


@dataclass(frozen=True)
class Mentions:
    """A text with its mentions as signs: `text` to match in, `places` back to the folded text, `found` by place."""

    text: str
    places: list[int]
    found: dict[int, Found]

    def at(self, place: int) -> Found:
        """Return the mention whose sign stands at a place of `text`."""
        return self.found[place]


def find_mentions(text: str) -> Mentions:
    """Return the folded text with signs in place of what was found; a stretch belongs to one mention only."""
    taken = flat.Spans()
    kept: list[Found] = []
    for finder in (find_numbers, _find_identities, find_dates, find_amounts, _find_articles):
        found = finder(text)
        kept += [mention for mention in found if taken.take(mention.start, mention.end)]
    kept.sort(key=lambda mention: mention.start)
    signed, places = flat.tokens(text, [(mention.start, mention.end, mention.sign) for mention in kept])
    where = [place for place, character in enumerate(signed) if character in _SIGNS]
    return Mentions(signed, places, dict(zip(where, kept, strict=True)))


_SIGNS = frozenset((flat.DATE, flat.AMOUNT, flat.CASE_NO, flat.DOCUMENT_NO, flat.RESIDENT_ID, flat.USCC, flat.ARTICLE))


def _find_identities(text: str) -> Iterator[Found]:
    """Yield numbers of persons and organisations, masked ones too."""
    for found in _IDENTITY.finditer(text):
        number = found.group()
        if sum(character.isdigit() for character in number) < _FEWEST_DIGITS:
            continue
        place = (found.start(), found.end())
        if uscc.is_valid(number) or (resident_id.clean(number) is None and uscc.clean(number)):
            fault = "校验码不符" if uscc.fault(number) else ""
            yield Found(*place, flat.USCC, number, number, note=fault)
        elif resident_id.clean(number):
            fault = "校验不符" if resident_id.fault(number) else ""
            yield Found(*place, flat.RESIDENT_ID, number, number, note=fault)
        elif resident_id.is_masked(number):
            yield Found(*place, flat.RESIDENT_ID, number, number, masked=True)
        elif "*" in number:
            yield Found(*place, flat.USCC, number, number, masked=True)


def _find_articles(text: str) -> Iterator[Found]:
    """Yield articles with the law named last before them in the paragraph."""
    laws = [(found.end(), found[1]) for found in _LAW.finditer(text)]
    ends = [end for end, _ in laws]
    for found in _ARTICLE.finditer(text):
        begin = text.rfind(flat.BREAK, 0, found.start()) + 1
        last = bisect_right(ends, found.start()) - 1
        law = laws[last][1] if last >= 0 and ends[last] > begin else ""
        value = Article(law, *(_count(found[part]) for part in ("article", "inserted", "paragraph")))
        yield Found(found.start(), found.end(), flat.ARTICLE, value, found.group())


def _count(text: str | None) -> int:
    return (chinese_number(text) or 0) if text else 0


def signs_in(mentions: Iterable[Found], sign: str) -> list[Found]:
    """Return the mentions of one sign."""
    return [mention for mention in mentions if mention.sign == sign]
