"""How a model does on decisions it has not seen: in folds, and on the later decisions after learning the earlier ones.

Imported only while training.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss

from engine.learning.fitting import Data, Floats, base_rates, calibrated, folds

TOP = (10, 20, 50, 100, 200)
"""Lengths of the head of the list whose precision is told, up to half of the decisions."""

EARLIER = 0.7
"""Share of the decisions, the earliest, that the trial by time learns from."""

Z = 1.959964
"""Deviations to either side of an interval of 95 %."""


def in_folds(data: Data, rules: int, score: Floats, seed: int) -> dict[str, Any]:
    """Return Brier scores, calibration by tenths and precision at the head, each row judged by a model without it."""
    chance, base = np.full(len(data), data.is_right.mean()), np.full(len(data), data.is_right.mean())
    for learn, try_out in folds(data, seed):
        chance[try_out] = calibrated(data.part(learn), rules, seed).chance(data.part(try_out))
        base[try_out] = base_rates(data.part(learn), data.part(try_out), rules)
    return compared(data, chance, base) | {
        "calibration": by_tenths(chance, data.is_right), "head": heads(chance, score, data.is_right)}


def by_time(data: Data, rules: int, seed: int) -> dict[str, Any] | None:
    """Return Brier scores on the later decisions; None where the earlier ones are all of one kind.

    Rows are in the order of the decisions; later findings of a clue decided on earlier are left out.
    """
    first = int(len(data) * EARLIER)
    learn = data.part(np.arange(first))
    later = np.arange(first, len(data))
    later = later[~np.isin(data.clue[later], learn.clue)]
    if not len(later) or learn.is_right.all() or not learn.is_right.any():
        return None
    try_out = data.part(later)
    chance = calibrated(learn, rules, seed).chance(try_out)
    return compared(try_out, chance, base_rates(learn, try_out, rules))


def compared(data: Data, chance: Floats, base: Floats) -> dict[str, Any]:
    """Return the Brier scores of chances and of the rules' own base rates, and the gain with its interval of 95 %.

    The interval takes clues, not findings, as what was drawn: findings of one clue are decided together.
    """
    gain = (base - data.is_right) ** 2 - (chance - data.is_right) ** 2
    mean = float(gain.mean())
    by_clue = np.bincount(np.unique(data.clue, return_inverse=True)[1].reshape(-1), weights=gain - mean)
    error = float(np.sqrt((by_clue**2).sum())) / len(gain)
    return {
        "decisions": len(data), "right": int(data.is_right.sum()),
        "brier": _rounded(brier_score_loss(data.is_right, chance)),
        "brier_base": _rounded(brier_score_loss(data.is_right, base)),
        "gain": _rounded(mean), "gain_interval": [_rounded(mean - Z * error), _rounded(mean + Z * error)],
    }


def by_tenths(chance: Floats, is_right: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return for each tenth of the chance that occurs: how many, what was said, what came out, with its interval."""
    tenth = np.minimum((chance * 10).astype(int), 9)
    return [{"from": t / 10, "to": (t + 1) / 10, "decisions": int(at.sum()), "said": _rounded(chance[at].mean()),
             "right": int(is_right[at].sum()), "interval": wilson(int(is_right[at].sum()), int(at.sum()))}
            for t in range(10) if (at := tenth == t).any()]


def heads(chance: Floats, score: Floats, is_right: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return how many of the first k are right, ordered by chance and by the score alone."""
    by_chance, by_score = np.argsort(-chance, kind="stable"), np.argsort(-score, kind="stable")
    return [{"k": k} | {name: {"right": int(is_right[order[:k]].sum()),
                               "interval": wilson(int(is_right[order[:k]].sum()), k)}
                        for name, order in (("by_chance", by_chance), ("by_score", by_score))}
            for k in TOP if k <= len(is_right) // 2]


def wilson(right: int, of: int) -> Sequence[float]:
    """Return Wilson's interval of 95 % of a share.

    >>> wilson(8, 10)
    [0.4902, 0.9433]
    """
    share, spread = right / of, Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * ((share * (1 - share) + spread / 4) / of) ** 0.5 / (1 + spread)
    return [_rounded(max(0.0, middle - half)), _rounded(min(1.0, middle + half))]


def _rounded(value: float) -> float:
    return round(float(value), 4) + 0.0
