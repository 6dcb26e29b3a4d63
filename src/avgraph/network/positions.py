"""Where to draw the nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import polars as pl

from avgraph.network.matrix import Floats, component_members

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["layout"]

# Pushing nodes apart looks at all pairs.
_PUSHED_UP_TO = 1200


def layout(network: Network, seed: int = 7, *, iterations: int = 100) -> pl.DataFrame:
    """Return a position for every node: springs within each component, components side by side.

    A spring layout of the whole would press the large component together, for the small ones drift away from
    it. Each component is laid out on its own [1]_, takes room in proportion to its number of nodes, and is put
    on shelves from the largest to the smallest.

    Parameters
    ----------
    network
        The network to draw.
    seed
        Seed of the first positions.
    iterations
        Steps of the springs.

    Returns
    -------
    polars.DataFrame
        `node`, `x`, `y` (between -1 and 1, rounded to four decimals), sorted by node. The same for the same
        network and seed, however its rows were ordered; another version of NumPy or NetworkX, or another kind
        of processor, may give another.

    References
    ----------
    .. [1] T. M. J. Fruchterman and E. M. Reingold, "Graph drawing by force-directed placement", Software:
           Practice and Experience 21, 1129-1164 (1991).
    """
    nodes = network.nodes["node"]
    position = np.zeros((len(nodes), 2))
    boxes: list[tuple[int, float]] = []
    components = component_members(network.matrix)
    for i, members in enumerate(components):
        position[members], radius = _springs(network.matrix[members][:, members], seed, iterations)
        boxes.append((i, 2 * radius))
    corners = _shelves([side for _, side in boxes])
    for (i, side), (left, top) in zip(boxes, corners, strict=True):
        position[components[i]] += (left + side / 2, top + side / 2)
    if len(nodes):
        low, high = position.min(axis=0), position.max(axis=0)
        scale = max(float((high - low).max()) / 2, 1e-12)
        position = np.round((position - (low + high) / 2) / scale, 4) + 0.0
    return pl.DataFrame({"node": nodes, "x": position[:, 0], "y": position[:, 1]})


def _springs(weights: Floats, seed: int, iterations: int) -> tuple[Floats, float]:
    """Return positions around (0, 0) of one component, and the radius of the room it takes."""
    n = weights.shape[0]
    radius = math.sqrt(n)
    if n == 1:
        return np.zeros((1, 2)), radius
    graph = nx.from_scipy_sparse_array(weights)
    # Weak and strong ties differ by orders of magnitude, which would collapse the strong ones into a dot.
    for _, _, attributes in graph.edges(data=True):
        attributes["weight"] = math.sqrt(attributes["weight"])
    placed = nx.spring_layout(graph, k=2.5 / math.sqrt(n), iterations=iterations, seed=seed)
    xy = _apart(np.array([placed[i] for i in range(n)]))
    xy -= (xy.min(axis=0) + xy.max(axis=0)) / 2
    reach = max(float(np.abs(xy).max()), 1e-12)
    return xy / reach * radius * 0.85, radius


def _apart(xy: Floats, rounds: int = 40) -> Floats:
    """Return the positions with nodes that lie on each other pushed apart, so that dense groups can be seen."""
    n = len(xy)
    if n > _PUSHED_UP_TO:
        return xy
    nearest = 1.1 / math.sqrt(n)
    # A golden-angle spiral parts nodes that lie at one point.
    turn = np.arange(n) * 2.399963
    xy = xy + 1e-6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for _ in range(rounds):
        gap = xy[:, None, :] - xy[None, :, :]
        distance = np.sqrt((gap**2).sum(axis=2))
        np.fill_diagonal(distance, nearest)
        push = np.maximum(nearest - distance, 0.0) / np.maximum(distance, 1e-9)
        if not push.any():
            break
        xy = xy + 0.3 * (gap * push[:, :, None]).sum(axis=1)
    return xy


def _shelves(sides: list[float]) -> list[tuple[float, float]]:
    """Return the left top corner of each square, packed in rows about as wide as they are high together."""
    if not sides:
        return []
    width = max(sides[0], 1.15 * math.sqrt(sum(side * side for side in sides)))
    corners = []
    left = top = height = 0.0
    for side in sides:
        if left and left + side > width:
            left, top, height = 0.0, top + height, 0.0
        corners.append((left, top))
        left, height = left + side, max(height, side)
    return corners
