"""The network as arrays: adjacency and components, for measures that need no objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

__all__ = [
    "Bools",
    "Floats",
    "Ints",
    "adjacency",
    "component_labels",
    "component_members",
    "degrees",
    "masked_product",
    "row_sums",
    "rows_of",
]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def adjacency(source: Ints, target: Ints, weights: Floats, n: int) -> Any:
    """Return the symmetric weighted adjacency of `n` nodes as a CSR array, from the ties in one direction."""
    matrix = csr_array(
        (np.concatenate([weights, weights]), (np.concatenate([source, target]), np.concatenate([target, source]))),
        shape=(n, n),
    )
    matrix.sort_indices()
    return matrix


def degrees(source: Ints, target: Ints, weights: Floats, n: int) -> tuple[Ints, Floats]:
    """Return number and total weight of the ties of each of `n` nodes, from the ties in one direction."""
    both = np.concatenate([source, target])
    degree: Ints = np.bincount(both, minlength=n).astype(np.int64)
    # bincount adds one by one in the order given, whatever the processor.
    strength: Floats = np.bincount(both, np.concatenate([weights, weights]), n).astype(np.float64)
    return degree, strength


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


# Products of two numbers that one block of rows may need; it bounds the memory.
_BLOCK_PRODUCTS = 20_000_000


def masked_product(left: Any, right: Any, pattern: Any) -> Floats:
    """Return the entries of ``left @ right`` where `pattern` has one, in the order of its data.

    Rows are multiplied in blocks: the product as a whole has an entry for each two nodes two steps apart, and would
    not fit into memory.

    Parameters
    ----------
    left, right
        CSR arrays of n rows and columns, without negative entries.
    pattern
        CSR array of n rows and columns with sorted indices; only where it has entries counts.
    """
    n = pattern.shape[0]
    result = np.zeros(pattern.nnz)
    if not pattern.nnz:
        return result
    size = np.diff(right.indptr)[left.indices]
    cost = np.diff(np.concatenate([[0], np.cumsum(size)])[left.indptr])
    block = np.cumsum(cost) // _BLOCK_PRODUCTS
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    columns = pattern.indices.astype(np.int64)
    for begin, end in zip(starts, [*starts[1:], n], strict=True):
        mask = pattern[begin:end]
        found = (left[begin:end] @ right).multiply(mask != 0).tocsr()
        place = slice(pattern.indptr[begin], pattern.indptr[end])
        keys = rows_of(mask) * n + columns[place]
        result[place][np.searchsorted(keys, rows_of(found) * n + found.indices)] = found.data
    return result


def rows_of(matrix: Any) -> Ints:
    """Return the row of each entry of a CSR array, in the order of its data."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def row_sums(matrix: Any, values: Floats) -> Floats:
    """Return the sum of `values` over each row of a CSR array, one value per entry in the order of its data."""
    return np.bincount(rows_of(matrix), values, minlength=matrix.shape[0]).astype(np.float64)
