"""The workbook itself: four sheets, of which only the decision cells may be written into.

Every text is written as text: nothing becomes a formula, a link or a number. The sheets are protected without a
password, so that nobody edits evidence by mistake; on purpose it is found by the hashes in each row's token.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from engine.export.workbook import FONT, MOST_CHARACTERS, cut
from engine.review import Key, Taken
from engine.review_book.layout import (
    BESIDE,
    CAUSES,
    COLUMNS,
    CONCLUSIONS,
    EVIDENCE,
    GIVEN,
    GUIDE,
    KEY,
    LOCKED,
    MANIFEST,
    MOST_WORDS,
    SHEET,
    SHOWN,
    hash_of,
)
from engine.review_book.rows import shown
from engine.text import visible

HEADER = 2
"""Row of the header, counted from 0: title and note stand above it."""

CUT = "…（截断，全文见网页上的线索详情）"
_EVIDENCE_WIDTHS = (14, 20, 26, 26, 30, 44, 12)
_MANIFEST_WIDTHS = (16, 8, 24, 40)
_A4 = 9
_LINE, _TALLEST = 13.5, 409
_ALLOWED = {"autofilter": True, "format_columns": True, "format_rows": True, "sort": True}
"""What a protected sheet still lets people do."""


@dataclass(frozen=True)
class Book:
    """What a workbook is called, and lines that its first sheet says besides the usual (a release, for one)."""

    title: str
    told: Sequence[tuple[str, str]] = ()


def write_book(path: Path, taken: Taken, book: Book) -> int:
    """Write the workbook of these findings and return how many cells were too long for a spreadsheet."""
    rows, evidence = shown(taken)
    long = sum(int((frame[name].str.len_chars() > MOST_CHARACTERS).sum())
               for frame in (rows, evidence) for name, kind in frame.schema.items() if kind == pl.String)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as file:
        file.set_properties({"title": "待研判表", "created": taken.at})
        made = _Pages(file, taken, book.title)
        judged = made.page(SHEET)
        _judged(judged, made.looks, rows, taken)
        _list(made.page(EVIDENCE), made.looks, evidence, _EVIDENCE_WIDTHS)
        _list(made.page(MANIFEST), made.looks, _manifest(rows), _MANIFEST_WIDTHS)
        _guide(made.page(GUIDE), made.looks, [*_told(taken, rows, evidence, long), *book.told])
        judged.activate()
    return long


class _Pages:
    """Sheets with what all have in common: title, print set-up, who took them out and when."""

    def __init__(self, file: Any, taken: Taken, title: str) -> None:
        self.file, self.title = file, visible(title)
        self.looks = _looks(file)
        self.mark = f"导出：{visible(taken.by.name)}　{taken.at:%Y-%m-%d %H:%M}"

    def page(self, name: str) -> Any:
        """Return a new sheet."""
        page = self.file.add_worksheet(name)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.6)
        mark = self.mark.replace("&", "&&")
        page.set_header(f"&L&8{mark}&R&8内部资料，注意保密")
        page.set_footer(f"&L&8{mark}&R&8{name}　第&P页，共&N页")
        page.set_row(0, 26)
        page.write_string(0, 0, f"{self.title}　{name}", self.looks["title"])
        page.set_row(1, 18)
        page.write_string(1, 0, f"{self.mark}　机器筛查结果，不是违法认定；内部资料，注意保密", self.looks["note"])
        page.protect("", _ALLOWED)
        return page


def _looks(file: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 10, "valign": "top", "border": 1, "border_color": "#D9D9D9",
            "text_wrap": True}
    head = base | {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "align": "center", "valign": "vcenter"}
    looks = {
        "head": head, "head_given": head | {"bg_color": "#9C5700"}, "text": base,
        "money": base | {"num_format": "#,##0.00", "align": "right"},
        "given": base | {"locked": False, "bg_color": "#FFF9E5"},
        "lacks": {"bg_color": "#F8CBAD"}, "strong": base | {"bold": True},
        "title": {"font_name": FONT, "font_size": 14, "bold": True, "font_color": "#1F3864", "valign": "vcenter"},
        "note": {"font_name": FONT, "font_size": 10, "font_color": "#595959", "valign": "vcenter"},
    }
    return {name: file.add_format(look) for name, look in looks.items()}


def _judged(page: Any, looks: Mapping[str, Any], rows: pl.DataFrame, taken: Taken) -> None:
    for number, (name, width) in enumerate(COLUMNS.items()):
        page.set_column(number, number, width, None, {"hidden": name == KEY})
        page.write_string(HEADER, number, name, looks["head_given" if name in GIVEN else "head"])
    page.set_row(HEADER, 32)
    page.freeze_panes(HEADER + 1, 3)
    last = HEADER + max(rows.height, 1)
    page.autofilter(HEADER, 0, last, len(SHOWN) + len(GIVEN) + len(BESIDE) - 1)
    page.repeat_rows(HEADER)
    page.print_area(0, 0, last, len(SHOWN) + len(GIVEN) - 1)
    heights = _heights(rows, COLUMNS)
    for offset, row in enumerate(rows.iter_rows(named=True)):
        at = HEADER + 1 + offset
        page.set_row(at, heights[offset])
        cells = {name: _written(row[name]) for name in (*LOCKED, *GIVEN)}
        for number, name in enumerate(COLUMNS):
            if name == KEY:
                page.write_string(at, number, _token(taken, row, cells), looks["text"])
            elif name == "金额（元）" and row[name] is not None:
                page.write_number(at, number, row[name], looks["money"])
            else:
                page.write_string(at, number, cells[name], looks["given" if name in GIVEN else "text"])
    _choices(page, last)
    _marks(page, looks["lacks"], last)


def _written(value: object) -> str:
    """Return a cell as it comes back: a number as the shortest text a spreadsheet shows."""
    if value is None:
        return ""
    return format(value, ".15g") if isinstance(value, float) else cut(str(value), CUT)


def _token(taken: Taken, row: Mapping[str, Any], cells: Mapping[str, str]) -> str:
    hashes = [hash_of([cells[name] for name in names]) for names in (LOCKED, tuple(GIVEN))]
    return taken.seal.token(Key(taken.seal.base, taken.publication, row["clue_id"], row["version"], row["finding_id"],
                                row["evidence_hash"], *hashes))


def _choices(page: Any, last: int) -> None:
    """Lists to choose from, and how much may be written."""
    first = len(SHOWN)
    for offset, words in ((0, CONCLUSIONS), (1, CAUSES)):
        page.data_validation(HEADER + 1, first + offset, last, first + offset, {
            "validate": "list", "source": list(words), "error_title": "不能这样填",
            "error_message": "请从下拉列表里选择"})
    for offset, name in ((2, "说明"), (3, "移送至")):
        page.data_validation(HEADER + 1, first + offset, last, first + offset, {
            "validate": "length", "criteria": "<=", "value": MOST_WORDS[name], "error_title": "太长",
            "error_message": f"至多{MOST_WORDS[name]}字"})


def _marks(page: Any, look: Any, last: int) -> None:
    """Colour the cell that a chosen conclusion still lacks, or that does not go with it."""
    one, why, words, to = (chr(ord("A") + len(SHOWN) + offset) for offset in range(4))
    at = HEADER + 2
    other = next(label for label, code in CAUSES.items() if code == "other")
    tests = {
        one: f'AND(${one}{at}="",${why}{at}&${words}{at}&${to}{at}<>"")',
        why: f'OR(AND(${one}{at}="排除",${why}{at}=""),AND(${one}{at}<>"排除",${why}{at}<>""))',
        words: f'AND(${words}{at}="",OR(${one}{at}="需补材料",AND(${one}{at}="排除",${why}{at}="{other}")))',
        to: f'OR(AND(${one}{at}="移送",${to}{at}=""),AND(${one}{at}<>"移送",${to}{at}<>""))',
    }
    for letter, test in tests.items():
        page.conditional_format(f"{letter}{at}:{letter}{last + 1}", {"type": "formula", "criteria": f"={test}",
                                                                     "format": look})


def _manifest(rows: pl.DataFrame) -> pl.DataFrame:
    """What the workbook holds, to be checked against what was consented to."""
    return rows.select("线索编号", pl.col("version").cast(pl.String).alias("版本"),
                       pl.col("finding_id").alias("命中编号"), pl.col("evidence_hash").alias("证据哈希"))


def _list(page: Any, looks: Mapping[str, Any], frame: pl.DataFrame, all_widths: Sequence[float]) -> None:
    widths = dict(zip(frame.columns, all_widths, strict=True))
    for number, (name, width) in enumerate(widths.items()):
        page.set_column(number, number, width)
        page.write_string(HEADER, number, name, looks["head"])
    page.set_row(HEADER, 24)
    page.freeze_panes(HEADER + 1, 1)
    page.autofilter(HEADER, 0, HEADER + max(frame.height, 1), frame.width - 1)
    page.repeat_rows(HEADER)
    heights = _heights(frame, widths)
    for offset, values in enumerate(frame.iter_rows()):
        page.set_row(HEADER + 1 + offset, heights[offset])
        for number, value in enumerate(values):
            page.write_string(HEADER + 1 + offset, number, _written(value), looks["text"])


def _told(
    taken: Taken, rows: pl.DataFrame, evidence: pl.DataFrame, long: int
) -> list[tuple[str, str]]:
    cut_off = f"{long} 个单元格超过{MOST_CHARACTERS:,}字，已截断并注明；全文见网页上的线索详情" if long else "没有"
    return [
        ("怎样填", "只填“研判”表里浅黄色的四列，一行是一项命中；空着的行保持原样。"),
        ("结论", "从下拉列表选：确认；排除（必须选理由，理由是“其他”的写说明）；需补材料（在说明里写明向谁调取什么）；"
                 "移送（写明移送至哪个部门或机关）。"),
        ("已有的结论", "已经填好，不改就不会变。要撤销结论，请在网页上撤销；清空单元格不算撤销。"),
        ("红色的格", "还缺内容，或与结论不相配；这样的行导入时不收。"),
        ("可以做的", "筛选、删去不办的行、分几次填几次交。要排序，先在“审阅”里撤销工作表保护（没有密码）。"),
        ("不可以做的", "改动证据各列和隐藏的密钥列：改过的行导入时不收。"),
        ("交回", "在网页“待研判表”上传，或由管理员运行 xiezhi review import 文件 --as 登录名；"
                 "逐行告知结果，有疑问的一律不收。"),
        ("时效", "导出之后别人先处理了、证据变了的，那一行不收，会告知；请重新导出。"),
        ("来源", f"第{taken.run_id}次运行，数据截止日{taken.as_of}，第{taken.publication}次发布"),
        ("导出人、时间", f"{taken.by.name}，{taken.at:%Y-%m-%d %H:%M}"),
        ("数量", f"线索 {rows['线索编号'].n_unique():,} 条，命中 {rows.height:,} 项，证据 {evidence.height:,} 行"),
        ("截断", cut_off),
        ("号码", "证件号、统一社会信用代码、手机号均已遮盖；要看全号，按来源文件和行查原件。"),
    ]


def _guide(page: Any, looks: Mapping[str, Any], told: Sequence[tuple[str, str]]) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 100)
    for offset, (name, text) in enumerate(told):
        page.set_row(HEADER + offset, max(20, _LINE * sum(_lines(line, 100) for line in text.split("\n")) + 6))
        page.write_string(HEADER + offset, 0, name, looks["strong"])
        page.write_string(HEADER + offset, 1, _written(visible(text)), looks["text"])


def _lines(text: str, width: float) -> int:
    return max(1, math.ceil(0.9 * (len(text.encode()) + len(text)) / 2 / width))


def _heights(frame: pl.DataFrame, widths: Mapping[str, float]) -> list[float]:
    """Return each row's height in points: not every program fits rows to wrapped text by itself."""
    wide = (pl.element().str.len_bytes() + pl.element().str.len_chars()) / 2
    counts = [pl.col(name).str.split("\n").list.eval((0.9 * wide / widths[name]).ceil().clip(1)).list.sum()
              for name in frame.columns if name in widths and frame.schema[name] == pl.String]
    tall = (pl.max_horizontal(counts).fill_null(1).clip(1) * _LINE + 4).clip(upper_bound=_TALLEST)
    return frame.select(tall.alias("height"))["height"].to_list()
