from __future__ import annotations

import polars as pl
from dated_films import network_of

from avgraph.network import Network, project

ROWS = [
    ("w1", "a", "director", 2000),
    ("w1", "b", "writer", 2000),
    ("w2", "a", "director", 2004),
    ("w2", "a", "writer", 2004),
    ("w2", "c", None, 2004),
    ("w3", "a", "producer", 2004),
    ("w3", "b", "writer", 2004),
    ("w4", "a", "director", None),
    ("w4", "d", "writer", None),
    ("w5", "e", "actor", 2003),
]


def careers_network() -> Network:
    return project(pl.DataFrame(ROWS, ["work", "member", "role", "year"], orient="row"))


def test_careers_by_hand() -> None:
    table = careers_network().careers().drop("label", "country")
    assert table.columns == ["node", "first_year", "last_year", "n_works", "n_undated", "n_years", "longest_gap",
                             "works_per_active_year", "n_partners", "new_partners_per_work"]  # fmt: skip
    assert table.rows() == [
        ("a", 2000, 2004, 4, 1, 2, 3, 1.5, 3, 0.75),
        ("b", 2000, 2004, 2, 0, 2, 3, 1.0, 1, 0.5),
        ("c", 2004, 2004, 1, 0, 1, 0, 1.0, 1, 1.0),
        ("d", None, None, 1, 1, 0, None, None, 1, 1.0),
        ("e", 2003, 2003, 1, 0, 1, 0, 1.0, 0, 0.0),
    ]


def test_career_years_by_hand() -> None:
    table = careers_network().career_years().drop("label")
    assert table.columns == ["node", "year", "career_year", "n_works", "new_partners", "n_partners", "roles"]
    assert table.rows() == [
        ("a", 2000, 0, 1, 1, 1, ["director"]),
        ("a", 2004, 4, 2, 1, 2, ["director", "producer", "writer"]),
        ("b", 2000, 0, 1, 1, 1, ["writer"]),
        ("b", 2004, 4, 1, 0, 1, ["writer"]),
        ("c", 2004, 0, 1, 1, 1, []),
        ("e", 2003, 0, 1, 0, 0, ["actor"]),
    ]


def test_cohorts_by_hand() -> None:
    table = careers_network().cohorts()
    assert table.columns == ["cohort", "n_members", "years", "n_active", "n_remaining", "active", "remaining"]
    assert table.rows() == [
        (2000, 2, 0, 2, 2, 1.0, 1.0),
        (2000, 2, 1, 0, 2, 0.0, 1.0),
        (2000, 2, 2, 0, 2, 0.0, 1.0),
        (2000, 2, 3, 0, 2, 0.0, 1.0),
        (2000, 2, 4, 2, 2, 1.0, 1.0),
        (2003, 1, 0, 1, 1, 1.0, 1.0),
        (2003, 1, 1, 0, 0, 0.0, 0.0),
        (2004, 1, 0, 1, 1, 1.0, 1.0),
    ]


def test_a_part_is_observed_as_long_as_the_whole() -> None:
    part = careers_network().subnetwork(["e"])
    assert part.cohorts()["years"].to_list() == [0, 1]


def test_a_partner_met_in_a_year_without_an_own_row_is_counted() -> None:
    rows = pl.DataFrame({"work": ["w", "w"], "member": ["a", "b"], "year": [2000, None]})
    assert project(rows).career_years().drop("label").rows() == [
        ("a", 2000, 0, 1, 1, 1, []), ("b", 2000, 0, 0, 1, 1, [])
    ]  # fmt: skip


def test_nobody_has_no_career() -> None:
    nobody, undated = network_of([]), network_of([("w", None, "ab")])
    assert nobody.careers().is_empty()
    for network in (nobody, undated):
        assert network.career_years().is_empty()
        assert network.cohorts().is_empty()
    assert undated.careers()["n_undated"].to_list() == [1, 1]
