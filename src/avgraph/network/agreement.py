"""How far two divisions of the same members agree."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from avgraph.errors import AvgraphError
from avgraph.network.matrix import Floats, Ints

__all__ = ["adjusted_mutual_information", "adjusted_rand_index", "normalized_mutual_information"]

#: The group of each member; arrays are read without going through Python objects.
Labels = Sequence[Hashable] | np.ndarray[Any, Any]

# Shared members of two groups that are looked at around the expected number, in standard deviations.
_SPREADS = 12.0
_BATCH = 2_000_000


def _contingency(a: Labels, b: Labels) -> tuple[Floats, Floats, Floats]:
    """Return the cells of the contingency table that are not 0, and its two margins."""
    if len(a) != len(b):
        raise AvgraphError(f"the two labellings have {len(a)} and {len(b)} members", "give both for the same members")
    left, right = _codes(a), _codes(b)
    width = int(right.max()) + 1 if len(right) else 1
    cells = np.unique(left * width + right, return_counts=True)[1]
    return cells.astype(np.float64), np.bincount(left).astype(np.float64), np.bincount(right).astype(np.float64)


def _codes(labels: Labels) -> Ints:
    """Return the labels as numbers from 0, without gaps."""
    if isinstance(labels, np.ndarray):
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def normalized_mutual_information(a: Labels, b: Labels) -> float:
    """Return the mutual information of two labellings over the mean of their entropies, 0 to 1.

    Two labellings that put everyone into one group agree entirely (1).

    References
    ----------
    .. [1] L. Danon, A. Díaz-Guilera, J. Duch and A. Arenas, "Comparing community structure identification",
           Journal of Statistical Mechanics P09008 (2005).

    Examples
    --------
    >>> normalized_mutual_information(["BE", "BE", "LU", "LU"], [1, 1, 0, 0])
    1.0
    >>> normalized_mutual_information(["BE", "BE", "LU", "LU"], [0, 1, 0, 1])
    0.0
    """
    cells, left, right = _contingency(a, b)
    joint, h_left, h_right = (_entropy(counts) for counts in (cells, left, right))
    if h_left + h_right == 0:
        return 1.0
    return min(1.0, max(0.0, 2 * (h_left + h_right - joint) / (h_left + h_right)))


def _entropy(counts: Floats) -> float:
    share = np.sort(counts) / counts.sum()
    return max(0.0, -float((share * np.log(share)).sum()))


def adjusted_rand_index(a: Labels, b: Labels) -> float:
    """Return the share of pairs that two labellings treat alike, corrected for chance; 1 is equal.

    References
    ----------
    .. [1] L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 193-218 (1985).

    Examples
    --------
    >>> adjusted_rand_index(["BE", "BE", "LU", "LU"], [1, 1, 0, 0])
    1.0
    >>> adjusted_rand_index(["BE", "BE", "LU", "LU"], [0, 1, 0, 1])
    -0.5
    """
    cells, left, right = _contingency(a, b)
    both, in_left, in_right = (float((counts * (counts - 1)).sum() / 2) for counts in (cells, left, right))
    pairs = len(a) * (len(a) - 1) / 2
    if pairs == 0:
        return 1.0
    # All whole numbers up to the division, so that equal labellings give 1 to the last bit.
    most = pairs * (in_left + in_right) - 2 * in_left * in_right
    return 1.0 if most == 0 else 2 * (pairs * both - in_left * in_right) / most


def adjusted_mutual_information(a: Labels, b: Labels) -> float:
    """Return the mutual information of two labellings, corrected for chance; 1 is equal, 0 as good as chance.

    What chance gives is the mean over all labellings with groups of the same sizes; the mean of the two entropies is
    the most there can be.  Two labellings that put everyone into one group, or everyone into one of their own, agree
    entirely (1).

    References
    ----------
    .. [1] N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison: variants,
           properties, normalization and correction for chance", Journal of Machine Learning Research 11, 2837-2854
           (2010).

    Examples
    --------
    >>> adjusted_mutual_information(["BE", "BE", "LU", "LU"], [1, 1, 0, 0])
    1.0
    >>> round(adjusted_mutual_information(["BE", "BE", "LU", "LU"], [0, 1, 0, 1]), 6)
    -0.5
    """
    cells, left, right = _contingency(a, b)
    joint, h_left, h_right = (_entropy(counts) for counts in (cells, left, right))
    if len(cells) == len(left) == len(right):
        return 1.0
    chance = _expected_information(left, right)
    most = (h_left + h_right) / 2 - chance
    # Where nothing is left above chance, neither labelling could say more.
    return (h_left + h_right - joint - chance) / most if abs(most) > 1e-12 else 0.0


def _expected_information(left: Floats, right: Floats) -> float:
    """Return the mean mutual information of random labellings with groups of these sizes, in nats.

    Groups of one size are alike, so each pair of sizes is worked out once.  The number of members that two groups share
    is hypergeometric; numbers so far from the expected one that no float would notice are left out.
    """
    from scipy.special import gammaln

    n = left.sum()
    (a, n_a), (b, n_b) = (np.unique(sizes, return_counts=True) for sizes in (left, right))
    size_a, size_b = (grid.ravel() for grid in np.meshgrid(a, b, indexing="ij"))
    times = np.outer(n_a, n_b).ravel().astype(np.float64)
    expected = size_a * size_b / n
    spread = np.sqrt(expected * (1 - size_a / n) * (n - size_b) / max(n - 1, 1))
    reach = _SPREADS * spread + 3 * _SPREADS
    low = np.maximum(np.maximum(1.0, size_a + size_b - n), np.floor(expected - reach))
    high = np.minimum(np.minimum(size_a, size_b), np.ceil(expected + reach))
    n_terms = (high - low + 1).astype(np.int64)
    total = 0.0
    for part in np.split(np.arange(len(times)), np.flatnonzero(np.diff(np.cumsum(n_terms) // _BATCH)) + 1):
        counts = n_terms[part]
        which = np.repeat(part, counts)
        both = low[which] + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        one, other = size_a[which], size_b[which]
        chance = np.exp(
            gammaln(one + 1) + gammaln(other + 1) + gammaln(n - one + 1) + gammaln(n - other + 1) - gammaln(n + 1)
            - gammaln(both + 1) - gammaln(one - both + 1) - gammaln(other - both + 1)
            - gammaln(n - one - other + both + 1)
        )  # fmt: skip
        total += float((times[which] * both / n * np.log(n * both / (one * other)) * chance).sum())
    return total
