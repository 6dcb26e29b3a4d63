from __future__ import annotations

import networkx as nx
import numpy as np
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import MEASURES, Network
from avgraph.network import resilience as home
from avgraph.network.resilience import giant_curve, removal_order
from textbook_networks import from_graph, from_works


def shares(network: Network, **arguments: object) -> list[float]:
    return network.resilience(**arguments).table["giant_share"].to_list()  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [2, 5, 12])
def test_the_limits_of_robustness(n: int) -> None:
    # Schneider et al.: a star falls apart with its hub, a complete network only shrinks.
    star = from_graph(nx.star_graph(n - 1)).resilience("degree")
    assert star.robustness == pytest.approx((n - 1) / n**2)
    assert star.half == pytest.approx(1 / n)
    complete = from_graph(nx.complete_graph(n)).resilience("degree")
    assert complete.robustness == pytest.approx((n - 1) / (2 * n))
    assert complete.half == pytest.approx(-(-n // 2) / n)


def test_a_path_from_its_middle_by_hand() -> None:
    # a-b-c-d-e, equal middles b, c, d go by IRI: 5, then c-d-e, d-e, e and a, and the rest.
    network = from_works("ab", "bc", "cd", "de")
    found = network.resilience("degree")
    assert found.table["node"].to_list() == [None, "b", "c", "d", "a", "e"]
    assert shares(network, by="degree") == pytest.approx([1, 3 / 5, 2 / 5, 1 / 5, 1 / 5, 0])
    assert found.robustness == pytest.approx((3 + 2 + 1 + 1) / 25)
    # Calculated again, d is the middle of what is left once b is gone.
    again = network.resilience("degree", recalculate=True)
    assert again.table["node"].to_list() == [None, "b", "d", "a", "c", "e"]
    assert again.table["giant_share"].to_list() == pytest.approx([1, 3 / 5, 1 / 5, 1 / 5, 1 / 5, 0])
    assert again.table["removed_share"].to_list() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert again.note() == "members removed by degree, calculated again after each"
    # The middle has most paths through it.
    assert network.resilience("betweenness").table["node"][1] == "c"


def test_the_karate_club_breaks_at_its_leaders() -> None:
    found = from_graph(nx.karate_club_graph()).resilience("degree", recalculate=True)
    # 34 members; the administrator (33) with 17 partners goes first, then the instructor (0) with 16.
    assert found.table["node"].to_list()[1:3] == ["m033", "m000"]
    graph = nx.karate_club_graph()
    graph.remove_nodes_from([33, 0])
    assert found.table["giant_share"][2] == pytest.approx(len(max(nx.connected_components(graph), key=len)) / 34)


def test_random_orders_have_intervals_and_one_seed() -> None:
    network = from_graph(nx.karate_club_graph())
    found = network.resilience(n_runs=40, seed=3)
    assert found.table.equals(network.resilience(n_runs=40, seed=3).table)
    assert not found.table.equals(network.resilience(n_runs=40, seed=4).table)
    table = found.table
    assert table.height == 35
    assert table.filter(~pl.col("giant_share").is_between(pl.col("low") - 1e-12, pl.col("high") + 1e-12)).is_empty()
    assert (table["low"] < table["high"]).any()
    assert found.robustness is not None
    assert found.robustness_low is not None
    assert found.robustness_high is not None
    assert found.robustness_low < found.robustness < found.robustness_high
    # Failures at random do less than attacks.
    attacked = network.resilience("degree", recalculate=True).robustness
    assert attacked is not None
    assert attacked < found.robustness_low
    assert found.robustness == pytest.approx(table["giant_share"][1:].mean())
    assert "40 runs" in found.note()
    assert found._repr_html_().count("<tr>") == 22


def test_one_random_run_is_its_own_interval() -> None:
    table = from_works("ab", "bc").resilience(n_runs=1).table
    assert table["low"].equals(table["giant_share"].alias("low"))
    assert table["high"].equals(table["giant_share"].alias("high"))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("recalculate", [False, True])
def test_every_measure_removes_all(measure: str, recalculate: bool) -> None:
    for network in (from_works("abc", "cd", "de", "f"), from_works("a"), from_works()):
        found = network.resilience(measure, recalculate=recalculate)
        assert sorted(found.table["node"].to_list()[1:]) == network.nodes["node"].to_list()
        assert found.table["giant_share"][-1] == 0
        assert (found.robustness is None) == network.nodes.is_empty()


def test_a_measure_not_calculated_again_is_the_ranking() -> None:
    network = from_graph(nx.karate_club_graph())
    for measure in MEASURES:
        order = removal_order(network.matrix, measure)
        ranked = network.rank(measure)  # type: ignore[arg-type]
        values = dict(ranked.select("node", "value").iter_rows())
        along = [values[network.nodes["node"][int(code)]] for code in order]
        assert along == ranked["value"].to_list()


def test_steps_between_calculations(monkeypatch: pytest.MonkeyPatch) -> None:
    network = from_graph(nx.karate_club_graph())
    assert network.resilience("betweenness", recalculate=True).step == 1
    coarse = network.resilience("degree", recalculate=True, step=10)
    assert coarse.note().endswith("calculated again after every 10")
    # The first ten are those of the ranking, the eleventh of what is left.
    order = removal_order(network.matrix, "degree")
    assert coarse.table["node"].to_list()[1:11] == network.nodes["node"].gather(order[:10]).to_list()
    left = np.sort(order[10:])
    after = removal_order(network.matrix[left][:, left], "degree")
    assert coarse.table["node"].to_list()[11] == network.nodes["node"][int(left[after[0]])]
    monkeypatch.setattr(home, "_EACH_UP_TO", 10)
    monkeypatch.setattr(home, "_MANY_RECALCULATIONS", 17)
    assert network.resilience("strength", recalculate=True).step == 2


def test_strength_counts_what_is_left() -> None:
    # b's ties weigh most at first; without c its strength falls below e's.
    works = ["bc"] * 5 + ["cd"] * 5 + ["ba"] * 2 + ["ef"] * 4 + ["eg"]
    assert from_works(*works).resilience("strength").table["node"].to_list()[1:4] == ["c", "b", "e"]
    again = from_works(*works).resilience("strength", recalculate=True)
    assert again.table["node"].to_list()[1:4] == ["c", "e", "a"]


def test_noise_of_floats_does_not_part_equal_strengths() -> None:
    # a and e are in three works, each of which adds 1; e has more partners.
    network = from_works("adg", "defh", "aceg", "abeh")
    assert network.nodes["strength"][0] != network.nodes["strength"][4]
    assert network.resilience("strength", recalculate=True).table["node"][1] == "e"
    assert network.resilience("strength").table["node"][1] == "e"


def test_a_curve_of_no_ties_is_flat() -> None:
    assert giant_curve(from_works("a", "b", "c").matrix, np.arange(3)).tolist() == [1, 1, 1, 0]
    assert giant_curve(from_works().matrix, np.arange(0)).tolist() == [0]
    nobody = from_works().resilience()
    assert nobody.table.rows() == [(0, 0.0, 0.0, 0.0, 0.0, None)]
    assert (nobody.robustness, nobody.robustness_low, nobody.half) == (None, None, None)
    assert "R = unknown" in repr(nobody)


def test_orders_that_make_no_sense_are_refused() -> None:
    network = from_works("ab")
    with pytest.raises(AvgraphError, match="did you mean 'degree'"):
        network.resilience("degre")
    for name in ("n_runs", "step", "k"):
        with pytest.raises(AvgraphError, match=f"{name} is 0"):
            network.resilience(**{name: 0})  # type: ignore[arg-type]
    with pytest.raises(AvgraphError, match="level is 1"):
        network.resilience(level=1)
