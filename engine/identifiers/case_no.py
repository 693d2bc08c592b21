"""Court case number (案号): (2024)豫1102行审15号 = year of filing, court, type, serial.

Source: 最高人民法院《关于人民法院案件案号的若干规定》（法〔2015〕137号，2016-01-01施行）; before, each court wrote
(年)地名+类型+字第…号. A second ruling in the same case adds 之一.

>>> clean("（2024）豫1102 行审015号"), clean("行审15号") is None
('(2024)豫1102行审15号', True)
>>> parse("(2023)豫11行审复3号").type, key("(2014)清中法民三初字第01号")
('行审复', '(2014)清中法民三初1号')
"""

import re
from typing import NamedTuple

from engine.identifiers.case_types import LONGEST_FIRST, TYPES
from engine.identifiers.division import PROVINCES
from engine.text import fold
from engine.text.numbers import CaseParts, case_no_key, case_parts

_COURT = re.compile("最高法知?|[^0-9][0-9]{0,4}")
_COURT_CODE = re.compile("(.)([0-9]{2})?([0-9]{2})?")
_MUNICIPALITIES = ("11", "12", "31", "50")
_PROVINCE_OF = {character: code for code, character in PROVINCES.items()} | {"贵": "52", "滇": "53"}


class CaseNo(NamedTuple):
    """A case number taken apart.

    `court` is the court's code (豫1102), or the place words of an old number; `type` a code of `case_types` or, for
    one not listed there, the characters as written ("" in an old number); `sub` the number after 之.
    """

    year: int
    court: str
    type: str
    serial: int
    sub: int | None
    old: bool


def clean(text: str) -> str | None:
    """Return the number in its official form, or None where the text is not exactly one whole number."""
    parts = case_parts(fold(text))
    if parts is None:
        return None
    sub = f"之{parts.sub}" if parts.sub else ""
    return f"({parts.year}){parts.body}{'字第' if parts.old else ''}{parts.serial}号{sub}"


def parse(text: str) -> CaseNo | None:
    """Return the parts, or None where the text is not exactly one whole number (masked, several, none)."""
    parts = case_parts(fold(text))
    if parts is None:
        return None
    court, kind = _split_old(parts.body) if parts.old else _split(parts)
    sub = int(parts.sub) if parts.sub else None
    return CaseNo(int(parts.year), court, kind, int(parts.serial), sub, parts.old)


def key(text: str) -> str | None:
    """Return the comparable form: no leading zeros, no 字 or 第.

    A document number in its place (an enforcement resting on a penalty) gets its own key; None for masked or several
    numbers.
    """
    return case_no_key(fold(text))


def court_division(court: str) -> str | None:
    """Return the six-digit division of a court code, or None for the Supreme Court and courts outside the list.

    Special courts use numbers of no division (豫71 railway, 苏8601, 沪0491), so the answer holds only where such a
    division exists.

    >>> court_division("豫1102"), court_division("豫11"), court_division("豫9001"), court_division("豫71")
    ('411102', '411100', '419001', None)
    """
    found = _COURT_CODE.fullmatch(court)
    province = _PROVINCE_OF.get(found[1]) if found else None
    if found is None or province is None:
        return None
    prefecture, county = found[2] or "00", found[3] or "00"
    is_special = (prefecture > "70" and prefecture != "90") or county[0] == "7" or county[0] == "9"
    is_part_of_municipality = province in _MUNICIPALITIES and prefecture != "00" and county == "00"
    return None if is_special or is_part_of_municipality else province + prefecture + county


def _split(parts: CaseParts) -> tuple[str, str]:
    found = _COURT.match(parts.body)
    court = found[0] if found else ""
    return court, parts.body[len(court) :]


def _split_old(body: str) -> tuple[str, str]:
    kind = next((code for code in LONGEST_FIRST if body.endswith(code)), "")
    return body.removesuffix(kind), kind


def is_listed(kind: str) -> bool:
    """Return whether a type code is one of the official or archived list."""
    return kind in TYPES
