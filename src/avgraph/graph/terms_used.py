"""The vocabulary of a graph: the classes and properties that it uses, how often, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pyoxigraph

from avgraph.resources import resource
from avgraph.vocabulary import OWL, RDF, RDFS, compact

__all__ = ["Term", "own_terms", "used_terms"]

_CLASSES = "SELECT ?t (COUNT(DISTINCT ?s) AS ?n) { ?s a ?t } GROUP BY ?t"
_PROPERTIES = "SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t"
_KINDS = {OWL + "Class": "class", OWL + "ObjectProperty": "property", OWL + "DatatypeProperty": "property"}


@dataclass(frozen=True)
class Term:
    """A class or property.

    Attributes
    ----------
    iri, name
        Its IRI, and with a prefix.
    kind
        ``class`` or ``property``.
    labels, comments
        Language → text; none for terms of other vocabularies.
    domain, range
        Names of classes, where they are declared.
    n
        How many things are of the class, or statements have the property.
    """

    iri: str
    name: str
    kind: str
    labels: tuple[tuple[str, str], ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    n: int = 0

    def label(self, language: str) -> str:
        """Return what it is called in a language, else in English, else nothing."""
        return _in(self.labels, language)

    def comment(self, language: str) -> str:
        """Return what it means, likewise."""
        return _in(self.comments, language)


def _in(texts: tuple[tuple[str, str], ...], language: str) -> str:
    found = dict(texts)
    return found.get(language) or found.get("en", "")


@cache
def own_terms() -> dict[str, Term]:
    """Return the classes and properties that avgraph's ontology declares, by IRI."""
    store = pyoxigraph.Store()
    store.load(resource("ontology", "avgraph.ttl").read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    found = {}
    for quad in store.quads_for_pattern(None, pyoxigraph.NamedNode(RDF + "type"), None, None):
        kind = _KINDS.get(quad.object.value) if isinstance(quad.object, pyoxigraph.NamedNode) else None
        if kind is None or not isinstance(quad.subject, pyoxigraph.NamedNode):
            continue
        iri = quad.subject.value
        found[iri] = Term(
            iri, compact(iri), kind, tuple(_texts(store, quad.subject, "label")),
            tuple(_texts(store, quad.subject, "comment")), tuple(_names(store, quad.subject, "domain")),
            tuple(_names(store, quad.subject, "range")),
        )  # fmt: skip
    return dict(sorted(found.items()))


def _texts(store: pyoxigraph.Store, subject: pyoxigraph.NamedNode, name: str) -> Iterator[tuple[str, str]]:
    for quad in store.quads_for_pattern(subject, pyoxigraph.NamedNode(RDFS + name), None, None):
        if isinstance(quad.object, pyoxigraph.Literal):
            yield quad.object.language or "en", quad.object.value


def _names(store: pyoxigraph.Store, subject: pyoxigraph.NamedNode, name: str) -> list[str]:
    quads = store.quads_for_pattern(subject, pyoxigraph.NamedNode(RDFS + name), None, None)
    return sorted(compact(quad.object.value) for quad in quads if isinstance(quad.object, pyoxigraph.NamedNode))


def used_terms(store: pyoxigraph.Store) -> list[Term]:
    """Return the classes and properties that a store uses, the most used first, with what the ontology says of them."""
    known = own_terms()
    found = []
    for kind, query in (("class", _CLASSES), ("property", _PROPERTIES)):
        for solution in store.query(query, use_default_graph_as_union=True):  # type: ignore[union-attr]
            iri, n = solution["t"].value, int(solution["n"].value)
            about = known.get(iri, Term(iri, compact(iri), kind))
            found.append(replace(about, kind=kind, n=n))
    return sorted(found, key=lambda term: (term.kind, -term.n, term.name))
