"""The networks of a graph, drawn and ranked, with what is known of how sure the ranks and the communities are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from avgraph.knowledge import KnowledgeGraph
from avgraph.network import Network, svg
from avgraph.network.measures import Measure
from avgraph.network.style import commonest
from avgraph.network.summary import IN_WORDS
from avgraph.report.parts import Column, Row, Table, figure, percent

__all__ = ["drawn", "tied_networks"]

_TOP = 12
_RANKED: tuple[Measure, ...] = ("strength", "betweenness")
#: A drawing of more members says nothing.
_DRAWN_NODES = 80


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is drawn again: a ranking, with `k` sources of betweenness, and the runs of the search for groups."""

    n_draws: int
    k: int | None
    n_runs: int


#: With more ties than the second number, the effort is that of the next row.
_EFFORTS = ((_Effort(100, None, 20), 5_000), (_Effort(40, 64, 10), 100_000), (_Effort(20, 16, 5), None))


def tied_networks(kg: KnowledgeGraph) -> dict[str, Network]:
    """Return the networks of companies, countries and people that have a tie."""
    return {kind: net for kind in ("company", "country", "person") if (net := kg.network(kind)).edges.height}


def drawn(networks: dict[str, Network]) -> list[dict[str, Any]]:
    """Return for each network its kind, summary, drawing, ranks and communities as the page shows them."""
    # A country looks the same in all drawings, so its look is decided over all members together.
    members = [net.nodes.select("country", "strength") for net in networks.values()]
    countries = commonest(pl.concat(members)) if members else []
    return [_network(kind, net, countries) for kind, net in networks.items()]


def _network(kind: str, net: Network, countries: list[str]) -> dict[str, Any]:
    effort = next(effort for effort, most in _EFFORTS if most is None or net.edges.height <= most)
    summary = net.summary(communities=False).to_dict()  # their stability is told below
    return {
        "kind": kind,
        "summary": [(label, figure(summary[name])) for name, label in IN_WORDS.items()],
        "svg": svg(net, max_nodes=_DRAWN_NODES, countries=countries),
        "ranks": [_ranking(net, measure, effort) for measure in _RANKED],
        "communities": _communities(net, effort.n_runs),
    }


def _ranking(net: Network, measure: Measure, effort: _Effort) -> Table:
    found = net.rank_intervals(measure, effort.n_draws, top=_TOP, k=effort.k)
    # Of betweenness many members have none, and then no rank.
    ranked = found.table.filter(pl.col("value") > 0).head(_TOP)
    rows = [
        Row((
            f"{row['label']} ({row['country']})" if row["country"] else row["label"], figure(row["value"]),
            f"{row['rank']} ({row['rank_low']}–{row['rank_high']})",
        ))
        for row in ranked.iter_rows(named=True)
    ]  # fmt: skip
    columns = (Column("Member", "text"), Column("Value", "num"), Column(f"Rank ({percent(found.level)})", "num"))
    return Table(f"Highest {measure}; ranks from {found.n} resamples", columns, rows)


def _communities(net: Network, n_runs: int) -> str:
    """Return in one sentence how many communities there are, and how far runs of the search agree on them."""
    found = net.community_stability(n_runs)
    said = f"{len(found.consensus.sizes)} communities on which {found.n} runs of the Leiden method agree"
    if found.modularity is None or found.ari is None:
        return f"{said}."
    low, mean, high = (figure(value) for value in found.modularity)
    modularity = mean if low == high else f"{mean}, {low} to {high}"
    stays = found.groups.filter(pl.col("stays") >= 0.9).height
    several = found.groups.filter(pl.col("n_nodes") > 1).height
    return (
        f"{said} (modularity {modularity}). Two runs divide the members alike to {figure(found.ari)} (adjusted Rand "
        f"index: 1 in full, 0 as by chance); {stays} of {several} communities of several members hold in nine runs of "
        "ten."
    )
