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


def _hidden(numbers: pl.Series) -> pl.Series:
    return by_distinct(numbers, lambda s: pl.Series([mask(v, "number") for v in s.to_list()], dtype=pl.String))
