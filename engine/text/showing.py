"""Text as it may be shown or put into a file that others open: nothing unseen, nothing that runs."""

import io
import json
import re

import polars as pl

from engine.text.folding import HIDDEN

NEUTRALISED = "防公式处理（文字以=、+、-、@、制表符、回车、换行开头的，前面加了单引号'；此列为加了引号的列）"
"""The last column of every CSV: its header says what is done, its cells where."""

_RISKY = r"^[=+\-@\t\r\n＝＋－＠]"
_UNSEEN = re.compile(f"{HIDDEN}|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def visible(text: str) -> str:
    """Return the text with everything a reader cannot see, or a file cannot hold, written out as ⟦U+202E⟧.

    Line breaks and tabs stay. Nothing is dropped.

    >>> visible("张\\u202e三\\x00")
    '张⟦U+202E⟧三⟦U+0000⟧'
    """
    return _UNSEEN.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the text as `visible` does, with line breaks and tabs as signs: it cannot pass for a line of its own.

    >>> one_line("甲\\n乙")
    '甲␊乙'
    """
    return visible(text).replace("\n", "␊").replace("\t", "␉")


def escaped_json(text: str) -> str:
    """Return JSON text with what a reader cannot see escaped: the same value, and no order for a terminal.

    >>> escaped_json('"甲\\u202e"')
    '"甲\\\\u202e"'
    """
    return _UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text)


def neutralise(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with texts that a spreadsheet might run as a formula quoted, and a column that says which."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    risky = {name: pl.col(name).str.contains(_RISKY).fill_null(False) for name in texts}
    quoted = [pl.when(test).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
              for name, test in risky.items()]
    told = [pl.when(test).then(pl.lit(name)) for name, test in risky.items()]
    which = pl.concat_str(told, separator="、", ignore_nulls=True) if told else pl.lit("")
    return frame.with_columns(*quoted, which.alias(NEUTRALISED))


def safe_csv(frame: pl.DataFrame) -> bytes:
    """Return the frame as CSV for spreadsheets: UTF-8 with its mark, nothing that runs (see `neutralise`)."""
    made = io.BytesIO()
    neutralise(frame).write_csv(made, include_bom=True)
    return made.getvalue()


def first_title(text: str) -> str:
    """Return the first of several numbered lines, without its number.

    >>> first_title("1. 超期申请\\n2. 超期裁定")
    '超期申请'
    """
    return re.sub(r"^\d+\. ", "", text.split("\n", 1)[0])
