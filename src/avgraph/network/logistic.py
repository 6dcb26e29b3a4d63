"""A small logistic regression: what makes a tie likely, learnt from ties that came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from avgraph.network.matrix import Floats

__all__ = ["Logistic", "fit_logistic"]

_ROUNDS = 50
_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Logistic:
    """A fitted logistic regression.

    Attributes
    ----------
    names
        The features.
    mean, spread
        Mean and standard deviation of each feature in training; a feature that never varied has a spread of 1.
    weights
        Change of the log-odds for one standard deviation of each feature; 0 where it never varied.
    intercept
        Log-odds where every feature is at its mean.
    """

    names: tuple[str, ...]
    mean: Floats
    spread: Floats
    weights: Floats
    intercept: float

    def parts(self, features: Floats) -> Floats:
        """Return what each feature adds to the log-odds; one row per case, one column per feature."""
        return (features - self.mean) / self.spread * self.weights

    def probability(self, features: Floats) -> Floats:
        """Return the probability of each case, 0 to 1."""
        return _logistic(self.parts(features).sum(axis=1) + self.intercept)

    def coefficients(self) -> pl.DataFrame:
        """Return `feature`, `log_odds`, `odds_ratio` (of one deviation), `mean`, `spread`, the strongest first."""
        table = pl.DataFrame({
            "feature": self.names, "log_odds": self.weights, "odds_ratio": np.exp(self.weights), "mean": self.mean,
            "spread": self.spread,
        })  # fmt: skip
        return table.sort(pl.col("log_odds").abs(), "feature", descending=[True, False])


def fit_logistic(
    features: Floats, outcome: Floats, names: tuple[str, ...], *, offset: Floats | None = None, ridge: float = 1.0
) -> Logistic:
    """Fit a logistic regression on standardized features by iteratively reweighted least squares.

    Parameters
    ----------
    features
        One row per case, one column per feature.
    outcome
        1 where it happened, 0 where not; both must occur.
    names
        What the columns are called.
    offset
        What is known of the log-odds of each row beforehand. Where only a share of the rows with outcome 0 was drawn,
        minus the logarithm of that share: the fit is then that of all rows [3]_.
    ridge
        Penalty on the squared weights (not on the intercept), in cases: it keeps them finite where features say the
        same thing or part the outcomes entirely.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman, "The Elements of Statistical Learning", 2nd edition, Springer
           (2009), sections 4.4.1 and 4.4.4.
    .. [2] S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41,
           191-201 (1992).
    .. [3] G. King and L. Zeng, "Logistic regression in rare events data", Political Analysis 9, 137-163 (2001).

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [0.0], [1.0], [1.0], [1.0]])
    >>> model = fit_logistic(x, np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0]), ("x",), ridge=0.0)
    >>> model.probability(np.array([[0.0], [1.0]])).round(6).tolist()
    [0.333333, 0.666667]
    """
    offset = np.zeros(len(outcome)) if offset is None else offset
    mean, spread = features.mean(axis=0), features.std(axis=0)
    # A hair above 0 is rounding: such a feature does not vary.
    varies = spread > 1e-9 * np.maximum(np.abs(mean), 1.0)
    spread = np.where(varies, spread, 1.0)
    x = np.column_stack([np.ones(len(outcome)), ((features - mean) / spread)[:, varies]])
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0.0
    share = float(outcome.mean())
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(share / (1.0 - share)) - offset.mean()
    loss = _loss(x, outcome, offset, penalty, beta)
    for _ in range(_ROUNDS):
        fitted = _logistic(x @ beta + offset)
        curvature = (x * (fitted * (1.0 - fitted))[:, None]).T @ x + np.diag(penalty)
        slope = x.T @ (outcome - fitted) - penalty * beta
        step = np.linalg.lstsq(curvature, slope, rcond=None)[0]
        # Newton's step may go too far where the outcomes are nearly parted: halve it until the loss falls.
        for _ in range(30):
            trial = _loss(x, outcome, offset, penalty, beta + step)
            if trial <= loss:
                break
            step = step / 2
        beta = beta + step
        if loss - trial <= _TOLERANCE * max(1.0, abs(loss)):
            break
        loss = trial
    weights = np.zeros(features.shape[1])
    weights[varies] = beta[1:]
    return Logistic(names, mean, spread, weights, float(beta[0]))


def _loss(x: Floats, outcome: Floats, offset: Floats, penalty: Floats, beta: Floats) -> float:
    """Return the negative log-likelihood with its penalty."""
    odds = x @ beta + offset
    return float((np.logaddexp(0.0, odds) - outcome * odds).sum() + 0.5 * penalty @ np.square(beta))


def _logistic(odds: Floats) -> Floats:
    from scipy.special import expit

    result: Floats = expit(odds)
    return result
