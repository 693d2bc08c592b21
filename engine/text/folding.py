"""One comparable form of any text: width, marks, white space, brackets, dashes and script no longer matter.

Every change is a character for a character or for nothing, so the scalar and the polars twin work from the same two
tables and cannot drift apart.
"""

import functools
import re
import unicodedata
from collections.abc import Callable

import opencc
import polars as pl

BIDI_AND_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e00ff"
)
CONTROL = "\u0000-\u001f\u007f-\u009f"
SPACE = "\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000"
VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"

HIDDEN = f"[{BIDI_AND_ZERO_WIDTH}]"
"""Pattern (Python and polars) of one mark a reader cannot see: zero-width, direction, filler."""

EMOJI = "[\u2600-\u27bf\U0001f000-\U0001faff]"
"""Pattern (Python and polars) of one emoji."""

_DROPPED = f"[{CONTROL}{SPACE}{BIDI_AND_ZERO_WIDTH}{VARIATION}{PRIVATE_USE}]+"
_BREAK = "[\t-\r\u001c-\u001e\u0085\u2028\u2029]+"
_UNPRINTED = f"[{CONTROL}{BIDI_AND_ZERO_WIDTH}]+"
_EDGE = f"^[{SPACE}]+|[{SPACE}]+$"

_find_dropped = re.compile(_DROPPED)
_find_break = re.compile(_BREAK)
_find_unprinted = re.compile(_UNPRINTED)
_find_edge = re.compile(_EDGE)

_OPENING, _CLOSING = "〔【[{（｛［〖﹝﹙﹛", "〕】]}）｝］〗﹞﹚﹜"
_DASHES = "‐‑‒–—―−﹘﹣－─━⁃"
_DOTS = "•‧∙⋅・･●"

# Standard characters of their own in the 通用规范汉字表 (2013), although also a traditional form of another one:
# 王乾 is not 王干.
_KEPT = frozenset("乾吒徵於夥摺薹袷拚")

_GBK_PRIVATE_LATER = {0xE81E: "龴", 0xE826: "龵", 0xE82B: "龶", 0xE82C: "龷", 0xE832: "龸", 0xE843: "龹", 0xE854: "龺",
                      0xE864: "龻"}


def fold(text: str) -> str:
    """Return the comparable form: NFKC, no marks or white space, () for all brackets, upper case, simplified.

    Two texts a reader would call the same have the same fold; the fold itself is never shown.

    >>> fold("（２０２４）豫 1102行審\\u200b１５號"), fold("甲〔2024〕1号ａ—b")
    ('(2024)豫1102行审15号', '甲(2024)1号A-B')
    """
    return _find_dropped.sub("", unicodedata.normalize("NFKC", text).translate(_changes()))


def fold_expr(column: pl.Expr) -> pl.Expr:
    """Return the expression of `fold` over a text column; NULL stays NULL."""
    table = character_table()
    changed = column.str.normalize("NFKC").str.replace_many(list(table), list(table.values()))
    return changed.str.replace_all(_DROPPED, "")


def clean_text(text: str) -> str:
    """Return the display form: NFC, no control or zero-width characters, trimmed, line breaks as one space.

    Width, case and script stay: a name keeps its characters.

    >>> clean_text(" 张\\u200b三\\n(曾用名) ")
    '张三 (曾用名)'
    """
    spaced = _find_break.sub(" ", unicodedata.normalize("NFC", text))
    return _find_edge.sub("", _find_unprinted.sub("", spaced))


def clean_text_expr(column: pl.Expr) -> pl.Expr:
    """Return the expression of `clean_text` over a text column; NULL stays NULL."""
    spaced = column.str.normalize("NFC").str.replace_all(_BREAK, " ")
    return spaced.str.replace_all(_UNPRINTED, "").str.replace_all(_EDGE, "")


def by_distinct(series: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return `function` applied to the distinct non-null values of `series`, put back in order; NULL stays NULL."""
    name = series.name
    distinct = series.drop_nulls().unique()
    answers = pl.DataFrame({"value": distinct, "answer": function(distinct)})
    whole = series.rename("value").to_frame()
    return whole.join(answers, on="value", how="left", maintain_order="left")["answer"].rename(name)


@functools.cache
def character_table() -> dict[str, str]:
    """Return every single-character change of `fold` after NFKC, ready to use by both twins."""
    table = _simplified() | _gbk_private()
    table |= dict.fromkeys(_OPENING, "(") | dict.fromkeys(_CLOSING, ")")
    table |= dict.fromkeys(_DASHES, "-") | dict.fromkeys(_DOTS, "·")
    return table | {chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)}


@functools.cache
def _changes() -> dict[int, str]:
    return str.maketrans(character_table())


@functools.cache
def _simplified() -> dict[str, str]:
    """Return traditional → simplified, character by character (OpenCC t2s), settled where one leads to another."""
    characters = [chr(code) for code in (*range(0x3400, 0xA000), *range(0x20000, 0x323B0))]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    changed = {
        old: new for old, new in zip(characters, simplified, strict=True) if old != new and old not in _KEPT
    }
    return {old: changed.get(new, new) for old, new in changed.items()}


def _gbk_private() -> dict[str, str]:
    """Return the rare characters that older systems store in the private-use area, with their present code points.

    GB 18030 places FE50–FEA0 at U+E815–U+E864 where Unicode had no such character yet. A name must not lose them.
    """
    table = {chr(code): character for code, character in _GBK_PRIVATE_LATER.items()}
    second_bytes = [byte for byte in range(0x50, 0xA1) if byte != 0x7F]
    for private, byte in enumerate(second_bytes, start=0xE815):
        character = bytes([0xFE, byte]).decode("gb18030")
        if unicodedata.category(character) != "Co":
            table.setdefault(chr(private), _simplified().get(character, character))
    return table
