"""The compiled engine: NetworKit's C++, for what takes SciPy minutes where there are millions of ties.

It was chosen by measurement (``benchmarks/network_engines.py``): for 2.8 million ties it finds triangles in 0.8 s,
cores in 0.1 s and communities in 2.2 s; igraph takes 1.3, 0.1 and 9.6 s, rustworkx has no communities. Its licence
(MIT) lets it ship with this package.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import networkit
import numpy as np

from avgraph.network.matrix import Ints

__all__ = ["Engine"]

# Rounds in which Leiden may move members; on networks of 10,000 members it changes nothing after the sixth.
_LEIDEN_ROUNDS = 10


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
