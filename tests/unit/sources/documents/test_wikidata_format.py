"""Wikidata entities: dump lines, the array, gzip and the API's answer give the same claims."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from bound_documents import mention, told

from avgraph.sources.wikidata import wikidata_date

Snak = dict[str, Any]


def snak(value: Any, kind: str = "value", datatype: str = "wikibase-item") -> Snak:
    if kind != "value":
        return {"snaktype": kind, "property": "P0", "datatype": datatype}
    if isinstance(value, str) and value[:1] == "Q" and value[1:].isdecimal():
        value = {"entity-type": "item", "numeric-id": int(value[1:]), "id": value}
    return {"snaktype": "value", "datatype": datatype, "datavalue": {"value": value, "type": "x"}}


def said(
    value: Any, rank: str = "normal", qualifiers: dict[str, list[Any]] | None = None, **more: Any
) -> dict[str, Any]:
    found: dict[str, Any] = {"mainsnak": snak(value, **more), "type": "statement", "rank": rank}
    if qualifiers:
        found["qualifiers"] = {p: [snak(v) for v in values] for p, values in qualifiers.items()}
    return found


def time(text: str, precision: int) -> dict[str, Any]:
    return {
        "time": f"+{text}T00:00:00Z",
        "precision": precision,
        "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
    }


def amount(number: str, unit: str = "1") -> dict[str, Any]:
    return {"amount": f"+{number}", "unit": "1" if unit == "1" else f"http://www.wikidata.org/entity/{unit}"}


def text(language: str, value: str) -> dict[str, str]:
    return {"language": language, "value": value}


FILM = {
    "type": "item", "id": "Q900001",
    "labels": {"en": text("en", "The Quiet Valley"), "fr": text("fr", "La Vallée tranquille")},
    "aliases": {"de": [text("de", "Das stille Tal"), text("de", "The Quiet Valley")]},
    "claims": {
        "P31": [said("Q11424")],
        "P57": [said("Q900010", "preferred"), said("Q900011"), said("Q900012", "deprecated")],
        "P58": [said(None, kind="somevalue"), said(None, kind="novalue")],
        "P161": [
            said("Q900013", qualifiers={"P453": ["Q900050"], "P1545": ["1"]}),
            said("Q900014", qualifiers={"P4633": ["Anna", "Anna's twin"]}),
        ],
        "P162": [said("Q900015")],
        "P272": [said("Q900020"), said("Q900021")],
        "P495": [said("Q31"), said("Q32"), said("Q900060")],
        "P577": [
            said(time("2019-00-00", 9)),
            said(time("2019-10-00", 10), qualifiers={"P291": ["Q31"]}),
            said(time("2019-10-16", 11), qualifiers={"P291": ["Q32"]}),
            said(time("2010-00-00", 8)),
        ],
        "P364": [said("Q150"), said("Q900061")],
        "P136": [said("Q130232")],
        "P2047": [said(amount("5400", "Q11574")), said(amount("91", "Q7727")), said(amount("91", "Q900062"))],
        "P750": [said("Q900022")],
        "P449": [said("Q900023")],
        "P859": [said("Q900024")],
        "P166": [said("Q900030", qualifiers={"P585": [time("2020-02-01", 11)], "P805": ["Q900031"]})],
        "P1411": [said("Q900032")],
        "P345": [said("tt9000001", datatype="external-id")],
        "P2704": [said("10.5240/0000-0000-0000-0000-0000-X", datatype="external-id")],
        "P4947": [said("550", datatype="external-id")],
        "P7142": [said("777", datatype="external-id")],
        "P2130": [said(amount("3000000", "Q4916"))],
        "P2142": [said(amount("5000000", "Q4917"))],
        "P144": [said("Q900040")],
    },
}  # fmt: skip
PERSON = {
    "type": "item", "id": "Q900010", "labels": {"mul": text("mul", "Jo Doe")}, "aliases": {},
    "claims": {
        "P31": [said("Q5")], "P27": [said("Q32")], "P19": [said("Q900070")],
        "P569": [said(time("1970-05-00", 10), qualifiers={"P1480": ["Q5727902"]})],
        "P570": [said(None, kind="novalue")],
        "P108": [said("Q900020", qualifiers={"P580": [time("2001-00-00", 9)], "P582": [time("2005-06-01", 11)]})],
        "P166": [said("Q900030", qualifiers={"P585": [time("2020-00-00", 9)], "P1686": ["Q900001"]}), said("Q900033")],
        "P345": [said("nm9000001", datatype="external-id")], "P4985": [said("31", datatype="external-id")],
    },
}  # fmt: skip
COMPANY = {
    "type": "item", "id": "Q900020", "labels": {"fr": text("fr", "Vallée Films")},
    "claims": {
        "P17": [said("Q32")], "P159": [said("Q1842")], "P571": [said(time("1999-03-02", 11))],
        "P112": [said("Q900015")], "P127": [said("Q900025")],
        "P12142": [said("10.5237/47C0-F5BB", datatype="external-id")],
    },
}  # fmt: skip
SEASON = {
    "type": "item", "id": "Q900080", "labels": {"en": text("en", "Rust, season 2")},
    "claims": {"P31": [said("Q3464665")], "P179": [said("Q900081", qualifiers={"P1545": ["2"]})]},
}  # fmt: skip
OTHER = {"type": "item", "id": "Q1", "labels": {"en": text("en", "universe")}, "claims": {"P31": [said("Q36906466")]}}
ENTITIES = [FILM, PERSON, COMPANY, SEASON, OTHER]


def dump(entities: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(e) for e in entities) + "\n]\n"


@pytest.fixture
def tables(read_format: Any) -> Any:
    return read_format("wikidata-entities", dump(ENTITIES))


def test_the_work(tables: Any) -> None:
    assert mention(tables, "wikidata:Q900001") == {
        "type": "Work", "subtype": "film", "name": "The Quiet Valley", "language": "en", "year": 2019,
        "names": ["Das stille Tal", "La Vallée tranquille"],
        "ids": ["eidr:10.5240/0000-0000-0000-0000-0000-X", "external:P7142/777", "imdb:tt9000001", "tmdb:movie/550",
                "wikidata:Q900001"],
    }  # fmt: skip
    assert told(tables, "Credit") == [
        ("wikidata:Q900001", "wikidata:Q900010", "director"),
        ("wikidata:Q900001", "wikidata:Q900011", "director"),
        ("wikidata:Q900001", "wikidata:Q900013", "actor", "Q900050", 1),
        ("wikidata:Q900001", "wikidata:Q900014", "actor", "Anna"),
        ("wikidata:Q900001", "wikidata:Q900014", "actor", "Anna's twin"),
        ("wikidata:Q900001", "wikidata:Q900015", "producer"),
    ]
    assert told(tables, "Participation") == [
        ("wikidata:Q900001", "wikidata:Q900020", "producer"), ("wikidata:Q900001", "wikidata:Q900021", "producer"),
    ]  # fmt: skip
    assert told(tables, "Distribution") == [("wikidata:Q900022", "wikidata:Q900001", "any")]
    assert told(tables, "Broadcast") == [("wikidata:Q900023", "wikidata:Q900001", "airs")]
    assert told(tables, "Statistic") == [("wikidata:Q900001", "box office", 5000000.0, "USD")]
    assert told(tables, "Support") == [("wikidata:Q900024", "wikidata:Q900001")]


def test_facts_keep_their_precision_and_their_market(tables: Any) -> None:
    facts = [fact for fact in told(tables, "WorkFact") if fact[0] == "wikidata:Q900001"]
    assert facts == [
        ("wikidata:Q900001", "release date", "2019"),
        ("wikidata:Q900001", ["wikidata:Q31"], "release date", "2019-10"),
        ("wikidata:Q900001", ["wikidata:Q32"], "release date", "2019-10-16"),
        ("wikidata:Q900001", "language", "fr"),
        ("wikidata:Q900001", "language", "Q900061"),
        ("wikidata:Q900001", "genre", "drama film"),
        ("wikidata:Q900001", "runtime", "90", "minutes"),
        ("wikidata:Q900001", "runtime", "91", "minutes"),
        ("wikidata:Q900001", "budget", "3000000", "EUR"),
    ]


def test_places_of_works_people_and_companies(tables: Any) -> None:
    assert told(tables, "PlaceRelation") == [
        ("wikidata:Q900001", "wikidata:Q31", "country of origin"),
        ("wikidata:Q900001", "wikidata:Q32", "country of origin"),
        ("wikidata:Q900001", "wikidata:Q900060", "country of origin"),
        ("wikidata:Q900010", "wikidata:Q32", "nationality"),
        ("wikidata:Q900010", "wikidata:Q900070", "born in"),
        ("wikidata:Q900020", "wikidata:Q32", "located in"),
        ("wikidata:Q900020", "wikidata:Q1842", "located in"),
    ]
    assert mention(tables, "wikidata:Q31") == {
        "type": "Place", "subtype": "country", "name": "Belgium", "ids": ["iso3166:BE", "wikidata:Q31"],
    }  # fmt: skip
    assert mention(tables, "wikidata:Q900060")["generic"] is True


def test_awards_of_works_and_people(tables: Any) -> None:
    assert told(tables, "AwardOutcome") == [
        ("wikidata:Q900030", "wikidata:Q900001", "wikidata:Q900031", 2020, "won"),
        ("wikidata:Q900032", "wikidata:Q900001", "nominated"),
        ("wikidata:Q900030", "wikidata:Q900001", ["wikidata:Q900010"], 2020, "won"),
        ("wikidata:Q900033", ["wikidata:Q900010"], "won"),
    ]


def test_people_companies_and_seasons(tables: Any) -> None:
    assert mention(tables, "wikidata:Q900010") == {
        "type": "Person", "name": "Jo Doe", "year": 1970,
        "ids": ["imdb:nm9000001", "tmdb:person/31", "wikidata:Q900010"],
    }  # fmt: skip
    assert ("wikidata:Q900010", "birth date", "1970-05~") in told(tables, "WorkFact")
    assert mention(tables, "wikidata:Q900020") == {
        "type": "Organization", "name": "Vallée Films", "language": "fr", "year": 1999,
        "ids": ["eidr:10.5237/47C0-F5BB", "wikidata:Q900020"],
    }  # fmt: skip
    assert told(tables, "Affiliation") == [
        ("wikidata:Q900010", "wikidata:Q900020", "employee"),
        ("wikidata:Q900015", "wikidata:Q900020", "founder"),
        ("wikidata:Q900025", "wikidata:Q900020", "owner"),
    ]
    period = tables.claims["Affiliation"].select("valid_from", "valid_to", "row").row(0)
    assert period == ("2001", "2005-06-01", 3)
    relations = told(tables, "WorkRelation")
    assert relations == [
        ("wikidata:Q900001", "wikidata:Q900040", "based on"),
        ("wikidata:Q900080", "wikidata:Q900081", "season of", 2),
    ]


def test_what_is_of_another_kind_is_counted(tables: Any) -> None:
    assert (tables.source["n_read"], tables.source["n_accepted"]) == (5, 5)
    assert [i.message for i in tables.issues] == ["1 of 5 records are of other kinds"]


def test_every_form_gives_the_same_claims(read_format: Any, tables: Any) -> None:
    lines = "\n".join(json.dumps(e) for e in ENTITIES) + "\n"
    api = json.dumps({"entities": {e["id"]: e for e in ENTITIES}, "success": 1}, indent=1)
    for data, name in (
        (lines, "l.json"),
        (gzip.compress(dump(ENTITIES).encode(), mtime=0), "z.json.gz"),
        (api, "a.json"),
    ):
        other = read_format("wikidata-entities", data, name)
        for kind in tables.claims:
            assert told(other, kind) == told(tables, kind), (name, kind)


def test_a_broken_line_costs_one_entity(read_format: Any) -> None:
    lines = dump(ENTITIES).split("\n")
    lines[2] = lines[2][: len(lines[2]) // 2] + ","
    tables = read_format("wikidata-entities", "\n".join(lines))
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (5, 1)
    assert [i.where for i in tables.issues if i.severity == "error"] == ["line 3"]


@pytest.mark.parametrize(
    "claims",
    [[], {"P31": None}, {"P31": [5]}, {"P31": [{}]}, {"P57": [{"mainsnak": {"datavalue": 3}}]}, {"P577": [said("x")]},
     {"P2047": [said({"amount": "many", "unit": "x"})]}, {"P345": [said("tt1")]}, {"P166": [{"mainsnak": snak("Q5"),
     "qualifiers": {"P585": "x"}}]}],
)  # fmt: skip
def test_wrong_types_raise_nothing(read_format: Any, claims: Any) -> None:
    tables = read_format("wikidata-entities", [{"id": "Q1", "labels": [], "claims": claims}, FILM])
    assert tables.source["n_read"] == 2
    assert ("wikidata:Q900001", "wikidata:Q900010", "director") in told(tables, "Credit")


@pytest.mark.parametrize(
    ("time_", "precision", "date"),
    [("2019-10-16", 11, "2019-10-16"), ("2019-10-16", 14, "2019-10-16"), ("2019-10-16", 10, "2019-10"),
     ("2019-10-16", 9, "2019"), ("2019-00-00", 11, "2019"), ("2010-00-00", 8, None), ("2019-02-30", 11, None)],
)  # fmt: skip
def test_dates(time_: str, precision: int, date: str | None) -> None:
    assert wikidata_date(time(time_, precision)) == date
    assert wikidata_date({"time": "-0050-01-01T00:00:00Z", "precision": 11}) is None


def test_long_casts_are_quoted_by_their_piece(read_format: Any) -> None:
    cast = [said(f"Q{9000000 + i}") for i in range(300)]
    film = {**FILM, "claims": {"P31": [said("Q11424")], "P161": cast, "P345": [said("tt9000001")]}}
    quotes = read_format("wikidata-entities", [film]).claims["Credit"]["quote"].to_list()
    assert len(quotes) == 300
    assert max(map(len, quotes)) < 1_000
    assert "credit.id: Q9000007 | credit.role: actor" in quotes[7]
