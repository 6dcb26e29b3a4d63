"""The hand-written Turtle of this folder, read once for the render scripts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rdflib import RDFS, SKOS, Graph, URIRef

__all__ = ["concepts", "label", "ontology"]

_FOLDER = Path(__file__).resolve().parent


@cache
def ontology() -> Graph:
    """Return ``avgraph.ttl``."""
    return Graph().parse(_FOLDER / "avgraph.ttl", format="turtle")


@cache
def concepts() -> Graph:
    """Return ``concepts.ttl``."""
    return Graph().parse(_FOLDER / "concepts.ttl", format="turtle")


def label(iri: str, language: str = "en") -> str:
    """Return the label of a term, concept or scheme of this folder.

    Raises
    ------
    KeyError
        If it has no label in `language`.
    """
    for graph, predicate in ((ontology(), RDFS.label), (concepts(), SKOS.prefLabel)):
        for text in graph.objects(URIRef(iri), predicate):
            if getattr(text, "language", None) == language:
                return str(text)
    raise KeyError(f"{iri} has no label in {language!r}: write one in ontology/")
