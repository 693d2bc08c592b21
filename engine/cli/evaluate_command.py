"""`xiezhi evaluate`: how right the rules are, by planted answers or by what people decided."""

from pathlib import Path
from typing import Any

import click
import polars as pl

from engine import evaluate as measuring
from engine import review, run
from engine.cli import reports, screen
from engine.cli.chinese import ChineseCommand
from engine.cli.options import json_option, planned
from engine.errors import EngineError
from engine.export.files import published, write_csv
from engine.review import REASONS, browsing
from engine.review.precision import Precision, precision
from engine.review.rights import OFFICE
from engine.review.statistics import FEW, Filter
from engine.run import Plan
from engine.store import reading

SAVED = "研判查准率.csv"


@click.command("evaluate", cls=ChineseCommand)
@click.argument("answers", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[答案文件]",
                required=False)
@click.option("--judgements", is_flag=True, help="不用答案文件，按研判库里的结论给出每条规则每一版的查准率")
@click.option("--save", is_flag=True, help="与 --judgements 同用：另写到输出文件夹的 研判查准率.csv")
@json_option
@planned
def evaluate(plan: Plan, answers: Path | None, judgements: bool, save: bool, as_json: bool) -> int:
    """与预设答案或人工研判结论对照，给出每条规则的查全率和查准率。"""
    if judgements == (answers is not None) or (save and not judgements):
        raise click.UsageError("请写一个答案文件，或者用 --judgements；--save 只与 --judgements 同用")
    if judgements:
        return _judgements(plan, save, as_json)
    assert answers is not None
    with reading(plan.home) as store:
        result = measuring.evaluate(store, answers)
    screen.emit(result.as_dict()) if as_json else reports.evaluation(result)
    return 0


def _judgements(plan: Plan, save: bool, as_json: bool) -> int:
    if not review.is_there(plan.home, plan.review):
        raise EngineError("研判库", "还没有研判库，没有研判结论", "请先运行 xiezhi publish", "E-REVIEW-NONE-YET")
    with run.opened_review(plan) as base:
        found = precision(base, OFFICE, Filter())
        titles = dict(browsing.choices(base, OFFICE)["rule"])
    if save:
        _save(plan.out / SAVED, found, titles)
        screen.complain(str(plan.out / SAVED))
    if as_json:
        screen.emit([row | {"title": titles.get(row["rule_id"], row["rule_id"]), "few": row["decided"] < FEW,
                            "reasons": _reasons(found, row)} for row in found.rules.to_dicts()])
        return 0
    _print(found, titles)
    return 0


def _print(found: Precision, titles: dict[str, str]) -> None:
    if found.rules.height == 0:
        screen.say("研判库里还没有命中，也没有研判结论")
        return
    rows = [(titles.get(r["rule_id"], r["rule_id"]), r["rule_version"], r["confirm"], r["transfer"], r["dismiss"],
             _share(r), r["need_material"], r["untouched"], f"{r['open_share']:.0%}") for r in found.rules.to_dicts()]
    header = ("规则", "版本", "确认", "移送", "排除", "查准率（95% 区间）", "待补", "未研判", "未决")
    screen.table("与人工研判对照（查准率＝确认和移送÷已有结论）", header, rows, right=(1, 2, 3, 4, 6, 7, 8))
    for row in found.rules.to_dicts():
        if reasons := _reasons(found, row):
            told = "，".join(f"{reason} {count}" for reason, count in reasons.items())
            screen.say(f"· {titles.get(row['rule_id'], row['rule_id'])} 第{row['rule_version']}版排除理由：{told}")
    screen.say(f"已有结论不到 {FEW} 项的，标明“样本太少”，不宜据以评价规则")


def _share(row: dict[str, Any]) -> str:
    if not row["decided"]:
        return "—"
    few = " 样本太少" if row["decided"] < FEW else ""
    return f"{row['precision']:.1%}（{row['low']:.1%}～{row['high']:.1%}）{few}"


def _reasons(found: Precision, row: dict[str, Any]) -> dict[str, int]:
    mine = found.reasons.filter(rule_id=row["rule_id"], rule_version=row["rule_version"])
    return {REASONS.get(reason, reason): count for reason, count in mine.select("reason", "n").rows()}


def _save(path: Path, found: Precision, titles: dict[str, str]) -> None:
    frame = found.rules.with_columns(title=pl.col("rule_id").replace(titles))
    columns = {
        "规则编号": "rule_id", "规则": "title", "版本": "rule_version", "确认": "confirm", "移送": "transfer",
        "排除": "dismiss", "需补材料": "need_material", "未研判": "untouched", "有效": "valid", "已有结论": "decided",
        "查准率": "precision", "区间下限": "low", "区间上限": "high", "未决占比": "open_share",
        "首次结论日": "first_on", "最近结论日": "last_on"}
    with published(path.parent) as folder:
        write_csv(folder / path.name, frame.select(pl.col(name).alias(label) for label, name in columns.items()))
