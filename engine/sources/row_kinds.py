"""Rows that are not records: totals, notes and signatures people put into a table.

They are told by the first cell that is filled, the same way for every format; the words below are the whole rule.

>>> row_kind(["合计", "", "10000.00", ""]), row_kind(["注：数据截至6月30日", "", ""]), row_kind(["张三", "合计"])
('totals', 'note', '')
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl

TOTALS = (
    r"^\s*(?:本[页表月年季]|全部|各项)?(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计)"
    r"(?:\s*[:：].*|\s*[(（].*[)）]|\s*\d+\s*[件条户人笔]?)?\s*$"
)
"""A row of sums."""

NOTE = (
    r"^\s*(?:(?:表格|填表|填报|填写|使用|导入|指标)(?:说明|要求|须知)"
    r"|[(（【\[]?\s*(?:说明|备注|附注|注意|注意事项|注)\s*\d{0,2}\s*[)）】\]]?\s*[:：]"
    r"|[(（\s—\-]*以下(?:为)?空白)"
)
"""A row that explains the table; nothing else may stand in it."""

SIGNATURE = (
    r"^\s*(?:制\s*表|填\s*表|填\s*报|审\s*核|统\s*计|打\s*印|导\s*出|报\s*送|上\s*报)(?:人|员|单位|时间|日期|部门)?\s*[:：]"
    r"|^\s*(?:单位)?负责人\s*[:：]|^\s*(?:联系电话|数据来源|联系人)\s*[:：]"
)
"""A row that says who made the table; at most half of its cells may be filled."""

BLANKS = " \t\u3000\xa0\x1a\ufeff\r\n"

_TOTALS, _NOTE, _SIGNATURE = re.compile(TOTALS), re.compile(NOTE), re.compile(SIGNATURE)


def row_kind(cells: Sequence[str]) -> str:
    """Return 'blank', 'totals' or 'note', or '' for what must be taken as a record."""
    filled = [cell for cell in cells if cell.strip(BLANKS)]
    if not filled:
        return "blank"
    first = filled[0]
    if _TOTALS.search(first):
        return "totals"
    note = len(filled) == 1 and _NOTE.search(first)
    return "note" if note or (len(filled) <= max(1, len(cells) // 2) and _SIGNATURE.search(first)) else ""


def row_kinds(cells: pl.DataFrame) -> pl.Series:
    """Return the same for every row of a frame of text cells (NULL = empty)."""
    filled = [pl.when(pl.col(c).str.strip_chars(BLANKS) != "").then(pl.col(c)) for c in cells.columns]
    first = pl.coalesce(pl.all())
    suspects = cells.select(
        (first.is_null() | (first.str.strip_chars(BLANKS) == "") | first.str.contains(TOTALS)
         | first.str.contains(NOTE) | first.str.contains(SIGNATURE)).alias("suspect"),
    ).to_series()
    if not suspects.any():
        return pl.Series("kind", [""], dtype=pl.String).new_from_index(0, cells.height)
    first = pl.coalesce(filled)
    count = pl.sum_horizontal([f.is_not_null().cast(pl.UInt32) for f in filled])
    kind = (
        pl.when(first.is_null()).then(pl.lit("blank"))
        .when(first.str.contains(TOTALS)).then(pl.lit("totals"))
        .when((count == 1) & first.str.contains(NOTE)).then(pl.lit("note"))
        .when((count <= max(1, cells.width // 2)) & first.str.contains(SIGNATURE)).then(pl.lit("note"))
        .otherwise(pl.lit(""))
    )
    return cells.with_columns(suspects).select(
        pl.when(pl.col("suspect")).then(kind).otherwise(pl.lit("")).alias("kind")).to_series()


class RunningTotals:
    """Sums of the columns that hold plain numbers, to be held against the totals rows of the file."""

    _SAMPLE = 200
    _MOST = 200

    def __init__(self) -> None:
        self._seen = 0
        self._all: dict[str, Decimal] | None = None
        self._since: dict[str, Decimal] = {}

    def take(self, rows: pl.DataFrame, totals: pl.DataFrame) -> Iterator[tuple[int, str, Decimal, Decimal]]:
        """Add rows and yield each totals cell that fits neither all rows so far nor those since the last totals row.

        Yields line, column, the sum written and the sum of the rows. Columns with other cells than numbers are left
        out; a table with hundreds of totals rows is not checked.
        """
        done = 0
        self._seen += totals.height
        if self._seen > self._MOST:
            return
        for line in totals["line"].to_list():
            here = int((rows["line"] < line).sum())
            self._add(rows[done:here])
            done = here
            yield from self._compare(line, totals.filter(pl.col("line") == line))
            self._since = dict.fromkeys(self._all or {}, Decimal(0))
        self._add(rows[done:])

    def _add(self, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        if self._all is None:
            numeric = [c for c in rows.columns if c != "line" and _is_numeric(rows[c].head(self._SAMPLE))]
            self._all = dict.fromkeys(numeric, Decimal(0))
            self._since = dict(self._all)
        for column in list(self._all):
            numbers = _numbers(rows[column])
            if numbers.null_count() > rows[column].null_count():
                del self._all[column]
                continue
            total = Decimal(numbers.sum() or 0)
            self._all[column] += total
            self._since[column] = self._since.get(column, Decimal(0)) + total

    def _compare(self, line: int, totals: pl.DataFrame) -> Iterator[tuple[int, str, Decimal, Decimal]]:
        for column, total in (self._all or {}).items():
            written = _numbers(totals[column])[0]
            if written is not None and written not in (total, self._since[column]):
                yield line, column, written, total


def _numbers(cells: pl.Series) -> pl.Series:
    return cells.str.replace_all(r"[,，\s]", "").cast(pl.Decimal(38, 6), strict=False)


def _is_numeric(cells: pl.Series) -> bool:
    filled = cells.drop_nulls()
    plain = filled.str.contains(r"^\s*-?\d{1,3}(?:[,，]?\d{3})*(?:\.\d{1,6})?\s*$|^\s*-?\d{1,15}(?:\.\d{1,6})?\s*$")
    return filled.len() > 0 and bool(plain.all())
