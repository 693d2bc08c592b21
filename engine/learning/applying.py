"""The model at work: chances for what stands, and in Chinese how a chance came about."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from engine import review
from engine.errors import EngineError
from engine.learning.model import FEATURES, Model, chances, featured, read_model
from engine.review import Review, Who

FILE = "review-model.json"
"""Where in the data folder `xiezhi review train` leaves the model, and publication looks for it."""

LEAST = 0.005
"""Moves of the chance smaller than this are not told."""


def apply(base: Review, who: Who, file: Path) -> int:
    """Give what stands its chances by the model in the file and return how many findings got one.

    No file, or a model that did not prove itself: chances given before are taken away. A file that is no model takes
    them away too and raises EngineError.
    """
    if not file.exists():
        return review.chances.give_chances(base, who, "", None)
    try:
        text = file.read_text(encoding="utf-8")
        model = read_model(text, str(file))
    except (EngineError, UnicodeDecodeError) as fault:
        review.chances.give_chances(base, who, "", None)
        if isinstance(fault, EngineError):
            raise
        raise EngineError(str(file), "不是模型文件", "请删去这个文件", "E-MODEL-FILE") from None
    if not model.is_used:
        return review.chances.give_chances(base, who, "", None)
    return review.chances.give_chances(base, who, text, lambda measures: chances(model, measures))


def shown(base: Review, clue_id: str) -> dict[str, tuple[float, list[str]]]:
    """Return the chance of each of a clue's findings with its reasons, by finding id; the caller has seen to rights."""
    known = review.chances.measures_of(base, clue_id)
    text = review.chances.model_in_use(base) if known else ""
    if not text:
        return {}
    model = read_model(text, "研判库")
    return {finding_id: (row["chance"], reasons(model, row["rule_id"], row)) for finding_id, row in known.items()}


def reasons(model: Model, rule_id: str, measures: Mapping[str, Any]) -> list[str]:
    """Return how a chance came about, one sentence for the rule and one for each feature that moves it.

    A feature is held against its mean over the decisions; what it moves is the chance with it less the chance as it
    would be at the mean.
    """
    frame = pl.DataFrame([{name: measures[name] for name in review.MEASURE if name != "finding_id"}],
                         schema={name: kind for name, kind in review.MEASURE.items() if name != "finding_id"})
    values = featured(frame).row(0, named=True)
    rule = model.rules.get(rule_id)
    total = model.intercept + (rule.offset if rule else 0.0) + sum(
        x.weight * values[name] for name, x in model.features.items())
    moved = [(_moves(total, x.weight * (values[name] - x.mean)), name) for name, x in model.features.items()]
    told = [_said(name, values[name], model.features[name].mean, move)
            for move, name in sorted(moved, key=lambda m: (-abs(m[0]), m[1])) if abs(move) >= LEAST]
    return [_of_rule(rule, _moves(total, rule.offset if rule else 0.0)), *told]


def _moves(total: float, by: float) -> float:
    """Return how much of the chance is owed to one term."""
    return _chance(total) - _chance(total - by)


def _chance(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _of_rule(rule: Any, move: float) -> str:
    if rule is None:
        return "这条规则还没有研判过，按各规则的平均看"
    words = f"这条规则研判过{rule.decided}项，{rule.right}项属实"
    return f"{words}：{_up(move)}（与各规则的平均比）" if abs(move) >= LEAST else f"{words}，与各规则的平均相近"


def _said(name: str, value: float, mean: float, move: float) -> str:
    label = FEATURES[name][0]
    compared = f"{'多于' if value > mean else '少于'}研判过的平均"
    if name in ("unknown", "flags"):
        compared = f"{'少于' if value > mean else '多于'}研判过的平均（{-mean:.1f}项）"
        return f"{label}{-value:.0f}项，{compared}：{_up(move)}"
    if name == "link":
        return f"{label}{value:.2f}，{'高于' if value > mean else '低于'}研判过的平均（{mean:.2f}）：{_up(move)}"
    if name == "amount":
        return f"{label}{compared}（按数量级比）：{_up(move)}"
    return f"{label}{value:.1f}分，{compared}（{mean:.1f}分）：{_up(move)}"


def _up(move: float) -> str:
    return f"{'升高' if move > 0 else '降低'}{abs(move) * 100:.1f}个百分点"
