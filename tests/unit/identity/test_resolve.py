"""Resolution of small worlds: ids, names with context, rivals, seasons, constraints."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from avgraph.identity import Decisions, Resolution, resolve
from avgraph.model import MENTION_SCHEMA, Collector
from small_worlds import BASE, entity, solve, together, verdicts, world


class TestIds:
    def test_a_shared_id_is_the_same_whatever_the_names(self) -> None:
        r = world(
            ("a#1", "Work", "Le Tout Nouveau Testament", {"ids": ["imdb:tt1"]}),
            ("b#1", "Work", "The Brand New Testament", {"ids": ["IMDb:TT1"]}),
        )
        assert together(r, "a#1", "b#1")
        assert r.matches["decided_by"].to_list() == ["id"]

    def test_disagreeing_ids_beat_any_name(self) -> None:
        r = world(
            ("a#1", "Person", "Steve McQueen", {"ids": ["imdb:nm0000537"]}),
            ("b#1", "Person", "Steve McQueen", {"ids": ["imdb:nm2588606"]}),
        )
        assert not together(r, "a#1", "b#1")
        assert r.matches.is_empty()

    def test_id_sets_that_overlap_are_the_same(self) -> None:
        r = world(
            ("a#1", "Organization", "ABC", {"ids": ["wikidata:Q1", "imdb:co1", "imdb:co2"]}),
            ("b#1", "Organization", "American Broadcasting", {"ids": ["imdb:co2"]}),
            ("c#1", "Organization", "ABC", {"ids": ["imdb:co3"]}),
        )
        assert together(r, "a#1", "b#1")
        assert not together(r, "a#1", "c#1")

    def test_one_id_shared_and_one_disagreeing_is_left_to_the_curator(self) -> None:
        r = world(
            ("a#1", "Work", "Noces", {"ids": ["imdb:tt1", "wikidata:Q1"]}),
            ("b#1", "Work", "Noces", {"ids": ["imdb:tt2", "wikidata:Q1"]}),
            ("c#1", "Work", "Noces", {"ids": ["wikidata:Q1"]}),
        )
        assert r.entities.height == 3
        assert {v for *_, v in verdicts(r)} == {"possiblySame"}

    def test_ids_never_join_across_types(self) -> None:
        r = world(
            ("a#1", "Work", "Samsa", {"ids": ["wikidata:Q1"]}),
            ("b#1", "Organization", "Samsa", {"ids": ["wikidata:Q1"]}),
        )
        assert r.entities.height == 2


class TestPersons:
    def test_birth_years_do_not_drift_along_a_chain(self) -> None:
        r = world(
            ("a#1", "Person", "Paolo De Vita", {"year": 1957}),
            ("a#2", "Person", "Paolo Vita", {"year": 1967}),
            ("b#1", "Person", "Paolo De Vita", {}),
            ("b#2", "Person", "Paolo Vita", {}),
            ("c#2", "Person", "Paolo Vita", {}),
        )
        assert together(r, "a#1", "b#1")
        assert together(r, "a#2", "b#2")
        assert together(r, "a#2", "c#2")
        assert not together(r, "a#1", "a#2")

    def test_a_shared_work_decides_a_near_name(self) -> None:
        a, b, c = Collector("records/a.csv"), Collector("records/b.csv"), Collector("records/c.csv")
        for source, name, film in (
            (a, "Sam Garbarski", "Irina Palm"),
            (b, "Sam Gabarski", "Irina Palm"),
            (c, "Sam Gabarsky", "Another Film"),
        ):
            work = source.mention("w", "Work", film, year=2007)
            source.claim("Credit", work=work, agent=source.mention("p", "Person", name), role="director", row=1)
        r = solve(a, b, c)
        assert together(r, "records/a.csv#p", "records/b.csv#p")
        assert not together(r, "records/a.csv#p", "records/c.csv#p")
        assert "possiblySame" in {v for *_, v in verdicts(r)}

    def test_two_directors_of_one_list_stay_apart_but_are_reported_if_misspelt(self) -> None:
        a = Collector("records/films.csv")
        work = a.mention("w", "Work", "Irina Palm", year=2007)
        for key, name in (("p1", "Sam Garbarski"), ("p2", "Sam Gabarski"), ("p3", "Sam Garber")):
            a.claim("Credit", work=work, agent=a.mention(key, "Person", name), role="director", row=1)
        r = solve(a)
        assert verdicts(r) == {("records/films.csv#p1", "records/films.csv#p2", "possiblySame")}

    def test_a_surname_alone_is_nobody_elsewhere(self) -> None:
        r = world(
            ("articles/a#1", "Person", "Halleux", {"start": 0}),
            ("articles/b#1", "Person", "Stéphane Halleux", {"start": 0}),
        )
        assert r.entities.height == 2
        assert r.matches.is_empty()

    def test_a_surname_in_the_same_text_is_its_one_bearer(self) -> None:
        one = world(
            ("articles/a#1", "Person", "Lafosse", {"start": 0}),
            ("articles/a#2", "Person", "Joachim Lafosse", {"start": 9}),
        )
        two = world(
            ("articles/a#1", "Person", "Dardenne", {"start": 0}),
            ("articles/a#2", "Person", "Luc Dardenne", {"start": 9}),
            ("articles/a#3", "Person", "Jean-Pierre Dardenne", {"start": 9}),
        )
        assert one.entities.height == 1
        assert two.entities.height == 3

    def test_a_name_that_fits_two_joins_neither(self) -> None:
        r = world(
            ("records/a#1", "Person", "Steve McQueen", {"ids": ["imdb:nm0000537"]}),
            ("records/b#1", "Person", "Steve McQueen", {"ids": ["imdb:nm2588606"]}),
            ("articles/c#1", "Person", "Steve McQueen", {"start": 0}),
            ("articles/d#1", "Person", "Steve McQueen", {"start": 0}),
        )
        assert r.entities.height == 4
        assert ("articles/c#1", "records/a#1", "possiblySame") in verdicts(r)
        assert ("articles/c#1", "records/b#1", "possiblySame") in verdicts(r)

    def test_context_decides_between_rivals(self) -> None:
        a, b, c = Collector("records/a"), Collector("records/b"), Collector("articles/c")
        p1 = a.mention("1", "Person", "Steve McQueen", ids=["imdb:nm0000537"])
        p2 = b.mention("1", "Person", "Steve McQueen", ids=["imdb:nm2588606"])
        p3 = c.mention("1", "Person", "Steve McQueen", start=0)
        a.claim("Credit", work=a.mention("w", "Work", "The Sand Pebbles", year=1966), agent=p1, role="actor", row=1)
        b.claim("Credit", work=b.mention("w", "Work", "12 Years a Slave", year=2013), agent=p2, role="director", row=1)
        c.claim("Credit", work=c.mention("w", "Work", "12 Years a Slave", start=0), agent=p3, role="director", start=0)
        r = solve(a, b, c)
        assert together(r, "articles/c#1", "records/b#1")
        assert not together(r, "articles/c#1", "records/a#1")

    def test_one_table_that_gives_a_name_two_keys_means_two(self) -> None:
        r = world(
            ("records/a#1", "Person", "John Barry", {"row": 1}), ("records/a#2", "Person", "John Barry", {"row": 2})
        )
        assert r.entities.height == 2
        assert r.entities["entity"].n_unique() == 2
        assert {v for *_, v in verdicts(r)} == {"possiblySame"}

    def test_placeholders_are_nobody(self) -> None:
        r = world(
            ("records/a#1", "Person", "Various Directors", {}),
            ("records/b#1", "Person", "Various Directors", {}),
        )
        assert r.entities.height == 2
        assert r.entities["generic"].all()


class TestWorks:
    @pytest.mark.parametrize(
        ("left", "right", "one"),
        [
            ({"year": 2012}, {"year": 2013}, True),
            ({"year": 2012}, {"year": 2016}, False),
            ({"year": 2012}, {}, True),
            ({"subtype": "series"}, {"subtype": "film"}, False),
        ],
    )
    def test_years_and_kinds(self, left: dict[str, Any], right: dict[str, Any], one: bool) -> None:
        r = world(("a#1", "Work", "Quartier lointain", left), ("b#1", "Work", "QUARTIER LOINTAIN", right))
        assert (r.entities.height == 1) is one

    def test_one_word_needs_context(self) -> None:
        bare = world(("a#1", "Work", "Souvenir", {}), ("b#1", "Work", "Souvenir", {}))
        dated = world(("a#1", "Work", "Souvenir", {"year": 2016}), ("b#1", "Work", "Souvenir", {"year": 2016}))
        assert bare.entities.height == 2
        assert {v for *_, v in verdicts(bare)} == {"possiblySame"}
        assert dated.entities.height == 1

    def test_a_title_without_year_fits_neither_the_film_nor_its_remake(self) -> None:
        r = world(
            ("a#1", "Work", "The Racer Returns", {"year": 1980}),
            ("a#2", "Work", "The Racer Returns", {"year": 2020}),
            ("b#1", "Work", "The Racer Returns", {}),
        )
        assert r.entities.height == 3
        assert {v for *_, v in verdicts(r)} == {"possiblySame"}

    def test_directors_raise_and_lower(self) -> None:
        def films(first: str, second: str) -> Resolution:
            collectors = []
            for source, name in (("records/a", first), ("records/b", second)):
                c = Collector(source)
                work = c.mention("w", "Work", "Melody", year=2014 if source == "records/a" else 2015)
                c.claim("Credit", work=work, agent=c.mention("p", "Person", name), role="director", row=1)
                collectors.append(c)
            return solve(*collectors)

        assert together(films("Bernard Bellefroid", "B. Bellefroid"), "records/a#w", "records/b#w")
        assert not together(films("Bernard Bellefroid", "Fanny Ardant"), "records/a#w", "records/b#w")

    def test_years_do_not_drift_along_a_chain(self) -> None:
        collectors = []
        for year in (2010, 2011, 2012, 2013):
            c = Collector(f"records/{year}")
            work = c.mention("w", "Work", "Quartier lointain", year=year)
            c.claim("Credit", work=work, agent=c.mention("p", "Person", "Sam Garbarski"), role="director", row=1)
            collectors.append(c)
        r = solve(*collectors)
        assert r.entities.filter(pl.col("type") == "Work").height == 2
        apart = r.matches.filter(pl.col("verdict") == "possiblySame").row(0, named=True)
        assert "years are too far apart" in apart["reasons"][-1]["detail"]

    def test_translated_titles_meet_in_a_further_name(self) -> None:
        r = world(
            ("a#1", "Work", "Le tout nouveau testament", {"year": 2015}),
            ("b#1", "Work", "The Brand New Testament", {"names": ["Le Tout Nouveau Testament"], "year": 2015}),
            ("c#1", "Work", "The Brand New Testament", {"year": 2015}),
        )
        assert r.entities.height == 1
        assert r.entities["names"][0].to_list() == sorted(r.entities["names"][0].to_list())

    def test_a_series_is_not_its_season_and_seasons_match_by_number(self) -> None:
        a, b = Collector("articles/a.txt"), Collector("records/b.csv")
        series = a.mention("u", "Work", "Unité 42", subtype="series", start=0)
        season = a.mention("s", "Work", 'The second season of "Unité 42"', subtype="season", start=0)
        a.claim("WorkRelation", work=season, other=series, relation="season of", season=2, start=0)
        series = b.mention("u", "Work", "Unité42", subtype="series", year=2017)
        for number in (1, 2):
            season = b.mention(f"s{number}", "Work", f"Unité 42 season {number}", subtype="season")
            b.claim("WorkRelation", work=season, other=series, relation="season of", season=number, row=number)
        r = solve(a, b)
        assert together(r, "articles/a.txt#u", "records/b.csv#u")
        assert together(r, "articles/a.txt#s", "records/b.csv#s2")
        assert r.entities.height == 3
        assert verdicts(r) == {
            ("articles/a.txt#u", "records/b.csv#u", "same"),
            ("articles/a.txt#s", "records/b.csv#s2", "same"),
        }

    def test_seasons_without_a_series_match_by_name_and_number(self) -> None:
        more = {"subtype": "season"}
        r = world(
            ("a#1", "Work", "Unité 42, saison 2", more),
            ("b#1", "Work", 'The second season of "Unité 42"', more),
            ("c#1", "Work", "Unité 42 season 1", more),
            ("d#1", "Work", "Professor Tea season 2", more),
        )
        assert together(r, "a#1", "b#1")
        assert r.entities.height == 3

    def test_the_works_of_one_relation_are_two(self) -> None:
        a = Collector("articles/a.txt")
        film, original = a.mention("1", "Work", "The Long Way Home"), a.mention("2", "Work", "The Long Way Home")
        a.claim("WorkRelation", work=film, other=original, relation="remake of", start=0)
        assert solve(a).entities.height == 2


class TestOrganizations:
    def test_funds_lose_their_country_companies_do_not(self) -> None:
        lu = {"countries": ["LU"]}
        r = world(
            ("a#1", "Organization", "Film Fund", lu),
            ("b#1", "Organization", "Film Fund Luxembourg", lu),
            ("a#2", "Organization", "Iris Productions", {}),
            ("b#2", "Organization", "Iris Productions Luxembourg", lu),
        )
        assert together(r, "a#1", "b#1")
        assert not together(r, "a#2", "b#2")

    def test_a_table_that_has_a_company_under_its_name_has_it_under_no_other(self) -> None:
        r = world(
            ("a#1", "Organization", "Saturn Film", {}),
            ("a#2", "Organization", "Saturn Films", {}),
            ("b#1", "Organization", "Saturn Films", {}),
            ("b#2", "Organization", "Gravier Productions", {}),
            ("c#2", "Organization", "Gravier Production", {}),
        )
        assert together(r, "a#2", "b#1")
        assert not together(r, "a#1", "b#1")
        assert together(r, "b#2", "c#2")

    def test_what_two_mentions_leave_open_all_mentions_together_may_tell(self) -> None:
        def company(source: str, name: str, partner: str | None, year: int | None) -> Collector:
            table = Collector(source)
            own = table.mention("c", "Organization", name)
            if partner:
                parties = [own, table.mention("p", "Organization", partner)]
                table.claim("Partnership", parties=parties, partnership="collaboration", row=1)
            if year:
                work = table.mention("w", "Work", "The Sea of Stones", year=year)
                table.claim("Participation", work=work, organization=own, role="producer", row=2)
            return table

        one = company("records/a.csv", "Halleux Films", "Red Lion Pictures", None)
        two = company("records/b.csv", "Halleux Pictures", "Red Lion Pictures", 2001)
        more = company("records/c.csv", "Halleux Films", None, 2001)
        assert not together(solve(one, two), "records/a.csv#c", "records/b.csv#c")
        assert not together(solve(more, two), "records/c.csv#c", "records/b.csv#c")
        r = solve(one, two, more)
        assert together(r, "records/a.csv#c", "records/b.csv#c")
        assert set(r.matches["verdict"]) == {"same"}

    def test_the_country_may_come_from_a_claim(self) -> None:
        a, b = Collector("articles/a.txt"), Collector("records/b.csv")
        fund = a.mention("f", "Organization", "Film Fund", start=0)
        place = a.mention("l", "Place", "Grand Duchy of Luxembourg", start=0)
        a.claim("PlaceRelation", entity=fund, place=place, relation="located in", start=0)
        b.mention("f", "Organization", "Film Fund Luxembourg", countries=["LU"])
        assert together(solve(a, b), "articles/a.txt#f", "records/b.csv#f")

    def test_a_fund_of_another_country_is_another(self) -> None:
        r = world(
            ("a#1", "Organization", "Film Fund", {"countries": ["NL"]}),
            ("b#1", "Organization", "Film Fund Luxembourg", {"countries": ["LU"]}),
        )
        assert r.entities.height == 2
        assert r.matches.is_empty()

    def test_acronyms_meet_in_the_further_names(self) -> None:
        r = world(
            (
                "a#1",
                "Organization",
                "Film and Audio-visual Centre of the Wallonia-Brussels Federation",
                {"names": ["C.C.A."]},
            ),
            ("b#1", "Organization", "Centre du Cinéma et de l'Audiovisuel", {"names": ["CCA"]}),
        )
        assert r.entities.height == 1
        assert set(r.matches["reasons"][0][0].values()) >= {"C.C.A.", "CCA"}

    def test_an_acronym_alone_needs_a_country(self) -> None:
        be = {"countries": ["BE"]}
        centre = "Centre du Cinéma et de l'Audiovisuel"
        r = world(("a#1", "Organization", "CCA", be), ("b#1", "Organization", centre, be))
        assert verdicts(r) == {("a#1", "b#1", "possiblySame")}


class TestTheRest:
    def test_countries_are_one_by_name_demonym_or_code(self) -> None:
        r = world(
            ("a#1", "Place", "Belgique", {}),
            ("b#1", "Place", "Belgian", {}),
            ("c#1", "Place", "whatever", {"ids": ["iso3166:be"]}),
            ("c#2", "Place", "Luxembourg", {"subtype": "city"}),
            ("c#3", "Place", "Luxembourg", {}),
        )
        assert entity(r, "a#1") == entity(r, "b#1") == entity(r, "c#1") == f"{BASE}place/belgium-be"
        assert not together(r, "c#2", "c#3")

    def test_generic_awards_need_their_event(self) -> None:
        def prizes(first: str, second: str) -> Resolution:
            collectors = []
            for source, festival in (("articles/a", first), ("articles/b", second)):
                c = Collector(source)
                c.claim(
                    "AwardOutcome",
                    award=c.mention("p", "Award", "Jury Prize"),
                    event=c.mention("e", "Event", festival),
                    work=c.mention("w", "Work", "Some Long Title"),
                    result="won",
                    start=0,
                )
                collectors.append(c)
            return solve(*collectors)

        assert together(prizes("Cannes", "Festival de Cannes"), "articles/a#p", "articles/b#p")
        assert not together(prizes("Cannes", "Locarno"), "articles/a#p", "articles/b#p")

    def test_agreements_need_their_parties(self) -> None:
        collectors = []
        for source, name in (("a", "series fund"), ("b", "Series Fund"), ("c", "series fund")):
            c = Collector(source)
            parties = [
                c.mention(x, "Organization", x) for x in (("VRT", "NPO") if source == "c" else ("RTBF", "Wallimage"))
            ]
            c.claim(
                "Partnership",
                parties=parties,
                instrument=c.mention("f", "Agreement", name),
                partnership="joint fund",
                row=1,
            )
            collectors.append(c)
        r = solve(*collectors)
        assert together(r, "a#f", "b#f")
        assert not together(r, "a#f", "c#f")

    def test_nothing_merges_across_types(self) -> None:
        types = ("Person", "Organization", "Work", "Award", "Event", "Place", "Agreement")
        r = world(*((f"{t}#1", t, "Sarajevo Golden Heart", {}) for t in types))
        assert r.entities.height == len(types)

    def test_an_empty_world(self) -> None:
        r = solve(Collector("a"))
        assert r.entities.is_empty()
        assert r.matches.is_empty()

    def test_a_name_in_a_thousand_sources_is_one_entity(self) -> None:
        r = world(*((f"articles/{i}#1", "Organization", "Film Fund Luxembourg", {}) for i in range(1000)))
        assert r.entities.height == 1
        assert r.matches.height == 999


class TestEntities:
    def test_iris(self) -> None:
        r = world(
            ("a#1", "Work", "Mr. Hublot", {"ids": ["imdb:tt3043542", "wikidata:Q15133"]}),
            ("a#2", "Organization", "Samsa", {"ids": ["eidr:10.5237/47C0-F5BB"]}),
            ("a#3", "Person", "Laurent Witz", {}),
        )
        iris = dict(r.assignment.iter_rows())
        assert iris["a#1"] == f"{BASE}work/mr-hublot-tt3043542"
        assert iris["a#2"] == f"{BASE}organization/samsa-eidr-10-5237-47c0-f5bb"
        assert iris["a#3"].startswith(f"{BASE}person/laurent-witz-")
        assert len(iris["a#3"].rpartition("-")[2]) == 8

    def test_an_unrelated_source_changes_no_iri(self) -> None:
        rows = [("b#1", "Person", "Laurent Witz", {}), ("b#2", "Work", "a film", {"generic": True})]
        more = [("a#1", "Person", "Laurent Wirtz", {}), ("a#2", "Work", "a film", {"generic": True})]
        before = dict(world(*rows).assignment.iter_rows())
        after = dict(world(*rows, *more).assignment.iter_rows())
        assert {ref: after[ref] for ref in before} == before

    def test_label_and_year_follow_precedence_then_frequency(self) -> None:
        a, b, c = Collector("articles/a"), Collector("articles/b"), Collector("records/c")
        a.mention("1", "Work", "UNITE QUARANTE DEUX", year=2018)
        b.mention("1", "Work", "UNITE QUARANTE DEUX", year=2018)
        c.mention("1", "Work", "Unité quarante deux", year=2017)
        assert solve(a, b, c).entities.select("label", "year").row(0) == ("UNITE QUARANTE DEUX", 2018)
        preferred = solve(a, b, c, precedence=("records/*",)).entities
        assert preferred.select("label", "year").row(0) == ("Unité quarante deux", 2017)
        assert preferred["names"][0].to_list() == ["UNITE QUARANTE DEUX", "Unité quarante deux"]

    def test_rows_of_one_reference_are_one_mention(self) -> None:
        row = {"ref": "a#1", "source": "a", "type": "Organization", "name": "ABC", "generic": False}
        frame = pl.DataFrame([{**row, "ids": ["imdb:co1"]}, {**row, "ids": ["imdb:co2"]}], schema=MENTION_SCHEMA)
        r = resolve(frame, {}, Decisions(), BASE)
        assert r.entities["ids"].to_list() == [["imdb:co1", "imdb:co2"]]

    def test_an_unknown_type_is_refused(self) -> None:
        with pytest.raises(ValueError, match="Robot"):
            world(("a#1", "Robot", "R2", {}))
