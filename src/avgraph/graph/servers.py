"""Where known servers take updates and whole graphs, told from the address and the headers of the query endpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

__all__ = ["KNOWN", "Server", "server_at"]


@dataclass(frozen=True)
class _Kind:
    """How one make of server is told and where it listens.

    `signature` matches a line of its headers or ``url: …``, `path` the path of its query endpoint; `update` and
    `store` are what the matched part of the path becomes (None: it has no such endpoint). Without a signature the
    path alone tells it.
    """

    name: str
    signature: str | None
    path: str
    update: str
    store: str | None
    n_inserted: int = 2000


@dataclass(frozen=True)
class Server:
    """The endpoints of one server.

    Attributes
    ----------
    name
        Its make, ``"unknown"`` where nothing tells.
    query, update
        Where queries are answered and SPARQL Updates taken.
    store
        Where the SPARQL 1.1 Graph Store Protocol is spoken, None if nowhere.
    n_inserted
        Most statements in one INSERT DATA.
    """

    name: str
    query: str
    update: str
    store: str | None
    n_inserted: int = 2000


KNOWN = (
    _Kind("avgraph", r"server: avgraph", r"/sparql$", "/sparql", "/graph-store"),
    # Virtuoso compiles an update to SQL, of which the length is bounded.
    _Kind("Virtuoso", r"server: virtuoso", r"/sparql(?:-auth)?$", "/sparql-auth", "/sparql-graph-crud-auth", 200),
    _Kind("GraphDB or RDF4J", None, r"/repositories/([^/]+)$",
          r"/repositories/\1/statements", r"/repositories/\1/rdf-graphs/service"),
    _Kind("Blazegraph", None, r"/namespace/([^/]+)/sparql$", r"/namespace/\1/sparql", None),
    _Kind("Neptune", r"url: \S+\.neptune\.amazonaws\.com\b", r"/sparql$", "/sparql", "/sparql/gsp/"),
    _Kind("Fuseki", r"server: apache jena fuseki|fuseki-request-id:", r"/(?:query|sparql)$", "/update", "/data"),
    _Kind("Oxigraph", r"server: oxigraph", r"/query$", "/update", "/store"),
    _Kind("Stardog", r"server: stardog", r"/query$", "/update", ""),
)  # fmt: skip


def server_at(query: str, headers: Mapping[str, str] | None = None) -> Server:
    """Return the endpoints of the server that answers queries at `query`.

    Parameters
    ----------
    query
        Its query endpoint.
    headers
        Of one of its answers; they tell makes apart that use the same path.

    >>> server_at("http://localhost:7878/query", {"Server": "Oxigraph/0.5.0"}).store
    'http://localhost:7878/store'
    >>> server_at("http://localhost:7200/repositories/films").update
    'http://localhost:7200/repositories/films/statements'
    >>> server_at("https://example.org/ask").name
    'unknown'
    """
    parts = urlsplit(query)
    path = parts.path.rstrip("/")
    told = "\n".join([f"url: {query}", *(f"{name}: {value}" for name, value in (headers or {}).items())])
    for kind in KNOWN:
        signed = kind.signature is None or re.search(rf"^(?:{kind.signature})", told, re.IGNORECASE | re.MULTILINE)
        if signed and re.search(kind.path, path):

            def at(target: str, kind: _Kind = kind) -> str:
                return urlunsplit((parts.scheme, parts.netloc, re.sub(kind.path, target, path), parts.query, ""))

            store = None if kind.store is None else at(kind.store)
            return Server(kind.name, query, at(kind.update), store, kind.n_inserted)
    return Server("unknown", query, query, None)
