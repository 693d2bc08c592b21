"""Cells that hold a sum of money, a whole number, or yes and no. Nothing is ever rounded or guessed."""

import re
from decimal import Decimal

from engine.text.folding import fold
from engine.text.numerals import read_numeral
from engine.text.parsed import Parsed

UNITS = {"分": Decimal("0.01"), "元": Decimal(1), "千元": Decimal(10**3), "万元": Decimal(10**4),
         "百万元": Decimal(10**6), "亿元": Decimal(10**8)}
"""Units a money column may be delivered in, as factors to yuan."""

_LONGEST = 64
_MOST_DIGITS = 28
_LIMIT = 10**16  # DECIMAL(18,2) holds sixteen digits before the point

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PLAIN_INT = re.compile(r"-?[0-9]{1,18}")
_SPACED = re.compile(r"[0-9]\s+[0-9]")
_SPACE_GROUPED = re.compile(r"[^0-9]*[0-9]{1,3}(?:\s[0-9]{3})+(?:\.[0-9]+)?[^0-9]*")
_GROUPED = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)((?:\.[0-9]+)?[^0-9.,]*)")
_MARK_AS_POINT = re.compile(r"([0-9]+)[、,]([0-9]{2}元)")
_NOT_FINITE = re.compile(r"[+-]?(?:INF|INFINITY|NAN|∞|1\.#(?:INF|IND|QNAN)0*)")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?E(?P<exponent>[+-]?[0-9]+)")
_PROGRAM = re.compile(r"[0-9]\.[0-9]+E[1-9][0-9]?")
_ROUND_HALF = re.compile(r"(.+?)[整正]")
_PARTS = re.compile(
    r"(?:(?P<yuan>[^元圆块]+)[元圆块])?零?(?:(?P<jiao>[^角毛])[角毛])?零?(?:(?P<fen>[^分])分)?钱?"
)
_DOUBLE = re.compile(r"([^()]+)\(([^()]+)\)")
_COUNTER = re.compile(r"(.+?)[日天个项次件份人户处条年月]")

_YES = frozenset(("是", "有", "1", "TRUE", "T", "Y", "YES", "真", "√", "✓", "✔", "☑"))
_NO = frozenset(("否", "无", "0", "FALSE", "F", "N", "NO", "假", "×", "✗", "✘", "☒"))


def read_amount(text: str, unit: str = "元") -> Parsed:
    """Return the sum in yuan (Decimal, two places); a unit in the text wins over `unit`, that of the column.

    Ambiguous writing (3万5, 5,0000, 约5万元, foreign currency) is a fault, never a guess.

    >>> read_amount("伍仟元整").value, read_amount("0.5万元").value, read_amount("2", unit="万元").value
    (Decimal('5000.00'), Decimal('5000.00'), Decimal('20000.00'))
    >>> read_amount("0.005").fault, read_amount("-500").fault, read_amount("1e309").fault
    ('E-AMOUNT-FRACTION', 'E-AMOUNT-NEGATIVE', 'E-AMOUNT-INFINITE')
    """
    factor = UNITS[unit]
    if _PLAIN.fullmatch(text):
        return _in_yuan(Decimal(text) * factor, changed=False) if len(text) <= _MOST_DIGITS else _digits(text)
    if len(text) > _LONGEST:
        return Parsed(None, "E-AMOUNT")
    if _SPACED.search(text) and not _SPACE_GROUPED.fullmatch(text.strip()):
        return Parsed(None, "E-AMOUNT")
    body = fold(text)
    if not body:
        return Parsed(None)
    if sum(character.isdigit() for character in body) > _MOST_DIGITS:
        return Parsed(None, "E-AMOUNT-DIGITS")
    return _read_body(body, factor)


def _digits(text: str) -> Parsed:
    whole, _, fraction = text.partition(".")
    excess = len(whole.lstrip("0")) > _MOST_DIGITS - 2 or not fraction.rstrip("0")
    return Parsed(None, "E-AMOUNT-DIGITS" if excess else "E-AMOUNT-FRACTION")


def _read_body(body: str, factor: Decimal) -> Parsed:
    """Read a folded cell: currency marks off, then the special shapes, then the sum itself."""
    body = body.removeprefix("人民币").removeprefix("RMB").removeprefix("CNY").removeprefix("¥")
    body = body.removesuffix("人民币").removesuffix("RMB").removesuffix("CNY")
    if _NOT_FINITE.fullmatch(body):
        return Parsed(None, "E-AMOUNT-INFINITE")
    if scientific := _SCIENTIFIC.fullmatch(body):
        return _read_scientific(body, int(scientific["exponent"]), factor)
    if body.startswith(("-", "负", "+")) or (body.startswith("(") and body.endswith(")")):
        return _read_signed(body, factor)
    if double := _DOUBLE.fullmatch(body):
        return _read_double(double[1], double[2], factor)
    value = _sum(body, factor)
    return Parsed(None, "E-AMOUNT") if value is None else _in_yuan(value, changed=True)


def _read_scientific(body: str, exponent: int, factor: Decimal) -> Parsed:
    """Read 1.25E7 as programs write it (all digits kept); 1.25E+07 is a spreadsheet's, which cuts digits off."""
    if abs(exponent) > 30:
        return Parsed(None, "E-AMOUNT-INFINITE")
    if not _PROGRAM.fullmatch(body):
        return Parsed(None, "E-AMOUNT-SCIENTIFIC")
    return _in_yuan(Decimal(body) * factor, changed=True)


def _read_signed(body: str, factor: Decimal) -> Parsed:
    negative = not body.startswith("+")
    inner = _read_body(body.strip("()") if body.startswith("(") else body[1:], factor)
    if inner.value and negative:
        return Parsed(None, "E-AMOUNT-NEGATIVE")
    return inner


def _read_double(first: str, second: str, factor: Decimal) -> Parsed:
    """Read a sum with its unit or its other spelling in brackets: 5(万元), 5000.00(伍仟元整)."""
    if second in UNITS:
        return _read_body(first, UNITS[second]) if _PLAIN.fullmatch(first) else Parsed(None, "E-AMOUNT")
    one, other = _read_body(first, factor), _read_body(second, factor)
    return one if one == other else Parsed(None, "E-AMOUNT")


def _sum(body: str, factor: Decimal) -> Decimal | None:
    """Return the sum in yuan, or None where the text is not exactly one sum."""
    if rounded := _ROUND_HALF.fullmatch(body):
        body = rounded[1]
    if grouped := _GROUPED.fullmatch(body):
        body = grouped[1].replace(",", "") + grouped[2]
    body = _MARK_AS_POINT.sub(r"\1.\2", body) if _MARK_AS_POINT.fullmatch(body) else body
    parts = _PARTS.fullmatch(body)
    if parts is None or not any(parts.groupdict().values()):
        bare = _number(body)
        own_unit = "万" in body or "亿" in body
        return bare if bare is None or own_unit else bare * factor
    total = Decimal(0)
    for name, share in (("yuan", Decimal(1)), ("jiao", Decimal("0.1")), ("fen", Decimal("0.01"))):
        part = _number(parts[name]) if parts[name] else Decimal(0)
        if part is None:
            return None
        total += part * share
    return total


def _number(text: str) -> Decimal | None:
    numeral = read_numeral(text)
    return None if numeral is None or numeral.colloquial else numeral.value


def _in_yuan(value: Decimal, *, changed: bool) -> Parsed:
    """Return the value with two places, or the fault that keeps it out of DECIMAL(18,2)."""
    if value >= _LIMIT:
        return Parsed(None, "E-AMOUNT-DIGITS")
    yuan = value.quantize(Decimal("0.01"))
    return Parsed(yuan, "", changed) if yuan == value else Parsed(None, "E-AMOUNT-FRACTION")


def read_int(text: str) -> Parsed:
    """Return the whole number; a counting word behind it (15日, 3项) is dropped.

    >>> read_int("十五日").value, read_int("１２.0").value, read_int("1.5").fault
    (15, 12, 'E-INT')
    """
    if _PLAIN_INT.fullmatch(text):
        return Parsed(int(text))
    body = fold(text) if len(text) <= _LONGEST else text
    if not body:
        return Parsed(None)
    if counted := _COUNTER.fullmatch(body):
        body = counted[1]
    sign = -1 if body.startswith(("-", "负")) else 1
    body = body[1:] if body.startswith(("-", "负", "+")) else body
    if grouped := _GROUPED.fullmatch(body):
        body = grouped[1].replace(",", "") + grouped[2]
    numeral = read_numeral(body)
    if numeral is None or numeral.colloquial or numeral.value != int(numeral.value):
        return Parsed(None, "E-INT")
    if numeral.value >= 10**18:
        return Parsed(None, "E-INT-DIGITS")
    return Parsed(sign * int(numeral.value), "", True)


def read_bool(text: str) -> Parsed:
    """Return True for 是 有 1 true Y √, False for 否 无 0 false N ×; anything else is a fault.

    >>> read_bool("是").value, read_bool(" N ").value, read_bool("不详").fault
    (True, False, 'E-BOOL')
    """
    body = fold(text)
    if not body:
        return Parsed(None)
    if body in _YES or body in _NO:
        return Parsed(body in _YES, "", text not in ("是", "否"))
    return Parsed(None, "E-BOOL")
