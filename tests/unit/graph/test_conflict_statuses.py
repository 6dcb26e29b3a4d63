"""Denials, announcements, awards and ids: each contradiction beside what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest
from tiny import TinyGraph
from told import rules, told

from graph_parts import comparison

A, B, C = "records/a.csv", "records/b.csv", "articles/c.txt"


def people() -> tuple[TinyGraph, str, str, str]:
    g = TinyGraph()
    return g, g.entity("film", "Work", "Film"), g.entity("ann", "Person", "Ann"), g.entity("bob", "Person", "Bob")


def test_a_denial_contradicts_what_was_asserted_and_what_was_planned() -> None:
    g, film, ann, _ = people()
    g.source(A).claim("Credit", work=film, agent=ann, role="director", quote="q")
    g.source(B).claim("Credit", work=film, agent=ann, role="director", status="planned", quote="q")
    g.source(C, "article").claim("Credit", work=film, agent=ann, role="director", status="negated", quote="q")
    assert told(g, "denied", (C, A, B)) == [("precedence", ["*denied", "asserted", "planned"])]


@pytest.mark.parametrize(
    ("denied", "n_conflicts"),
    [
        ({"property": "release date", "value": "2015"}, 1),
        ({"property": "release date", "value": "2016"}, 0),
        ({"property": "broadcast date", "value": "2015"}, 0),
    ],
)
def test_a_denial_of_one_date_denies_no_other(denied: dict[str, Any], n_conflicts: int) -> None:
    g, film, *_ = people()
    g.source(A).claim("WorkFact", work=film, property="release date", value="2015", quote="q")
    g.source(C, "article").claim("WorkFact", work=film, status="negated", quote="q", **denied)
    assert len(told(g, "denied")) == n_conflicts


def test_a_denied_prize_of_another_category_was_not_the_one_won() -> None:
    g, film, ann, _ = people()
    prize = {"award": g.entity("cesar", "Award", "César"), "work": film, "recipients": [ann], "result": "won"}
    g.source(A).claim("AwardOutcome", **prize, category="Best Film", quote="q")
    g.source(C, "article").claim("AwardOutcome", **prize, category="Best Actor", status="negated", quote="q")
    assert rules(g) == []
    g.parts[C].claim("AwardOutcome", **prize, status="negated", quote="never won")
    assert rules(g) == ["denied"]


def announced(last: str, *released: tuple[str, dict[str, Any]], generic: bool = False) -> list[dict[str, Any]]:
    g = TinyGraph()
    film, other = g.entity("film", "Work", "Plan B", generic=generic), g.entity("other", "Work", "Other")
    fest, firm = g.entity("fest", "Event", "Fest"), g.entity("firm", "Organization", "Firm")
    iris = {"fest": fest, "firm": firm}
    planned = g.source(C, "article", "2015-06-01")
    planned.claim("Participation", work=film, organization=firm, role="producer", status="planned", quote="q")
    records = g.source(A)
    records.claim("WorkFact", work=other, property="release date", value=last, quote="q")
    for kind, columns in released:
        records.claim(kind, work=film, quote="q", **{k: iris.get(v, v) for k, v in columns.items()})
    return comparison(g.dataset()).conflicts.filter(rule="announced").to_dicts()


def test_what_was_announced_and_never_seen_is_unconfirmed() -> None:
    (row,) = announced("2018")
    assert row["outcome"] == "unconfirmed"
    assert row["explanation"].startswith("Plan B was announced in or for 2015 (articles/c.txt)")
    assert announced("2017") == []  # records must go on for three years
    assert announced("2018", generic=True) == []


def test_the_date_for_which_it_was_announced_counts() -> None:
    for planned, n_conflicts in (("2014", 1), ("2016-05-01", 0)):
        g, film, *_ = people()
        other = g.entity("other", "Work", "Other")
        g.source(A).claim("WorkFact", work=other, property="release date", value="2018", quote="q")
        g.source(B).claim("WorkFact", work=film, property="release date", value=planned, status="planned", quote="q")
        assert comparison(g.dataset()).conflicts["rule"].to_list() == ["announced"] * n_conflicts


@pytest.mark.parametrize(
    "released",
    [
        ("WorkFact", {"property": "release date", "value": "2016"}),
        ("Screening", {"event": "fest", "screening": "premiere"}),
        ("Broadcast", {"broadcaster": "firm", "role": "airs"}),
        ("Distribution", {"company": "firm", "distribution": "theatrical"}),
    ],
)
def test_what_came_out_in_any_way_is_not_unconfirmed(released: tuple[str, dict[str, Any]]) -> None:
    assert announced("2018", released) == []


def winners(*said: tuple[str, str, dict[str, Any]]) -> list[tuple[str | None, list[str]]]:
    g = TinyGraph()
    oscar = g.entity("oscar", "Award", "Oscar")
    films = {name: g.entity(name, "Work", name) for name in ("F", "G", "H", "I")}
    for source, film, more in said:
        g.source(source).claim("AwardOutcome", award=oscar, work=films[film], result="won", quote=film, **more)
    return told(g, "award-winner", (A,))


BEST = {"category": "Best Film"}


def test_two_winners_of_one_category_and_edition() -> None:
    said = (A, "F", {**BEST, "edition": "86th"}), (B, "G", {"category": "Film", "edition": "86"})
    assert winners(*said) == [("precedence", ["*F", "G"])]
    assert winners((A, "F", {**BEST, "year": 2014}), (B, "G", {**BEST, "year": 2014})) == [("precedence", ["*F", "G"])]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([(A, "F", {**BEST, "edition": "86"}), (B, "G", {**BEST, "edition": "87"})], id="edition"),
        pytest.param([(A, "F", {**BEST, "year": 2014}), (B, "G", {**BEST, "year": 2015})], id="year"),
        pytest.param([(A, "F", {"category": "Music", "year": 2014}), (B, "G", {**BEST, "year": 2014})], id="category"),
        pytest.param([(A, "F", {**BEST, "year": 2014}), (A, "G", {**BEST, "year": 2014}),
                      (B, "G", {**BEST, "year": 2014})], id="a tie that one source tells in part"),
        pytest.param([(A, "F", {**BEST, "year": 2013}), (A, "G", {**BEST, "year": 2014}),
                      (B, "F", {**BEST, "year": 2014})], id="years of films and of ceremonies"),
        pytest.param([(A, f, {"category": "Honorary", "year": 2014}) for f in "FGH"]
                     + [(B, "I", {"category": "Honorary", "year": 2014})], id="given to many"),
        pytest.param([(A, "F", {"year": 2014}), (B, "G", {"year": 2014})], id="no category"),
    ],
)  # fmt: skip
def test_other_editions_and_shared_prizes_are_no_contradiction(said: list[Any]) -> None:
    assert winners(*said) == []


def one_id(*titles: tuple[str, str, list[str]], publisher: str | None = "AGE-C") -> TinyGraph:
    g = TinyGraph()
    film = g.entity("film", "Work", "Film")
    for n, (source, title, names) in enumerate(titles):
        collector = g.source(source)
        collector.mention(f"m{n}", "Work", title, ids=["agec:IT2021_003"], names=names, row=n + 2)
        collector.claim("WorkFact", work=film, property="genre", value="drama", row=n + 2, quote=title)
        if publisher:
            g.publishers[source] = publisher
    return g


def test_one_id_of_a_provider_with_two_titles() -> None:
    g = one_id((A, "Alida", []), (B, "Comedians", []), ("records/d.csv", "Alida", []))
    assert told(g, "one-id-two-titles") == [(None, ["Alida", "Comedians"])]
    sides = comparison(g.dataset()).sides
    assert [len(claims) for claims in sides["claims"]] == [2, 1]


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param([(A, "Il cattivo poeta", []), (B, "Il Cattivo Poeta", [])], id="case"),
        pytest.param([(A, "Atlas", []), (B, "Atlas - Der Film", [])], id="subtitle"),
        pytest.param([(A, "Deux", ["Two of Us"]), (B, "Two of Us", [])], id="translation that one row gives"),
    ],
)
def test_titles_that_can_be_of_one_work(titles: list[Any]) -> None:
    assert rules(one_id(*titles)) == []


def test_other_providers_may_use_other_titles() -> None:
    assert rules(one_id((A, "Alida", []), (B, "Comedians", []), publisher=None)) == []


def ranked(stated: str, *, organization: bool) -> list[dict[str, Any]]:
    g = TinyGraph()
    places = {c: g.entity(c, "Place", c, subtype="country", countries=[c]) for c in ("BE", "FR", "LU")}
    body = g.entity("cca", "Organization", "CCA", countries=["BE"])
    records, pairs, origin = g.source(A), g.source(B), "country of origin"
    for n, partner in enumerate(["FR"] * 7 + ["LU"] * 5):
        film = g.entity(f"f{n}", "Work", f"F{n}")
        for code in ("BE", partner):
            records.claim("PlaceRelation", entity=film, place=places[code], relation=origin, row=n, quote="q")
    for n in range(9):  # a list of the films of the two alone
        film = g.entity(f"p{n}", "Work", f"P{n}")
        for code in ("BE", "LU"):
            pairs.claim("PlaceRelation", entity=film, place=places[code], relation=origin, row=n, quote="q")
    parties = [body if organization else places["BE"], places["LU"]]
    g.source(C, "article").claim("Partnership", parties=parties, partnership="collaboration", purpose=stated, quote="q")
    return comparison(g.dataset()).conflicts.filter(rule="counted-rank").to_dicts()


def test_a_stated_rank_is_held_against_the_records() -> None:
    assert [r["outcome"] for r in ranked("second partner", organization=False)] == ["consistent"]
    (wrong,) = ranked("first partner in terms of films", organization=False)
    assert wrong["outcome"] == "contradicted"
    assert "it has rank 2 (FR 7, LU 5; records/a.csv)" in wrong["explanation"]
    assert [r["outcome"] for r in ranked("third partner", organization=True)] == ["not comparable"]
    assert ranked("co-production of films", organization=False) == []


def produced(stated: float, *, approximate: bool = False) -> list[str]:
    g = TinyGraph()
    firm = g.entity("firm", "Organization", "Firm")
    records = g.source(A)
    for n in range(4):
        film = g.entity(f"f{n}", "Work", f"F{n}")
        records.claim("WorkFact", work=film, property="release date", value=str(2010 + n), row=n, quote="q")
        records.claim("Participation", work=film, organization=firm, role="producer", row=n, quote="q")
    g.source(C, "article").claim(
        "Statistic", subject=firm, measure="films produced", value=stated, unit="films", approximate=approximate,
        valid_from="2010", valid_to="2012", quote="q",
    )  # fmt: skip
    return comparison(g.dataset()).conflicts.filter(rule="counted-statement")["outcome"].to_list()


def test_films_of_a_company_are_counted_within_the_period() -> None:
    assert produced(3) == ["consistent"]
    assert produced(2) == ["contradicted"]
    assert produced(10) == ["not comparable"]  # records need not hold all
    assert produced(3.4, approximate=True) == ["consistent"]
