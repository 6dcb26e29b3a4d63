"""Which page stands at which address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from avgraph.web.linkeddata import LinkedData
from avgraph.web.pages.api import api, openapi
from avgraph.web.pages.asked import LANGUAGES
from avgraph.web.pages.asking import COOKIE, asked_of
from avgraph.web.pages.conflicts import conflicts
from avgraph.web.pages.deciding import Deciding
from avgraph.web.pages.network import network, path, tie
from avgraph.web.pages.overview import overview, sources
from avgraph.web.pages.queries import editor, queries, query_data, query_page
from avgraph.web.pages.rendering import Page, show, static_files
from avgraph.web.pages.schema import schema, vocabulary
from avgraph.web.pages.search import search
from avgraph.web.pages.things import thing
from avgraph.web.problems import Problem, ProblemError
from avgraph.web.service import Service
from avgraph.web.worker import Task

__all__ = ["page_routes"]

_YEAR_S = 365 * 24 * 3600
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PAGES: dict[str, Page] = {
    "/": overview, "/search": search, "/sources": sources, "/conflicts": conflicts, "/page/{path:path}": thing,
    "/queries": queries, "/queries/{name}": query_page, "/editor": editor, "/schema": schema, "/api": api,
    "/network/{kind}": network, "/network/{kind}/tie": tie, "/network/{kind}/path": path,
}  # fmt: skip


def page_routes(service: Service) -> list[BaseRoute]:
    """Return the routes of all pages, of linked data and of static files."""
    linked = LinkedData(service)
    return [
        *(Route(f"/queries/{{name}}.{end}", _giving(service, query_data)) for end in ("json", "csv")),
        *(Route(path, _answering(service, page)) for path, page in _PAGES.items()),
        Route("/openapi.json", _giving(service, openapi)),
        Route("/vocabulary.json", _giving(service, vocabulary)),
        *Deciding(service).routes(),
        Route("/id/{path:path}", linked.lead),
        Route("/data/{path:path}", linked.describe),
        Route("/static/{name}", _static),
    ]


def _answering(service: Service, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        response = await service.reply(request, Task(show, (page, asked_of(request, service))))
        if request.query_params.get("lang") in LANGUAGES:
            chosen = request.query_params["lang"]
            response.set_cookie(COOKIE, chosen, max_age=_YEAR_S, samesite="lax", httponly=True)
        return response

    return answer


def _giving(service: Service, give: Page) -> Callable[[Request], Awaitable[Response]]:
    """Answer programs: errors are problems, not pages."""

    async def answer(request: Request) -> Response:
        return await service.reply(request, Task(give, (asked_of(request, service),)))

    return answer


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in static_files():
        raise ProblemError(Problem(404, "not-found", "There is no such file", f"No file {name}."))
    # The address holds a hash of the file, so that it may be kept for good.
    return Response(static_files()[name], headers={"Cache-Control": "public, max-age=31536000"}, media_type=kind)
