"""A mapping says which columns of a supplier's file feed which of ours; one YAML file a source.

A file that carries several kinds of rows, or facts of several tables in one row, has several feeds. Everything a
mapping names is checked against `engine.records` when it is read (`engine.sources.declaring`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from engine.errors import RuleError
from engine.records import Column, Table
from engine.sources.headers import header_key

PARTY_NO = Column("party_no", "text", "证件号码或单位代码", "按形状分入身份证号码、信用代码、机构代码", "number")
"""A column of mappings only: one delivered column that holds a person's number or an organisation's code."""

NULL_WORDS = ("/", "\\", "无", "空", "-", "--", "——", "暂无", "不详", "未知", "NULL", "None", "N/A")
"""Words that say "nothing was recorded"; a mapping may name others."""

ANY = "*"
"""In a condition: any cell that is not empty."""

PARSES = ("html", "first", "last")
"""Ways to take a text out of its wrapping: HTML to text; the first or last item of a list."""


@dataclass(frozen=True)
class Condition:
    """A row counts only where the cell under `header` is one of `values` (comparable; '' is empty, * anything else)."""

    header: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True)
class Origin:
    """Where one of our columns comes from: the header synonyms in order of preference, and how a cell is read."""

    column: Column
    headers: tuple[str, ...]
    unit: str | None = None
    serial: bool = False
    required: bool = False
    on_bad: Literal["row", "empty"] = "row"
    values: dict[str, str] = field(default_factory=dict)
    parse: str = ""
    when: tuple[Condition, ...] = ()
    join: bool = False

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The synonyms in comparable form."""
        return tuple(dict.fromkeys(header_key(h) for h in self.headers))


@dataclass(frozen=True)
class Feed:
    """One table fed by a file: which rows, which columns, which constants."""

    table: Table
    origins: tuple[Origin, ...]
    rows: tuple[Condition, ...] = ()
    constants: dict[str, object] = field(default_factory=dict)
    optional_key: frozenset[str] = frozenset()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of our columns a file must deliver: the natural key without constants, and what is marked required."""
        marked = {o.column.name for o in self.origins if o.required}
        free = self.optional_key | set(self.constants)
        return tuple(dict.fromkeys([*(k for k in self.table.key if k not in free), *sorted(marked)]))

    def origin(self, column: str) -> Origin | None:
        """Return where a column comes from, or None."""
        return next((o for o in self.origins if o.column.name == column), None)


@dataclass(frozen=True)
class Coverage:
    """What the supplier declares to deliver completely; `covers_until` may be the word "today" (the loading day)."""

    division: str = ""
    covers_from: str = ""
    covers_until: str = ""
    exhaustive: bool = True


@dataclass(frozen=True)
class Mapping:
    """One source: how its files look and which tables they feed."""

    source_id: str
    title: str
    feeds: tuple[Feed, ...]
    supplier: str = ""
    ignore: tuple[str, ...] = ()
    null_words: tuple[str, ...] = NULL_WORDS
    priority: int = 0
    merged: Literal["fill", "reject"] = "reject"
    limit_rows: int = 20
    limit_share: Decimal = Decimal("0.01")
    coverage: Coverage | None = None

    @cached_property
    def known(self) -> frozenset[str]:
        """Every header the mapping has a use for or ignores on purpose, in comparable form."""
        return self.used | {header_key(h) for h in self.ignore}

    @cached_property
    def used(self) -> frozenset[str]:
        """Every header the mapping has a use for, in comparable form."""
        origins = [o for feed in self.feeds for o in feed.origins]
        conditions = [c for feed in self.feeds for c in feed.rows] + [c for o in origins for c in o.when]
        return frozenset(k for o in origins for k in o.keys) | {c.key for c in conditions}

    def most_rejected(self, rows_in: int) -> int:
        """Return how many rows of a file may be rejected before the whole file is refused."""
        return max(self.limit_rows, int(rows_in * self.limit_share))


class Mappings(dict[str, Mapping]):
    """Mappings by source id, and the faults of those files that could not be used."""

    def __init__(self, mappings: Iterable[Mapping] = (), problems: Iterable[RuleError] = ()) -> None:
        super().__init__({m.source_id: m for m in mappings})
        self.problems: list[RuleError] = list(problems)

    def known(self, headers: list[str]) -> int:
        """Return how many names of a candidate header row some mapping knows."""
        return sum(key in self.words for h in headers if (key := header_key(h)))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every header some mapping knows, in comparable form."""
        return frozenset(k for m in self.values() for k in m.known)
