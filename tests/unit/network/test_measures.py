from __future__ import annotations

import random
from fractions import Fraction

import networkx as nx
import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import MEASURES, Network, adjusted_rand_index, normalized_mutual_information, project
from avgraph.network.paths import betweenness, closeness


def from_pairs(pairs: list[str], countries: dict[str, str] | None = None) -> Network:
    """Return a network with one work for each pair of letters."""
    rows = [(f"w{i}", member) for i, pair in enumerate(pairs) for member in pair]
    nodes = None
    if countries:
        nodes = pl.DataFrame({"member": list(countries), "countries": [[c] for c in countries.values()]})
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"), nodes)


# A square a-b-c-d with a tail d-e, and a pair f-g beside it.
SQUARE = ["ab", "bc", "cd", "ad", "de", "fg"]


def test_summary_of_a_small_network_by_hand() -> None:
    network = from_pairs(["ab", "bc", "ac", "cd", "e"], {"a": "BE", "b": "BE", "c": "LU", "d": "LU"})
    summary = network.summary()
    assert (summary.nodes, summary.edges, summary.works, summary.joint_works) == (5, 4, 5, 4)
    assert (summary.isolates, summary.components, summary.giant, summary.giant_share) == (1, 2, 4, 0.8)
    assert summary.density == pytest.approx(0.4)
    assert summary.mean_degree == pytest.approx(1.6)
    # One triangle; triples around a, b, c: 1 + 1 + 3.
    assert summary.transitivity == pytest.approx(3 / 5)
    assert summary.average_clustering == pytest.approx((1 + 1 + 1 / 3) / 5)
    # Ends: BE 4, LU 4 of 8, two edges of four inside a country: (1/2 - 1/2) / (1 - 1/2).
    assert summary.assortativity_country == pytest.approx(0.0)
    assert summary.of_known_country == 4
    assert summary.to_dict()["undated"] == 9
    assert "transitivity" in str(summary)
    assert "<table>" in summary._repr_html_()


def test_summary_of_nothing_says_nothing() -> None:
    summary = project(pl.DataFrame(schema={"work": pl.String, "member": pl.String})).summary()
    assert (summary.nodes, summary.components, summary.giant_share, summary.density) == (0, 0, None, None)
    assert (summary.modularity, summary.assortativity_country, summary.first_year) == (None, None, None)


@pytest.mark.parametrize("countries", [{}, {"a": "BE", "b": "BE", "c": "BE", "d": "BE"}, {"a": "BE", "c": "LU"}])
def test_assortativity_is_none_where_nothing_can_mix(countries: dict[str, str]) -> None:
    assert from_pairs(["ab", "cd"], countries).summary().assortativity_country is None


def test_assortativity_is_one_where_nobody_crosses() -> None:
    network = from_pairs(["ab", "cd"], {"a": "BE", "b": "BE", "c": "LU", "d": "LU"})
    assert network.summary().assortativity_country == 1.0


def test_summary_reports_undated_rows() -> None:
    rows = pl.DataFrame({"work": ["w", "w", "v"], "member": ["a", "b", "c"], "year": [2010, 2010, None]})
    summary = project(rows, years=(2000, 2020)).summary(communities=False)
    assert (summary.undated, summary.first_year, summary.last_year, summary.modularity) == (1, 2010, 2010, None)


def test_betweenness_counts_all_shortest_paths() -> None:
    # a to c has two shortest paths (by b and d), so b gets a half; d lies on all paths to e.
    values = dict(from_pairs(SQUARE).rank("betweenness").select("node", "value").iter_rows())
    pairs = 6 * 5 / 2
    assert values == pytest.approx({"a": 1 / pairs, "b": 0.5 / pairs, "c": 1 / pairs, "d": 3.5 / pairs,
                                    "e": 0, "f": 0, "g": 0})  # fmt: skip


def test_equal_lengths_are_equal_although_floats_differ() -> None:
    # Six steps of length 1/6 (six works each) around, one of length 1 straight: two shortest paths.
    assert sum([1 / 6] * 6) != 1.0
    network = from_pairs([pair for pair in ("ab", "bc", "cd", "de", "ef", "fg") for _ in range(6)] + ["ag"])
    values = dict(network.rank("betweenness").select("node", "value").iter_rows())
    # b: from a to each of c, d, e, f, and half of a-g; of fifteen pairs.
    assert values["b"] == pytest.approx(4.5 / 15)


def test_betweenness_equals_the_one_on_exact_fractions() -> None:
    rng = random.Random(3)
    rows = [(f"w{i}", f"m{rng.randrange(40)}") for i in range(60) for _ in range(4)]
    network = project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))
    graph = network.graph.copy()
    for *_, attributes in graph.edges(data=True):
        attributes["length"] = 1 / Fraction(attributes["weight"]).limit_denominator(6)
    exact = nx.betweenness_centrality(graph, weight="length")
    assert betweenness(network.matrix) == pytest.approx([exact[node] for node in graph], abs=1e-13)


def test_sampling_every_source_is_exact_and_a_sample_says_so() -> None:
    network = from_pairs(SQUARE)
    exact = betweenness(network.matrix)
    assert np.allclose(betweenness(network.matrix, k=7), exact)
    assert np.allclose(closeness(network.matrix, k=7), closeness(network.matrix))
    assert network.note("betweenness").endswith("exact")
    assert network.note("betweenness", k=2, seed=3).endswith("estimated from 2 of 5 nodes as sources (seed 3)")
    assert network.rank("betweenness", k=2, seed=3).equals(network.rank("betweenness", k=2, seed=3))


def test_a_sampled_betweenness_is_near_the_exact_one() -> None:
    graph = nx.barabasi_albert_graph(300, 2, seed=1)
    network = project(
        pl.DataFrame([(f"w{u}-{v}", f"n{x}") for u, v in graph.edges for x in (u, v)], schema=["work", "member"],
                     orient="row")
    )  # fmt: skip
    exact, sampled = betweenness(network.matrix), betweenness(network.matrix, k=150, seed=1)
    assert np.corrcoef(exact, sampled)[0, 1] > 0.97
    assert sampled.sum() == pytest.approx(exact.sum(), rel=0.1)


def test_ranks_are_shared_by_equals_and_ordered_by_iri() -> None:
    ranked = from_pairs(SQUARE, {"d": "LU"}).rank("degree")
    assert ranked.select("rank", "node", "country", "value").rows()[:4] == [
        (1, "d", "LU", 3.0), (2, "a", None, 2.0), (2, "b", None, 2.0), (2, "c", None, 2.0)
    ]  # fmt: skip
    assert from_pairs(SQUARE).rank("degree", top=1).height == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_ranks_every_network(measure: str) -> None:
    for network in (from_pairs(SQUARE), from_pairs(["a"]), from_pairs(["ab"]), from_pairs([])):
        table = network.rank(measure)  # type: ignore[arg-type]
        assert table.columns == ["rank", "node", "label", "country", "value"]
        assert table["value"].is_finite().all()
        assert measure in network.note(measure)  # type: ignore[arg-type]


def test_unknown_measures_and_samples_are_refused() -> None:
    with pytest.raises(AvgraphError, match="did you mean 'betweenness'"):
        from_pairs(SQUARE).rank("betweeness")  # type: ignore[arg-type]
    with pytest.raises(AvgraphError, match="k is 0"):
        from_pairs(SQUARE).rank("betweenness", k=0)


def test_communities_of_two_triangles() -> None:
    countries = dict.fromkeys("abc", "BE") | dict.fromkeys("def", "LU")
    found = from_pairs(["ab", "bc", "ac", "de", "ef", "df", "cd", "g"], countries).communities()
    assert found.sets == [{"a", "b", "c"}, {"d", "e", "f"}, {"g"}]
    assert (found.sizes, len(found), found["e"], found.n_country) == ([3, 3, 1], 3, 1, 6)
    # Six of seven edges inside; each half holds 7 of 14 ends.
    assert found.modularity == pytest.approx(6 / 7 - 0.5)
    assert (found.nmi_country, found.ari_country) == (1.0, 1.0)
    assert found.overview().row(0) == (0, 3, ["BE 3"], ["a", "b", "c"])
    assert "modularity 0.357" in found._repr_html_()
    with pytest.raises(KeyError):
        found["z"]


def test_the_largest_community_comes_first() -> None:
    assert from_pairs(["ab", "cd", "de", "ce"]).communities().sets == [{"c", "d", "e"}, {"a", "b"}]


def test_resolution_changes_the_grain() -> None:
    network = from_pairs(["ab", "bc", "ac", "de", "ef", "df", "cd"])
    assert len(network.communities(resolution=0.1)) == 1
    assert len(network.communities(resolution=20)) == 6
    with pytest.raises(AvgraphError, match="resolution"):
        network.communities(resolution=0)


def test_agreement_of_labellings_against_published_values() -> None:
    # Hubert and Arabie's index by hand: cells 2, 1, 1, 2; margins 3, 3 and 3, 3; C(6, 2) = 15.
    assert adjusted_rand_index([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]) == pytest.approx((2 - 36 / 15) / (6 - 36 / 15))
    share, log = np.array([2, 1, 1, 2]) / 6, np.log(2)
    joint = -(share * np.log(share)).sum()
    assert normalized_mutual_information([0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]) == pytest.approx(
        (2 * log - joint) / log
    )
    assert normalized_mutual_information("aaa", "bbb") == 1.0
    assert adjusted_rand_index("aaa", "bbb") == 1.0
    with pytest.raises(AvgraphError, match="3 and 2 members"):
        adjusted_rand_index("aaa", "bb")


def test_a_notebook_shows_members_and_ties_escaped() -> None:
    rows = pl.DataFrame({"work": ["w", "w"], "member": ["<b>x</b>", "y"], "year": [1999, 1999]})
    html = project(rows, name="A & B")._repr_html_()
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "A &amp; B" in html
    assert "<b>x" not in html
    assert "<td>1999</td>" in html
