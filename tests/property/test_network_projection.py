from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.network import Network, project
from avgraph.network.export import plain_graph
from avgraph.network.measures import clustering, pagerank
from avgraph.network.paths import betweenness, closeness

SCHEMA = {"work": pl.String, "member": pl.String, "role": pl.String, "year": pl.Int64, "weight": pl.Float64,
          "claim": pl.String}  # fmt: skip
rows = st.tuples(
    st.sampled_from([f"w{i}" for i in range(9)]),
    st.sampled_from([f"m{i}" for i in range(10)]),
    st.sampled_from([None, "director", "producer"]),
    st.one_of(st.none(), st.integers(1995, 2005)),
    st.one_of(st.none(), st.floats(0, 1, allow_subnormal=False)),
    st.sampled_from([None, "c1", "c2", "c3"]),
)
tables = st.lists(rows, max_size=45).map(lambda r: pl.DataFrame(r, schema=SCHEMA, orient="row"))
weightings = st.sampled_from(["newman", "count", "share"])
# No deadline: other processes share the machine.
relaxed = settings(deadline=None, max_examples=60)
texts = st.text(st.characters(codec="utf-8"), max_size=12)


def edges_of(network: Network) -> dict[tuple[str, str], float]:
    return {(s, t): w for s, t, w in network.edges.select("source", "target", "weight").iter_rows()}


@relaxed
@given(tables)
def test_newman_is_the_weighted_projection_of_networkx(table: pl.DataFrame) -> None:
    two_mode = nx.Graph()
    two_mode.add_nodes_from(table["member"], bipartite=0)
    two_mode.add_edges_from(table.select("work", "member").iter_rows())
    expected = nx.bipartite.collaboration_weighted_projected_graph(two_mode, set(table["member"]))
    network = project(table)
    assert network.nodes["node"].to_list() == sorted(expected)
    found = edges_of(network)
    assert found == pytest.approx({(min(u, v), max(u, v)): w for u, v, w in expected.edges(data="weight")})
    assert all(source < target for source, target in found)
    assert list(found) == sorted(found)


@relaxed
@given(tables, weightings)
def test_edges_are_what_plain_loops_count(table: pl.DataFrame, weight: str) -> None:
    works: dict[str, dict[str, list[float | None]]] = {}
    years: dict[str, list[int]] = {}
    for work, member, _, year, share, _ in table.unique().iter_rows():
        works.setdefault(work, {}).setdefault(member, []).append(share)
        years.setdefault(work, []).extend([year] if year is not None else [])
    expected: dict[tuple[str, str], list[float]] = {}
    span: dict[tuple[str, str], list[int]] = {}
    for work, members in works.items():
        stated = {m: {s for s in shares if s is not None} for m, shares in members.items()}
        means = {m: sum(s) / len(s) if s else None for m, s in stated.items()}
        total = sum(s for s in means.values() if s is not None)
        equal = None in means.values() or total == 0
        parts = {m: 1 / len(members) if equal or s is None else s / total for m, s in means.items()}
        parts = {m: part if part >= 1e-12 else 0.0 for m, part in parts.items()}
        for pair in combinations(sorted(members), 2):
            value = {"newman": 1 / max(1, len(members) - 1), "count": 1.0, "share": parts[pair[0]] * parts[pair[1]]}
            if value[weight] > 0:
                expected.setdefault(pair, []).append(value[weight])
                span.setdefault(pair, []).extend(years[work])
    network = project(table, weight=weight)  # type: ignore[arg-type]
    assert edges_of(network) == pytest.approx({pair: sum(values) for pair, values in expected.items()})
    for source, target, _, n_works, first, last in network.edges.iter_rows():
        assert n_works == len(expected[source, target])
        assert (first, last) == ((min(d), max(d)) if (d := span[source, target]) else (None, None))


@relaxed
@given(tables, weightings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table: pl.DataFrame, weight: str, random: object) -> None:
    order = list(range(table.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = project(table, weight=weight), project(table[order], weight=weight)  # type: ignore[arg-type]
    # Equal to the last bit, not approximately.
    assert one.edges.equals(other.edges)
    assert one.nodes.equals(other.nodes)
    assert one.memberships.equals(other.memberships)
    assert one.communities().table.equals(other.communities().table)
    assert list(one.graph.edges(data=True)) == list(other.graph.edges(data=True))


@relaxed
@given(tables, weightings)
def test_an_edge_is_the_sum_of_its_works(table: pl.DataFrame, weight: str) -> None:
    network = project(table, weight=weight)  # type: ignore[arg-type]
    for source, target, attributes in network.graph.edges(data=True):
        tie = network.edge(source, target)
        assert tie.works["weight"].sum() == pytest.approx(attributes["weight"])
        assert sorted(tie.works["work"]) == attributes["works"]
        assert list(tie.claims) == attributes["claims"]
        assert tie.n_works == tie.works.height


@relaxed
@given(tables)
def test_measures_agree_with_networkx(table: pl.DataFrame) -> None:
    network = project(table, weight="count")
    if network.nodes.is_empty():
        return
    graph, matrix = network.graph, network.matrix
    # Powers of two as weights make NetworkX' exact comparison of path lengths safe.
    for *_, attributes in graph.edges(data=True):
        attributes["distance"] = 2.0 ** -min(attributes["n_works"], 8)
    powers = matrix.copy()
    powers.data = 2.0 ** np.minimum(powers.data, 8)
    n = len(graph)
    expected = nx.betweenness_centrality(graph, weight="distance", normalized=False)
    pairs = (n - 1) * (n - 2) / 2 or 1
    assert betweenness(powers) == pytest.approx([expected[node] / pairs for node in graph])
    assert closeness(powers) == pytest.approx(list(nx.closeness_centrality(graph, distance="distance").values()))
    assert clustering(matrix) == pytest.approx(list(nx.clustering(graph).values()))
    assert network.engine.cores.tolist() == list(nx.core_number(graph).values())
    assert pagerank(matrix) == pytest.approx(list(nx.pagerank(graph, tol=1e-12, max_iter=1000).values()), abs=1e-9)
    summary = network.summary()
    assert summary.transitivity == pytest.approx(nx.transitivity(graph)) or summary.transitivity is None
    assert summary.components == nx.number_connected_components(graph)
    assert (summary.average_clustering or 0) == pytest.approx(nx.average_clustering(graph) if len(graph) else 0)
    assert summary.max_core == max(nx.core_number(graph).values(), default=0)
    if summary.assortativity is not None:
        assert summary.assortativity == pytest.approx(nx.degree_assortativity_coefficient(graph))
    if summary.giant > 1:
        giant = graph.subgraph(min(nx.connected_components(graph), key=lambda c: (-len(c), min(c))))
        assert (summary.average_path, summary.diameter) == (
            pytest.approx(nx.average_shortest_path_length(giant)), nx.diameter(giant)
        )  # fmt: skip
    found = network.communities()
    if graph.number_of_edges():
        assert found.modularity == pytest.approx(nx.community.modularity(graph, found.sets))


@relaxed
@given(tables, st.lists(st.sampled_from([None, "BE", "LU", "FR"]), min_size=10, max_size=10))
def test_assortativity_agrees_with_networkx(table: pl.DataFrame, countries: list[str | None]) -> None:
    nodes = pl.DataFrame(
        {"member": [f"m{i}" for i in range(10)], "countries": [[c] if c else [] for c in countries]},
        schema={"member": pl.String, "countries": pl.List(pl.String)},
    )
    network = project(table, nodes)
    graph = network.graph.subgraph([n for n, c in network.graph.nodes(data="country") if c])
    found = network.summary(communities=False).assortativity_country
    ends = {graph.nodes[n]["country"] for edge in graph.edges for n in edge}
    if len(ends) < 2:
        assert found is None
    else:
        assert found == pytest.approx(nx.attribute_assortativity_coefficient(graph, "country"))


@relaxed
@given(st.lists(texts, min_size=2, max_size=4, unique=True).filter(all), st.lists(texts, min_size=4, max_size=4))
def test_files_survive_any_text(members: list[str], labels: list[str]) -> None:
    table = pl.DataFrame({"work": ["w"] * len(members), "member": members, "claim": labels[: len(members)]})
    network = project(table, pl.DataFrame({"member": members, "label": labels[: len(members)]}), name=labels[0])
    expected = plain_graph(network)
    assert len(expected) == len(members)
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("gexf", "graphml"):
            path = getattr(network, f"write_{kind}")(Path(folder) / f"n.{kind}")
            back = getattr(nx, f"read_{kind}")(path)
            assert dict(back.nodes(data=True)) == dict(expected.nodes(data=True))
            assert {frozenset(edge) for edge in back.edges} == {frozenset(edge) for edge in expected.edges}


SCRIPT = """
import networkx as nx, polars as pl
from avgraph.network import project, svg
g = nx.davis_southern_women_graph()
women = g.graph["top"]
rows = [(b, a) if a in women else (a, b) for a, b in g.edges]
n = project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))
print(n.edges.write_csv(), n.communities().table.write_csv(), n.communities().modularity, n.summary())
print(n.rank("betweenness").write_csv(), n.rank("pagerank").write_csv(), svg(n))
"""


def test_results_do_not_depend_on_the_hash_seed() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(outputs) == 1
