"""统计: how far clues got, how right the rules were, what the last run lacked; every table and chart to take along."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import polars as pl
from fastapi import APIRouter, Depends, Query, Response

from engine.errors import EngineError
from engine.review import browsing, rulebook, statistics
from engine.review.precision import precision
from engine.review.publishing import DEFECTS, GAPS
from engine.review.statistics import BASES, FEW, STAGES, Figures, Filter
from engine.text import safe_csv
from engine.web import charts
from engine.web.access import Asks, Visitor
from engine.web.charts import Chart
from engine.web.pages import page

router = APIRouter()

SHOWN = 20
"""Rows of organs and divisions on the page; the file has all."""

SHARES = {"decided": "研判率", "valid": "有效率", "opened": "成案率", "sent": "发文率", "replied": "回复率",
          "adopted": "采纳率", "wholly": "全部采纳率", "rectified": "整改率"}
"""Stage → what its share is called."""

PANELS = (("listed", "decided", "valid"), ("opened", "sent", "adopted", "rectified"))
"""Lines of the two panels of the chart over months."""

KEYS = {"rule_id": "规则编号", "title": "规则", "rule_version": "版本", "unit": "被监督单位", "division": "地区",
        "month": "月份"}

RATED = {"confirm": "确认（项）", "transfer": "移送（项）", "dismiss": "排除（项）", "need_material": "需补材料（项）",
         "untouched": "未研判（项）", "precision": "查准率", "low": "区间下限", "high": "区间上限",
         "open_share": "未决占比"}
"""Columns of precision, which counts findings, in the table of rules."""

Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
Word = Annotated[str, Query(max_length=200)]


def _asked(since: Month = "", until: Month = "", rule: Word = "", field: Word = "", division: Word = "") -> Filter:
    return Filter(since, until, rule, field, division.strip())


Asked = Annotated[Filter, Depends(_asked)]


@router.get("/statistics")
def show(asks: Asks, asked: Asked) -> Response:
    """统计."""
    choices = browsing.choices(asks.base, asks.actor)
    found = statistics.figures(asks.base, asks.actor, asked)
    tables = _tables(asks, asked, found, dict(choices["rule"]))
    return page("statistics.html", visitor=asks, asked=asked, choices=choices, tables=tables, shown=SHOWN, few=FEW,
                stages=STAGES, bases=BASES, interval=charts.interval, total=found.total.row(0, named=True),
                charts=_charts(asked, found), boards=rulebook.boards(asks.base, asks.actor),
                file=lambda name: _address(asked, name))


@router.get("/statistics/file")
def download(asks: Asks, asked: Asked, name: Word = "") -> Response:
    """一张表（CSV）或一幅图（SVG）."""
    found = statistics.figures(asks.base, asks.actor, asked)
    stem, _, kind = name.partition(".")
    if kind == "svg" and stem in (drawn := _charts(asked, found)):
        return _file(drawn[stem].file(), "image/svg+xml", drawn[stem].title, kind)
    titles = dict(browsing.choices(asks.base, asks.actor)["rule"])
    if kind == "csv" and stem in (tables := _tables(asks, asked, found, titles)):
        return _file(safe_csv(_labelled(tables[stem])), CSV, f"统计_{CAPTIONS[stem]}{_period(asked)}", kind)
    if kind == "csv" and stem in BOARDS and (told := rulebook.boards(asks.base, asks.actor)) is not None:
        rows = [dict(row) for row in told[list(BOARDS).index(stem)]]
        frame = pl.DataFrame(rows, schema=BOARDS[stem][1]).rename(dict(zip(BOARDS[stem][1], BOARDS[stem][2],
                                                                           strict=True)))
        return _file(safe_csv(frame), CSV, BOARDS[stem][0], kind)
    raise EngineError("统计", "没有这份文件", "请从统计页的链接下载", "E-REVIEW-FILE")


CSV = "text/csv; charset=utf-8"

BOARDS = {
    "gaps": ("资料缺口", GAPS, ("向谁调取", "调取什么", "需要的项目", "期间起", "期间止", "待判断件数", "只缺这一项",
                            "补齐后可判断的规则")),
    "defects": ("数据缺陷", DEFECTS, ("来源", "类别", "列", "代码", "原因", "处理办法", "处数", "文件数")),
}
"""Boards by name: title, columns, and their Chinese."""

CAPTIONS = {"total": "漏斗", "rules": "按规则版本", "units": "按被监督单位", "divisions": "按地区", "months": "按月"}
"""Tables by name."""


def _tables(asks: Visitor, asked: Filter, found: Figures, titles: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    rated = precision(asks.base, asks.actor, asked).rules.rename({"valid": "right", "decided": "judged"})
    key = ["rule_id", "rule_version"]
    rules = found.rules.join(rated, on=key, how="full", coalesce=True).with_columns(
        pl.col(*STAGES, "cents").fill_null(0), pl.col("rule_id").replace(titles).alias("title"))
    order = pl.col("rule_version").max().over("rule_id")
    return {"total": found.total, "rules": rules.sort("rule_id", order - pl.col("rule_version")),
            "units": found.units, "divisions": found.divisions, "months": found.months}


def _labelled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table as its file has it: Chinese headers, shares with their bases, yuan."""
    columns = [pl.col(name).alias(label) for name, label in KEYS.items() if name in frame.columns]
    columns += [pl.col(name).alias(label) for name, label in STAGES.items()]
    columns.append((pl.col("cents") / 100).alias("挽回、追缴（元）"))
    columns += [_share(stage).alias(f"{SHARES[stage]}（分母：{STAGES[base]}）") for stage, base in BASES.items()
                if f"{stage}_of" in frame.columns]
    columns += [pl.col(name).alias(label) for name, label in RATED.items() if name in frame.columns]
    return frame.select(columns)


def _share(stage: str) -> pl.Expr:
    base = pl.col(BASES[stage])
    return pl.when(base > 0).then((pl.col(f"{stage}_of") / base).round(4))


def _charts(asked: Filter, found: Figures) -> dict[str, Chart]:
    total, months = found.total.row(0, named=True), found.months
    drawn = {"funnel": charts.funnel(f"线索走到哪一步{_period(asked)}",
                                     [(label, total[stage], _told(stage, total)) for stage, label in STAGES.items()])}
    if months.height:
        panels = [{STAGES[stage]: months[stage].to_list() for stage in panel} for panel in PANELS]
        drawn["months"] = charts.months(f"各月发生数{_period(asked)}", months["month"].to_list(), panels)
    return drawn


def _told(stage: str, row: Mapping[str, Any]) -> str:
    """Return a stage's share with its denominator in words."""
    if stage not in BASES:
        return ""
    base = row[BASES[stage]]
    if base == 0:
        return f"{SHARES[stage]} —"
    few = "，样本太少" if base < FEW else ""
    return f"占{STAGES[BASES[stage]]} {row[f'{stage}_of'] / base:.1%}{few}"


def _period(asked: Filter) -> str:
    if not asked.since and not asked.until:
        return ""
    return f"（{asked.since or '最早'}至{asked.until or '最近'}）"


def _address(asked: Filter, name: str) -> str:
    return "/statistics/file?" + urlencode({"name": name} | {k: v for k, v in vars(asked).items() if v})


def _file(content: bytes, kind: str, title: str, ending: str) -> Response:
    return Response(content, media_type=kind, headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{title}.{ending}')}"})
