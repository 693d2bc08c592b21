"""Cases as YAML an author can paste: what differs from an earlier case where rows only changed, else all of it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.rules.case_clauses import DEFAULT_AS_OF
from engine.rules.model import ANSWERS, Case

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_WORDS = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")


def case_yaml(case: Case, base: Case, answers: Mapping[str, str], comments: Iterable[str]) -> str:
    """Return a case as an item of `cases`, written as a change of `base` where it is one.

    `answers` gives the answer of each row of the subject's table; `comments` stand above it.
    """
    lines = [f"  # {comment}" for comment in comments]
    lines.append(f"  - name: {_text(case.name)}")
    if case.links == base.links:
        lines += _changes(case, base)
    else:
        lines += _whole(case)
    told = (f"{answer}: [{', '.join(_ident(i) for i, got in answers.items() if got == answer)}]"
            for answer in ANSWERS if answer in answers.values())
    lines.append(f"    then: {{{', '.join(told)}}}")
    return "\n".join(lines)


def _changes(case: Case, base: Case) -> Iterator[str]:
    yield f"    like: {_text(base.name)}"
    if case.as_of != base.as_of:
        yield f"    as_of: {case.as_of.isoformat()}"
    before = {ident: row for rows in base.given.values() for ident, row in rows}
    changed = []
    for ident, row in ((i, r) for rows in case.given.values() for i, r in rows):
        old = before[ident]
        cells = {name: value for name, value in row.items() if name not in old or old[name] != value}
        if cells:
            changed.append(f"{_ident(ident)}: {_row(cells)}")
    if changed:
        yield f"    change: {{{', '.join(changed)}}}"


def _whole(case: Case) -> Iterator[str]:
    if case.as_of != DEFAULT_AS_OF:
        yield f"    as_of: {case.as_of.isoformat()}"
    yield "    given:"
    for table, rows in case.given.items():
        yield f"      {table}:"
        yield from (f"        - {_row({'id': _Word(ident), **row})}" for ident, row in rows)
    if case.links:
        yield "      links:"
    for link in case.links:
        ends = {"use": _Word(link["use"]), "from": _Word(link["from"]), "to": _Word(link["to"])}
        yield f"        - {_row(ends | {'confidence': link['confidence'], 'candidates': link['candidates']})}"


class _Word(str):
    """A text that is written as a word."""


def _row(cells: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_cell(value)}" for name, value in cells.items()) + "}"


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    return _ident(value) if isinstance(value, _Word) else _text(str(value))


def _ident(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _text(text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
