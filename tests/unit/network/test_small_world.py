from __future__ import annotations

import networkx as nx
import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import Network, project, smallworld
from avgraph.network.nullmodels import null_matrices
from textbook_networks import from_works, southern_women


def ring_of_teams(n_teams: int = 30) -> Network:
    """Return teams of four that meet five times, each tied to the next by one work: clustered for sure."""
    rows = []
    for team in range(n_teams):
        rows += [(f"w{team}-{i}", f"m{team}-{j}") for i in range(5) for j in range(4) if j != i]
        rows += [(f"link{team}", f"m{team}-0"), (f"link{team}", f"m{(team + 1) % n_teams}-1")]
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))


def figures(graph: nx.Graph) -> list[float]:
    giant = graph.subgraph(max(nx.connected_components(graph), key=len))
    return [
        nx.transitivity(giant), nx.average_clustering(giant), nx.average_shortest_path_length(giant),
        len(giant) / len(graph),
    ]  # fmt: skip


@pytest.mark.parametrize("null", ["two-mode", "one-mode"])
def test_every_figure_is_that_of_networkx(null: str) -> None:
    network = ring_of_teams(8)
    found = network.small_world(n_nulls=5, null=null, seed=4)  # type: ignore[arg-type]
    assert found.table["observed"].to_list() == pytest.approx(figures(network.graph))
    matrices = null_matrices(network, 5, null=null, seed=4)  # type: ignore[arg-type]
    nulls = [figures(nx.from_scipy_sparse_array(matrix)) for matrix in matrices]
    for row, expected in zip(found.nulls.iter_rows(), nulls, strict=True):
        assert row == pytest.approx(expected)
    observed = figures(network.graph)
    means = [sum(column) / 5 for column in zip(*nulls, strict=True)]
    assert found.clustering_ratio == pytest.approx(observed[0] / means[0])
    assert found.path_ratio == pytest.approx(observed[2] / means[2])
    assert found.quotient == pytest.approx(observed[0] / means[0] / (observed[2] / means[2]))
    if null == "two-mode":
        quotients = sorted(observed[0] / row[0] / (observed[2] / row[2]) for row in nulls)
        assert (found.quotient_low, found.quotient_high) == (pytest.approx(quotients[0]), pytest.approx(quotients[-1]))


def test_the_largest_component_is_measured_wherever_it_is() -> None:
    # A pair comes first; then a triangle with a tail, c-d-e-c and e-f.
    found = from_works("ab", "cd", "de", "ce", "ef").small_world(n_nulls=1)
    assert found.table["observed"].to_list() == pytest.approx([3 / 5, (1 + 1 + 1 / 3) / 4, 8 / 6, 4 / 6])


def test_teams_that_stay_together_are_clustered_beyond_chance() -> None:
    found = ring_of_teams().small_world(n_nulls=39)
    row = found.table.row(0, named=True)
    assert row["figure"] == "transitivity"
    assert row["ratio_low"] is not None
    assert row["ratio_low"] > 1.5
    assert row["p_above"] == pytest.approx(1 / 40)
    assert row["null_low"] <= row["null_mean"] <= row["null_high"]
    assert found.table["p_above"][2] == pytest.approx(1 / 40)


def test_a_network_at_random_is_no_small_world() -> None:
    # A null against nulls of the same margins: one of them.
    found = ring_of_teams(15).null(seed=99).small_world(n_nulls=60)
    low, high = found.table.select("ratio_low", "ratio_high").row(0)
    assert low < 1 < high
    assert 0.02 < found.table["p_above"][0] < 0.98
    assert found.quotient == pytest.approx(1, abs=0.1)


def test_works_that_can_be_shuffled_into_nothing_else_are_alike() -> None:
    found = from_works("abcd").small_world(n_nulls=3)
    assert found.table.select("observed", "null_mean", "ratio", "p_above").rows() == [(1.0, 1.0, 1.0, 1.0)] * 4
    assert (found.quotient, found.quotient_low, found.quotient_high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("works", [(), ("a",), ("ab",)])
def test_what_cannot_be_said_is_null(works: tuple[str, ...]) -> None:
    for null in ("two-mode", "one-mode"):
        found = from_works(*works).small_world(n_nulls=2, null=null)  # type: ignore[arg-type]
        assert found.quotient is None
        assert found.table.row(0)[1:] == (None,) * 8
        assert "quotient unknown" in repr(found)


def test_nulls_without_a_triangle_leave_the_ratio_open() -> None:
    # A triangle of three works and a path: nulls may close none.
    found = from_works("ab", "bc", "ac", "de", "ef", "fg", "gh", "hi").small_world(n_nulls=40)
    assert found.nulls["transitivity"].min() == 0.0
    assert found.table.filter(pl.col("figure") == "transitivity")["ratio_high"].to_list() == [None]
    assert found.quotient_high is None
    assert not found.table.select(pl.col(pl.Float64).is_nan().any()).row(0).count(True)


def test_a_sample_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    network = southern_women()
    assert network.small_world(n_nulls=2).note() == (
        "largest component against 2 two-mode nulls (30 rounds of trades between them), intervals of 95%, seed 7"
    )
    found = network.small_world(n_nulls=2, k=5)
    assert (found.path_sources, found.null_sources) == (5, 5)
    assert "steps from 5 members, standard error" in found.note()
    monkeypatch.setattr(smallworld, "EXACT_STEPS", 100)
    monkeypatch.setattr(smallworld, "STEP_SOURCES", 9)
    found = network.small_world(n_nulls=2)
    assert (found.path_sources, found.null_sources) == (18, 9)
    assert "<table>" in found._repr_html_()


def test_one_seed_gives_one_result() -> None:
    one, two, three = (southern_women().small_world(n_nulls=4, seed=seed) for seed in (1, 1, 2))
    assert one.nulls.equals(two.nulls)
    assert one.table.equals(two.table)
    assert not one.nulls.equals(three.nulls)


def test_levels_and_samples_that_make_no_sense_are_refused() -> None:
    with pytest.raises(AvgraphError, match="level is 95"):
        southern_women().small_world(level=95)
    with pytest.raises(AvgraphError, match="k is 0"):
        southern_women().small_world(k=0)
