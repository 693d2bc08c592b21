"""The supplier's words for an enumerated column, and what to say of a word nobody knows."""

import difflib

from engine.columns import Column
from engine.sources.defects import FAULTS, Advice
from engine.sources.mapping import Origin
from engine.text import fold


def codes_of(column: Column, origin: Origin) -> dict[str, str]:
    """Return every known word in comparable form with our code: our codes, their Chinese, then the mapping's words.

    For a column without codes of its own, only what the mapping lists is known.
    """
    own = {fold(word): code for code, label in column.values for word in (code, label)}
    return own | {fold(ours): ours for ours in origin.values.values() if ours} | origin.values


def advice_for(column: Column, origin: Origin) -> Advice:
    """Return the advice for this column's faults: an unknown word is answered with the nearest known ones."""
    known = {label: code for code, label in column.values} | {word: word for word in origin.values if word}

    def advise(code: str, value: str) -> tuple[str, str]:
        reason, fix = FAULTS[code]
        if code != "E-VALUE-UNKNOWN":
            return reason, fix
        near = difflib.get_close_matches(fold(value)[:40], known, n=3, cutoff=0.3) or list(known)[:6]
        return f"{reason}；可用的取值：{'、'.join(near)}", fix

    return advise
