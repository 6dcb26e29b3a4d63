"""A shortest way from one member to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from avgraph.errors import NotFoundError

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["shortest_path"]


def shortest_path(network: Network, a: str, b: str) -> list[str]:
    """Return the members on the way from `a` to `b` (IRIs): fewest ties; of such ways the one of most weight in all.

    Raises
    ------
    NotFoundError
        If no way leads there.
    """
    names = network.nodes["node"].to_list()
    start, end = names.index(a), names.index(b)
    matrix = network.matrix
    steps = np.full(len(names), -1)
    steps[start] = 0
    #: The most weight on a way of fewest ties, and the member before.
    most, before = np.zeros(len(names)), np.full(len(names), -1)
    level = [start]
    while level and steps[end] < 0:
        found: set[int] = set()
        for node in level:
            row = slice(matrix.indptr[node], matrix.indptr[node + 1])
            for other, weight in zip(matrix.indices[row].tolist(), matrix.data[row].tolist(), strict=True):
                if steps[other] >= 0 and other not in found:
                    continue
                whole = most[node] + weight
                # Of equally heavy ways that over the first member in the order of IRIs.
                if other not in found or whole > most[other]:
                    most[other], before[other] = whole, node
                steps[other] = steps[node] + 1
                found.add(other)
        level = sorted(found)
    if steps[end] < 0:
        labels = network.nodes["label"]
        raise NotFoundError(
            f"no way leads from {labels[start]!r} to {labels[end]!r} in this network", "they are of two components"
        )
    way = [end]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return [names[node] for node in reversed(way)]
