"""The network a user holds: tables of edges and nodes, and everything that can be asked of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph.errors import NotFoundError
from avgraph.network.experiments import Experiments
from avgraph.network.inference import Inference
from avgraph.network.membership import Weight, Years, member_codes
from avgraph.network.saying import Say, say_plainly
from avgraph.network.standing import Standing
from avgraph.network.timeline import Timeline

if TYPE_CHECKING:
    import networkx as nx

    from avgraph.network.communities import Communities
    from avgraph.network.engine import Engine
    from avgraph.network.matrix import Ints
    from avgraph.network.measures import Measure
    from avgraph.network.summary import NetworkSummary
    from avgraph.network.tie import Tie

__all__ = ["Network", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network was projected; see :func:`~avgraph.network.project`.

    Attributes
    ----------
    weight
        ``"newman"``, ``"count"`` or ``"share"``.
    years
        The closed window of years, None for all.
    roles
        The roles kept, sorted; None for all.
    work_kinds
        The kinds of works kept, sorted; None for all.
    half_life, now
        Years after which a joint work counts half, and the year from which its age is counted; None for no ageing.
    min_weight
        Edges below it were left out.
    alpha
        Edges not significant at this level were left out (:meth:`Network.backbone`); None for no such filter.
    """

    weight: Weight = "newman"
    years: Years | None = None
    roles: tuple[str, ...] | None = None
    work_kinds: tuple[str, ...] | None = None
    half_life: float | None = None
    now: int | None = None
    min_weight: float = 0.0
    alpha: float | None = None

    def ageing(self, year: Any) -> Any:
        """Return what a joint work of a year is multiplied by, for a number, an array or a Polars expression.

        0 to 1, above 1 where it lies after `now`. With a half-life only.
        """
        return 2.0 ** ((year - self.now) / self.half_life)

    def __str__(self) -> str:
        return self.said(say_plainly)

    def said(self, say: Say) -> str:
        """Return the settings in words."""
        parts = [say("weight {weight}", weight=say(self.weight))]
        if self.years:
            low, high = (str(year) if year is not None else "…" for year in self.years)
            parts.append(say("years {low} to {high}", low=low, high=high))
        if self.roles is not None:
            parts.append(say("roles {roles}", roles=", ".join(say(role) for role in self.roles)))
        if self.work_kinds is not None:
            parts.append(say("works of kind {kinds}", kinds=", ".join(say(kind) for kind in self.work_kinds)))
        if self.half_life is not None:
            parts.append(say("halved every {n} years before {year}", n=self.half_life, year=str(self.now)))
        if self.min_weight:
            parts.append(say("edges of at least {weight}", weight=self.min_weight))
        if self.alpha is not None:
            parts.append(say("edges significant at {level}", level=self.alpha))
        return say("; ").join(parts)


@dataclass(frozen=True, eq=False, repr=False)
class Network(Standing, Experiments, Timeline, Inference):
    """A weighted, undirected network of members tied by joint works.

    Made by :func:`~avgraph.network.project`. Members may be given by IRI or, where it is unique, by label.

    Attributes
    ----------
    edges
        `source`, `target`, `weight`, `n_works`, `first_year`, `last_year`; sorted, source before target.
    nodes
        `node`, `label`, `type`, `country` (the first), `countries`, `roles`, `n_works`, `degree`,
        `strength`, `first_year`, `last_year`; sorted by `node`. Isolated members are among them.
    memberships
        The membership rows behind it, sorted.
    incidence
        One row per (work, member): what was counted, with the size and years of the work and the share.
    works
        `work`, `label`.
    settings
        How it was projected.
    n_undated
        Membership rows without a year: left out where a window of years was asked for.
    covered
        First and last year of all works, in the window or not; None where no year is known.
    name
        What it is called in tables and files.
    """

    edges: pl.DataFrame
    nodes: pl.DataFrame
    memberships: pl.DataFrame
    incidence: pl.DataFrame
    works: pl.DataFrame
    settings: Settings
    n_undated: int = 0
    covered: tuple[int, int] | None = None
    name: str = ""

    @cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """Positions in `nodes` of the edges' sources and targets."""
        return member_codes(self.edges, self.nodes["node"])

    @cached_property
    def matrix(self) -> Any:
        """Symmetric SciPy CSR array of the weights; rows and columns in the order of `nodes`."""
        from avgraph.network.matrix import adjacency

        return adjacency(*self.ends, self.edges["weight"].to_numpy(), self.nodes.height)

    @cached_property
    def engine(self) -> Engine:
        """The network in the compiled engine, its nodes in the order of `nodes`."""
        from avgraph.network.engine import Engine

        return Engine(self.matrix)

    @cached_property
    def graph(self) -> nx.Graph:
        """The network as a :class:`networkx.Graph`, built once: change a copy of it, not this one.

        Nodes carry `label`, `type`, `country`, `countries` (joined with ``|``) and `n_works`; edges `weight`,
        `n_works`, `works` and `claims` (sorted lists of IRIs), `first_year` and `last_year`. What is unknown
        is None. Nodes and edges come in sorted order.
        """
        import networkx as nx

        from avgraph.network.tie import evidence

        graph = nx.Graph(name=self.name)
        columns = ["node", "label", "type", "country", "countries", "n_works"]
        table = self.nodes.select(columns).with_columns(pl.col("countries").list.join("|"))
        graph.add_nodes_from((row.pop("node"), row) for row in table.iter_rows(named=True))
        ties = self.edges.join(evidence(self), on=["source", "target"], how="left", maintain_order="left")
        columns = ["weight", "n_works", "works", "claims", "first_year", "last_year"]
        graph.add_edges_from(
            (source, target, dict(zip(columns, values, strict=True)))
            for source, target, *values in ties.select("source", "target", *columns).iter_rows()
        )
        return graph

    def find(self, member: str) -> str:
        """Return the IRI of a member given by IRI or label.

        Raises
        ------
        NotFoundError
            If nobody is called so, with the nearest labels; or if several are, with their IRIs.
        """
        from avgraph.network.tie import find_member

        return find_member(self.nodes, member)

    def edge(self, a: str, b: str) -> Tie:
        """Return everything known of the tie of two members, work by work, claim by claim.

        Raises
        ------
        NotFoundError
            If one is not a member, or the two have no tie here.
        """
        from avgraph.network.tie import tie_of

        return tie_of(self, self.find(a), self.find(b))

    def claims(self, a: str, b: str) -> tuple[str, ...]:
        """Return the IRIs of the claims an edge was counted from, sorted."""
        return self.edge(a, b).claims

    def summary(self, *, communities: bool = True, paths: bool = True, seed: int = 7) -> NetworkSummary:
        """Return the figures that describe the network as a whole.

        Parameters
        ----------
        communities
            Whether to look for communities too.
        paths
            Whether to count steps: most of the time of a large network goes into it.
        seed
            Seed of the search for communities, and of the sample of members that steps are counted from.
        """
        from avgraph.network.summary import summarise

        return summarise(self, communities=communities, paths=paths, seed=seed)

    def rank(self, measure: Measure, top: int | None = None, *, k: int | None = None, seed: int = 7) -> pl.DataFrame:
        """Rank the members by a measure.

        Parameters
        ----------
        measure
            ``"degree"``, ``"strength"``, ``"betweenness"``, ``"closeness"``, ``"pagerank"``, ``"clustering"``,
            ``"core"``, ``"coreness"``, ``"constraint"`` (the lowest first) or ``"effective size"``; see
            :mod:`avgraph.network.measures` for what each is.
        top
            Return only the first so many rows.
        k
            Sources that betweenness and closeness are estimated from; None: every node in components of up
            to 3,000 nodes (exact), and 256 in larger ones. :meth:`note` says which it was.
        seed
            Seed of the sample.

        Returns
        -------
        polars.DataFrame
            `rank` (equal values share the better rank), `node`, `label`, `country`, `value`. Rank and value are null,
            and last, where a measure says nothing of a member, as constraint does of one without a tie.
        """
        from avgraph.network.measures import rank

        return rank(self, measure, top, k=k, seed=seed)

    def note(self, measure: Measure, *, k: int | None = None, seed: int = 7) -> str:
        """Return in one sentence what :meth:`rank` computes here, and whether it is exact."""
        from avgraph.network.measures import note

        return note(self, measure, k=k, seed=seed)

    def shortest_path(self, a: str, b: str) -> list[str]:
        """Return the IRIs of the members on a way of fewest ties; of such ways that with the most weight in all.

        Raises
        ------
        NotFoundError
            If one is no member, or no way leads from `a` to `b`.
        """
        from avgraph.network.way import shortest_path

        return shortest_path(self, self.find(a), self.find(b))

    def communities(self, seed: int = 7, resolution: float = 1.0) -> Communities:
        """Return the communities found by the Leiden method; above 1, `resolution` favours smaller ones."""
        from avgraph.network.communities import find_communities

        return find_communities(self, seed=seed, resolution=resolution)

    def subnetwork(self, members: Collection[str]) -> Network:
        """Return the members given (by IRI) with the edges among them; weights stay as they are."""
        from avgraph.network.projection import node_table

        kept = sorted(set(members))
        nodes = self.nodes.filter(pl.col("node").is_in(kept))
        known = set(nodes["node"])
        if missing := [member for member in kept if member not in known]:
            raise NotFoundError(f"{len(missing)} of {len(kept)} are no members of the network, such as {missing[0]!r}")
        edges = self.edges.filter(pl.col("source").is_in(kept) & pl.col("target").is_in(kept))
        rows = self.memberships.filter(pl.col("member").is_in(kept))
        attributes = nodes.select(pl.col("node").alias("member"), "label", "type", "countries")
        return replace(
            self,
            edges=edges,
            nodes=node_table(attributes, rows, edges, member_codes(edges, nodes["node"])),
            memberships=rows,
            incidence=self.incidence.filter(pl.col("member").is_in(kept)),
            works=self.works.join(rows, on="work", how="semi"),
        )

    def ego(self, node: str, radius: int = 1) -> Network:
        """Return a member with everyone at most `radius` steps away, and all edges among them."""
        import numpy as np

        center = self.find(node)
        source, target = self.ends
        reached = np.zeros(self.nodes.height, dtype=bool)
        reached[self.nodes["node"].index_of(center)] = True
        for _ in range(radius):
            near = reached[source] | reached[target]
            reached[source[near]] = reached[target[near]] = True
        ego = self.subnetwork(self.nodes["node"].filter(pl.Series(reached)).to_list())
        label = self.nodes.row(by_predicate=pl.col("node") == center, named=True)["label"]
        return replace(ego, name=f"{self.name}: {label}".removeprefix(": "))

    def write_graphml(self, path: str | Path) -> Path:
        """Write GraphML for Gephi, igraph, Cytoscape or NetworkX; return the path."""
        from avgraph.network.export import write_graphml

        return write_graphml(self, path)

    def write_gexf(self, path: str | Path, *, dynamic: bool = False) -> Path:
        """Write GEXF for Gephi; return the path.

        Parameters
        ----------
        path
            The file.
        dynamic
            Write GEXF 1.3 with the years in which members and ties are active, for Gephi's timeline, see
            :mod:`avgraph.network.spells`; otherwise GEXF 1.2 without time.
        """
        from avgraph.network.export import write_gexf

        return write_gexf(self, path, dynamic=dynamic)

    def write_edges(self, path: str | Path, *, evidence: bool = False) -> Path:
        """Write the edges with labels as ``.csv``, ``.tsv`` or ``.parquet``; return the path.

        Parameters
        ----------
        path
            The suffix decides the format. Text cells of CSV and TSV that a spreadsheet would run as a formula
            are written with a leading apostrophe.
        evidence
            Add the columns `works` and `claims` (lists; joined with `` | `` in text formats).
        """
        from avgraph.network.export import write_edges

        return write_edges(self, path, with_evidence=evidence)

    def write_html(
        self, path: str | Path, quotes: Mapping[str, tuple[str, str]] | None = None, *, max_nodes: int = 200,
        seed: int = 7,
    ) -> Path:  # fmt: skip
        """Write one HTML page to look around in, which needs nothing else; return the path.

        A drawing to zoom, with tables of members and ties beside it: filtered by years, joint works and country; what
        is behind a member or a tie is shown where it is chosen. It can be read without JavaScript, too.

        Parameters
        ----------
        path
            The file.
        quotes
            Claim → (source, its words), as :meth:`avgraph.knowledge.KnowledgeGraph.quotes` gives them.
        max_nodes
            Only so many members are shown: those of greatest strength that are tied to one another.
        seed
            Seed of the layout.
        """
        from avgraph.network.explorer import write_explorer

        return write_explorer(self, path, quotes, max_nodes=max_nodes, seed=seed)

    def write_nodes(self, path: str | Path) -> Path:
        """Write the nodes as ``.csv``, ``.tsv`` or ``.parquet``; return the path."""
        from avgraph.network.export import write_nodes

        return write_nodes(self, path)

    def __repr__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        return f"<Network{name}: {self.nodes.height:,} nodes, {self.edges.height:,} edges ({self.settings})>"

    def _repr_html_(self) -> str:
        from avgraph.network.summary import network_html

        return network_html(self)
