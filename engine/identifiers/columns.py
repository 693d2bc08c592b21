"""Whole columns of numbers: which are sound, by arithmetic on the column, for millions of rows.

`sound_…` equals `is_valid` of the scalar modules for numbers already in plain form, and calls no others sound;
`valid_…` equals it for every number, asking the scalar module about those written in another way.
"""

from collections.abc import Callable
from datetime import date

import polars as pl

from engine.clock import now
from engine.identifiers import org_code, resident_id, uscc
from engine.identifiers.division import PROVINCES
from engine.text import by_distinct

_AREAS = (*PROVINCES, "81", "82", "83")
_RESIDENT = "^[0-9]{17}[0-9X]$"
_USCC = f"^[{uscc.ALPHABET}]{{2}}[0-9]{{6}}[{uscc.ALPHABET}]{{10}}$"
_ORG = "^[0-9A-Z]{8}[0-9X]$"
_MASKED = "^[0-9X*]{8,20}$"
_NOT_IN_USCC = tuple(int(letter, 36) for letter in "IOSVZ")


def sound_resident_ids(series: pl.Series, on: date) -> pl.Series:
    """Return which are plain 18-character numbers with known area, a birth not later than `on`, right check digit.

    >>> sound_resident_ids(pl.Series(["41000019900101009X", "410000199001010090", None]), date(2026, 1, 1)).to_list()
    [True, False, None]
    """
    plain = pl.when(series.str.contains(_RESIDENT)).then(series)
    area = pl.when(plain.str.slice(0, 1) == "9").then(plain.str.slice(1, 2)).otherwise(plain.str.slice(0, 2))
    born = plain.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    last = plain.str.slice(17, 1)
    parts = pl.select(
        number=plain.str.slice(0, 17).cast(pl.Int64),
        check=pl.when(last == "X").then(pl.lit(10)).otherwise(last.cast(pl.Int64, strict=False)),
        dated=area.is_in(_AREAS) & (born >= date(1850, 1, 1)) & (born <= on),
    )
    total = _weighted(_digits("number", 17, base=10), resident_id.WEIGHTS) % 11
    return _known(series, parts, pl.col("dated") & ((12 - total) % 11 == pl.col("check")))


def sound_usccs(series: pl.Series) -> pl.Series:
    """Return which are plain 18-character codes with the right check character.

    >>> sound_usccs(pl.Series(["91110000600037341L", "91110000600037341N", "x", None])).to_list()
    [True, False, False, None]
    """
    plain = pl.when(series.str.contains(_USCC)).then(series)
    parts = pl.select(
        first=plain.str.slice(0, 9).str.to_integer(base=36), second=plain.str.slice(9, 9).str.to_integer(base=36)
    )
    characters = [*_digits("first", 9, base=36), *_digits("second", 9, base=36)]
    values = [_in_alphabet(character) for character in characters]
    total = _weighted(values[:17], uscc.WEIGHTS)
    return _known(series, parts, (total + values[17]) % 31 == 0)


def sound_org_codes(series: pl.Series) -> pl.Series:
    """Return which are plain nine-character organisation codes with the right check character.

    >>> sound_org_codes(pl.Series(["600037341", "600037342", "60003734-1", None])).to_list()
    [True, False, False, None]
    """
    plain = pl.when(series.str.contains(_ORG)).then(series)
    last = plain.str.slice(8, 1)
    parts = pl.select(
        code=plain.str.slice(0, 8).str.to_integer(base=36),
        check=pl.when(last == "X").then(pl.lit(10)).otherwise(last.cast(pl.Int64, strict=False)),
    )
    total = _weighted(_digits("code", 8, base=36), org_code.WEIGHTS) % 11
    return _known(series, parts, (11 - total) % 11 == pl.col("check"))


def valid_resident_ids(series: pl.Series) -> pl.Series:
    """Return `resident_id.is_valid` of every value; NULL stays NULL."""
    on = now().date()
    return _valid(series, sound_resident_ids(series, on), _RESIDENT, lambda text: resident_id.is_valid(text, on))


def valid_usccs(series: pl.Series) -> pl.Series:
    """Return `uscc.is_valid` of every value; NULL stays NULL."""
    return _valid(series, sound_usccs(series), _USCC, uscc.is_valid)


def valid_org_codes(series: pl.Series) -> pl.Series:
    """Return `org_code.is_valid` of every value; NULL stays NULL."""
    return _valid(series, sound_org_codes(series), _ORG, org_code.is_valid)


def _valid(series: pl.Series, sound: pl.Series, plain: str, is_valid: Callable[[str], bool]) -> pl.Series:
    others = pl.select(pl.when(~series.str.contains(plain)).then(series)).to_series()
    if others.null_count() == len(others):
        return sound
    told = by_distinct(others, lambda texts: pl.Series([is_valid(text) for text in texts], dtype=pl.Boolean))
    return pl.select(pl.coalesce(told, sound).alias(series.name)).to_series()


def masked_numbers(series: pl.Series) -> pl.Series:
    """Return which are plain numbers with places hidden by `*`: what `resident_id.is_masked` says of these.

    >>> masked_numbers(pl.Series(["4100001990****009X", "41000019900101009X", "某*", None])).to_list()
    [True, False, False, None]
    """
    return series.str.contains(_MASKED) & series.str.contains("*", literal=True)


def _in_alphabet(character: pl.Expr) -> pl.Expr:
    """Return the value of a character in GB 32100, which leaves out five letters, from its value in base 36."""
    return character - pl.sum_horizontal((character > left_out).cast(pl.Int64) for left_out in _NOT_IN_USCC)


def _digits(column: str, places: int, base: int) -> list[pl.Expr]:
    return [pl.col(column) // base ** (places - 1 - place) % base for place in range(places)]


def _weighted(digits: list[pl.Expr], weights: tuple[int, ...]) -> pl.Expr:
    return pl.sum_horizontal([digit * weight for digit, weight in zip(digits, weights, strict=True)])


def _known(series: pl.Series, parts: pl.DataFrame, sound: pl.Expr) -> pl.Series:
    known = pl.when(pl.lit(series).is_not_null()).then(sound.fill_null(False))
    return parts.select(known.alias(series.name)).to_series()
