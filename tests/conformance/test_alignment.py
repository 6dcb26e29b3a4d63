"""Every term of another vocabulary that the ontology names exists there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, VOID, XSD, Graph, URIRef
from rdflib.namespace import DefinedNamespace

from avgraph.model import KINDS
from avgraph.resources import resource
from avgraph.vocabulary import OA, SCHEMA, entity_class, expand

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
STANDARDS = SHARED / "standards" / "ontologies"
EBU = "http://www.ebu.ch/metadata/ontologies/ebucoreplus#"
WIKIDATA = ("http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/")
CLOSED: tuple[type[DefinedNamespace], ...] = (DCTERMS, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, VOID, XSD)
# Web Annotation Vocabulary (W3C Recommendation of 23 February 2017), the terms used here.
OA_TERMS = {"Annotation", "Selector", "TextPositionSelector", "TextQuoteSelector", "end", "exact", "hasSelector",
            "hasSource", "start"}  # fmt: skip
OTHERS = {
    "https://w3id.org/avgraph/ontology", "https://w3id.org/avgraph/ontology/0.1.0", "https://w3id.org/avgraph/concept",
    "https://w3id.org/avgraph/shapes", "https://spdx.org/licenses/MIT", "https://w3id.org/sssom/Mapping",
    "https://www.rfc-editor.org/rfc/rfc7111",
}  # fmt: skip


@cache
def used() -> frozenset[str]:
    """Return all IRIs of the Turtle files and those that the code takes from other vocabularies."""
    found = {expand(s.predicate) for kind in KINDS.values() for s in kind.shortcuts}
    found |= {entity_class(t, s) for t, s in (("Work", "film"), ("Work", "season"), ("Work", "episode"),
                                              ("Work", "series"), ("Place", "country"))}  # fmt: skip
    for name in ("avgraph.ttl", "concepts.ttl", "shapes.ttl"):
        for triple in Graph().parse(resource("ontology", name), format="turtle"):
            found |= {str(node) for node in triple if isinstance(node, URIRef)}
    return frozenset(found)


def declared(file_name: str, namespace: str) -> set[str]:
    path = STANDARDS / file_name
    if not path.is_file():
        pytest.skip(f"needs {file_name} in ../shared/standards/ontologies")
    return {str(s) for s in Graph().parse(path, format="turtle").subjects() if str(s).startswith(namespace)}


def test_schema_org_terms_exist() -> None:
    terms = {iri for iri in used() if iri.startswith(SCHEMA)}
    assert len(terms) > 30
    assert terms <= declared("schemaorg_30.0_current_https.ttl", SCHEMA)


def test_ebucore_plus_terms_exist() -> None:
    terms = {iri for iri in used() if iri.startswith(EBU)}
    assert len(terms) > 20
    assert terms <= declared("ebucoreplus_2.0.0.ttl", EBU)


#: Properties that the tables lack: occupation, title, date of birth, date of death, end time, notable work.
BESIDE = {"P106", "P1476", "P569", "P570", "P582", "P800"}


def test_wikidata_terms_are_in_the_checked_tables() -> None:
    tables = [SHARED / "domain" / "ONTOLOGY.md", SHARED / "benchmarks" / "text2kgbench" / "movie" / "ontology.json"]
    examples = SHARED / "standards" / "reconciliation-0.2" / "examples" / "suggest-properties-response" / "valid"
    tables += sorted(examples.glob("*.json")) or [examples]
    for path in tables:
        if not path.is_file():
            pytest.skip(f"needs {path.name} in ../shared")
    known = set(re.findall(r"\b[PQ]\d+\b", "\n".join(p.read_text(encoding="utf-8") for p in tables)))
    terms = {iri.rpartition("/")[2] for iri in used() if iri.startswith(WIKIDATA)}
    assert len(terms) > 15
    assert terms <= known | BESIDE


@pytest.mark.parametrize("namespace", CLOSED, ids=lambda n: n.__name__)
def test_w3c_and_dublin_core_terms_exist(namespace: type[DefinedNamespace]) -> None:
    base = str(namespace._NS)
    for iri in sorted(used()):
        local = iri.removeprefix(base)
        if iri.startswith(base) and not (namespace is RDF and re.fullmatch(r"_\d+", local)):
            assert local in namespace, iri


def test_web_annotation_terms_exist() -> None:
    assert {iri.removeprefix(OA) for iri in used() if iri.startswith(OA)} <= OA_TERMS


def test_no_iri_is_of_an_unchecked_vocabulary() -> None:
    known = (SCHEMA, EBU, OA, *WIKIDATA, *(str(n._NS) for n in CLOSED), "https://w3id.org/avgraph/ontology#",
             "https://w3id.org/avgraph/concept#", "https://w3id.org/avgraph/shapes#")  # fmt: skip
    assert {iri for iri in used() if not iri.startswith(known)} <= OTHERS
