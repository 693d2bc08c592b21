"""Administrative division code (行政区划代码): 41 11 02 = province, prefecture, county.

Source: GB/T 2260 (six digits); GB/T 10114 and the statistical codes append three or six digits for towns and villages.

>>> clean("411102"), clean("4111"), clean("411102001000"), clean("漯河")
('411102', '411100', '411102', None)
>>> prefix("411100"), within("411102", "4111")
('4111', True)
"""

import re

from engine.text import fold

PROVINCES = {
    "11": "京", "12": "津", "13": "冀", "14": "晋", "15": "内", "21": "辽", "22": "吉", "23": "黑",
    "31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁",
    "41": "豫", "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼",
    "50": "渝", "51": "川", "52": "黔", "53": "云", "54": "藏",
    "61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新", "71": "台",
}
"""Two-digit province code → the character that begins its courts' codes."""

_SHAPE = re.compile("[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}")


def clean(text: str) -> str | None:
    """Return the six-digit code of the county, prefecture or province, or None where the text is not a code."""
    code = fold(text).strip("'\"`")
    if not _SHAPE.fullmatch(code) or not (code[:2] in PROVINCES or code[:2] in ("81", "82")):
        return None
    return code[:6].ljust(6, "0")


def prefix(code: str) -> str:
    """Return the digits all places inside share: two for a province, four for a prefecture, else six."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def within(code: str, outer: str) -> bool:
    """Return whether a place lies in (or is) another one, given as a code or its leading digits."""
    return code.startswith(prefix(outer))
