"""Measures along shortest paths: in steps, or where a tie of weight `w` is a road of length 1/w.

NetworkX compares path lengths as floats bit by bit, so that six times 1/6 and 1 are two lengths and of two
equally short paths only one may count.  Here lengths are equal within one part in 10⁹.  Distances come from
SciPy's Dijkstra; paths are counted by solving the triangular system that Brandes' recursion is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import splu

from avgraph.network.matrix import Floats, Ints, component_members

__all__ = ["DEFAULT_K", "EXACT_STEPS", "EXACT_UP_TO", "STEP_SOURCES", "PathLengths", "betweenness", "closeness",
           "path_lengths", "sources_of", "spread"]  # fmt: skip

#: Components of more nodes than this are estimated from a sample of sources.
EXACT_UP_TO = 3000
#: Size of that sample.
DEFAULT_K = 256

#: Steps are counted from every node of a component of no more nodes times entries of its matrix,
EXACT_STEPS = 10_000_000_000
#: else from so many.
STEP_SOURCES = 256

_TOLERANCE = 1e-9
# Entries of one batch of systems solved together; more costs memory and gains nothing.
_BATCH_ENTRIES = 400_000


def sources_of(n: int, k: int | None, seed: int) -> Ints:
    """Return the sources used in a component of `n` nodes: all of them, or `k` drawn without replacement."""
    if k is None:
        k = n if n <= EXACT_UP_TO else DEFAULT_K
    if k >= n:
        return np.arange(n)
    return np.array(sorted(random.Random(seed).sample(range(n), k)), dtype=np.int64)


def _lengths(matrix: Any) -> Any:
    return csr_array((1.0 / matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape)


def betweenness(matrix: Any, k: int | None = None, seed: int = 7) -> Floats:
    """Return the share of shortest paths of other pairs that lead through each node, 0 to 1.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency.
    k
        Number of sources in each component; None: all up to :data:`EXACT_UP_TO` nodes, else
        :data:`DEFAULT_K`. An estimate is the sum over the sources times n/k.
    seed
        Seed of the sample.

    References
    ----------
    .. [1] U. Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 25,
           163-177 (2001).
    .. [2] U. Brandes and C. Pich, "Centrality estimation in large networks", International Journal of
           Bifurcation and Chaos 17, 2303-2318 (2007).
    """
    n = matrix.shape[0]
    result = np.zeros(n)
    for members in component_members(matrix):
        if len(members) < 3:
            continue
        lengths = _lengths(matrix[members][:, members])
        sources = sources_of(len(members), k, seed)
        size = max(1, _BATCH_ENTRIES // max(lengths.nnz, 1))
        total = np.zeros(len(members))
        for begin in range(0, len(sources), size):
            total += _dependencies(lengths, sources[begin : begin + size])
        result[members] = total * (len(members) / len(sources))
    return result / ((n - 1) * (n - 2)) if n > 2 else result


def _dependencies(lengths: Any, sources: Ints) -> Floats:
    """Return the dependency of each source on each node, summed over the sources (Brandes' delta).

    With P[v, u] = 1 for each last step u → v of a shortest path, the path counts σ solve (I - P) σ = e_source
    and y = (1 + δ)/σ solves (I - P)ᵀ y = 1/σ. Ordered by distance, I - P is triangular with a unit diagonal.
    """
    n = lengths.shape[0]
    distance = dijkstra(lengths, indices=sources)
    begin = np.repeat(np.arange(n), np.diff(lengths.indptr))
    end = lengths.indices
    ahead = distance[:, end]
    last_step = (distance[:, begin] < ahead) & (np.abs(distance[:, begin] + lengths.data - ahead) <= _TOLERANCE * ahead)
    which, edge = np.nonzero(last_step)
    order = np.argsort(distance, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(n)[None, :], axis=1)
    place += np.arange(len(sources))[:, None] * n
    size = n * len(sources)
    diagonal = np.arange(size)
    rows = np.concatenate([diagonal, place[which, end[edge]]])
    columns = np.concatenate([diagonal, place[which, begin[edge]]])
    values = np.concatenate([np.ones(size), -np.ones(len(which))])
    system = splu(
        csc_array((values, (rows, columns)), shape=(size, size)),
        permc_spec="NATURAL",
        diag_pivot_thresh=0.0,
    )
    start = np.zeros(size)
    start[place[np.arange(len(sources)), sources]] = 1.0
    sigma = system.solve(start)
    dependency = sigma * system.solve(1.0 / sigma, "T") - 1.0
    dependency[start > 0] = 0.0
    by_node = dependency[place]
    return np.asarray(np.maximum(by_node, 0.0).sum(axis=0))


def closeness(matrix: Any, k: int | None = None, seed: int = 7) -> Floats:
    """Return the inverse mean distance to the others, times the share of the network that is reached.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency.
    k
        Number of sources in each component, as in :func:`betweenness`; the mean distance is then estimated
        from the distances to the sources [2]_.
    seed
        Seed of the sample.

    References
    ----------
    .. [1] S. Wasserman and K. Faust, "Social Network Analysis", Cambridge University Press (1994), p. 201.
    .. [2] D. Eppstein and J. Wang, "Fast approximation of centrality", Journal of Graph Algorithms and
           Applications 8, 39-45 (2004).
    """
    n = matrix.shape[0]
    result = np.zeros(n)
    for members in component_members(matrix):
        size = len(members)
        if size < 2:
            continue
        lengths = _lengths(matrix[members][:, members])
        sources = sources_of(size, k, seed)
        batch = max(1, _BATCH_ENTRIES // size)
        total = np.zeros(size)
        for begin in range(0, len(sources), batch):
            total += dijkstra(lengths, indices=sources[begin : begin + batch]).sum(axis=0)
        total *= size / len(sources)
        # A node at distance 0 of all sources is the only source itself.
        reached = np.divide(size - 1, total, out=np.zeros(size), where=total > 0)
        result[members] = reached * (size - 1) / (n - 1)
    return result


@dataclass(frozen=True, slots=True)
class PathLengths:
    """How many steps lie between the nodes of a connected network.

    Attributes
    ----------
    mean
        Mean number of steps between two nodes; estimated where only a sample of sources was tried.
    longest
        Most steps between two nodes: the diameter, or, from a sample, a lower bound of it.
    n_sources
        From how many nodes steps were counted.
    error
        Standard error of the mean, 0 where every node was a source; None where one source tells nothing of it.
    """

    mean: float
    longest: int
    n_sources: int
    error: float | None


def path_lengths(matrix: Any, k: int | None = None, seed: int = 7) -> PathLengths:
    """Count the steps between all nodes of a connected network, by breadth-first search from 64 nodes at once.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR, of two nodes or more, all connected.
    k
        Number of sources; None: all where nodes times entries are at most ten thousand millions, else 256.
    seed
        Seed of the sample.

    References
    ----------
    .. [1] M. Then et al., "The more the merrier: efficient multi-source graph traversal", Proceedings of the VLDB
           Endowment 8, 449-460 (2014).
    """
    n = matrix.shape[0]
    if k is None:
        k = n if n * matrix.nnz <= EXACT_STEPS else STEP_SOURCES
    sources = sources_of(n, k, seed)
    parts = [_steps(matrix, sources[first : first + 64]) for first in range(0, len(sources), 64)]
    means = np.concatenate([sums for sums, _ in parts]) / (n - 1)
    m = len(sources)
    # Without replacement, so that a sample of all nodes has no error.
    error = float(means.std(ddof=1)) * ((1 - m / n) / m) ** 0.5 if m > 1 else None
    return PathLengths(float(means.mean()), max(longest for _, longest in parts), m, error)


def spread(matrix: Any, sources: Ints) -> Iterator[npt.NDArray[np.uint64]]:
    """Yield which of up to 64 sources have reached each node after 0, 1, 2 … steps, until none reaches more.

    Bit i of a node's word tells that source i has reached it.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR; its weights do not count.
    sources
        Nodes, each once.
    """
    # A node without a tie has no row to reduce.
    tied = np.flatnonzero(np.diff(matrix.indptr))
    begin = matrix.indptr[tied].astype(np.int64)
    reached = np.zeros(matrix.shape[0], dtype=np.uint64)
    reached[sources] = np.uint64(1) << np.arange(len(sources), dtype=np.uint64)
    while True:
        yield reached
        further = reached.copy()
        if len(tied):
            further[tied] |= np.bitwise_or.reduceat(reached[matrix.indices], begin)
        if np.array_equal(further, reached):
            return
        reached = further


def _steps(matrix: Any, sources: Ints) -> tuple[Ints, int]:
    """Return for each of up to 64 sources the steps to all nodes, summed, and the most of all steps."""
    sums, distance = np.zeros(64, dtype=np.int64), 0
    before: Any = None
    for distance, reached in enumerate(spread(matrix, sources)):
        if before is not None:
            words = (reached & ~before).astype("<u8").view(np.uint8).reshape(-1, 8)
            sums += distance * np.unpackbits(words, axis=1, bitorder="little").sum(axis=0, dtype=np.int64)
        before = reached
    return sums[: len(sources)], distance
