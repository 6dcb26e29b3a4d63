from __future__ import annotations

import pytest

from avgraph.graph.servers import server_at


@pytest.mark.parametrize(
    ("url", "headers", "name", "update", "store"),
    [
        ("http://h:7878/query", {"Server": "Oxigraph/0.5"}, "Oxigraph", "http://h:7878/update", "http://h:7878/store"),
        ("http://h/x/query", {"server": "oxigraph/1"}, "Oxigraph", "http://h/x/update", "http://h/x/store"),
        ("http://h:8890/sparql", {"Server": "Virtuoso/07.20"}, "Virtuoso", "http://h:8890/sparql-auth",
         "http://h:8890/sparql-graph-crud-auth"),
        ("http://h:8890/sparql-auth", {"Server": "Virtuoso/07.20"}, "Virtuoso", "http://h:8890/sparql-auth",
         "http://h:8890/sparql-graph-crud-auth"),
        ("http://h/films/sparql", {"Server": "Apache Jena Fuseki (5.0)"}, "Fuseki", "http://h/films/update",
         "http://h/films/data"),
        ("http://h/films/query", {"Fuseki-Request-Id": "7"}, "Fuseki", "http://h/films/update", "http://h/films/data"),
        ("http://h/repositories/films", {}, "GraphDB or RDF4J", "http://h/repositories/films/statements",
         "http://h/repositories/films/rdf-graphs/service"),
        ("http://h/blazegraph/namespace/kb/sparql", {}, "Blazegraph", "http://h/blazegraph/namespace/kb/sparql", None),
        ("https://db.eu.neptune.amazonaws.com:8182/sparql", {}, "Neptune",
         "https://db.eu.neptune.amazonaws.com:8182/sparql", "https://db.eu.neptune.amazonaws.com:8182/sparql/gsp/"),
        ("http://h/films/query", {"Server": "Stardog"}, "Stardog", "http://h/films/update", "http://h/films"),
        ("http://h/kg/sparql", {"Server": "avgraph/0.2.0"}, "avgraph", "http://h/kg/sparql", "http://h/kg/graph-store"),
        ("http://h/sparql/", {"server": "avgraph/1"}, "avgraph", "http://h/sparql", "http://h/graph-store"),
        ("http://h/query", {"Server": "nginx"}, "unknown", "http://h/query", None),
        ("http://h/sparql", {}, "unknown", "http://h/sparql", None),
    ],
)  # fmt: skip
def test_a_make_is_told_by_its_headers_or_its_path(
    url: str, headers: dict[str, str], name: str, update: str, store: str | None
) -> None:
    server = server_at(url, headers)
    assert (server.name, server.query, server.update, server.store) == (name, url, update, store)
