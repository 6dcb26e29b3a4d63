"""Which page stands at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from avgraph.web.linkeddata import LinkedData
from avgraph.web.pages.asked import LANGUAGES
from avgraph.web.pages.asking import COOKIE, asked_of
from avgraph.web.pages.deciding import Deciding
from avgraph.web.pages.rendering import give, show, static_files
from avgraph.web.problems import Problem, ProblemError
from avgraph.web.service import Service
from avgraph.web.worker import Task

__all__ = ["page_routes"]

_YEAR_S = 365 * 24 * 3600
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
#: Address → module and function of the page; those for programs have errors that are no pages.
_PAGES = {
    "/": "overview.overview", "/search": "search.search", "/sources": "overview.sources",
    "/conflicts": "conflicts.conflicts", "/page/{path:path}": "things.thing", "/queries": "queries.queries",
    "/queries/{name}": "queries.query_page", "/editor": "queries.editor", "/schema": "schema.schema", "/api": "api.api",
    "/network/{kind}": "network.network", "/network/{kind}/tie": "network.tie", "/network/{kind}/path": "network.path",
}  # fmt: skip
_DATA = {
    "/queries/{name}.json": "queries.query_data", "/queries/{name}.csv": "queries.query_data",
    "/openapi.json": "api.openapi", "/vocabulary.json": "schema.vocabulary",
}  # fmt: skip


def page_routes(service: Service) -> list[BaseRoute]:
    """Return the routes of all pages, of linked data and of static files."""
    linked = LinkedData(service)
    return [
        *(Route(path, _giving(service, data)) for path, data in _DATA.items()),
        *(Route(path, _answering(service, page)) for path, page in _PAGES.items()),
        *Deciding(service).routes(),
        Route("/id/{path:path}", linked.lead),
        Route("/data/{path:path}", linked.describe),
        Route("/static/{name}", _static),
    ]


def _answering(service: Service, page: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        response = await service.reply(request, Task(show, (page, asked_of(request, service)), _part(request)))
        if request.query_params.get("lang") in LANGUAGES:
            chosen = request.query_params["lang"]
            response.set_cookie(COOKIE, chosen, max_age=_YEAR_S, samesite="lax", httponly=True)
        return response

    return answer


def _giving(service: Service, data: str) -> Callable[[Request], Awaitable[Response]]:
    """Answer programs: errors are problems, not pages."""

    async def answer(request: Request) -> Response:
        asked = asked_of(request, service, keeps_empty=True)
        return await service.reply(request, Task(give, (data, asked), _part(request)))

    return answer


def _part(request: Request) -> str:
    """Return the first two parts of a path: requests that have them in common take about the same time."""
    return "/".join(request.url.path.split("/")[1:3])[:80]


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in static_files():
        raise ProblemError(Problem(404, "not-found", "There is no such file", f"No file {name}."))
    # The address holds a hash of the file, so that it may be kept for good.
    return Response(static_files()[name], headers={"Cache-Control": "public, max-age=31536000"}, media_type=kind)
