"""The command that trains the model on reviewers' decisions and tells honestly how it did."""

from collections.abc import Mapping
from typing import Any

import click

from engine import run
from engine.cli import screen
from engine.cli.book_commands import operator
from engine.cli.chinese import ChineseCommand
from engine.cli.options import json_option, planned
from engine.learning import Model
from engine.run import Plan


@click.command("train", cls=ChineseCommand)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), metavar="整数",
              help="分折用的随机数种子；同样的结论和种子得到同样的模型")
@json_option
@planned
def train(plan: Plan, seed: int, as_json: bool) -> int:
    """用研判结论训练“属实可能性”模型，检验后用于在列线索。"""
    with run.opened_review(plan) as base:
        model, given = run.train_model(plan, base, operator(), seed)
    if as_json:
        screen.emit({"file": str(run.model_file(plan)), "is_used": model.is_used, "why_not": model.why_not,
                     "findings": given, "made": dict(model.made), "report": dict(model.report)})
        return 0
    _tell(model)
    if model.is_used:
        screen.say(f"已用于在列命中 {given:,} 项；模型在 {run.model_file(plan)}")
    else:
        screen.say(f"没有使用：{model.why_not}。报告在 {run.model_file(plan)}")
    return 0


def _tell(model: Model) -> None:
    made, folds, later = model.made, model.report["folds"], model.report["later"]
    screen.say(f"用结论 {made['decisions']} 项（属实 {folds['right']}）训练，分折检验，每项都由没有学过它的模型来估")
    screen.table("准不准：误差（Brier，越小越好）", ("检验", "项数", "模型", "只看规则比例", "改进", "95%区间"),
                 [_compared("分折", folds), *([_compared("先学后验", later)] if later else [])])
    screen.table("说的和实际的", ("可能性", "项数", "平均说", "实际属实", "95%区间"), [
        (f"{t['from']:.0%}–{t['to']:.0%}", str(t["decisions"]), f"{t['said']:.0%}",
         f"{t['right'] / t['decisions']:.0%}", _interval(t["interval"])) for t in folds["calibration"]])
    screen.table("排在最前的有多少属实", ("前几项", "按可能性", "95%区间", "只按得分", "95%区间"), [
        (str(h["k"]), str(h["by_chance"]["right"]), _interval(h["by_chance"]["interval"]),
         str(h["by_score"]["right"]), _interval(h["by_score"]["interval"])) for h in folds["head"]])


def _compared(label: str, trial: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = trial["gain_interval"]
    return (label, str(trial["decisions"]), f"{trial['brier']:.4f}", f"{trial['brier_base']:.4f}",
            f"{trial['gain']:+.4f}", f"{low:+.4f}–{high:+.4f}")


def _interval(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.0%}–{interval[1]:.0%}"
