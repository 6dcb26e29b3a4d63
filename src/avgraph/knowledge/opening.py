"""From a folder, a file or an address to the knowledge graph that lies there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from avgraph.errors import StoreError
from avgraph.graph.backend import OxigraphBackend, RdflibBackend, open_oxigraph
from avgraph.graph.files import opened_store
from avgraph.graph.pull import pulled_store
from avgraph.graph.snapshot import current_snapshot, read_snapshot
from avgraph.knowledge.graph import KnowledgeGraph
from avgraph.workspace import CONFIG_NAME

if TYPE_CHECKING:
    import rdflib

__all__ = ["open_graph"]


def open_graph(target: str | Path | rdflib.Graph) -> KnowledgeGraph:
    """Open a knowledge graph.

    Parameters
    ----------
    target
        A workspace folder (its last build), a snapshot folder, the URL of a SPARQL endpoint, an rdflib graph, an RDF
        file (``.nq .trig .jsonld .ttl .nt .rdf``, also ``.gz``), a folder of exported tables, what ``avgraph import``
        made of such files, or a folder of ``avgraph pull``.

    Raises
    ------
    StoreError
        If there is nothing built there, or the endpoint does not answer.
    SourceError
        If a file is not the RDF that its suffix tells.

    Examples
    --------
    >>> import rdflib
    >>> film = "<https://example.org/f> a schema:Movie ; rdfs:label 'Gutland' ."
    >>> prefixes = "@prefix schema: <https://schema.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    >>> kg = open_graph(rdflib.Graph().parse(data=prefixes + film, format="turtle"))
    >>> kg.query("SELECT ?name { ?film a schema:Movie ; rdfs:label ?name }").to_polars()["name"].to_list()
    ['Gutland']
    """
    if not isinstance(target, str | Path):
        return KnowledgeGraph(RdflibBackend(target))
    if isinstance(target, str) and re.match(r"\w+://", target):
        from avgraph.graph.remote import RemoteBackend

        _check_address(target)
        return KnowledgeGraph(RemoteBackend(target))
    path = Path(target).expanduser()
    if (pulled := pulled_store(path)) is not None:
        return KnowledgeGraph(OxigraphBackend(open_oxigraph(pulled), str(path)))
    snapshot = read_snapshot(path) or current_snapshot(path / ".avgraph")
    if snapshot is None:
        if (path / CONFIG_NAME).is_file():
            raise StoreError("nothing is built there yet", f"run: avgraph build {target}", str(path))
        store = opened_store(path)
        if store is not None:
            return KnowledgeGraph(OxigraphBackend(store, str(path)))
        raise StoreError(
            "no workspace, snapshot, RDF file or endpoint there", "give a folder with avgraph.toml, or a URL", str(path)
        )
    return KnowledgeGraph(OxigraphBackend(open_oxigraph(snapshot.store_path), str(path)), snapshot)


def _check_address(url: str) -> None:
    """Refuse what is no web address; the message holds nothing of it, for it may hold a password."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise StoreError("that is not the address of an endpoint", "give one like https://example.org/sparql")
