"""Words in messages: the nearest known one, and short enumerations."""

import difflib
from collections.abc import Iterable, Sequence


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word`, or None where none is close.

    >>> nearest("decided_no", ["decided_on", "served_on"])
    'decided_on'
    """
    words = list(known)
    close = difflib.get_close_matches(word[:100], words, n=1, cutoff=0.6)
    if close:
        return close[0]
    folded = {w.lower(): w for w in words}
    return folded.get(word.lower())


def unknown_word(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the message for an unknown word.

    >>> unknown_word("列", "决定日欺", ["决定日期"])
    '没有列“决定日欺”，是否指“决定日期”'
    """
    close = nearest(word, known)
    return f"没有{kind}“{word[:60]}”" + (f"，是否指“{close}”" if close else "")


def listed(words: Sequence[str], most: int = 30) -> str:
    """Return the words as one Chinese enumeration, shortened after `most`."""
    shown = "、".join(words[:most]) or "（无）"
    return shown + (f" 等 {len(words)} 个" if len(words) > most else "")
