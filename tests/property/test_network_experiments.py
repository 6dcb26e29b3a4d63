from __future__ import annotations

from collections import Counter
from itertools import combinations, islice

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.network import MEASURES, Network, project
from avgraph.network.nullmodels import curveball, null_matrices
from avgraph.network.resilience import giant_curve, removal_order
from avgraph.network.twomodemeasures import co_works, incidence_matrix

pairs = st.tuples(st.sampled_from([f"w{i}" for i in range(9)]), st.sampled_from([f"m{i}" for i in range(10)]))
tables = (
    st.lists(pairs, max_size=45)
    .map(lambda r: pl.DataFrame(r, schema=["work", "member"], orient="row"))
    .map(lambda table: table.cast(pl.String))
)
# Trees with some chords: many cut points.
sparse = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=18).map(
    lambda ties: project(
        pl.DataFrame(
            [(f"w{i}", f"m{x:02}") for i, tie in enumerate(ties) for x in tie],
            schema={"work": pl.String, "member": pl.String},
            orient="row",
        )
    )
)
# No deadline: other processes share the machine.
relaxed = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=25)


def giant(graph: nx.Graph) -> int:
    return max(map(len, nx.connected_components(graph)), default=0)


@relaxed
@given(tables)
def test_two_mode_figures_are_those_of_networkx_and_of_plain_loops(table: pl.DataFrame) -> None:
    found = project(table).two_mode()
    two_mode = nx.Graph(table.select("work", "member").rows())
    members, works = set(table["member"]), set(table["work"])
    assert (found.n_members, found.n_works, found.n_memberships) == (len(members), len(works), two_mode.size())
    cycles = Counter[str]()
    for a, b in combinations(sorted(members), 2):
        for _ in combinations(set(two_mode[a]) & set(two_mode[b]), 2):
            cycles.update((a, b))
    assert found.four_cycles == cycles.total() // 2
    # A path of three is a tie with another tie at both its ends.
    paths = sum((two_mode.degree[work] - 1) * (two_mode.degree[member] - 1) for work, member in two_mode.edges)
    assert found.three_paths == paths
    assert (found.clustering or 0) == pytest.approx(nx.bipartite.robins_alexander_clustering(two_mode))
    several = [member for member in members if two_mode.degree[member] > 1]
    redundancy = nx.bipartite.node_redundancy(two_mode, several) if several else {}
    dot, least, most = (
        nx.bipartite.latapy_clustering(two_mode, members, mode=mode) if members else {}
        for mode in ("dot", "min", "max")
    )
    for row in found.table.iter_rows(named=True):
        member = row["node"]
        assert (row["n_works"], row["four_cycles"]) == (two_mode.degree[member], cycles[member])
        assert row["redundancy"] == (pytest.approx(redundancy[member]) if member in redundancy else None)
        assert (row["clustering_dot"] is None) == (row["clustering_min"] is None) == (dot[member] == 0)
        for mode, expected in (("dot", dot), ("min", least), ("max", most)):
            assert (row[f"clustering_{mode}"] or 0) == pytest.approx(expected[member])


@relaxed
@given(tables, st.integers(0, 2**32))
def test_shuffled_works_keep_all_margins(table: pl.DataFrame, seed: int) -> None:
    network = project(table)
    incidence = incidence_matrix(network)
    for drawn in islice(curveball(incidence, seed, 3, n_first=3), 4):
        assert np.array_equal(drawn.indptr, incidence.indptr)
        assert np.array_equal(drawn.sum(axis=0), incidence.sum(axis=0))
        # No member twice in a work.
        assert drawn.toarray().max(initial=0) <= 1
        assert drawn.has_canonical_format
        dense = drawn.toarray()
        joint = dense.T @ dense
        np.fill_diagonal(joint, 0)
        assert np.array_equal(co_works(drawn).toarray(), joint)


@few
@given(tables, st.integers(0, 2**32))
def test_swapped_ties_keep_the_number_of_partners(table: pl.DataFrame, seed: int) -> None:
    network = project(table)
    for matrix in null_matrices(network, 2, null="one-mode", seed=seed):
        dense = matrix.toarray() > 0
        assert np.array_equal(dense.sum(axis=0), network.nodes["degree"].to_numpy())
        assert np.array_equal(dense, dense.T)
        assert not dense.diagonal().any()


@few
@given(tables, st.integers(0, 2**32))
def test_a_null_network_is_a_projection_of_the_same_margins(table: pl.DataFrame, seed: int) -> None:
    network = project(table)
    null = network.null(seed=seed)
    assert null.nodes.select("node", "n_works").equals(network.nodes.select("node", "n_works"))
    sizes = ["work", "n_members"]
    assert null.incidence.select(sizes).equals(network.incidence.select(sizes))
    # Each work adds n/2 of weight, whoever is in it.
    assert null.edges["weight"].sum() == pytest.approx(network.edges["weight"].sum())


@relaxed
@given(sparse, st.randoms(use_true_random=False))
def test_a_curve_is_what_removing_one_by_one_leaves(network: Network, random: object) -> None:
    order = list(range(network.nodes.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    graph = nx.from_scipy_sparse_array(network.matrix)
    expected = [giant(graph)]
    for member in order:
        graph.remove_node(member)
        expected.append(giant(graph))
    assert giant_curve(network.matrix, np.array(order, dtype=np.int64)).tolist() == expected


@few
@given(sparse, st.sampled_from(MEASURES), st.integers(1, 4))
def test_an_order_calculated_again_is_that_of_the_network_left(network: Network, by: str, step: int) -> None:
    order = removal_order(network.matrix, by, step=step).tolist()
    assert sorted(order) == list(range(network.nodes.height))
    left = list(range(network.nodes.height))
    for begin in range(0, len(order), step):
        rest = network.matrix[left][:, left]
        if not rest.nnz:
            assert order[begin:] == left
            return
        highest = [left[code] for code in removal_order(rest, by)[:step]]
        # A member who has no tie left is not removed before the network is calculated anew.
        assert order[begin : begin + step] == highest
        left = [code for code in left if code not in highest]


@relaxed
@given(sparse)
def test_cut_points_are_those_of_networkx_and_cut_off_what_they_do(network: Network) -> None:
    found, graph = network.cut_points(), network.graph
    assert set(found.members["node"]) == set(nx.articulation_points(graph))
    assert set(found.ties.select("source", "target").iter_rows()) == {(min(e), max(e)) for e in nx.bridges(graph)}
    for node, n_parts, cut_off in found.members.select("node", "n_parts", "cut_off").iter_rows():
        part = graph.subgraph(nx.node_connected_component(graph, node)).copy()
        part.remove_node(node)
        assert nx.number_connected_components(part) == n_parts
        assert len(part) - giant(part) == cut_off
    for source, target, weight, cut_off in found.ties.select("source", "target", "weight", "cut_off").iter_rows():
        part = graph.subgraph(nx.node_connected_component(graph, source)).copy()
        assert part[source][target]["weight"] == weight
        part.remove_edge(source, target)
        assert len(part) - giant(part) == cut_off


@few
@given(tables, st.sets(st.sampled_from([f"m{i}" for i in range(10)]), min_size=1), st.booleans())
def test_what_is_left_without_members_is_the_projection_without_them(
    table: pl.DataFrame, gone: set[str], with_works: bool
) -> None:
    network = project(table)
    gone &= set(table["member"])
    if not gone:
        return
    found = network.without(gone, with_works=with_works)
    rows = table.filter(~pl.col("member").is_in(sorted(gone)))
    if with_works:
        rows = rows.join(table.filter(pl.col("member").is_in(sorted(gone))), on="work", how="anti")
    expected = project(rows)
    assert found.after.edges.equals(expected.edges)
    assert found.after.nodes.equals(expected.nodes)
    assert set(found.lost_members["node"]) == set(table["member"]) - gone - set(rows["member"])
    ties = {(s, t) for s, t in network.edges.select("source", "target").iter_rows() if not {s, t} & gone}
    assert set(found.lost_ties.select("source", "target").iter_rows()) == ties - set(
        expected.edges.select("source", "target").iter_rows()
    )
