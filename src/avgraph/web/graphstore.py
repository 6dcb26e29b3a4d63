"""The SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from email.parser import BytesParser
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from avgraph.graph.answering import RDF_TYPES
from avgraph.graph.writable import read_graph
from avgraph.sparql import is_iri
from avgraph.web.negotiation import choose
from avgraph.web.problems import Problem, ProblemError, Reply, problem_reply
from avgraph.web.protocol import body_of, media_type_of, wrong_type
from avgraph.web.replies import response_of
from avgraph.web.service import Service
from avgraph.web.worker import Served, Task
from avgraph.web.writing import delete_graph, put_graph

__all__ = ["PATH", "GraphStore"]

PATH = "/graph-store"


class GraphStore:
    """Answers the protocol.

    A graph is named by ``?graph=IRI``, the default graph by ``?default``, and a graph that is called by its address
    below the store's by that address. What is posted to the store itself becomes a graph of a new name.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: Request) -> Response:
        """Read, write, extend or remove a graph."""
        if request.method == "POST" and not request.url.query and not request.path_params.get("path"):
            return await self._create(request)
        graph = self._graph(request)
        if request.method in ("GET", "HEAD"):
            return await self._service.reply(request, Task(give_graph, (graph, request.headers.get("accept", ""))))
        writer = self._service.check_writer(request)
        if request.method == "DELETE":
            return response_of(request, await writer.run(Task(delete_graph, (graph,))))
        parts = await self._parts(request)
        base_iri = graph or self._service.origin(request) + PATH
        reply = await writer.run(Task(put_graph, (graph, parts, base_iri, request.method == "PUT")))
        return response_of(request, reply)

    async def _create(self, request: Request) -> Response:
        writer = self._service.check_writer(request)
        graph = f"{self._service.origin(request)}{PATH}/{uuid.uuid4()}"
        parts = await self._parts(request)
        reply = await writer.run(Task(put_graph, (graph, parts, graph, True)))
        return response_of(request, replace(reply, headers=(*reply.headers, ("Location", graph))))

    def _graph(self, request: Request) -> str | None:
        told = parse_qsl(request.url.query, keep_blank_values=True)
        named = [value for name, value in told if name == "graph"]
        is_default = any(name == "default" for name, _ in told)
        below = request.path_params.get("path", "")
        if below and not named and not is_default:
            return f"{self._service.origin(request)}{PATH}/{below}"
        if below or len(named) + is_default != 1:
            raise _unclear("The request names no graph, or more than one", "Name one: ?graph=IRI, or ?default.")
        if is_default:
            return None
        if not is_iri(named[0]):
            raise _unclear(f"{named[0]!r} names no graph", "Give an absolute IRI.")
        return named[0]

    async def _parts(self, request: Request) -> tuple[tuple[bytes, str], ...]:
        body = await body_of(request, self._service.limits, writes=True)
        media_type, _ = media_type_of(request)
        if media_type != "multipart/form-data":
            return ((body, _known(media_type)),)
        head = b"Content-Type: " + request.headers["content-type"].encode("latin-1") + b"\r\n\r\n"
        message = BytesParser().parsebytes(head + body)
        if not message.is_multipart():
            raise _unclear("The body has no parts", "Separate them by the boundary of the Content-Type.")
        return tuple(
            (bytes(part.get_payload(decode=True) or b""), _known(part.get_content_type()))  # type: ignore[union-attr]
            for part in message.get_payload()
        )


def give_graph(served: Served, graph: str | None, accept: str) -> Reply:
    """Return a graph in the form that `accept` prefers."""
    found = read_graph(served.backend.store, graph, choose(accept, RDF_TYPES), served.limits.bounds)
    if found is None:
        return problem_reply(Problem(404, "not-found", "There is no such graph", f"No graph {graph}."))
    return Reply(200, found.media_type, found.body)


def _known(media_type: str) -> str:
    if media_type not in RDF_TYPES:
        raise wrong_type(media_type, RDF_TYPES)
    return media_type


def _unclear(detail: str, hint: str) -> ProblemError:
    return ProblemError(Problem(400, "request", "The request cannot be understood", f"{detail}.", hint))
