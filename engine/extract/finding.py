"""Fields found in a document: what the patterns point at, and whether it is sure.

All finds of the first level of patterns that has any must agree; where they do not, the field stays empty and its
reason quotes both. Nothing is guessed, and nothing that was found is lost.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from engine.extract import flat
from engine.extract.deciding import candidate_text, decide
from engine.extract.found import Found
from engine.extract.kinds import Field, Item, Kind
from engine.extract.mentions import Article
from engine.extract.patterns import SIGNS, TARGET, Pattern, reference_place
from engine.extract.recognising import title_end
from engine.extract.values import ItemValue, Value
from engine.extract.words import Candidate, Words
from engine.identifiers import case_no, document_no
from engine.text import fold


class Finder:
    """Finds the fields of one document, one after the other; later fields may refer to earlier ones."""

    def __init__(self, kind: Kind, words: Words, others: Sequence[tuple[int, int]] = ()) -> None:
        """Find in the words of a document, but for the stretches that speak of `others`."""
        self.kind, self.words = kind, words
        self._others = flat.Union(others)
        self.regions = _regions(kind, words.text)
        self._starts = [start for start, _ in self.regions]
        self.values: dict[str, Value] = {}

    def parties(self) -> list[tuple[int, int]]:
        """Return the stretches that speak of one party each: from its beginning to the next, or to the next part."""
        begins = sorted({match.start() for p in self.kind.parties for match in p.regex.finditer(self.words.text)})
        begins = [place for place in begins if self._region(place) == self._region(begins[0])]
        ends = [*begins[1:], next((s for s in self._starts if begins and s > begins[0]), len(self.words.text))]
        return list(zip(begins, ends, strict=True)) if begins else []

    def find(self) -> dict[str, Value]:
        """Return every field's value."""
        special = {"choice": self._choice, "articles": self._articles, "article_choice": self._by_article,
                   "sum": self._sum}
        for field in self.kind.fields:
            self.values[field.name] = special.get(field.type, self._plain)(field)
        return self.values

    def items(self) -> list[ItemValue]:
        """Return the items of the operative part in order; a stretch belongs to one item only."""
        taken = flat.Spans()
        matches = [(item, match.span()) for item in self.kind.items for pattern in item.patterns
                   for match in pattern.regex.finditer(self.words.text)]
        kept = [(span, item) for item, span in matches if self._in(span[0], self.kind.items_in) and taken.take(*span)]
        return [self._item(item, span) for span, item in sorted(kept, key=lambda pair: pair[0])]

    def _item(self, item: Item, span: tuple[int, int]) -> ItemValue:
        """Return an item with the last sum in its words."""
        sums = [self.words.at(place) for place in range(*span) if self.words.text[place] == flat.AMOUNT]
        value = sums[-1].value if sums and isinstance(sums[-1].value, Decimal) else None
        reason = sums[-1].fault if sums and value is None else ""
        return ItemValue(item.code, item.label, value, self.words.quote(*span), reason)

    def _plain(self, field: Field) -> Value:
        for level in field.levels:
            found = [c for pattern in level for c in self._candidates(field, pattern)]
            if found:
                return decide(self.words, field, _distinct(found))
        return Value(field, "missing")

    def _candidates(self, field: Field, pattern: Pattern) -> Iterator[Candidate]:
        """Yield what a pattern finds where the field may stand."""
        barred = flat.Union(match.span() for other in field.unless for match in other.regex.finditer(self.words.text))
        for match in self._matches(field, pattern):
            match = _tight(pattern, match)
            target = match.span(TARGET) if pattern.captures else match.span()
            if barred.meets(*target):
                continue
            yield self._candidate(field, match, target)

    def _matches(self, field: Field, pattern: Pattern) -> Iterator[re.Match[str]]:
        start, end = 0, len(self.words.text)
        if field.inside:
            other = self.values[field.inside]
            if other.status != "taken":
                return
            start, end = other.span
        for match in pattern.regex.finditer(self.words.text, start, end):
            if self._others.meets(*match.span()):
                continue
            place = reference_place(match)
            is_one = self._region(match.start()) == self._region(max(match.start(), match.end() - 1))
            if is_one and self._in(match.start(), field.regions) and (place is None or self._refers(pattern, place)):
                yield match

    def _candidate(self, field: Field, match: re.Match[str], target: tuple[int, int]) -> Candidate:
        if field.type in SIGNS:
            mention = self.words.at(target[0])
            written = self.words.quote(*target).text
            return Candidate(comparable(mention), candidate_text(mention, written), match.span(), target, mention)
        words = candidate_text(None, self.words.quote(*target).text)
        return Candidate(fold(words) or None, words, match.span(), target)

    def _refers(self, pattern: Pattern, place: int) -> bool:
        """Tell whether the number at a place is the one read for the field the pattern refers to."""
        other = self.values.get(pattern.refers_to)
        return bool(other and other.status == "taken" and comparable(self.words.at(place)) == other.value)

    def _in(self, place: int, regions: tuple[str, ...]) -> bool:
        if not regions:
            return True
        return self._region(place) in regions

    def _region(self, place: int) -> str:
        """Return the part of the document a place is in."""
        return self.regions[bisect_right(self._starts, place) - 1][1]

    def _choice(self, field: Field) -> Value:
        """Return the code whose words stand there; words that belong to an earlier code count only for that one."""
        taken = flat.Spans()
        found: list[Candidate] = []
        for code, patterns in field.values:
            for pattern in patterns:
                for match in self._matches(field, pattern):
                    if taken.take(*match.span()):
                        found.append(Candidate(code, code, match.span(), match.span()))
        if not found:
            return Value(field, "missing")
        codes = {candidate.value for candidate in found}
        if len(codes) > 1 and field.together:
            spans = _distinct(found)
            quotes = tuple(self.words.quote(*c.span) for c in spans)
            return Value(field, "taken", field.together, field.together, quotes, span=spans[0].span)
        return decide(self.words, field, _distinct(found))

    def _cited(self, field: Field) -> list[tuple[int, Found]]:
        return [(place, mention) for place, mention in self.words.found.items()
                if mention.sign == flat.ARTICLE and self._in(place, field.regions)]

    def _articles(self, field: Field) -> Value:
        """Return all articles cited, in order, each once."""
        cited = self._cited(field)
        if not cited:
            return Value(field, "missing")
        texts = {f"《{m.value.law}》{m.text}" if isinstance(m.value, Article) and m.value.law else m.text: place
                 for place, m in reversed(cited)}
        text = "；".join(reversed(texts))
        quotes = tuple(self.words.quote(place, place + 1) for place in sorted(texts.values()))
        return Value(field, "taken", text, text, quotes, span=(cited[0][0], cited[-1][0] + 1))

    def _by_article(self, field: Field) -> Value:
        """Return the code the cited article stands for at the date of the document."""
        day = self.values[field.dated_by].value if field.dated_by else None
        found: list[Candidate] = []
        doubts: list[tuple[str, int]] = []
        for place, mention in self._cited(field):
            article = mention.value
            rules = [r for r in field.articles if isinstance(article, Article) and article.law.endswith(r.law)
                     and not article.inserted and r.article == article.article]
            if not rules or not isinstance(article, Article):
                continue
            in_force = [r for r in rules if isinstance(day, date) and (r.since is None or r.since <= day)
                        and (r.until is None or day <= r.until)]
            codes = {r.code for r in in_force if r.paragraph in (0, article.paragraph)}
            if len(codes) == 1:
                code = codes.pop()
                found.append(Candidate(code, code, (place, place + 1), (place, place + 1)))
            elif not isinstance(day, date):
                doubts.append(("文书日期不明，不能确定适用哪一版条文", place))
            elif not in_force:
                doubts.append((f"{mention.text}不是文书日期{day}适用的条文号", place))
            elif not article.paragraph:
                doubts.append((f"{mention.text}没有写明款，不能确定类型", place))
        if found:
            return decide(self.words, field, _distinct(found))
        if doubts:
            quotes = tuple(self.words.quote(place, place + 1) for _, place in doubts)
            return Value(field, "unsure", quotes=quotes, reason=doubts[0][0])
        return Value(field, "missing")

    def _sum(self, field: Field) -> Value:
        """Return the other fields added up; one that is unsure makes the sum unsure."""
        parts = [self.values[name] for name in field.parts]
        doubtful = [part for part in parts if part.status == "unsure"]
        taken = [part for part in parts if part.status == "taken" and isinstance(part.value, Decimal)]
        quotes = tuple(quote for part in (doubtful or taken) for quote in part.quotes)
        if doubtful:
            names = "、".join(part.field.label for part in doubtful)
            return Value(field, "unsure", quotes=quotes, reason=f"{names}存疑，不能相加")
        if not taken:
            return Value(field, "missing")
        total = sum((part.value for part in taken if isinstance(part.value, Decimal)), Decimal(0))
        note = " + ".join(f"{part.field.label}{part.text}" for part in taken) if len(taken) > 1 else ""
        return Value(field, "taken", total, f"{total:f}", quotes, note=note, span=taken[0].span)


def comparable(mention: Found) -> object:
    """Return what a mention is compared by: the date, the sum, the number's comparable form."""
    if mention.sign == flat.DOCUMENT_NO:
        return document_no.key(mention.text) or mention.text
    if mention.sign == flat.CASE_NO and mention.value is not None:
        return case_no.key(mention.text) or mention.text
    return mention.value


def _tight(pattern: Pattern, match: re.Match[str]) -> re.Match[str]:
    """Return the shortest match that ends in the same target: of two beginnings before it the nearer one counts."""
    if not pattern.captures:
        return match
    for start in range(match.start(TARGET) - 1, match.start(), -1):
        nearer = pattern.regex.match(match.string, start)
        if nearer and nearer.span(TARGET) == match.span(TARGET):
            return nearer
    return match


def _distinct(found: list[Candidate]) -> list[Candidate]:
    """Return the finds in order of the text, one for each place."""
    by_place: dict[tuple[int, int], Candidate] = {}
    for candidate in found:
        kept = by_place.get(candidate.target)
        if kept is None or candidate.span[1] - candidate.span[0] > kept.span[1] - kept.span[0]:
            by_place[candidate.target] = candidate
    return sorted(by_place.values(), key=lambda c: c.target)


def _regions(kind: Kind, text: str) -> list[tuple[int, str]]:
    """Return where each part begins: the first place its patterns match behind the beginning of the part before.

    The search begins behind the title: the name of the office stands above it as well as at the foot.
    """
    starts = [(0, "首部")]
    below = title_end(text, kind)
    for name, patterns in kind.regions:
        begin = max(below, starts[-1][0])
        begins = [match.start() for pattern in patterns if (match := pattern.regex.search(text, begin))]
        if begins:
            starts.append((min(begins), name))
    return starts
