"""Unified social credit code (统一社会信用代码): 9 1 110000 600037341 L = registrar, kind, division, org code, check.

Source: GB 32100-2015 (18 characters; no I, O, S, V, Z; check character modulo 31).

>>> clean(" 91 110000 60003734 1l"), is_valid("91110000600037341L"), is_valid("91110000600037341N")
('91110000600037341L', True, False)
>>> org_code_of("91110000600037341L")
'600037341'
"""

import re

from engine.text import fold, is_scientific

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def clean(text: str) -> str | None:
    """Return the code in its official form, or None where it is not one (check character not tested)."""
    code = fold(text).replace("-", "").strip("'\"`")
    return code if _SHAPE.fullmatch(code) else None


def fault(text: str) -> str:
    """Return the code (`engine.text.FAULTS`) of what is wrong, or "" for a sound one."""
    code = clean(text)
    if code is None:
        return "E-NUMBER-SCIENTIFIC" if is_scientific(text) else "E-USCC-SHAPE"
    return "" if code[17] == check_character(code) else "E-USCC-CHECK"


def is_valid(text: str) -> bool:
    """Return whether the text is a code with the right check character."""
    return not fault(text)


def check_character(code: str) -> str:
    """Return the check character of the first 17."""
    total = sum(weight * _VALUE[character] for weight, character in zip(WEIGHTS, code, strict=False))
    return ALPHABET[-total % 31]


def org_code_of(text: str) -> str | None:
    """Return the organisation code inside (characters 9 to 17), or None where the text is not a code."""
    code = clean(text)
    return None if code is None else code[8:17]
