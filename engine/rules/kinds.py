"""Kinds of values in rule expressions: what may be compared with what, and their SQL types.

text, date, money (yuan), int, number (decimals), bool; `id` (a party's number: only equal or not); `period`
(a statutory period: only for `period_end`); `null` (the word NULL); `unknown` (already faulty, compatible with all).
"""

from dataclasses import dataclass
from decimal import Decimal

NUMERIC = frozenset(("int", "money", "number"))

DECIMAL = "DECIMAL(28,6)"
"""SQL type of computed money and numbers: six decimals, twenty-two digits before the point; beyond that NULL."""

SQL_TYPE = {"text": "VARCHAR", "date": "DATE", "money": DECIMAL, "number": DECIMAL, "int": "BIGINT", "bool": "BOOLEAN"}

STEP = {"date": Decimal(1), "int": Decimal(1), "money": Decimal("0.01")}
"""The smallest difference of values that have one, in days, units and yuan."""

LABEL = {
    "text": "文字", "date": "日期", "money": "金额", "int": "整数", "number": "数字", "bool": "真假值",
    "numeric": "数字", "id": "主体编号", "period": "期间", "null": "NULL", "unknown": "未知",
}


@dataclass(frozen=True)
class Kind:
    """A kind of value; `codes` are the allowed codes of an enumerated text with their Chinese."""

    name: str
    codes: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The Chinese word for messages."""
        return LABEL[self.name]

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number of any sort."""
        return self.name in NUMERIC


TEXT, DATE, MONEY, INT = Kind("text"), Kind("date"), Kind("money"), Kind("int")
NUMBER, BOOL, ID, PERIOD = Kind("number"), Kind("bool"), Kind("id"), Kind("period")
NULL, UNKNOWN = Kind("null"), Kind("unknown")


def fits(kind: Kind, wanted: str) -> bool:
    """Return whether a value of this kind may stand where `wanted` is asked for ('any' and 'numeric' included)."""
    if kind.name in ("unknown", "null") or wanted == "any":
        return kind.name != "period"
    if wanted == "numeric":
        return kind.is_numeric
    return kind.name == wanted or (wanted == "number" and kind.is_numeric) or (wanted == "money" and kind.is_numeric)


def common(first: Kind, second: Kind) -> Kind | None:
    """Return the kind of a value that is one of two (CASE, coalesce), or None where they do not mix.

    >>> common(INT, MONEY), common(DATE, TEXT)
    (Kind(name='money', codes=()), None)
    """
    if first.name in ("null", "unknown"):
        return second
    if second.name in ("null", "unknown") or first == second:
        return first
    if first.name == second.name == "text":
        return TEXT
    if first.is_numeric and second.is_numeric:
        return MONEY if "money" in (first.name, second.name) else NUMBER
    return None
