"""The days of a matter as a picture: scaled in time from top to bottom, recorded days solid, computed limits hollow.

Only geometry is decided here; the template draws it as SVG with classes, so the policy against inline styles holds.
A label never covers another: it moves down and a line leads from it to its day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

STEP = 22
"""Pixels between two labels."""

LEAST, MOST = 180, 720
"""Pixels of the axis."""

TOP = 16
OVER = ("超", "逾", "已过", "经过", "等待")
"""Words in the labels of numbers of days over a limit."""


@dataclass(frozen=True)
class Day:
    """A day with what happened on it; `y` on the axis, `at` where its label stands, `since` days after the one before.

    `computed`: it is a limit that was computed, no day on record.
    """

    day: date
    what: tuple[str, ...]
    computed: bool
    since: int | None
    y: int
    at: int


@dataclass(frozen=True)
class Span:
    """The days over a limit, as the rule counts them."""

    start: date
    end: date
    days: int
    y: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A drawn timeline; without days there is nothing to draw."""

    days: Sequence[Day]
    spans: Sequence[Span]
    height: int

    @property
    def told(self) -> str:
        """The picture in one sentence, for who cannot see it."""
        first, last = self.days[0].day, self.days[-1].day
        over = "，".join(f"{_say(s.start)}届满后超{s.days:,}日" for s in self.spans)
        return f"自{_say(first)}至{_say(last)}共{len(self.days)}个日期" + (f"；{over}" if over else "")


def drawn(findings: Iterable[Mapping[str, Any]], as_of: date | None) -> Picture:
    """Return the timeline of a clue's findings; each has `evidence` as a page shows it.

    An overdue span is marked where a rule tells a number of days over and it is the distance of a computed limit from
    a later day: nothing is guessed from the order of days.
    """
    shown = [list(finding["evidence"]) for finding in findings]
    said: dict[date, dict[str, bool]] = {}
    for item in (item for items in shown for item in items):
        if item["day"] and (item["listed"] or item["recorded"]):
            label = item["label"].split("·")[-1]
            labels = said.setdefault(date.fromisoformat(item["day"][:10]), {})
            labels[label] = labels.get(label, False) or item["recorded"]
    spans = {pair for items in shown for pair in _over(items, said, as_of)}
    if as_of is not None and any(end == as_of for _, end in spans):
        said.setdefault(as_of, {})["截至日"] = True
    return _placed(said, sorted(spans))


def _over(
    items: Sequence[Mapping[str, Any]], said: Mapping[date, Mapping[str, bool]], as_of: date | None
) -> Iterable[tuple[date, date]]:
    numbers = {_number(item["value"]) for item in items if any(word in item["label"] for word in OVER)} - {None, 0}
    own = {date.fromisoformat(item["day"][:10]): item["recorded"] for item in items if item["day"]}
    limits = [day for day in said if own.get(day) is False]
    ends = [day for day in said if own.get(day)] + ([as_of] if as_of else [])
    return ((limit, end) for limit in limits for end in ends if (end - limit).days in numbers and end > limit)


def _number(text: object) -> int | None:
    digits = str(text).replace(",", "").removesuffix("日")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _placed(said: Mapping[date, Mapping[str, bool]], spans: Sequence[tuple[date, date]]) -> Picture:
    days = sorted(said)
    if not days:
        return Picture((), (), 0)
    whole = max(1, (days[-1] - days[0]).days)
    length = max(LEAST, min(MOST, STEP * len(days) + min(whole // 6, 240)))

    def y_of(day: date) -> int:
        return TOP + round((day - days[0]).days / whole * length)

    placed, free = [], 0
    for before, day in zip([None, *days], days, strict=False):
        at = max(y_of(day), free)
        free = at + STEP
        since = (day - before).days if before else None
        placed.append(Day(day, tuple(said[day]), not any(said[day].values()), since, y_of(day), at))
    marked = [Span(start, end, (end - start).days, y_of(start), max(3, y_of(end) - y_of(start)))
              for start, end in spans]
    return Picture(placed, marked, max(free, TOP + length) + 4)


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
