"""What is declared about a kind of document: how it is recognised, its parts, its fields, what must fit together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.errors import RuleError
from engine.extract.patterns import Pattern

TYPES = ("date", "amount", "case_no", "document_no", "number", "resident_id", "uscc", "text", "court",
         "procuratorate", "organ", "charge", "choice", "articles", "article_choice", "sum")
"""What a field may hold. number: a case or document number; choice: a code told by words; articles: all articles as
text; article_choice: a code told by the article; sum: other fields added up."""

PICKS = ("only", "first", "last", "total")
"""Which of several different values counts. only: none of them, all are shown; total: their sum, if it is stated."""


@dataclass(frozen=True)
class ArticleRule:
    """A code told by an article of a law (paragraph 0: any) in documents dated within the days given."""

    code: str
    law: str
    article: int
    paragraph: int
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Field:
    """One value of a document. `levels` are tried in order; all finds of the first that has any must agree."""

    name: str
    label: str
    type: str
    levels: tuple[tuple[Pattern, ...], ...] = ()
    regions: tuple[str, ...] = ()
    unless: tuple[Pattern, ...] = ()
    pick: str = "only"
    inside: str = ""
    values: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    together: str = ""
    articles: tuple[ArticleRule, ...] = ()
    parts: tuple[str, ...] = ()
    dated_by: str = ""


@dataclass(frozen=True)
class Item:
    """A kind of item in the operative part: its code, label and patterns; an {amount} in them is its sum."""

    code: str
    label: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Check:
    """Two fields that must fit. kind: order (first not later than second), equal, or label (what a number is
    called)."""

    kind: str
    first: str
    second: str = ""
    words: tuple[str, ...] = ()
    type: str = ""
    say: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of document; where several places match `parties`, each begins what is said of one party only."""

    name: str
    title: str
    titles: tuple[str, ...]
    numbers: tuple[str, ...]
    phrases: tuple[Pattern, ...]
    regions: tuple[tuple[str, tuple[Pattern, ...]], ...]
    fields: tuple[Field, ...]
    parties: tuple[Pattern, ...] = ()
    items: tuple[Item, ...] = ()
    items_in: tuple[str, ...] = ()
    items_key: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    key: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)

    def label(self, name: str) -> str:
        """Return the Chinese label of a field."""
        found = self.field(name)
        return found.label if found else name


class Kinds(dict[str, Kind]):
    """Kinds by name, and the faults of those files that could not be used."""

    def __init__(self, kinds: Iterable[Kind] = (), problems: Iterable[RuleError] = ()) -> None:
        super().__init__({kind.name: kind for kind in kinds})
        self.problems: list[RuleError] = list(problems)
