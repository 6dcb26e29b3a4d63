"""The network as arrays: adjacency and components, for measures that need no objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Floats", "Ints", "adjacency", "component_labels", "component_members"]

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
