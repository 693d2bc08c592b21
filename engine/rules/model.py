"""A rule as read and bound: every expression is a checked tree, every name known."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import RuleError
from engine.law import Law, Parameter
from engine.records import BY_NAME, Table
from engine.rules.groups import GroupUse
from engine.rules.names import Name
from engine.rules.tree import Expr

ANSWERS = {"hit": "命中", "excluded": "排除", "gap": "资料缺口", "clear": "未命中"}
MATURITIES = {"draft": "草稿", "trial": "试用", "stable": "稳定", "retired": "停用"}
LEVELS = {"high": "高", "medium": "中", "low": "低"}
ADDRESSEES = {
    "authority": "行政机关", "court": "人民法院", "police": "公安机关", "procuratorate": "人民检察院",
    "registrar": "登记机关", "detox_centre": "强制隔离戒毒所",
}
WHEN_UNLINKED = ("gap", "keep", "clear")


@dataclass(frozen=True)
class Basis:
    """One article a rule or fact rests on, with the time it is in force."""

    law: str
    article: str
    from_on: date | None = None
    to_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class LinkShape:
    """A declared link: which tables it joins (how it is found is the business of `engine.links`).

    `head`: "from" or "to" where both ends are one matter, the side that heads it; else "". `several`: a row may well
    have several true targets.
    """

    id: str
    title: str
    from_table: str
    to_table: str
    path: str
    head: str = ""
    several: bool = False


@dataclass(frozen=True)
class Coverage:
    """When a missing link means that there is no record: `table` declared exhaustive for place and time."""

    table: str
    division: Expr | None
    from_on: Expr
    until_on: Expr

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """The expressions inside."""
        return tuple(e for e in (self.division, self.from_on, self.until_on) if e is not None)


@dataclass(frozen=True)
class LinkUse:
    """How a rule reaches another table; `base` is the alias it starts from, '' for the subject."""

    alias: str
    shape: LinkShape
    table: str
    forward: bool
    base: str
    none: str
    pick: tuple[str, str] | None
    min_confidence: Decimal | None
    coverage: Coverage | None

    @property
    def target(self) -> Table:
        """The table reached."""
        return BY_NAME[self.table]


@dataclass(frozen=True)
class LawUse:
    """A statutory parameter under a name, chosen by the date `on`."""

    name: Name
    parameter: Parameter
    on: Expr
    on_text: str


@dataclass(frozen=True)
class Let:
    """A named expression."""

    name: Name
    expr: Expr
    text: str


@dataclass(frozen=True)
class Fact:
    """A derived column of a table, defined once."""

    name: Name
    expr: Expr
    text: str
    basis: tuple[Basis, ...]
    law: tuple[LawUse, ...]
    let: tuple[Let, ...]
    path: str


@dataclass(frozen=True)
class Template:
    """A sentence with places for names."""

    text: str
    parts: tuple[str | Name, ...]

    def names(self) -> Iterator[Name]:
        """Yield the names in it."""
        return (p for p in self.parts if isinstance(p, Name))


@dataclass(frozen=True)
class Condition:
    """One named condition or exclusion; `unknown` (exclusions): when it holds, the answer is unknown.

    `title` is what it asks, for readers; '' where the author left that to `say`.
    """

    id: str
    expr: Expr
    text: str
    say: Template | None = None
    unknown: Expr | None = None
    title: str = ""


@dataclass(frozen=True)
class Point:
    """What makes a hit weigh more or less."""

    id: str
    expr: Expr
    text: str
    add: int
    say: Template | None = None
    title: str = ""


@dataclass(frozen=True)
class Case:
    """A worked example: rows by table, links, and the expected answer by row key.

    `todo` says why the rule does not give that answer yet: a known miss or a known false alarm.
    """

    name: str
    where: str
    as_of: date
    given: dict[str, tuple[tuple[str, dict[str, Any]], ...]]
    links: tuple[dict[str, Any], ...]
    then: dict[str, str]
    todo: str = ""


@dataclass(frozen=True)
class Expected:
    """How many hits a night may bring; `most_share` is of all subjects. None: no bound."""

    least: int | None
    most: int | None
    most_share: Decimal | None

    def complaint(self, hits: int, subjects: int) -> str:
        """Return in what a night's hits are out of bounds, '' where they are within."""
        if self.least is not None and hits < self.least:
            return f"少于预期下限 {self.least:,}"
        if self.most is not None and hits > self.most:
            return f"多于预期上限 {self.most:,}"
        if self.most_share is not None and hits > self.most_share * subjects:
            return f"超过主体总数 {subjects:,} 的 {self.most_share:.1%}"
        return ""


@dataclass(frozen=True)
class FactCase:
    """A worked example of facts: the rows, and by row key the values expected of some facts (None: unknown)."""

    case: Case
    expected: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be compiled."""

    id: str
    title: str
    version: int
    maturity: str
    level: str
    addressee: str
    summary: str
    basis: tuple[Basis, ...]
    subject: str
    links: tuple[LinkUse, ...]
    law: tuple[LawUse, ...]
    let: tuple[Let, ...]
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    points: tuple[Point, ...]
    evidence: tuple[Name, ...]
    say: Template | None
    check: tuple[str, ...]
    innocent: tuple[str, ...]
    blind: tuple[str, ...]
    cases: tuple[Case, ...]
    path: str
    expected: Expected | None = None
    groups: tuple[GroupUse, ...] = ()

    @property
    def table(self) -> Table:
        """The subject's table."""
        return BY_NAME[self.subject]

    @property
    def is_active(self) -> bool:
        """Whether the nightly run applies it."""
        return self.maturity in ("trial", "stable")

    def link(self, alias: str) -> LinkUse:
        """Return the link of that alias."""
        return next(u for u in self.links if u.alias == alias)

    def roots(self) -> Iterator[Expr]:
        """Yield every expression the rule judges or shows by."""
        for condition in (*self.when, *self.unless):
            yield condition.expr
            if condition.unknown is not None:
                yield condition.unknown
        yield from (p.expr for p in self.points)

    def shown(self) -> Iterator[Name]:
        """Yield the names its sentences and evidence show."""
        says = [self.say, *(c.say for c in (*self.when, *self.unless)), *(p.say for p in self.points)]
        for say in says:
            if say is not None:
                yield from say.names()
        yield from self.evidence


def bare_rule(table: str, evidence: tuple[Name, ...]) -> Rule:
    """Return a rule that judges nothing and shows the names: what a view of facts, or a group, needs."""
    return Rule(
        id="", title="", version=0, maturity="draft", level="low", addressee="", summary="", basis=(), subject=table,
        links=(), law=(), let=(), when=(), unless=(), points=(), evidence=evidence, say=None, check=(), innocent=(),
        blind=(), cases=(), path="",
    )


@dataclass(frozen=True)
class RuleSet:
    """All rules, links and facts of a folder, and the faults found on reading; a faulty file is left out.

    `notes`: what stops no rule but should be known: a likely slip, a lock that is missing or old.
    """

    rules: dict[str, Rule]
    links: dict[str, LinkShape]
    facts: dict[str, dict[str, Fact]]
    law: Law
    problems: list[RuleError] = field(default_factory=list)
    notes: list[RuleError] = field(default_factory=list)
    fact_cases: dict[str, tuple[FactCase, ...]] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Counts:
    """What a rule answered over all subjects; `fault` where it could not be applied, or its hits are held back."""

    hit: int = 0
    excluded: int = 0
    gap: int = 0
    clear: int = 0
    seconds: float = 0.0
    fault: RuleError | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for a summary; the fault as text."""
        found: dict[str, Any] = {"hit": self.hit, "excluded": self.excluded, "gap": self.gap, "clear": self.clear,
                                 "seconds": round(self.seconds, 3)}
        return found | ({"fault": str(self.fault)} if self.fault else {})


@dataclass(frozen=True)
class ConditionCoverage:
    """How many of the truths a rule's cases should show they do show; `missing` names the others in Chinese."""

    seen: int
    wanted: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as one Chinese line."""
        return f"条件覆盖 {self.seen}/{self.wanted}" + (f"；未见：{'、'.join(self.missing)}" if self.missing else "")


@dataclass(frozen=True)
class CaseResult:
    """How one case of a rule came out; `failures` says what was expected and what came, `todo` what is known to."""

    rule_id: str
    name: str
    where: str
    failures: tuple[str, ...] = ()
    seconds: float = 0.0
    todo: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures


@dataclass(frozen=True)
class RuleCheck:
    """How a rule's cases came out, and what they show of it; no coverage where they could not be run."""

    rule: Rule
    results: tuple[CaseResult, ...]
    coverage: ConditionCoverage | None
