"""Routes of the reconciliation service, below ``/reconcile``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avgraph.web.problems import Reply
from avgraph.web.protocol import FORM, body_of, media_type_of, wrong_type
from avgraph.web.reconciliation.answering import answer_queries, describe, json_reply, suggest_entities
from avgraph.web.reconciliation.asking import read_limit, read_type, refuse
from avgraph.web.reconciliation.extending import extend
from avgraph.web.reconciliation.preparing import Preparing
from avgraph.web.reconciliation.preview import preview, view
from avgraph.web.reconciliation.terms import properties, starting, types
from avgraph.web.replies import response_of
from avgraph.web.service import Service
from avgraph.web.worker import Task

__all__ = ["PATH", "Reconciliation"]

PATH = "/reconcile"
_MAX_FIELDS = 100
_SUGGESTED = 20
_MAX_CURSOR = 10_000


class Reconciliation:
    """Answers the API.

    Parameters
    ----------
    service
        The server's state.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._preparing = Preparing(service)

    @property
    def routes(self) -> list[Route]:
        """All its routes."""
        ask = ["GET", "POST"]
        return [
            Route(PATH, self.answer, methods=ask),
            Route(PATH + "/", self.answer, methods=ask),
            Route(PATH + "/preview", self.preview),
            Route(PATH + "/view", self.view),
            Route(PATH + "/properties", self.propose_properties),
            Route(PATH + "/suggest/entity", self.suggest_entities),
            Route(PATH + "/suggest/type", self.suggest_types),
            Route(PATH + "/suggest/property", self.suggest_properties),
        ]

    async def answer(self, request: Request) -> Response:
        """Answer queries or a request for data; who asks nothing is told what the service is."""
        told = await self._parameters(request)
        if "queries" in told and "extend" in told:
            refuse("extend", "there are queries, too", "send queries, or extend")
        if "queries" in told:
            return await self._about_names(request, answer_queries, told["queries"])
        if "extend" in told:
            return await self._about_names(request, extend, told["extend"])
        if "query" in told:
            refuse("query", "it is no parameter", 'send queries={"q0": {"query": "…"}}')
        if request.method == "POST":
            refuse("queries", "there is no such parameter", f"send queries or extend as {FORM}")
        address = self._service.origin(request) + PATH
        return await self._service.reply(request, Task(describe, (address,)))

    async def preview(self, request: Request) -> Response:
        """Show an entity in a small page."""
        told = await self._parameters(request)
        return await self._about_names(request, preview, told.get("id", ""))

    async def view(self, request: Request) -> Response:
        """Lead to an entity's page."""
        told = await self._parameters(request)
        return await self._about_names(request, view, told.get("id", ""))

    async def suggest_entities(self, request: Request) -> Response:
        """Suggest entities by the beginning of a word of a name."""
        told = await self._parameters(request)
        wanted = tuple(read_type(name, "type") for name in told.get("type", "").split(",") if name.strip())
        limit, cursor = self._page(told)
        return await self._about_names(request, suggest_entities, told.get("prefix", ""), wanted, limit, cursor)

    async def suggest_types(self, request: Request) -> Response:
        """Suggest types."""
        told = await self._parameters(request)
        limit, cursor = self._page(told)
        found = [t.to_json() for t in types() if starting(told.get("prefix", ""), t.id)]
        return response_of(request, json_reply({"result": found[cursor : cursor + limit]}))

    async def suggest_properties(self, request: Request) -> Response:
        """Suggest properties."""
        told = await self._parameters(request)
        limit, cursor = self._page(told)
        found = [p.to_json() for p in properties() if starting(told.get("prefix", ""), p.id, p.name)]
        return response_of(request, json_reply({"result": found[cursor : cursor + limit]}))

    async def propose_properties(self, request: Request) -> Response:
        """Say which properties entities of a type have."""
        told = await self._parameters(request)
        wanted = read_type(told["type"], "type") if told.get("type") else None
        found = [p.to_json() for p in properties() if wanted is None or wanted.type in p.types]
        answer: dict[str, object] = {"properties": found}
        if wanted is not None:
            answer["type"] = wanted.id
        if "limit" in told:
            limit = read_limit(_number(told["limit"], "limit"), "limit")
            answer |= {"properties": found[:limit], "limit": limit}
        return response_of(request, json_reply(answer))

    async def _about_names(self, request: Request, function: Callable[..., Reply], *arguments: object) -> Response:
        """Answer by a task that needs the index of names."""
        folder = await self._preparing.folder()
        if isinstance(folder, Reply):
            return response_of(request, folder)
        return await self._service.reply(request, Task(function, (folder, *arguments)))

    @staticmethod
    def _page(told: Mapping[str, str]) -> tuple[int, int]:
        """Return how many suggestions are wanted, and how many are passed over."""
        limit = read_limit(_number(told["limit"], "limit"), "limit") if "limit" in told else _SUGGESTED
        cursor = _number(told["cursor"], "cursor") if told.get("cursor") else 0
        if cursor > _MAX_CURSOR:
            refuse("cursor", f"{cursor} is out of range", f"give a whole number up to {_MAX_CURSOR:,}")
        return limit, cursor

    async def _parameters(self, request: Request) -> dict[str, str]:
        """Return the parameters of a request, those of a form among them, each once."""
        told = _fields(request.url.query, "the address")
        if request.method == "POST":
            media_type = media_type_of(request)
            if media_type != FORM:
                raise wrong_type(media_type, (FORM,))
            body = await body_of(request, self._service.limits)
            try:
                told += _fields(body.decode(), "the body")
            except UnicodeDecodeError as error:
                refuse("the body", f"it is not UTF-8 (byte {error.start})", "send UTF-8")
        found: dict[str, str] = {}
        for name, value in told:
            if name in found:
                refuse(name[:40], "there are several parameters of that name", "send one")
            found[name] = value
        return found


def _fields(text: str, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError:
        refuse(where, "it is not UTF-8", "encode the parameters as UTF-8, then percent-encode them")
    except ValueError:
        refuse(where, "there are too many parameters", "send queries or extend")


def _number(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        refuse(where, f"{text[:40]!r} is no whole number", "give one such as 10")
    return int(text)
