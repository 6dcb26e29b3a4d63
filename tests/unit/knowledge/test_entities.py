"""Finding entities, and what is said of them."""

from __future__ import annotations

import pytest
import rdflib

from avgraph.errors import NotFoundError, QueryError
from avgraph.knowledge import KnowledgeGraph, open_graph

HUBLOT = "https://w3id.org/avgraph/id/work/mr-hublot-tt3043542"


@pytest.mark.parametrize("name", ["Mr. Hublot", "Mr Hublot", "MR. HUBLOT", "mr.hublot", "imdb:tt3043542", HUBLOT])
def test_a_work_is_found_by_name_spelling_id_and_iri(kg: KnowledgeGraph, name: str) -> None:
    entity = kg.entity(name)
    assert entity.iri == HUBLOT
    assert (entity.label, entity.type, entity.subtype, entity.year) == ("Mr. Hublot", "Work", "short film", 2013)
    assert "imdb:tt3043542" in entity.ids


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("unite 42", "Unité 42"),
        ("UNITÉ 42", "Unité 42"),
        ("CCA", "Film and Audio-visual Centre of the Wallonia-Brussels Federation"),
        ("C.C.A.", "Film and Audio-visual Centre of the Wallonia-Brussels Federation"),
        ("melusine productions", "Mélusine Productions"),
    ],
)
def test_accents_case_and_dots_do_not_matter(kg: KnowledgeGraph, name: str, label: str) -> None:
    assert kg.entity(name).label == label


def test_of_several_with_one_name_the_others_are_its_homonyms(tiny: KnowledgeGraph) -> None:
    entity = tiny.entity("Pinocchio")
    ((other, type_),) = entity.homonyms
    assert type_ == "Work"
    assert {entity.year, tiny.entity(other).year} == {2019, 2022}
    assert tiny.entity(other).homonyms == ()


def test_a_type_chooses_among_homonyms(kg: KnowledgeGraph) -> None:
    assert kg.entity("Luxembourg", "Place").type == "Place"
    for type_ in ("place", " PLACE "):
        assert kg.entity("Luxembourg", type=type_) == kg.entity("Luxembourg", "Place")
    with pytest.raises(NotFoundError, match="no award named 'Luxembourg'"):
        kg.entity("Luxembourg", "award")
    with pytest.raises(QueryError, match="no entity type 'Film'") as caught:
        kg.entity("Luxembourg", "Film")
    assert "Work" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "near"), [("Matteo Garonne", "Matteo Garrone"), ("Black Sumer", "Black Summer"), ("Pinocch", "Pinocchio")]
)
def test_a_wrong_name_is_answered_with_the_nearest(tiny: KnowledgeGraph, name: str, near: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        tiny.entity(name)
    assert f"did you mean '{near}'" in str(caught.value.hint)


@pytest.mark.parametrize("name", ["", "  ", "qqqqqq", 'x"y\\', "a\nb", "urn:nothing", "https://example.org/nothing"])
def test_no_entity_is_an_error_with_a_hint(tiny: KnowledgeGraph, name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        tiny.entity(name)
    assert caught.value.hint


@pytest.mark.parametrize("iri", ["https://example.org/> ?p ?o } #", 'https://example.org/"', "https://a b"])
def test_what_would_end_an_iri_never_reaches_the_query(tiny: KnowledgeGraph, iri: str) -> None:
    for ask in (tiny.entity, tiny.claims, tiny.claim):
        with pytest.raises(QueryError, match="not an IRI"):
            ask(iri)


def test_search_puts_exact_names_first(kg: KnowledgeGraph) -> None:
    assert kg.search("unite 42")[0].label == "Unité 42"
    assert len(kg.search("unite 42")) >= 3
    assert kg.search("no such name at all") == []


def test_markup_in_names_is_escaped_in_notebooks(tiny: KnowledgeGraph) -> None:
    entity = tiny.entity("Black Summer")
    assert entity.label == 'Été <b>"noir"</b>'
    page = entity._repr_html_() + tiny.query("films")._repr_html_() + tiny._repr_html_()
    assert "<b>" not in entity._repr_html_()
    assert "&lt;b&gt;" in entity._repr_html_()
    assert "<script" not in page


def test_an_entity_as_json_holds_its_claims(tiny: KnowledgeGraph) -> None:
    data = tiny.entity("Black Summer").to_json()
    assert {c["kind"] for c in data["claims"]} == {"Credit", "WorkFact"}
    assert data["year"] == 2011


def test_a_store_without_a_snapshot_answers_alike(tiny: KnowledgeGraph) -> None:
    other = open_graph(tiny.dataset)
    assert other.entity("Été blanc") == tiny.entity("Été blanc")
    assert [c.text for c in other.entity("Été blanc").claims] == [c.text for c in tiny.entity("Été blanc").claims]
    with pytest.raises(NotFoundError):
        other.entity("Ete blank")


CAPITALS = """
    @prefix schema: <https://schema.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <https://example.org/band> a schema:Organization ; rdfs:label "Nova" .
    <https://example.org/film> a schema:Movie ; rdfs:label "NOVA" .
    <https://example.org/claim/credit/0123456789abcdef> rdfs:label "no name" .
"""


@pytest.mark.parametrize(
    ("name", "type_", "iri"),
    [("Nova", None, "band"), ("NOVA", None, "film"), ("Nova", "Work", "film"), ("nova", "Work", "film")],
)
def test_a_name_as_it_is_spelled_comes_before_other_capitals(name: str, type_: str | None, iri: str) -> None:
    kg = open_graph(rdflib.Graph().parse(data=CAPITALS, format="turtle"))
    assert kg.entity(name, type_).iri == f"https://example.org/{iri}"


def test_only_what_can_have_a_name_is_looked_up() -> None:
    kg = open_graph(rdflib.Graph().parse(data=CAPITALS, format="turtle"))
    found = kg.query("SELECT ?e { ?e rdfs:label ?name }").labels
    assert found == {"https://example.org/band": "Nova", "https://example.org/film": "NOVA"}
