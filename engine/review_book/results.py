"""What became of the rows of a workbook, as a table beside it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from engine.review import KEPT, OUTCOMES, Outcome
from engine.text import safe_csv

_SCHEMA = {"行号": pl.Int64, "线索编号": pl.String, "命中编号": pl.String, "结果": pl.String, "说明": pl.String}


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many rows had each outcome, by code, in the order of `OUTCOMES`; their sum is the rows."""
    found = Counter(outcome.code for outcome in outcomes)
    return {code: found[code] for code in OUTCOMES if found[code]}


def refused(outcomes: Sequence[Outcome]) -> int:
    """Return how many rows were not taken."""
    return sum(outcome.code not in KEPT for outcome in outcomes)


def write_outcomes(book: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write the outcome of every row as CSV beside the workbook and return the file; none is ever overwritten."""
    rows = [(o.line, o.clue_id, o.finding_id, OUTCOMES[o.code], o.words) for o in outcomes]
    table = safe_csv(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))
    number = 1
    while True:
        path = book.with_name(f"{book.stem}-导入结果{'' if number == 1 else f'-{number}'}.csv")
        try:
            with path.open("xb") as file:
                file.write(table)
        except FileExistsError:
            number += 1
        else:
            return path
