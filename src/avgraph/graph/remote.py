"""Any SPARQL 1.1 server, through SPARQLWrapper.

Credentials come from the environment (see :mod:`avgraph.graph.http`) and never appear in messages.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import rdflib
from SPARQLWrapper import JSON, N3, POST, SPARQLWrapper

from avgraph.errors import QueryError, StoreError
from avgraph.graph.answers import Table, Value, collect, python_value
from avgraph.graph.http import Answer, Client, Login, RefusedError

__all__ = ["RemoteBackend"]

#: How servers of which the default graph is not the union of all are asked for the union: name and value of a
#: parameter. Oxigraph's own; Fuseki's and Stardog's names of the union graph.
_UNIONS = (
    ("union-default-graph", "true"),
    ("default-graph-uri", "urn:x-arq:UnionGraph"),
    ("default-graph-uri", "tag:stardog:api:context:all"),
)


class _Asking(SPARQLWrapper):
    """A query that a client sends: patiently, and with its login going to no other address."""

    def __init__(self, url: str, client: Client) -> None:
        super().__init__(url)
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self._sender = client

    def _query(self) -> Any:
        request = self._createRequest()
        body = cast(bytes, request.data)
        answer = self._sender.send(request.get_method(), request.full_url, body, **request.headers)
        return _Response(answer), self.returnFormat


class _Response:
    """An answer as SPARQLWrapper reads it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def info(self) -> dict[str, str]:
        return dict(self._answer.headers.items())

    def read(self) -> bytes:
        with self._answer.body as body:
            return body.read()


class RemoteBackend:
    """A SPARQL endpoint.

    The queries of avgraph ask the union of all graphs. A server that does not answer from the union by default is
    asked by its own parameter for the union, or else with each named graph as ``default-graph-uri`` (SPARQL 1.1
    Protocol, section 2.1.4), which forms it.

    Parameters
    ----------
    url
        The query endpoint.
    timeout_s
        Seconds without a byte after which an answer is given up.
    client
        Sends the requests; by default one with the login of the environment.

    Raises
    ------
    StoreError
        If it cannot be reached.
    """

    def __init__(self, url: str, timeout_s: float = 60.0, client: Client | None = None) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        netloc = host if parts.port is None else f"{host}:{parts.port}"
        self.location = urlunsplit((parts.scheme, netloc, parts.path, "", ""))
        self._url = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        self._client = client or Client(Login.from_environment(parts.username, parts.password), timeout_s)
        self._union: tuple[tuple[str, str], ...] = ()
        self._union = self._find_union()

    def _find_union(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that make the default graph the union of all: none where it is, or all are empty."""
        some = self.select("SELECT ?s ?p WHERE { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s)) } LIMIT 1").rows
        if not some:
            return ()
        probe = "ASK {{ <{}> <{}> ?o }}".format(*some[0])
        if self.ask(probe):
            return ()
        for parameter in _UNIONS:
            self._union = (parameter,)
            try:
                if self.ask(probe):
                    return self._union
            except (QueryError, StoreError):  # a server may refuse a parameter or a graph that it does not know
                continue
        self._union = ()
        graphs = self.select("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
        return tuple(("default-graph-uri", str(row[0])) for row in graphs.rows if row[0])

    def _send(self, sparql: str, form: str, result_format: str) -> Any:
        query = _Asking(self._url, self._client)
        query.setReturnFormat(result_format)
        for name, value in self._union:
            query.addParameter(name, value)
        query.setQuery(sparql)
        if query.queryType not in form.split():
            raise QueryError(f"this needs a {form.replace(' ', ' or ')} query", "change the query's form")
        try:
            return query.queryAndConvert()
        except RefusedError as error:
            if error.status == 400:
                raise QueryError(error.message.replace("answered with an error (400)", "refused the query"), None,
                                 self.location) from error  # fmt: skip
            raise
        except (ValueError, TypeError) as error:
            raise StoreError(
                "the server did not answer with SPARQL results", "is this the query endpoint?", self.location
            ) from error

    def select(self, sparql: str) -> Table:
        """Answer a SELECT query."""
        answer = self._json(sparql, "SELECT")
        columns = tuple(answer["head"]["vars"])
        solutions = ([binding.get(column) for column in columns] for binding in answer["results"]["bindings"])
        return collect(columns, solutions, lambda term: term["type"] not in ("uri", "bnode"), self._value)

    @staticmethod
    def _value(term: dict[str, str]) -> Value:
        return term["value"] if term["type"] in ("uri", "bnode") else python_value(term["value"], term.get("datatype"))

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

        header = self._client.login.header()
        store = SPARQLStore(
            self._url,
            method="POST_FORM",
            params=dict(self._union) if len(self._union) == 1 else {},
            headers={"Authorization": header} if header else {},
        )
        return rdflib.Dataset(store=store, default_union=True)

    def _json(self, sparql: str, form: str) -> dict[str, Any]:
        answer = self._send(sparql, form, JSON)
        if not isinstance(answer, dict) or not ({"results", "boolean"} & answer.keys()):
            raise StoreError(
                "the server did not answer with SPARQL results", "is this the query endpoint?", self.location
            )
        return answer
