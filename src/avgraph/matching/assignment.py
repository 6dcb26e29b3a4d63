"""One-to-one: of the pairs those that use each row at most once and have the greatest sum of scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from avgraph.matching.pairs import Pair

__all__ = ["best_assignment"]

#: What the order of rows counts, so little that it decides between equal sums only (scores have four digits).
_ORDER = 1e-7


def best_assignment(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs of a matching with the greatest sum of scores; of equal ones, rows are paired in their order.

    Rows that are connected by pairs are a problem of their own, solved exactly by the shortest augmenting paths of
    Jonker and Volgenant (Computing 38, 1987) in SciPy; ``score > 0`` is assumed.

    >>> pairs = [Pair(0, 0, 0.9, ()), Pair(0, 1, 0.95, ()), Pair(1, 0, 0.6, ()), Pair(1, 1, 0.9, ())]
    >>> [(p.left, p.right) for p in best_assignment(pairs)]
    [(0, 0), (1, 1)]
    """
    kept: list[Pair] = []
    for group in _connected(pairs):
        kept += group if len(group) == 1 else _solved(group)
    return sorted(kept, key=lambda p: (p.left, p.right))


def _connected(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Return the pairs in groups that have no row in common."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(row: tuple[str, int]) -> tuple[str, int]:
        while parent.setdefault(row, row) != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for pair in pairs:
        a, b = sorted((root(("left", pair.left)), root(("right", pair.right))))
        parent[b] = a
    groups: dict[tuple[str, int], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[root(("left", pair.left))].append(pair)
    return list(groups.values())


def _solved(group: Sequence[Pair]) -> list[Pair]:
    """Return the best matching of a group; each left row may also stay alone, at a column of its own."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    lefts, rights = sorted({p.left for p in group}), sorted({p.right for p in group})
    row = {left: place for place, left in enumerate(lefts)}
    column = {right: place for place, right in enumerate(rights)}
    at = np.array([(row[p.left], column[p.right]) for p in group])
    score = np.array([p.score for p in group])
    # Sums of products are greatest where both orders agree; earlier rows go first where not all can be paired.
    n = max(len(lefts), len(rights))
    product = (at[:, 0] + 1) * (at[:, 1] + 1) / n**2
    order = _ORDER * (product / 2 - at.sum(axis=1) / n)
    cost = np.concatenate([2.0 - score - order / n, np.full(len(lefts), 2.0)])
    alone = np.arange(len(lefts))
    rows, columns = np.concatenate([at[:, 0], alone]), np.concatenate([at[:, 1], len(rights) + alone])
    graph = csr_array((cost, (rows, columns)), shape=(len(lefts), len(rights) + len(lefts)))
    chosen = set(zip(*(side.tolist() for side in min_weight_full_bipartite_matching(graph)), strict=True))
    return [p for p in group if (row[p.left], column[p.right]) in chosen]
