"""Pseudo-random columns computed from the row number alone.

The same row and purpose always draw the same number, on any machine, in any chunking: that is what makes a sample
repeatable byte for byte. Mixing function: splitmix64 (Steele, Lea, Flood 2014), in wrapping 64-bit arithmetic.
"""

import zlib
from collections.abc import Sequence

import polars as pl

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def bits(row: pl.Expr, purpose: str, seed: int) -> pl.Expr:
    """Return 64 pseudo-random bits (UInt64) for each row number; another purpose draws independently."""
    salt = (zlib.crc32(purpose.encode()) * _GOLDEN + seed * 0xD1B54A32D192ED03) & _MASK
    mixed = (row.cast(pl.UInt64) + pl.lit(1, pl.UInt64)) * _word(_GOLDEN) + _word(salt)
    mixed = (mixed ^ (mixed // _word(1 << 30))) * _word(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed // _word(1 << 27))) * _word(0x94D049BB133111EB)
    return mixed ^ (mixed // _word(1 << 31))


class Draws:
    """Random columns over one row-number column, under one seed."""

    def __init__(self, seed: int, row: str = "row") -> None:
        self.seed = seed
        self.row = pl.col(row)

    def below(self, purpose: str, limit: int) -> pl.Expr:
        """Return whole numbers from 0 up to, not including, `limit` (Int64)."""
        return (bits(self.row, purpose, self.seed) % _word(limit)).cast(pl.Int64)

    def between(self, purpose: str, low: int, high: int) -> pl.Expr:
        """Return whole numbers from `low` to `high`, both included."""
        return self.below(purpose, high - low + 1) + low

    def chance(self, purpose: str, share: float) -> pl.Expr:
        """Return TRUE for about that share of the rows."""
        return self.below(purpose, 1_000_000) < int(share * 1_000_000)

    def pick(self, purpose: str, choices: Sequence[object], weights: Sequence[int] | None = None) -> pl.Expr:
        """Return one of the choices a row, equally often or by weight."""
        places = [i for i, w in enumerate(weights or [1] * len(choices)) for _ in range(w)]
        table = pl.Series([choices[i] for i in places])
        return pl.lit(table).gather(self.below(purpose, len(places)))


def _word(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)
