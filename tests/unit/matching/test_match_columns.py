"""Columns are known by their names, whatever their case, accents and signs, and tell of what kind the rows are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avgraph.matching.columns import KNOWN, guess_kind, lay_out, meaning

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "matching.md"


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("id", "label"), ("ID", "label"), ("Title", "title"), ("original_title", "title"), ("titre_original", "title"),
        ("Titre Français", "title"), ("englishTitle", "title"), ("movie_title", "title"), ("film name", "title"),
        ("full_name", "name"), ("stageName", "name"), ("itemLabel", "name"), ("company_name", "company"),
        ("director_name", "director"), ("Réalisateur·rice(s)", None), ("RÉALISATEUR", "director"), ("aliases", "alias"),
        ("release_year", "year"), ("Release Date", "year"), ("startYear", "year"), ("year_film", "year"),
        ("year_ceremony", None), ("endYear", None), ("death_year", None), ("birthYear", "birth year"),
        ("date of birth", "birth year"), ("production_countries", "country"), ("country_code", "country"),
        ("nationality", "country"), ("Production Companies", "company"), ("production_company", "company"),
        ("studio", "company"), ("actors", "actor"), ("Stars", "actor"), ("imdb_id", "id:imdb"), ("tconst", "id:imdb"),
        ("IMDb URL", "id:imdb"), ("imdb_rating", None), ("imdb votes", None), ("wikidata", "id:wikidata"),
        ("QID", "id:wikidata"), ("tmdb_id", "id:tmdb"), ("isan", "id:isan"), ("file_name", None),
        ("character name", None), ("award name", None), ("rating", None), ("", None), ("___", None),
        ("firstName", "given name"), ("Last Name", "family name"), ("founded", "founding year"),
        ("inception", "founding year"),
    ],
)  # fmt: skip
def test_a_column_means_what_its_name_says(column: str, meant: str | None) -> None:
    assert meaning(column) == meant


def test_the_manual_lists_every_name_of_a_column() -> None:
    listed = set(re.findall(r"[\w ]+", MANUAL.read_text(encoding="utf-8").lower()))
    words = {word.strip() for word in listed}
    assert {name for names in KNOWN.values() for name in names if name not in words} == set()


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (["id", "title", "year"], "works"),
        (["Film", "Jahr"], "works"),
        (["name", "year", "director"], "works"),
        (["Name", "Genre"], "works"),
        (["name", "birth_year"], "people"),
        (["first_name", "last_name"], "people"),
        (["name", "nationality"], "people"),
        (["name", "film", "profession"], "people"),
        (["director", "year"], "people"),
        (["company", "country"], "companies"),
        (["name", "headquarters"], "companies"),
        (["name", "founded"], "companies"),
        (["colour", "size"], None),
    ],
)
def test_columns_tell_the_kind(columns: list[str], kind: str | None) -> None:
    guess = guess_kind(columns, {})
    assert guess.kind == kind
    assert guess.sure


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["Samsa Film", "Artémis Productions", "Tarantula S.à r.l."], "companies"),
        (["Jaco Van Dormael", "Laura Schroeder", "Govinda Van Maele"], "people"),
        (["Gutland", "Mr. Hublot", "Unité 42", "Barrage"], "works"),
    ],
)
def test_where_columns_do_not_tell_names_do(names: list[str], kind: str) -> None:
    guess = guess_kind(["id", "name", "country"], {"name": names})
    assert (guess.kind, guess.sure) == (kind, False)


def test_a_year_of_people_is_when_they_were_active_unless_it_says_birth() -> None:
    layout = lay_out(["name", "year", "born", "film"], "people")
    assert layout is not None
    assert (layout.years, layout.active, layout.around) == (("born",), ("year",), (("work", "film"),))


def test_a_number_of_the_rows_is_no_number_of_something_else() -> None:
    films = lay_out(["film_id", "company_id", "title"], "works")
    people = lay_out(["film_id", "name"], "people")
    assert films is not None
    assert people is not None
    assert (films.label, people.label, people.unused) == ("film_id", None, ("film_id",))


def test_an_id_that_names_no_kind_numbers_rows_only_where_none_is_twice() -> None:
    columns = ["ceremony_id", "film_imdb", "name", "imdb_id"]
    once, twice = lay_out(columns, "people", ["ceremony_id"]), lay_out(columns, "people")
    assert once is not None
    assert twice is not None
    assert (once.label, twice.label) == ("ceremony_id", "imdb_id")
    assert once.ids == twice.ids == (("imdb", "imdb_id"),)
    assert "film_imdb" in twice.unused


def test_every_column_is_used_or_named() -> None:
    columns = ["id", "title", "title_fr", "year", "director", "cast", "country", "studio", "imdb_id", "type", "plot"]
    layout = lay_out(columns, "works")
    assert layout is not None
    assert layout.names == ("title", "title_fr")
    assert layout.around == (("director", "director"), ("actor", "cast"), ("company", "studio"))
    assert layout.unused == ("plot",)
