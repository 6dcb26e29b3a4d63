from __future__ import annotations

import polars as pl
import pytest
from dated_films import network_of

from avgraph.errors import AvgraphError

FILMS = [
    ("w1", 2001, "abc"),
    ("w2", 2003, "ab"),
    ("w3", 2010, "ab"),
    ("w4", 2005, "cd"),
    ("w5", None, "ad"),
    ("w6", 2009, "ce"),
    ("w7", None, "ab"),
    ("w8", 2011, "a"),
]


def test_lives_of_ties_by_hand() -> None:
    table = network_of(FILMS).tie_lives(silence_years=2)
    assert table.columns == ["source", "target", "first_year", "last_year", "n_works", "n_undated", "n_years",
                             "n_gaps", "longest_gap", "censored"]  # fmt: skip
    assert table.rows() == [
        ("a", "b", 2001, 2010, 4, 1, 3, 2, 6, True),
        ("a", "c", 2001, 2001, 1, 0, 1, 0, 0, False),
        ("a", "d", None, None, 1, 1, 0, None, None, None),
        ("b", "c", 2001, 2001, 1, 0, 1, 0, 0, False),
        # Two years of silence, 2010 and 2011, are over.
        ("c", "d", 2005, 2005, 1, 0, 1, 0, 0, False),
        ("c", "e", 2009, 2009, 1, 0, 1, 0, 0, False),
    ]
    assert network_of(FILMS).tie_lives(silence_years=3)["censored"].to_list()[-1] is True


def test_the_weights_of_the_years_add_up_to_the_edge() -> None:
    network = network_of([("w1", 2001, "abc"), ("w1", 2002, "abc"), ("w2", 2002, "ab")])
    table = network.tie_years()
    assert table.filter(pl.col("target") == "b").rows() == [("a", "b", 2001, 1, 0.25), ("a", "b", 2002, 2, 1.25)]
    sums = table.group_by("source", "target").agg(pl.sum("weight")).sort("source", "target")
    assert sums["weight"].to_list() == network.edges["weight"].to_list()


def test_edges_left_out_have_no_life() -> None:
    network = network_of(FILMS, weight="count", min_weight=2)
    assert network.tie_lives().select("source", "target").rows() == [("a", "b")]
    assert network.tie_years()["year"].to_list() == [2001, 2003, 2010]


def test_survival_by_hand() -> None:
    # Observed to 2011; with two silent years known to 2009. Lives: a-b 2001 to 2003 (2010 is another life), a-c and
    # b-c in 2001 alone, c-d in 2005 alone, c-e in 2009 alone.
    table = network_of(FILMS).tie_survival(silence_years=2)
    assert table.select("years", "at_risk", "ended", "censored").rows() == [(0, 5, 4, 0), (1, 1, 0, 0), (2, 1, 1, 0)]
    assert table["survival"].to_list() == pytest.approx([1 / 5, 1 / 5, 0])
    # Greenwood: S² · d/(n(n-d)) = 1/25 · 4/5.
    assert table["std_error"].to_list() == [pytest.approx((4 / 125) ** 0.5)] * 2 + [None]
    assert table["low"].to_list()[2] is None
    low, high = table.row(0)[-2:]
    assert 0 < low < 0.2 < high < 1


def test_ties_that_still_live_are_censored_and_the_youngest_left_out() -> None:
    films = [("w1", 2000, "ab"), ("w2", 2004, "ab"), ("w3", 2000, "cd"), ("w4", 2005, "ef")]
    # Known to 2001: a-b has a joint work after four years only (three silent), so with five it lives on.
    table = network_of(films).tie_survival(silence_years=4)
    assert table.select("years", "at_risk", "ended", "censored").rows() == [(0, 2, 1, 0), (1, 1, 0, 1)]
    assert table["survival"].to_list() == [0.5, 0.5]
    # With three silent years a-b ended in 2000 and began again.
    assert network_of(films).tie_survival(silence_years=3)["ended"].to_list() == [2]


def test_repeats_by_hand() -> None:
    table = network_of(FILMS).repeats()
    # After one work: a-b 2002 to 2003 (with one), a-c and b-c 2002 to 2011, c-d 2006 to 2011, c-e 2010 to 2011.
    assert table.select("n_former", "n_pairs", "n_again", "pair_years", "repeats").rows() == [
        (1, 5, 1, 2 + 10 + 10 + 6 + 2, 1), (2, 1, 1, 7, 1), (3, 1, 0, 1, 0)
    ]  # fmt: skip
    assert table["again"].to_list() == [0.2, 1.0, 0.0]
    assert table["per_year"].to_list() == [1 / 30, 1 / 7, 0.0]
    # Wilson's interval for 0 of 1, by hand: from 0 to z²/(1 + z²).
    z = 1.959963984540054
    assert table.row(2)[-2:] == (0.0, pytest.approx(z * z / (1 + z * z)))


def test_two_works_in_a_year_are_no_repetition_in_a_later_one() -> None:
    table = network_of([("w1", 2000, "ab"), ("w2", 2000, "ab"), ("w3", 2002, "c")]).repeats()
    assert table.rows() == [
        (1, 1, 1, 1.0, 0, 0, None, None, None), (2, 1, 0, 0.0, 2, 0, 0.0, 0.0, pytest.approx(0.657620))
    ]  # fmt: skip


def test_nothing_has_no_lives() -> None:
    for network in (network_of([]), network_of([("w", None, "ab")]), network_of([("w", 2000, "a")])):
        assert network.tie_years().is_empty()
        assert network.repeats().is_empty()
        assert network.tie_lives()["first_year"].drop_nulls().is_empty()
    assert network_of([]).tie_survival().is_empty()
    assert network_of([("w", 2000, "a"), ("v", 2010, "b")]).tie_survival().is_empty()


def test_wrong_arguments_say_what_to_do() -> None:
    network = network_of(FILMS)
    with pytest.raises(AvgraphError, match="silence_years is 0"):
        network.tie_lives(silence_years=0)
    with pytest.raises(AvgraphError, match="confidence is 95"):
        network.repeats(confidence=95)
    with pytest.raises(AvgraphError, match="2001 to 2011 are too few"):
        network.tie_survival(silence_years=11)
