"""Figures: counts, precision, recall and F1 with their intervals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["MEASURES", "Interval", "Score", "Tally", "bootstrap"]

MEASURES = ("precision", "recall", "f1")
Group = TypeVar("Group", bound=Hashable)
#: Lower and upper end, 0..1.
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of facts; tallies add up.

    Attributes
    ----------
    n_right, n_wrong
        Predictions that match a required annotated fact, and those that match none.
    n_optional
        Predictions that match only optional facts: neither right nor wrong.
    n_found, n_required
        Required annotated facts, and how many of them a one-to-one matching reaches.
    """

    n_right: int = 0
    n_wrong: int = 0
    n_optional: int = 0
    n_found: int = 0
    n_required: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)))

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """The five counts, in the order of the fields."""
        return self.n_right, self.n_wrong, self.n_optional, self.n_found, self.n_required

    @property
    def precision(self) -> float | None:
        """Share of right predictions, None without any."""
        return self.n_right / (self.n_right + self.n_wrong) if self.n_right + self.n_wrong else None

    @property
    def recall(self) -> float | None:
        """Share of required facts found, None without any."""
        return self.n_found / self.n_required if self.n_required else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, None where either is.

        >>> Tally(n_right=3, n_wrong=1, n_found=3, n_required=6).f1
        0.6
        """
        precision, recall = self.precision, self.recall
        if precision is None or recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True)
class Score:
    """A tally with the intervals of its three measures.

    Attributes
    ----------
    tally
        The counts.
    n_texts
        Texts that contribute.
    intervals
        Measure → interval, None where fewer than two texts contribute or the measure is undefined.
    """

    tally: Tally
    n_texts: int
    intervals: Mapping[str, Interval | None]

    @property
    def precision(self) -> float | None:
        """See :attr:`Tally.precision`."""
        return self.tally.precision

    @property
    def recall(self) -> float | None:
        """See :attr:`Tally.recall`."""
        return self.tally.recall

    @property
    def f1(self) -> float | None:
        """See :attr:`Tally.f1`."""
        return self.tally.f1

    def to_json(self) -> dict[str, Any]:
        """Return measures, intervals and counts as a JSON object."""
        return {
            **{measure: getattr(self, measure) for measure in MEASURES},
            "intervals": {measure: list(i) if i else None for measure, i in self.intervals.items()},
            "n_texts": self.n_texts,
            **{f.name: getattr(self.tally, f.name) for f in fields(self.tally)},
        }


def bootstrap(
    parts: Mapping[Group, Sequence[Tally]], *, n_resamples: int, seed: int, level: float = 0.95
) -> dict[Group, Score]:
    """Return each group's score with percentile bootstrap intervals, texts being drawn with replacement.

    Facts of one text stand or fall together, so texts are drawn, not facts; all groups see the same draws.
    A resample in which a measure is undefined (the precision of a rare relation without predictions) is left out for
    that measure; its F1 is 0 there if facts were to be found.

    Parameters
    ----------
    parts
        Group → its tally in every text, in the same order of texts for all groups.
    n_resamples
        Draws; 0 for no intervals.
    seed
        Seed of the draws.
    level
        Coverage, 0..1.

    References
    ----------
    B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals).
    """
    n_texts = max(map(len, parts.values()), default=0)
    draws = np.zeros((n_resamples, 0), dtype=np.int64)
    if n_texts:
        draws = np.random.default_rng(seed).multinomial(n_texts, [1 / n_texts] * n_texts, size=n_resamples)
    scores = {}
    for group, tallies in parts.items():
        counts = np.array([tally.counts for tally in tallies]).reshape(n_texts, len(fields(Tally)))
        contributing = int(counts.any(axis=1).sum())
        totals = draws @ counts
        total = sum(tallies, Tally())
        intervals = _intervals(totals, level) if contributing > 1 else dict.fromkeys(MEASURES)
        known = {m: None if getattr(total, m) is None else interval for m, interval in intervals.items()}
        scores[group] = Score(total, contributing, known)
    return scores


def _intervals(totals: NDArray[np.int64], level: float) -> dict[str, Interval | None]:
    """Return the percentile intervals over resampled counts, (n_resamples, 5) in the order of :class:`Tally`."""
    right, wrong, _, found, required = totals.astype(float).T
    precision = _ratio(right, right + wrong)
    recall = _ratio(found, required)
    f1 = _ratio(2 * precision * recall, precision + recall)
    f1[(recall == 0) & ~(precision > 0)] = 0.0
    tail = (1 - level) / 2
    intervals: dict[str, Interval | None] = {}
    for measure, values in zip(MEASURES, (precision, recall, f1), strict=True):
        defined = values[~np.isnan(values)]
        ends = np.quantile(defined, [tail, 1 - tail]) if defined.size else None
        intervals[measure] = None if ends is None else (float(ends[0]), float(ends[1]))
    return intervals


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return ratio
