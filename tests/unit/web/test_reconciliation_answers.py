"""What the reconciliation service finds, and what moves a score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from avgraph.knowledge import open_graph
from avgraph.matching.nameindex import INDEX_SCHEMA
from avgraph.web.reconciliation.looking import entities_of_snapshot, entities_of_store
from avgraph.web.worker import Served
from reconcilable import BASE, Asking

HUBLOT = BASE + "work/mr-hublot-tt3043542"


def best(found: list[dict[str, Any]]) -> tuple[str, bool]:
    """Return the name of the first candidate, and whether it is a match."""
    return (found[0]["name"], found[0]["match"]) if found else ("", False)


def weights(candidate: dict[str, Any]) -> dict[str, float]:
    return {feature["id"]: feature["value"] for feature in candidate["features"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mr Hublot", "Mr. Hublot"),
        ("UNITE 42", "Unité 42"),
        ("Unit 42", "Unité 42"),
        ("Witz, Laurent", "Laurent Witz"),
        ("Fonds national de soutien à la production audiovisuelle", "Film Fund Luxembourg"),
        ("Unité 42 saison 2", "Unité 42, season 2"),
        ("imdb:tt3043542", "Mr. Hublot"),
        (HUBLOT, "Mr. Hublot"),
    ],
)
def test_a_name_written_otherwise_is_matched(asking: Asking, text: str, name: str) -> None:
    assert best(asking.found(text)) == (name, True)


def test_what_nobody_has_is_not_found(asking: Asking) -> None:
    assert asking.found("A Film That Nobody Made") == []
    assert asking.found("") == []
    assert asking.found("x" * 100_000) == []


def test_two_of_one_name_are_candidates_and_no_match(asking: Asking) -> None:
    found = asking.found("Pinocchio", type="film")
    assert [f["name"] for f in found] == ["Pinocchio", "Pinocchio"]
    assert not any(f["match"] for f in found)
    assert len(asking.found("Pinocchio", limit=1)) == 1


@pytest.mark.parametrize(
    ("pid", "value", "iri"),
    [
        ("year", 2019, "pinocchio-tt8333746"),
        ("year", "2022-12-09", "pinocchio-tt1488589"),
        ("datePublished", "2022-12-09", "pinocchio-tt1488589"),
        ("director", "Guillermo del Toro", "pinocchio-tt1488589"),
        ("director", "Del Toro, Guillermo", "pinocchio-tt1488589"),
        ("imdb", "tt1488589", "pinocchio-tt1488589"),
        ("imdb", "https://www.imdb.com/title/tt8333746/", "pinocchio-tt8333746"),
        ("country", "Italy", "pinocchio-tt8333746"),
    ],
)
def test_a_property_tells_two_of_one_name_apart(asking: Asking, pid: str, value: Any, iri: str) -> None:
    found = asking.found("Pinocchio", type="Work", properties=[{"pid": pid, "v": value}])
    assert found[0]["id"] == f"{BASE}work/{iri}"
    assert found[0]["match"]
    assert not any(f["match"] for f in found[1:])


def test_a_value_that_was_reconciled_is_that_entity(asking: Asking) -> None:
    (director,) = asking.found("Matteo Garrone", type="Person")
    value = {"id": director["id"], "name": "whatever"}
    found = asking.found("Pinocchio", properties=[{"pid": "director", "v": value}])
    assert found[0]["id"] == BASE + "work/pinocchio-tt8333746"
    assert weights(found[0])["director"] > 0
    (luxembourg,) = asking.found("Luxembourg", type="Place")
    by_country = asking.found("Tarantula", properties=[{"pid": "country", "v": {"id": luxembourg["id"]}}])
    assert by_country[0]["name"] == "Tarantula Luxembourg"


def test_the_parts_of_a_score_are_told(asking: Asking) -> None:
    (bare,) = asking.found("Mr. Hublot")
    properties = [{"pid": "director", "v": "Alexandre Espigares"}, {"pid": "year", "v": 2013},
                  {"pid": "country", "v": ["LU", "Belgium"]}]  # fmt: skip
    (full,) = asking.found("Mr. Hublot", properties=properties)
    assert set(weights(bare)) == {"name"}
    assert set(weights(full)) == {"name", "year", "director", "country"}
    assert 90 < bare["score"] < full["score"] < 100


@pytest.mark.parametrize(
    ("pid", "value"), [("director", "Steven Spielberg"), ("Year", 1999), ("country", "JP"), ("kind", "series")]
)
def test_what_speaks_against_it_lowers_a_score(asking: Asking, pid: str, value: Any) -> None:
    (bare,) = asking.found("Mr. Hublot", type="Work")
    (found,) = asking.found("Mr. Hublot", type="Work", properties=[{"pid": pid, "v": value}])
    assert found["score"] < bare["score"]
    assert not found["match"]


def test_another_id_is_another_work(asking: Asking) -> None:
    assert asking.found("Mr. Hublot", properties=[{"pid": "imdb", "v": "tt0000001"}]) == []


def test_an_id_decides_and_what_is_no_id_is_left_out(asking: Asking) -> None:
    (found,) = asking.found("", properties=[{"pid": "imdb", "v": "tt3043542"}])
    assert (found["name"], found["score"], found["match"]) == ("Mr. Hublot", 100, True)
    assert best(asking.found("Mr. Hublot", properties=[{"pid": "imdb", "v": "unknown"}])) == ("Mr. Hublot", True)


def test_people_are_told_by_their_works(asking: Asking) -> None:
    (bare,) = asking.found("L. Witz", type="Person")
    (found,) = asking.found("L. Witz", type="Person", properties=[{"pid": "work", "v": "Mr Hublot"}])
    assert not bare["match"]
    assert found["match"]
    assert weights(found)["works"] > 0


def test_a_company_is_told_by_its_works_and_its_country(asking: Asking) -> None:
    by_country = asking.found("Tarantula", properties=[{"pid": "country", "v": "Belgium"}])
    assert by_country[0]["name"] == "Tarantula Belgium"
    by_work = asking.found("Tarantula", type="Organization", properties=[{"pid": "work", "v": "Two of Us"}])
    assert by_work[0]["name"] == "Tarantula Luxembourg"
    assert weights(by_work[0])["works"] > 0


def test_a_season_is_found_by_its_series_and_number(asking: Asking) -> None:
    found = asking.found("Season 2", type="season", properties=[{"pid": "partOfSeries", "v": "Unit 42"}])
    assert best(found) == ("Unité 42, season 2", True)


def test_another_title_of_the_director_in_that_year_is_offered_and_never_a_match(asking: Asking) -> None:
    properties = [{"pid": "director", "v": "Filippo Meneghetti"}, {"pid": "year", "v": 2019}]
    found = asking.found("Nous deux toujours", type="film", properties=properties)
    assert best(found) == ("Deux", False)
    assert found[0]["score"] == 89


def test_one_query_does_not_change_what_another_finds(asking: Asking) -> None:
    queries = {
        "a": {"query": "Pinocchio", "type": "film"},
        "b": {"query": "Mr Hublot", "properties": [{"pid": "director", "v": "Laurent Witz"}]},
        "c": {"query": "Tarantula", "properties": [{"pid": "work", "v": "Deux"}]},
        "d": {"query": "Laurent Witz", "properties": [{"pid": "work", "v": "Mr Hublot"}]},
    }
    together = asking.queries(**queries)
    assert list(together) == list(queries)
    assert together == {key: asking.queries(**{key: query})[key] for key, query in queries.items()}


def test_only_the_types_asked_for_are_found(asking: Asking) -> None:
    assert asking.found("Laurent Witz", type="Work") == []
    assert [t["id"] for t in asking.found("Unité 42", type="series")[0]["type"]] == ["series", "Work"]
    as_film = {"type": "film", "type_strict": "should"}
    assert asking.found("Unité 42", **as_film)[0]["score"] < asking.found("Unité 42", type="series")[0]["score"]
    assert asking.found("Unité 42", type="film", type_strict="any") == []
    assert asking.found("Mr. Hublot", type=["film", "Person"], type_strict="all") == []
    (both,) = asking.found("Mr. Hublot", type=["film", "Work"], type_strict="all")
    assert both["match"]
    several = asking.found("Unité 42", type=["film", "Work"])
    assert [f["name"] for f in several] == ["Unité 42", "Unité 42, season 1", "Unité 42, season 2"]


def test_values_of_properties_are_given(asking: Asking) -> None:
    answer = asking.extend(
        [HUBLOT, "https://example.org/nobody"], "year", "country", "imdb", "subtype", "name", "director",
        {"id": "director", "settings": {"limit": "1"}},
    )  # fmt: skip
    row, empty = answer["rows"][HUBLOT], answer["rows"]["https://example.org/nobody"]
    assert row["year"] == [{"int": 2013}]
    assert row["country"] == [{"str": "FR"}, {"str": "LU"}]
    assert row["imdb"] == [{"str": "tt3043542"}]
    assert row["subtype"] == [{"str": "short film"}]
    assert row["name"] == [{"str": "Mr. Hublot"}]
    assert [value["name"] for value in row["director"]] == ["Alexandre Espigares"]
    assert set(empty) == set(row)
    assert all(values == [] for values in empty.values())
    assert answer["meta"][0] == {"id": "year", "name": "year"}


def test_what_refers_to_entities_gives_their_ids(asking: Asking) -> None:
    (director,) = asking.extend([BASE + "work/pinocchio-tt8333746"], "director")["rows"].popitem()[1]["director"]
    works = asking.extend([director["id"]], "work")
    assert works["rows"][director["id"]]["work"] == [{"id": BASE + "work/pinocchio-tt8333746", "name": "Pinocchio"}]
    assert works["meta"][0]["type"]["id"] == "Work"


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("unite", ["Unité 42", "Unité 42, season 1", "Unité 42, season 2"]),
        ("HUB", ["Mr. Hublot"]),
        ("deux", ["Deux"]),
        ("fonds nat", ["Film Fund Luxembourg"]),
        ("ublot", []),
        (" ", []),
        ("", []),
    ],
)
def test_entities_are_suggested_by_the_beginning_of_a_word(asking: Asking, prefix: str, names: list[str]) -> None:
    found = asking.get("/suggest/entity", prefix=prefix).json()["result"]
    assert [f["name"] for f in found] == names


def test_suggestions_are_of_the_types_asked_for_and_come_page_by_page(asking: Asking) -> None:
    def names(**parameters: Any) -> list[str]:
        return [f["name"] for f in asking.get("/suggest/entity", prefix="unit", **parameters).json()["result"]]

    assert names(type="season") == ["Unité 42, season 1", "Unité 42, season 2"]
    assert names(type="Person,series") == ["Unité 42"]
    assert names(limit=1) + names(limit=2, cursor=1) == names()


def test_a_store_without_a_build_has_the_same_names(reconcilable: Path, tmp_path: Path) -> None:
    graph = open_graph(reconcilable)
    assert graph.snapshot is not None
    kept = entities_of_snapshot(graph.snapshot).sort("entity")
    asked = entities_of_store(Served(reconcilable, "x"))

    def rows(table: Any) -> list[tuple[Any, ...]]:
        return [
            (iri, type_, subtype, label, sorted({*names, label}), sorted(ids), sorted(countries), year)
            for iri, type_, subtype, label, names, ids, countries, year in table.select(*INDEX_SCHEMA).iter_rows()
        ]

    assert rows(asked) == rows(kept)
