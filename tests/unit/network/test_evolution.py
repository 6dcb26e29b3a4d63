from __future__ import annotations

import networkx as nx
import polars as pl
import pytest
from dated_films import network_of

from avgraph.errors import AvgraphError
from avgraph.network import project

# Work, year, members. Alpha and Beta come back, Delta is new in 2003, Epsilon and Zeta in 2004, Gamma returns.
FILMS = [
    ("w1", 2001, "abc"),
    ("w2", 2002, "ab"),
    ("w3", 2003, "cd"),
    ("w4", 2004, "ef"),
    ("w5", 2004, "ad"),
    ("w6", 2004, "ab"),
    ("w7", None, "az"),
]


def test_windows_are_projected_from_the_rows_of_their_years() -> None:
    network = network_of(FILMS, weight="count")
    found = list(network.windows(width=2))
    assert [window.settings.years for window in found] == [(2001, 2002), (2002, 2003), (2003, 2004)]
    assert [window.settings.weight for window in found] == ["count"] * 3
    for window, years in zip(found, [(2001, 2002), (2002, 2003), (2003, 2004)], strict=True):
        alone = network_of(FILMS, weight="count", years=years)
        assert window.edges.equals(alone.edges)
        assert window.nodes.equals(alone.nodes)


def test_the_last_window_ends_with_the_last_year() -> None:
    network = network_of(FILMS)
    assert [window.settings.years for window in network.windows(3, 2)] == [(2002, 2004)]
    assert [window.settings.years for window in network.windows(2, 2)] == [(2001, 2002), (2003, 2004)]
    inside = network_of(FILMS, years=(2002, 2010))
    assert [window.settings.years for window in inside.windows(1)] == [(2002, 2002), (2003, 2003), (2004, 2004)]


def test_a_half_life_counts_from_the_end_of_each_window() -> None:
    aged = network_of(FILMS, weight="count", half_life=1.0)
    first = next(aged.windows(2))
    assert first.settings.now == 2002
    # w1 is a year old, w2 is new.
    assert dict(zip(first.edges["target"], first.edges["weight"], strict=True))["b"] == 1.5


def test_evolution_by_hand() -> None:
    table = network_of(FILMS).evolution(width=2)
    rows = {row["last_year"]: row for row in table.iter_rows(named=True)}
    first, second, third = (rows[year] for year in (2002, 2003, 2004))
    assert (first["nodes"], first["edges"], first["works"], first["density"]) == (3, 3, 2, 1.0)
    assert (first["transitivity"], first["average_clustering"], first["giant_share"]) == (1.0, 1.0, 1.0)
    unknown = ("born", "revived", "persisting", "dissolved", "newcomers", "links", "repeated", "jaccard_ties")
    assert all(first[name] is None for name in unknown)
    # 2002-2003: a-b stays, c-d is born, a-c and b-c are gone; d is new and meets c.
    assert (second["born"], second["revived"], second["persisting"], second["dissolved"]) == (1, 0, 1, 2)
    assert second["jaccard_ties"] == 1 / 4
    assert (second["newcomers"], second["incumbents"], second["leavers"]) == (1, 3, 0)
    assert second["jaccard_members"] == 3 / 4
    assert (second["links"], second["newcomer_incumbent"], second["repeated"]) == (1, 1.0, 0.0)
    assert second["transitivity"] is None
    # 2003-2004: e-f and a-d are born, of newcomers and of incumbents; a-b is repeated.
    assert (third["born"], third["revived"], third["persisting"], third["dissolved"]) == (2, 0, 2, 0)
    assert (third["newcomers"], third["incumbents"], third["leavers"]) == (2, 4, 0)
    assert third["links"] == 3
    assert [third[name] for name in ("newcomer_newcomer", "newcomer_incumbent", "incumbent_incumbent", "repeated")] == [
        1 / 3, 0.0, 1 / 3, 1 / 3
    ]  # fmt: skip
    assert third["giant_share"] == 4 / 6


def test_a_tie_that_pauses_is_revived() -> None:
    table = network_of([("w1", 2000, "ab"), ("w2", 2001, "cd"), ("w3", 2002, "ab")]).evolution(1)
    assert table.select("born", "revived", "persisting", "dissolved").rows() == [
        (None, None, None, None), (1, 0, 0, 1), (0, 1, 0, 1)
    ]  # fmt: skip
    assert table["newcomers"].to_list() == [None, 2, 0]
    assert table["jaccard_ties"].to_list() == [None, 0.0, 0.0]


def test_links_of_wide_steps_are_told_apart_year_by_year() -> None:
    films = [("w0", 2000, "xy"), ("w1", 2002, "ab"), ("w2", 2003, "ab"), ("w3", 2003, "ac")]
    row = network_of(films).evolution(2, 2).row(1, named=True)
    # a and b are newcomers in 2002, and repeat in 2003.
    assert (row["links"], row["newcomer_newcomer"], row["newcomer_incumbent"], row["repeated"]) == (
        3, 1 / 3, 1 / 3, 1 / 3
    )  # fmt: skip


def test_years_without_works_are_empty_windows() -> None:
    table = network_of([("w1", 2000, "ab"), ("w2", 2004, "ab")]).evolution(1)
    assert table["edges"].to_list() == [1, 0, 0, 0, 1]
    assert table["density"].to_list() == [1.0, None, None, None, 1.0]
    assert table["jaccard_ties"].to_list() == [None, 0.0, None, None, 0.0]
    assert table["revived"].to_list() == [None, 0, 0, 0, 1]


def test_communities_are_looked_for_when_asked() -> None:
    films = [(f"w{pair}", 2000, pair) for pair in ("ab", "bc", "ac", "de", "ef", "df", "cd")]
    row = network_of(films).evolution(1, communities=True).row(0, named=True)
    assert (row["communities"], row["modularity"]) == (2, pytest.approx(6 / 7 - 0.5))
    assert network_of(films).evolution(1)["communities"].to_list() == [None]


def test_the_figures_of_a_window_are_those_of_the_summary() -> None:
    graph = nx.karate_club_graph()
    rows = [(f"w{a}-{b}", f"m{x:02}", 2000 + (a + b) % 3) for a, b in graph.edges for x in (a, b)]
    network = project(pl.DataFrame(rows, ["work", "member", "year"], orient="row"))
    whole = network.evolution(3).row(0, named=True)
    assert (whole["nodes"], whole["edges"]) == (34, 78)
    # Of Zachary's karate club, as published.
    assert whole["transitivity"] == pytest.approx(0.2556818)
    assert whole["average_clustering"] == pytest.approx(0.5706385)
    for window, row in zip(network.windows(1), network.evolution(1).iter_rows(named=True), strict=True):
        summary = window.summary(communities=False).to_dict()
        names = ("nodes", "edges", "works", "density", "mean_degree", "giant_share", "transitivity")
        assert {name: row[name] for name in names} == pytest.approx({name: summary[name] for name in names})


def test_wrong_windows_say_what_to_do() -> None:
    network = network_of(FILMS)
    with pytest.raises(AvgraphError, match="4 years, 2001 to 2004: no window of 7"):
        network.windows()
    for width, step in ((0, 1), (2, 0), (2, 3)):
        with pytest.raises(AvgraphError, match="make no sense"):
            network.windows(width, step)
    with pytest.raises(AvgraphError, match="no work of the network has a year"):
        network_of([("w", None, "ab")]).evolution(1)
