"""Classes and properties in use, with what the ontology says of them."""

from __future__ import annotations

from pathlib import Path

from avgraph.graph.backend import OxigraphBackend
from avgraph.graph.terms_used import own_terms, used_terms
from avgraph.knowledge import open_graph
from avgraph.vocabulary import AV, SCHEMA


def test_terms_in_use_are_counted_as_sparql_counts_them(example_graph: Path) -> None:
    kg = open_graph(example_graph)
    assert isinstance(kg.backend, OxigraphBackend)
    found = {(term.kind, term.iri): term for term in used_terms(kg.backend.store)}
    films = next(iter(kg.query("SELECT (COUNT(DISTINCT ?f) AS ?n) { ?f a schema:Movie }")))["n"]
    assert found["class", SCHEMA + "Movie"].n == films > 100
    credit = found["class", AV + "Credit"]
    assert (credit.name, bool(credit.label("en")), bool(credit.label("fr"))) == ("av:Credit", True, True)
    assert credit.label("fr") != credit.label("en") == credit.label("nl")
    assert found["property", SCHEMA + "director"].label("en") == ""


def test_the_ontology_declares_classes_and_properties_with_their_ends() -> None:
    terms = own_terms()
    assert {term.kind for term in terms.values()} == {"class", "property"}
    assert all(term.label("en") and term.comment("fr") for term in terms.values() if term.iri.startswith(AV))
    assert any(term.domain and term.range for term in terms.values())
