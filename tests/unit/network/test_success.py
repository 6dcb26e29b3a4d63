from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from dated_films import network_of
from scipy.stats import rankdata, spearmanr

from avgraph.errors import AvgraphError
from avgraph.network import Association, Network

# In 2000: a has three partners, b and c two, d one, e none.
FIRST = [("w1", 2000, "ab"), ("w2", 2000, "ac"), ("w3", 2000, "ad"), ("w4", 2000, "bc"), ("w5", 2000, "e")]
DEGREE = [3, 2, 2, 1, 0]


def later(counts: dict[str, int], year: int = 2001) -> list[tuple[str, int | None, str]]:
    return [(f"{year}-{member}-{k}", year, member) for member, n in counts.items() for k in range(n)]


def test_one_window_is_the_rank_correlation_of_spearman() -> None:
    found = network_of(FIRST + later({"a": 4, "b": 1, "d": 2})).success("degree", width=1, n_permutations=99)
    assert found.rho == pytest.approx(spearmanr(DEGREE, [4, 1, 0, 2, 0]).statistic)
    assert found.table.drop("rho", "rho_given_works").rows() == [(2000, 2000, 2001, 2001, 5, 3)]
    assert (found.n_observations, found.outcome, found.measure) == (5, "number of works", "degree")
    assert found.table["rho"].to_list() == [found.rho]
    assert isinstance(found, Association)
    assert "rho" in str(found)
    assert found.to_dict()["table"][0]["n_members"] == 5
    assert "<table" in found._repr_html_()


def test_the_partial_correlation_is_that_of_the_textbook() -> None:
    found = network_of(FIRST + later({"a": 4, "b": 1, "d": 2})).success("degree", width=1, n_permutations=9)
    works, outcome = [3, 2, 2, 1, 1], [4, 1, 0, 2, 0]
    xy, xz, yz = (float(spearmanr(p, q).statistic) for p, q in ((DEGREE, outcome), (DEGREE, works), (outcome, works)))
    assert found.rho_given_works == pytest.approx((xy - xz * yz) / ((1 - xz**2) * (1 - yz**2)) ** 0.5)


def test_the_p_value_is_that_of_all_permutations() -> None:
    outcome = [4, 1, 0, 2, 0]
    rho = abs(spearmanr(DEGREE, outcome).statistic)
    exact = np.mean([abs(spearmanr(DEGREE, order).statistic) >= rho - 1e-9 for order in permutations(outcome)])
    network = network_of(FIRST + later({"a": 4, "b": 1, "d": 2}))
    found = network.success("degree", width=1, n_permutations=1999)
    assert found.p_value == pytest.approx(exact, abs=0.03)
    assert network.success("degree", width=1, n_permutations=1999).p_value == found.p_value
    assert network.success("degree", width=1, n_permutations=1999, seed=8).p_value != found.p_value


def test_the_partial_p_value_takes_the_number_of_works_out_of_each_permutation() -> None:
    def centred(values: list[int]) -> np.ndarray:
        return rankdata(values) - 3

    def rest(values: np.ndarray) -> np.ndarray:
        return values - works * (values @ works) / (works @ works)

    def correlation(values: np.ndarray) -> float:
        return abs(position @ values) / ((position @ position) * (values @ values)) ** 0.5

    works = centred([3, 2, 2, 1, 1])
    position, outcome = rest(centred(DEGREE)), rest(centred([0, 2, 0, 1, 0]))
    orders = [rest(np.array(order)) for order in permutations(outcome)]
    exact = np.mean([correlation(order) >= correlation(outcome) - 1e-9 for order in orders])
    found = network_of(FIRST + later({"b": 2, "d": 1})).success("degree", width=1, n_permutations=1999)
    assert found.p_given_works == pytest.approx(exact, abs=0.04)


def test_the_data_count_as_one_of_the_permutations() -> None:
    values = pl.DataFrame({"member": ["a", "b", "c", "d"], "year": [2001] * 4, "value": [9.0, 5.0, 5.0, 1.0]})
    found = network_of(FIRST + later({"x": 1})).success("degree", values, width=1, n_permutations=1)
    assert (found.rho, found.p_value) == (pytest.approx(1), 0.5)


def test_what_does_not_go_together_has_a_large_p_value() -> None:
    rng = np.random.default_rng(5)
    films: list[tuple[str, int | None, str]] = [
        (f"{year}-{k}", year, "".join(chr(97 + int(i)) for i in rng.choice(24, 2, replace=False)))
        for year in range(2000, 2006) for k in range(30)
    ]  # fmt: skip
    found = network_of(films).success("clustering", width=2, n_permutations=199)
    assert found.p_value is not None
    assert found.p_value > 0.05
    assert len(found.table) == 4


def test_shuffling_stays_within_windows() -> None:
    # In each window the outcome falls with the degree; over both it would rise.
    films = [("w1", 2000, "ab"), ("w2", 2000, "ac"), ("v1", 2001, "pqrs"), ("v2", 2001, "pt")]
    values = pl.DataFrame({
        "member": ["b", "c", "q", "r", "s", "t", "p"], "year": [2001, 2001, 2002, 2002, 2002, 2002, 2002],
        "value": [1.0, 1.0, 101.0, 101.0, 101.0, 102.0, 100.0],
    })  # fmt: skip
    found = network_of(films + later({"y": 1}, 2002)).success("degree", values, width=1, n_permutations=9)
    assert found.table["rho"].to_list() == [pytest.approx(-1), pytest.approx(-1)]
    assert found.rho == pytest.approx(-1)


def test_windows_where_nothing_varies_are_left_out_of_the_pool() -> None:
    films = [*FIRST, *later({"a": 1, "b": 1}), ("v", 2001, "ab"), ("u", 2001, "c"), *later({"q": 1}, 2002)]
    found = network_of(films).success("degree", width=1, n_permutations=9)
    # In 2001 the degree varies, but nobody has a work in 2002.
    assert found.table.select("n_successful", "rho").row(1) == (0, None)
    assert found.rho == found.table["rho"].to_list()[0]


def test_nothing_varies() -> None:
    found = network_of([("w1", 2000, "ab"), ("w2", 2001, "ab")]).success("degree", width=1)
    assert (found.rho, found.p_value, found.rho_given_works, found.p_given_works) == (None, None, None, None)
    assert "nothing varies" in str(found)


def test_a_position_that_is_the_number_of_works_adds_nothing_to_it() -> None:
    def n_works(network: Network) -> Any:
        return network.nodes["n_works"]

    films = FIRST + later({"a": 4, "b": 1, "d": 2})
    found = network_of(films).success(n_works, width=1, n_permutations=9)
    assert found.measure == "n_works"
    assert found.rho is not None
    assert found.rho_given_works is None


def test_only_the_active_are_compared_where_asked() -> None:
    found = network_of(FIRST + later({"a": 4, "b": 1, "d": 2})).success("degree", width=1, active_only=True)
    assert found.table["n_members"].to_list() == [3]
    assert found.rho == pytest.approx(spearmanr([3, 2, 1], [4, 1, 2]).statistic)


def test_outcomes_count_what_cannot_be_used() -> None:
    outcomes = pl.DataFrame({"member": ["a", "a", "b", "nobody", "c"], "year": [2001, 2001, None, 2001, 1990]})
    found = network_of(FIRST + later({"x": 1})).success("degree", outcomes, width=1, n_permutations=9)
    assert (found.n_undated, found.n_unknown, found.outcome) == (1, 1, "outcome")
    assert found.table["n_successful"].to_list() == [1]
    assert found.rho == pytest.approx(spearmanr(DEGREE, [2, 0, 0, 0, 0]).statistic)


def test_members_without_a_value_are_left_out() -> None:
    def some(network: Network) -> list[float | None]:
        return [None if node == "a" else float("nan") if node == "b" else 1.0 * k for k, node in
                enumerate(network.nodes["node"])]  # fmt: skip

    found = network_of(FIRST + later({"c": 2, "d": 1})).success(some, width=1, n_permutations=9)
    assert found.n_observations == 3
    assert found.rho == pytest.approx(spearmanr([2, 3, 4], [2, 1, 0]).statistic)


def test_outcomes_are_those_of_the_years_after_the_window() -> None:
    network = network_of(FIRST + later({"x": 1}, 2005))
    outcomes = pl.DataFrame({"member": ["a", "b", "c"], "year": [2002, 2003, 2000]})
    found = network.success("degree", outcomes, width=2, step=2, n_permutations=9)
    assert found.table.select("first_year", "last_year", "from_year", "to_year", "n_successful").rows() == [
        (2000, 2001, 2002, 2003, 2), (2002, 2003, 2004, 2005, 0)
    ]  # fmt: skip


def test_wrong_arguments_say_what_to_do() -> None:
    network = network_of(FIRST + later({"a": 1}))
    with pytest.raises(AvgraphError, match="no measure 'fame'"):
        network.success("fame", width=1)
    with pytest.raises(AvgraphError, match="one window of 2 years"):
        network.success("degree", width=2)
    with pytest.raises(AvgraphError, match="n_permutations is 0"):
        network.success("degree", width=1, n_permutations=0)
    with pytest.raises(AvgraphError, match=r"no column 'year' \(did you mean 'years'"):
        network.success("degree", pl.DataFrame({"member": ["a"], "years": [2001]}), width=1)
    with pytest.raises(AvgraphError, match="column of the wrong type"):
        network.success("degree", pl.DataFrame({"member": ["a"], "year": ["soon"]}), width=1)
    wild = pl.DataFrame({"member": ["a"], "year": [2001], "value": [float("inf")]})
    with pytest.raises(AvgraphError, match="1 outcome"):
        network.success("degree", wild, width=1)
    with pytest.raises(AvgraphError, match="gave 1 values for 5 nodes"):
        network.success(lambda network: [1.0], width=1)
    for wrong in (7, ["x"] * 5, [object()] * 5):
        with pytest.raises(AvgraphError, match="does not give numbers"):
            network.success(lambda network, wrong=wrong: wrong, width=1)  # type: ignore[misc]
