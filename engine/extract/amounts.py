"""Sums of money in running text, in digits, in words, or both; both must agree.

Bounds of a law (五千元以上五万元以下) and rough sums (约5万元) are no values.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from engine.extract.flat import AMOUNT
from engine.extract.found import Found
from engine.text import FAULTS, read_amount

_DIGITS = r"(?<![0-9,.])[0-9][0-9,]{0,20}(?:\.[0-9]{1,6})?"
_HAN = "零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两"
_TAIL = rf"(?:[0-9{_HAN}]{{1,2}}角)?(?:零?[0-9{_HAN}]{{1,2}}分)?[整正]?"
_IN_DIGITS = (rf"{_DIGITS}(?:[亿万千百十]零?(?:[0-9][0-9.,]{{0,8}})?){{0,3}}[余多]?"
              rf"(?:\(?(?:百万|千|万|亿)?元\)?|[圆元]){_TAIL}")
_IN_WORDS = rf"(?<![{_HAN}])(?:[{_HAN}]{{1,24}}[余多]?[元圆]){_TAIL}"
_ONE = rf"(?:人民币|RMB|¥)?:?(?:{_IN_DIGITS}|{_IN_WORDS})"
_AMOUNTS = re.compile(
    rf"(?P<first>{_ONE})(?:\((?:大写|小写|即)?:?(?P<second>{_ONE})\)|,?大写:?(?P<third>{_ONE}))?")
_BARE_SIGN = re.compile(rf"¥(?P<sum>{_DIGITS})(?![0-9万亿千百元])")
_UNIT_FIRST = re.compile(rf"\((?P<unit>(?:千|万)?元)\):?(?P<sum>{_DIGITS})(?![0-9万亿千百元])")
_BOUNDS = ("以上", "以下", "以内", "至", "-", "~")
_ROUGH = re.compile(
    rf"(?:约|近|数|几|超过|不超过|不低于|不少于|逾|每[\u4e00-\u9fff]{{1,4}}|[0-9{_HAN}元][到至~-])$")
_FOREIGN = re.compile(r"(?:港币|美金|新台币|台币|澳门币|欧元|日元|英镑|美元|港元):?$")
_UNIT_IN_BRACKETS = re.compile(r"\(((?:百万|千|万|亿)?元)\)?$")


def find_amounts(text: str) -> Iterator[Found]:
    """Yield the sums of a folded text, in yuan with two places."""
    for found in _AMOUNTS.finditer(text):
        if text.startswith(_BOUNDS, found.end()):
            continue
        yield _read(found, text)
    for found in _UNIT_FIRST.finditer(text):
        parsed = read_amount(found["sum"], unit=found["unit"])
        yield Found(found.start(), found.end(), AMOUNT, parsed.value, found.group(), _words(parsed.fault))
    for found in _BARE_SIGN.finditer(text):
        parsed = read_amount(found["sum"])
        yield Found(found.start(), found.end(), AMOUNT, parsed.value, found.group(), _words(parsed.fault))


def _read(found: re.Match[str], text: str) -> Found:
    place = (found.start(), found.end())
    before = text[max(0, found.start() - 6):found.start()]
    if _ROUGH.search(before) or "余" in found.group() or "多" in found.group():
        return Found(*place, AMOUNT, None, found.group(), "是约数、限额、单价或幅度，不是确数")
    if _FOREIGN.search(before):
        return Found(*place, AMOUNT, None, found.group(), "是外币")
    first, fault = _sum(found["first"])
    other = found["second"] or found["third"]
    if other is None or fault:
        return Found(*place, AMOUNT, first, found.group(), fault)
    second, fault = _sum(other)
    if fault or first != second:
        return Found(*place, AMOUNT, None, found.group(), f"大写与小写不一致：{found['first']} / {other}")
    return Found(*place, AMOUNT, first, found.group())


def _sum(words: str) -> tuple[Decimal | None, str]:
    plain = words.replace(":", "")
    if unit := _UNIT_IN_BRACKETS.search(plain):
        plain = plain[:unit.start()] + unit[1]
    parsed = read_amount(plain)
    return (parsed.value if isinstance(parsed.value, Decimal) else None), _words(parsed.fault)


def _words(fault: str) -> str:
    return FAULTS[fault][0] if fault else ""
