"""How well ties are foretold: the last years are held out, and each method ranks the pairs not tied before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.html import html_table
from avgraph.network.linkfeatures import PairFeatures
from avgraph.network.linkmodel import (
    LinkModel,
    among,
    before,
    core_members,
    dated_span,
    is_in,
    known_codes,
    late_years,
    recent_pairs,
    train,
)
from avgraph.network.linkscores import BASELINE
from avgraph.network.matrix import Floats, Ints
from avgraph.network.prediction import HELD_OUT, METHODS, check_method, score_pairs

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["PredictionTest", "auc_parts", "evaluate_prediction", "precision_at"]

_RESAMPLES = 500
_BATCH = 2_000_000

_SCHEMA = {
    "method": pl.String(), "auc": pl.Float64(), "auc_low": pl.Float64(), "auc_high": pl.Float64(),
    "gain": pl.Float64(), "gain_low": pl.Float64(), "gain_high": pl.Float64(), "precision": pl.Float64(),
    "precision_low": pl.Float64(), "precision_high": pl.Float64(), "lift": pl.Float64(),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PredictionTest:
    """How well each method told the ties of the held-out years.

    Attributes
    ----------
    table
        One row per method, the best first: `method`; `auc`, the probability that a pair that came to be tied stands
        before one that did not, 0 to 1 (0.5 is chance), with its interval `auc_low` to `auc_high`; `gain`, what it is
        above that of popularity (preferential attachment), with its interval; `precision`, the share of the first `k`
        pairs that came to be tied, with its interval; `lift`, that share over `base_rate`.
    known, held_out
        Closed windows of years: what the methods saw, and when the ties to be foretold came.
    n_core
        Members with at least `core` ties in both windows: the pairs are theirs.
    core
        That least number of ties; 0 where the pairs of all known members count, whether they went on or not.
    n_pairs
        Pairs of these members that were not tied before.
    n_positive
        How many of them came to be tied.
    n_scored
        Pairs that were scored: all, or the positive ones and a sample of the others.
    k
        Number of first pairs that `precision` looks at.
    level
        Level of the intervals, such as 0.95.
    model
        The learnt combination, from years before the held-out ones only; None where it was not asked for, or where
        there were too few years or new ties to learn from.
    seed
        Seed of the samples.
    """

    table: pl.DataFrame
    known: tuple[int, int]
    held_out: tuple[int, int]
    n_core: int
    core: int
    n_pairs: int
    n_positive: int
    n_scored: int
    k: int
    level: float
    model: LinkModel | None
    seed: int

    @property
    def base_rate(self) -> float:
        """Share of the pairs that came to be tied: what a draw of lots would find."""
        return self.n_positive / self.n_pairs

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values that JSON can hold."""
        names = ["n_core", "core", "n_pairs", "n_positive", "n_scored", "base_rate", "k", "level", "seed"]
        years = {"known": list(self.known), "held_out": list(self.held_out)}
        return years | {name: getattr(self, name) for name in names} | {"methods": self.table.to_dicts()}

    def __str__(self) -> str:
        scored = "all" if self.n_scored == self.n_pairs else f"{self.n_scored:,} of them"
        return (
            f"known {self.known[0]} to {self.known[1]}, held out {self.held_out[0]} to {self.held_out[1]}: "
            f"{self.n_positive:,} new ties in {self.n_pairs:,} pairs of {self.n_core:,} members, {scored} scored"
        )

    def _repr_html_(self) -> str:
        return html_table(self.table, f"{self}; intervals at {self.level:.0%}; precision of the first {self.k:,}")


def evaluate_prediction(
    network: Network,
    hold_out: tuple[int, int] | float = HELD_OUT,
    methods: Collection[str] | None = None,
    *,
    core: int = 1,
    k: int | None = None,
    max_pairs: int = 1_000_000,
    level: float = 0.95,
    seed: int = 7,
) -> PredictionTest:
    """Return the test of :meth:`Network.evaluate_prediction <avgraph.network.Network.evaluate_prediction>`."""
    from avgraph.network.projection import reproject

    for method in methods or ():
        check_method(method)
    if not 0 < level < 1:
        raise AvgraphError(f"the level is {level}", "give a number between 0 and 1, such as 0.95")
    for name, value, least in (("core", core, 0), ("k", k, 1), ("max_pairs", max_pairs, 1)):
        if value is not None and value < least:
            raise AvgraphError(f"{name} is {value}", f"give a number of at least {least}")
    first, (low, high) = _windows(network, hold_out)
    known = before(network, low - 1)
    later = reproject(network, network.memberships, years=(low, high))
    n = known.nodes.height
    members, stands = core_members(known, later, core), recent_pairs(known, None)
    u, v = known_codes(later, known.nodes["node"])
    positive = among(np.sort(u * n + v), members, n)
    positive = positive[~is_in(positive, stands)]
    everyone = len(members) * (len(members) - 1) // 2
    tied = among(stands, members, n)
    n_pairs = everyone - len(tied)
    if not len(positive) or n_pairs == len(positive):
        raise AvgraphError(
            f"{len(positive)} of {n_pairs} pairs known by {low - 1} came to be tied in {low} to {high}: "
            "there is nothing to tell apart",
            "hold out more years, or take members with fewer ties into the core",
        )
    negative, rate = _negatives(members, n, np.union1d(tied, positive), n_pairs - len(positive), max_pairs, seed)
    keys = np.concatenate([positive, negative])
    order = np.argsort(keys, kind="stable")
    keys, came = keys[order], (np.arange(len(keys)) < len(positive))[order]
    model = _model(known, high - low + 1, methods, core, seed)
    asked = [m for m in METHODS if (m in methods if methods is not None else m != "combined" or model is not None)]
    features = PairFeatures(known, low - 1)
    scores = {m: score_pairs(features, keys // n, keys % n, m, model) for m in dict.fromkeys([*asked, BASELINE])}
    k = len(positive) if k is None else k
    table = _compare(scores, came, asked, 1.0 / rate, k, level, len(positive) / n_pairs, seed)
    return PredictionTest(
        table=table, known=(first, low - 1), held_out=(low, high), n_core=len(members), core=core, n_pairs=n_pairs,
        n_positive=len(positive), n_scored=len(keys), k=k, level=level, model=model, seed=seed,
    )  # fmt: skip


def _windows(network: Network, hold_out: tuple[int, int] | float) -> tuple[int, tuple[int, int]]:
    """Return the first year of the network, and the held-out window."""
    first, last = dated_span(network)
    if isinstance(hold_out, tuple):
        low, high = hold_out
        if not first < low <= high:
            raise AvgraphError(
                f"the years {low} to {high} cannot be held out of {first} to {last}",
                f"give two years in order, the first after {first}",
            )
        return first, (low, high)
    if not 0 < hold_out < 1:
        raise AvgraphError(
            f"the share of the years to hold out is {hold_out}", "give a number between 0 and 1, or two years"
        )
    return first, (last - late_years((first, last), hold_out) + 1, last)


def _negatives(members: Ints, n: int, other: Ints, n_negative: int, max_pairs: int, seed: int) -> tuple[Ints, float]:
    """Return the pairs that were never tied, all or a sample, and the share of them that it is.

    `other` has the pairs of the members that were or came to be tied, sorted.
    """
    m = len(members)
    if m * (m - 1) // 2 <= max_pairs:
        i, j = np.triu_indices(m, 1)
        keys = members[i] * n + members[j]
        return keys[~is_in(keys, other)], 1.0
    rng = np.random.default_rng(seed)
    i, j = rng.integers(0, m, (2, 2 * max_pairs))
    keys = np.unique((members[np.minimum(i, j)] * n + members[np.maximum(i, j)])[i != j])
    keys = keys[~is_in(keys, other)]
    if len(keys) > max_pairs:
        keys = np.sort(rng.choice(keys, max_pairs, replace=False))
    return keys, len(keys) / n_negative


def _model(known: Network, horizon: int, methods: Collection[str] | None, core: int, seed: int) -> LinkModel | None:
    """Return what can be learnt from the known years alone; None where it cannot, unless it was asked for by name."""
    if methods is not None and "combined" not in methods:
        return None
    try:
        first, last = dated_span(known)
        return train(known, min(horizon, last - first), None, core, seed)
    except AvgraphError:
        if methods is not None:
            raise
        return None


def _compare(
    scores: dict[str, Floats], came: Any, methods: Collection[str], weight: float, k: int, level: float, base: float,
    seed: int,
) -> pl.DataFrame:  # fmt: skip
    """Return the table of :class:`PredictionTest`."""
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    parts = {method: auc_parts(values, came) for method, values in scores.items()}
    rows: list[dict[str, Any]] = []
    for method in methods:
        auc, *_ = parts[method]
        gain = auc - parts[BASELINE][0]
        row: dict[str, Any] = {"method": method, "auc": auc, "gain": None if method == BASELINE else gain}
        error = _error([parts[method]], [1.0])
        if error is not None:
            row |= {"auc_low": max(0.0, auc - z * error), "auc_high": min(1.0, auc + z * error)}
        error = _error([parts[method], parts[BASELINE]], [1.0, -1.0])
        if error is not None and method != BASELINE:
            row |= {"gain_low": gain - z * error, "gain_high": gain + z * error}
        value, low, high = precision_at(scores[method], came, k, weight, level, seed)
        rows.append(row | {"precision": value, "precision_low": low, "precision_high": high, "lift": value / base})
    return pl.DataFrame(rows, schema=_SCHEMA).sort("auc", "method", descending=[True, False])


def auc_parts(scores: Floats, came: Any) -> tuple[float, Floats, Floats]:
    """Return the area under the ROC curve, and what each positive and each negative pair contributes to it.

    A contribution is the share of the other kind that stands on the right side of it, ties counted half: the area is
    the mean of either, and their variances are its own (DeLong).

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or more correlated
           receiver operating characteristic curves", Biometrics 44, 837-845 (1988).
    .. [2] X. Sun and W. Xu, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21,
           1389-1393 (2014).

    Examples
    --------
    >>> auc_parts(np.array([0.9, 0.4, 0.4, 0.1]), np.array([True, True, False, False]))[0]
    0.875
    """
    from scipy.stats import rankdata

    positive, negative = scores[came], scores[~came]
    ranks = rankdata(scores)
    of_positive = (ranks[came] - rankdata(positive)) / len(negative)
    of_negative = 1.0 - (ranks[~came] - rankdata(negative)) / len(positive)
    return float(of_positive.mean()), of_positive, of_negative


def _error(parts: list[tuple[float, Floats, Floats]], signs: list[float]) -> float | None:
    """Return the standard error of a sum of areas; None with fewer than two pairs of either kind."""
    positive = np.sum([sign * part[1] for part, sign in zip(parts, signs, strict=True)], axis=0)
    negative = np.sum([sign * part[2] for part, sign in zip(parts, signs, strict=True)], axis=0)
    if len(positive) < 2 or len(negative) < 2:
        return None
    return float(np.sqrt(np.var(positive, ddof=1) / len(positive) + np.var(negative, ddof=1) / len(negative)))


def precision_at(
    scores: Floats, came: Any, k: int, weight: float = 1.0, level: float = 0.95, seed: int = 7
) -> tuple[float, float, float]:
    """Return the share of the first `k` pairs that came to be tied, and its bootstrap interval.

    Parameters
    ----------
    scores, came
        The score of each pair, and whether it came to be tied.
    k
        Number of first pairs; of pairs with equal scores, a share counts.
    weight
        How many pairs each negative one stands for.
    level, seed
        Level of the interval, and seed of the 500 resamples of the pairs.

    Examples
    --------
    >>> precision_at(np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, True, False, False]), 2)[0]
    0.75
    """
    values, group = np.unique(-scores, return_inverse=True)
    positive = np.bincount(group, came, len(values))
    negative = np.bincount(group, ~came, len(values))
    # Far enough down that every resample finds its first k.
    enough = int(np.searchsorted(np.cumsum(positive + weight * negative), 3 * k + 100 * weight)) + 1
    positive, negative = positive[:enough], negative[:enough]
    rng = np.random.default_rng(seed)
    drawn = []
    size = max(1, _BATCH // len(positive))
    for begin in range(0, _RESAMPLES, size):
        shape = (min(size, _RESAMPLES - begin), len(positive))
        drawn.append(_first(rng.poisson(positive, shape), weight * rng.poisson(negative, shape), k))
    low, high = np.quantile(np.concatenate(drawn), [(1 - level) / 2, (1 + level) / 2])
    value = float(_first(positive[None, :], weight * negative[None, :], k)[0])
    return value, min(value, float(low)), max(value, float(high))


def _first(positive: Any, negative: Any, k: int) -> Floats:
    """Return for each row the share of positive pairs among the first `k`, group by group of equal scores."""
    total = positive + negative
    above = np.cumsum(total, axis=1) - total
    taken = np.clip(k - above, 0.0, total)
    share = np.divide(taken, total, out=np.zeros(total.shape), where=total > 0)
    result: Floats = (positive * share).sum(axis=1) / np.maximum(np.minimum(k, total.sum(axis=1)), 1e-300)
    return result
