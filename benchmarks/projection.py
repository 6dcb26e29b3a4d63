"""Compare `avgraph.network.project` with NetworkX' collaboration projection on growing random data.

Run with ``python benchmarks/projection.py``; both are timed in the same run on the same rows, and their
weights compared. NetworkX is left out above 20,000 works, where it takes minutes.
"""

from __future__ import annotations

import argparse
import random
import time

import networkx as nx
import polars as pl

from avgraph.network import project

NETWORKX_UP_TO = 20_000


def membership(n_works: int, n_members_each: int, seed: int = 7) -> pl.DataFrame:
    rng = random.Random(seed)
    n_members = max(10, n_works * 6 // 10)
    works = [f"https://w3id.org/avgraph/id/work-{i:07d}" for i in range(n_works)]
    members = [f"https://w3id.org/avgraph/id/company-{i:07d}" for i in range(n_members)]
    rows = [
        (work, member, year)
        for work in works
        for year in [rng.randrange(1960, 2025)]
        for member in rng.choices(members, k=n_members_each)
    ]
    return pl.DataFrame(rows, schema=["work", "member", "year"], orient="row")


def with_networkx(table: pl.DataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_edges_from(table.select("work", "member").iter_rows())
    return nx.bipartite.collaboration_weighted_projected_graph(graph, set(table["member"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--works", type=int, nargs="+", default=[100, 1_000, 5_000, 20_000, 100_000])
    parser.add_argument("--members", type=int, default=8, help="members of each work (default 8)")
    arguments = parser.parse_args()
    print(f"{'works':>8} {'edges':>10} {'project s':>10} {'networkx s':>11} {'ratio':>6}  weights")
    project(membership(10, 3))  # imports SciPy
    for n_works in arguments.works:
        table = membership(n_works, arguments.members)
        start = time.perf_counter()
        network = project(table)
        ours_s = time.perf_counter() - start
        line = f"{n_works:>8,} {network.edges.height:>10,} {ours_s:>10.3f}"
        if n_works > NETWORKX_UP_TO:
            print(f"{line} {'-':>11} {'-':>6}  -")
            continue
        start = time.perf_counter()
        graph = with_networkx(table)
        theirs_s = time.perf_counter() - start
        equal = graph.number_of_edges() == network.edges.height and all(
            abs(graph[source][target]["weight"] - weight) < 1e-9
            for source, target, weight in network.edges.select("source", "target", "weight").iter_rows()
        )
        print(f"{line} {theirs_s:>11.3f} {theirs_s / ours_s:>6.1f}  {'equal' if equal else 'DIFFERENT'}")


if __name__ == "__main__":
    main()
