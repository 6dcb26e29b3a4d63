"""Rules that compare columns: each contradiction beside what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest
from tiny import TinyGraph
from told import rules, told

from graph_parts import comparison

A, B, C = "records/a.csv", "records/b.csv", "articles/c.txt"


def graph(*claims: tuple[str, str, dict[str, Any]]) -> TinyGraph:
    """Return a graph with claims of (source, kind, columns)."""
    g = TinyGraph()
    for code, name in (("be", "Belgium"), ("lu", "Luxembourg"), ("fr", "France")):
        g.entity(code, "Place", name, subtype="country", countries=[code.upper()])
    g.entity("liege", "Place", "Liège", countries=["BE"])
    g.entity("metz", "Place", "Metz", countries=["FR"])
    g.entity("film", "Work", "Film", subtype="film")
    g.entity("season", "Work", "Series, season 2", subtype="season")
    for key, name in (("ann", "Ann Abel"), ("anna", "Anna Abel"), ("bob", "Bob Braun"), ("cem", "Cem Can")):
        g.entity(key, "Person", name)
    for key in ("fund", "firm", "rtbf", "vtm"):
        g.entity(key, "Organization", key.upper())
    for source, kind, columns in claims:
        g.source(source, "article" if source.startswith("articles") else "record")
        iris = {k: _iri(v) if k in _ROLES else v for k, v in columns.items()}
        g.parts[source].claim(kind, quote="q", **iris)
    return g


_ROLES = ("work", "agent", "entity", "place", "organization", "funder", "broadcaster", "territories")


def _iri(value: Any) -> Any:
    return [_iri(v) for v in value] if isinstance(value, list) else f"https://example.org/id/{value}"


def fact(source: str, property_: str, value: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return source, "WorkFact", {"work": "film", "property": property_, "value": value, **more}


def grant(source: str, amount: float, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return source, "Support", {"work": "film", "funder": "fund", "amount": amount, "currency": "EUR", **more}


def origin(source: str, place: str) -> tuple[str, str, dict[str, Any]]:
    return source, "PlaceRelation", {"entity": "film", "place": place, "relation": "country of origin"}


def directed(source: str, agent: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return source, "Credit", {"work": "film", "agent": agent, "role": "director", **more}


def aired(source: str, broadcaster: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return source, "Broadcast", {"work": "season", "broadcaster": broadcaster, "role": "airs", **more}


@pytest.mark.parametrize(
    ("rule", "claims"),
    [
        ("release-date", [fact(A, "release date", "2014"), fact(B, "release date", "2015-03")]),
        ("release-date", [fact(A, "release date", "2014", territories=["be"]),
                          fact(B, "release date", "2015", territories=["be"])]),
        ("release-date", [fact(A, "release date", "2014-02-01"), fact(A, "release date", "2014-03-01")]),
        ("production-year", [fact(A, "production year", "2014"), fact(C, "production year", "2016~")]),
        ("runtime", [fact(A, "runtime", "90"), fact(B, "runtime", "104")]),
        ("budget", [fact(A, "budget", "4000000", unit="EUR"), fact(B, "budget", "5200000", unit="EUR")]),
        ("grant-amount", [grant(A, 100_000.0), grant(B, 120_000.0)]),
        ("grant-amount", [grant(A, 100_000.0, date="2014-03-02"), grant(C, 150_000.0, date="2014")]),
        ("birthplace", [(A, "PlaceRelation", {"entity": "ann", "place": "liege", "relation": "born in"}),
                        (B, "PlaceRelation", {"entity": "ann", "place": "metz", "relation": "born in"})]),
        ("founding-date", [
            (A, "Affiliation", {"agent": "ann", "organization": "firm", "role": "founder", "valid_from": "1990"}),
            (B, "Affiliation", {"agent": "ann", "organization": "firm", "role": "founder", "valid_from": "1993"})]),
        ("network", [aired(A, "rtbf", territories=["be"]), aired(C, "vtm", territories=["be"])]),
        ("director", [directed(A, "ann"), directed(B, "bob")]),
        ("countries", [origin(A, "be"), origin(A, "lu"), origin(B, "be")]),
        ("countries", [origin(A, "be"), origin(C, "lu")]),
        ("fiction-or-documentary", [fact(A, "genre", "Fiction film"), fact(B, "genre", "Documentary, poetic mode")]),
    ],
)  # fmt: skip
def test_a_contradiction_is_found(rule: str, claims: list[Any]) -> None:
    assert rules(graph(*claims)) == [rule]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param([fact(A, "release date", "2014"), fact(B, "release date", "2014-03-01")], id="precision"),
        pytest.param([fact(A, "release date", "2014~"), fact(B, "release date", "2015")], id="about"),
        pytest.param([fact(A, "release date", "2014", territories=["be"]),
                      fact(B, "release date", "2015", territories=["lu"])], id="territory"),
        pytest.param([fact(A, "release date", "2014", scope="season 1"),
                      fact(B, "release date", "2015", scope="season 2")], id="scope"),
        pytest.param([fact(A, "release date", "2014"), fact(B, "release date", "2015", status="planned")], id="plan"),
        pytest.param([fact(A, "release date", "2014"), fact(B, "production year", "2013")], id="property"),
        pytest.param([fact(A, "runtime", "90"), fact(B, "runtime", "90.6")], id="a minute"),
        pytest.param([fact(A, "budget", "4000000", unit="EUR"), fact(B, "budget", "4500000", unit="USD")], id="money"),
        pytest.param([fact(A, "budget", "2600000", unit="EUR"), fact(B, "budget", "2608660", unit="EUR")], id="round"),
        pytest.param([grant(A, 100_000.0, date="2014"), grant(B, 150_000.0, date="2016")], id="two sessions"),
        pytest.param([grant(A, 100_000.0, stage="writing"), grant(B, 900_000.0, stage="production")], id="two stages"),
        pytest.param([grant(A, 100_000.0), grant(A, 150_000.0), grant(B, 120_000.0)], id="several grants"),
        pytest.param([(A, "PlaceRelation", {"entity": "ann", "place": "liege", "relation": "born in"}),
                      (B, "PlaceRelation", {"entity": "ann", "place": "be", "relation": "born in"})], id="town"),
        pytest.param([aired(A, "rtbf", territories=["be"]), aired(C, "vtm", territories=["fr"])], id="elsewhere"),
        pytest.param([aired(A, "rtbf", date="2017-09"), aired(C, "vtm", date="2019")], id="rerun"),
        pytest.param([directed(A, "ann"), directed(A, "bob"), directed(C, "ann")], id="some of them"),
        pytest.param([directed(A, "ann"), directed(A, "bob"), directed(B, "ann"), directed(C, "bob")], id="parts"),
        pytest.param([directed(A, "ann"), directed(B, "anna")], id="spelling"),
        pytest.param([directed(A, "ann", scope="season 1"), directed(B, "bob", scope="season 2")], id="other season"),
        pytest.param([origin(A, "be"), origin(A, "lu"), origin(C, "be")], id="an article may name some"),
        pytest.param([origin(C, "be"), origin("articles/d.txt", "lu")], id="two partial lists"),
        pytest.param([fact(A, "genre", "Fiction film"), fact(B, "genre", "Mockumentary")], id="no group"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_contradiction(claims: list[Any]) -> None:
    assert rules(graph(*claims)) == []


def test_a_vague_value_that_fits_two_versions_speaks_for_none() -> None:
    dates = ((A, "2014-02-01"), (B, "2014-03-01"), (C, "2014"))
    g = graph(*(fact(source, "release date", date) for source, date in dates))
    assert told(g, "release-date") == [(None, ["2014-02-01", "2014-03-01"])]


def test_sources_of_one_version_make_one_side() -> None:
    g = graph(fact(A, "runtime", "90"), fact(C, "runtime", "90.0"), fact(B, "runtime", "120"))
    assert told(g, "runtime", (A,)) == [("precedence", ["*90", "120"])]


def test_the_year_of_a_company_is_that_of_its_foundation() -> None:
    for year, expected in ((1993, [("precedence", ["*1990-05", "1993"])]), (1990, [])):
        founder = {"agent": "ann", "organization": "firm", "role": "founder", "valid_from": "1990-05"}
        g = graph((A, "Affiliation", founder), origin(B, "be"))
        firm = g.parts[B].mention("m", "Organization", "Firm", year=year, row=2)
        g.mentioned[firm] = _iri("firm")
        assert told(g, "founding-date", (A,)) == expected


def test_what_is_compared_is_told() -> None:
    g = graph(grant(A, 100_000.0), grant(C, 120_000.0))
    (row,) = comparison(g.dataset((A,))).conflicts.to_dicts()
    assert row["property"] == "amount of a grant (FUND)"
    assert row["explanation"] == (
        "The amount of a grant (FUND) of Film: 100000 EUR (records/a.csv); 120000 EUR (articles/c.txt). "
        "Preferred: records/a.csv, which the workspace's precedence puts first."
    )
    assert row["settled_by"] == "The funder's own list of decisions for that session."
