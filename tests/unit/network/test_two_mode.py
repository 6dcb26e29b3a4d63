from __future__ import annotations

import networkx as nx
import polars as pl
import pytest

from avgraph.network import project, twomodemeasures
from avgraph.network.twomodemeasures import co_works, incidence_matrix
from textbook_networks import from_works, southern_women


def test_two_members_of_two_works_by_hand() -> None:
    # a and b meet twice; c is in one work with them, d alone.
    found = from_works("abc", "ab", "d").two_mode()
    assert (found.n_members, found.n_works, found.n_memberships) == (4, 3, 6)
    # Paths of three by their middle: a-w0 1*2, b-w0 1*2, c-w0 0, a-w1 1*1, b-w1 1*1.
    assert (found.four_cycles, found.three_paths) == (1, 6)
    assert found.clustering == pytest.approx(4 / 6)
    assert found.table.rows() == [
        # a with b: 2 of 2, with c: 1 of 2, the smaller has 1; the pair of works has b, too.
        ("a", "a", 2, 1, pytest.approx(0.75), 1.0, pytest.approx(0.75), 1.0),
        ("b", "b", 2, 1, pytest.approx(0.75), 1.0, pytest.approx(0.75), 1.0),
        ("c", "c", 1, 0, pytest.approx(0.5), 1.0, pytest.approx(0.5), None),
        ("d", "d", 1, 0, None, None, None, None),
    ]
    assert found.clustering_dot == pytest.approx(2 / 3)
    assert found.redundancy == 1.0
    assert "table" not in found.to_dict()
    assert "four cycles" in found._repr_html_()
    assert repr(found) == "<TwoMode: 4 members, 3 works, 1 four-cycles>"


def test_a_member_who_alone_links_two_works_is_not_redundant() -> None:
    # d's works come first and have nothing in common.
    table = from_works("d", "de", "ab", "ac", "abc").two_mode().table.filter(pl.col("node") < "d")
    # Of a's three pairs of works, w2-w4 have b, too, w3-w4 c, and w2-w3 nobody else.
    assert dict(table.select("node", "redundancy").iter_rows()) == {"a": pytest.approx(2 / 3), "b": 1.0, "c": 1.0}


def test_the_southern_women() -> None:
    found = southern_women().two_mode()
    assert (found.n_members, found.n_works, found.n_memberships) == (18, 14, 89)
    graph = nx.davis_southern_women_graph()
    women = graph.graph["top"]
    assert found.clustering == pytest.approx(nx.bipartite.robins_alexander_clustering(graph))
    redundancy = nx.bipartite.node_redundancy(graph, women)
    assert dict(found.table.select("node", "redundancy").iter_rows()) == pytest.approx(redundancy)
    for mode in ("dot", "min", "max"):
        expected = nx.bipartite.latapy_clustering(graph, women, mode=mode)
        assert dict(found.table.select("node", f"clustering_{mode}").iter_rows()) == pytest.approx(expected)


def test_blocks_of_rows_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, one_by_one = southern_women(), southern_women()
    expected = whole.two_mode()
    joint = co_works(incidence_matrix(whole))
    monkeypatch.setattr(twomodemeasures, "_BLOCK", 40)
    found = one_by_one.two_mode()
    assert found.table.equals(expected.table)
    assert found.to_dict() == expected.to_dict()
    assert (co_works(incidence_matrix(one_by_one)) != joint).nnz == 0


def test_nobody_has_no_figures() -> None:
    found = from_works().two_mode()
    assert (found.n_members, found.four_cycles, found.clustering, found.redundancy) == (0, 0, None, None)
    assert found.table.is_empty()
    assert from_works("a", "b").two_mode().clustering is None


def test_who_has_a_share_of_nothing_is_not_counted_where_shares_weigh() -> None:
    rows = pl.DataFrame(
        {"work": ["w", "w", "w", "v", "v"], "member": ["a", "b", "c", "a", "b"], "weight": [0.5, 0.5, 0.0, 0.4, 0.6]}
    )
    assert project(rows).two_mode().n_memberships == 5
    shared = project(rows, weight="share").two_mode()
    assert shared.n_memberships == 4
    assert shared.table.row(2, named=True)["n_works"] == 0
