"""TMDb movies and series: 0 and empty are unknown, several characters, states, ids that are apart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bound_documents import mention, told

MOVIE = {
    "adult": False, "belongs_to_collection": {"id": 77, "name": "The Valley Collection", "poster_path": None},
    "budget": 0, "genres": [{"id": 18, "name": "Drama"}, {"id": 99, "name": "Documentary"}], "homepage": "", "id": 550,
    "imdb_id": "tt9000001", "origin_country": ["LU", "FR"], "original_language": "fr",
    "original_title": "La Vallée tranquille", "overview": "A valley.", "popularity": 1.5,
    "production_companies": [
        {"id": 5, "logo_path": None, "name": "Vallée Films", "origin_country": "LU"},
        {"id": 6, "logo_path": "/x.png", "name": "Nowhere Pictures", "origin_country": ""},
    ],
    "production_countries": [{"iso_3166_1": "BE", "name": "Belgium"}, {"iso_3166_1": "LU", "name": "Luxembourg"}],
    "release_date": "2019-10-16", "revenue": 1200000, "runtime": 91,
    "spoken_languages": [{"english_name": "French", "iso_639_1": "fr", "name": "Français"}],
    "status": "Released", "title": "The Quiet Valley", "vote_average": 6.5, "vote_count": 12,
    "credits": {
        "cast": [
            {"id": 31, "name": "Jo Doe", "original_name": "Jo Doë", "character": "Anna / Berta (voice)", "order": 0},
            {"id": 32, "name": "Al Roe", "original_name": "Al Roe", "character": "", "order": 1},
            {"id": 33, "name": "Cy Poe", "original_name": "Cy Poe",
             "character": "Self - Host (archive footage)", "order": 2},
            {"id": 34, "name": "Di Moe", "original_name": "Di Moe", "character": "Herself (uncredited)", "order": 3},
        ],
        "crew": [
            {"id": 31, "name": "Jo Doe", "department": "Directing", "job": "Director", "credit_id": "a"},
            {"id": 35, "name": "Ed Loe", "department": "Writing", "job": "Novel", "credit_id": "b"},
            {"id": 35, "name": "Ed Loe", "department": "Production", "job": "Executive Producer", "credit_id": "c"},
        ],
    },
    "release_dates": {"results": [
        {"iso_3166_1": "BE", "release_dates": [{"release_date": "2019-10-09T00:00:00.000Z", "type": 1, "note": "Ghent"},
                                               {"release_date": "2019-10-16T00:00:00.000Z", "type": 3}]},
        {"iso_3166_1": "DE", "release_dates": [{"release_date": "2020-02-01T00:00:00.000Z", "type": 4}]},
    ]},
    "external_ids": {"imdb_id": "tt9000001", "wikidata_id": "Q900001"},
}  # fmt: skip
SERIES = {
    "id": 550, "name": "Rust", "original_name": "Rouille", "first_air_date": "2017-09-24",
    "last_air_date": "2019-11-03",
    "original_language": "fr", "origin_country": ["BE"], "production_countries": [], "production_companies": [],
    "created_by": [{"id": 40, "credit_id": "x", "name": "Mo Zoe", "gender": 0}], "episode_run_time": [52],
    "networks": [{"id": 5, "name": "La Deux", "logo_path": "", "origin_country": "BE"}], "genres": [],
    "in_production": False,
    "number_of_episodes": 20, "number_of_seasons": 2, "status": "Ended", "type": "Scripted", "overview": "",
    "popularity": 0, "vote_average": 0.0, "vote_count": 0, "spoken_languages": [], "languages": ["fr"],
    "seasons": [
        {"id": 901, "name": "Season 1", "season_number": 1, "air_date": "2017-09-24",
         "episode_count": 10, "overview": ""},
        {"id": 902, "name": "Season 2", "season_number": 2, "air_date": None, "episode_count": 0},
    ],
    "last_episode_to_air": {"id": 950, "name": "The end", "season_number": 2, "episode_number": 10,
                            "air_date": "2019-11-03", "runtime": None, "show_id": 550},
    "aggregate_credits": {
        "cast": [{"id": 31, "name": "Jo Doe", "order": 0,
                  "roles": [{"character": "Billie", "episode_count": 20}, {"character": "Twin", "episode_count": 1}]}],
        "crew": [{"id": 41, "name": "Ty Koe", "department": "Directing",
                  "jobs": [{"job": "Director", "episode_count": 6}]}],
    },
}  # fmt: skip


@pytest.fixture
def movie(read_format: Any) -> Any:
    return read_format("tmdb-titles", MOVIE)


@pytest.fixture
def series(read_format: Any) -> Any:
    return read_format("tmdb-titles", [SERIES])


def test_the_movie(movie: Any) -> None:
    assert movie.issues == ()
    assert mention(movie, "tmdb:movie/550") == {
        "type": "Work", "subtype": "film", "name": "The Quiet Valley", "names": ["La Vallée tranquille"], "year": 2019,
        "ids": ["tmdb:movie/550", "imdb:tt9000001", "wikidata:Q900001"],
    }  # fmt: skip
    assert mention(movie, "tmdb:company/6") == {
        "type": "Organization",
        "name": "Nowhere Pictures",
        "ids": ["tmdb:company/6"],
    }
    assert mention(movie, "tmdb:person/31")["names"] == ["Jo Doë"]


def test_several_characters_voices_and_appearances(movie: Any) -> None:
    film = "tmdb:movie/550"
    assert told(movie, "Credit") == [
        (film, "tmdb:person/31", "actor", "Anna", 1),
        (film, "tmdb:person/31", "voice", "Berta", 1),
        (film, "tmdb:person/32", "actor", 2),
        (film, "tmdb:person/33", "other", "Self - Host", "archive footage", 3),
        (film, "tmdb:person/34", "self", 4),
        (film, "tmdb:person/31", "director", "Director"),
        (film, "tmdb:person/35", "other", "Novel"),
        (film, "tmdb:person/35", "executive producer", "Executive Producer"),
    ]


def test_production_country_company_country_and_market_are_three_things(movie: Any) -> None:
    film = "tmdb:movie/550"
    assert told(movie, "Participation") == [(film, "tmdb:company/5", "producer"), (film, "tmdb:company/6", "producer")]
    assert told(movie, "PlaceRelation") == [
        ("tmdb:company/5", "iso3166:LU", "located in"),
        (film, "iso3166:BE", "country of origin"),
        (film, "iso3166:LU", "country of origin"),
        (film, "iso3166:FR", "country of origin"),
    ]
    assert [f for f in told(movie, "WorkFact") if "release date" in f] == [
        (film, "release date", "2019-10-16"),
        (film, ["iso3166:BE"], "release date", "2019-10-09", "premiere"),
        (film, ["iso3166:BE"], "release date", "2019-10-16", "theatrical"),
        (film, ["iso3166:DE"], "release date", "2020-02-01", "digital"),
    ]


def test_facts_and_figures_zero_is_unknown(movie: Any) -> None:
    facts = [f[1:] for f in told(movie, "WorkFact") if "release date" not in f]
    assert facts == [
        ("runtime", "91", "minutes"), ("genre", "Drama"), ("genre", "Documentary"), ("language", "fr", "original"),
        ("language", "fr"), ("description", "A valley."),
    ]  # fmt: skip
    assert [s[1:] for s in told(movie, "Statistic")] == [
        ("revenue", 1200000.0, "USD"), ("average rating", 6.5, "TMDb users"), ("ratings", 12.0, "TMDb users"),
        ("popularity", 1.5, "TMDb users"),
    ]  # fmt: skip
    assert told(movie, "WorkRelation") == [("tmdb:movie/550", "tmdb-collection:77", "part of")]


def test_the_series(series: Any) -> None:
    assert series.issues == ()
    show = "tmdb:tv/550"
    assert told(series, "Credit") == [
        (show, "tmdb:person/40", "creator"),
        (show, "tmdb:person/31", "actor", "Billie", 1, "20 episodes"),
        (show, "tmdb:person/31", "actor", "Twin", 1, "1 episode"),
        (show, "tmdb:person/41", "director", "Director", "6 episodes"),
    ]
    assert told(series, "Broadcast") == [("tmdb-network:5", show, "airs")]
    assert told(series, "WorkRelation") == [
        ("tmdb-season:901", show, "season of", 1), ("tmdb-season:902", show, "season of", 2),
        ("tmdb-episode:950", show, "episode of", 2, 10),
    ]  # fmt: skip
    assert mention(series, "tmdb-season:902") == {
        "type": "Work", "subtype": "season", "name": "Rust: Season 2", "ids": ["tmdb-season:902"],
    }  # fmt: skip
    assert told(series, "WorkFact") == [
        (show, "broadcast date", "2017-09-24", "first"), (show, "end date", "2019-11-03"),
        ("tmdb-season:901", "broadcast date", "2017-09-24", "first"),
        ("tmdb-episode:950", "broadcast date", "2019-11-03"), (show, "runtime", "52", "minutes", "an episode"),
        (show, "language", "fr", "original"),
    ]  # fmt: skip
    assert [(s[0], *s[1:]) for s in told(series, "Statistic")] == [
        (show, "seasons", 2.0), (show, "episodes", 20.0), ("tmdb-season:901", "episodes", 10.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "company", "release"),
    [("Released", "asserted", "asserted"), ("Planned", "planned", "planned"), ("Rumored", "reported", "reported"),
     ("Post Production", "asserted", "planned"), ("", "asserted", "asserted")],
)  # fmt: skip
def test_a_planned_film_is_planned(read_format: Any, state: str, company: str, release: str) -> None:
    tables = read_format("tmdb-titles", {**MOVIE, "status": state})
    assert set(tables.claims["Participation"]["status"]) == {company}
    dates = tables.claims["WorkFact"].filter(property="release date")["status"]
    assert set(dates) == {release}


def test_lines_arrays_and_other_objects(read_format: Any) -> None:
    lines = "\n".join(json.dumps(r) for r in (MOVIE, SERIES, {"id": 1, "title": "no"})) + "\n"
    tables = read_format("tmdb-titles", lines)
    assert tables.source["n_read"] == 3
    assert {m for m in tables.mentions["ref"].to_list() if "tmdb:movie" in m or "tmdb:tv" in m} == {
        "data.json#tmdb:movie/550", "data.json#tmdb:tv/550",
    }  # fmt: skip


@pytest.mark.parametrize("key", [k for k in MOVIE if k not in ("original_title", "release_date")])
@pytest.mark.parametrize("value", [None, "x", [None, 5, [], {}]])
def test_wrong_types_raise_nothing(key: str, value: Any) -> None:
    from avgraph.sources.records import flatten
    from avgraph.sources.tmdb import title_row

    row = title_row({**MOVIE, key: value})
    assert row is not None
    assert dict(flatten(row))["subtype"] == "film"
