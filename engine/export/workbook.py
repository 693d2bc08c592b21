"""Lists as one workbook that a prosecutor can read, filter and print.

Every text is written as text: no formula, no link and no number is ever made of a value. Rows are streamed; a sheet
that is longer than its limit ends with a visible line that says where the rest is, and so does a cell that is too long.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from engine.clues import STATUSES

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
CUT = "…（截断，全文见CSV）"
FONT = "宋体"
HEADER = 2
"""Row of the header, counted from 0: title and note stand above it."""
_A3, _A4 = 8, 9
_LINE, _TALLEST = 13.5, 409

_STATUS_COLOURS = dict(zip(STATUSES, ("#E2EFDA", "#FCE4D6", "#FFF2CC", "", "#EDEDED"), strict=True))
_DECLARED = {"新增": _STATUS_COLOURS["新增"], "复现": _STATUS_COLOURS["复现"], "变化": _STATUS_COLOURS["变化"]}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows and how they are laid out.

    `title` and `note` are its first two lines, the header its third; `widths` by column name, others get a sensible
    one; `frozen` columns stay in sight; of the columns only the first `printed` go on paper (0: all, on smaller paper).
    `total` is how many rows the whole list has.
    """

    name: str
    frame: pl.DataFrame
    widths: Mapping[str, float] = field(default_factory=dict)
    title: str = ""
    note: str = ""
    total: int = 0
    frozen: int = 0
    printed: int = 0


def write(path: Path, sheets: Sequence[Sheet], footer: str, made_at: datetime) -> None:
    """Write the workbook; `footer` is printed on every page, `made_at` is the only time in the file."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "线索清单", "created": made_at})
        styles = _styles(book)
        for sheet in sheets:
            _write_sheet(book, styles, sheet, footer)


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "valign": "top", "border": 1, "border_color": "#D9D9D9"}
    made = {
        "head": base | {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "align": "center",
                        "valign": "vcenter", "text_wrap": True},
        "text": base | {"text_wrap": True},
        "count": base | {"num_format": "0", "align": "center"},
        "money": base | {"num_format": "#,##0.00", "align": "right", "indent": 1},
        "score": base | {"num_format": "0.0", "align": "center", "bold": True},
        "date": base | {"num_format": "yyyy-mm-dd", "align": "center"},
        "title": {"font_name": FONT, "font_size": 14, "bold": True, "font_color": "#1F3864", "valign": "vcenter"},
        "note": {"font_name": FONT, "font_size": 10, "font_color": "#595959", "valign": "vcenter"},
    }
    made |= {status: base | {"text_wrap": True, "align": "center", "bg_color": colour}
             for status, colour in _DECLARED.items()}
    return {name: book.add_format(look) for name, look in made.items()}


def _write_sheet(book: Any, styles: Mapping[str, Any], sheet: Sheet, footer: str) -> None:
    page = book.add_worksheet(sheet.name)
    frame = sheet.frame.head(MOST_ROWS - HEADER - 2)
    shown = frame.height
    widths = {name: sheet.widths.get(name, _width(frame[name])) for name in frame.columns}
    for number, width in enumerate(widths.values()):
        page.set_column(number, number, width)
    _set_page(page, sheet, footer, shown)
    for row, (style, height, text) in enumerate((("title", 26, sheet.title), ("note", 18, sheet.note))):
        page.set_row(row, height)
        page.write_string(row, 0, text, styles[style])
    page.set_row(HEADER, 32)
    for number, name in enumerate(frame.columns):
        page.write_string(HEADER, number, name, styles["head"])
    _write_rows(page, styles, frame, HEADER + 1, widths)
    if shown < sheet.total:
        rest = f"（其余 {sheet.total - shown:,} 行见同名 CSV 文件）"
        page.write_string(HEADER + 1 + shown, 0, rest, styles["note"])


def _set_page(page: Any, sheet: Sheet, footer: str, shown: int) -> None:
    last = max(sheet.frame.width - 1, 0)
    page.freeze_panes(HEADER + 1, sheet.frozen)
    page.autofilter(HEADER, 0, HEADER + max(shown, 1), last)
    page.set_landscape()
    page.set_paper(_A3 if sheet.printed else _A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER)
    page.print_area(0, 0, HEADER + shown + 1, sheet.printed - 1 if sheet.printed else last)
    page.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    page.set_footer(f"&L&8{footer.replace('&', '&&')}&R&8{sheet.name}　第&P页，共&N页")


def _write_rows(
    page: Any, styles: Mapping[str, Any], frame: pl.DataFrame, first: int, widths: Mapping[str, float]
) -> None:
    writers = [_writer(name, frame.schema[name]) for name in frame.columns]
    heights = _heights(frame, widths).to_list()
    for offset, values in enumerate(frame.iter_rows()):
        page.set_row(first + offset, heights[offset])
        for number, (value, (kind, write_as)) in enumerate(zip(values, writers, strict=True)):
            look = styles[value] if kind == "status" and value in _DECLARED else styles.get(kind, styles["text"])
            if value is None:
                page.write_blank(first + offset, number, None, look)
            else:
                write_as(page, first + offset, number, value, look)


Writer = Callable[[Any, int, int, Any, Any], None]


def _writer(name: str, kind: pl.DataType) -> tuple[str, Writer]:
    if kind == pl.Date:
        return "date", _write_date
    if kind.is_decimal():
        return "money", _write_number
    if kind.is_float():
        return "score", _write_number
    if kind.is_integer():
        return "count", _write_number
    return "status" if name == "状态" else "text", _write_text


def _write_text(page: Any, row: int, column: int, value: object, look: Any) -> None:
    page.write_string(row, column, cut(str(value)), look)


def _write_number(page: Any, row: int, column: int, value: float | Decimal, look: Any) -> None:
    page.write_number(row, column, float(value), look)


def _write_date(page: Any, row: int, column: int, value: date, look: Any) -> None:
    if value.year < 1900:
        page.write_string(row, column, value.isoformat(), look)
    else:
        page.write_datetime(row, column, value, look)


def cut(text: str, mark: str = CUT) -> str:
    """Return the text as a cell can hold it; what is cut off is said by `mark`.

    >>> len(cut("长" * 40_000)), cut("长" * 40_000)[-6:]
    (32767, '文见CSV）')
    """
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(mark)] + mark


def _heights(frame: pl.DataFrame, widths: Mapping[str, float]) -> pl.Series:
    """Return the height of each row in points: not every program fits rows to wrapped text by itself."""
    lines = [_lines(name, widths[name]) for name, kind in frame.schema.items() if kind == pl.String]
    most = pl.max_horizontal(lines) if lines else pl.repeat(1, pl.len())
    return frame.select((most.fill_null(1).clip(1) * _LINE + 4).clip(upper_bound=_TALLEST).alias("height"))["height"]


def _lines(name: str, width: float) -> pl.Expr:
    """How many lines a wrapped text takes: a Chinese character (three bytes) is two wide; our font is a tenth narrower
    than the one column widths are told in."""
    part = pl.element()
    wide = (part.str.len_bytes() + part.str.len_chars()) / 2
    return pl.col(name).str.split("\n").list.eval((0.9 * wide / width).ceil().clip(1)).list.sum()


def _width(column: pl.Series) -> float:
    """Return a width that fits the header and nine in ten values, between 8 and 40."""
    if column.dtype != pl.String:
        return 12
    longest = column.head(1000).str.split("\n").list.eval(pl.element().str.len_chars()).list.max().quantile(0.9)
    return float(min(max(1.8 * max(longest or 0, len(column.name)), 8), 40))
