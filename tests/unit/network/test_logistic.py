from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from avgraph.network.logistic import fit_logistic


def test_two_groups_give_the_logarithm_of_their_odds_ratio() -> None:
    # 10 of 30 against 30 of 40: odds 1/2 and 3.
    x = np.array([[0.0]] * 30 + [[1.0]] * 40)
    y = np.array([1.0] * 10 + [0.0] * 20 + [1.0] * 30 + [0.0] * 10)
    model = fit_logistic(x, y, ("x",), ridge=0.0)
    assert model.weights[0] / model.spread[0] == pytest.approx(np.log(6))
    assert model.probability(np.array([[0.0], [1.0]])) == pytest.approx([1 / 3, 3 / 4])
    row = model.coefficients().row(0, named=True)
    assert row["odds_ratio"] == pytest.approx(6 ** model.spread[0])


def test_the_fit_is_the_least_of_the_penalized_loss() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, -1.0]
    y = (rng.random(200) < 1 / (1 + np.exp(-(x[:, 0] + 0.1 * x[:, 1])))).astype(float)
    model = fit_logistic(x, y, ("a", "b", "c"), ridge=2.0)
    z = (x - x.mean(axis=0)) / x.std(axis=0)

    def loss(beta: np.ndarray) -> float:
        odds = beta[0] + z @ beta[1:]
        return float((np.logaddexp(0, odds) - y * odds).sum() + np.square(beta[1:]).sum())

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    assert [model.intercept, *model.weights] == pytest.approx(best, abs=1e-5)


def test_a_sample_of_those_that_did_not_gives_the_odds_of_all() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60_000, 1))
    y = (rng.random(60_000) < 1 / (1 + np.exp(4 - x[:, 0]))).astype(float)
    kept = (y == 1) | (rng.random(60_000) < 0.1)
    sampled = fit_logistic(x[kept], y[kept], ("x",), offset=np.full(kept.sum(), -np.log(0.1)))
    odds = np.array([[0.0], [2.0]])
    assert sampled.probability(odds) == pytest.approx(1 / (1 + np.exp([4.0, 2.0])), rel=0.15)
    assert fit_logistic(x[kept], y[kept], ("x",)).probability(odds)[0] > 0.1


def test_features_that_part_the_outcomes_or_never_vary_do_no_harm() -> None:
    x = np.array([[0.0, 0.1 + 0.2], [1.0, 0.3], [2.0, 0.3], [3.0, 0.3]])
    y = np.array([0.0, 0.0, 1.0, 1.0])
    model = fit_logistic(x, y, ("x", "constant"))
    assert model.weights[1] == 0.0
    assert 0 < model.weights[0] < 5
    assert np.isfinite(fit_logistic(x, y, ("x", "constant"), ridge=0.0).probability(x)).all()
