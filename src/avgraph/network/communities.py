"""Communities: groups with more ties inside than chance would give, and how they compare with countries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.agreement import adjusted_rand_index, normalized_mutual_information
from avgraph.network.html import html_table
from avgraph.network.matrix import Ints

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Communities", "communities_of", "find_communities", "modularity"]


@dataclass(frozen=True, eq=False)
class Communities:
    """A division of the members into groups, the largest first.

    Attributes
    ----------
    table
        `node`, `label`, `country`, `community` (0 is the largest; ties by the first IRI), sorted by node.
    modularity
        Weighted modularity of the division, -0.5 to 1; None in a network without edges.
    seed, resolution
        How it was found.
    nmi_country, ari_country
        Agreement with the first country of the members where it is known: normalized mutual information
        (0 to 1) and adjusted Rand index (1 is equal, 0 as good as chance); None where fewer than two
        members have a country.
    n_country
        Number of members whose country is known.
    """

    table: pl.DataFrame
    modularity: float | None
    seed: int
    resolution: float
    nmi_country: float | None
    ari_country: float | None
    n_country: int

    @property
    def sets(self) -> list[set[str]]:
        """The communities as sets of IRIs, the largest first."""
        groups = self.table.group_by("community").agg("node").sort("community")
        return [set(nodes) for nodes in groups["node"]]

    @property
    def sizes(self) -> list[int]:
        """Number of members of each community, the largest first."""
        return self.table.group_by("community").len().sort("community")["len"].to_list()

    def __len__(self) -> int:
        return self.table["community"].n_unique()

    def __getitem__(self, node: str) -> int:
        """Return the number of the community that a node (by IRI) is in; KeyError if it is no member."""
        found = self.table.filter(pl.col("node") == node)["community"]
        if found.is_empty():
            raise KeyError(node)
        return int(found.item())

    def overview(self) -> pl.DataFrame:
        """Return one row per community: `community`, `n_nodes`, `countries` and `members` (first of each)."""
        counts = self.table.drop_nulls("country").group_by("community", "country").len()
        countries = (
            counts.sort("community", "len", "country", descending=[False, True, False])
            .group_by("community", maintain_order=True)
            .agg(pl.format("{} {}", "country", "len").head(5).alias("countries"))
        )
        groups = self.table.group_by("community").agg(
            pl.len().cast(pl.Int64).alias("n_nodes"), pl.col("label").sort_by("node").head(5).alias("members")
        )
        table = groups.join(countries, on="community", how="left").sort("community")
        return table.select("community", "n_nodes", pl.col("countries").fill_null([]), "members")

    def __repr__(self) -> str:
        value = "none" if self.modularity is None else f"{self.modularity:.3f}"
        return f"<Communities: {len(self)} of {self.table.height:,} nodes, modularity {value}, seed {self.seed}>"

    def _repr_html_(self) -> str:
        parts = [f"{len(self)} communities (Leiden, seed {self.seed}, resolution {self.resolution:g})"]
        if self.modularity is not None:
            parts.append(f"modularity {self.modularity:.3f}")
        if self.nmi_country is not None:
            parts.append(f"agreement with country: NMI {self.nmi_country:.3f}, ARI {self.ari_country:.3f}")
        return html_table(self.overview(), "; ".join(parts))


def find_communities(network: Network, seed: int = 7, resolution: float = 1.0) -> Communities:
    """Return the communities of a network by the Leiden method (:meth:`avgraph.network.engine.Engine.leiden`).

    The result depends on the order of the nodes, which is that of the IRIs here, and on the seed.
    """
    if not resolution > 0:
        raise AvgraphError(f"the resolution is {resolution}", "give a number above 0; 1 is the usual one")
    return communities_of(network, network.engine.leiden(seed, resolution), seed, resolution)


def communities_of(network: Network, found: Ints, seed: int, resolution: float) -> Communities:
    """Return a division of the members, given as the group of each node in numbers of no meaning."""
    matrix = network.matrix
    n = matrix.shape[0]
    _, first, group, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    number = place[group] if n else np.zeros(0, dtype=np.int64)
    table = network.nodes.select("node", "label", "country", pl.Series("community", number, pl.Int64))
    known = table.drop_nulls("country")
    both = (known["community"].to_list(), known["country"].to_list()) if known.height > 1 else None
    return Communities(
        table=table,
        modularity=modularity(matrix, number, resolution),
        seed=seed,
        resolution=resolution,
        nmi_country=normalized_mutual_information(*both) if both else None,
        ari_country=adjusted_rand_index(*both) if both else None,
        n_country=known.height,
    )


def modularity(matrix: Any, groups: Ints, resolution: float = 1.0) -> float | None:
    """Return the weighted modularity of a division (Newman 2004), None without edges."""
    total = float(matrix.data.sum())
    if total <= 0:
        return None
    row = np.repeat(groups, np.diff(matrix.indptr))
    inside = float(matrix.data[row == groups[matrix.indices]].sum())
    strength = np.bincount(row, matrix.data)
    return inside / total - resolution * float(np.square(strength / total).sum())
