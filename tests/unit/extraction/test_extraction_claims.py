from __future__ import annotations

from dataclasses import replace

import pytest

from avgraph.extraction.claims import facts_to_tables
from avgraph.model import DETAILS, KINDS, RELATIONS, Document, Fact

TEXT = "Some words that stand as evidence."
DOCUMENT = Document("a.txt", TEXT, language="en", date="2019-10-16")


def fact(relation: str, subject: str, subject_type: str, object_: str, object_type: str, **qualifiers: str) -> Fact:
    return Fact(subject, subject_type, relation, object_, object_type, TEXT, 0, len(TEXT), qualifiers, rule="r@1")


def only(relation: str, *sides: str, **qualifiers: str) -> tuple[str, dict[str, object]]:
    tables = facts_to_tables(DOCUMENT, [fact(relation, *sides, **qualifiers)])
    [(kind, table)] = tables.claims.items()
    assert table.height == 1
    return kind, table.row(0, named=True)


@pytest.mark.parametrize("relation", sorted((*RELATIONS, *DETAILS)))
def test_every_relation_and_type_maps_to_a_complete_claim(relation: str):
    subjects, objects = (RELATIONS | DETAILS)[relation]
    for subject_type in subjects:
        for object_type in objects:
            kind, row = only(relation, "Anna", subject_type, "Belgium", object_type)
            roles = KINDS[kind]
            assert all(row[r.name] for r in roles.roles if r.required)
            assert all(row[a.name] is not None for a in roles.attributes if a.required)
            assert not roles.any_of or any(row[name] for name in roles.any_of)


def test_statistic_of_a_partnership_has_parties_and_years():
    kind, row = only("count_statistic", "The partnership", "Agreement", "about 60 films", "Quantity",
                     period="past decade", parties="Belgium | Dune Films")  # fmt: skip
    assert (kind, row["value"], row["unit"], row["approximate"]) == ("Statistic", 60.0, "films", True)
    assert (row["valid_from"], row["valid_to"]) == ("2009", "2018")
    assert len(row["parties"]) == 2


@pytest.mark.parametrize(
    ("object_", "measure", "value", "unit"),
    [
        ("€2.8 million", "amount", 2_800_000.0, "EUR"),
        ("six projects", "projects", 6.0, "projects"),
        ("1.5 million viewers", "viewers", 1_500_000.0, "viewers"),
        ("twelve animated series", "series", 12.0, "animated series"),
    ],
)
def test_measure_and_unit_are_what_is_counted(object_: str, measure: str, value: float, unit: str):
    _, row = only("count_statistic", "Wallimage", "Organization", object_, "Quantity")
    assert (row["measure"], row["value"], row["unit"]) == (measure, value, unit)


def test_a_budget_is_stated_once():
    told = [fact("budget", "Salt Road", "Work", "€2.8 million", "Quantity"),
            fact("count_statistic", "Salt Road", "Work", "€2.8 million", "Quantity")]  # fmt: skip
    assert set(facts_to_tables(DOCUMENT, told).claims) == {"WorkFact"}


@pytest.mark.parametrize(
    ("language", "words", "certainty", "value"),
    [
        ("en", "next year", "planned", "2020"),
        ("en", "3 september", "planned", "2020-09-03"),
        ("en", "3 September", "asserted", "2019-09-03"),
        ("en", "this autumn", "planned", "2019"),
        ("en", "March", "planned", "2020-03"),
        ("fr", "l’an prochain", "planned", "2020"),
        ("fr", "printemps", "planned", "2020"),
        ("de", "Herbst", "planned", "2019"),
        ("nl", "3 september", "planned", "2020-09-03"),
        ("en", "31 February 2020", "planned", None),
        ("en", "winter", "planned", None),
    ],
)
def test_dates_without_a_year_are_told_from_the_articles(language: str, words: str, certainty: str, value: str | None):
    told = replace(fact("release_or_date", "Salt Wind", "Work", words, "Date"), certainty=certainty)
    document = replace(DOCUMENT, language=language)
    [(kind, table)] = facts_to_tables(document, [told]).claims.items()
    row = table.row(0, named=True)
    if value is None:
        assert (kind, row["measure"], row["period"]) == ("Statistic", "release date", words)
    else:
        assert (kind, row["property"], row["value"]) == ("WorkFact", "release date", value)


def test_a_date_without_a_year_stays_words_where_the_article_has_none():
    told = fact("release_or_date", "Salt Wind", "Work", "Herbst", "Date")
    [(kind, table)] = facts_to_tables(replace(DOCUMENT, date=None), [told]).claims.items()
    assert (kind, table["period"][0]) == ("Statistic", "Herbst")


def test_grant_becomes_amount_and_currency():
    kind, row = only("supported", "Eurimages", "Organization", "Salt Wind", "Work", amount="€1.85m")
    assert (kind, row["amount"], row["currency"]) == ("Support", 1_850_000.0, "EUR")


@pytest.mark.parametrize(
    ("relation", "object_", "object_type", "property_", "value", "unit"),
    [
        ("genre", "romantic comedy", "Genre", "genre", "romantic comedy", None),
        ("has_character", "Mia", "Character", "character", "Mia", None),
        ("about", "boxing", "Subject", "subject", "boxing", None),
        ("budget", "€4.2 million", "Quantity", "budget", "4200000", "EUR"),
        ("running_time", "98 min.", "Quantity", "runtime", "98", "min"),
    ],
)
def test_details_become_facts_about_the_work(
    relation: str, object_: str, object_type: str, property_: str, value: str, unit: str | None
):
    kind, row = only(relation, "Salt Wind", "Work", object_, object_type)
    assert (kind, row["property"], row["value"], row["unit"]) == ("WorkFact", property_, value, unit)
    assert row["quote"] == TEXT


def test_genre_is_stored_by_its_english_name():
    document = Document("a.txt", TEXT, language="fr")
    tables = facts_to_tables(document, [fact("genre", "Vent de sel", "Work", "comédie romantique", "Genre")])
    assert tables.claims["WorkFact"]["value"].to_list() == ["romantic comedy"]


@pytest.mark.parametrize(("relation", "place"), [("filmed_in", "filmed in"), ("set_in", "set in")])
def test_places_of_a_work(relation: str, place: str):
    kind, row = only(relation, "Salt Wind", "Work", "Ghent", "Place")
    assert (kind, row["relation"]) == ("PlaceRelation", place)


def test_seasons_hang_on_their_series():
    facts = [fact("directed", "Anna", "Person", "Night Ferry season 2", "Work", season="2", scope="new episodes only")]
    tables = facts_to_tables(DOCUMENT, facts)
    relation = tables.claims["WorkRelation"].row(0, named=True)
    assert (relation["relation"], relation["season"]) == ("season of", 2)
    subtypes = dict(tables.mentions.select("name", "subtype").iter_rows())
    assert subtypes["Night Ferry season 2"] == "season"
    assert subtypes["Night Ferry"] == "series"
    assert tables.claims["Credit"]["scope"].to_list() == ["new episodes only"]


def test_countries_carry_their_code():
    tables = facts_to_tables(DOCUMENT, [fact("located_in", "Dune Films", "Organization", "Belgium", "Place")])
    place = tables.mentions.filter(type="Place").row(0, named=True)
    assert (place["subtype"], place["ids"], place["countries"]) == ("country", ["iso3166:BE"], ["BE"])
    assert tables.mentions.filter(type="Organization")["countries"].to_list() == [["BE"]]


def test_counts_add_up():
    source = facts_to_tables(DOCUMENT, []).source
    assert source["n_read"] == source["n_accepted"] + source["n_quarantined"] == 1
