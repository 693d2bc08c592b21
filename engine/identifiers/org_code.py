"""Organisation code (组织机构代码): 8 characters and a check character, printed as 60003734-1.

Source: GB 11714-1997. Since 2015 it lives on as characters 9 to 17 of the unified social credit code.

>>> clean("60003734-1"), is_valid("600037341"), is_valid("600037342")
('600037341', True, False)
"""

import re

from engine.text import fold

_SHAPE = re.compile("[0-9A-Z]{8}[0-9X]")
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def clean(text: str) -> str | None:
    """Return the nine characters without the dash, or None where the text is not a code."""
    code = fold(text).replace("-", "").strip("'\"`")
    return code if _SHAPE.fullmatch(code) else None


def fault(text: str) -> str:
    """Return the code (`engine.text.FAULTS`) of what is wrong, or "" for a sound one."""
    code = clean(text)
    if code is None:
        return "E-ORG-SHAPE"
    return "" if code[8] == check_character(code) else "E-ORG-CHECK"


def is_valid(text: str) -> bool:
    """Return whether the text is a code with the right check character."""
    return not fault(text)


def check_character(code: str) -> str:
    """Return the check character of the first eight: 11 − Σ weight × value mod 11, 10 as X and 11 as 0."""
    total = sum(weight * int(character, 36) for weight, character in zip(WEIGHTS, code, strict=False))
    return "0123456789X0"[11 - total % 11]
