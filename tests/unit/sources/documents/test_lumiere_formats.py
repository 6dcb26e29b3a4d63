"""LUMIERE PRO: films of a search, one film with its links, admissions by market and year."""

from __future__ import annotations

from typing import Any

from bound_documents import mention, told

SEARCH = [
    {"id": 70001, "imdb_id": "tt9000001", "original_title": "La Vallée tranquille",
     "matching_title": "The Quiet Valley",
     "prod_year": 2019, "production_countries": "LU, BE, GB", "directors": "Jo Doe, Al Roe", "relevance": 12.5,
     "total_admissions_obs": 123456},
    {"id": 70002, "imdb_id": "", "original_title": "Rust", "matching_title": None, "prod_year": 0,
     "production_countries": "", "directors": "", "relevance": 3, "total_admissions_obs": 0},
    {"id": 70003, "imdb_id": None, "original_title": "Hot", "prod_year": 2001, "production_countries": "Atlantis",
     "directors": "Di Moe"},
]  # fmt: skip


def test_a_search(read_format: Any) -> None:
    tables = read_format("lumiere-movies", SEARCH)
    film = "lumiere:70001"
    assert mention(tables, film) == {
        "type": "Work", "subtype": "film", "name": "La Vallée tranquille", "names": ["The Quiet Valley"], "year": 2019,
        "ids": ["lumiere:70001", "imdb:tt9000001"], "countries": ["LU", "BE", "GB"],
    }  # fmt: skip
    assert told(tables, "Credit") == [(film, "Person/jo doe/", "director"), (film, "Person/al roe/", "director")]
    assert told(tables, "PlaceRelation") == [
        (film, "iso3166:LU", "country of origin", 1), (film, "iso3166:BE", "country of origin", 2),
        (film, "iso3166:GB", "country of origin", 3),
    ]  # fmt: skip
    assert tables.claims["PlaceRelation"]["standing"].null_count() == 3
    assert told(tables, "WorkFact") == [(film, "production year", "2019")]
    assert told(tables, "Statistic") == [(film, "admissions", 123456.0, "admissions", "all markets of the observatory")]
    assert mention(tables, "lumiere:70002") == {
        "type": "Work",
        "subtype": "film",
        "name": "Rust",
        "ids": ["lumiere:70002"],
    }
    (issue,) = tables.issues
    assert issue.message.startswith("column 'production_countries': 'Atlantis' is not a list of countries")


def test_one_film_with_links(read_format: Any) -> None:
    links = [
        {"name": "IMDb ID", "id": "tt9000001", "url": "https://www.imdb.com/title/tt9000001"},
        {"name": "ISAN", "id": "0000-0001-2345-0000-A", "url": ""},
        {"name": "EIDR", "id": "10.5240/0000-0000-0000-0000-0000-X", "url": ""},
        {"name": "Wikidata", "id": "Q900001", "url": "https://www.wikidata.org/wiki/Q900001"},
        {"name": "CNC (FR)", "id": "V123", "url": ""},
    ]
    film = {"id": 70001, "original_title": "La Vallée tranquille", "prod_year": 2019, "production_countries": "LU",
            "directors": "Jo Doe", "links": links}  # fmt: skip
    ids = mention(read_format("lumiere-movies", film), "lumiere:70001")["ids"]
    assert ids == [
        "eidr:10.5240/0000-0000-0000-0000-0000-X", "imdb:tt9000001", "isan:0000-0001-2345-0000-A",
        "lumiere-link:CNC (FR)/V123",
        "lumiere-link:EIDR/10.5240/0000-0000-0000-0000-0000-X", "lumiere-link:IMDb ID/tt9000001",
        "lumiere-link:ISAN/0000-0001-2345-0000-A", "lumiere-link:Wikidata/Q900001", "lumiere:70001", "wikidata:Q900001",
    ]  # fmt: skip


def test_admissions_belong_to_the_film_of_the_file(read_format: Any) -> None:
    data = [{"country": "UK", "year": 2019, "admissions": 5000}, {"country": "LU", "year": 2020, "admissions": None}]
    tables = read_format("lumiere-admissions", data, "admissions-70001.json")
    assert told(tables, "Statistic") == [("lumiere:70001", "admissions", 5000.0, "admissions", "2019", "GB")]
    tables = read_format("lumiere-admissions", [{**data[0], "work_id": 9}], "x1.json")
    assert told(tables, "Statistic")[0][0] == "lumiere:9"
