"""Which source a header row belongs to, and which delivered column feeds which of ours.

A mapping fits where every column it needs is there; among those that fit, the one that knows most of the header wins.
Where a column we expect is missing while an unknown header resembles it, the file is refused rather than loaded with
an empty column: a rename must be seen by a person.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.errors import SourceError
from engine.sources.headers import header_key, header_unit
from engine.sources.mapping import Condition, Feed, Mapping, Mappings, Origin
from engine.text import UNITS

LEAST_KNOWN = 0.5
"""Share of the header names a mapping must know to be chosen without --source."""

RESEMBLES = 0.7
"""Likeness of an unknown header to a missing one from which a rename is suspected."""

_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True)
class Filter:
    """A condition bound to a column of the file; index None: the file has no such column, the cell counts as empty."""

    index: int | None
    values: frozenset[str]


@dataclass(frozen=True)
class Bound:
    """One of our columns with the delivered columns that feed it, in order of preference, and the unit of each."""

    origin: Origin
    indexes: tuple[int, ...]
    headers: tuple[str, ...]
    units: tuple[str, ...]
    when: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How one feed reads this very file."""

    feed: Feed
    bounds: tuple[Bound, ...]
    rows: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Fit:
    """How well a mapping fits a header: what it knows, what it misses, what nobody knows."""

    mapping: Mapping
    plans: tuple[Plan, ...]
    recognised: int
    total: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    @cached_property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Pairs (expected header, unknown header) that look like one column renamed."""
        return _renamed(self.plans, self.unknown, self.missing)

    @property
    def score(self) -> float:
        """Share of the header names the mapping knows."""
        return self.recognised / self.total if self.total else 0.0

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """Which money columns are read in which unit; two readings that differ here must not be confused."""
        return tuple((b.origin.column.name, u) for p in self.plans for b in p.bounds for u in b.units if u)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables fed."""
        return tuple(p.feed.table.name for p in self.plans)


def recognise(header: Sequence[str], mappings: Mappings, where: str, source: str | None = None) -> Fit:
    """Return the mapping that fits the header, bound to its columns; raise SourceError where none may be used."""
    if source is not None:
        return _usable(fit(_named(mappings, source, where), header), where)
    fits = sorted((fit(m, header) for m in mappings.values()), key=_rank, reverse=True)
    whole = [f for f in fits if not f.missing and f.score >= LEAST_KNOWN]
    if not whole:
        raise _unknown(fits, mappings, where)
    best, rivals = whole[0], [f for f in whole[1:] if f.score == whole[0].score]
    if any((f.tables, f.units) != (best.tables, best.units) for f in rivals):
        names = "、".join(f"“{f.mapping.title}”（{f.mapping.source_id}）" for f in (best, *rivals))
        raise SourceError(where, f"表头同时符合{names}", "请用 --source 指定来源", code="E-MAPPING-AMBIGUOUS")
    return _usable(best, where)


def best_fit(header: Sequence[str], mappings: Mappings, source: str | None = None) -> Fit | None:
    """Return the named mapping's fit, or that of the mapping nearest to the header; None where there is no mapping."""
    wanted = [m for m in mappings.values() if source in (None, m.source_id)]
    return max((fit(m, header) for m in wanted), key=_nearness, default=None)


def fit(mapping: Mapping, header: Sequence[str]) -> Fit:
    """Return how well a mapping fits a header row."""
    places: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        if key := header_key(name):
            places.setdefault(key, []).append(index)
    plans = tuple(_plan(feed, header, places) for feed in mapping.feeds)
    known = mapping.known
    unknown = tuple(header[i] for key, found in places.items() if key not in known for i in found)
    missing = tuple(dict.fromkeys(m for plan in plans for m in _missing(plan, places)))
    total = sum(len(found) for found in places.values())
    return Fit(mapping, plans, total - len(unknown), total, missing, unknown)


def _plan(feed: Feed, header: Sequence[str], places: dict[str, list[int]]) -> Plan:
    bounds = []
    for origin in feed.origins:
        indexes = tuple(i for key in origin.keys for i in places.get(key, ()))
        if indexes:
            names = tuple(header[i] for i in indexes)
            units = tuple(_unit(origin, name) for name in names)
            bounds.append(Bound(origin, indexes, names, units, _filters(origin.when, places)))
    return Plan(feed, tuple(bounds), _filters(feed.rows, places))


def _unit(origin: Origin, header: str) -> str:
    if origin.column.type != "money":
        return ""
    return header_unit(header) or origin.unit or "元"


def _filters(conditions: Iterable[Condition], places: dict[str, list[int]]) -> tuple[Filter, ...]:
    return tuple(Filter(places[c.key][0] if c.key in places else None, c.values) for c in conditions)


def _missing(plan: Plan, places: dict[str, list[int]]) -> list[str]:
    """Return the headers this feed needs and does not find, by their first synonym."""
    have = {b.origin.column.name for b in plan.bounds}
    lacking = [o for name in plan.feed.required if name not in have and (o := plan.feed.origin(name)) is not None]
    return [o.headers[0] for o in lacking] + [c.header for c in plan.feed.rows if c.key not in places]


def _renamed(plans: Sequence[Plan], unknown: Sequence[str], missing: Sequence[str]) -> tuple[tuple[str, str], ...]:
    absent = [o for p in plans for o in p.feed.origins if o.column.name not in {b.origin.column.name for b in p.bounds}]
    names = [(o.headers[0], key) for o in absent for key in o.keys if _CHINESE.search(key)]
    found: dict[str, tuple[float, str]] = {}
    for header in unknown:
        key = header_key(header)
        for shown, synonym in names:
            likeness = difflib.SequenceMatcher(None, key, synonym).ratio()
            if likeness >= RESEMBLES and likeness > found.get(shown, (0.0, ""))[0]:
                found[shown] = (likeness, header)
    return tuple((shown, header) for shown, (_, header) in found.items())


def _rank(found: Fit) -> tuple[bool, float, float, int, str]:
    """Sort key: complete first, then share of the header known, share of the mapping used, priority, id."""
    used = {i for p in found.plans for b in p.bounds for i in b.indexes}
    breadth = len(used) / max(1, len(found.mapping.used))
    return (not found.missing, found.score, breadth, found.mapping.priority, found.mapping.source_id)


def _nearness(found: Fit) -> tuple[int, bool, float, str]:
    return (found.recognised, not found.missing, found.score, found.mapping.source_id)


def _named(mappings: Mappings, source: str, where: str) -> Mapping:
    if source in mappings:
        return mappings[source]
    near = difflib.get_close_matches(source, mappings, n=1)
    hint = f"，是否“{near[0]}”？" if near else ""
    fix = f"可用的来源：{'、'.join(sorted(mappings))}"
    raise SourceError(where, f"没有来源“{source}”{hint}", fix, code="E-SOURCE-UNKNOWN")


def _usable(found: Fit, where: str) -> Fit:
    """Return the fit if the file can be read by it; raise SourceError for missing, renamed or odd-unit columns."""
    if found.missing or found.renamed:
        raise SourceError(where, _lacking(found), _alias(found), code="E-COLUMN-MISSING")
    for plan in found.plans:
        for bound in plan.bounds:
            for header, unit in zip(bound.headers, bound.units, strict=True):
                if unit and unit not in UNITS:
                    fix = f"请换算为{'、'.join(UNITS)}之一"
                    raise SourceError(where, f"列“{header}”的单位“{unit}”不认识", fix, code="E-UNIT")
    return found


def _lacking(found: Fit) -> str:
    missing = dict.fromkeys([*found.missing, *(expected for expected, _ in found.renamed)])
    extra = dict.fromkeys([header for _, header in found.renamed] or found.unknown)
    words = [f"缺少列{_quoted(missing)}"] + ([f"多出列{_quoted(extra)}"] if extra else [])
    return "，".join(words)


def _alias(found: Fit) -> str:
    if not found.unknown:
        return "请让供数单位补上该列后重新导出"
    name = f"{found.mapping.source_id}.yaml"
    return f"若是改名，请在映射里加别名（{name}）；若不是，请把多出的列写入 ignore"


def _unknown(fits: Sequence[Fit], mappings: Mappings, where: str) -> SourceError:
    broken = f"；另有映射文件有错误未启用：{mappings.problems[0]}" if mappings.problems else ""
    near = max(fits, key=_nearness, default=None)
    if near is None or not near.recognised:
        fix = f"请写映射文件，xiezhi load --explain 会给出草稿{broken}"
        return SourceError(where, "表头不属于任何已知来源", fix, code="E-HEADER-UNKNOWN")
    what = f"表头不属于任何已知来源；最接近“{near.mapping.title}”（{near.mapping.source_id}）："
    strange = f"有{len(near.unknown)}列不认识：{_quoted(near.unknown)}"
    detail = _lacking(near) if near.missing or near.renamed else strange
    fix = f"若是改名，请在映射里加别名；用 xiezhi load --explain 查看建议，或用 --source 指定来源{broken}"
    return SourceError(where, what + detail, fix, code="E-HEADER-UNKNOWN")


def _quoted(names: Iterable[str], most: int = 8) -> str:
    every = list(names)
    rest = f"等{len(every)}列" if len(every) > most else ""
    return "、".join(f"“{n.strip()}”" for n in every[:most]) + rest
