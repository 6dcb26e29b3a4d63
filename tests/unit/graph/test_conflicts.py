from __future__ import annotations

import polars as pl
from tiny import TinyGraph, film_graph, iri

from graph_parts import compared

ORDER = ("records/films.csv", "articles/a b.txt")


def found(graph: TinyGraph, rule: str, order: tuple[str, ...] = ORDER) -> list[dict[str, object]]:
    return compared(graph.dataset(order))[0].filter(rule=rule).to_dicts()


def sides(graph: TinyGraph, rule: str, order: tuple[str, ...] = ORDER) -> list[tuple[str, str, bool]]:
    data = graph.dataset(order)
    conflicts, sides = compared(data)
    ids = set(conflicts.filter(rule=rule)["conflict"])
    rows = sides.filter(pl.col("conflict").is_in(sorted(ids)))
    return [(r["value"], ", ".join(r["sources"]), r["preferred"]) for r in rows.to_dicts()]


def test_different_recipients_of_one_award_are_two_sides() -> None:
    assert sides(film_graph(), "award-recipients") == [
        ("Bob", "records/films.csv", True),
        ("Ann", "articles/a b.txt", False),
    ]


def test_the_same_recipients_are_no_conflict() -> None:
    g = film_graph()
    other = g.source("articles/b.txt", "article")
    won = {"award": iri("oscar"), "work": iri("film"), "result": "won"}
    other.claim("AwardOutcome", **won, recipients=[iri("ann")], quote="q")
    del g.parts["records/films.csv"], g.kinds["records/films.csv"]
    assert found(g, "award-recipients") == []


def test_naming_some_of_the_recipients_denies_none() -> None:
    g = TinyGraph()
    film, oscar = g.entity("film", "Work", "F"), g.entity("oscar", "Award", "Oscar")
    ann, bob, cem = (g.entity(n, "Person", n) for n in ("ann", "bob", "cem"))
    both, one = g.source("records/a.csv"), g.source("articles/b.txt", "article")
    both.claim("AwardOutcome", award=oscar, work=film, recipients=[ann, bob], result="won", quote="q")
    one.claim("AwardOutcome", award=oscar, work=film, recipients=[ann], result="won", quote="q")
    assert found(g, "award-recipients") == []
    g.source("articles/c.txt", "article").claim(
        "AwardOutcome", award=oscar, work=film, recipients=[ann, cem], result="won", quote="q"
    )
    assert len(found(g, "award-recipients")) == 1


def test_who_names_all_recipients_reconciles_who_names_some() -> None:
    g = TinyGraph()
    film, oscar = g.entity("film", "Work", "F"), g.entity("oscar", "Award", "Oscar")
    ann, bob = g.entity("ann", "Person", "Ann"), g.entity("bob", "Person", "Bob")
    for source, recipients in (("articles/b.txt", [ann]), ("articles/c.txt", [bob])):
        g.source(source, "article").claim(
            "AwardOutcome", award=oscar, work=film, recipients=recipients, result="won", quote="q"
        )
    assert len(found(g, "award-recipients")) == 1
    g.source("records/a.csv").claim(
        "AwardOutcome", award=oscar, work=film, recipients=[ann, bob], result="won", quote="q"
    )
    assert found(g, "award-recipients") == []


def test_a_prize_of_the_work_itself_in_other_words_hides_no_conflict() -> None:
    g = TinyGraph()
    film, oscar = g.entity("film", "Work", "F"), g.entity("oscar", "Award", "Oscar")
    ann, bob = (g.entity(n, "Person", n) for n in ("ann", "bob"))
    won = {"award": oscar, "work": film, "result": "won", "quote": "q"}
    g.source("records/a.csv").claim("AwardOutcome", **won, recipients=[ann], category="Short Film (Animated)")
    g.source("articles/b.txt", "article").claim("AwardOutcome", **won, recipients=[film], category="best short cartoon")
    g.source("articles/c.txt", "article").claim("AwardOutcome", **won, recipients=[bob])
    assert len(found(g, "award-recipients")) == 1


def test_best_is_no_part_of_a_category() -> None:
    g = TinyGraph()
    film, oscar = g.entity("film", "Work", "F"), g.entity("oscar", "Award", "Oscar")
    ann, bob = (g.entity(n, "Person", n) for n in ("ann", "bob"))
    won = {"award": oscar, "work": film, "result": "won", "quote": "q"}
    g.source("records/a.csv").claim("AwardOutcome", **won, recipients=[ann], category="Short Film (Animated)")
    g.source("articles/b.txt", "article").claim(
        "AwardOutcome", **won, recipients=[bob], category="Best Animated Short Film"
    )
    assert len(found(g, "award-recipients")) == 1


def test_nominations_and_other_categories_do_not_conflict() -> None:
    g = TinyGraph()
    film, oscar = g.entity("film", "Work", "F"), g.entity("oscar", "Award", "Oscar")
    ann, bob, cem = (g.entity(n, "Person", n) for n in ("ann", "bob", "cem"))
    one, two = g.source("records/a.csv"), g.source("records/b.csv")
    one.claim("AwardOutcome", award=oscar, work=film, recipients=[ann], result="won", category="Directing", quote="q")
    two.claim("AwardOutcome", award=oscar, work=film, recipients=[bob], result="won", category="Music", quote="q")
    two.claim(
        "AwardOutcome", award=oscar, work=film, recipients=[cem], result="nominated", category="Directing", quote="q"
    )
    assert found(g, "award-recipients") == []


def test_equal_trust_prefers_no_side() -> None:
    conflict = film_graph().dataset(())
    conflicts, sides = compared(conflict)
    assert not sides["preferred"].any()
    assert "No side is preferred" in conflicts.filter(rule="award-recipients")["explanation"][0]


def test_dates_of_unequal_precision_agree_if_one_begins_the_other() -> None:
    g = film_graph()
    assert len(found(g, "release-date")) == 1  # 2014 against 2015-03
    g.source("articles/a b.txt", "article")
    g = TinyGraph()
    film = g.entity("film", "Work", "F")
    g.source("records/a.csv").claim("WorkFact", work=film, property="release date", value="2015", quote="q")
    g.source("records/b.csv").claim("WorkFact", work=film, property="release date", value="2015-03-02", quote="q")
    assert found(g, "release-date") == []


def test_numbers_are_compared_as_numbers() -> None:
    for one, other, n_conflicts in (("9", "90", 1), ("90", "90.0", 0), ("1000000", "10000000", 1)):
        g = TinyGraph()
        film = g.entity("film", "Work", "F")
        g.source("records/a.csv").claim("WorkFact", work=film, property="runtime", value=one, quote="q")
        g.source("records/b.csv").claim("WorkFact", work=film, property="runtime", value=other, quote="q")
        assert len(found(g, "runtime")) == n_conflicts, (one, other)


def test_release_in_one_territory_does_not_contradict_another() -> None:
    g = TinyGraph()
    film, fr = g.entity("film", "Work", "F"), g.entity("fr", "Place", "France", countries=["FR"])
    g.source("records/a.csv").claim("WorkFact", work=film, property="release date", value="2015", quote="q")
    g.source("records/b.csv").claim(
        "WorkFact", work=film, property="release date", value="2016", territories=[fr], quote="q"
    )
    assert found(g, "release-date") == []


def test_a_denial_contradicts_an_assertion() -> None:
    g = film_graph()
    denial = g.source("articles/c.txt", "article")
    denial.claim("Credit", work=iri("film"), agent=iri("ann"), role="director", status="negated", quote="not Ann")
    assert [s[:2] for s in sides(g, "denied")] == [("asserted", "records/films.csv"), ("denied", "articles/c.txt")]


def counted(
    stated: float, *, organization: bool, approximate: bool = True, n_films: int = 9
) -> list[dict[str, object]]:
    g = TinyGraph()
    be = g.entity("be", "Place", "Belgium", countries=["BE"])
    lu = g.entity("lu", "Place", "Luxembourg", countries=["LU"])
    center = g.entity("cca", "Organization", "CCA", countries=["BE"])
    records = g.source("records/films.csv")
    for i in range(n_films + 2):
        film = g.entity(f"f{i}", "Work", f"F{i}")
        year = 2009 + i if i < n_films else (2000 if i == n_films else 2022)
        records.claim("WorkFact", work=film, property="release date", value=str(year), row=i, quote="q")
        for place in (be, lu):
            records.claim("PlaceRelation", entity=film, place=place, relation="country of origin", row=i, quote="q")
    article = g.source("articles/a.txt", "article")
    article.claim(
        "Statistic", subject=be, parties=[lu, center if organization else be], measure="films",
        value=stated, unit="films", approximate=approximate, valid_from="2009", valid_to="2018", quote="about 9",
    )  # fmt: skip
    return found(g, "counted-statement")


def test_a_counted_statement_is_held_against_the_records() -> None:
    (agreeing,) = counted(9, organization=False)
    assert agreeing["outcome"] == "consistent"
    assert "count 9 works" in str(agreeing["explanation"])
    (fewer,) = counted(5, organization=False)
    assert fewer["outcome"] == "contradicted"
    (more,) = counted(30, organization=True)
    assert more["outcome"] == "contradicted"


def test_a_narrower_scope_may_count_less() -> None:
    (narrower,) = counted(5, organization=True)
    assert narrower["outcome"] == "consistent"
    assert "scopes differ" in str(narrower["explanation"])


def test_about_allows_for_rounding_and_an_exact_number_does_not() -> None:
    assert counted(10, organization=False)[0]["outcome"] == "consistent"
    assert counted(10, organization=False, approximate=False)[0]["outcome"] == "contradicted"


def test_ids_do_not_depend_on_the_order_of_sources() -> None:
    one, two = film_graph(), film_graph()
    two.parts = dict(reversed(two.parts.items()))
    assert compared(one.dataset(ORDER))[0].equals(compared(two.dataset(ORDER))[0])
