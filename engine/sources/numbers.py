"""Cells that hold a person's number or an organisation's code.

A wrong check digit is a doubt, not a fault: the row loads, the number stays as delivered and is never a strong key.
A masked number is accepted as it is; a number made of one repeated character is a placeholder, so not recorded.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import polars as pl

from engine.identifiers import org_code, resident_id, uscc
from engine.identifiers.columns import masked_numbers, sound_org_codes, sound_resident_ids, sound_usccs
from engine.sources.cells import Cells, read_slowly
from engine.text import Parsed, fold

_HIDDEN = frozenset("*＊×")
_PLACEHOLDERS = [character * length for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" for length in (9, 18)]


def read_resident_id(text: str) -> Parsed:
    """Return the 18-character number, with the code of what is doubtful about it.

    >>> read_resident_id("410000900101009"), read_resident_id("4.1E+17").fault
    (Parsed(value='41000019900101009X', fault='E-ID-15', changed=True), 'E-NUMBER-SCIENTIFIC')
    >>> read_resident_id("4100001990****009X")
    Parsed(value='4100001990****009X', fault='', changed=False)
    """
    code = resident_id.fault(text)
    number = resident_id.clean(text)
    if code == "E-ID-MASKED":
        return Parsed(text)
    if code == "" and number is not None and len(number) == 15:
        return Parsed(resident_id.to_18(number), "E-ID-15", True)
    return _kept(text, number, code)


def read_uscc(text: str) -> Parsed:
    """Return the unified social credit code, with the code of what is doubtful about it."""
    return Parsed(text) if _HIDDEN & set(text) else _kept(text, uscc.clean(text), uscc.fault(text))


def read_org_code(text: str) -> Parsed:
    """Return the nine-character organisation code, with the code of what is doubtful about it."""
    return Parsed(text) if _HIDDEN & set(text) else _kept(text, org_code.clean(text), org_code.fault(text))


def _kept(text: str, number: str | None, code: str) -> Parsed:
    if code == "E-NUMBER-SCIENTIFIC":
        return Parsed(None, code)
    if len(set(fold(text))) <= 1:
        return Parsed(None, "", True)
    kept = number or text
    return Parsed(kept, code, kept != text)


READERS: dict[str, Callable[[str], Parsed]] = {
    "resident_id": read_resident_id,
    "legal_representative_id": read_resident_id,
    "uscc": read_uscc,
    "authority_uscc": read_uscc,
    "org_code": read_org_code,
}
"""Column → how its cells are read."""


def kind_of(text: str) -> str:
    """Return the column a number of unknown kind belongs to, by its shape and check digit.

    >>> [kind_of(n) for n in ("91110000600037341L", "60003734-1", "41000019900101009X", "4100001990****009X")]
    ['uscc', 'org_code', 'resident_id', 'resident_id']
    """
    if uscc.clean(text) and not resident_id.is_valid(text):
        person_like = resident_id.clean(text) is not None
        return "resident_id" if person_like and not uscc.is_valid(text) else "uscc"
    return "org_code" if org_code.clean(text) else "resident_id"


def read_mixed(text: pl.Series, column: str, today: date) -> Cells:
    """Return the numbers of one kind out of a column that holds numbers of several; the others read as absent."""
    kind = _plain_kinds(text, today)
    one_by_one = pl.select(pl.when(kind.is_null()).then(text)).to_series().rename("text")
    slow = read_slowly(one_by_one, lambda t: _read_as(t, column), pl.String())
    value = pl.select(pl.when(kind == column).then(text).otherwise(slow.value)).to_series()
    return slow._replace(value=value)


def _read_as(text: str, column: str) -> Parsed:
    kind, parsed = _told_apart(text)
    return parsed if kind == column else Parsed(None)


@lru_cache(maxsize=50_000)
def _told_apart(text: str) -> tuple[str, Parsed]:
    """The kind and the reading of a number; remembered, since three columns ask for the same texts in turn."""
    kind = kind_of(text)
    return kind, READERS[kind](text)


def _plain_kinds(text: pl.Series, today: date) -> pl.Series:
    """Return the column of each sound or masked, plainly written number; NULL where only `kind_of` can tell."""
    person = sound_resident_ids(text, today) | masked_numbers(text)
    # reason: eighteen digits may be either; such a code is told from a person's number one by one
    organisation = plain_numbers(text, "uscc", today).is_not_null() & ~text.str.contains("^[0-9]{17}[0-9X]$")
    short = plain_numbers(text, "org_code", today).is_not_null()
    return pl.select(
        pl.when(person).then(pl.lit("resident_id")).when(organisation).then(pl.lit("uscc"))
        .when(short).then(pl.lit("org_code")).alias("kind")).to_series()


def plain_numbers(text: pl.Series, column: str, today: date) -> pl.Series:
    """Return the cells whose numbers are sound or masked, and plainly written; the others are NULL: read one by one."""
    if column in ("resident_id", "legal_representative_id"):
        sound = sound_resident_ids(text, today) | masked_numbers(text)
    else:
        checked = sound_org_codes(text) if column == "org_code" else sound_usccs(text)
        # reason: a code of one repeated character is a placeholder even where its check character happens to fit
        sound = checked & ~text.is_in(_PLACEHOLDERS)
    return pl.select(pl.when(sound).then(text).alias(text.name)).to_series()
