"""The model: an intercept, a weight for each feature (never below zero), an offset for each rule; kept as plain JSON.

chance = 1 / (1 + exp(−(intercept + Σ weight × feature + offset of the rule))). Features are turned so that more of one
never speaks against a finding: what makes it doubtful (open exclusions, flags) counts with a minus sign.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from engine.errors import EngineError

FORMAT = 1

FEATURES: dict[str, tuple[str, pl.Expr]] = {
    "gravity": ("严重程度", pl.col("gravity")),
    "certainty": ("把握程度", pl.col("certainty")),
    "urgency": ("紧迫程度", pl.col("urgency")),
    "recoverability": ("可挽回金额", pl.col("recoverability")),
    "corroboration": ("相互印证", pl.col("corroboration")),
    "link": ("最弱关联的置信度", pl.col("link").fill_null(1.0)),
    "unknown": ("资料不足的排除事由", -pl.col("unknown")),
    "flags": ("存疑提示", -pl.col("flags")),
    "amount": ("金额", (pl.col("amount_cents") / 100).clip(1.0, 1e12).log10()),
}
"""Feature → what it is called, and how it is made of the measures (see `engine.review.schema.MEASURES`)."""


@dataclass(frozen=True)
class Learnt:
    """What was learnt of a feature: its weight (≥ 0, in log-odds a unit) and its mean over the decisions."""

    weight: float
    mean: float


@dataclass(frozen=True)
class RuleLearnt:
    """What was learnt of a rule: its offset in log-odds, how many of its findings were decided and found right."""

    title: str
    offset: float
    decided: int
    right: int


@dataclass(frozen=True)
class Model:
    """A model with where it comes from (`made`: fingerprint of the decisions, versions, seed) and how it was tried."""

    intercept: float
    features: Mapping[str, Learnt]
    rules: Mapping[str, RuleLearnt]
    is_used: bool
    why_not: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the model as JSON text, the same bytes for the same model."""
        told = {
            "kind": "xiezhi-model", "format": FORMAT, "is_used": self.is_used, "why_not": self.why_not,
            "intercept": self.intercept,
            "features": {name: {"label": FEATURES[name][0], "weight": x.weight, "mean": x.mean}
                         for name, x in self.features.items()},
            "rules": {rule_id: vars(x) for rule_id, x in sorted(self.rules.items())},
            "made": self.made, "report": self.report,
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read_model(text: str, where: str) -> Model:
    """Return the model of a JSON text; raises EngineError where it is none, or one this version does not know."""
    try:
        told = json.loads(text)
        if told["kind"] != "xiezhi-model" or told["format"] != FORMAT or set(told["features"]) != set(FEATURES):
            raise ValueError("another kind or format")
        features = {name: Learnt(float(told["features"][name]["weight"]), float(told["features"][name]["mean"]))
                    for name in FEATURES}
        rules = {str(rule_id): RuleLearnt(str(x["title"]), float(x["offset"]), int(x["decided"]), int(x["right"]))
                 for rule_id, x in told["rules"].items()}
        model = Model(float(told["intercept"]), features, rules, told["is_used"] is True, str(told["why_not"]),
                      dict(told["made"]), dict(told["report"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise _unfit(where) from fault
    numbers = [model.intercept, *(n for x in features.values() for n in (x.weight, x.mean)),
               *(x.offset for x in rules.values())]
    if not all(map(math.isfinite, numbers)) or any(x.weight < 0 for x in features.values()):
        raise _unfit(where)
    return model


def _unfit(where: str) -> EngineError:
    fix = "请重新运行 xiezhi review train，或删去这个文件"
    return EngineError(where, "不是本版本的模型文件，没有使用", fix, "E-MODEL-FILE")


def featured(measures: pl.DataFrame) -> pl.DataFrame:
    """Return the features of measures, one column each; a part not known counts 0."""
    return measures.select(made.fill_null(0.0).fill_nan(0.0).alias(name) for name, (_, made) in FEATURES.items())


def chances(model: Model, measures: pl.DataFrame) -> pl.DataFrame:
    """Return finding_id and chance (to four places) of findings given with finding_id, rule_id and their measures."""
    known = pl.concat([measures.select("finding_id", "rule_id"), featured(measures)], how="horizontal")
    offset = pl.col("rule_id").replace_strict({k: x.offset for k, x in model.rules.items()} or {"": 0.0}, default=0.0,
                                              return_dtype=pl.Float64)
    terms = [pl.col(name) * x.weight for name, x in model.features.items()]
    total = pl.sum_horizontal(pl.lit(model.intercept), offset, *terms)
    return known.select("finding_id", chance=(1 / (1 + (-total.clip(-30, 30)).exp())).round(4))
