"""The index of names on disk: what is found by keys, ids, IRIs and beginnings of words."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from avgraph.matching.mappedlines import MappedLines, write_lines
from avgraph.matching.nameindex import INDEX_SCHEMA, NameIndex, id_key, keys_of_name, make_index

ENTITIES: list[tuple[Any, ...]] = [
    ("https://x/z", "Person", None, "Zoë O'Hara", ["Zoë O'Hara"], ["imdb:nm0000001"], [], 1970),
    ("https://x/a", "Work", "film", "Été noir", ["Black Summer"], ["imdb:tt0000011"], ["BE", "LU"], 2011),
    ("https://x/b", "Work", "season", "Nuit, saison 2", None, None, None, None),
    ("https://x/c", "Work", "film", "Noir", ["Noir", ""], [], [], 2011),
    ("https://x/d", "Work", "film", "…", [], [], [], None),
    ("https://x/e", "Work", "film", "Le noir et le blanc", [], [], [], None),
]


def index_of(folder: Path, rows: list[tuple[Any, ...]]) -> NameIndex:
    make_index(pl.DataFrame(rows, schema=INDEX_SCHEMA, orient="row"), folder)
    return NameIndex(folder)


@pytest.fixture
def index(tmp_path: Path) -> NameIndex:
    return index_of(tmp_path, ENTITIES)


def iris(index: NameIndex, numbers: Any) -> list[str]:
    return [index[number].iri[-1] for number in numbers]


def test_entities_come_back_as_they_went_in(index: NameIndex) -> None:
    assert len(index) == 6
    assert iris(index, range(6)) == ["a", "b", "c", "d", "e", "z"]
    film, season = index[0], index[1]
    assert film.names == ("Été noir", "Black Summer")
    assert (film.ids, film.countries, film.year, film.level) == (("imdb:tt0000011",), ("BE", "LU"), 2011, "Work")
    assert (season.names, season.ids, season.year, season.level) == (("Nuit, saison 2",), (), None, "season")


def test_an_entity_is_found_by_its_iri(index: NameIndex) -> None:
    assert index.numbers(["https://x/z", "https://x/nobody", ""]) == {"https://x/z": 5}
    assert index.number("imdb:tt0000011") is None


def test_who_shares_a_key_is_a_candidate_and_whole_names_count_more(index: NameIndex) -> None:
    def alike(type_: str, text: str, level: str | None = None) -> dict[str, int]:
        found = index.candidates(keys_of_name(level or type_, type_, text))
        return {index[number].iri[-1]: n for number, n in found.items()}

    assert {*alike("Person", "O'Hara, Zoe")} == {"z"}
    assert {*alike("Work", "black summer")} == {"a"}
    assert alike("Work", "Nuit saison 2", "season")["b"] > alike("Work", "Nuit saison 3", "season")["b"] > 0
    assert alike("Work", "Nuit saison 2") == {}
    assert {*alike("Work", "…")} == {"d"}
    assert alike("Work", "") == {}
    whole, misspelt = alike("Person", "Zoë O'Hara")["z"], alike("Person", "Zoé O'Harra")["z"]
    assert whole > misspelt > 0


def test_ids_are_keys(index: NameIndex) -> None:
    assert index.candidates([id_key("imdb:tt0000011")]) == {0: 4}
    assert not index.candidates([id_key("imdb:tt0000012")])


@pytest.mark.parametrize(
    ("prefix", "found"),
    [("noir", "cae"), ("NOIR", "cae"), ("été", "a"), ("noir et", "e"), ("bl", "ae"), ("oir", ""), ("", ""), ("…", "")],
)
def test_beginnings_of_words_find_names(index: NameIndex, prefix: str, found: str) -> None:
    assert iris(index, index.starting(prefix)) == list(found)


def test_an_entity_is_suggested_once(tmp_path: Path) -> None:
    index = index_of(tmp_path, [("https://x/a", "Work", None, "Noir noir", ["Noir", "Le noir"], [], [], None)])
    assert list(index.starting("noir")) == [0]


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])
    assert len(index) == 0
    assert not index.candidates(keys_of_name("Work", "Work", "Noir"))
    assert list(index.starting("noir")) == []
    assert index.number("https://x/a") is None


def test_many_names_are_found_in_order(tmp_path: Path) -> None:
    rows = [(f"https://x/{n:05}", "Work", None, f"Film number {n}", [], [], [], None) for n in range(3000)]
    index = index_of(tmp_path, rows)
    assert [index[n].label for n in islice(index.starting("film number 29"), 3)] == [
        "Film number 29", "Film number 290", "Film number 291",
    ]  # fmt: skip
    assert len(list(index.starting("number"))) == 1000


def test_lines_are_read_at_any_place(tmp_path: Path) -> None:
    texts = [b"", b"a", "é".encode(), b"a a", b"abc", b""]
    write_lines(tmp_path / "x", texts)
    lines = MappedLines(tmp_path / "x")
    assert [lines[n] for n in range(len(lines))] == texts
    assert lines.lengths(1, 4).tolist() == [1, 2, 3]
    assert list(lines.containing(b"a")) == [1, 3, 4]
    write_lines(tmp_path / "y", sorted(texts))
    ordered = MappedLines(tmp_path / "y")
    assert [ordered.first_from(text) for text in (b"", b"a", b"aa", b"\xff")] == [0, 2, 4, 6]
