"""How well found entities agree with true ones, and whether scores are probabilities.

A *unit* is what is resolved, such as a mention. Each has the entity that was found for it and the one that it truly
is; entities are any labels, and only which units share one counts. Everything is counted from the sizes of groups, so
that a million units with many millions of pairs take no longer than sorting them.

References
----------
A. Bagga and B. Baldwin, Entity-based cross-document coreferencing using the vector space model, 1998 (B³).
D. Menestrina, S. Whang and H. Garcia-Molina, Evaluating entity resolution results, 2010 (pairwise measures).
M. Pakdaman Naeini, G. Cooper and M. Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015
(expected calibration error).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from avgraph.evaluation.scores import Tally

__all__ = ["BCubed", "Bin", "b_cubed", "calibration_bins", "calibration_error", "pairwise"]

Labels = pl.Series | Sequence[str | None]


@dataclass(frozen=True, slots=True)
class BCubed:
    """B³: precision and recall 0..1 averaged over units, None without any.

    Attributes
    ----------
    precision
        Share of the units of the found entity of a unit that truly are its entity.
    recall
        Share of the units of its true entity that were found with it.
    n_units
        Units averaged over.
    """

    precision: float | None
    recall: float | None
    n_units: int

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, None without units.

        >>> BCubed(1.0, 0.5, 2).f1
        0.6666666666666666
        """
        if self.precision is None or self.recall is None:
            return None
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of scores: how many, their mean, and the share of them that is right (each 0..1)."""

    n: int
    mean_score: float
    share_right: float


def pairwise(found: Labels, truth: Labels, leave_out: Labels | None = None) -> Tally:
    """Count the pairs of units that were found to be one entity, those that are, and those that are both.

    Parameters
    ----------
    found, truth
        Entity of each unit, in the same order; shape (n_units,).
    leave_out
        Pairs whose two units bear the same label here are not counted, null being no label: so the pairs that any
        method gets right can be left out.

    Returns
    -------
    Tally
        ``n_right`` and ``n_wrong`` found pairs, ``n_found`` of the ``n_required`` true ones.

    Raises
    ------
    ValueError
        If the lengths differ, or a unit has no entity.

    Examples
    --------
    >>> pairwise(["x", "x", "y", "y"], ["a", "a", "a", "b"])
    Tally(n_right=1, n_wrong=1, n_optional=0, n_found=1, n_required=3)
    """
    units = _units(found, truth)
    n_found, n_true, n_both = (_n_pairs(units, by) for by in (["found"], ["truth"], ["found", "truth"]))
    if leave_out is not None:
        units = units.with_columns(_series("label", leave_out, len(units))).drop_nulls("label")
        n_found -= _n_pairs(units, ["found", "label"])
        n_true -= _n_pairs(units, ["truth", "label"])
        n_both -= _n_pairs(units, ["found", "truth", "label"])
    return Tally(n_right=n_both, n_wrong=n_found - n_both, n_found=n_both, n_required=n_true)


def b_cubed(found: Labels, truth: Labels, where: Sequence[bool] | pl.Series | None = None) -> BCubed:
    """Return B³ precision and recall: the mean over units of how pure and how complete the entity found for each is.

    Parameters
    ----------
    found, truth
        Entity of each unit, in the same order; shape (n_units,).
    where
        Units to average over, by default all; the others still count in the entities of those.

    Raises
    ------
    ValueError
        If the lengths differ, or a unit has no entity.

    Examples
    --------
    >>> b_cubed(["x", "x", "y", "y"], ["a", "a", "a", "b"])
    BCubed(precision=0.75, recall=0.6666666666666666, n_units=4)
    """
    units = _units(found, truth).select(
        pl.len().over("found", "truth").alias("both"),
        pl.len().over("found").alias("found"),
        pl.len().over("truth").alias("truth"),
    )
    if where is not None:
        mask = pl.Series("where", list(where), dtype=pl.Boolean())
        if len(mask) != len(units):
            raise ValueError(f"{len(units)} units, but {len(mask)} are told to count or not")
        units = units.filter(mask)
    if units.is_empty():
        return BCubed(None, None, 0)
    both = units["both"].cast(pl.Float64())
    return BCubed(_mean(both / units["found"]), _mean(both / units["truth"]), len(units))


def calibration_bins(scores: ArrayLike, right: ArrayLike, n_bins: int = 10) -> list[Bin]:
    """Return the bins of equal width that hold scores, from the lowest up.

    Parameters
    ----------
    scores
        Shape (n,), 0..1; a score between two bins belongs to the upper one, 1 to the last.
    right
        Shape (n,), whether each is right.
    n_bins
        Bins between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes differ, a score is not between 0 and 1, or there is no bin.
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if values.shape != truth.shape or values.ndim != 1:
        raise ValueError(f"scores of shape {values.shape}, but {truth.shape} are told to be right or wrong")
    if n_bins < 1:
        raise ValueError("at least one bin is needed")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a score is not between 0 and 1")
    place = np.minimum((values * n_bins).astype(np.int64), n_bins - 1)
    counts = np.bincount(place, minlength=n_bins)
    sums, n_right = (np.bincount(place, weights=of, minlength=n_bins) for of in (values, truth))
    return [
        Bin(int(n), float(total / n), float(hits / n))
        for n, total, hits in zip(counts, sums, n_right, strict=True)
        if n
    ]


def calibration_error(scores: ArrayLike, right: ArrayLike, n_bins: int = 10) -> float | None:
    """Return the expected calibration error 0..1: how far scores are, on average, from the share that is right.

    Parameters and errors are those of :func:`calibration_bins`.

    Returns
    -------
    float or None
        Mean over the bins of the distance between mean score and share right, weighted by their sizes; None without
        scores.

    Examples
    --------
    >>> calibration_error([0.9, 0.9, 0.1, 0.1], [True, True, True, False])
    0.25
    """
    bins = calibration_bins(scores, right, n_bins)
    n = sum(b.n for b in bins)
    return float(sum(b.n * abs(b.mean_score - b.share_right) for b in bins) / n) if n else None


def _units(found: Labels, truth: Labels) -> pl.DataFrame:
    first = _series("found", found, len(found))
    units = pl.DataFrame([first, _series("truth", truth, len(first))])
    if units.null_count().sum_horizontal().item():
        raise ValueError("a unit has no entity")
    return units


def _series(name: str, labels: Labels, n: int) -> pl.Series:
    series = labels.rename(name) if isinstance(labels, pl.Series) else pl.Series(name, list(labels), dtype=pl.String())
    if len(series) != n:
        raise ValueError(f"{n} units, but {len(series)} labels")
    return series


def _n_pairs(units: pl.DataFrame, by: list[str]) -> int:
    sizes = units.group_by(by).len()["len"].cast(pl.Int64())
    return int((sizes * (sizes - 1) // 2).sum())


def _mean(values: pl.Series) -> float:
    return float(np.mean(values.to_numpy()))
