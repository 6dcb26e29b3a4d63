from __future__ import annotations

import networkx as nx

from textbook_networks import from_graph, from_works


def test_a_square_with_a_tail_by_hand() -> None:
    # a-b-c-d-a, a tail d-e-f, and a pair g-h beside it.
    found = from_works("ab", "bc", "cd", "ad", "de", "de", "ef", "gh", "i").cut_points()
    assert found.members.rows() == [("d", "d", None, 2, 2), ("e", "e", None, 2, 1)]
    assert found.ties.rows() == [
        ("d", "e", "d", "e", 2.0, 2, 2), ("e", "f", "e", "f", 1.0, 1, 1), ("g", "h", "g", "h", 1.0, 1, 1)
    ]  # fmt: skip
    assert repr(found) == "<CutPoints: 2 articulation points, 3 bridges>"
    assert found._repr_html_().count("<table>") == 2


def test_a_star_falls_into_its_points() -> None:
    found = from_graph(nx.star_graph(5)).cut_points()
    assert found.members.select("node", "n_parts", "cut_off").rows() == [("m000", 5, 4)]
    assert found.ties["cut_off"].to_list() == [1] * 5


def test_the_karate_club() -> None:
    # Known: the instructor alone links a group of five with a friend of theirs, and member 11.
    found = from_graph(nx.karate_club_graph()).cut_points()
    assert found.members.select("node", "n_parts", "cut_off").rows() == [("m000", 3, 6)]
    assert found.ties.select("source", "target", "cut_off").rows() == [("m000", "m011", 1)]


def test_nobody_is_no_cut_point() -> None:
    for network in (from_works(), from_works("a"), from_works("abc")):
        found = network.cut_points()
        assert found.members.is_empty()
        assert found.ties.is_empty()
