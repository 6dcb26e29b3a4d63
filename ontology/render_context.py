"""``context.jsonld``: short JSON names for every term, read off the hand-written Turtle."""

from __future__ import annotations

import json
from typing import Any

from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef
from terms import ontology

from avgraph import vocabulary
from avgraph.model import KINDS

__all__ = ["context_jsonld"]

#: Terms of other vocabularies under names of their own: name -> prefixed name, and whether it links to a node.
_BORROWED: dict[str, tuple[str, bool]] = {
    "label": ("rdfs:label", False),
    "altLabel": ("skos:altLabel", False),
    "identifier": ("schema:identifier", False),
    "url": ("schema:url", False),
    "title": ("dct:title", False),
    "publisher": ("dct:publisher", False),
    "publicationDate": ("dct:date", False),
    "language": ("dct:language", False),
    "reference": ("dct:source", False),
    "derivedFrom": ("prov:wasDerivedFrom", True),
    "exact": ("oa:exact", False),
    "start": ("oa:start", False),
    "end": ("oa:end", False),
    "TextQuoteSelector": ("oa:TextQuoteSelector", False),
    "TextPositionSelector": ("oa:TextPositionSelector", False),
}
_ENTITY_CLASSES = ("Person", "Organization", "CreativeWork", "Movie", "TVSeries", "TVSeason", "TVEpisode", "Event",
                   "Place", "Country")  # fmt: skip


def context_jsonld() -> str:
    """Return the JSON-LD 1.1 context as JSON."""
    prefixes: dict[str, Any] = {p: {"@id": iri, "@prefix": True} for p, iri in sorted(vocabulary.PREFIXES.items())}
    classes = {name: vocabulary.SCHEMA + name for name in _ENTITY_CLASSES}
    classes |= {_local(c): str(c) for c in _own(ontology(), OWL.Class)}
    terms: dict[str, Any] = {name: vocabulary.compact(iri) for name, iri in sorted(classes.items())}
    properties = {_local(p): _own_property(p) for t in _PROPERTY_TYPES for p in _own(ontology(), t)}
    for name, (curie, links) in [*_shortcuts().items(), *_BORROWED.items()]:
        properties[name] = {"@id": curie, "@type": "@id"} if links else curie
    terms |= dict(sorted(properties.items()))
    context = {"@version": 1.1, "id": "@id", "type": "@type", "graph": "@graph", **prefixes, **terms}
    return json.dumps({"@context": context}, ensure_ascii=False, indent=2) + "\n"


_PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty)


def _own(graph: Graph, type_: URIRef) -> list[URIRef]:
    return sorted(s for s in graph.subjects(RDF.type, type_) if isinstance(s, URIRef) and s.startswith(vocabulary.AV))


def _local(iri: str) -> str:
    return iri.removeprefix(vocabulary.AV)


def _own_property(iri: URIRef) -> Any:
    """Return the definition of one of our properties: a link, a typed value or a bare one."""
    curie = vocabulary.compact(iri)
    if (iri, RDF.type, OWL.ObjectProperty) in ontology():
        return {"@id": curie, "@type": "@id"}
    datatype = ontology().value(iri, RDFS.range)
    if datatype == XSD.decimal:  # a bare JSON number would come back as a double
        return {"@id": curie, "@type": "xsd:decimal"}
    return curie


def _shortcuts() -> dict[str, tuple[str, bool]]:
    """Return the shortcut predicates borrowed from schema.org under their own local names."""
    found: dict[str, tuple[str, bool]] = {}
    for kind in KINDS.values():
        for shortcut in kind.shortcuts:
            prefix, _, local = shortcut.predicate.partition(":")
            if prefix == "schema":
                found[local] = (shortcut.predicate, shortcut.object in kind.role_names)
    return dict(sorted(found.items()))
