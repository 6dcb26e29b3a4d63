"""The compiled engine: NetworKit's C++, for what takes SciPy minutes where there are millions of ties.

It was chosen by measurement (``benchmarks/network_engines.py``): on 2.8 million ties, ten rounds of Leiden take 4.4 s
of processor time, where igraph takes 5.4 s for two and six minutes to the end; rustworkx has no communities and takes
107 s for triangles. Its licence (MIT) lets it ship with this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any

import networkit
import numpy as np
from scipy.sparse import csr_array

from avgraph.network.matrix import Ints

__all__ = ["Engine"]

# Rounds in which Leiden may move members; the next ten add 0.001 to the modularity of 2.8 million random ties, and
# double the time.
_LEIDEN_ROUNDS = 10
# Between the seeds of draws that follow each other, so that neighbouring seeds share none.
_SEED_STEP = 1_000_003


class Engine:
    """A network in NetworKit.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR, without entries of 0 and without loops.
    """

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    @cached_property
    def graph(self) -> networkit.Graph:
        """The weighted graph; its nodes are the rows of the matrix."""
        matrix = self._matrix
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        upper = row < matrix.indices
        ends = (row[upper].astype(np.int64), matrix.indices[upper].astype(np.int64))
        return networkit.GraphFromCoo((matrix.data[upper].astype(np.float64), ends), n=matrix.shape[0], weighted=True)

    @cached_property
    def triangles(self) -> Ints:
        """Number of triangles through each node."""
        degree = np.diff(self._matrix.indptr).astype(np.float64)
        if not self._matrix.nnz:
            return np.zeros(len(degree), dtype=np.int64)
        local = np.array(networkit.centrality.LocalClusteringCoefficient(self.graph, True).run().scores())
        # What the engine divides by; the product is whole but for rounding.
        triangles: Ints = np.rint(np.where(degree > 1, local, 0.0) * degree * (degree - 1) / 2).astype(np.int64)
        return triangles

    @cached_property
    def cores(self) -> Ints:
        """Core number of each node: the largest `k` such that it lies in the k-core (Seidman 1983)."""
        if not self._matrix.nnz:
            return np.zeros(self._matrix.shape[0], dtype=np.int64)
        return np.array(networkit.centrality.CoreDecomposition(self.graph).run().scores(), dtype=np.int64)

    def leiden(self, seed: int = 7, resolution: float = 1.0) -> Ints:
        """Return the community of each node by the Leiden method on the weights, in numbers of no meaning.

        One thread, so that one seed gives one result.

        References
        ----------
        .. [1] V. A. Traag, L. Waltman and N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected
               communities", Scientific Reports 9, 5233 (2019).
        """
        n = self._matrix.shape[0]
        if not self._matrix.nnz:
            return np.arange(n)
        n_threads = networkit.getMaxNumberOfThreads()
        networkit.setNumberOfThreads(1)
        try:
            networkit.setSeed(seed, False)
            found = networkit.community.ParallelLeiden(
                self.graph, iterations=_LEIDEN_ROUNDS, randomize=True, gamma=resolution
            )
            found.run()
            return np.array(found.getPartition().getVector(), dtype=np.int64)
        finally:
            networkit.setNumberOfThreads(n_threads)

    def blocks(self) -> tuple[Ints, Ints]:
        """Return the nodes of all biconnected components, and the number of the component of each.

        A node in several components is an articulation point, a component of two nodes a bridge; isolated nodes are
        in none.

        References
        ----------
        .. [1] J. Hopcroft and R. Tarjan, "Algorithm 447: efficient algorithms for graph manipulation", Communications
               of the ACM 16, 372-378 (1973).
        """
        if not self._matrix.nnz:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        found = networkit.components.BiconnectedComponents(self.graph).run().getComponents()
        sizes = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        return np.concatenate([np.array(part, dtype=np.int64) for part in found]), np.repeat(
            np.arange(len(found)), sizes
        )

    def rewired(self, n: int, *, seed: int = 7, n_swaps: float = 10.0) -> Iterator[Any]:
        """Yield adjacencies with the same degrees, by swapping the ends of random pairs of ties.

        Parameters
        ----------
        n
            How many to draw.
        seed
            Seed; one thread, so that one seed gives one result.
        n_swaps
            Swaps tried per tie before each.

        References
        ----------
        .. [1] S. Maslov and K. Sneppen, "Specificity and stability in topology of protein networks", Science 296,
               910-913 (2002).
        """
        n_threads = networkit.getMaxNumberOfThreads()
        for number in range(n):
            if not self._matrix.nnz:
                yield self._matrix.copy()
                continue
            networkit.setNumberOfThreads(1)
            try:
                networkit.setSeed((seed + number * _SEED_STEP) % 2**63, False)
                switching = networkit.randomization.EdgeSwitching(self.graph, n_swaps)
                switching.run()
                drawn = switching.getGraph()
            finally:
                networkit.setNumberOfThreads(n_threads)
            ends = np.fromiter(chain.from_iterable(drawn.iterEdges()), dtype=np.int64, count=2 * drawn.numberOfEdges())
            one, other = np.concatenate([ends[::2], ends[1::2]]), np.concatenate([ends[1::2], ends[::2]])
            matrix = csr_array((np.ones(len(one)), (one, other)), shape=self._matrix.shape)
            matrix.sort_indices()
            yield matrix
