"""Members and ties that alone hold parts of a network together: articulation points and bridges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from avgraph.network.html import html_table
from avgraph.network.matrix import Ints, component_labels
from avgraph.network.membership import labelled_ends

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["CutPoints", "cut_points"]


@dataclass(frozen=True, slots=True, eq=False)
class CutPoints:
    """The members and the ties without which a component falls apart.

    Attributes
    ----------
    members
        Articulation points: `node`, `label`, `country`, `n_parts` (into how many its component falls without it)
        and `cut_off` (members that are then outside the largest of these parts, the removed one not counted); most
        cut off first, then by node.
    ties
        Bridges: `source`, `target`, `source_label`, `target_label`, `weight`, `n_works`, and `cut_off` (members on
        the smaller side); most cut off first, then by source and target.
    """

    members: pl.DataFrame
    ties: pl.DataFrame

    def __repr__(self) -> str:
        return f"<CutPoints: {self.members.height:,} articulation points, {self.ties.height:,} bridges>"

    def _repr_html_(self) -> str:
        return html_table(self.members, "articulation points") + html_table(self.ties, "bridges")


def cut_points(network: Network) -> CutPoints:
    """Return the members and ties of :meth:`Network.cut_points <avgraph.network.Network.cut_points>`."""
    nodes = network.nodes
    member, block = network.engine.blocks()
    n = nodes.height
    n_blocks = np.bincount(member, minlength=n)
    before, size, whole = _forest(network.matrix, member, block)
    # Without a member its component falls into the trees below it, one per block, and what is above.
    largest = (whole - size)[:n]
    number = n + np.arange(len(size) - n)
    np.maximum.at(largest, before[number], size[number])
    cut = np.flatnonzero(n_blocks > 1)
    members = nodes[cut].select(
        "node",
        "label",
        "country",
        pl.Series("n_parts", n_blocks[cut], pl.Int64),
        pl.Series("cut_off", (whole[:n] - 1 - largest)[cut], pl.Int64),
    )
    bridge = np.bincount(block, minlength=len(number)) == 2
    # Of the two members of a bridge, one has the bridge before it.
    below = np.flatnonzero((before[:n] >= n) & np.concatenate([bridge, [False]])[np.maximum(before[:n] - n, -1)])
    above = before[before[below]]
    iris = nodes["node"]
    ends = pl.DataFrame(
        {
            "source": iris.gather(np.minimum(below, above)),
            "target": iris.gather(np.maximum(below, above)),
            "cut_off": pl.Series(np.minimum(size[below], whole[below] - size[below]), dtype=pl.Int64),
        }
    )
    ties = labelled_ends(
        ends.join(network.edges, on=["source", "target"], how="left", maintain_order="left"), nodes
    ).select("source", "target", "source_label", "target_label", "weight", "n_works", "cut_off")
    return CutPoints(
        members.sort("cut_off", "node", descending=[True, False]),
        ties.sort("cut_off", "source", "target", descending=[True, False, False]),
    )


def _forest(matrix: Any, member: Ints, block: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the forest of members and their biconnected components, rooted at the first member of each component.

    Nodes are the `n` members, then the blocks.

    Returns
    -------
    tuple
        For each node the one before it (-1 for a root), the members in its subtree, itself included, and those of
        its whole component.
    """
    n, n_blocks = matrix.shape[0], int(block.max(initial=-1)) + 1
    labels = component_labels(matrix)
    _, roots = np.unique(labels, return_index=True)
    # One more node above all roots makes the forest a tree.
    top = n + n_blocks
    one = np.concatenate([member, roots])
    other = np.concatenate([n + block, np.full(len(roots), top)])
    tree = coo_array((np.ones(len(one)), (one, other)), shape=(top + 1, top + 1)).tocsr()
    order, before = breadth_first_order(tree, top, directed=False)
    before = before.astype(np.int64)
    size = [1] * n + [0] * (n_blocks + 1)
    for node, parent in zip(order[:0:-1].tolist(), before[order[:0:-1]].tolist(), strict=True):
        size[parent] += size[node]
    sizes = np.array(size[:top], dtype=np.int64)
    whole = np.zeros(top, dtype=np.int64)
    whole[:n] = sizes[roots][labels]
    before[roots] = -1
    return before[:top], sizes, whole
