"""What was read from a document: every value with the words it stands in, and every doubt with its reason."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.extract.document import Document, Quote
from engine.extract.kinds import Field, Kind

Status = Literal["taken", "missing", "unsure"]

STATUSES: dict[str, str] = {"taken": "已取", "missing": "未载明", "unsure": "未取（存疑）"}


@dataclass(frozen=True)
class Value:
    """One field of one document.

    taken: `value` is sure and `quotes` are where it stands; missing: no pattern found it, so nothing is claimed;
    unsure: it is left empty, `reason` and `quotes` show what was found. `note` is what a checker should know.
    `span` is the stretch of the text in which it was found.
    """

    field: Field
    status: Status
    value: object = None
    text: str = ""
    quotes: tuple[Quote, ...] = ()
    reason: str = ""
    note: str = ""
    masked: bool = False
    span: tuple[int, int] = (0, 0)
    behind: str = ""


@dataclass(frozen=True)
class ItemValue:
    """One item of the operative part; `amount` is None where it has none."""

    code: str
    label: str
    amount: Decimal | None
    quote: Quote
    reason: str = ""


@dataclass(frozen=True)
class Conflict:
    """Two statements that do not fit, with the words of both; `document` names the file of each quote."""

    what: str
    quotes: tuple[tuple[str, Quote], ...]


@dataclass
class Record:
    """One document read: its values in the order of its kind, its items, and what does not fit.

    A document that names several parties gives a record for each; `party` counts them from 1, 0 where there is one.
    """

    document: Document
    kind: Kind
    values: dict[str, Value]
    party: int = 0
    items: list[ItemValue] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def is_first(self) -> bool:
        """Whether this is the document's only record or its first."""
        return self.party <= 1

    def text(self, name: str) -> str:
        """Return a field's value as it is written out, "" where it was not taken."""
        found = self.values.get(name)
        return found.text if found and found.status == "taken" else ""
