"""How sure brokers are, on networks where it is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import BrokerageIntervals, Network, project
from avgraph.network.brokerage import ROLES

COUNTRIES = {"a": "BE", "b": "LU", "c": "LU", "v": "FR", "x": "BE", "y": "LU", "z": "FR"}


def doubtful(works: Sequence[tuple[str, str, str, float]]) -> Network:
    """Return a network of works (name, members) of which one member's claim (the third) has some confidence."""
    rows = [
        (work, member, f"{work}-{member}", confidence if member == doubted else 1.0)
        for work, members, doubted, confidence in works
        for member in members
    ]
    nodes = pl.DataFrame({"member": list(COUNTRIES), "countries": [[code] for code in COUNTRIES.values()]})
    return project(pl.DataFrame(rows, schema=["work", "member", "claim", "confidence"], orient="row"), nodes)


def row_of(found: BrokerageIntervals, node: str) -> dict[str, object]:
    return found.table.row(by_predicate=pl.col("node") == node, named=True)


def test_a_broker_is_as_sure_as_the_claims_of_its_ties() -> None:
    # v stands between a and b as long as b's claim stands; z between x and y in any case.
    network = doubtful([("1", "va", "", 1), ("2", "vb", "b", 0.3), ("3", "zx", "", 1), ("4", "zy", "", 1)])
    found = network.brokerage_intervals(n=400, between=("BE", "LU"), of="claims", top=1, level=0.9)
    v, z = row_of(found, "v"), row_of(found, "z")
    assert (v["triads"], v["low"], v["median"], v["high"]) == (1, 0, 0.0, 1)
    assert (z["triads"], z["low"], z["median"], z["high"]) == (1, 1, 1.0, 1)
    # Equal numbers share the better rank.
    assert (v["rank"], v["rank_low"], v["rank_median"], v["rank_high"]) == (1, 1, 2.0, 2)
    assert (z["rank"], z["rank_low"], z["rank_median"], z["rank_high"]) == (1, 1, 1.0, 1)
    assert v["share_top"] == pytest.approx(0.3, abs=0.07)  # three standard errors
    assert z["share_top"] == 1.0
    assert found.table["low"].dtype == found.table["rank_low"].dtype == pl.Int64


def test_a_tie_that_may_be_gone_makes_brokers() -> None:
    # While a is in the third work it has ties to b and c; without them v stands twice between it and these, z once.
    works = [("1", "va", "", 1), ("2", "vbc", "", 1), ("3", "abc", "a", 0.5), ("4", "zx", "", 1), ("5", "zy", "", 1)]
    network = doubtful([(name, members, doubted, float(sure)) for name, members, doubted, sure in works])
    between = network.brokerage_intervals(n=60, between=("BE", "LU"), of="claims")
    assert between.table["node"].to_list() == ["z"]
    z = row_of(between, "z")
    assert (z["rank"], z["rank_low"], z["rank_high"]) == (1, 1, 2)
    by = network.brokerage_intervals(n=60, of="claims")
    v = row_of(by, "v")
    assert [v[name] for name in ("triads", "low", "high", "consultant", "consultant_high")] == [0, 0, 2, 0, 0]
    assert [v[name] for name in ("liaison", "liaison_low", "liaison_high", "rank", "rank_low")] == [0, 0, 2, 2, 1]


def test_the_table_is_that_of_the_brokers_and_their_intervals() -> None:
    network = doubtful([("1", "va", "", 1), ("2", "vb", "b", 0.3), ("3", "zx", "", 1), ("4", "zy", "y", 0.5)])
    intervals = ["median", "low", "high", "rank", "rank_median", "rank_low", "rank_high", "share_top"]
    by, between = network.brokerage_intervals(n=4), network.brokerage_intervals(n=4, between=("BE", "LU"))
    roles = [f"{role}_{name}" for role in ROLES for name in ("median", "low", "high")]
    assert by.table.drop(intervals, roles).equals(network.brokerage())
    assert between.table.drop(intervals).equals(network.brokerage(between=("BE", "LU")))
    assert by.table.columns[3 : 4 + len(intervals)] == ["triads", *intervals]
    assert between.table.columns[4 : 5 + len(intervals)] == ["triads", *intervals]
    assert str(between) == (
        "open triads between BE and LU in 4 resamples (works drawn with replacement and 2 doubted claims kept by their "
        "confidence; seed 7), intervals at 95%"
    )
    assert repr(by).startswith("<BrokerageIntervals: open triads in 4 resamples (")
    assert "rank between" in by._repr_html_()
    assert "<td>FR</td>" in between._repr_html_()


def test_a_seed_gives_the_same_intervals_again() -> None:
    network = doubtful([("1", "va", "a", 0.6), ("2", "vb", "b", 0.4), ("3", "vc", "", 1), ("4", "xyz", "y", 0.5)])
    found = network.brokerage_intervals(n=9, seed=3)
    assert found.table.equals(network.brokerage_intervals(n=9, seed=3).table)
    assert not found.table.equals(network.brokerage_intervals(n=9, seed=4).table)


def test_groups_may_be_given_and_nobody_may_be_there() -> None:
    network = doubtful([("1", "va", "", 1), ("2", "vb", "", 1)])
    found = network.brokerage_intervals({"v": 1, "a": 2, "b": 2}, 3, of="claims")
    assert row_of(found, "v")["consultant_low"] == 1
    assert project(network.memberships.clear()).brokerage_intervals(n=3).table.is_empty()
    nobody = network.brokerage_intervals({"v": "x", "a": "y"}, 3, between=("x", "y"))
    assert nobody.table.is_empty()
    assert nobody.table.schema["low"] == pl.Int64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "contry"}, "no column 'contry'"),
        ({"between": ("BE", "BE")}, "both groups are 'BE'"),
        ({"between": ("BE", "ES")}, "no member is of the group 'ES'"),
        ({"of": "claim"}, "did you mean 'claims'"),
        ({"n": 0}, "n is 0"),
        ({"level": 1.0}, "the level is 1.0"),
    ],
)
def test_mistakes_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(AvgraphError, match=message):
        doubtful([("1", "va", "", 1), ("2", "vb", "", 1)]).brokerage_intervals(**arguments)  # type: ignore[arg-type]
