"""A column of delivered text becomes a column of values; what does not read becomes a fault code.

Plain writing is read by expressions over the whole column; everything else is read once for each distinct text by the
parsers of `engine.text`, so both ways agree by construction.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from engine.columns import Column
from engine.text import Parsed, fold, read_amount, read_bool, read_date, read_int

MONEY = pl.Decimal(18, 2)

FOREVER = date(9999, 12, 31)
"""What an open end (长期, 9999-12-31) is stored as."""

OPEN_ENDED = frozenset(("valid_to", "publicity_to", "published_until", "ban_until", "covers_until"))
"""Date columns that tell how long something is valid: they may be open-ended."""

_DUE = frozenset(("pay_due_on", "deferral_end_on", "reply_due_on", "valid_from"))

_MASKED = re.compile("[*＊×]")
_FOREVER = re.compile(r"长期(?:有效)?|永久(?:有效)?|无固定期限")
_PLAIN_YUAN = r"^[0-9]{1,15}(?:\.[0-9]{1,2})?$"
_PLAIN_TEN_THOUSANDS = r"^[0-9]{1,11}(?:\.[0-9]{1,6})?$"


def may_lie_ahead(column: str) -> bool:
    """Return whether a date of this column may be later than today: ends of periods and due dates.

    >>> may_lie_ahead("publicity_to"), may_lie_ahead("decided_on")
    (True, False)
    """
    return column.endswith(("_to", "_until")) or column in _DUE


class Cells(NamedTuple):
    """A read column: values (NULL: absent or faulty), fault codes, doubt codes, and where writing was normalised.

    A code beside a value is a doubt (the row loads and is flagged), a code without a value is a fault.
    """

    value: pl.Series
    fault: pl.Series
    doubt: pl.Series
    changed: pl.Series


def as_read(value: pl.Series, changed: pl.Series | None = None) -> Cells:
    """Return cells without fault or doubt."""
    none = pl.Series("fault", [None], dtype=pl.String).new_from_index(0, len(value))
    same = pl.Series("changed", [False]).new_from_index(0, len(value))
    return Cells(value, none, none, same if changed is None else changed)


def read_slowly(cells: pl.Series, read: Callable[[str], Parsed], kind: pl.DataType) -> Cells:
    """Return what `read` says of every cell, asking it once for each distinct text."""
    distinct = cells.drop_nulls().unique()
    parsed = [read(text) for text in distinct.to_list()]
    codes = [(p.fault or None, p.value is None) for p in parsed]
    answers = pl.DataFrame({
        "text": distinct,
        "value": pl.Series([p.value for p in parsed], dtype=kind),
        "fault": pl.Series([code if absent else None for code, absent in codes], dtype=pl.String),
        "doubt": pl.Series([None if absent else code for code, absent in codes], dtype=pl.String),
        "changed": pl.Series([p.changed for p in parsed], dtype=pl.Boolean),
    })
    whole = pl.DataFrame({"text": cells}).join(answers, on="text", how="left", maintain_order="left")
    return Cells(whole["value"], whole["fault"], whole["doubt"], whole["changed"].fill_null(False))


def completed(cells: pl.Series, plain: pl.Series, read: Callable[[str], Parsed], kind: pl.DataType) -> Cells:
    """Return `plain` where it has a value, and what `read` says of the cells it left open."""
    open_ones = pl.select(pl.when(plain.is_null()).then(cells)).to_series()
    if open_ones.null_count() == len(open_ones):
        return as_read(plain)
    slow = read_slowly(open_ones.rename("text"), read, kind)
    return slow._replace(value=pl.select(pl.coalesce(plain, slow.value)).to_series())


def read_dates(cells: pl.Series, column: Column, *, serial: bool, today: date) -> Cells:
    """Return dates; one later than `today` is a fault where the column tells what has happened.

    A masked date of birth (1973年**月**日) counts as not recorded: masking is lawful, the row is not at fault.
    """
    def read(text: str) -> Parsed:
        if column.name in OPEN_ENDED and _FOREVER.fullmatch(fold(text)):
            return Parsed(FOREVER, "", True)
        if column.name == "birth_date" and _MASKED.search(text):
            return Parsed(None, "", True)
        found = read_date(text, serial)
        endless = found.fault == "E-DATE-ENDLESS" and column.name in OPEN_ENDED
        return Parsed(FOREVER, "", True) if endless else found

    iso = cells.str.contains(r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$")
    plain = pl.select(pl.when(iso).then(cells.str.to_date("%Y-%m-%d", strict=False))).to_series()
    done = completed(cells, plain, read, pl.Date())
    if may_lie_ahead(column.name):
        return done
    ahead = pl.when(done.value > today)
    value, fault = pl.select(
        ahead.then(None).otherwise(done.value).alias("value"),
        ahead.then(pl.lit("E-DATE-FUTURE")).otherwise(done.fault).alias("fault"),
    )
    return done._replace(value=value, fault=fault)


def read_money(cells: pl.Series, unit: str) -> Cells:
    """Return sums in yuan; `unit` is that of the column, a unit written in the cell wins."""
    patterns = {"元": (_PLAIN_YUAN, 1), "万元": (_PLAIN_TEN_THOUSANDS, 10_000)}
    pattern, factor = patterns.get(unit, ("^$", 1))
    exact = pl.when(cells.str.contains(pattern)).then(cells).cast(pl.Decimal(24, 6), strict=False)
    plain = pl.select((exact * pl.lit(Decimal(factor))).cast(MONEY, strict=False)).to_series()
    return completed(cells, plain, lambda text: read_amount(text, unit), MONEY)


def read_ints(cells: pl.Series) -> Cells:
    """Return whole numbers."""
    plain = pl.select(pl.when(cells.str.contains("^[0-9]{1,15}$")).then(cells).cast(pl.Int64, strict=False))
    return completed(cells, plain.to_series(), read_int, pl.Int64())


def read_bools(cells: pl.Series, values: dict[str, str]) -> Cells:
    """Return yes or no; `values` translates the supplier's words to true, false or '' (not recorded)."""
    def read(text: str) -> Parsed:
        ours = values.get(fold(text))
        if ours is None:
            return read_bool(text)
        return Parsed({"true": True, "false": False}.get(ours), "", ours == "")

    return read_slowly(cells, read, pl.Boolean())


def read_codes(cells: pl.Series, codes: dict[str, str]) -> Cells:
    """Return our codes; `codes` has every word we know, in comparable form. Others are faults, '' is not recorded."""
    def read(text: str) -> Parsed:
        ours = codes.get(fold(text))
        return Parsed(ours or None, "E-VALUE-UNKNOWN" if ours is None else "", ours == "")

    return read_slowly(cells, read, pl.String())
