"""Works under other titles, and what awards and roles tell of people."""

from __future__ import annotations

import polars as pl
import pytest

from avgraph.identity import Decisions, resolve
from avgraph.model import Collector, concat_claims
from small_worlds import BASE, solve, together, verdicts


def film(table: Collector, key: str, title: str, year: int, director: str) -> None:
    work = table.mention(key, "Work", title, year=year, subtype="film")
    table.claim("Credit", work=work, agent=table.mention(f"d{key}", "Person", director), role="director", row=1)


def test_one_director_and_one_year_make_other_titles_one_film() -> None:
    french, english = Collector("records/fr.csv"), Collector("records/en.csv")
    film(french, "1", "Le tout nouveau testament", 2015, "Jaco Van Dormael")
    film(english, "1", "The Brand New Testament", 2015, "Jaco van Dormael")
    film(english, "2", "Mr. Nobody", 2009, "Jaco van Dormael")
    film(english, "3", "The Assassin", 2015, "Hou Hsiao-hsien")
    r = solve(french, english)
    assert together(r, "records/fr.csv#1", "records/en.csv#1")
    assert not together(r, "records/fr.csv#1", "records/en.csv#2")
    assert not together(r, "records/fr.csv#1", "records/en.csv#3")


def test_a_table_that_has_the_film_under_its_own_title_has_it_under_no_other() -> None:
    one, two = Collector("records/one.csv"), Collector("records/two.csv")
    film(one, "1", "Luft", 2019, "Anatol Schuster")
    film(two, "1", "Luft", 2019, "Anatol Schuster")
    film(two, "2", "Frau Stern", 2019, "Anatol Schuster")
    r = solve(one, two)
    assert together(r, "records/one.csv#1", "records/two.csv#1")
    assert not together(r, "records/one.csv#1", "records/two.csv#2")
    assert not together(r, "records/two.csv#1", "records/two.csv#2")


def test_of_two_films_that_a_director_made_in_one_year_nobody_knows_which_is_the_other_title() -> None:
    german, english = Collector("records/de.csv"), Collector("records/en.csv")
    film(german, "1", "Jagdsaison", 2022, "Aron Lehmann")
    film(german, "2", "Was man von hier aus sehen kann", 2022, "Aron Lehmann")
    film(english, "1", "Hunting Season", 2022, "Aron Lehmann")
    film(english, "2", "What You Can See from Here", 2022, "Aron Lehmann")
    r = solve(german, english)
    assert r.entities.filter(type="Work").height == 4
    found = r.matches.filter(pl.col("left_ref").str.contains("#[12]$"))
    assert set(found["verdict"]) == {"possiblySame"}
    assert found.height >= 4


@pytest.mark.parametrize(("settle_from", "n_entities"), [(1_000, 1), (0, 1)])
def test_settled_works_are_looked_at_for_their_directors(settle_from: int, n_entities: int) -> None:
    known, other = Collector("records/ids.csv"), Collector("records/list.csv")
    work = known.mention("1", "Work", "Le tout nouveau testament", year=2015, ids=["imdb:tt3792960"])
    director = known.mention("d", "Person", "Jaco Van Dormael", ids=["imdb:nm0233757"])
    known.claim("Credit", work=work, agent=director, role="director", row=1)
    film(other, "1", "The Brand New Testament", 2015, "Jaco Van Dormael")
    tables = [c.tables({}) for c in (known, other)]
    claims = concat_claims(t.claims for t in tables)
    mentions = pl.concat([t.mentions for t in tables])
    r = resolve(mentions, claims, Decisions(), BASE, settle_from=settle_from)
    assert r.entities.filter(type="Work").height == n_entities


def nominee(name: str, category: str, year: int, source: str) -> Collector:
    table = Collector(source)
    award, person = table.mention("a", "Award", "Academy Award"), table.mention("p", "Person", name)
    table.claim(
        "AwardOutcome", award=award, recipients=[person], category=category, year=year, result="nominated", row=1
    )
    return table


def test_one_category_of_an_award_speaks_for_one_person_and_many_years_against() -> None:
    def score(category: str, year: int) -> float:
        r = solve(
            nominee("Bob Cartwright", "ART DIRECTION", 1965, "records/a.csv"),
            nominee("Robert Cartwright", category, year, "records/b.csv"),
        )
        found = r.matches.filter(pl.col("left_ref").str.ends_with("#p") & pl.col("right_ref").str.ends_with("#p"))
        return float(found["score"].item()) if found.height else 0.0

    assert score("ART DIRECTION", 1967) > score("WRITING", 1967)
    assert score("ART DIRECTION", 1967) > score("ART DIRECTION", 2019)


def test_brothers_of_one_rare_surname_are_two() -> None:
    joel, ethan = Collector("records/a.csv"), Collector("records/b.csv")
    film(joel, "1", "Barton Fink", 1991, "Joel Coen")
    film(ethan, "1", "Barton Fink", 1991, "Ethan Coen")
    r = solve(joel, ethan)
    assert not together(r, "records/a.csv#d1", "records/b.csv#d1")
    assert ("records/a.csv#d1", "records/b.csv#d1", "same") not in verdicts(r)
