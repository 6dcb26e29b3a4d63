"""Descriptions are whom their claims describe, and never match by name."""

from __future__ import annotations

import polars as pl

from avgraph.identity import Decisions, Resolution, explain, resolve
from avgraph.model import Collector, concat_claims

ARTICLE = "articles/partners.txt#film"


def solve(*collectors: Collector) -> Resolution:
    tables = [c.tables({}) for c in collectors]
    mentions = pl.concat([t.mentions for t in tables])
    return resolve(mentions, concat_claims(t.claims for t in tables), Decisions(), "https://example.org/id/")


def article(year: int | None = 2014, status: str = "asserted") -> Collector:
    """A text that gives the award to the sculptor whose character a film took."""
    c = Collector("articles/partners.txt")
    sculptor = c.mention("sculptor", "Person", "Stéphane Halleux", start=0)
    film = c.mention("film", "Work", "a film based on another of his characters", generic=True, start=0)
    c.claim("WorkRelation", work=film, other=sculptor, relation="based on", status=status, start=0)
    oscar = c.mention("oscar", "Award", "Oscar", start=0)
    c.claim(
        "AwardOutcome", award=oscar, recipients=[sculptor], work=film, year=year, result="won", start=0, status=status
    )
    return c


def record(source: str = "records/shorts.csv", title: str = "Mr. Hublot", year: int = 2013) -> Collector:
    """A table that gives it to the two who made the film."""
    c = Collector(source)
    film = c.mention("film", "Work", title, ids=[f"imdb:tt{len(title)}"], year=year)
    recipients = [c.mention(n, "Person", n, ids=[f"imdb:{n}"]) for n in ("Laurent Witz", "Alexandre Espigares")]
    award = c.mention("award", "Award", "Academy Award")
    c.claim("AwardOutcome", award=award, work=film, recipients=recipients, year=year, result="won", row=2)
    sculptor = c.mention("halleux", "Person", "Halleux, Stéphane")
    c.claim("WorkRelation", work=film, other=sculptor, relation="inspired by", row=2)
    return c


def entity(r: Resolution, ref: str) -> str:
    return dict(r.assignment.iter_rows())[ref]


def test_two_shared_claims_name_the_film() -> None:
    r = solve(article(), record())
    assert entity(r, ARTICLE) == entity(r, "records/shorts.csv#film")
    row = r.matches.filter(pl.col("decided_by") == "description").row(0, named=True)
    assert row["verdict"] == "same"
    assert {reason["detail"].partition(":")[0] for reason in row["reasons"]} == {"WorkRelation", "AwardOutcome"}
    film = r.entities.filter(pl.col("entity") == entity(r, ARTICLE)).row(0, named=True)
    assert film["label"] == "Mr. Hublot"
    assert film["names"] == ["Mr. Hublot"]
    assert not film["generic"]
    assert explain(r, ARTICLE, "records/shorts.csv#film")[0].detail == "same, decided by description"


def test_one_shared_claim_is_not_enough() -> None:
    table = record()
    c = Collector("records/shorts.csv")
    c._mentions, c._claims = table._mentions, {"AwardOutcome": table._claims["AwardOutcome"]}
    r = solve(article(), c)
    assert entity(r, ARTICLE) != entity(r, "records/shorts.csv#film")
    assert r.entities.filter(pl.col("entity") == entity(r, ARTICLE))["generic"].item()


def test_another_year_or_none_is_another_award() -> None:
    for year in (2017, None):
        r = solve(article(year), record())
        assert entity(r, ARTICLE) != entity(r, "records/shorts.csv#film")


def test_a_planned_film_is_not_one_that_exists() -> None:
    r = solve(article(status="planned"), record())
    assert entity(r, ARTICLE) != entity(r, "records/shorts.csv#film")


def test_two_films_that_fit_are_both_possible() -> None:
    r = solve(article(), record(), record("records/other.csv", "Another Short Film", 2014))
    doubtful = r.matches.filter(pl.col("verdict") == "possiblySame", pl.col("decided_by") == "description")
    assert doubtful.height == 2
    assert r.entities.filter(pl.col("generic")).height == 1


def test_descriptions_never_match_by_name() -> None:
    a, b = Collector("articles/a"), Collector("articles/b")
    for c in (a, b):
        c.mention("1", "Work", "a film based on another of his characters", generic=True, start=0)
        c.mention("2", "Person", "Belgians", generic=True, start=0)
    b.mention("3", "Work", "A film based on another of his characters", start=0)
    r = solve(a, b)
    assert r.entities.height == 5
    assert r.matches.is_empty()
    assert "never matches by name" in explain(r, "articles/a#1", "articles/b#3")[0].detail


def test_two_countries_alone_describe_nothing() -> None:
    a, b = Collector("articles/a"), Collector("records/b")
    film = a.mention("film", "Work", "a co-production", generic=True, start=0)
    named = b.mention("film", "Work", "Gutland", year=2017)
    for c, work in ((a, film), (b, named)):
        for name in ("Belgium", "Luxembourg"):
            place = c.mention(name, "Place", name)
            c.claim("PlaceRelation", entity=work, place=place, relation="country of origin", row=1)
    r = solve(a, b)
    assert entity(r, "articles/a#film") != entity(r, "records/b#film")
