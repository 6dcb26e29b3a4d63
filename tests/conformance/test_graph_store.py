"""The W3C's tests of the SPARQL 1.1 Graph Store Protocol, from the requests that stand in its manifest as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from protocol_manifest import MF, Answer, sent_text
from serving import TOKEN, Served, serving

MANIFEST = Path(__file__).resolve().parents[2] / ".." / "shared" / "standards" / "sparql11-graph-store" / "manifest.ttl"
HOST, STORE = "www.example", "/graph-store"
N_TESTS = 18


@dataclass(frozen=True)
class Told:
    """A request or response as the manifest writes it: its first line, headers and body."""

    first: str
    headers: Message
    body: str


@dataclass(frozen=True)
class StoreTest:
    """A request and the response that is expected, with the variables of the manifest."""

    name: str
    request: Told
    response: Told


def stated(text: str) -> Told:
    lines = [line.removeprefix("    ") for line in text.strip("\n").splitlines()]
    first, *rest = "\n".join(lines).strip("\n").split("\n")
    head, _, body = "\n".join(rest).partition("\n\n")
    return Told(first.strip(), Parser().parsestr(head + "\n\n"), body.strip("\n"))


def manifest() -> list[StoreTest]:
    graph = Graph().parse(MANIFEST.resolve(), format="turtle", publicID=MANIFEST.resolve().as_uri())
    (top,) = graph.subjects(RDF.type, MF.Manifest)
    (entries,) = graph.objects(top, MF.entries)
    found = []
    for entry in Collection(graph, entries):
        (text,) = (str(c) for c in graph.objects(entry, RDFS.comment) if "#### Request" in c)
        request, response = re.split(r"^#### Response$", text.partition("#### Request")[2], flags=re.MULTILINE)
        found.append(StoreTest(str(entry).rpartition("#")[2], stated(request), stated(response)))
    return found


TESTS = manifest() if MANIFEST.is_file() else []
pytestmark = pytest.mark.skipif(not TESTS, reason="needs sparql11-graph-store in ../shared/standards")

#: What is wrong in the manifest: test → the text that stands there, and what must stand. Turtle ends a statement with
#: a point; and the graph to which the name was added is the one that was put there before, Jane's.
ERRATA: dict[str, list[tuple[str, str]]] = {
    "post__existing_graph": [('foaf:name "Jane Doe"', 'foaf:name "Jane Doe" .')],
    "post__multipart_formdata": [
        ('familyName "Doe"', 'familyName "Doe" .'), ('givenName "Jane"', 'givenName "Jane" .'),
    ],
    "get_of_post__existing_graph": [
        ("a foaf:Person;\n", 'a foaf:Person; foaf:name "Jane Doe" ;\n'), ('v:fn "John Doe"', 'v:fn "Jane Doe"'),
    ],
}  # fmt: skip
#: What must be there before and is put there by no test; and the change without effect of which one tells.
BEFORE = {
    "delete__existing_graph": ("PUT", f"{STORE}/person/2.ttl", "<urn:x-a:s> <urn:x-a:p> 1 ."),
    "get_of_post__after_noop": ("POST", "$NEWPATH$", ""),
}


class Run:
    """The tests in their order: each builds on what those before it left."""

    def __init__(self, send: Callable[[str, Message, str], Answer]) -> None:
        self._send = send
        self._new_path = f"{STORE}/none"  # until one is told
        self.faults: dict[str, list[str]] = {}

    def all(self) -> dict[str, list[str]]:
        """Run all; test → what is wrong."""
        for test in TESTS:
            if test.name in BEFORE:
                method, path, body = BEFORE[test.name]
                headers = Message()
                headers["Host"], headers["Content-Type"] = HOST, "text/turtle"
                assert self._send(f"{method} {self._filled(path)} HTTP/1.1", headers, body).status < 300
            self.faults[test.name] = list(self._faults(test))
        return self.faults

    def _filled(self, text: str) -> str:
        text = text.replace("$HOST$/$GRAPHSTORE$", f"{HOST}{STORE}").replace("$GRAPHSTORE$", STORE)
        return text.replace("$HOST$", HOST).replace("$NEWPATH$", self._new_path)

    def _told(self, told: Told) -> Told:
        headers = Message()
        for name, value in told.headers.items():
            headers[name] = self._filled(value)
        return Told(self._filled(told.first), headers, self._filled(told.body))

    def _faults(self, test: StoreTest) -> Iterator[str]:
        for wrong, right in ERRATA.get(test.name, ()):
            which = "response" if test.request.first.startswith("GET") else "request"
            told = getattr(test, which)
            assert told.body.count(wrong) == 1
            test = replace(test, **{which: replace(told, body=told.body.replace(wrong, right))})
        request, expected = self._told(test.request), self._told(test.response)
        answer = self._send(request.first, request.headers, request.body)
        if not f"{answer.status} ".startswith(expected.first.split()[0] + " "):
            yield f"status {answer.status}, not {expected.first}: {answer.body[:200]!r}"
            return
        for name, value in test.response.headers.items():
            given = answer.headers.get(name)
            if given is None:
                yield f"no {name}"
            elif value == "$NEWPATH$":
                self._new_path = given.removeprefix(f"http://{HOST}")
            elif value != "..." and given.replace(" ", "").lower() != value.replace(" ", "").lower():
                yield f"{name}: {given}, not {value}"
        if request.first.startswith("HEAD"):
            if answer.body:
                yield "a body"
        elif expected.body:
            wanted = Graph().parse(data=expected.body, format="turtle")
            if not isomorphic(Graph().parse(data=answer.body, format="turtle"), wanted):
                yield f"another graph: {answer.body!r}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("store"), "--address", f"http://{HOST}", writable=True) as served:
        yield served


@pytest.fixture(scope="module")
def found(server: Served) -> dict[str, list[str]]:
    return Run(lambda first, headers, body: sent_text(first, headers, body, server.place, TOKEN)).all()


def test_all_are_there() -> None:
    names = [test.name for test in TESTS]
    assert len(set(names)) == N_TESTS
    assert {*ERRATA, *BEFORE} <= set(names)
    assert {test.request.first.split()[0] for test in TESTS} == {"PUT", "GET", "DELETE", "POST", "HEAD"}
    assert sum(bool(test.response.body) for test in TESTS) == 7


@pytest.mark.parametrize("name", [test.name for test in TESTS])
def test_graph_store(found: dict[str, list[str]], name: str) -> None:
    assert found[name] == []


def adding(first: str, headers: Message, body: str) -> tuple[str, Message, str]:
    """Add where a graph is to be put anew."""
    return first.replace("PUT ", "POST "), headers, body


def knowing_one_graph(first: str, headers: Message, body: str) -> tuple[str, Message, str]:
    """Take every graph for the default graph."""
    return re.sub(r" /\S+", f" {STORE}?default", first), headers, body


def taking_one_part(first: str, headers: Message, body: str) -> tuple[str, Message, str]:
    """Leave out all parts but the first."""
    if "multipart" in headers.get("Content-Type", ""):
        boundary = headers["Content-Type"].partition("boundary=")[2]
        body = f"--{boundary}".join(body.split(f"--{boundary}")[:2]) + f"--{boundary}--"
    return first, headers, body


def keeping(first: str, headers: Message, body: str) -> tuple[str, Message, str]:
    """Keep what is to be removed, and say that it is gone."""
    return first.replace("DELETE ", "GET "), headers, body


@pytest.mark.parametrize(
    ("change", "some"),
    [
        (adding, {"put__graph_already_in_store", "get_of_put__graph_already_in_store"}),
        (knowing_one_graph, {"head_on_a_nonexisting_graph", "post__create__new_graph"}),
        (taking_one_part, {"get_of_post__multipart_formdata"}),
        (keeping, {"get_of_delete__existing_graph", "delete__nonexistent_graph"}),
    ],
    ids=["adding", "one graph", "one part", "keeping"],
)
def test_a_broken_server_fails(server: Served, change: Callable[..., tuple[str, Message, str]], some: set[str]) -> None:
    assert server.update("DROP ALL").status == 204

    def send(first: str, headers: Message, body: str) -> Answer:
        return sent_text(*change(first, headers, body), server.place, TOKEN)

    failed = {name for name, faults in Run(send).all().items() if faults}
    assert some <= failed
    assert "put__initial_state" not in failed
