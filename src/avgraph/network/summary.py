"""The figures that describe a network as a whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.network.html import cell_text, html_table
from avgraph.network.matrix import component_labels, triangles
from avgraph.network.mixing import attribute_assortativity

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["NetworkSummary", "network_html", "summarise"]

# Above this, a notebook cell does not look for communities by itself.
_QUICK_EDGES = 20_000


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """Figures of a network; what cannot be said (of no edges, of unknown countries) is None.

    Attributes
    ----------
    name, settings
        What the network is called and how it was projected.
    n_nodes, n_edges
        Members (isolated ones too) and pairs of them with a tie.
    n_works, n_joint_works
        Works counted, and those among them with at least two members.
    n_isolates
        Members without a tie.
    n_components, giant_size, giant_share
        Connected components; size of the largest, and its share of the nodes, 0 to 1.
    density
        Share of all pairs that have a tie, 0 to 1.
    mean_degree
        Mean number of partners.
    transitivity
        Share of connected triples that are closed, 0 to 1 (three times triangles over triples).
    clustering
        Mean local clustering coefficient, members with fewer than two partners as 0.
    assortativity_country
        Newman's assortativity of the first country, -1 to 1, over edges with both countries known.
    n_country
        Members whose country is known.
    n_communities, modularity
        Louvain communities and their weighted modularity; None if not asked for.
    first_year, last_year
        Years of the earliest and the latest dated work.
    n_undated
        Membership rows without a year; a window of years leaves them out.
    """

    name: str
    settings: str
    n_nodes: int
    n_edges: int
    n_works: int
    n_joint_works: int
    n_isolates: int
    n_components: int
    giant_size: int
    giant_share: float | None
    density: float | None
    mean_degree: float | None
    transitivity: float | None
    clustering: float | None
    assortativity_country: float | None
    n_country: int
    n_communities: int | None
    modularity: float | None
    first_year: int | None
    last_year: int | None
    n_undated: int

    def to_dict(self) -> dict[str, Any]:
        """Return the figures by name, as plain values that JSON can hold."""
        return asdict(self)

    def _lines(self) -> list[tuple[str, str]]:
        years = ("first_year", "last_year")
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return [
            (name.removeprefix("n_").replace("_", " "), str(value) if name in years else cell_text(value))
            for name, value in named
            if value is not None and value != ""
        ]

    def __str__(self) -> str:
        return "\n".join(f"{name:<22} {value}" for name, value in self._lines())

    def _repr_html_(self) -> str:
        table = pl.DataFrame(self._lines(), schema=["figure", "value"], orient="row")
        return html_table(table, self.name or "network", max_rows=table.height)


def summarise(network: Network, *, communities: bool = True, seed: int = 7) -> NetworkSummary:
    """Return the figures of :meth:`Network.summary <avgraph.network.Network.summary>`."""
    nodes, edges, matrix = network.nodes, network.edges, network.matrix
    n, m = nodes.height, edges.height
    degree = nodes["degree"].to_numpy().astype(np.float64)
    pairs = degree * (degree - 1) / 2
    around = triangles(matrix)
    local = np.divide(around, pairs, out=np.zeros(n), where=pairs > 0)
    sizes = np.bincount(component_labels(matrix)) if n else np.zeros(0, dtype=np.int64)
    found = network.communities(seed=seed) if communities else None
    incidence = network.incidence
    return NetworkSummary(
        name=network.name,
        settings=str(network.settings),
        n_nodes=n,
        n_edges=m,
        n_works=incidence["work"].n_unique(),
        n_joint_works=incidence.filter(pl.col("n_members") > 1)["work"].n_unique(),
        n_isolates=int((degree == 0).sum()),
        n_components=len(sizes),
        giant_size=int(sizes[0]) if n else 0,
        giant_share=float(sizes[0] / n) if n else None,
        density=2 * m / (n * (n - 1)) if n > 1 else None,
        mean_degree=2 * m / n if n else None,
        transitivity=float(around.sum() / pairs.sum()) if pairs.sum() else None,
        clustering=float(local.mean()) if m else None,
        assortativity_country=attribute_assortativity(edges, nodes["node"], nodes["country"]),
        n_country=nodes["country"].count(),
        n_communities=len(found) if found else None,
        modularity=found.modularity if found else None,
        first_year=_year(incidence["first_year"].min()),
        last_year=_year(incidence["last_year"].max()),
        n_undated=network.n_undated,
    )


def _year(value: Any) -> int | None:
    return None if value is None else int(value)


def network_html(network: Network) -> str:
    """Return the summary and the strongest members and ties as HTML."""
    labels = network.nodes.select("node", "label")
    summary = network.summary(communities=network.edges.height <= _QUICK_EDGES)
    members = network.rank("strength", 10).select("rank", "label", "country", pl.col("value").alias("strength"))
    ties = (
        network.edges.sort("weight", "source", "target", descending=[True, False, False])
        .head(10)
        .join(labels.rename({"node": "source", "label": "one"}), on="source", maintain_order="left")
        .join(labels.rename({"node": "target", "label": "other"}), on="target", maintain_order="left")
        .select("one", "other", "weight", pl.col("n_works").alias("works"), "first_year", "last_year")
    )
    return summary._repr_html_() + html_table(members, "members with most ties") + html_table(ties, "strongest ties")
