"""Groups worked out one row at a time: which rows belong together, what they measure, how their peers stand."""

import re
import statistics
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from slow_expressions import World, meaning

Row = dict[str, Any]
Within = Callable[[Any, str], Any]
"""Gives the value of an expression for a record of the group's table."""

SIX = Decimal("0.000001")


class Group:
    """One declared group as one subject sees it; `records` are the rows of its table."""

    def __init__(self, declared: Row, records: list[Any], within: Within) -> None:
        self.declared, self.within = declared, within
        self.columns = list(declared["by"])
        self.members: dict[tuple[Any, ...], list[tuple[Any, bool | None]]] = {}
        for record in records:
            key = self._key([within(record, column) for column in self.columns],
                            within(record, declared["period"]["of"]) if "period" in declared else None)
            counts = within(record, declared["where"]) if "where" in declared else True
            if None not in key and counts is not False:
                self.members.setdefault(key, []).append((record, counts))
        self.measured: dict[Any, Any] = {}
        self.members = {k: found for k, found in self.members.items() if any(counts for _, counts in found)}

    def place(self, world: World) -> tuple[Any, ...]:
        """Return the key of the group a subject belongs to."""
        by, period = self.declared["by"], self.declared.get("period", {})
        wanted = [by[column] if isinstance(by, dict) else column for column in self.columns]
        day = meaning(str(period.get("at", period["of"])), world) if period else None
        return self._key([meaning(str(text), world) for text in wanted], day)

    def value(self, key: tuple[Any, ...], name: str, subject_id: int) -> Any:
        """Return a measure of a group, or what the engine tells about it; None where there is no such group."""
        if key not in self.members:
            return None
        if name != "is_representative" and (key, name) in self.measured:
            return self.measured[key, name]
        self.measured[key, name] = found = self._found(key, name, subject_id)
        return found

    def _found(self, key: tuple[Any, ...], name: str, subject_id: int) -> Any:
        counted = [record for record, counts in self.members[key] if counts]
        if name == "unknown":
            return self._unknown(key)
        if name == "is_representative":
            day = self.declared.get("period", {}).get("of")
            first = min(counted, key=lambda r: (self.within(r, day) if day else 0, r.row["record_id"]))
            return first.row["record_id"] == subject_id
        if name in ("peers", "peer_median", "peer_z"):
            return self._compared(key)[name]
        return self._measured(self.declared["measures"][name], counted)

    def _key(self, columns: list[Any], day: date | None) -> tuple[Any, ...]:
        if "period" not in self.declared:
            return tuple(columns)
        every = self.declared["period"]["every"]
        if day is not None and every != "day":
            month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[every]
            day = date(day.year, month, 1)
        return (*columns, day)

    def _unknown(self, key: tuple[Any, ...]) -> int:
        inner = [found[1] for measure in self.declared["measures"].values() if (found := _parts(measure))[1]]
        return sum(counts is None or any(self.within(record, text) is None for text in inner)
                   for record, counts in self.members[key])

    def _measured(self, measure: Any, records: list[Any]) -> Any:
        word, text = _parts(measure)
        if word == "count":
            return len(records)
        known = [v for record in records if (v := self.within(record, text)) is not None]
        if word == "count_distinct":
            return len(set(known))
        if not known:
            return None
        made: dict[str, Callable[[], Any]] = {
            "sum": lambda: sum(known), "min": lambda: min(known), "max": lambda: max(known),
            "median": lambda: _median(known), "mad": lambda: _spread(known),
            "share": lambda: (Decimal(sum(known)) / len(known)).quantize(SIX, ROUND_HALF_UP),
        }
        return made[word]()

    def _compared(self, key: tuple[Any, ...]) -> Row:
        declared = self.declared["peers"]
        if declared.get("against") == "past":
            others = [k for k in self.members if k[:-1] == key[:-1] and k[-1] < key[-1]]
        else:
            alike = [self.columns.index(c) for c in declared.get("among", [])]
            alike += [len(self.columns)] if "period" in self.declared else []
            others = [k for k in self.members if k != key and all(k[i] == key[i] for i in alike)]
        own, *values = [self._measured(self.declared["measures"][declared["of"]], [r for r, c in self.members[k] if c])
                        for k in (key, *others)]
        known = [v for v in values if v is not None]
        told: Row = {"peers": len(known), "peer_median": None, "peer_z": None}
        if len(known) >= declared.get("at_least", 5):
            told["peer_median"] = middle = _median(known)
            spread = _spread(known)
            if own is not None and (spread != 0 or own == middle):
                told["peer_z"] = Decimal(0) if own == middle else Decimal("0.6745") * (own - middle) / spread
        return told


def _parts(measure: Any) -> tuple[str, str]:
    found = re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\))?\s*", measure["expr"] if isinstance(measure, dict) else measure)
    assert found is not None
    return found[1], found[2] or ""


def _median(values: list[Any]) -> Decimal:
    return Decimal(statistics.median([Decimal(v) for v in values])).quantize(SIX, ROUND_HALF_UP)


def _spread(values: list[Any]) -> Decimal:
    middle = statistics.median([Decimal(v) for v in values])
    return _median([abs(v - middle) for v in values])
