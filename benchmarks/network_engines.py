"""Compare compiled engines for networks: NetworKit, igraph and rustworkx, on one random network of members.

Run with ``python benchmarks/network_engines.py`` in an environment that has them (``pip install networkit igraph
rustworkx scipy``); what is not installed is left out. It needs nothing of avgraph. Seconds are of the processor. Works
have eight members each, drawn with unequal chances (lognormal); their network has about 28 ties for each work.

Communities are compared by their weighted modularity: NetworKit's Leiden on one thread, as avgraph calls it, after so
many rounds; igraph's Leiden until nothing changes.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array, triu

ROUNDS = (1, 3, 6, 10, 20)


class Network:
    """Ties of a random network: ends, weights, and the symmetric adjacency."""

    def __init__(self, n_works: int, seed: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.n = n_works * 6 // 10
        chance = rng.lognormal(0, 1, self.n)
        member = rng.choice(self.n, (n_works, 8), p=chance / chance.sum())
        work = np.repeat(np.arange(n_works), 8)
        takes_part = csr_array((np.ones(member.size), (work, member.ravel())), shape=(n_works, self.n))
        takes_part.data[:] = 1.0
        ties = triu(takes_part.T @ takes_part, 1).tocoo()
        self.source, self.target = ties.row.astype(np.int64), ties.col.astype(np.int64)
        self.weight = ties.data.astype(np.float64)
        self.matrix = csr_array(ties + ties.T)

    def modularity(self, community: Any) -> float:
        """Return the weighted modularity of a division."""
        group = np.asarray(community)
        row = np.repeat(group, np.diff(self.matrix.indptr))
        total = self.matrix.data.sum()
        inside = self.matrix.data[row == group[self.matrix.indices]].sum()
        return float(inside / total - np.square(np.bincount(row, self.matrix.data) / total).sum())


def timed(engine: str, what: str, do: Callable[[], Any], says: Callable[[Any], str] = lambda value: "") -> Any:
    started = time.process_time()
    value = do()
    print(f"{engine:10}  {what:28}  {time.process_time() - started:8.2f} s  {says(value)}", flush=True)
    return value


def with_networkit(nk: Any, network: Network) -> None:
    ends = (network.source, network.target)
    graph = timed("NetworKit", "graph", lambda: nk.GraphFromCoo((network.weight, ends), n=network.n, weighted=True))
    timed("NetworKit", "cores", lambda: nk.centrality.CoreDecomposition(graph).run().scores())
    timed("NetworKit", "local clustering", lambda: nk.centrality.LocalClusteringCoefficient(graph, True).run().scores())
    nk.setNumberOfThreads(1)
    for rounds in ROUNDS:
        nk.setSeed(7, False)

        def leiden(rounds: int = rounds) -> Any:
            return (
                nk.community.ParallelLeiden(graph, iterations=rounds, randomize=True).run().getPartition().getVector()
            )

        timed(
            "NetworKit", f"Leiden, {rounds} rounds", leiden, lambda found: f"modularity {network.modularity(found):.4f}"
        )


def with_igraph(ig: Any, network: Network) -> None:
    pairs = np.stack([network.source, network.target], 1).tolist()
    graph = timed("igraph", "graph", lambda: ig.Graph(n=network.n, edges=pairs))
    timed("igraph", "cores", graph.coreness)
    timed("igraph", "local clustering", lambda: graph.transitivity_local_undirected(mode="zero"))
    weights = network.weight.tolist()
    for rounds in (2, -1):
        what = "Leiden" if rounds < 0 else f"Leiden, {rounds} rounds"
        timed(
            "igraph", what,
            lambda n=rounds: graph.community_leiden("modularity", weights=weights, n_iterations=n).membership,
            lambda found: f"modularity {network.modularity(found):.4f}",
        )  # fmt: skip


def with_rustworkx(rx: Any, network: Network) -> None:
    ties = list(zip(network.source.tolist(), network.target.tolist(), network.weight.tolist(), strict=True))

    def build() -> Any:
        graph = rx.PyGraph(multigraph=False)
        graph.add_nodes_from(range(network.n))
        graph.add_edges_from(ties)
        return graph

    graph = timed("rustworkx", "graph", build)
    timed("rustworkx", "cores", lambda: rx.core_number(graph))
    timed("rustworkx", "transitivity (of the whole)", lambda: rx.transitivity(graph))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--works", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", default=["networkit", "igraph", "rustworkx"])
    arguments = parser.parse_args()
    network = Network(arguments.works)
    print(f"{network.n:,} members, {len(network.weight):,} ties")
    run = {"networkit": with_networkit, "igraph": with_igraph, "rustworkx": with_rustworkx}
    for name in arguments.engines:
        try:
            engine = importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed")
            continue
        run[name](engine, network)


if __name__ == "__main__":
    main()
