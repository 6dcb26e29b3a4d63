"""Claims in words: true facts of the example, in English and French, and the phrases of every value of the model."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pytest
from rdflib import SKOS, Graph, URIRef

from avgraph.knowledge import KnowledgeGraph
from avgraph.knowledge.phrases import LANGUAGES, phrases
from avgraph.knowledge.words import claim_words, value_words
from avgraph.model import KINDS, STATUSES
from avgraph.model.kinds import SCHEMES
from avgraph.resources import resource
from avgraph.vocabulary import CONCEPT

NB, NARROW = "\u00a0", "\u202f"
#: Closed list that decides the sentence of a kind.
DECIDING = {
    "Credit": "credit", "Participation": "participation", "Broadcast": "broadcast", "AwardOutcome": "result",
    "Screening": "screening", "Affiliation": "affiliation", "PlaceRelation": "place", "WorkRelation": "work-relation",
}  # fmt: skip
#: Values that pages say more simply than the ontology.
SIMPLER = {("status", "planned"), ("status", "negated")}
FACTS: list[tuple[str, dict[str, list[str]], dict[str, Any], str, str]] = [
    ("Credit", {"work": ["Corsage"], "agent": ["Marie Kreutzer"]}, {"role": "director"},
     "Marie Kreutzer directed Corsage", "Marie Kreutzer a réalisé Corsage"),
    ("Credit", {"work": ["The Congress"], "agent": ["Max Richter"]}, {"role": "composer"},
     "Max Richter composed the music for The Congress", "Max Richter a composé la musique de The Congress"),
    ("Credit", {"work": ["Unité 42, season 2"], "agent": ["Christophe Wagner"]},
     {"role": "director", "scope": "co-produced episodes"},
     "Christophe Wagner directed Unité 42, season 2 (co-produced episodes)",
     "Christophe Wagner a réalisé Unité 42, season 2 (épisodes coproduits)"),
    ("Participation", {"work": ["Corsage"], "organization": ["Samsa Film"], "country": ["Luxembourg"]},
     {"role": "co-producer", "standing": None, "share": None},
     "Samsa Film co-produced Corsage (Luxembourg)", "Samsa Film a coproduit Corsage (Luxembourg)"),
    ("Participation", {"work": ["Kursk"], "organization": [], "country": ["Canada"]},
     {"role": "co-producer", "standing": "minority"},
     "Canada co-produced Kursk (minority)", "Le Canada a coproduit Kursk (minoritaire)"),
    ("Support", {"funder": ["Film Fund Luxembourg"], "work": ["Eng nei Zäit"], "organization": []},
     {"amount": 2608660.0, "currency": "EUR", "stage": "production", "date": "2014"},
     "Film Fund Luxembourg supported Eng nei Zäit (2,608,660 EUR, production, 2014)",
     f"Film Fund Luxembourg a soutenu Eng nei Zäit (2{NARROW}608{NARROW}660{NB}€, production, 2014)"),
    ("Support", {"funder": ["Région Occitanie"], "work": ["Deux"]},
     {"amount": 145000.0, "currency": "EUR", "stage": "production", "date": "2018-10"},
     "Région Occitanie supported Deux (145,000 EUR, production, 2018-10)",
     f"La Région Occitanie a soutenu Deux (145{NARROW}000{NB}€, production, octobre 2018)"),
    ("Broadcast", {"broadcaster": ["RTBF"], "work": ["Unité 42, season 1"], "territories": ["Belgium"]},
     {"role": "airs", "date": "2017"},
     "RTBF broadcasts Unité 42, season 1 (Belgium, 2017)", "RTBF diffuse Unité 42, season 1 (Belgique, 2017)"),
    ("Distribution", {"company": ["Cinéart"], "work": ["Un silence"], "territories": ["Belgium", "Netherlands"]},
     {"distribution": "theatrical"},
     "Cinéart distributes Un silence (theatrical, Belgium and Netherlands)",
     "Cinéart distribue Un silence (en salles, Belgique et Pays-Bas)"),
    ("AwardOutcome",
     {"award": ["Academy Award"], "work": ["Mr. Hublot"], "recipients": ["Alexandre Espigares", "Laurent Witz"]},
     {"result": "won", "category": "Short Film (Animated)", "year": 2014},
     "Alexandre Espigares and Laurent Witz won Academy Award (Short Film (Animated), 2014) for Mr. Hublot",
     "Alexandre Espigares et Laurent Witz ont remporté l’Academy Award (Short Film (Animated), 2014) pour Mr. Hublot"),
    ("AwardOutcome", {"award": ["César"], "work": ["Deux"], "recipients": ["Barbara Sukowa"]},
     {"result": "nominated", "category": "Best Actress", "year": 2021},
     "Barbara Sukowa was nominated for César (Best Actress, 2021) for Deux",
     "Barbara Sukowa a obtenu une nomination au César (Best Actress, 2021) pour Deux"),
    ("AwardOutcome",
     {"award": ["Academy Award"], "work": ["Song of the Sea"], "recipients": ["Paul Young", "Tomm Moore"]},
     {"result": "nominated", "year": 2015},
     "Paul Young and Tomm Moore were nominated for Academy Award (2015) for Song of the Sea",
     "Paul Young et Tomm Moore ont obtenu une nomination à l’Academy Award (2015) pour Song of the Sea"),
    ("Screening", {"work": ["Corsage"], "event": ["Cannes Film Festival"]},
     {"screening": "competition", "section": "Un Certain Regard", "year": 2022},
     "Corsage was shown at Cannes Film Festival (Un Certain Regard, 2022)",
     "Le Cannes Film Festival a présenté Corsage en compétition (Un Certain Regard, 2022)"),
    ("Screening", {"work": ["Song of the Sea"], "event": ["Toronto International Film Festival"]},
     {"screening": "premiere", "year": 2014},
     "Song of the Sea premiered at Toronto International Film Festival (2014)",
     "Song of the Sea a fait sa première au Toronto International Film Festival (2014)"),
    ("Partnership", {"parties": ["Ireland", "Luxembourg"], "work": []},
     {"partnership": "collaboration", "purpose": "co-development"},
     "Ireland and Luxembourg are partners (co-development, collaboration)",
     "L’Irlande et le Luxembourg sont partenaires (codéveloppement, collaboration)"),
    ("Affiliation", {"agent": ["Paul Thiltges"], "organization": ["Samsa Film"]},
     {"role": "founder", "valid_from": "1986"},
     "Paul Thiltges founded Samsa Film (1986)", "Paul Thiltges a fondé Samsa Film (1986)"),
    ("Affiliation", {"agent": ["Claude Waringo"], "organization": ["Samsa Film"]},
     {"role": "employee", "job_title": "producer"},
     "Claude Waringo works for Samsa Film (producer)", "Claude Waringo travaille pour Samsa Film (production)"),
    ("PlaceRelation", {"entity": ["Lukas Dhont"], "place": ["Belgium"]}, {"relation": "born in"},
     "Lukas Dhont was born in Belgium", "Lukas Dhont est né(e) en Belgique"),
    ("PlaceRelation", {"entity": ["Extraordinary Tales"], "place": ["Luxembourg"]}, {"relation": "country of origin"},
     "Extraordinary Tales is a work of Luxembourg", "Extraordinary Tales a pour pays d’origine le Luxembourg"),
    ("PlaceRelation", {"entity": ["Thomas Vinterberg"], "place": ["Denmark"]}, {"relation": "nationality"},
     "Thomas Vinterberg has the nationality of Denmark", f"Nationalité de Thomas Vinterberg{NB}: Danemark"),
    ("WorkRelation", {"work": ["The Congress"], "other": ["The Futurological Congress"]}, {"relation": "based on"},
     "The Congress is based on The Futurological Congress",
     "The Congress est une adaptation de The Futurological Congress"),
    ("WorkRelation", {"work": ["Unité 42, season 2"], "other": ["Unité 42"]}, {"relation": "season of", "season": 2},
     "Unité 42, season 2 is a season of Unité 42 (2)",
     "Unité 42, season 2 est une saison d’Unité 42 (saison 2)"),
    ("WorkFact", {"work": ["Irina Palm"], "territories": []}, {"property": "release date", "value": "2007-04-18"},
     "release date of Irina Palm: 2007-04-18", f"Date de sortie d’Irina Palm{NB}: 18 avril 2007"),
    ("WorkFact", {"work": ["Mr. Hublot"]}, {"property": "budget", "value": "220000.0", "unit": "EUR"},
     "budget of Mr. Hublot: 220,000 EUR", f"Budget de Mr. Hublot{NB}: 220{NARROW}000{NB}€"),
    ("WorkFact", {"work": ["Le tout nouveau testament"]}, {"property": "production year", "value": "2015"},
     "production year of Le tout nouveau testament: 2015",
     f"Année de production de «{NB}Le tout nouveau testament{NB}»{NB}: 2015"),
    ("Statistic", {"subject": ["Film Fund Luxembourg"], "parties": []},
     {"measure": "production aid granted", "value": 33580000.0, "unit": "EUR", "approximate": True, "period": "2019"},
     "Film Fund Luxembourg: production aid granted about 33,580,000 EUR (2019)",
     f"Film Fund Luxembourg – aide à la production accordée{NB}: environ 33{NARROW}580{NARROW}000{NB}€ (2019)"),
    ("Statistic", {"subject": ["Song of the Sea"]},
     {"measure": "countries", "value": 5.0, "unit": "countries", "approximate": False},
     "Song of the Sea: 5 countries", f"Song of the Sea{NB}: 5{NB}pays"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "roles", "attributes", "english", "french"), FACTS)
def test_a_fact_in_two_languages(
    kind: str, roles: dict[str, list[str]], attributes: dict[str, Any], english: str, french: str
) -> None:
    places = {"Ireland", "Luxembourg"}
    assert claim_words(kind, roles, attributes, "asserted", "en", places) == english
    assert claim_words(kind, roles, attributes, "asserted", "fr", places) == french


def test_there_is_a_fact_of_each_kind() -> None:
    assert {fact[0] for fact in FACTS} == set(KINDS)


@pytest.mark.parametrize(
    ("status", "english", "french"),
    [
        ("planned", "planned: Sam Louwyck acted in Cargo", "Sam Louwyck doit jouer dans Cargo"),
        ("reported", "reported: Sam Louwyck acted in Cargo", "Sam Louwyck aurait joué dans Cargo"),
        ("negated", "denied: Sam Louwyck acted in Cargo", "Sam Louwyck n’a pas joué dans Cargo"),
    ],
)
def test_a_status_is_said(status: str, english: str, french: str) -> None:
    roles, attributes = {"work": ["Cargo"], "agent": ["Sam Louwyck"]}, {"role": "actor"}
    assert claim_words("Credit", roles, attributes, status) == english
    assert claim_words("Credit", roles, attributes, status, "fr") == french


def test_a_sentence_without_a_verb_is_followed_by_its_status() -> None:
    roles, attributes = {"work": ["Un silence"]}, {"property": "release date", "value": "2024-01-10"}
    told = claim_words("WorkFact", roles, attributes, "planned", "fr")
    assert told == f"Date de sortie d’Un silence{NB}: 10 janvier 2024 (prévu)"


@pytest.mark.parametrize(
    ("place", "french"),
    [
        ("Belgium", "en Belgique"), ("Luxembourg", "au Luxembourg"), ("Netherlands", "aux Pays-Bas"),
        ("Israel", "en Israël"), ("Iran", "en Iran"), ("Cuba", "à Cuba"), ("Brussels", "à Bruxelles"),
        ("Wallonia", "en Wallonie"), ("Hungary", "en Hongrie"), ("South Korea", "en Corée du Sud"),
    ],
)  # fmt: skip
def test_a_place_takes_its_preposition(place: str, french: str) -> None:
    roles = {"entity": ["Samsa Film"], "place": [place]}
    told = claim_words("PlaceRelation", roles, {"relation": "located in"}, "asserted", "fr")
    assert told == f"Samsa Film se trouve {french}"


def test_what_is_called_like_a_country_is_none() -> None:
    """Brazil is a film of 1985 by Terry Gilliam."""
    roles, attributes = {"work": ["Brazil"], "agent": ["Terry Gilliam"]}, {"role": "director"}
    assert claim_words("Credit", roles, attributes, "asserted", "fr") == "Terry Gilliam a réalisé Brazil"


def test_unknown_values_stay_as_they_are() -> None:
    assert value_words("Participation", "standing", {"standing": "silent"}, "fr") == "silent"
    roles = {"work": ["Cargo"], "agent": ["Sam Louwyck"]}
    assert claim_words("Credit", roles, {"role": "stunts"}, "asserted") == "Sam Louwyck stunts Cargo"
    told = claim_words("Credit", roles, {"role": "stunts"}, "asserted", "fr")
    assert told == "Sam Louwyck a participé à Cargo (stunts)"


@pytest.mark.parametrize(
    ("kind", "attribute", "attributes", "english", "french"),
    [
        ("Participation", "share", {"share": 0.32}, "32 %", f"32{NB}%"),
        ("Participation", "share", {"share": 0.285}, "28.5 %", f"28,5{NB}%"),
        ("Support", "amount", {"amount": 1500000.0}, "1,500,000", f"1{NARROW}500{NARROW}000"),
        ("Support", "amount", {"amount": 12.5}, "12.50", "12,50"),
        ("Support", "date", {"date": "2020-02-01~"}, "2020-02-01~", "vers le 1er février 2020"),
        ("Support", "date", {"date": "2020~"}, "2020~", "vers 2020"),
        ("Statistic", "approximate", {"approximate": True}, "yes", "oui"),
        ("Screening", "year", {"year": 2022}, "2022", "2022"),
        ("Screening", "year", {"year": None}, "", ""),
        ("Credit", "valid_from", {"valid_from": "2019-10"}, "2019-10", "octobre 2019"),
        ("WorkFact", "value", {"property": "runtime", "value": "99.0", "unit": "min"}, "99", "99"),
        ("WorkFact", "value", {"property": "genre", "value": "comedy"}, "comedy", "comédie"),
    ],
)
def test_a_value_in_two_languages(
    kind: str, attribute: str, attributes: dict[str, Any], english: str, french: str
) -> None:
    assert value_words(kind, attribute, attributes) == english
    assert value_words(kind, attribute, attributes, "fr") == french


def test_every_closed_value_has_french_words() -> None:
    values = phrases("fr").values
    for scheme, names in SCHEMES.items():
        assert set(values[scheme]) == set(names), scheme


def test_french_values_are_the_labels_of_the_ontology() -> None:
    concepts = Graph().parse(resource("ontology", "concepts.ttl"))
    for scheme, names in SCHEMES.items():
        for name in names:
            concept = URIRef(f"{CONCEPT}{scheme}-{name.replace(' ', '-')}")
            labels = {str(o) for o in concepts.objects(concept, SKOS.prefLabel) if o.language == "fr"}
            assert ({phrases("fr").values[scheme][name]} == labels) != ((scheme, name) in SIMPLER), (scheme, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_a_sentence_that_names_its_entities(language: str) -> None:
    sentences = phrases(language).told["sentences"]
    assert set(sentences) == set(KINDS)
    for kind, by_key in sentences.items():
        assert "*" in by_key, kind
        known = {*KINDS[kind].role_names, "key", "value", "measure", "who", "what"}
        for key, sentence in by_key.items():
            slots = [slot for _, slot, _, _ in Formatter().parse(sentence) if slot is not None]
            assert slots, (kind, key)
            assert set(slots) <= known, (kind, key)


def test_every_value_that_decides_a_sentence_has_one_in_french() -> None:
    sentences = phrases("fr").told["sentences"]
    for kind, scheme in DECIDING.items():
        assert set(sentences[kind]) == {*SCHEMES[scheme], "*"}, kind


def test_sentences_of_two_languages_name_the_same() -> None:
    english, french = (phrases(language).told["sentences"] for language in LANGUAGES)
    for kind, by_key in french.items():
        for key, sentence in by_key.items():
            other = english[kind].get(key, english[kind]["*"])
            slots, wanted = (
                {slot for _, slot, _, _ in Formatter().parse(text) if slot not in (None, "key")}
                for text in (sentence, other)
            )
            assert slots == wanted, (kind, key)
    assert set(phrases("en").told["tails"]) == set(phrases("fr").told["tails"])


def test_verbs_and_forms_are_whole() -> None:
    told = phrases("fr").told
    assert set(told["verb"]) == set(STATUSES)
    for by_key in told["sentences"].values():
        for sentence in by_key.values():
            for verb in re.findall(r"<(.*?)>", sentence):
                assert len(verb.split("|")) in (2, len(STATUSES)), sentence
            assert {form for _, _, form, _ in Formatter().parse(sentence) if form} <= set(told["forms"]), sentence
    genders = {g for kind in told["genders"].values() for g in kind if g != "otherwise"} | {"bare"}
    for form, by_gender in told["forms"].items():
        assert set(by_gender) == genders, form


def test_claims_of_the_example_are_said_in_french(kg: KnowledgeGraph) -> None:
    fund = kg.entity("Film Fund Luxembourg")
    told = {claim.words("fr") for claim in fund.claims}
    assert f"Film Fund Luxembourg a soutenu Corsage (1{NARROW}500{NARROW}000{NB}€, production, 2020)" in told
    luxembourg = kg.entity("Luxembourg")
    said = {claim.words("fr") for claim in kg.claims(luxembourg.iri, "Partnership")}
    assert any(text.startswith("La Belgique et le Luxembourg sont partenaires") for text in said), said
    for claim in fund.claims:
        assert claim.words("en") == claim.text
        for iris in claim.roles.values():
            for iri in iris:
                assert claim.label(iri, "en") == claim.labels[iri]
        with pytest.raises(ValueError, match="no words in language 'de': choose one of en, fr"):
            claim.words("de")
