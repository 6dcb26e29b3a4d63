"""The networks of a graph, drawn and ranked, with what is known of how sure the ranks and the communities are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, svg
from avgraph.network.measures import Measure
from avgraph.network.style import commonest, strongest
from avgraph.network.summary import IN_WORDS
from avgraph.report.parts import Column, Row, Table, figure, percent

__all__ = ["Effort", "drawn", "effort_of", "tied_networks"]

_TOP = 12
#: Measures that members are ranked by, and what their values are.
_RANKED: tuple[tuple[Measure, str], ...] = (("strength", "Works"), ("betweenness", "Share"))
#: The figures of a summary in two tables.
_SUMMARIES = (
    ("Extent", ("nodes", "of_known_country", "isolates", "edges", "works", "joint_works", "first_year", "last_year",
                "undated")),
    ("Shape", ("components", "giant_share", "average_path", "diameter", "density", "mean_degree", "transitivity",
               "average_clustering", "assortativity", "assortativity_country", "max_core")),
)  # fmt: skip
_YEARS = ("first_year", "last_year")
#: A drawing of more members says nothing.
_DRAWN_NODES = 80


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is drawn again: a ranking, with `k` sources of betweenness, and the runs of the search for groups."""

    n_draws: int
    k: int | None
    n_runs: int


#: With more ties than the second number, the effort is that of the next row.
_EFFORTS = ((Effort(100, None, 20), 5_000), (Effort(40, 64, 10), 100_000), (Effort(20, 16, 5), None))


def tied_networks(kg: KnowledgeGraph) -> dict[str, Network]:
    """Return the networks of companies, countries and people that have a tie."""
    return {kind: net for kind in ("company", "country", "person") if (net := kg.network(kind)).edges.height}


def effort_of(net: Network) -> Effort:
    """Return how much is drawn again of a network: less of a large one."""
    return next(effort for effort, most in _EFFORTS if most is None or net.edges.height <= most)


def drawn(networks: dict[str, Network]) -> list[dict[str, Any]]:
    """Return for each network its kind, summary, drawing, ranks and communities as the page shows them."""
    # A country looks the same in all drawings, so its look is decided over all who are drawn together.
    members = [strongest(net, _DRAWN_NODES).nodes.select("country", "strength") for net in networks.values()]
    countries = commonest(pl.concat(members)) if members else []
    return [_network(kind, net, countries) for kind, net in networks.items()]


def _network(kind: str, net: Network, countries: list[str]) -> dict[str, Any]:
    effort = effort_of(net)
    summary = net.summary(communities=False).to_dict()  # their stability is told below
    return {
        "kind": kind,
        "summaries": [(title, [_said(name, summary[name]) for name in names]) for title, names in _SUMMARIES],
        "svg": svg(net, max_nodes=_DRAWN_NODES, countries=countries),
        "ranks": [_ranking(net, effort, *ranked) for ranked in _RANKED],
        "sampled": effort.k if effort.k is not None and effort.k < summary["giant"] else None,
        "communities": _communities(net, effort.n_runs),
    }


def _said(name: str, value: Any) -> tuple[str, str]:
    return IN_WORDS[name], str(value) if name in _YEARS and value is not None else figure(value)


def _ranking(net: Network, effort: Effort, measure: Measure, heading: str) -> Table:
    found = net.rank_intervals(measure, effort.n_draws, top=_TOP, k=effort.k)
    countries = net.nodes.select("node", pl.col("countries").list.join(", ").alias("in"))
    # Of betweenness many members have none, and then no rank.
    ranked = found.table.filter(pl.col("value") > 0).head(_TOP).join(countries, on="node", maintain_order="left")
    rows = [
        Row((
            f"{row['label']} ({row['in']})" if row["in"] else row["label"], figure(row["value"]),
            f"{row['rank']:,} ({row['rank_low']:,}–{row['rank_high']:,})",
        ))
        for row in ranked.iter_rows(named=True)
    ]  # fmt: skip
    columns = (Column("Member", "text"), Column(heading, "num"), Column(f"Rank ({percent(found.level)})", "num"))
    return Table(f"Highest {measure}; ranks from {found.n} resamples", columns, rows)


def _communities(net: Network, n_runs: int) -> str:
    """Return in one sentence how many communities there are, and how far runs of the search agree on them."""
    found = net.community_stability(n_runs)
    said = f"{len(found.consensus.sizes):,} communities on which {found.n} runs of the Leiden method agree"
    if found.modularity is None or found.ari is None:
        return f"{said}."
    low, mean, high = (figure(value) for value in found.modularity)
    modularity = mean if low == high else f"{mean}, {low} to {high}"
    stays = found.groups.filter(pl.col("stays") >= 0.9).height
    several = found.groups.filter(pl.col("n_nodes") > 1).height
    return (
        f"{said} (modularity {modularity}). Two runs divide the members alike to {figure(found.ari)} (adjusted Rand "
        f"index: 1 in full, 0 as by chance); {stays:,} of {several:,} communities of several members hold in nine runs "
        "of ten."
    )
