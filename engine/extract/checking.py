"""What a document says twice must fit, and what two documents say of one number too. Nothing is changed or dropped."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from engine.extract.document import Quote
from engine.extract.kinds import Check
from engine.extract.numbers import case_type
from engine.extract.values import Conflict, Record, Value
from engine.text import fold, mask

_MASKS = {"party_name": "name", "legal_representative": "name", "address": "address"}


def conflicts_in(record: Record) -> list[Conflict]:
    """Return what does not fit inside one document."""
    found = (_found(record, check) for check in record.kind.checks)
    return [conflict for conflict in found if conflict]


def _found(record: Record, check: Check) -> Conflict | None:
    first = record.values[check.first]
    if first.status != "taken":
        return None
    if check.kind == "label":
        return _mislabelled(record, check, first)
    second = record.values[check.second]
    if second.status != "taken" or not _clash(check.kind, first.value, second.value):
        return None
    relation = "晚于" if check.kind == "order" else "不等于"
    said = check.say or f"{first.field.label}{relation}{second.field.label}"
    return _conflict(record, f"{said}：{_shown(first)} / {_shown(second)}", first, second)


def _shown(value: Value) -> str:
    """Return a value as a message may show it: persons and their numbers masked, the quotes have them in full."""
    kind = "number" if value.field.type in ("resident_id", "uscc") else _MASKS.get(value.field.name, "")
    return mask(value.text, kind)


def _clash(kind: str, first: object, second: object) -> bool:
    if kind == "order" and isinstance(first, date) and isinstance(second, date):
        return first > second
    if kind == "equal" and isinstance(first, Decimal) and isinstance(second, Decimal):
        return first != second
    return kind == "equal" and isinstance(first, str) and first != second


def _mislabelled(record: Record, check: Check, value: Value) -> Conflict | None:
    """Return the conflict where a number of one type is called something else: 行审1号行政处罚决定书."""
    called = next((word for word in check.words if value.behind.lstrip("《").startswith(word)), "")
    if not called or (check.type and case_type(fold(value.text)) != check.type):
        return None
    what = f"{value.field.label}是{check.type or '此类'}号，文书却称作“{called}”：{value.text}"
    return _conflict(record, what, value)


def _conflict(record: Record, what: str, *values: Value) -> Conflict:
    name = record.document.name
    return Conflict(what, tuple((name, quote) for value in values for quote in value.quotes))


def across(records: Sequence[Record]) -> Iterator[tuple[Record, Conflict]]:
    """Yield, for each document concerned, what does not fit between documents that carry the same number."""
    groups: dict[tuple[str, object], list[Record]] = defaultdict(list)
    for record in records:
        number = record.values[record.kind.key[0]]
        if number.status == "taken" and not number.masked:
            groups[record.kind.name, number.value].append(record)
    for group in groups.values():
        for other in group[1:]:
            if other.document is group[0].document or not other.is_first:
                continue
            if conflict := _between(group[0], other):
                yield group[0], conflict
                yield other, conflict


def _between(one: Record, other: Record) -> Conflict | None:
    number, *organs = one.kind.key
    for name in organs:
        first, second = one.values[name], other.values[name]
        if first.status == second.status == "taken" and fold(first.text) != fold(second.text):
            what = f"同一{one.kind.label(number)}见于两个机关的文书：{first.text} / {second.text}"
            return Conflict(what, _quotes(one, first) + _quotes(other, second))
    for name, first in one.values.items():
        second = other.values[name]
        if first.status == second.status == "taken" and first.value != second.value:
            said = f"{first.field.label}不同：{_shown(first)} / {_shown(second)}"
            what = f"同一{one.kind.label(number)}的两份文书，{said}"
            return Conflict(what, _quotes(one, first) + _quotes(other, second))
    return None


def _quotes(record: Record, value: Value) -> tuple[tuple[str, Quote], ...]:
    return tuple((record.document.name, quote) for quote in value.quotes)
