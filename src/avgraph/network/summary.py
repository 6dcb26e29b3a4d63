"""The figures that describe a network as a whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.network.html import cell_text, html_table
from avgraph.network.matrix import component_members
from avgraph.network.measures import closure
from avgraph.network.mixing import attribute_assortativity, degree_assortativity
from avgraph.network.paths import path_lengths

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["IN_WORDS", "NetworkSummary", "network_html", "summarise"]

#: What pages show of a summary, in words.
IN_WORDS = {
    "nodes": "members", "edges": "ties", "works": "works", "joint_works": "works with two or more members",
    "isolates": "members without a tie", "components": "components", "giant_share": "share of the largest",
    "average_path": "mean steps between two of the largest", "diameter": "most steps", "density": "density",
    "mean_degree": "mean number of partners", "transitivity": "transitivity", "average_clustering": "mean clustering",
    "assortativity": "assortativity by number of partners", "assortativity_country": "assortativity by country",
    "of_known_country": "members of known country", "max_core": "highest core", "first_year": "first year",
    "last_year": "last year", "undated": "rows without a year",
}  # fmt: skip

# Above this, a notebook cell does not look for communities or count steps by itself.
_QUICK_EDGES = 20_000


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """Figures of a network; what cannot be said (of no edges, of unknown countries) is None.

    Attributes
    ----------
    name, settings
        What the network is called and how it was projected.
    nodes, edges
        Number of members (isolated ones too) and of pairs of them with a tie.
    works, joint_works
        Number of works counted, and of those among them with at least two members.
    isolates
        Number of members without a tie.
    components, giant, giant_share
        Number of connected components; size of the largest, and its share of the nodes, 0 to 1.
    density
        Share of all pairs that have a tie, 0 to 1.
    mean_degree
        Mean number of partners.
    transitivity
        Share of connected triples that are closed, 0 to 1 (three times triangles over triples).
    average_clustering
        Mean local clustering coefficient, members with fewer than two partners as 0 (Watts and Strogatz 1998).
    assortativity
        Correlation of the numbers of partners over the ends of ties, -1 to 1 (Newman 2002).
    assortativity_country
        Newman's assortativity of the first country, -1 to 1, over edges with both countries known.
    of_known_country
        Number of members whose country is known.
    max_core
        The largest k such that some members have k partners among each other (Seidman 1983).
    average_path, diameter
        Mean and greatest number of steps between two members of the largest component.
    path_sources, average_path_error
        From how many members steps were counted. Where these are not all, the mean is an estimate with this standard
        error, and the diameter a lower bound.
    communities, modularity
        Number of Leiden communities and their weighted modularity; None if not asked for.
    first_year, last_year
        Years of the earliest and the latest dated work.
    undated
        Number of membership rows without a year; a window of years leaves them out.
    """

    name: str
    settings: str
    nodes: int
    edges: int
    works: int
    joint_works: int
    isolates: int
    components: int
    giant: int
    giant_share: float | None
    density: float | None
    mean_degree: float | None
    transitivity: float | None
    average_clustering: float | None
    assortativity: float | None
    assortativity_country: float | None
    of_known_country: int
    max_core: int
    average_path: float | None
    average_path_error: float | None
    diameter: int | None
    path_sources: int
    communities: int | None
    modularity: float | None
    first_year: int | None
    last_year: int | None
    undated: int

    def to_dict(self) -> dict[str, Any]:
        """Return the figures by name, as plain values that JSON can hold."""
        return asdict(self)

    def _lines(self) -> list[tuple[str, str]]:
        years = ("first_year", "last_year")
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return [
            (name.replace("_", " "), str(value) if name in years else cell_text(value))
            for name, value in named
            if value is not None and value != ""
        ]

    def __str__(self) -> str:
        return "\n".join(f"{name:<22} {value}" for name, value in self._lines())

    def _repr_html_(self) -> str:
        table = pl.DataFrame(self._lines(), schema=["figure", "value"], orient="row")
        return html_table(table, self.name or "network", max_rows=table.height)


def summarise(network: Network, *, communities: bool = True, paths: bool = True, seed: int = 7) -> NetworkSummary:
    """Return the figures of :meth:`Network.summary <avgraph.network.Network.summary>`."""
    nodes, edges, engine = network.nodes, network.edges, network.engine
    n, m = nodes.height, edges.height
    transitivity, average_clustering = closure(network.matrix, engine)
    components = component_members(network.matrix)
    giant = components[0] if components else np.zeros(0, dtype=np.int64)
    counted = paths and len(giant) > 1
    steps = path_lengths(network.matrix[giant][:, giant], seed=seed) if counted else None
    found = network.communities(seed=seed) if communities else None
    incidence = network.incidence
    return NetworkSummary(
        name=network.name,
        settings=str(network.settings),
        nodes=n,
        edges=m,
        works=incidence["work"].n_unique(),
        joint_works=incidence.filter(pl.col("n_members") > 1)["work"].n_unique(),
        isolates=nodes.filter(pl.col("degree") == 0).height,
        components=len(components),
        giant=len(giant),
        giant_share=len(giant) / n if n else None,
        density=2 * m / (n * (n - 1)) if n > 1 else None,
        mean_degree=2 * m / n if n else None,
        transitivity=transitivity,
        average_clustering=average_clustering,
        assortativity=degree_assortativity(network.matrix),
        assortativity_country=attribute_assortativity(edges, nodes["node"], nodes["country"]),
        of_known_country=nodes["country"].count(),
        max_core=int(engine.cores.max(initial=0)),
        average_path=steps.mean if steps else None,
        average_path_error=steps.error if steps else None,
        diameter=steps.longest if steps else None,
        path_sources=steps.n_sources if steps else 0,
        communities=len(found) if found else None,
        modularity=found.modularity if found else None,
        first_year=_year(incidence["first_year"].min()),
        last_year=_year(incidence["last_year"].max()),
        undated=network.n_undated,
    )


def _year(value: Any) -> int | None:
    return None if value is None else int(value)


def network_html(network: Network) -> str:
    """Return the summary and the strongest members and ties as HTML."""
    labels = network.nodes.select("node", "label")
    quick = network.edges.height <= _QUICK_EDGES
    summary = network.summary(communities=quick, paths=quick)
    members = network.rank("strength", 10).select("rank", "label", "country", pl.col("value").alias("strength"))
    ties = (
        network.edges.sort("weight", "source", "target", descending=[True, False, False])
        .head(10)
        .join(labels.rename({"node": "source", "label": "one"}), on="source", maintain_order="left")
        .join(labels.rename({"node": "target", "label": "other"}), on="target", maintain_order="left")
        .select("one", "other", "weight", pl.col("n_works").alias("works"), "first_year", "last_year")
    )
    return summary._repr_html_() + html_table(members, "members with most ties") + html_table(ties, "strongest ties")
