"""A rule's groups as read and bound: rows of a table by columns and calendar period, with measures and their peers."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.rules.kinds import BOOL, INT, NUMBER, TEXT, Kind
from engine.rules.names import Name
from engine.rules.tree import Expr

EVERY = {"day": "日", "month": "月", "quarter": "季度", "year": "年"}
AGAINST = {"peers": "同期其他组", "past": "本组以前各期"}
FEWEST_PEERS = 3
"""With fewer values a median tells nothing about what is usual."""
USUAL_PEERS = 5

GROUP_NAMES: tuple[tuple[str, Kind, str], ...] = (
    ("unknown", INT, "资料不全的行数"),
    ("period", TEXT, "所属期间"),
    ("is_representative", BOOL, "是否本组的代表行"),
    ("peers", INT, "可比的个数"),
    ("peer_median", NUMBER, "可比的中位数"),
    ("peer_z", NUMBER, "偏离可比对象的程度"),
)
"""What can be asked about every group besides its measures, as `groups.<alias>.<name>`."""


@dataclass(frozen=True)
class Aggregate:
    """How rows make one value; `takes` is the kind of the argument, '' where there is none."""

    takes: str
    help: str
    example: str

    def gives(self, name: str, kind: Kind) -> Kind:
        """Return the kind of the value made of arguments of a kind."""
        if name in ("count", "count_distinct"):
            return INT
        if name == "share" or (name in ("median", "mad") and kind.name != "money"):
            return NUMBER
        return kind


AGGREGATES: dict[str, Aggregate] = {
    "count": Aggregate("", "行数", "count"),
    "count_distinct": Aggregate("any", "不同的已知值有几个", "count_distinct(document_no_key)"),
    "sum": Aggregate("numeric", "已知值之和，金额精确到分", "sum(fine_yuan)"),
    "min": Aggregate("ordered", "最小的已知值，或最早的日期", "min(decided_on)"),
    "max": Aggregate("ordered", "最大的已知值，或最晚的日期", "max(decided_on)"),
    "median": Aggregate("numeric", "已知值的中位数", "median(fine_yuan)"),
    "mad": Aggregate("numeric", "各已知值与中位数相差之绝对值的中位数", "mad(fine_yuan)"),
    "share": Aggregate("bool", "成立的行占已知行的比例，0 到 1", "share(fine_yuan >= 10000)"),
}


@dataclass(frozen=True)
class GroupKey:
    """What rows of one group agree on: a column of the table, and where the subject has its value."""

    name: Name
    at: Expr


@dataclass(frozen=True)
class Period:
    """The calendar period of a group: the table's date, the subject's date, and how long it is."""

    name: Name
    at: Expr
    every: str


@dataclass(frozen=True)
class Measure:
    """One value of a group; `items` are the columns a missing argument goes back to."""

    name: Name
    aggregate: str
    expr: Expr | None
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Peers:
    """With whom a measure is compared; `among` are key columns on which peers agree."""

    of: Measure
    among: tuple[str, ...]
    against: str
    at_least: int


@dataclass(frozen=True)
class GroupUse:
    """Rows of a table taken together, as one rule sees them.

    `counts`: which rows count (None: all); `moves`: the as-of date is read.
    """

    name: Name
    table: str
    is_own: bool
    by: tuple[GroupKey, ...]
    period: Period | None
    counts: Expr | None
    measures: tuple[Measure, ...]
    peers: Peers | None
    moves: bool = False

    @property
    def alias(self) -> str:
        """The name the author gave it."""
        return self.name.column

    @property
    def names(self) -> tuple[Name, ...]:
        """All that can be asked about it."""
        return (*(m.name for m in self.measures), *self._about())

    @property
    def within(self) -> tuple[Name, ...]:
        """The names of its table that it reads."""
        exprs = [self.counts, *(m.expr for m in self.measures)]
        read = [n for expr in exprs if expr is not None for n in expr.names()]
        return (*(key.name for key in self.by), *((self.period.name,) if self.period else ()), *read)

    @property
    def at(self) -> tuple[Expr, ...]:
        """What places the subject in a group."""
        return (*(key.at for key in self.by), *((self.period.at,) if self.period else ()))

    def _about(self) -> Iterator[Name]:
        absent = {"period"} if self.period is None else set()
        absent |= set() if self.is_own else {"is_representative"}
        absent |= {"peers", "peer_median", "peer_z"} if self.peers is None else set()
        for word, kind, label in GROUP_NAMES:
            if word not in absent:
                is_money = word == "peer_median" and self.peers is not None and self.peers.of.name.kind.name == "money"
                shown = self.peers.of.name.kind if self.peers is not None and is_money else kind
                yield Name(f"{self.name.path}.{word}", shown, f"{self.name.label}·{label}", "group", self.table)
