"""What a SPARQL endpoint says of itself (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Triple

from avgraph.graph.answering import RDF_FORMATS
from avgraph.vocabulary import RDF

__all__ = ["service_description"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
            "N-Triples", "JSON-LD", "TriG", "N-Quads", "RDF_XML")  # fmt: skip
_INPUTS = ("Turtle", "N-Triples", "JSON-LD", "TriG", "N-Quads", "RDF_XML")


def service_description(store: pyoxigraph.Store, address: str, media_type: str, *, is_writable: bool) -> bytes:
    """Describe an endpoint as RDF.

    Parameters
    ----------
    store
        What it answers about.
    address
        Of the endpoint.
    media_type
        One of :data:`avgraph.graph.answering.RDF_TYPES`.
    is_writable
        Whether it takes updates.
    """
    triples = list(_triples(store, NamedNode(address), is_writable))
    format_ = RDF_FORMATS[media_type]
    return pyoxigraph.serialize(triples, format=format_, prefixes={"sd": _SD, "format": _FORMATS}) or b""


def _triples(store: pyoxigraph.Store, address: NamedNode, is_writable: bool) -> Iterator[Triple]:
    service, dataset = BlankNode("service"), BlankNode("dataset")
    languages = ("SPARQL11Query", "SPARQL11Update") if is_writable else ("SPARQL11Query",)
    yield _say(service, RDF + "type", NamedNode(_SD + "Service"))
    yield _say(service, _SD + "endpoint", address)
    for language in languages:
        yield _say(service, _SD + "supportedLanguage", NamedNode(_SD + language))
    yield _say(service, _SD + "feature", NamedNode(_SD + "UnionDefaultGraph"))
    for name in _RESULTS:
        yield _say(service, _SD + "resultFormat", NamedNode(_FORMATS + name))
    for name in _INPUTS if is_writable else ():
        yield _say(service, _SD + "inputFormat", NamedNode(_FORMATS + name))
    yield _say(service, _SD + "defaultDataset", dataset)
    yield _say(dataset, RDF + "type", NamedNode(_SD + "Dataset"))
    default = BlankNode("default")
    yield _say(dataset, _SD + "defaultGraph", default)
    yield _say(default, RDF + "type", NamedNode(_SD + "Graph"))
    names = sorted(name.value for name in store.named_graphs() if isinstance(name, NamedNode))
    for number, name in enumerate(names):
        node = BlankNode(f"graph{number}")
        yield _say(dataset, _SD + "namedGraph", node)
        yield _say(node, RDF + "type", NamedNode(_SD + "NamedGraph"))
        yield _say(node, _SD + "name", NamedNode(name))


def _say(subject: BlankNode, predicate: str, value: NamedNode | BlankNode) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
