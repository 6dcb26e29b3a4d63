from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest

from avgraph.network.linkscores import SCORES, LinkScores, paired_sums


def scores_of(graph: nx.Graph, *pairs: tuple[int, int]) -> dict[str, list[float]]:
    matrix = nx.to_scipy_sparse_array(graph, nodelist=sorted(graph), format="csr", dtype=float)
    u, v = np.array(pairs, dtype=np.int64).T
    return {name: values.tolist() for name, values in LinkScores(matrix).scores(u, v).items()}


def test_scores_by_hand() -> None:
    # 0 and 3 share 1 (three partners) and 2 (two); 4 hangs on 1; 5 and 6 are apart.
    graph = nx.Graph([(0, 1), (0, 2), (1, 3), (2, 3), (1, 4), (5, 6)])
    found = scores_of(graph, (0, 3), (0, 5), (2, 4))
    assert found["common_neighbours"] == [2, 0, 0]
    assert found["jaccard"] == [1.0, 0.0, 0.0]
    assert found["adamic_adar"] == pytest.approx([1 / math.log(3) + 1 / math.log(2), 0, 0])
    assert found["resource_allocation"] == pytest.approx([1 / 3 + 1 / 2, 0, 0])
    assert found["preferential_attachment"] == [4, 2, 2]
    # 2-0-1-4 and 2-3-1-4: two walks of three steps.
    assert found["katz"] == pytest.approx([2 * 0.05**2, 0, 2 * 0.05**3])
    assert found["shortest_path"] == pytest.approx([1 / 2, 0, 1 / 3])


def test_the_examples_of_networkx() -> None:
    # The complete graph of five nodes, from the documentation of networkx.algorithms.link_prediction.
    found = scores_of(nx.complete_graph(5), (0, 1))
    assert found["jaccard"] == [0.6]
    assert found["adamic_adar"] == pytest.approx([2.1640425613334453])
    assert found["resource_allocation"] == [0.75]
    assert found["preferential_attachment"] == [16]
    assert found["shortest_path"] == [1.0]


def test_long_ways_are_counted_and_no_way_is_nothing() -> None:
    graph = nx.path_graph(140)
    graph.add_nodes_from([140, 141])
    pairs = [(node, 139) for node in range(0, 139, 2)] + [(140, 141)]
    expected = [1 / (139 - node) for node in range(0, 139, 2)] + [0.0]
    assert scores_of(graph, *pairs)["shortest_path"] == pytest.approx(expected)


def test_scores_do_not_depend_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.gnp_random_graph(40, 0.15, seed=1)
    pairs = list(zip(*np.triu_indices(40, 1), strict=True))
    whole = scores_of(graph, *pairs)
    monkeypatch.setattr("avgraph.network.linkscores._BLOCK_WALKS", 100)
    assert scores_of(graph, *pairs) == whole


def test_pairs_with_a_common_partner_come_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avgraph.network.linkscores._BLOCK_WALKS", 50)
    graph = nx.gnp_random_graph(30, 0.1, seed=2)
    links = LinkScores(nx.to_scipy_sparse_array(graph, format="csr", dtype=float))
    found = [pair for u, v in links.paired() for pair in zip(u.tolist(), v.tolist(), strict=True)]
    assert found == [(u, v) for u in range(30) for v in range(u + 1, 30) if set(graph[u]) & set(graph[v])]


def test_no_pairs_have_no_scores() -> None:
    none = np.zeros(0, dtype=np.int64)
    links = LinkScores(nx.to_scipy_sparse_array(nx.path_graph(3), format="csr", dtype=float))
    assert {name: len(values) for name, values in links.scores(none, none).items()} == dict.fromkeys(SCORES, 0)
    assert len(paired_sums(links.ties, none, none)) == 0
