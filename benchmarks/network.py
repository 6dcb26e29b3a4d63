"""Compare `avgraph.network` with NetworkX, and with NetworKit called directly, on growing random data.

Run with ``python benchmarks/network.py``. All are timed in one run on the same rows (processor time; the best of the
runs asked for), and what they find is compared. Members are drawn with unequal chances (lognormal), as in film: a few
take part in much. NetworkX is left out above the sizes at which it takes minutes.

Projection: `project` against `networkx.bipartite.weighted_projected_graph`. Summary: `Network.summary` (components,
density, transitivity, clustering, assortativity, cores, mean path, diameter, communities) against the functions of
NetworkX for the same figures, and against calling NetworKit directly for components, clustering, cores and communities.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import networkit
import networkx as nx
import numpy as np
import polars as pl
from measuring import own_peak_mib

from avgraph.network import Network, project

PROJECT_WITH_NETWORKX_UP_TO = 100_000
SUMMARISE_WITH_NETWORKX_UP_TO = 2_000


def membership(n_works: int, n_members_each: int, seed: int = 7) -> pl.DataFrame:
    """Return works with as many members each, drawn from six tenths as many as there are works."""
    rng = np.random.default_rng(seed)
    n_members = max(10, n_works * 6 // 10)
    chance = rng.lognormal(0, 1, n_members)
    member = rng.choice(n_members, n_works * n_members_each, p=chance / chance.sum())
    work = np.repeat(np.arange(n_works), n_members_each)
    year = np.repeat(rng.integers(1960, 2025, n_works), n_members_each)
    name = "https://w3id.org/avgraph/id/{}-{}"
    return pl.DataFrame({"work": work, "member": member, "year": year}).with_columns(
        pl.format(name, pl.lit(kind), pl.col(kind).cast(pl.String).str.zfill(7)).alias(kind)
        for kind in ("work", "member")
    )


def best_s(do: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Return the least processor time of some runs, and what the last one gave."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        value = do()
        times.append(time.process_time() - started)
    return min(times), value


def two_mode(table: pl.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(table["member"].unique(), bipartite=0)
    graph.add_edges_from(table.select("work", "member").iter_rows())
    return graph


def networkx_summary(graph: nx.Graph) -> dict[str, float]:
    giant = graph.subgraph(max(nx.connected_components(graph), key=len))
    return {
        "components": nx.number_connected_components(graph),
        "density": nx.density(graph),
        "transitivity": nx.transitivity(graph),
        "average_clustering": nx.average_clustering(graph),
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "max_core": max(nx.core_number(graph).values()),
        "average_path": nx.average_shortest_path_length(giant),
        "diameter": nx.diameter(giant),
    }


def networkx_communities(graph: nx.Graph) -> float:
    found = nx.community.louvain_communities(graph, seed=7)
    return float(nx.community.modularity(graph, found))


def engine_graph(network: Network) -> Any:
    ends = tuple(np.ascontiguousarray(end) for end in network.ends)
    weights = network.edges["weight"].to_numpy()
    return networkit.GraphFromCoo((weights, ends), n=network.nodes.height, weighted=True)


def engine_summary(network: Network) -> None:
    """Call NetworKit for what the summary needs of it, and for components."""
    graph = engine_graph(network)
    networkit.components.ConnectedComponents(graph).run()
    networkit.centrality.LocalClusteringCoefficient(graph, True).run().scores()
    networkit.centrality.CoreDecomposition(graph).run().scores()
    networkit.setNumberOfThreads(1)
    networkit.setSeed(7, False)
    networkit.community.ParallelLeiden(graph, iterations=10, randomize=True).run()
    networkit.setNumberOfThreads(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--works", type=int, nargs="+", default=[2_000, 20_000, 100_000])
    parser.add_argument("--members", type=int, default=8, help="members of each work (default 8)")
    parser.add_argument("--runs", type=int, default=3, help="of which the quickest counts (default 3)")
    arguments = parser.parse_args()
    project(membership(10, 3)).summary()  # imports SciPy and NetworKit
    print("works      ties        project s  NetworkX s  ratio  weights    peak MiB")
    networks = {}
    for n_works in arguments.works:
        table = membership(n_works, arguments.members)
        ours_s, network = best_s(lambda t=table: project(t, weight="count"), arguments.runs)
        networks[n_works] = network
        line = f"{n_works:>9,}  {network.edges.height:>10,}  {ours_s:>9.2f}"
        if n_works > PROJECT_WITH_NETWORKX_UP_TO:
            print(f"{line}  {'-':>10}  {'-':>5}  {'-':9}  {own_peak_mib():>8,.0f}", flush=True)
            continue
        graph = two_mode(table)
        theirs_s, theirs = best_s(
            lambda g=graph, t=table: nx.bipartite.weighted_projected_graph(g, set(t["member"])), 1
        )
        rows = network.edges.select("source", "target", "weight").iter_rows()
        equal = theirs.number_of_edges() == network.edges.height and all(
            theirs[s][t]["weight"] == w for s, t, w in rows
        )
        print(f"{line}  {theirs_s:>10.2f}  {theirs_s / ours_s:>5.1f}  {'equal' if equal else 'DIFFERENT':9}  "
              f"{own_peak_mib():>8,.0f}", flush=True)  # fmt: skip
    print("\nworks      ties        summary s  NetworkX s  ratio  engine s  ratio  without paths s  ratio  figures")
    for n_works, network in networks.items():
        fresh = lambda n=network: project(n.memberships, weight="count")  # noqa: E731 - nothing kept from before
        copies = [fresh() for _ in range(arguments.runs)]
        ours_s, summary = best_s(lambda c=copies: c.pop().summary(), arguments.runs)
        engine_s, _ = best_s(lambda n=network: engine_summary(n), arguments.runs)
        copies = [fresh() for _ in range(arguments.runs)]
        short_s, _ = best_s(lambda c=copies: c.pop().summary(paths=False), arguments.runs)
        line = f"{n_works:>9,}  {network.edges.height:>10,}  {ours_s:>9.2f}"
        rest = f"{engine_s:>8.2f}  {ours_s / engine_s:>5.2f}  {short_s:>15.2f}  {short_s / engine_s:>5.2f}"
        if n_works > SUMMARISE_WITH_NETWORKX_UP_TO:
            print(f"{line}  {'-':>10}  {'-':>5}  {rest}  -", flush=True)
            continue
        graph = network.graph
        theirs_s, theirs = best_s(lambda g=graph: networkx_summary(g), 1)
        louvain_s, modularity = best_s(lambda g=graph: networkx_communities(g), 1)
        theirs_s += louvain_s
        found = summary.to_dict()
        equal = all(abs(found[name] - value) < 1e-9 for name, value in theirs.items())
        print(f"{line}  {theirs_s:>10.2f}  {theirs_s / ours_s:>5.1f}  {rest}  {'equal' if equal else 'DIFFERENT'}, "
              f"modularity {found['modularity']:.4f} (Louvain of NetworkX {modularity:.4f})", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
