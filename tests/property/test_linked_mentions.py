"""Mentions that ids link, directly or over others, are one group, whatever the links look like."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from avgraph.identity.settling import first_of_each

N_MENTIONS = 30


@given(st.lists(st.tuples(st.integers(0, N_MENTIONS - 1), st.integers(0, 25))))
def test_groups_are_the_connected_components(links: list[tuple[int, int]]) -> None:
    graph = nx.Graph((mention, f"id {i}") for mention, i in links)
    graph.add_nodes_from(range(N_MENTIONS))
    expected = list(range(N_MENTIONS))
    for component in nx.connected_components(graph):
        members = [node for node in component if isinstance(node, int)]
        for member in members:
            expected[member] = min(members)
    mentions, ids = (np.array([pair[side] for pair in links], dtype=np.int64) for side in (0, 1))
    assert first_of_each(N_MENTIONS, mentions, ids).tolist() == expected


def test_a_long_chain_is_one_group() -> None:
    order = np.random.default_rng(1).permutation(5_000)  # neighbours in the chain are far apart in number
    mentions = np.repeat(order, 2)[1:-1]
    ids = np.repeat(np.arange(len(order) - 1), 2)
    assert set(first_of_each(len(order), mentions, ids).tolist()) == {0}
