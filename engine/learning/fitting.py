"""Fitting by scipy and scikit-learn: a logistic sum with weights that are never negative, then calibrated.

Weights and offsets of rules are held towards zero by a normal prior (a ridge penalty), so a rule with few decisions
stays near the others: shrinkage. The raw sum is calibrated by Platt's method on folds it was not fitted on; the slope
is kept at zero or above, so a calibrated sum is again a sum of the same kind. Imported only while training.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

Floats = NDArray[np.float64]

PRIOR = 1.0
"""Precision of the prior of a standardised weight and of a rule's offset, whose deviation is thus 1 log-odd."""

FOLDS = 5

FAR = 30.0
"""Bound of the intercept and the slope: data that part cleanly would drive them to infinity."""


@dataclass(frozen=True)
class Data:
    """Decisions as arrays: features (one row a decision), number of the rule, clue (a group), whether right."""

    features: Floats
    rule: NDArray[np.int64]
    clue: NDArray[np.int64]
    is_right: NDArray[np.bool_]

    def part(self, rows: NDArray[np.int64]) -> "Data":
        """Return some rows."""
        return Data(self.features[rows], self.rule[rows], self.clue[rows], self.is_right[rows])

    def __len__(self) -> int:
        return len(self.is_right)


@dataclass(frozen=True)
class Sum:
    """A fitted sum: intercept, weights of the features as they are given, offsets by number of the rule."""

    intercept: float
    weights: Floats
    offsets: Floats

    def total(self, data: Data) -> Floats:
        """Return the log-odds of each row."""
        total: Floats = self.intercept + data.features @ self.weights + self.offsets[data.rule]
        return total

    def chance(self, data: Data) -> Floats:
        """Return the chance of each row."""
        return _logistic(self.total(data))


def _logistic(total: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(total, -FAR, FAR)))
    return chance


def fit(data: Data, rules: int) -> Sum:
    """Return the sum that fits the rows best under the prior; a feature that never varies has weight 0."""
    mean, deviation = data.features.mean(axis=0), data.features.std(axis=0)
    varies = deviation > 1e-9
    scaled = (data.features - mean) / np.where(varies, deviation, 1.0) * varies
    wide = np.hstack([np.ones((len(data), 1)), scaled, np.eye(rules)[data.rule]])
    held = np.array([0.0] + [PRIOR] * (wide.shape[1] - 1))
    sign = np.where(data.is_right, 1.0, -1.0)

    def loss(beta: Floats) -> tuple[float, Floats]:
        margin = sign * (wide @ beta)
        slope = -sign * _logistic(-margin)
        return (float(np.logaddexp(0, -margin).sum() + 0.5 * held @ beta**2), wide.T @ slope + held * beta)

    features = scaled.shape[1]
    bounds = [(-FAR, FAR)] + [(0.0, FAR)] * features + [(-FAR, FAR)] * rules
    found = minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-8}).x
    weights = found[1:features + 1] * varies / np.where(varies, deviation, 1.0)
    return Sum(float(found[0] - weights @ mean), weights, found[features + 1:])


def calibrated(data: Data, rules: int, seed: int) -> Sum:
    """Return the sum fitted on all rows, its slope and intercept set by how folds that it had not seen came out."""
    whole = fit(data, rules)
    totals = np.zeros(len(data))
    for learn, try_out in folds(data, seed):
        totals[try_out] = fit(data.part(learn), rules).total(data.part(try_out))
    slope, intercept = _platt(totals, data.is_right)
    return Sum(slope * whole.intercept + intercept, slope * whole.weights, slope * whole.offsets)


def _platt(totals: Floats, is_right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope (0 to FAR) and intercept by which totals become log-odds as they came out."""
    if is_right.all() or not is_right.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1e4, max_iter=1000).fit(np.clip(totals, -FAR, FAR)[:, None], is_right)
    slope = float(fitted.coef_[0, 0])
    if slope <= 0:                                      # what was fitted says nothing: everything is as likely
        return 0.0, float(np.log(is_right.mean() / (1 - is_right.mean())))
    return min(slope, FAR), float(fitted.intercept_[0])


def folds(data: Data, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield rows to learn from and rows to try out on; findings of one clue are never parted."""
    least = min(int(data.is_right.sum()), int((~data.is_right).sum()), len(np.unique(data.clue)))
    if least < 2:
        return
    parting = StratifiedGroupKFold(min(FOLDS, least), shuffle=True, random_state=seed)
    yield from parting.split(data.features, data.is_right, data.clue)


def base_rates(learn: Data, try_out: Data, rules: int) -> Floats:
    """Return for each row to try out how often its rule was right, held towards all rules by five decisions."""
    overall = learn.is_right.mean()
    right = np.bincount(learn.rule, weights=learn.is_right.astype(float), minlength=rules)
    decided = np.bincount(learn.rule, minlength=rules)
    rates: Floats = ((right + 5 * overall) / (decided + 5))[try_out.rule]
    return rates


def numbered(values: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different texts in order, and the number of each text among them."""
    names, numbers = np.unique(np.array(values, dtype=object).astype(str), return_inverse=True)
    return names.tolist(), numbers.astype(np.int64).reshape(-1)
