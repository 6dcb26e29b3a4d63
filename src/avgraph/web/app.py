"""The web application: which address is answered by what."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avgraph.web import graphstore
from avgraph.web.asked import answer_query
from avgraph.web.describing import describe_dataset, describe_service
from avgraph.web.graphstore import GraphStore
from avgraph.web.guard import Guard
from avgraph.web.negotiation import preferred
from avgraph.web.pages.asking import asked_of
from avgraph.web.pages.rendering import show
from avgraph.web.pages.routes import page_routes
from avgraph.web.problems import Problem, ProblemError
from avgraph.web.protocol import operation_of
from avgraph.web.replies import problem_response, response_of
from avgraph.web.service import Service
from avgraph.web.worker import Task
from avgraph.web.writing import run_update

__all__ = ["create_app"]


_FORMS = ("application/json", "text/html")
#: Names of formats in addresses.
_FORMATS = {
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv",
    "tsv": "text/tab-separated-values", "ttl": "text/turtle", "nt": "application/n-triples",
    "jsonld": "application/ld+json", "rdf": "application/rdf+xml",
}  # fmt: skip


class _Endpoint:
    """Answers the SPARQL protocol, and says what there is to ask."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def sparql(self, request: Request) -> Response:
        """Answer a query, run an update, or describe the service where neither is sent."""
        service = self._service
        operation = await operation_of(request, service.limits)
        accept = request.headers.get("accept", "")
        if operation is not None and "format" in operation.others:  # for links, which have no headers
            accept = _FORMATS.get(operation.others["format"], accept)
        address = service.origin(request) + "/sparql"
        if operation is None:
            return await service.reply(request, Task(describe_service, (address, accept, service.writer is not None)))
        if operation.kind == "query":
            asked = Task(answer_query, (operation.text, accept, operation.dataset, address))
            return await service.reply(request, asked)
        writer = service.check_writer(request)
        return response_of(request, await writer.run(Task(run_update, (operation.text, operation.dataset, address))))

    async def void(self, request: Request) -> Response:
        """Describe the data set (VoID, DCAT)."""
        told = (self._service.origin(request), request.headers.get("accept", ""))
        return await self._service.reply(request, Task(describe_dataset, told))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(error.problem)


class _Missed:
    """Answers where no route does."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: Request, error: Exception) -> Response:
        """Tell people by a page, programs by a problem."""
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and preferred(request.headers.get("accept", ""), _FORMS) == "text/html":
            return await self._service.reply(
                request, Task(show, ("overview.no_such_page", asked_of(request, self._service)))
            )
        names = {404: "not-found", 405: "method"}
        name = names.get(error.status_code, "http")
        return problem_response(Problem(error.status_code, name, error.detail, headers=error.headers or {}))


def create_app(service: Service) -> Starlette:
    """Return the application that serves a graph (ASGI)."""
    endpoint, store = _Endpoint(service), GraphStore(service)
    methods = ["GET", "PUT", "POST", "DELETE"]
    routes = [
        Route("/sparql", endpoint.sparql, methods=["GET", "POST"]),
        Route("/sparql/", endpoint.sparql, methods=["GET", "POST"]),
        Route(graphstore.PATH, store.answer, methods=methods),
        Route(graphstore.PATH + "/{path:path}", store.answer, methods=methods),
        Route("/.well-known/void", endpoint.void),
        *page_routes(service),
    ]
    app = Starlette(
        routes=routes,
        lifespan=service.running,
        exception_handlers={ProblemError: _refused, HTTPException: _Missed(service).answer},
    )
    app.add_middleware(Guard, service=service)
    return app
