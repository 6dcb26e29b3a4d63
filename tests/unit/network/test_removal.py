from __future__ import annotations

import polars as pl
import pytest

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network import Removal, project

ROWS = pl.DataFrame(
    [
        ("w1", "fund", "funder", 2000),
        ("w1", "a", "producer", 2000),
        ("w1", "b", "producer", 2000),
        ("w2", "fund", "funder", 2004),
        ("w2", "b", "producer", 2004),
        ("w2", "c", "producer", 2004),
        ("w3", "a", "producer", 2002),
        ("w3", "d", "broadcaster", 2002),
    ],
    schema=["work", "member", "role", "year"],
    orient="row",
)
NODES = pl.DataFrame({"member": ["fund", "a"], "label": ["The Fund", "Alpha"]})
NETWORK = project(ROWS, NODES, works={"w1": "One", "w2": "Two", "w3": "Three"}, name="Example")


def figures(removal: Removal) -> dict[str, tuple[float | None, float | None, float | None]]:
    return {name: (before, after, change) for name, before, after, change in removal.table.iter_rows()}


def test_a_fund_that_never_was() -> None:
    found = NETWORK.without("The Fund")
    # Before: fund-a, fund-b, a-b, fund-c, b-c, a-d; after: a-b, b-c, a-d, each a work of two.
    assert found.after.edges.select("source", "target", "weight").rows() == [
        ("a", "b", 1.0), ("a", "d", 1.0), ("b", "c", 1.0)
    ]  # fmt: skip
    table = figures(found)
    assert table["nodes"] == (5, 4, -1)
    assert table["edges"] == (6, 3, -3)
    assert table["works"] == (3, 3, 0)
    # Works of three add 1.5, works of two 1.
    assert table["total_weight"] == (pytest.approx(4.0), pytest.approx(3.0), pytest.approx(-1.0))
    assert table["diameter"] == (3, 3, 0)
    assert table["transitivity"] == (pytest.approx(6 / 10), 0, pytest.approx(-0.6))
    assert table["assortativity_country"] == (None, None, None)
    assert found.lost_members.is_empty()
    assert found.lost_ties.is_empty()
    assert found.after.nodes["label"][0] == "Alpha"
    assert "before and after" in found._repr_html_()


def test_a_fund_that_takes_its_films_along() -> None:
    found = NETWORK.without("fund", with_works=True)
    assert found.after.edges.select("source", "target").rows() == [("a", "d")]
    assert found.lost_members.rows() == [("b", "b"), ("c", "c")]
    assert found.lost_ties.select("source", "target").rows() == [("a", "b"), ("b", "c")]
    assert figures(found)["works"] == (3, 1, -2)
    assert "2 other members and 2 ties of others lost" in repr(found)


def test_works_and_roles_may_go_as_well() -> None:
    assert NETWORK.without(works="Three").after.nodes["node"].to_list() == ["a", "b", "c", "fund"]
    assert NETWORK.without(works=["w1", "w2"]).after.edges.height == 1
    assert NETWORK.without(roles="funder").after.edges.equals(NETWORK.without("fund").after.edges)
    # Who has no role stays.
    rows = ROWS.with_columns(pl.when(pl.col("member") != "a").then("role"))
    assert "a" in project(rows).without(roles=["funder"]).after.nodes["node"]
    both = NETWORK.without(["fund", "d"], works="Two")
    assert both.after.nodes["node"].to_list() == ["a", "b"]


def test_ages_count_from_the_same_year() -> None:
    network = project(ROWS, half_life=2, weight="count")
    found = network.without("c", works="w2")
    weights = {(s, t): w for s, t, w in found.after.edges.select("source", "target", "weight").iter_rows()}
    # 2000 lies two half-lives before 2004, although no work of 2004 is left.
    assert weights["a", "b"] == pytest.approx(0.25)
    assert found.after.settings == network.settings


def test_windows_and_names_stay() -> None:
    network = project(ROWS, years=(2000, 2002), name="Example")
    found = network.without("d")
    assert (found.after.settings, found.after.name) == (network.settings, "Example")
    assert figures(found)["works"] == (2, 2, 0)


def test_all_may_go() -> None:
    found = NETWORK.without(NETWORK.nodes["node"].to_list())
    assert figures(found)["nodes"] == (5, 0, -5)
    assert figures(found)["density"] == (pytest.approx(0.6), None, None)


def test_what_is_not_there_cannot_go() -> None:
    with pytest.raises(AvgraphError, match="nothing is to be taken out"):
        NETWORK.without()
    with pytest.raises(NotFoundError, match="did you mean 'The Fund'"):
        NETWORK.without("The Found")
    with pytest.raises(NotFoundError, match=r"no work 'Thre'.*did you mean 'Three'"):
        NETWORK.without(works="Thre")
    with pytest.raises(NotFoundError, match=r"nobody has the role 'founder'.*did you mean 'funder'"):
        NETWORK.without(roles="founder")
    twice = project(ROWS, works={"w1": "Same", "w2": "Same"})
    with pytest.raises(NotFoundError, match="2 works are called 'Same'"):
        twice.without(works="Same")
