"""The JSON-LD context gives every term a short name, and graphs come back whole through it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import OWL, RDF, Graph
from rdflib.compare import isomorphic

from avgraph.model import KINDS
from avgraph.resources import resource
from avgraph.vocabulary import AV, expand

GRAPH = """
@prefix av: <https://w3id.org/avgraph/ontology#> .
@prefix avc: <https://w3id.org/avgraph/concept#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:claim a av:AwardOutcome ; av:award ex:prize ; av:recipients ex:ann , ex:bob ; av:year 2019 ;
    av:result avc:result-won ; av:status avc:status-asserted ; av:confidence 0.90 ;
    av:observed "2019-10"^^xsd:gYearMonth ; av:approximateDate true ; prov:wasDerivedFrom ex:a.txt ;
    av:evidence <https://example.org/a.txt#char=3,9> .
<https://example.org/a.txt#char=3,9> a oa:TextQuoteSelector , oa:TextPositionSelector ;
    oa:exact "a \\"b\\" é" ; oa:start 3 ; oa:end 9 .
ex:a.txt a av:Article ; dct:title "Titre" ; dct:language "fr" ; schema:url "https://example.org/a" ; av:path "a.txt" .
ex:film a schema:Movie ; rdfs:label "The Film" ; skos:altLabel "Le Film" , "Der Film" ;
    schema:identifier "imdb:tt0000001" ; schema:director ex:ann ; av:coProducedBy ex:firm ;
    av:productionYear "2018"^^xsd:gYear ; av:countryCode "LU" ; schema:genre "drama" .
ex:share a av:Participation ; av:share 0.350000 ; av:work ex:film .
"""


@pytest.fixture(scope="module")
def context() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resource("ontology", "context.jsonld").read_text(encoding="utf-8"))
    return loaded["@context"]


def target(definition: Any, context: dict[str, Any]) -> str:
    curie = definition["@id"] if isinstance(definition, dict) else definition
    prefix, _, local = curie.partition(":")
    return context[prefix]["@id"] + local if isinstance(context.get(prefix), dict) else curie


def test_graph_comes_back_whole(context: dict[str, Any]) -> None:
    graph = Graph().parse(data=GRAPH, format="turtle")
    text = graph.serialize(format="json-ld", context=context, auto_compact=False)
    again = Graph().parse(data=text, format="json-ld")
    assert isomorphic(graph, again)
    (nodes,) = (v for k, v in json.loads(text).items() if k in {"graph", "@graph"})
    film = next(n for n in nodes if n["type"] == "Movie")
    assert film["director"] == "https://example.org/ann"
    assert film["identifier"] == "imdb:tt0000001"
    assert all(":" not in key for node in nodes for key in node), "a term has no short name"


def test_plain_json_reads_as_the_same_graph(context: dict[str, Any]) -> None:
    document = {
        "@context": context,
        "id": "https://example.org/c",
        "type": "Participation",
        "work": "https://example.org/film",
        "role": "avc:participation-co-producer",
        "share": "0.35",
    }
    read = Graph().parse(data=json.dumps(document), format="json-ld")
    written = Graph().parse(
        data="""@prefix av: <https://w3id.org/avgraph/ontology#> . @prefix ex: <https://example.org/> .
        ex:c a av:Participation ; av:work ex:film ; av:share 0.35 ;
            av:role <https://w3id.org/avgraph/concept#participation-co-producer> .""",
        format="turtle",
    )
    assert isomorphic(read, written)


def test_every_term_and_shortcut_has_a_short_name(context: dict[str, Any]) -> None:
    ontology = Graph().parse(resource("ontology", "avgraph.ttl"), format="turtle")
    wanted = {
        str(s)
        for t in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
        for s in ontology.subjects(RDF.type, t)
        if str(s).startswith(AV)
    }
    wanted |= {expand(s.predicate) for kind in KINDS.values() for s in kind.shortcuts}
    assert wanted <= {target(d, context) for k, d in context.items() if not k.startswith("@")}


def test_links_are_typed_as_links(context: dict[str, Any]) -> None:
    ontology = Graph().parse(resource("ontology", "avgraph.ttl"), format="turtle")
    links = {str(s)[len(AV) :] for s in ontology.subjects(RDF.type, OWL.ObjectProperty)}
    for name in sorted(links):
        assert context[name]["@type"] == "@id", name
    for kind in KINDS.values():
        for shortcut in kind.shortcuts:
            definition = context[shortcut.predicate.partition(":")[2]]
            is_link = isinstance(definition, dict) and definition.get("@type") == "@id"
            assert is_link == (shortcut.object in kind.role_names), shortcut.predicate
