"""Numbers as written, sorted by what they can prove: sure, masked, spoilt.

Sure: a resident id, unified social credit code or organisation code whose check digit agrees; proves identity alone.
Masked: part of the digits hidden; proves something together with a name. Spoilt: full length, but the check digit is
wrong, so at least one character is; it may only be compared with a sure number one slip away.
"""

import re

import polars as pl

from engine.identifiers import org_code, resident_id, uscc
from engine.identifiers.columns import valid_org_codes, valid_resident_ids, valid_usccs
from engine.text import fold_expr

RESIDENT, USCC, ORG, MASK, SPOILT = "resident_id", "uscc", "org_code", "mask", "spoilt"
"""What a number is; see the module's text."""

_SURE = (
    (RESIDENT, "^[0-9]{14}", valid_resident_ids, resident_id.to_18),
    (USCC, "^[0-9A-Z]{2}-?[0-9]{6}", valid_usccs, uscc.clean),
    (ORG, "^[0-9A-Z]{8}-?[0-9X]$", valid_org_codes, org_code.clean),
)
"""Kind, a cheap look before the exact check, the check, the official form; in this order a number is tried."""

_HIDDEN = str.maketrans(dict.fromkeys("×✕╳●•■□○·#?_", "*"))
_MASKED = re.compile(r"(?=.{15,20}$)(?=(?:[^*]*\*){2})[0-9A-Z*]*")
_LONG_X = re.compile(r"X{2,}")
_FULL = "^[0-9A-Z]{18}$"
_FILLER = "^(?:" + "|".join(f"{sign}{{7,}}" for sign in "0123456789X") + "|.{8}0{9}.)$"
"""One sign all along, or a code of zeros: what forms are filled with, though the check digit of zeros agrees."""


def sort_numbers(values: pl.Series) -> pl.DataFrame:
    """Return one row for each usable distinct value: raw, kind (a constant above), number in comparable form.

    A mask has `*` for every hidden character and eighteen places where its length allows (a fifteen-digit number is
    widened). Values that prove nothing are left out.
    """
    left = values.drop_nulls().unique().to_frame("raw").with_columns(fold_expr(pl.col("raw")).alias("number")).filter(
        ~pl.col("number").str.contains(_FILLER))
    sure = []
    for kind, shape, are_valid, official in _SURE:
        candidates = left.filter(pl.col("number").str.contains(shape))
        found = candidates.filter(are_valid(candidates["number"]))
        # reason: eighteen plain characters that passed the check already are the official form
        other = found.filter(~pl.col("number").str.contains(_FULL))["number"].unique().to_list()
        forms = pl.col("number").replace(other, pl.Series([official(number) for number in other], dtype=pl.String))
        sure.append(found.with_columns(forms, pl.lit(kind).alias("kind")))
        left = left.join(found, on="raw", how="anti")
    rest = [(raw, *unsure) for raw, number in left.iter_rows() if (unsure := _unsure(number))]
    schema = {"raw": pl.String, "number": pl.String, "kind": pl.String}
    return pl.concat([*sure, pl.DataFrame(rest, schema=schema, orient="row")]).select("raw", "kind", "number")


def _unsure(folded: str) -> tuple[str, str] | None:
    """Return number and kind of a value that is not a sure number; None where it proves nothing.

    >>> _unsure("410000******001"), _unsure("410000199001010090")
    (('41000019******001*', 'mask'), ('410000199001010090', 'spoilt'))
    """
    number = _LONG_X.sub(lambda run: "*" * len(run[0]), folded.translate(_HIDDEN))
    if _MASKED.fullmatch(number):
        return (number if len(number) != 15 else f"{number[:6]}19{number[6:]}*"), MASK
    return (number, SPOILT) if re.fullmatch(_FULL, number) else None
