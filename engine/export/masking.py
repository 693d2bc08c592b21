"""Numbers of persons and organisations hidden in lists that leave the house."""

import re

import polars as pl

from engine.text import by_distinct, mask

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[0-9Xx](?![0-9A-Za-z])")
"""A resident identity number inside a text: division, birth year from 1800 on, rest, check sign."""


def hide_clues(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the clue list with masked numbers."""
    return hide_in_texts(frame.with_columns(_hidden(frame["证件号"])))


def hide_evidence(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the evidence with values of number columns masked, here and in the delivered text."""
    secret = pl.col("遮盖") == "number"
    values = [pl.when(secret).then(_hidden(frame[name])).otherwise(pl.col(name)).alias(name)
              for name in ("值", "原始值")]
    return hide_in_texts(frame.with_columns(values))


def hide_in_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with identity numbers masked where they stand inside longer texts."""
    found = [name for name, kind in frame.schema.items()
             if kind == pl.String and frame[name].str.contains(r"\d{17}[0-9Xx]").any()]
    return frame.with_columns(
        by_distinct(frame[name], lambda s: pl.Series([without_numbers(v) for v in s.to_list()], dtype=pl.String))
        for name in found)


def without_numbers(text: str) -> str:
    """Return the text with every identity number in it masked.

    >>> without_numbers("当事人（410000199001010010）未到")
    '当事人（410*************10）未到'
    """
    return _NUMBER.sub(lambda number: mask(number.group(), "number"), text)


def hide_numbers(text: str) -> str:
    """Return the text without any number that may be a person's or an organisation's, mobile numbers included.

    For texts whose columns we do not know: rows as delivered, and what people wrote.

    >>> hide_numbers("电话13800000000，代码91410000MA00000001，（2024）豫1102行审1号")
    '电话138******00，代码914*************01，（2024）豫1102行审1号'
    """
    shortened = _LONG.sub(r"\1*************\2", without_numbers(text))
    return _MOBILE.sub(r"\1******\2", shortened)


_LONG = re.compile(r"(?<![0-9A-Za-z])([1-9A-Z][0-9A-Z][0-9])[0-9]{5}[0-9A-Z]{5,8}([0-9A-Z]{2})(?![0-9A-Za-z])")
"""15 to 18 signs that begin with a code of kind and division: identity, credit and old register numbers."""
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9][0-9])[0-9]{6}([0-9]{2})(?![0-9A-Za-z])")


def _hidden(numbers: pl.Series) -> pl.Series:
    return by_distinct(numbers, lambda s: pl.Series([mask(v, "number") for v in s.to_list()], dtype=pl.String))
