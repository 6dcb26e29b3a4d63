"""Small networks made of letters, and those of textbooks."""

from __future__ import annotations

import networkx as nx
import polars as pl

from avgraph.network import Network, project


def from_works(*works: str) -> Network:
    """Return a network with one work for each text, its letters the members."""
    rows = [(f"w{i:02}", member) for i, work in enumerate(works) for member in work]
    return project(pl.DataFrame(rows, schema={"work": pl.String, "member": pl.String}, orient="row"))


def southern_women() -> Network:
    graph = nx.davis_southern_women_graph()
    women = graph.graph["top"]
    rows = [(b, a) if a in women else (a, b) for a, b in graph.edges]
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))


def from_graph(graph: nx.Graph) -> Network:
    """Return a network with one work for each tie; members called so that their order is kept."""
    rows = [(f"w{u:03}-{v:03}", f"m{x:03}") for u, v in graph.edges for x in (u, v)]
    rows += [(f"alone{x:03}", f"m{x:03}") for x in graph]
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))
