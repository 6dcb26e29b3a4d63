"""The network as arrays: codes, adjacency, components and triangles, for measures that need no objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from avgraph.network.membership import member_codes

__all__ = ["Floats", "Ints", "adjacency", "component_labels", "component_members", "core_numbers", "triangles"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Rows of the adjacency whose squared neighbourhoods are held in memory at once, in entries.
_BLOCK_ENTRIES = 20_000_000


def adjacency(edges: pl.DataFrame, nodes: pl.Series) -> Any:
    """Return the symmetric weighted adjacency as a CSR array; rows and columns follow `nodes` (sorted)."""
    source, target = member_codes(edges, nodes)
    weights = edges["weight"].to_numpy()
    matrix = csr_array(
        (np.concatenate([weights, weights]), (np.concatenate([source, target]), np.concatenate([target, source]))),
        shape=(len(nodes), len(nodes)),
    )
    matrix.sort_indices()
    return matrix


def component_labels(matrix: Any) -> Ints:
    """Return the number of each node's component; 0 is the largest, ties by the first node in it."""
    n, labels = connected_components(matrix, directed=False)
    sizes = np.bincount(labels, minlength=n)
    first = np.full(n, len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    order = np.lexsort((first, -sizes))
    number = np.empty(n, dtype=np.int64)
    number[order] = np.arange(n)
    result: Ints = number[labels]
    return result


def component_members(matrix: Any) -> list[Ints]:
    """Return the node codes of each component, the largest first."""
    labels = component_labels(matrix)
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.cumsum(np.bincount(labels))[:-1]) if len(labels) else []


def triangles(matrix: Any) -> Ints:
    """Return the number of triangles through each node."""
    ones = csr_array((np.ones(matrix.nnz, dtype=np.int64), matrix.indices, matrix.indptr), shape=matrix.shape)
    degree = np.diff(matrix.indptr).astype(np.int64)
    # The squared rows of a block hold at most the sum of the degrees of its neighbours.
    work = np.cumsum(ones @ degree)
    result = np.zeros(matrix.shape[0], dtype=np.int64)
    begin = 0
    while begin < len(result):
        spent = work[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(work, spent + _BLOCK_ENTRIES)))
        block = ones[begin:end]
        result[begin:end] = (block @ ones).multiply(block).sum(axis=1) // 2
        begin = end
    return result


def core_numbers(matrix: Any) -> Ints:
    """Return the core number of each node: the largest `k` such that it lies in the k-core (Seidman 1983)."""
    degree = np.diff(matrix.indptr).astype(np.int64)
    core = np.zeros(len(degree), dtype=np.int64)
    alive = np.ones(len(degree), dtype=bool)
    k = 0
    while alive.any():
        k = max(k, int(degree[alive].min()))
        peel = np.flatnonzero(alive & (degree <= k))
        while len(peel):
            core[peel] = k
            alive[peel] = False
            neighbours = matrix[peel].indices
            degree -= np.bincount(neighbours, minlength=len(degree))
            near = np.unique(neighbours)
            peel = near[alive[near] & (degree[near] <= k)]
    return core
