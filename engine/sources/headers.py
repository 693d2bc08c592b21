"""What a supplier writes above a column, made comparable: width, brackets, marks and the unit no longer matter.

>>> header_key("罚款金额（万元）") == header_key(" 罚款金额(元)*") == header_key("罚款金额")
True
>>> header_unit("罚款金额（万元）"), header_unit("罚款金额"), header_unit("标的(单位:元)")
('万元', None, '元')
"""

import re

from engine.text import fold

_UNIT = r"(?:(?:单位|以)[:：]?)?(?:人民币)?(?P<unit>[十百千万亿]*元|分|人民币)(?:计|整)?"
_BRACKETED = re.compile(rf"\({_UNIT}\)")
_TRAILING = re.compile(r"(?<=.)[-_:]?(?P<unit>[万亿]元)$|(?<=.)[-_:](?P<unit2>元)$")
_MARKS = re.compile(r"[()_\-*:;、,.。/\\|\"'“”‘’《》<>#&·]")


def header_key(header: str) -> str:
    """Return the comparable form of a header; '' where nothing but marks is left."""
    folded = _TRAILING.sub("", _BRACKETED.sub("", fold(header)))
    return _MARKS.sub("", folded)


def header_unit(header: str) -> str | None:
    """Return the unit of money the header names, as written there (it may be one we do not know), or None."""
    folded = fold(header)
    found = _BRACKETED.search(folded) or _TRAILING.search(folded)
    if found is None:
        return None
    unit = found.groupdict().get("unit") or found.groupdict().get("unit2") or "元"
    return "元" if unit == "人民币" else str(unit)
