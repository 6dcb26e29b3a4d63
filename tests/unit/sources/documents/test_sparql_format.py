"""SPARQL 1.1 JSON results: the usual variables become claims, any others columns for a mapping."""

from __future__ import annotations

import json
from typing import Any

from bound_documents import mention, told


def uri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value if "://" in value else f"http://www.wikidata.org/entity/{value}"}


def literal(value: str, language: str | None = None) -> dict[str, str]:
    return {"type": "literal", "value": value, **({"xml:lang": language} if language else {})}


def results(*bindings: dict[str, Any]) -> str:
    names = list(dict.fromkeys(name for b in bindings for name in b))
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}, indent=2)


FILM = {"film": uri("Q900001"), "filmLabel": literal("The Quiet Valley", "en")}
BINDINGS = (
    {**FILM, "director": uri("Q900010"), "directorLabel": literal("Jo Doe", "en"), "country": uri("Q31"),
     "countryLabel": literal("Belgium", "en"), "release_date": {"type": "literal", "value": "2019-10-16T00:00:00Z",
     "datatype": "http://www.w3.org/2001/XMLSchema#dateTime"}, "imdbID": literal("tt9000001")},
    {**FILM, "director": uri("Q900010"), "directorLabel": literal("Jo Doe", "en"), "country": uri("Q32"),
     "award": uri("http://www.wikidata.org/.well-known/genid/abc"), "productionCompanyLabel": literal("Vallée Films")},
    {"film": uri("Q900002"), "filmLabel": literal("Q900002"), "director": {"type": "bnode", "value": "b0"},
     "award": uri("Q900030"), "awardLabel": literal("Prize of the Valley"), "awardYear": literal("2020")},
    {"film": uri("http://example.org/film/7"), "filmLabel": literal("Rust")},
)  # fmt: skip


def test_the_usual_variables(read_format: Any) -> None:
    data = results(*BINDINGS)
    tables = read_format("sparql-works", data)
    assert tables.issues == ()
    work = "wikidata:Q900001"
    assert mention(tables, work) == {
        "type": "Work", "name": "The Quiet Valley", "year": 2019, "ids": ["imdb:tt9000001", "wikidata:Q900001"],
    }  # fmt: skip
    assert mention(tables, "wikidata:Q900002")["generic"] is True
    assert mention(tables, "iri:http://example.org/film/7")["name"] == "Rust"
    assert told(tables, "Credit") == [(work, "wikidata:Q900010", "director")]
    assert told(tables, "Participation") == [(work, "Organization/vallee films/", "producer")]
    assert told(tables, "PlaceRelation") == [
        (work, "iso3166:BE", "country of origin"), (work, "iso3166:LU", "country of origin"),
    ]  # fmt: skip
    assert told(tables, "AwardOutcome") == [("wikidata:Q900030", "wikidata:Q900002", 2020, "won")]
    assert told(tables, "WorkFact") == [(work, "release date", "2019-10-16")]
    assert (
        tables.claims["PlaceRelation"]["row"].to_list()
        == [n for n, x in enumerate(data.split("\n"), 1) if x == "      {"][:2]
    )


def test_other_variables_need_a_mapping(read: Any, read_format: Any) -> None:
    data = results({"x": uri("Q5"), "xLabel": literal("Ann", "en"), "n": literal("1980")})
    tables = read_format("sparql-works", data)
    assert tables.issues[0].message == "1 of 1 records are of other kinds"
    mapping = """
[table]
records = "results.bindings"
shape = "sparql"
[entity.p]
type = "Person"
name = "{xLabel}"
language = "{xLabel@lang}"
year = "{n}"
ids.wikidata = "{x}"
"""
    tables = read(data, mapping, "data.json")
    assert mention(tables, "wikidata:Q5") == {
        "type": "Person", "name": "Ann", "language": "en", "year": 1980, "ids": ["wikidata:Q5"],
    }  # fmt: skip


def test_no_results_and_broken_ones(read_format: Any) -> None:
    assert read_format("sparql-works", results()).source["n_read"] == 0
    data = results(*BINDINGS)
    tables = read_format("sparql-works", data[: data.index("Q900002")])
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (3, 1)
    tables = read_format(
        "sparql-works", '{"head": {}, "results": {"bindings": [{"film": "Q1"}, {"film": {"value": 5}}, 3]}}'
    )
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (3, 1)
