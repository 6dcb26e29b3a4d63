"""Which entities a description may mean, with the graph as a table of neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from avgraph.matching.nameindex import INDEX_SCHEMA, NameIndex, make_index
from avgraph.matching.reconciling import (
    DIRECTOR,
    OTHER,
    SERIES,
    Asked,
    Found,
    Reconciler,
    Related,
    only_match,
    path_between,
)  # fmt: skip

WORK, FILM, PERSON, SEASON = ("Work", None), ("Work", "film"), ("Person", None), ("Work", "season")
AGENT = ("Person", "Organization")
ENTITIES: list[tuple[Any, ...]] = [
    ("x:anna", "Person", None, "Anna Novak", ["Anna Novak"], [], [], 1970),
    ("x:anna2", "Person", None, "Anna Novak", ["Anna Novak"], [], [], 1940),
    ("x:bert", "Person", None, "Bert Quillfeather", ["Bert Quillfeather"], [], [], None),
    ("x:carl", "Person", None, "Carl Yarrowby", ["Carl Yarrowby"], [], [], None),
    ("x:dora", "Person", None, "Dora Yarrowby", ["Dora Yarrowby"], [], [], None),
    ("x:dune", "Work", "film", "Dune of Glass", ["Dune of Glass", "Glass"], ["imdb:tt0000021"], ["BE"], 2014),
    ("x:home", "Work", "film", "Home", ["Home"], [], [], 1998),
    ("x:home2", "Work", "film", "Home", ["Home"], [], [], 2008),
    ("x:nuit", "Work", "series", "Night Ferry", ["Night Ferry"], [], [], 2010),
    ("x:nuit1", "Work", "season", "Season 1", ["Season 1"], [], [], 2010),
    ("x:nuit2", "Work", "season", "Season 2", ["Season 2"], [], [], 2011),
    ("x:salt", "Work", "film", "Salt Wind", ["Salt Wind"], ["imdb:tt0000022", "wikidata:Q1"], [], 2014),
]
EDGES = {
    "schema:actor": {"x:dune": ["x:carl", "x:dora"]},
    "schema:director": {"x:dune": ["x:bert"], "x:home": ["x:bert"], "x:salt": ["x:anna"]},
    "schema:partOfSeries": {"x:nuit1": ["x:nuit"], "x:nuit2": ["x:nuit"]},
}


class Graph:
    """Answers paths that are alternatives of one step; it counts how often it is asked."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self.n_asked = 0

    def neighbours(self, numbers: Sequence[int], path: str) -> Mapping[int, Sequence[int]]:
        self.n_asked += 1
        found: dict[int, list[int]] = {}
        for step in path.split("|"):
            for start, ends in EDGES.get(step.removeprefix("^"), {}).items():
                for end in ends:
                    a, b = (end, start) if step.startswith("^") else (start, end)
                    if (number := self._index.number(a)) in numbers:
                        found.setdefault(number, []).append(self._index.numbers([b])[b])
        return found


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    make_index(pl.DataFrame(ENTITIES, schema=INDEX_SCHEMA, orient="row"), tmp_path)
    return Graph(NameIndex(tmp_path))


def reconciler(graph: Graph) -> Reconciler:
    return Reconciler(graph._index, graph.neighbours)


def found(graph: Graph, asked: Asked) -> dict[str, Found]:
    """Return what one description finds, by IRI and in order."""
    (one,) = reconciler(graph).find([asked])
    return {graph._index[f.number].iri: f for f in one}


def features(of: Found) -> dict[str, float]:
    return {feature.feature: feature.score for feature in of.features}


def test_a_description_without_context_asks_the_graph_for_nothing(graph: Graph) -> None:
    assert list(found(graph, Asked((WORK,), ("Salt wind",)))) == ["x:salt"]
    assert graph.n_asked == 0


def test_of_two_of_one_name_none_is_the_only_match(graph: Graph) -> None:
    both = found(graph, Asked((PERSON,), ("Anna Novak",)))
    assert {*both} == {"x:anna", "x:anna2"}
    assert only_match(both.values()) is None
    born = found(graph, Asked((PERSON,), ("Anna Novak",), year=1970))
    match = only_match(born.values())
    assert match is not None
    assert graph._index[match.number].iri == "x:anna"


def test_a_work_tells_people_apart(graph: Graph) -> None:
    works = (Related(OTHER, ("Work",), "salt wind"),)
    told = found(graph, Asked((PERSON,), ("Anna Novak",), related=works))
    assert next(iter(told)) == "x:anna"
    assert features(told["x:anna"])["works"] > 0
    assert "works" not in features(told["x:anna2"])  # nothing is known of that one's works


def test_a_neighbour_that_is_likely_will_do_and_one_of_two_will_not(graph: Graph) -> None:
    def works(title: str) -> float | None:
        asked = Asked((PERSON,), ("Bert Quillfeather",), related=(Related(OTHER, ("Work",), title),))
        return features(found(graph, asked)["x:bert"]).get("works")

    (title,) = found(graph, Asked((WORK,), ("Glass",))).values()
    assert 0.5 < title.score < 0.9
    assert works("Glass") == works("Dune of Glass") > 0
    assert works("Home") is None


def test_a_known_neighbour_needs_no_name(graph: Graph) -> None:
    number = graph._index.number("x:salt")
    told = found(graph, Asked((PERSON,), ("Anna Novak",), related=(Related(OTHER, ("Work",), "?", number),)))
    assert features(told["x:anna"])["works"] > 0


def test_a_director_counts_for_or_against(graph: Graph) -> None:
    def bits(director: str) -> float:
        asked = Asked((FILM,), ("Dune of Glass",), related=(Related(DIRECTOR, AGENT, director),))
        return found(graph, asked)["x:dune"].bits

    bare = found(graph, Asked((FILM,), ("Dune of Glass",)))["x:dune"].bits
    assert bits("Bert Quillfeather") > bits("Bert Quilfeather") > bare > bits("Carla Other")
    assert bits("unknown") == bare


def test_works_years_apart_are_never_one(graph: Graph) -> None:
    people = [Related(OTHER, AGENT, name) for name in ("Carl Yarrowby", "Dora Yarrowby")]
    related = (Related(DIRECTOR, AGENT, "Bert Quillfeather"), *people)
    remake = found(graph, Asked((FILM,), ("Dune of Glass",), year=2018, related=related))["x:dune"]
    assert features(remake)["people"] > 0
    assert remake.bits > 3.2
    assert remake.score == 0.89


def test_the_director_leads_to_works_of_other_titles_that_are_never_sure(graph: Graph) -> None:
    related = (Related(DIRECTOR, AGENT, "Bert Quillfeather"),)
    told = found(graph, Asked((FILM,), ("La dune de verre",), year=2014, related=related))
    assert list(told) == ["x:dune"]
    assert told["x:dune"].bits > 7
    assert told["x:dune"].score == 0.89
    assert only_match(told.values()) is None
    assert found(graph, Asked((FILM,), ("La dune de verre",), year=2009, related=related)) == {}
    assert found(graph, Asked((FILM,), ("La dune de verre",), related=related)) == {}


def test_an_id_decides_unless_another_disagrees(graph: Graph) -> None:
    sure = found(graph, Asked((WORK,), ("Other name",), ids=("imdb:tt0000022",)))
    assert sure["x:salt"].score == 1
    doubtful = found(graph, Asked((WORK,), ids=("imdb:tt0000022", "wikidata:Q2")))
    assert doubtful["x:salt"].score == 0.7
    assert found(graph, Asked((WORK,), ("Salt Wind",), ids=("imdb:tt0000021",))).keys() == {"x:dune"}
    assert found(graph, Asked((PERSON,), ids=("imdb:tt0000022",))) == {}


def test_parts_are_found_by_their_series(graph: Graph) -> None:
    related = (Related(SERIES, ("Work",), "Night Ferry"),)
    told = found(graph, Asked((SEASON,), ("Season 2",), related=related))
    assert told["x:nuit2"].score > 0.9
    assert "x:nuit1" not in told


def test_one_entity_is_found_once_and_a_work_may_be_a_part(graph: Graph) -> None:
    told = reconciler(graph).find([Asked((WORK, FILM), ("Salt Wind",))])[0]
    assert len(told) == 1
    assert list(found(graph, Asked((WORK,), ("Season 2",), related=(Related(SERIES, ("Work",), "Night Ferry"),))))


def test_among_many_of_one_name_the_fitting_one_is_compared(tmp_path: Path) -> None:
    many = [(f"x:{n:04}", "Work", "film", "Home", ["Home"], [], [], 1900 + n % 90) for n in range(900)]
    many[700] = ("x:0700", "Work", "film", "Home", ["Home"], [], [], 2005)
    make_index(pl.DataFrame(many, schema=INDEX_SCHEMA, orient="row"), tmp_path)
    index = NameIndex(tmp_path)
    (told,) = Reconciler(index, lambda _numbers, _path: {}).find([Asked((FILM,), ("Home",), year=2005)])
    assert index[told[0].number].iri == "x:0700"
    assert len(told) <= 40


@pytest.mark.parametrize(
    ("type_", "others", "steps"),
    [
        ("Work", ("Person",), {"schema:director", "schema:actor", "av:writer"}),
        ("Person", ("Work",), {"^schema:director", "^schema:actor", "^av:writer"}),
        ("Organization", ("Organization",), {"av:partnerOf", "^av:partnerOf", "av:ownedBy", "^av:ownedBy"}),
    ],
)
def test_paths_lead_from_type_to_type(type_: str, others: tuple[str, ...], steps: set[str]) -> None:
    assert steps <= {*path_between(type_, others).split("|")}
