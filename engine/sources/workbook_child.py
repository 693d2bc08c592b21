"""The limited process that reads a workbook: cells in, text columns out. Run as a script; imports nothing of ours.

A number becomes the shortest text a spreadsheet shows for it (15 digits), a date its ISO form, a truth value 是 or 否.
Whole numbers beyond 15 digits are named in the result, for their last digits are not what was typed.
"""

import datetime as dt
import errno
import gc
import json
import resource
import sys
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

_BATCH = 50_000
_PRECISE = 10**15
_MOST_LOST = 60_000


def main(job: dict[str, Any]) -> None:
    """Write sheet<N>.arrow for each sheet and result.json into the output folder."""
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job["output"], job["output"]))
    gc.disable()  # millions of cells, no cycles among them; the process ends soon
    out = Path(job["out"])
    try:
        found = read(job["path"], job["sheets"], out)
    except (MemoryError, ImportError):  # a library that finds no room cannot be loaded either
        found = {"fault": "memory"}
    except Exception as fault:  # the file is hostile or broken: nothing it raises may go unreported
        password = type(fault).__name__ == "PasswordError"
        too_large = getattr(fault, "errno", None) == errno.EFBIG
        found = {"fault": "password" if password else "memory" if too_large else "damaged"}
    (out / "result.json").write_text(json.dumps(found), encoding="utf-8")


def read(path: str, names: list[str], out: Path) -> dict[str, Any]:
    """Return, for each sheet, its first column, width, rows, and the places of numbers with lost digits."""
    from python_calamine import CalamineWorkbook

    sheets = []
    with CalamineWorkbook.from_path(path) as book:
        for number, name in enumerate(names):
            sheets.append(_write(book.get_sheet_by_name(name), out / f"sheet{number}.arrow"))
    return {"sheets": sheets}


def _write(sheet: Any, target: Path) -> dict[str, Any]:
    import pyarrow as pa

    lost: list[tuple[int, int]] = []
    start = sheet.start
    if start is None:
        return {"rows": 0, "width": 0, "first_column": 0, "lost": []}
    width = sheet.end[1] - start[1] + 1
    schema = pa.schema([(f"c{i}", pa.large_string()) for i in range(width)])
    rows, done = iter(sheet.iter_rows()), 0
    with pa.ipc.new_file(str(target), schema) as writer:
        while batch := list(islice(rows, _BATCH)):
            columns = []
            for i, column in enumerate(zip(*batch, strict=True)):
                texts, places = _texts(column)
                columns.append(pa.array(texts, pa.large_string()))
                lost += [(done + place + 1, i) for place in places]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            done += len(batch)
            if len(lost) > _MOST_LOST:
                break
    return {"rows": done, "width": width, "first_column": start[1], "lost": lost}


def _texts(column: tuple[Any, ...]) -> tuple[list[str] | tuple[Any, ...], list[int]]:
    """Return a column's cells as text and the places of whole numbers beyond 15 digits."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column, []
    lost = []
    if float in kinds or int in kinds:
        lost = [place for place, value in enumerate(column) if type(value) in (float, int) and abs(value) >= _PRECISE]
    return [value if type(value) is str else _text(value) for value in column], lost


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        text = format(value, ".15g")
        return format(Decimal(text), "f") if "e" in text else text
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
