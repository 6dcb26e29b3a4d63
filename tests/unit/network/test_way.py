"""A shortest way between two members, against NetworkX."""

from __future__ import annotations

import itertools

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.errors import NotFoundError
from avgraph.network import project


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=25))
@settings(deadline=None, max_examples=60)
def test_a_way_has_the_fewest_ties_and_of_such_ways_the_most_weight(pairs: list[tuple[int, int]]) -> None:
    rows = [(f"w{i}", f"m{end}") for i, pair in enumerate(pairs) for end in set(pair)]
    net = project(pl.DataFrame(rows, schema=["work", "member"], orient="row"), weight="count")
    graph = net.graph
    for a, b in itertools.combinations(sorted(graph), 2):
        if not nx.has_path(graph, a, b):
            with pytest.raises(NotFoundError, match="no way leads"):
                net.shortest_path(a, b)
            continue
        way = net.shortest_path(a, b)
        assert (way[0], way[-1]) == (a, b)
        assert len(way) == nx.shortest_path_length(graph, a, b) + 1
        best = max(nx.path_weight(graph, other, "weight") for other in nx.all_shortest_paths(graph, a, b))
        assert nx.path_weight(graph, way, "weight") == pytest.approx(best)


def test_the_way_to_oneself_is_oneself_and_names_will_do() -> None:
    net = project(pl.DataFrame({"work": ["w", "w"], "member": ["Samsa Film", "Artémis Productions"]}))
    assert net.shortest_path("Samsa Film", "Samsa Film") == ["Samsa Film"]
    assert net.shortest_path("Samsa Film", "Artémis Productions") == ["Samsa Film", "Artémis Productions"]
    with pytest.raises(NotFoundError, match="not a member"):
        net.shortest_path("Samsa Film", "Nobody")
