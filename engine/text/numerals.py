"""Numbers written with Chinese numerals, or with Arabic digits and Chinese units, or both.

Source of the capital numerals and of the rule that an inner zero is written: 中国人民银行《支付结算办法》附件一
《正确填写票据和结算凭证的基本规定》（银发〔1997〕393号）.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from engine.text.folding import fold

_DIGIT = {
    character: digit
    for digit, characters in enumerate(
        ("零〇○◯", "一壹弌幺", "二贰貳弍两兩", "三叁參叄弎", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000,
         "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_TOKEN = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{''.join(_DIGIT)}{''.join(_UNIT)}]")
_POINT = re.compile(rf"(?P<whole>[^点]+)点(?P<fraction>[0-9{''.join(_DIGIT)}]+)(?P<units>[万亿]*)")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}")
_LONGEST = 40


class Numeral(NamedTuple):
    """A read numeral; `colloquial` when it leaves out the last unit (两千六 = 2600), which no document may do."""

    value: Decimal
    colloquial: bool = False


def chinese_number(text: str) -> int | None:
    """Return the whole number, or None where the text is not one.

    >>> chinese_number("叁仟贰佰"), chinese_number("二十三"), chinese_number("二〇二四"), chinese_number("3万2千")
    (3200, 23, 2024, 32000)
    """
    negative = text.startswith("负")
    numeral = read_numeral(text.removeprefix("负"))
    if numeral is None or numeral.value != int(numeral.value):
        return None
    return -int(numeral.value) if negative else int(numeral.value)


def is_scientific(text: str) -> bool:
    """Return whether the text is a number in powers of ten, as a spreadsheet writes a long one after cutting it.

    >>> is_scientific("4.1E+17"), is_scientific("410000")
    (True, False)
    """
    return _SCIENTIFIC.fullmatch(fold(text)) is not None


def read_numeral(text: str) -> Numeral | None:
    """Return the non-negative numeral, or None where the text is not one or breaks the order of units."""
    if not text or len(text) > _LONGEST:
        return None
    if point := _POINT.fullmatch(text):
        return _with_point(point)
    tokens = _TOKEN.findall(text.replace("廿", "二十").replace("卅", "三十"))
    if "".join(tokens) != text.replace("廿", "二十").replace("卅", "三十"):
        return None
    if all(token in _DIGIT for token in tokens):
        return Numeral(Decimal("".join(str(_DIGIT[token]) for token in tokens)))
    return _read_tokens(tokens)


def _with_point(point: re.Match[str]) -> Numeral | None:
    whole = read_numeral(point["whole"])
    if whole is None:
        return None
    fraction = "".join(str(_DIGIT.get(character, character)) for character in point["fraction"])
    factor = 1
    for unit in point["units"]:
        factor *= _UNIT[unit]
    return Numeral((whole.value + Decimal(f"0.{fraction}")) * factor)


def _read_tokens(tokens: list[str]) -> Numeral | None:
    """Return the numeral before its greatest unit, times that unit, plus the rest."""
    while len(tokens) > 1 and _DIGIT.get(tokens[0]) == 0:
        tokens = tokens[1:]
    if len(tokens) == 1 and tokens[0] not in _UNIT:
        return Numeral(Decimal(_DIGIT.get(tokens[0], tokens[0])))
    units = [_UNIT[token] for token in tokens if token in _UNIT]
    if not units or units.count(max(units)) > 1:
        return None
    unit = max(units)
    place = next(index for index, token in enumerate(tokens) if _UNIT.get(token) == unit)
    left, right = _left(tokens[:place], unit), _right(tokens[place + 1 :], unit)
    if left is None or right is None:
        return None
    return Numeral(left.value * unit + right.value, left.colloquial or right.colloquial)


def _left(tokens: list[str], unit: int) -> Numeral | None:
    if not tokens:
        return Numeral(Decimal(1)) if unit == 10 else None
    if unit < 10**4 and len(tokens) > 1:
        return None
    return _read_tokens(tokens)


def _right(tokens: list[str], unit: int) -> Numeral | None:
    rest = list(tokens)
    while rest and _DIGIT.get(rest[0]) == 0:
        rest.pop(0)
    if not rest:
        return Numeral(Decimal(0))
    if len(rest) == 1 and len(tokens) == 1 and unit > 10 and len(rest[0]) == 1 and rest[0] not in _UNIT:
        return Numeral(Decimal(_DIGIT.get(rest[0], rest[0])) * unit / 10, colloquial=True)
    read = _read_tokens(rest)
    return read if read is not None and read.value < unit else None
