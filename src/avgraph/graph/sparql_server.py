"""One SPARQL 1.1 server to be read and written graph by graph: what it holds, put, append, drop, read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyoxigraph

from avgraph.errors import StoreError
from avgraph.graph.digests import GraphState, GraphSum
from avgraph.graph.http import Answer, Client, RefusedError, sound_address
from avgraph.graph.servers import Server, server_at

__all__ = ["SparqlServer", "batches"]

_NT = "application/n-triples"
_FORM = "application/x-www-form-urlencoded"
_FORMATS = {_NT: pyoxigraph.RdfFormat.N_TRIPLES, "text/plain": pyoxigraph.RdfFormat.N_TRIPLES,
            "text/turtle": pyoxigraph.RdfFormat.TURTLE}  # fmt: skip
#: Graphs in one VALUES block.
_N_ASKED = 200
#: Bytes in one request: what fits the memory of both sides, and the limits that proxies commonly set on updates.
_PART_BYTES = 8 * 2**20
_UPDATE_BYTES = 256 * 2**10
#: A refused part is halved down to this many statements.
_LEAST_SPLIT = 8


class SparqlServer:
    """A server with a query endpoint, an update endpoint and perhaps a graph store.

    Parameters
    ----------
    url
        The query endpoint.
    update
        The update endpoint, where it is not told by the make of the server.
    graph_store
        The address of the Graph Store Protocol, ``"none"`` to do without; by default told by the make.
    client
        Sends the requests.

    Raises
    ------
    StoreError
        If it does not answer, or an address is none.
    """

    def __init__(
        self, url: str, *, update: str | None = None, graph_store: str | None = None, client: Client | None = None
    ) -> None:
        self._client = client or Client()
        sound_address(url)
        guessed = server_at(url, self._query("ASK { }", url).headers)
        wanted = guessed.store if graph_store is None else graph_store
        if update:
            sound_address(update, "an update endpoint")
        if graph_store not in (None, "none"):
            sound_address(graph_store, "a graph store")
        store = None if wanted == "none" else wanted
        self.server = Server(guessed.name, url, update or guessed.update, store, guessed.n_inserted)

    def _query(self, sparql: str, url: str | None = None) -> Answer:
        return self._asked(sparql, url or self.server.query, "application/sparql-results+json")

    def _asked(self, sparql: str, url: str, accept: str) -> Answer:
        body = urlencode({"query": sparql}).encode("ascii")
        return self._client.send("POST", url, body, Content_Type=_FORM, Accept=accept)

    def select(self, sparql: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT query: variable → lexical value.

        Raises
        ------
        StoreError
            If the server does not answer, or not with SPARQL results.
        """
        with self._query(sparql).body as body:
            try:
                rows = json.load(body)["results"]["bindings"]
                return [{name: term["value"] for name, term in row.items()} for row in rows]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise StoreError(
                    "the server did not answer with SPARQL results", "is this the query endpoint?", self.server.query
                ) from error

    def update(self, sparql: str) -> None:
        """Run a SPARQL Update."""
        kind = "application/sparql-update"
        self._client.send("POST", self.server.update, sparql.encode(), Content_Type=kind).body.close()

    def counts(self, graphs: Iterable[str]) -> dict[str, int]:
        """Return the number of statements of each of `graphs`; 0 for a graph the server lacks."""
        wanted = sorted(set(graphs))
        found = dict.fromkeys(wanted, 0)
        for part in batches(wanted, _N_ASKED):
            values = " ".join(f"<{graph}>" for graph in part)
            rows = self.select(
                f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} VALUES ?g {{ {values} }} }} GROUP BY ?g"
            )
            found |= {row["g"]: int(row["n"]) for row in rows if "g" in row}
        return found

    def graphs(self) -> dict[str, int]:
        """Return the number of statements of every graph there is, in alphabetical order of their names."""
        # Not DISTINCT ?g, which takes Virtuoso a minute.
        rows = self.select("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        return dict(sorted((row["g"], int(row["n"])) for row in rows if "g" in row))

    def replace(self, graph: str, lines: Iterable[str]) -> Iterator[int]:
        """Write a graph anew from its N-Triples lines (without their points); yield the number written after each part.

        Cut short it leaves a part of the graph; beginning again replaces that.
        """
        if self.server.store is None:
            self.drop(graph)
        n_written, most = 0, self.server.n_inserted if self.server.store is None else None
        size = _UPDATE_BYTES if self.server.store is None else _PART_BYTES
        for part in _parts(lines, size, most):
            self._append(graph, part, first=not n_written)
            n_written += len(part)
            yield n_written

    def _append(self, graph: str, lines: list[str], *, first: bool) -> None:
        try:
            if self.server.store is None:
                self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n" + " .\n".join(lines) + " .\n} }")
                return
            body = "".join(f"{line} .\n" for line in lines).encode()
            method = "PUT" if first else "POST"
            self._client.send(method, self._store_address(graph), body, Content_Type=_NT).body.close()
        except RefusedError as error:
            if error.status != 413 or len(lines) < _LEAST_SPLIT:
                raise
            half = len(lines) // 2
            self._append(graph, lines[:half], first=first)
            self._append(graph, lines[half:], first=False)

    def _store_address(self, graph: str) -> str:
        parts = urlsplit(self.server.store or "")
        query = "&".join(filter(None, (parts.query, urlencode({"graph": graph}))))
        return urlunsplit((*parts[:3], query, ""))

    def drop(self, graph: str) -> None:
        """Remove a graph, whether it is there or not."""
        if self.server.store is None:
            self.update(f"DROP SILENT GRAPH <{graph}>")
            return
        try:
            self._client.send("DELETE", self._store_address(graph)).body.close()
        except RefusedError as error:
            if error.status != 404:
                raise

    def triples(self, graph: str) -> Iterator[pyoxigraph.Triple]:
        """Yield the statements of a graph.

        Raises
        ------
        StoreError
            If the server does not give them as RDF.
        """
        answer = self._graph(graph)
        with answer.body as body:
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind not in _FORMATS:
                given = kind or "something without a type"
                raise StoreError(
                    f"the server gives {given} instead of RDF", "is that the address of its graph store?", graph
                )
            try:
                for quad in pyoxigraph.parse(body, format=_FORMATS[kind]):
                    yield quad.triple
            except (SyntaxError, ValueError) as error:
                raise StoreError(f"the server gives RDF that does not parse: {error}", where=graph) from error

    def _graph(self, graph: str) -> Answer:
        if self.server.store is not None:
            try:
                return self._client.send("GET", self._store_address(graph), Accept=_NT)
            except RefusedError as error:  # some stores want a login even for what anybody may query
                if error.status != 401 or self._client.login.known:
                    raise
        sparql = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return self._asked(sparql, self.server.query, _NT)

    def state(self, graph: str) -> GraphState:
        """Return the state of a graph, read back statement by statement."""
        found = GraphSum()
        for triple in self.triples(graph):
            found.add(str(triple))
        return found.state()

    @property
    def how(self) -> str:
        """How graphs are written, in words."""
        return "SPARQL Update" if self.server.store is None else "Graph Store Protocol"


def batches(items: list[Any], n: int) -> Iterator[list[Any]]:
    """Yield `items` in lists of at most `n`."""
    for at in range(0, len(items), n):
        yield items[at : at + n]


def _parts(lines: Iterable[str], n_bytes: int, n_lines: int | None) -> Iterator[list[str]]:
    """Yield the lines in lists of bounded size; one empty list where there are none."""
    part: list[str] = []
    size, any_yet = 0, False
    for line in lines:
        if part and (size + len(line) > n_bytes or len(part) == n_lines):
            yield part
            part, size, any_yet = [], 0, True
        part.append(line)
        size += len(line) * 2 if not line.isascii() else len(line)
    if part or not any_yet:
        yield part
