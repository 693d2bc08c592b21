"""A declared link: which tables, which steps, and in a step which columns must agree."""

from dataclasses import dataclass

from engine.columns import Table

INITIAL = "party_initial"
"""A column every table with a party has for links: the first character of the party's name."""

THROUGH = "through."
"""Prefix of a left column that is taken from the record another link leads to."""


@dataclass(frozen=True)
class Condition:
    """`left operator right`: left a column of the from-table (or `through.` …), right one of the to-table.

    `days`: the two dates lie at most so many days apart. `or_unknown`: holds as well where one side is missing.
    """

    left: str
    operator: str
    right: str
    days: int | None = None
    or_unknown: bool = False


@dataclass(frozen=True)
class Fuzzy:
    """Two text columns that must be alike: 1 − edits / longer length at least `least`."""

    left: str
    right: str
    least: float


@dataclass(frozen=True)
class LinkStep:
    """One step; `equals` make the join, everything else only narrows it.

    `unique`: only where exactly one target fits, else the row goes on to the next step. `at_least`: what the equal
    columns are worth even where the party's confidence or the likeness is low. `names`: "open" where neither party's
    name may be hidden, "hidden" where one must be and what shows agrees. `numbers`: two records whose sure numbers or
    visible digits differ never fit, except where it is "any" (a hint to look at); "masked" asks for a number that is
    partly hidden and agrees in every visible digit. `through`: the link whose target, a row of `through_table`, lends
    its columns.
    """

    name: str
    confidence: float
    say: str
    equals: tuple[Condition, ...]
    bounds: tuple[Condition, ...] = ()
    fuzzy: Fuzzy | None = None
    unique: bool = False
    at_least: float = 0.0
    names: str = ""
    numbers: str = ""
    through: str = ""
    through_table: str = ""


@dataclass(frozen=True)
class LinkSpec:
    """A link from each row of one table to at most one row of another; `closest` names two dates that break ties.

    `several_normal`: a row may well have several true targets (one ruling, several enforcement cases), so finding more
    than one does not lower the confidence.
    """

    name: str
    title: str
    note: str
    from_table: Table
    to_table: Table
    steps: tuple[LinkStep, ...]
    closest: tuple[str, str] | None = None
    several_normal: bool = False


@dataclass(frozen=True)
class StepCount:
    """What one step did: rows it linked, rows left out because their key is too common, seconds."""

    step: str
    linked: int
    crowded: int
    seconds: float


@dataclass(frozen=True)
class LinkReport:
    """What became of one link: rows it starts from, linked ones, those with several candidates."""

    link: str
    rows: int
    linked: int
    ambiguous: int
    steps: tuple[StepCount, ...]
    seconds: float
