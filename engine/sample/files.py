"""Files as suppliers send them: workbooks with title rows, GB18030 tables, JSON lines, compressed tables, Parquet.

The same frames give the same bytes: no clock, no machine name, no compression time stamp goes into a file.
"""

import gzip
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

CREATED = datetime(2026, 10, 31)  # noqa: DTZ001  a workbook's creation stamp has no zone


def write_csv(frame: pl.DataFrame, path: Path, encoding: str = "utf-8", extra: Sequence[str] = ()) -> None:
    """Write a table as CSV with CRLF line ends; `extra` are raw lines put at the end as they stand."""
    text = frame.write_csv(line_terminator="\r\n", null_value="") + "".join(f"{line}\r\n" for line in extra)
    path.write_bytes(text.encode(encoding))


def write_gzip(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as compressed CSV, without name and time in the header."""
    data = frame.write_csv(null_value="").encode()
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        file.write(data)


def write_json_lines(frame: pl.DataFrame, path: Path) -> None:
    """Write one JSON object a line."""
    path.write_bytes(frame.write_ndjson().encode())


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a Parquet file of text columns."""
    frame.write_parquet(path, compression="zstd", statistics=False)


def write_workbook(
    frame: pl.DataFrame, path: Path, above: Sequence[Sequence[str]] = (), numeric: Sequence[str] = (),
    sheet: str = "Sheet1"
) -> None:
    """Write a table as a workbook: rows `above` the header (a single cell is a merged title), then header and data.

    Columns named in `numeric` are number cells where the text is a plain number; all else is text, never a formula.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": CREATED, "author": "样例数据"})
        page = book.add_worksheet(sheet)
        title = book.add_format({"bold": True, "align": "center"})
        for place, cells in enumerate(above):
            if len(cells) == 1:
                page.merge_range(place, 0, place, frame.width - 1, cells[0], title)
            else:
                page.write_row(place, 0, cells)
        page.write_row(len(above), 0, frame.columns)
        for place, name in enumerate(frame.columns):
            page.write_column(len(above) + 1, place, _cells(frame[name], name in numeric))


def _cells(column: pl.Series, numeric: bool) -> list[object]:
    if not numeric:
        return list(column.to_list())
    plain = column.str.contains(r"^\d{1,9}(\.\d{1,6})?$")
    numbers = column.cast(pl.Float64, strict=False)
    return [n if p else t for n, p, t in zip(numbers.to_list(), plain.to_list(), column.to_list(), strict=True)]
