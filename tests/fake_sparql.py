"""A SPARQL server on this machine that is real enough to push to, and fails as a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph

__all__ = ["BASE", "Asked", "FakeSparql", "Fault", "serving_sparql"]

#: Base IRI of what tests push.
BASE = "https://example.org/"
_NT = pyoxigraph.RdfFormat.N_TRIPLES


@dataclass(frozen=True)
class Asked:
    """A request as it came; `graph` is that of the Graph Store Protocol."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    graph: str = ""

    @property
    def sparql(self) -> str:
        form = parse_qs(self.body.decode("utf-8", "replace"))
        return form["query"][0] if "query" in form else self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Fault:
    """What happens in place of the answer.

    `status` answers with an error; `cut` closes the connection without a word, after the work is done if `work`;
    `lose` forgets one statement of those written; `short` sends less than announced; `kind` is the content type.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"no"
    cut: bool = False
    work: bool = False
    lose: bool = False
    short: bool = False
    kind: str = ""


class FakeSparql:
    """A store behind HTTP; `fault` says what happens to a request, None for nothing."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/query"
        self.store = pyoxigraph.Store()
        self.asked: list[Asked] = []
        self.fault: Callable[[Asked], Fault | None] = lambda asked: None
        self.make = "Oxigraph/0"
        self.union = True

    def graph_names(self) -> list[str]:
        return sorted(str(g.value) for g in self.store.named_graphs())

    def n(self, graph: str) -> int:
        return sum(1 for _ in self.store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph)))

    def written(self) -> list[str]:
        """Return the graphs that were written whole, in order."""
        return [a.graph for a in self.asked if a.method == "PUT"]

    def work(self, asked: Asked, *, lose: bool = False) -> tuple[int, str, bytes]:
        """Return status, content type and body."""
        if asked.path == "/query":
            return self._query(asked.sparql)
        if asked.path == "/update":
            self.store.update(asked.body.decode())
            return 204, "", b""
        if asked.path != "/store":
            return 404, "text/plain", b"not here"
        graph = pyoxigraph.NamedNode(asked.graph)
        if asked.method == "GET":
            triples = [q.triple for q in self.store.quads_for_pattern(None, None, None, graph)]
            return 200, "application/n-triples", pyoxigraph.serialize(triples, format=_NT) or b""
        if asked.method in ("PUT", "DELETE"):
            self.store.remove_graph(graph)
        if asked.method in ("PUT", "POST"):
            triples = [q.triple for q in pyoxigraph.parse(asked.body, format=_NT)]
            for t in triples[1:] if lose else triples:
                self.store.add(pyoxigraph.Quad(t.subject, t.predicate, t.object, graph))
        return 204, "", b""

    def _query(self, sparql: str) -> tuple[int, str, bytes]:
        try:
            found = self.store.query(sparql, use_default_graph_as_union=self.union)
        except SyntaxError as error:
            return 400, "text/plain", str(error).encode()
        if isinstance(found, pyoxigraph.QueryTriples):
            return 200, "application/n-triples", found.serialize(format=_NT) or b""
        return 200, "application/sparql-results+json", found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""


@contextmanager
def serving_sparql() -> Iterator[FakeSparql]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            graph = parse_qs(parts.query).get("graph", [""])[0]
            asked = Asked(self.command, parts.path, dict(self.headers), body, graph)
            fake.asked.append(asked)
            fault = fake.fault(asked) or Fault()
            if fault.cut and not fault.work:
                return
            if fault.status:
                self._send(fault.status, "text/plain", fault.body, fault.headers)
                return
            status, kind, answer = fake.work(asked, lose=fault.lose)
            if not fault.cut:
                self._send(status, fault.kind or kind, answer, {}, short=fault.short)

        def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str], *, short: bool = False) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if short else body)

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - names of the library

        def version_string(self) -> str:
            return fake.make

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = FakeSparql(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
