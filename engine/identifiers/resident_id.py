"""Resident identity number (公民身份号码): 41 00 00 | 1990 01 01 | 001 | 0 = area, birth, order, check digit.

Source: GB 11643-1999 (check digit: GB/T 17710, ISO 7064 MOD 11-2); 15 digits under GB 11643-1989. The same form is
used by 港澳台居民居住证 (81, 82, 83) and, with a leading 9, by 外国人永久居留身份证 since 2023. Numbers below are
invented: 410000 is never issued.

>>> clean("41000019900101009x"), to_18("410000900101009")
('41000019900101009X', '41000019900101009X')
>>> is_valid("41000019900101009X"), is_valid("410000199001010090")
(True, False)
"""

import re
from datetime import date

from engine.clock import now
from engine.identifiers.division import PROVINCES
from engine.text import fold, is_scientific

_SHAPE = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_MASK = "*×✕╳·■□○#?_"
_HIDDEN = re.compile(f"[{_MASK}]")
_MASKED = re.compile(f"(?=.*(?:[{_MASK}]|XX))[0-9X{_MASK}]{{8,20}}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENCE_PERMITS = ("81", "82", "83")


def clean(text: str) -> str | None:
    """Return the number as printed (18 characters, or 15 digits of the old kind), or None where it is not one."""
    number = fold(text).replace("-", "").strip("'\"`")
    if number.endswith("×"):
        number = number[:-1] + "X"
    return number if _SHAPE.fullmatch(number) else None


def fault(text: str, on: date | None = None) -> str:
    """Return the code (`engine.text.FAULTS`) of what is wrong with the number, or "" for a sound one.

    `on` is the day a birth may not be later than (default: the day of the call).
    """
    number = clean(text)
    if number is None:
        if is_scientific(text):
            return "E-NUMBER-SCIENTIFIC"
        return "E-ID-MASKED" if is_masked(text) else "E-ID-SHAPE"
    if not _has_area(number):
        return "E-ID-AREA"
    born = birth_on(number)
    if born is None or born > (on or now().date()):
        return "E-ID-BIRTH"
    return "E-ID-CHECK" if len(number) == 18 and number[17] != check_digit(number) else ""


def is_valid(text: str, on: date | None = None) -> bool:
    """Return whether area, birth and check digit are sound; a 15-digit number has no check digit."""
    return not fault(text, on)


def to_18(text: str) -> str | None:
    """Return the 18-character number, computed from an old one by adding the century and the check digit."""
    number = clean(text)
    if number is None or len(number) == 18:
        return number
    longer = f"{number[:6]}19{number[6:]}"
    return longer + check_digit(longer)


def check_digit(number: str) -> str:
    """Return the check digit of the first 17 digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False)) % 11]


def birth_on(text: str) -> date | None:
    """Return the date of birth, or None where the number has none.

    >>> birth_on("41000019900101009X")
    datetime.date(1990, 1, 1)
    """
    number = to_18(text)
    if number is None:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= 1850 else None


def sex_of(text: str) -> str | None:
    """Return "male" or "female" (the codes of `records`), or None.

    >>> sex_of("41000019900101009X")
    'male'
    """
    number = to_18(text)
    return None if number is None else ("female", "male")[int(number[16]) % 2]


def is_masked(text: str) -> bool:
    """Return whether the text is a number with hidden places.

    >>> is_masked("4100001990****009X"), is_masked("41000019900101009X")
    (True, False)
    """
    return clean(text) is None and _MASKED.fullmatch(fold(text)) is not None


def compatible(masked: str, full: str) -> bool:
    """Return whether the two may be the same number: no visible place differs. Never proof of identity.

    Where the masked text has lost its length, what stands before and after the mask is compared.

    >>> compatible("4100001990****009X", "41000019900101009X"), compatible("4100001991****009X", "41000019900101009X")
    (True, False)
    """
    pattern, number = _visible(masked), _visible(full)
    if len(pattern) == len(number):
        return _places_agree(pattern, number)
    longest, other = (number, pattern) if len(number) == 18 else (pattern, number)
    if len(other) == 15 and len(longest) == 18:
        return longest[6:8] in ("19", "**") and _places_agree(other, longest[:6] + longest[8:17])
    if "*" in number:
        pattern, number = number, pattern
    if "*" in number or "*" not in pattern:
        return False
    start, end = pattern.split("*", 1)[0], pattern.rsplit("*", 1)[1]
    return len(start) + len(end) <= len(number) and number.startswith(start) and number.endswith(end)


def _has_area(number: str) -> bool:
    area = number[1:3] if number[0] == "9" and len(number) == 18 else number[:2]
    return area in PROVINCES or area in _RESIDENCE_PERMITS


def _visible(text: str) -> str:
    """Return the folded number with every hidden place as *; a last X is a check digit, other ones are masks."""
    number = clean(text)
    if number:
        return number
    hidden = _HIDDEN.sub("*", fold(text))
    return hidden[:-1].replace("X", "*") + hidden[-1:] if "XX" not in hidden[-2:] else hidden.replace("X", "*")


def _places_agree(one: str, other: str) -> bool:
    return bool(one) and all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))
