from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from avgraph.network import adjusted_mutual_information, adjusted_rand_index, project
from avgraph.network.holdout import auc_parts, precision_at
from avgraph.network.linkscores import LinkScores
from avgraph.network.uncertainty import Resamples

# No deadline: other processes share the machine.
relaxed = settings(deadline=None, max_examples=50)
labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=6)


@relaxed
@given(st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1])))
def test_scores_are_those_of_networkx(edges: set[tuple[int, int]]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(14))
    graph.add_edges_from(edges)
    matrix = nx.to_scipy_sparse_array(graph, nodelist=range(14), format="csr", dtype=float)
    u, v = np.triu_indices(14, 1)
    found = LinkScores(matrix).scores(u, v)
    pairs = list(zip(u.tolist(), v.tolist(), strict=True))
    expected = {
        "common_neighbours": [len(list(nx.common_neighbors(graph, *pair))) for pair in pairs],
        "jaccard": [p for *_, p in nx.jaccard_coefficient(graph, pairs)],
        "adamic_adar": [p for *_, p in nx.adamic_adar_index(graph, pairs)],
        "resource_allocation": [p for *_, p in nx.resource_allocation_index(graph, pairs)],
        "preferential_attachment": [p for *_, p in nx.preferential_attachment(graph, pairs)],
    }
    dense = matrix.toarray()
    walks = 0.05 * dense + 0.05**2 * dense @ dense + 0.05**3 * dense @ dense @ dense
    expected["katz"] = walks[u, v].tolist()
    steps = dict(nx.all_pairs_shortest_path_length(graph))
    expected["shortest_path"] = [1 / steps[a][b] if b in steps[a] else 0.0 for a, b in pairs]
    for name, values in expected.items():
        assert found[name].tolist() == pytest.approx(values), name


def information(a: list[int], b: list[int]) -> float:
    n = len(a)
    cells = {(x, y): sum((p, q) == (x, y) for p, q in zip(a, b, strict=True)) for x in set(a) for y in set(b)}
    return sum(c / n * np.log(n * c / (a.count(x) * b.count(y))) for (x, y), c in cells.items() if c)


@relaxed
@given(labels)
def test_adjusted_indices_take_off_the_mean_over_all_orders(pairs: list[tuple[int, int]]) -> None:
    a, b = [p for p, _ in pairs], [q for _, q in pairs]
    chance = np.mean([information(a, list(other)) for other in permutations(b)])
    most = (information(a, a) + information(b, b)) / 2
    assume(most - chance > 1e-9)
    expected = (information(a, b) - chance) / (most - chance)
    assert adjusted_mutual_information(a, b) == pytest.approx(expected, abs=1e-9)
    assert adjusted_mutual_information(b, a) == pytest.approx(expected, abs=1e-9)
    # Also the Rand index is 0 on average.
    if len({*a}) > 1 or len({*b}) > 1:
        rand = [adjusted_rand_index(a, list(other)) for other in permutations(b)]
        assert np.mean(rand) == pytest.approx(0, abs=1e-9) or rand == pytest.approx([1.0] * len(rand))


@relaxed
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30), st.integers(1, 35))
def test_area_and_precision_are_what_plain_loops_count(cases: list[tuple[int, bool]], k: int) -> None:
    scores, came = np.array([s for s, _ in cases], dtype=float), np.array([c for _, c in cases])
    assume(came.any() and not came.all())
    right = [(p > q) + 0.5 * (p == q) for p in scores[came] for q in scores[~came]]
    assert auc_parts(scores, came)[0] == pytest.approx(np.mean(right))
    # The mean over all ways to order equals: sort at random often enough would be slow, so count by group.
    found, left = 0.0, min(k, len(cases))
    for value in sorted(set(scores), reverse=True):
        group = came[scores == value]
        found += group.mean() * min(left, len(group))
        left -= min(left, len(group))
    value, low, high = precision_at(scores, came, k)
    assert value == pytest.approx(found / min(k, len(cases)))
    assert 0 <= low <= value <= high <= 1


@st.composite
def memberships(draw: st.DrawFn) -> pl.DataFrame:
    rows = st.tuples(
        st.sampled_from([f"w{i}" for i in range(6)]), st.sampled_from([f"m{i}" for i in range(7)]),
        st.sampled_from(["director", "producer"]), st.integers(1995, 2005), st.floats(0.01, 1),
        st.sampled_from([None, "c1", "c2", "c3"]), st.sampled_from([None, 0.0, 0.4, 1.0]),
    )  # fmt: skip
    schema = {"work": pl.String, "member": pl.String, "role": pl.String, "year": pl.Int64, "weight": pl.Float64,
              "claim": pl.String, "confidence": pl.Float64}  # fmt: skip
    return pl.DataFrame(draw(st.lists(rows, min_size=1, max_size=30)), schema=schema, orient="row")


@relaxed
@given(
    memberships(), st.sampled_from(["newman", "count", "share"]), st.sampled_from(["claims", "works", "both"]),
    st.sampled_from([None, 4.0]), st.sampled_from([0.0, 0.4]), st.sampled_from([None, (1990, 2010)]),
    st.integers(0, 99),
)  # fmt: skip
def test_weights_counted_at_once_are_those_of_the_network_of_the_draw(
    rows: pl.DataFrame, weight: str, of: str, half_life: float | None, least: float, years: tuple[int, int] | None,
    seed: int,
) -> None:  # fmt: skip
    # Shares of a work depend on which claims of it are kept: they are only counted at once where all are.
    assume(weight != "share" or of == "works")
    network = project(rows, weight=weight, half_life=half_life, min_weight=least, years=years)  # type: ignore[arg-type]
    draws = Resamples(network, of)  # type: ignore[arg-type]
    for kept, times in draws.draw(np.random.default_rng(seed), 3):
        again = draws.network(kept, times)
        assert again.nodes["node"].equals(network.nodes["node"])
        assert again.settings == network.settings
        difference = np.abs(draws.matrix(kept, times).toarray() - again.matrix.toarray())
        assert difference.max() < 1e-12
