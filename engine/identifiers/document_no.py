"""Document number (文号): 漯市监处罚〔2024〕12号 = organ and kind, year, serial.

Source: GB/T 9704-2012 《党政机关公文格式》 7.2.5: year in full, in 〔〕; serial in Arabic digits without 第 and without
leading zeros, then 号. Written forms differ much: ()、[]、【】, 第, 字, a branch in brackets, a serial with a dash.

>>> clean("乐市国土资中分罚【2016】第3-1号"), clean("九国土资执(大)罚字[2015]020 号")
('乐市国土资中分罚〔2016〕3-1号', '九国土资执（大）罚字〔2015〕20号')
>>> key("漯市监处罚字〔2024〕第012号") == key("漯市监处罚(2024)12号")
True
"""

from typing import NamedTuple

from engine.text import fold
from engine.text.numbers import document_no_key, document_parts, is_masked


class DocumentNo(NamedTuple):
    """A document number taken apart; `serial` is "" in an unnumbered draft, `sub` what follows a dash or 之."""

    prefix: str
    year: int
    serial: str
    sub: str


def clean(text: str) -> str | None:
    """Return the number in its official form, or None where the text is not one whole number."""
    parts = parse(text)
    if parts is None or not parts.serial:
        return None
    sub = f"-{parts.sub}" if parts.sub else ""
    prefix = parts.prefix.replace("(", "（").replace(")", "）")
    return f"{prefix}〔{parts.year}〕{parts.serial}{sub}号"


def parse(text: str) -> DocumentNo | None:
    """Return the parts, or None where the text is not one document number or has masked places."""
    folded = fold(text)
    parts = None if is_masked(folded) else document_parts(folded)
    return None if parts is None else DocumentNo(parts.prefix, int(parts.year), parts.serial, parts.sub)


def key(text: str) -> str | None:
    """Return the comparable form: prefix without 字, (year), serial without 第 and zeros, its sub-number.

    The folded text where it is not a document number; None when empty, masked or without a serial.
    """
    return document_no_key(fold(text))
