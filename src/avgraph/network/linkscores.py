"""How near two members stand who have no tie: the scores of link prediction, for any pairs.

=======================  ==========================================================================
common_neighbours        number of common partners
jaccard                  common partners over all partners of the two, 0 to 1
adamic_adar              sum over the common partners of 1/log(number of their partners)
resource_allocation      sum over the common partners of 1/number of their partners
preferential_attachment  product of the two numbers of partners: popularity, the baseline
katz                     walks of one, two and three steps, each step counted 0.05
shortest_path            1/steps of the shortest path, 0 where none leads from one to the other
=======================  ==========================================================================

Ties count as they are or are not: weights play no part.  A tie between the two themselves counts only for Katz and
for the shortest path.

References
----------
.. [1] D. Liben-Nowell and J. Kleinberg, "The link-prediction problem for social networks", Journal of the American
       Society for Information Science and Technology 58, 1019-1031 (2007).
.. [2] L. A. Adamic and E. Adar, "Friends and neighbors on the Web", Social Networks 25, 211-230 (2003).
.. [3] T. Zhou, L. Lü and Y.-C. Zhang, "Predicting missing links via local information", European Physical Journal B
       71, 623-630 (2009).
.. [4] L. Katz, "A new status index derived from sociometric analysis", Psychometrika 18, 39-43 (1953).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from avgraph.network.matrix import Floats, Ints, component_labels
from avgraph.network.paths import spread

__all__ = ["BASELINE", "SCORES", "LinkScores", "paired_sums"]

#: Names of the scores, the simplest first.
SCORES: tuple[str, ...] = (
    "common_neighbours", "jaccard", "adamic_adar", "resource_allocation", "preferential_attachment", "katz",
    "shortest_path",
)  # fmt: skip
#: What the other scores are compared with.
BASELINE = "preferential_attachment"

_BETA = 0.05
# Walks followed at once; more costs memory and gains nothing.
_BLOCK_WALKS = 4_000_000
_BLOCK_PAIRS = 500_000


class LinkScores:
    """The scores of pairs in one network.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR, without loops; what is stored is a tie, whatever its weight.
    """

    def __init__(self, matrix: Any) -> None:
        self.ties = csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
        self.degree: Floats = np.diff(matrix.indptr).astype(np.float64)

    def paired(self) -> Iterator[tuple[Ints, Ints]]:
        """Yield the pairs (u < v) with a common partner, tied or not, in order, some rows at a time."""
        for rows in self._blocks(np.arange(len(self.degree)), self.ties @ self.degree):
            found = (self.ties[rows] @ self.ties).tocsr()
            found.sort_indices()
            u = np.repeat(rows, np.diff(found.indptr))
            later = u < found.indices
            yield u[later], found.indices[later].astype(np.int64)

    def scores(self, u: Ints, v: Ints, names: Sequence[str] = SCORES) -> dict[str, Floats]:
        """Return the named scores of the pairs; `u` must not fall, so that each member's paths are followed once."""
        result = {name: np.zeros(len(u)) for name in names}
        if BASELINE in result:
            result[BASELINE] = self.degree[u] * self.degree[v]
        if not set(names) - {BASELINE} or not len(u):
            return result
        far = bool({"katz", "shortest_path"} & set(names))
        distinct = np.unique(u)
        # Walks of three steps where they are needed, else of two.
        costs = self.ties[distinct] @ (self.ties @ self.degree if far else self.degree)
        for block in self._blocks(distinct, costs):
            begin, end = np.searchsorted(u, block[0]), np.searchsorted(u, block[-1], "right")
            part = self._block(block, u[begin:end], v[begin:end], names)
            for name, values in part.items():
                result[name][begin:end] = values
        return result

    @staticmethod
    def _blocks(rows: Ints, costs: Floats) -> Iterator[Ints]:
        """Yield the rows in groups whose costs add up to some million walks."""
        group = (np.cumsum(costs) // _BLOCK_WALKS).astype(np.int64)
        yield from np.split(rows, np.flatnonzero(np.diff(group)) + 1) if len(rows) else []

    def _block(self, rows: Ints, u: Ints, v: Ints, names: Sequence[str]) -> dict[str, Floats]:
        """Return all named scores but the baseline for pairs whose `u` are among `rows`."""
        near = self.ties[rows]
        keys = np.searchsorted(rows, u) * len(self.degree) + v
        found: dict[str, Floats] = {}
        two = near @ self.ties
        common = _entries(two, keys)
        if "common_neighbours" in names:
            found["common_neighbours"] = common
        if "jaccard" in names:
            union = self.degree[u] + self.degree[v] - common
            found["jaccard"] = np.divide(common, union, out=np.zeros(len(u)), where=union > 0)
        if "adamic_adar" in names:
            # A common partner has at least two partners: the logarithm is above 0 wherever it counts.
            rarity = 1.0 / np.log(np.maximum(self.degree, 2.0))
            found["adamic_adar"] = self._weighed(near, rarity, keys)
        if "resource_allocation" in names:
            found["resource_allocation"] = self._weighed(near, 1.0 / np.maximum(self.degree, 1.0), keys)
        if "katz" in names or "shortest_path" in names:
            direct, three = _entries(near, keys), _entries(two @ self.ties, keys)
            if "katz" in names:
                found["katz"] = _BETA * direct + _BETA**2 * common + _BETA**3 * three
            if "shortest_path" in names:
                steps = np.select([u == v, direct > 0, common > 0, three > 0], [0.0, 1.0, 2.0, 3.0], np.inf)
                unknown = np.flatnonzero(np.isinf(steps))
                steps[unknown] = self._steps(u[unknown], v[unknown])
                found["shortest_path"] = np.divide(1.0, steps, out=np.zeros(len(u)), where=steps > 0)
        return found

    def _weighed(self, near: Any, weights: Floats, keys: Ints) -> Floats:
        """Return the sum of the weights of the common partners."""
        weighed = csr_array((weights[near.indices], near.indices, near.indptr), shape=near.shape)
        return _entries(weighed @ self.ties, keys)

    def _steps(self, u: Ints, v: Ints) -> Floats:
        """Return the steps between pairs, by breadth-first search from 64 members at once; infinite without a path."""
        steps = np.full(len(u), np.inf)
        component = component_labels(self.ties)
        asked = np.flatnonzero(component[u] == component[v])
        sources = np.unique(u[asked])
        for first in range(0, len(sources), 64):
            block = sources[first : first + 64]
            inside = asked[np.searchsorted(u[asked], block[0]) : np.searchsorted(u[asked], block[-1], "right")]
            bit = np.uint64(1) << np.searchsorted(block, u[inside]).astype(np.uint64)
            for distance, reached in enumerate(spread(self.ties, block)):
                there = (reached[v[inside]] & bit) > 0
                steps[inside[there]] = distance
                inside, bit = inside[~there], bit[~there]
                if not len(inside):
                    break
        return steps


def _entries(matrix: Any, keys: Ints) -> Floats:
    """Return the entries of a CSR array at row * columns + column, 0 where none is stored."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    stored = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * matrix.shape[1] + matrix.indices
    result = np.zeros(len(keys))
    if len(stored):
        place = np.minimum(np.searchsorted(stored, keys), len(stored) - 1)
        there = stored[place] == keys
        result[there] = matrix.data[place[there]]
    return result


def paired_sums(matrix: Any, u: Ints, v: Ints) -> Floats:
    """Return the inner product of rows u and v of a CSR array, pair by pair."""
    result = np.zeros(len(u))
    for begin in range(0, len(u), _BLOCK_PAIRS):
        part = slice(begin, begin + _BLOCK_PAIRS)
        result[part] = np.asarray(matrix[u[part]].multiply(matrix[v[part]]).sum(axis=1)).ravel()
    return result
