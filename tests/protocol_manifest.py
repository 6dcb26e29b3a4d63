"""The tests of the W3C's SPARQL 1.1 Protocol manifest, sent as they stand there, and what is wrong with an answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from xml.etree import ElementTree

from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from serving import received

__all__ = ["Answer", "ProtocolTest", "Request", "faults", "manifest_tests", "sent", "sent_text"]

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")

#: Media types of each format that the manifest names; RDFa, of which it speaks too, nobody offers.
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv",
                "text/tab-separated-values"},
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request, and what must come back: classes of status, the truth value and the format if they are told."""

    method: str
    path: str
    version: str
    authority: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: frozenset[str]
    boolean: bool | None
    format: str | None


@dataclass(frozen=True)
class ProtocolTest:
    """A test: its short name, graphs to be there before (IRI, file), and requests in order."""

    name: str
    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


def manifest_tests(path: Path) -> list[ProtocolTest]:
    """Return the tests of a manifest in its order."""
    graph = Graph().parse(path, format="turtle", publicID=path.as_uri())
    (manifest,) = graph.subjects(RDF.type, MF.Manifest)
    (entries,) = graph.objects(manifest, MF.entries)
    return [_test(graph, entry) for entry in Collection(graph, entries)]


def _test(graph: Graph, entry: Node) -> ProtocolTest:
    graphs = []
    for data in graph.objects(entry, UT.graphData):
        (file,), (label,) = graph.objects(data, UT.graph), graph.objects(data, RDFS_LABEL)
        graphs.append((str(label), Path(str(file).removeprefix("file://"))))
    (action,) = graph.objects(entry, MF.action)
    (authority,) = graph.objects(action, HT.connectionAuthority)
    (requests,) = graph.objects(action, HT.requests)
    found = tuple(_request(graph, node, str(authority)) for node in Collection(graph, requests))
    return ProtocolTest(str(entry).rpartition("#")[2], tuple(sorted(graphs)), found)


def _request(graph: Graph, node: Node, authority: str) -> Request:
    def told(predicate: URIRef, about: Node = node) -> str | None:
        value = graph.value(about, predicate, any=False)
        return None if value is None else str(value)

    headers: list[tuple[str, str]] = []
    if (listed := graph.value(node, HT.headers, any=False)) is not None:
        for header in Collection(graph, listed):
            headers.append((told(HT.fieldName, header) or "", told(HT.fieldValue, header) or ""))
    body = None
    if (content := graph.value(node, HT.body, any=False)) is not None:
        body = (told(CNT.chars, content) or "").encode(told(CNT.characterEncoding, content) or "")
    response = graph.value(node, HT.resp, any=False)
    assert response is not None
    statuses = frozenset(
        str(status).rpartition("StatusCode")[2] for status in graph.objects(response, MF.expectedStatus)
    )
    boolean = told(MF.expectedBoolean, response)
    return Request(
        told(HT.methodName) or "", told(HT.absolutePath) or "", told(HT.httpVersion) or "", authority, tuple(headers),
        body, statuses, None if boolean is None else boolean == "true", told(MF.expectedFormat, response),
    )  # fmt: skip


def sent(request: Request, place: tuple[str, int], token: str | None = None) -> Answer:
    """Send a request as it stands, with nothing added but its length and the token; return what comes back."""
    lines = [f"{request.method} {request.path} HTTP/{request.version}", f"Host: {request.authority}"]
    return _exchanged([*lines, *(f"{name}: {value}" for name, value in request.headers)], request.body, place, token)


def sent_text(first: str, headers: Message, body: str, place: tuple[str, int], token: str | None = None) -> Answer:
    """Send a request that is told as text, as :func:`sent` does."""
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    has_body = first.split()[0] in ("PUT", "POST")
    return _exchanged(lines, body.replace("\n", "\r\n").encode() if has_body else None, place, token)


def _exchanged(lines: list[str], body: bytes | None, place: tuple[str, int], token: str | None) -> Answer:
    if body is not None:
        lines = [*lines, f"Content-Length: {len(body)}"]
    if token is not None:
        lines = [*lines, f"Authorization: Bearer {token}"]
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii") + (body or b""))
        head, _, answer = received(connection).partition(b"\r\n\r\n")
    status, _, headers = head.partition(b"\r\n")
    return Answer(int(status.split()[1]), BytesParser().parsebytes(headers + b"\r\n\r\n"), answer)


def faults(test: ProtocolTest, send: Callable[[Request], Answer]) -> list[str]:
    """Return what is wrong with the answers to the requests of a test."""
    return [fault for request in test.requests for fault in _faults(request, send(request))]


def _faults(request: Request, answer: Answer) -> Iterator[str]:
    if f"{answer.status // 100}xx" not in request.statuses:
        yield f"status {answer.status}, not {sorted(request.statuses)}: {answer.body[:300]!r}"
        return
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.format is not None and media_type not in FORMATS[request.format]:
        yield f"{media_type or 'no media type'} is not {request.format}"
    elif request.format == "RDF":
        Graph().parse(data=answer.body, format=media_type)
    elif request.boolean is not None and _boolean(media_type, answer.body) != request.boolean:
        yield f"not {request.boolean}: {answer.body[:300]!r}"


def _boolean(media_type: str, body: bytes) -> bool | None:
    try:
        if media_type.endswith("json"):
            return {True: True, False: False}.get(json.loads(body).get("boolean"))
        found = ElementTree.fromstring(body).find("{http://www.w3.org/2005/sparql-results#}boolean")
    except (ValueError, ElementTree.ParseError):
        return None
    return None if found is None else found.text == "true"
