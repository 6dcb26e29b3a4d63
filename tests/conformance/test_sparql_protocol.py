"""The W3C's tests of the SPARQL 1.1 Protocol, and that they fail where a server is broken."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from protocol_manifest import Answer, ProtocolTest, Request, faults, manifest_tests, sent
from serving import TOKEN, Served, serving

MANIFEST = Path(__file__).resolve().parents[2] / ".." / "shared" / "standards" / "sparql11-protocol" / "manifest.ttl"
TESTS = manifest_tests(MANIFEST.resolve()) if MANIFEST.is_file() else []
N_TESTS = 34

pytestmark = pytest.mark.skipif(not TESTS, reason="needs sparql11-protocol in ../shared/standards")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("protocol"), "--address", "http://www.example", writable=True) as served:
        yield served


@pytest.fixture
def prepare(server: Served) -> Callable[[ProtocolTest], None]:
    """Give the server the graphs of a test and no others."""

    def run(test: ProtocolTest) -> None:
        data = (f"; INSERT DATA {{ GRAPH <{graph}> {{ {path.read_text()} }} }}" for graph, path in test.graphs)
        assert server.update("DROP ALL" + "".join(data)).status == 204

    return run


def test_all_are_there() -> None:
    assert len({test.name for test in TESTS}) == N_TESTS
    assert sum(len(test.graphs) for test in TESTS) == 14
    assert sum(len(test.requests) for test in TESTS) == N_TESTS + 5


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_protocol(server: Served, prepare: Callable[[ProtocolTest], None], test: ProtocolTest) -> None:
    prepare(test)
    answers: list[Answer] = []

    def send(request: Request) -> Answer:
        answers.append(sent(request, server.place, TOKEN))
        return answers[-1]

    assert faults(test, send) == []
    # The token is right: what is refused is refused for what is wrong with it.
    assert not {401, 403} & {answer.status for answer in answers}


Breaking = Callable[[Request], Request]


def _parameters(request: Request, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Request:
    path, _, query = request.path.partition("?")
    told = change(parse_qsl(query, keep_blank_values=True))
    return replace(request, path=f"{path}?{urlencode(told)}" if told else path)


def ignoring(name: str) -> Breaking:
    """Return what a server does that asks an empty graph whatever `name` says."""
    return lambda request: _parameters(
        request, lambda told: [(key, "urn:x-nothing:" if key == name else value) for key, value in told]
    )


def taking_one(name: str) -> Breaking:
    """Return what a server does that looks at the last of several parameters alone."""

    def change(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
        last = {key: value for key, value in told if key == name}
        return [(key, value) for key, value in told if key != name] + list(last.items())

    return lambda request: _parameters(request, change)


def believing_no_type(request: Request) -> Request:
    """Guess the media type from the body where the request tells none that is known, as lenient servers do."""
    if any(value.startswith("application/") for _, value in request.headers):
        return request
    text = (request.body or b"").decode("utf-8", "replace")
    kind = "application/sparql-query" if "ASK" in text else "application/sparql-update"
    kind = "application/x-www-form-urlencoded" if text.startswith(("query=", "update=")) else kind
    return replace(request, headers=(("content-type", kind),)) if request.body else request


def reading_any_text(request: Request) -> Request:
    """Read a body in the encoding that it says it has."""
    if not any("UTF-16" in value for _, value in request.headers):
        return request
    body = (request.body or b"").decode("utf-16").encode()
    return replace(request, body=body, headers=(("content-type", request.headers[0][1].partition(";")[0]),))


def getting(request: Request) -> Request:
    """Take an update by GET, and a query by any method."""
    path, _, query = request.path.partition("?")
    form = (("content-type", "application/x-www-form-urlencoded"),)
    if request.method == "GET" and query.startswith("update="):
        return replace(request, method="POST", path=path, body=query.encode(), headers=form)
    return replace(request, method="GET") if request.method == "PUT" else request


GRAPHS = {
    "default-graph-uri": {"query_dataset_default_graphs_get", "query_dataset_default_graphs_post",
                          "query_dataset_full"},
    "named-graph-uri": {"query_dataset_named_graphs_get", "query_dataset_named_graphs_post", "query_dataset_full",
                        "query_multiple_dataset"},
    "using-graph-uri": {"update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_full"},
    "using-named-graph-uri": {"update_dataset_named_graphs", "update_dataset_full"},
}  # fmt: skip
BROKEN: dict[str, tuple[Breaking, set[str]]] = {
    **{f"ignoring {name}": (ignoring(name), names) for name, names in GRAPHS.items()},
    "one default graph": (taking_one("default-graph-uri"), GRAPHS["default-graph-uri"] - {"query_dataset_full"}),
    "one named graph": (taking_one("named-graph-uri"), GRAPHS["named-graph-uri"]),
    "one graph of an update": (taking_one("using-graph-uri"), {"update_dataset_default_graphs"}),
    "one query": (taking_one("query"), {"bad_multiple_queries"}),
    "believing no type": (believing_no_type, {
        "bad_query_wrong_media_type", "bad_query_missing_form_type", "bad_query_missing_direct_type",
        "bad_update_wrong_media_type", "bad_update_missing_form_type",
    }),
    "reading any text": (reading_any_text, {"bad_query_non_utf8", "bad_update_non_utf8"}),
    "by any method": (getting, {"bad_update_get", "bad_query_method"}),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_server_fails(server: Served, prepare: Callable[[ProtocolTest], None], broken: str) -> None:
    change, wanted = BROKEN[broken]
    failed = set()
    for test in TESTS:
        if all(change(request) == request for request in test.requests):
            continue  # as above
        prepare(test)
        if faults(test, lambda request: sent(change(request), server.place, TOKEN)):
            failed.add(test.name)
    assert failed == wanted


@contextmanager
def answering(status: bytes, media_type: bytes, body: bytes) -> Iterator[tuple[str, int]]:
    """Serve a server that says one thing to everybody."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            n_bytes = 0
            while (line := self.rfile.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    n_bytes = int(line.partition(b":")[2])
            self.rfile.read(n_bytes)
            head = b"HTTP/1.1 " + status + b"\r\nContent-Type: " + media_type + b"\r\nConnection: close\r\n"
            self.wfile.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as fake:
        thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield ("127.0.0.1", fake.server_address[1])
        finally:
            fake.shutdown()
            thread.join()


#: Of these nothing is asked but that the status tells success; it is their second request, or nothing, that tells.
ONLY_STATUS = {"update_post_form", "update_post_direct"}
RESULTS = b"application/sparql-results+json"


@pytest.mark.parametrize(
    ("reply", "passing"),
    [
        ((b"200 OK", b"text/html", b"<p>Hello"), ONLY_STATUS),
        ((b"200 OK", RESULTS, b"{}"), ONLY_STATUS | {"query_content_type_select", "query_content_type_ask"}),
        ((b"200 OK", RESULTS, b'{"head": {}, "boolean": false}'),
         ONLY_STATUS | {"query_content_type_select", "query_content_type_ask"}),
        ((b"400 Bad Request", b"text/plain", b"no"), {t.name for t in TESTS if t.name.startswith("bad_")}),
        ((b"500 Internal Server Error", b"text/plain", b"oops"), set()),
    ],
    ids=["a page", "an empty answer", "no", "refusing", "failing"],
)  # fmt: skip
def test_a_server_of_one_answer_fails(reply: tuple[bytes, bytes, bytes], passing: set[str]) -> None:
    with answering(*reply) as place:
        assert {test.name for test in TESTS if not faults(test, lambda request: sent(request, place))} == passing
