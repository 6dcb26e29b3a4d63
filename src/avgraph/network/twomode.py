"""The two-mode network: members and works as nodes, membership as edges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.membership import Years
from avgraph.network.projection import project

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["bipartite"]


def bipartite(
    membership: pl.DataFrame,
    nodes: pl.DataFrame | None = None,
    *,
    years: Years | None = None,
    roles: Collection[str] | None = None,
    work_kinds: Collection[str] | None = None,
    works: Mapping[str, str] | pl.DataFrame | None = None,
    name: str = "",
) -> nx.Graph:
    """Return the two-mode graph of members (``bipartite=0``) and works (``bipartite=1``).

    Parameters are those of :func:`~avgraph.network.project`. Members carry `label`, `type`, `country` and
    `countries` (joined with ``|``); works `label`, `year` (the first) and `n_members`; edges `roles` and
    `claims` (sorted lists), `weight` (the mean of the weights stated, None where none is), `first_year` and
    `last_year`. Nodes come in sorted order, members first.

    Raises
    ------
    AvgraphError
        If an IRI is both a work and a member.

    Examples
    --------
    >>> table = pl.DataFrame({"work": ["w1", "w1"], "member": ["a", "b"], "role": ["delegate", None]})
    >>> bipartite(table)["a"]["w1"]["roles"]
    ['delegate']
    """
    import networkx as nx

    network = project(membership, nodes, years=years, roles=roles, work_kinds=work_kinds, works=works, name=name)
    both = network.works.join(network.nodes, left_on="work", right_on="node", how="semi")["work"]
    if len(both):
        raise AvgraphError(
            f"{len(both)} node(s) are both a work and a member, such as {both[0]!r}",
            "put a prefix before the one or the other",
            "membership table",
        )
    graph = nx.Graph(name=name)
    members = network.nodes.select("node", "label", "type", "country", pl.col("countries").list.join("|"))
    graph.add_nodes_from((row.pop("node"), {"bipartite": 0} | row) for row in members.iter_rows(named=True))
    sizes = network.incidence.select("work", pl.col("first_year").alias("year"), "n_members").unique()
    table = network.works.join(sizes, on="work", how="left", maintain_order="left")
    graph.add_nodes_from((row.pop("work"), {"bipartite": 1} | row) for row in table.iter_rows(named=True))
    edges = network.memberships.group_by("work", "member").agg(
        pl.col("role").drop_nulls().unique().sort().alias("roles"),
        pl.col("claim").drop_nulls().unique().sort().alias("claims"),
        pl.col("weight").drop_nulls().unique().sort().mean(),
        pl.col("year").min().alias("first_year"),
        pl.col("year").max().alias("last_year"),
    )
    graph.add_edges_from(
        (row.pop("member"), row.pop("work"), row) for row in edges.sort("member", "work").iter_rows(named=True)
    )
    return graph
