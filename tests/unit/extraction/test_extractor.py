from __future__ import annotations

import subprocess
import sys

import pytest

from avgraph.extraction import Extractor, Gazetteer
from avgraph.model import Block, Document

pytest.importorskip("onnxruntime", reason="needs the articles extra")

AGREEMENT = """Norland and Belgium join forces

The Harbour Film Centre of the Coast Federation (H.F.C.) works with Ireland. In partnership with Coast International, HFC co-finances this visibility tool.

The third season of "Night Ferry" is the first TV series co-produced by HFC and its Irish counterpart, Shannon Fund, with the participation of RTBF. The co-produced episodes are special in that they were directed by the Ghent-born filmmaker Tom Peeters. Ireland was integrated into the 'crime fund' of HFC and RTBF. The 'crime fund' was set up in 2011.
"""  # noqa: E501


def triples(text: str, language: str = "en", gazetteer: Gazetteer | None = None) -> dict[tuple[str, str, str], str]:
    extraction = Extractor().extract(Document("a.txt", text, language=language), gazetteer or Gazetteer())
    return {(f.subject, f.relation, f.object): f.certainty for f in extraction.facts}


def test_importing_loads_no_engine():
    code = "import sys, avgraph.extraction; print('onnxruntime' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )


def test_season_and_episodes_never_become_the_series():
    extraction = Extractor().extract(Document("a.txt", AGREEMENT, language="en"))
    directed = [f for f in extraction.facts if f.relation == "directed"]
    assert [(f.subject, f.object) for f in directed] == [("Tom Peeters", "The third season of Night Ferry")]
    assert directed[0].qualifiers == {"season": "3", "scope": "co-produced episodes only"}
    assert not [f for f in extraction.facts if f.object == "Night Ferry" and f.relation != "part_of_series"]


def test_programme_with_owners():
    found = triples(AGREEMENT)
    full = "Harbour Film Centre of the Coast Federation"
    assert (full, "founded", "crime fund") in found
    assert ("RTBF", "founded", "crime fund") in found
    assert ("Ireland", "member_or_part_of", "crime fund") in found
    assert ("Tom Peeters", "born_in", "Ghent") in found


def test_acronym_stands_for_its_name():
    assert (
        "Harbour Film Centre of the Coast Federation",
        "co_produced",
        "The third season of Night Ferry",
    ) in triples(AGREEMENT)


def test_credit_block_and_brackets():
    text = "SALT WIND\n\nDirector: Anna Novak\nProduction: Dune Films (BE), Lantern (FR)\nWith the support of: Eurimages\nWorld sales: Pyramid Road"  # noqa: E501
    found = triples(text)
    for fact in (
        ("Anna Novak", "directed", "SALT WIND"), ("Dune Films", "located_in", "Belgium"), ("Lantern", "located_in", "France"),  # noqa: E501
        ("Lantern", "produced_by_company", "SALT WIND"), ("Eurimages", "supported", "SALT WIND"), ("Pyramid Road", "distributed", "SALT WIND"),  # noqa: E501
    ):  # fmt: skip
        assert fact in found


def test_award_lines_name_the_ceremony_and_the_category():
    text = "The Alder Awards were handed out on Saturday.\n\nBest film: 'Salt Wind' by Anna Novak (Dune Films)\nBest actor: Tom Peeters for 'Low Tide'"  # noqa: E501
    facts = Extractor().extract(Document("a.txt", text, language="en")).facts
    awards = {
        (f.subject, f.object, f.qualifiers.get("category"), f.qualifiers.get("for_work"))
        for f in facts
        if f.relation == "received_award"
    }
    assert awards == {
        ("Salt Wind", "Alder Awards", "Best film", None),
        ("Tom Peeters", "Alder Awards", "Best actor", "Low Tide"),
    }


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("“Salt Wind” was directed by Anna Novak.", "asserted"),
        ("“Salt Wind” will be directed by Anna Novak.", "planned"),
        ("“Salt Wind” was not directed by Anna Novak.", "negated"),
    ],
)
def test_status_follows_the_clause(sentence: str, status: str):
    text = f"{sentence} It will be shown in Paris."
    assert triples(text).get(("Anna Novak", "directed", "Salt Wind")) == status


@pytest.mark.parametrize(
    ("language", "text", "asserted"),
    [
        ("en", 'Danish director Mette Krogh\'s second feature "Salt Road" will have its world premiere in Venice.',
         [("Mette Krogh", "directed", "Salt Road"), ("Mette Krogh", "nationality", "Denmark")]),
        ("en", "Director Ida Brandt, who was born in Oslo, will attend with Lars Holm of Copenhagen-based Northlight "
         "Films.", [("Ida Brandt", "born_in", "Oslo"), ("Northlight Films", "located_in", "Copenhagen")]),
        ("en", "Tom Peeters, CEO of Dune Films, will present “Salt Wind” in Cannes.",
         [("Tom Peeters", "works_for", "Dune Films")]),
        ("fr", "« Vent de sel » de Marie Dupont sortira en mars. La société liégeoise Ourthe Productions coproduira le "
         "film.", [("Marie Dupont", "directed", "Vent de sel"), ("Ourthe Productions", "located_in", "Liège")]),
        ("fr", "Née à Gand, Marie Dupont tournera « Vent de sel » l'an prochain.",
         [("Marie Dupont", "born_in", "Gand")]),
    ],
)  # fmt: skip
def test_the_verb_of_the_sentence_governs_no_apposition(language: str, text: str, asserted: list[tuple[str, str, str]]):
    found = triples(text, language)
    assert {fact: found.get(fact) for fact in asserted} == dict.fromkeys(asserted, "asserted")


def test_a_planned_fact_beside_an_apposition_stays_planned():
    found = triples("Anna Novak will direct “Salt Wind”. “Low Tide” will be produced by Ghent-based Dune Films.")
    assert found["Anna Novak", "directed", "Salt Wind"] == "planned"
    assert found["Dune Films", "produced_by_company", "Low Tide"] == "planned"
    assert found["Dune Films", "located_in", "Ghent"] == "asserted"


def test_a_coproduction_is_no_shooting_place():
    found = triples("The film “Close” is a co-production between Belgium, France and the Netherlands.")
    assert {r for _, r, _ in found} == {"country_of"}


def test_the_name_of_a_season_holds_no_quotation_marks():
    assert ("DR", "produced_by_company", "Season 3 of Borgen") in triples("Season 3 of “Borgen” was produced by DR.")


def test_an_award_with_its_category_goes_to_a_work():
    text = "The Oscar for Best International Feature Film went to “Another Round” by Thomas Vinterberg."
    awards = [f for f in Extractor().extract(Document("a.txt", text, language="en")).facts if "award" in f.relation]
    assert [(f.subject, f.object, f.qualifiers["category"]) for f in awards] == [
        ("Another Round", "Oscar", "Best International Feature Film")
    ]


def test_a_title_that_opens_its_sentence_is_whole():
    text = (
        "Education for Death: The Making of the Nazi is an animated short film released on 15 January 1943, "
        "directed by Clyde Geronimi."
    )
    assert ("Clyde Geronimi", "directed", "Education for Death: The Making of the Nazi") in triples(text)


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("The Red Violin won the Academy Award for Best Original Score in 1999.", "en", "Best Original Score"),
        ("« Duelles » a reçu le Magritte du meilleur film en 2020.", "fr", "meilleur film"),
    ],
)
def test_the_category_behind_an_award_is_its_qualifier(text: str, language: str, category: str):
    document = Document("a.txt", text, language=language)
    found = [
        f.qualifiers.get("category") for f in Extractor().extract(document).facts if f.relation == "received_award"
    ]
    assert found == [category]


def test_a_fact_that_several_rules_read_keeps_the_year_that_one_of_them_reads():
    text = "Alexandre Espigares, who won an Oscar in 2014, was among those who handed over the statuettes."
    facts = Extractor().extract(Document("a.txt", text, language="en")).facts
    assert [f.qualifiers.get("year") for f in facts if f.relation == "received_award"] == ["2014"]


def test_a_demonstrative_phrase_that_opens_a_sentence_is_no_title():
    text = (
        "Cette coproduction gréco-française, produite par Aegina Films, avait été récompensée à Thessalonique. "
        "Son distributeur, Diaclase, l'a sortie en mars."
    )
    assert not [t for t in triples(text, "fr") if any("Cette" in part for part in t)]


def test_a_german_genitive_is_the_name_without_its_s_where_the_text_has_that():
    plans = "Anna Kessler stellte in Berlin ihre Pläne vor. Kesslers Debütfilm „Nachtfahrt“ lief in Locarno."
    assert ("Anna Kessler", "directed", "Nachtfahrt") in triples(plans, "de")
    alone = triples("Kesslers Debütfilm „Nachtfahrt“ lief in Locarno.", "de")
    assert not [s for s, relation, _ in alone if relation == "directed" and s == "Kessler"]


def test_french_article():
    text = "« Vent de sel » de Marie Dupont est produit par Dune Films et coproduit par la société liégeoise Ourthe Productions. Née à Gand, Marie Dupont dirige Dune Films."  # noqa: E501
    found = triples(text, "fr")
    for fact in (
        ("Marie Dupont", "directed", "Vent de sel"), ("Dune Films", "produced_by_company", "Vent de sel"),
        ("Ourthe Productions", "co_produced", "Vent de sel"), ("Ourthe Productions", "located_in", "Liège"),
        ("Marie Dupont", "born_in", "Gand"),
    ):  # fmt: skip
        assert fact in found


def test_unknown_languages_give_one_warning():
    for language in ("it", None):
        extraction = Extractor().extract(Document("a.txt", "Un film di Anna Novak.", language=language))
        assert extraction.facts == ()
        assert [issue.severity for issue in extraction.issues] == ["warning"]
        assert extraction.tables().mentions.height == 0


def test_boilerplate_blocks_and_teasers_are_not_read():
    teaser = "Cold Water by Anna Novak 06/10/2020\n\n“Cold Water” was directed by Anna Novak and...\n"
    text = "“Salt Wind” was directed by Tom Peeters.\n\n" + teaser
    assert set(triples(text)) == {("Tom Peeters", "directed", "Salt Wind")}
    blocks = (Block("paragraph", 0, 40), Block("boilerplate", 42, len(text)))
    document = Document("a.txt", text.replace("and...", "alone."), blocks=blocks, language="en")
    assert {f.subject for f in Extractor().extract(document).facts} == {"Tom Peeters"}


def test_gazetteer_types_a_name_the_rules_cannot():
    text = "Quillon produced “Salt Wind”."
    known = Gazetteer.from_names([("Quillon", "Organization")])
    assert ("Quillon", "produced_by_company", "Salt Wind") in triples(text, gazetteer=known)


def test_minimum_confidence_leaves_weak_rules_out():
    document = Document("a.txt", AGREEMENT, language="en")
    assert len(Extractor(0.99).extract(document).facts) < len(Extractor(0.0).extract(document).facts)


def test_date_glued_to_the_headline_becomes_the_documents():
    text = "Norland and Belgium join forces for films16/10/2019\n\n“Salt Wind” was directed by Anna Novak."
    extraction = Extractor().extract(Document("a.txt", text, language="en"))
    assert extraction.document.date == "2019-10-16"
    assert set(extraction.tables("00").claims["Credit"]["observed"]) == {"2019-10-16"}


RANKED = """Among the countries with which the Harbour Film Centre of the Coast Federation (H.F.C.) co-produces films, Ireland ranks second. Over the past decade, this partnership has produced about 40 films.

The third season of “Night Ferry” is the first series that the HFC has co-produced with its Irish counterpart, Shannon Fund.
"""  # noqa: E501


def test_a_rank_among_partners_and_what_the_partnership_made():
    extraction = Extractor().extract(Document("a.txt", RANKED, language="en", date="2019-10-16"))
    centre = "Harbour Film Centre of the Coast Federation"
    assert (centre, "partner_of", "Ireland") in {(f.subject, f.relation, f.object) for f in extraction.facts}
    (count,) = (f for f in extraction.facts if f.relation == "count_statistic")
    assert count.qualifiers["period"] == "past decade"
    assert count.qualifiers["parties"] == f"{centre} | Ireland"


def test_both_partners_of_an_active_co_production():
    season = "The third season of Night Ferry"
    assert {s for s, r, o in triples(RANKED) if r == "co_produced" and o == season} == {
        "Harbour Film Centre of the Coast Federation",
        "Shannon Fund",
    }


@pytest.mark.parametrize(
    ("text", "language", "countries"),
    [
        ('"Harbour Lights" is a Franco-Belgian co-production.', "en", {"France", "Belgium"}),
        ("« Le Phare » est une coproduction belgo-luxembourgeoise.", "fr", {"Belgique", "Luxembourg"}),
    ],
)
def test_compound_adjectives_name_both_countries_and_no_work(text: str, language: str, countries: set[str]):
    found = triples(text, language)
    assert {o for _, relation, o in found if relation == "country_of"} == countries
    assert all("Franco" not in s and "Franco" not in o for s, _, o in found)


DREHSTART = """Dreharbeiten zu „Salzwind“ beginnen

In Wien beginnen die Dreharbeiten zu „Salzwind“, dem neuen Film von Anna Novak. Produziert wird das Drama von der Dünen Film aus Köln.
"""  # noqa: E501
NIEUWE_FILM = """Nieuwe film van Anna Novak

De film “Zoutwind” wordt geproduceerd door het Brusselse Duin Films. Het Vlaams Audiovisueel Fonds steunt de film met 250.000 euro.
"""  # noqa: E501


def test_german_is_read_by_the_model():
    found = triples(DREHSTART, "de")
    assert ("Anna Novak", "directed", "Salzwind") in found
    assert ("Dünen Film", "located_in", "Köln") in found
    assert all("das Drama" not in fact for fact in found)


def test_dutch_is_read_by_the_model():
    extraction = Extractor().extract(Document("a.txt", NIEUWE_FILM, language="nl"))
    facts = {(f.subject, f.relation, f.object): f for f in extraction.facts}
    supported = facts["Vlaams Audiovisueel Fonds", "supported", "Zoutwind"]
    assert supported.qualifiers == {"amount": "250.000 euro"}
    assert supported.evidence == "Het Vlaams Audiovisueel Fonds steunt de film met 250.000 euro."
    assert ("Duin Films", "located_in", "Brussel") in facts
    assert extraction.tables().claims["Support"]["amount"].to_list() == [250_000.0]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The North Sea Film Fund met in May. The application of Blauwe Ruis BV for Night Nurse was rejected."),
        ("fr", "Mona Petit tourne Les Heures claires. Nous n'avons pas obtenu l'aide de la Région Bretagne."),
    ],
)
def test_a_refused_grant_is_no_grant(language: str, text: str):
    facts = Extractor(0.0).extract(Document("a.txt", text, language=language)).facts
    grants = [f for f in facts if f.relation == "supported" and f.object in ("Night Nurse", "Les Heures claires")]
    assert grants
    assert {f.certainty for f in grants} == {"negated"}


@pytest.mark.parametrize(
    "text",
    [
        "It won the prize in Cannes. “Salt Wind” was shown there. Its producer is Anna Novak.",
        "The Flemish film is directed by Anna Novak for Belgian audio-visual partners in Ghent.",
    ],
)
def test_pronouns_and_descriptions_are_no_names(text: str):
    facts = Extractor(0.0).extract(Document("a.txt", text, language="en")).facts
    named = {name.casefold() for f in facts for name in (f.subject, f.object)}
    assert named.isdisjoint({"it", "its", "the prize", "prize", "flemish film", "the flemish film", "belgian"})


@pytest.mark.parametrize("wrong", ["high", True, [0.5]])
def test_a_confidence_that_is_no_number_is_told(wrong: object):
    with pytest.raises(TypeError, match="minimum_confidence must be a number"):
        Extractor(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [5, -0.1, float("nan")])
def test_a_confidence_outside_0_to_1_is_told(wrong: float):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Extractor(wrong)


def test_what_is_no_document_or_gazetteer_is_told():
    with pytest.raises(TypeError, match=r"document must be an avgraph\.model\.Document, not str"):
        Extractor().extract("“Gutland” was directed by Govinda Van Maele.")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"gazetteer must be made by Gazetteer\.from_names, not str"):
        Extractor().extract(Document("a.txt", "A.", language="en"), "Les Films Fauves")  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "text"), [("a.txt", None), (None, "A."), ("a.txt", b"A.")])
def test_a_document_without_a_text_is_refused(path: object, text: object):
    with pytest.raises(TypeError, match="of a document must be a str, not"):
        Document(path, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["EN", "en-GB", "English"])
def test_a_language_may_be_given_as_tag_or_name(given: str):
    extraction = Extractor().extract(Document("a.txt", "“Gutland” was directed by Govinda Van Maele.", language=given))
    assert extraction.document.language == "en"
    assert extraction.facts


@pytest.mark.parametrize(("language", "said"), [(None, "neither stated nor recognised"), ("it", "not in it")])
def test_a_language_that_is_not_read_is_one_warning_with_what_to_do(language: str | None, said: str):
    (issue,) = Extractor().extract(Document("a.txt", "Un film.", language=language)).issues
    assert said in issue.message
    assert '"language: en"' in issue.hint
    assert "--language en" in issue.hint
