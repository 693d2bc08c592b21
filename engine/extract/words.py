"""The words of one document: as written, in comparable form with signs, and from one to the other."""

from dataclasses import dataclass

from engine.extract import flat
from engine.extract.document import Document, Quote
from engine.extract.found import Found
from engine.extract.mentions import find_mentions, signs_in


@dataclass(frozen=True)
class Candidate:
    """One find: what it is compared by, how it is written out, and the stretches of signed text it was found in."""

    value: object
    text: str
    span: tuple[int, int]
    target: tuple[int, int]
    mention: Found | None = None

    @property
    def fault(self) -> str:
        """Why it has no value, or ''."""
        return self.mention.fault if self.mention else ""


class Words:
    """The text of a document; places count characters of the signed text."""

    def __init__(self, document: Document) -> None:
        self._whole = flat.Flat(document)
        self._mentions = find_mentions(self._whole.text)

    @property
    def text(self) -> str:
        """The comparable text with one sign for every mention."""
        return self._mentions.text

    @property
    def found(self) -> dict[int, Found]:
        """What stands where a sign is."""
        return self._mentions.found

    def at(self, place: int) -> Found:
        """Return the mention whose sign stands at a place."""
        return self._mentions.found[place]

    def amounts(self) -> list[Found]:
        """Return every sum the text mentions."""
        return signs_in(self.found.values(), flat.AMOUNT)

    def quote(self, start: int, end: int) -> Quote:
        """Return the words as written between two places."""
        return self._whole.quote(self._mentions.places[start], self._mentions.places[end])

    def of_mention(self, mention: Found) -> Quote:
        """Return the words of a mention as written."""
        return self._whole.quote(mention.start, mention.end)

    def quotes(self, candidate: Candidate) -> tuple[Quote, ...]:
        """Return the words of a find, and those of the date a relative date was counted from."""
        base = candidate.mention.base if candidate.mention else None
        own = self.quote(*candidate.span)
        return (own, self._whole.quote(*base)) if base else (own,)
