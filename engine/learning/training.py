"""Training: are there enough decisions, fit, try out on decisions not seen, and use the model only where it helps."""

import hashlib
from importlib import metadata
from typing import Any

import polars as pl

import engine
from engine import review
from engine.errors import EngineError
from engine.learning.model import FEATURES, Learnt, Model, RuleLearnt, featured
from engine.review import Review

DECISIONS = 200
"""Decisions without which nothing is trained."""

EACH = 30
"""Decisions of either outcome without which nothing is trained."""


def train(base: Review, seed: int = 0) -> Model:
    """Return the model of the decisions there are, the same for the same decisions, with the report of its trials.

    It `is_used` only where it beats the rules' own base rates: in folds beyond the interval of 95 %, and on the later
    decisions. Raises EngineError where there are too few decisions, or scikit-learn is not installed.
    """
    decided, unmeasured = review.chances.examples(base)
    _demand_enough(decided, unmeasured)
    try:
        # reason: the extra [model]; every other command does without
        from engine.learning import fitting, trials
    except ModuleNotFoundError as fault:
        fix = "请运行 pip install 'xiezhi[model]'"
        raise EngineError("训练", f"没有安装训练所需的包（{fault.name}）", fix, "E-MODEL-EXTRA") from None
    names, rule = fitting.numbered(decided["rule_id"].to_list())
    data = fitting.Data(featured(decided).to_numpy(), rule, fitting.numbered(decided["clue_id"].to_list())[1],
                        decided["is_right"].to_numpy())
    whole = fitting.calibrated(data, len(names), seed)
    report = {
        "folds": trials.in_folds(data, len(names), decided["score"].fill_null(0.0).to_numpy(), seed),
        "later": trials.by_time(data, len(names), seed),
    }
    why_not = _why_not(report)
    means = data.features.mean(axis=0)
    return Model(
        _rounded(whole.intercept),
        {name: Learnt(_rounded(whole.weights[i]), _rounded(means[i])) for i, name in enumerate(FEATURES)},
        _rules(decided, {name: float(whole.offsets[i]) for i, name in enumerate(names)}),
        not why_not, why_not, _made(decided, unmeasured, seed), report)


def _demand_enough(decided: pl.DataFrame, unmeasured: int) -> None:
    right = int(decided["is_right"].sum())
    wrong = decided.height - right
    lacks = [f"还差{DECISIONS - decided.height}项"] if decided.height < DECISIONS else []
    lacks += [f"属实的还差{EACH - right}项"] if right < EACH else []
    lacks += [f"排除的还差{EACH - wrong}项"] if wrong < EACH else []
    if not lacks:
        return
    old = f"；另有{unmeasured}项是旧版程序发布的命中，没有留下得分，不能用" if unmeasured else ""
    fix = (f"需要至少{DECISIONS}项结论，其中属实（确认、移送）和排除各至少{EACH}项："
           f"{'，'.join(lacks)}。继续研判后再运行")
    raise EngineError("训练", f"结论太少：现有属实{right}项，排除{wrong}项{old}", fix, "E-MODEL-FEW")


def _why_not(report: dict[str, Any]) -> str:
    folds, later = report["folds"], report["later"]
    if folds["gain_interval"][0] <= 0:
        return "不比只看规则以往的属实比例更准（误差的改进没有超出偶然的范围）"
    if later is None:
        return "较早的结论只有一种结果，没法按时间先后检验"
    if later["gain"] <= 0:
        return "用较早的结论学、拿较晚的结论检验，不比只看规则以往的属实比例更准"
    return ""


def _rules(decided: pl.DataFrame, offsets: dict[str, float]) -> dict[str, RuleLearnt]:
    counted = decided.group_by("rule_id").agg(
        pl.col("title").last(), pl.len().alias("decided"), pl.col("is_right").sum().alias("right")).sort("rule_id")
    return {rule_id: RuleLearnt(title, _rounded(offsets[rule_id]), all_of_it, right)
            for rule_id, title, all_of_it, right in counted.iter_rows()}


def _made(decided: pl.DataFrame, unmeasured: int, seed: int) -> dict[str, Any]:
    last = decided["at"].max()
    return {
        "decisions": decided.height, "clues": decided["clue_id"].n_unique(), "without_measures": unmeasured,
        "last_decision": str(last), "seed": seed,
        "fingerprint": hashlib.sha256(decided.drop("title").write_csv().encode()).hexdigest(),
        "versions": {"engine": engine.__version__} | {
            package: metadata.version(package) for package in ("scikit-learn", "scipy", "numpy")},
    }


def _rounded(value: float) -> float:
    return round(float(value), 6) + 0.0
