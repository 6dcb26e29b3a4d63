"""Any SPARQL 1.1 server, through SPARQLWrapper.

Credentials come from ``AVGRAPH_USER`` and ``AVGRAPH_PASSWORD`` and never appear in messages.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit

import rdflib
from SPARQLWrapper import DIGEST, JSON, N3, POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, QueryBadFormed, SPARQLWrapperException

from avgraph.errors import QueryError, StoreError
from avgraph.graph.backend import Table, Value, collect, python_value

__all__ = ["RemoteBackend"]


class RemoteBackend:
    """A SPARQL endpoint.

    The queries of avgraph ask the union of all graphs. Servers that do not answer from the union by default
    (their default graph is empty while named graphs hold data) are asked with each named graph as
    ``default-graph-uri`` (SPARQL 1.1 Protocol, section 2.1.4), which forms the union.

    Parameters
    ----------
    url
        The query endpoint.
    timeout_s
        Seconds to wait for an answer.

    Raises
    ------
    StoreError
        If it cannot be reached.
    """

    def __init__(self, url: str, timeout_s: int = 60) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        netloc = host if parts.port is None else f"{host}:{parts.port}"
        self.location = urlunsplit((parts.scheme, netloc, parts.path, "", ""))
        self._url = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        self._login = (
            os.environ.get("AVGRAPH_USER") or parts.username,
            os.environ.get("AVGRAPH_PASSWORD") or parts.password,
        )
        self._timeout_s = timeout_s
        self._default_graphs: tuple[str, ...] = ()
        if not self.ask("ASK { ?s ?p ?o }"):
            graphs = self.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
            self._default_graphs = tuple(str(row[0]) for row in graphs.rows)

    def _send(self, sparql: str, form: str, result_format: str) -> Any:
        client = SPARQLWrapper(self._url)
        client.setMethod(POST)
        client.setTimeout(self._timeout_s)
        client.setReturnFormat(result_format)
        client.setOnlyConneg(True)
        user, password = self._login
        if user and password:
            client.setCredentials(user, password)
            if os.environ.get("AVGRAPH_AUTH", "").lower() == "digest":
                client.setHTTPAuth(DIGEST)
        for graph in self._default_graphs:
            client.addDefaultGraph(graph)
        client.setQuery(sparql)
        if client.queryType not in form.split():
            raise QueryError(f"this needs a {form.replace(' ', ' or ')} query", "change the query's form")
        try:
            return client.queryAndConvert()
        except QueryBadFormed as error:
            raise QueryError(f"the server refused the query: {_reason(error)}", where=self.location) from error
        except EndPointNotFound as error:
            raise StoreError(
                "no SPARQL endpoint there (404)", "check the path of the address", self.location
            ) from error
        except (HTTPError, SPARQLWrapperException) as error:
            raise StoreError(f"the server answered with an error: {_reason(error)}", where=self.location) from error
        except (TimeoutError, URLError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise StoreError(
                f"the endpoint cannot be reached: {reason}",
                "is the server running, and the address right?",
                self.location,
            ) from error
        except ValueError as error:
            raise StoreError(
                "the server did not answer with SPARQL results", "is this the query endpoint?", self.location
            ) from error

    def select(self, sparql: str) -> Table:
        """Answer a SELECT query."""
        answer = self._json(sparql, "SELECT")
        columns = tuple(answer["head"]["vars"])
        solutions = ([binding.get(column) for column in columns] for binding in answer["results"]["bindings"])
        return collect(columns, solutions, self._cell)

    @staticmethod
    def _cell(term: dict[str, str]) -> tuple[Value, bool]:
        if term["type"] in ("uri", "bnode"):
            return term["value"], True
        return python_value(term["value"], term.get("datatype")), False

    def ask(self, sparql: str) -> bool:
        """Answer an ASK query."""
        return bool(self._json(sparql, "ASK")["boolean"])

    def construct(self, sparql: str) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples."""
        data: bytes = self._send(sparql, "CONSTRUCT DESCRIBE", N3)
        graph = rdflib.Graph().parse(data=data, format="turtle")
        return bytes(graph.serialize(format="nt", encoding="utf-8"))

    def dataset(self) -> rdflib.Dataset:
        """Return an rdflib Dataset that asks the server."""
        from rdflib.plugins.stores.sparqlstore import SPARQLStore

        return rdflib.Dataset(store=SPARQLStore(self._url), default_union=True)

    def _json(self, sparql: str, form: str) -> dict[str, Any]:
        answer = self._send(sparql, form, JSON)
        if not isinstance(answer, dict) or not ({"results", "boolean"} & answer.keys()):
            raise StoreError(
                "the server did not answer with SPARQL results", "is this the query endpoint?", self.location
            )
        return answer


def _reason(error: Exception) -> str:
    """Return the server's own words, one line, without anything of ours (the request holds credentials)."""
    text = str(error).split("Response:\n", 1)[-1]
    return " ".join(text.replace("\\n", " ").split())[:300]
