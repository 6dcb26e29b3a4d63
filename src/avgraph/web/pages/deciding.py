"""The forms of the review: they log in, write a verdict, and take it back."""

from __future__ import annotations

import asyncio
import base64
import binascii
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from avgraph.errors import SourceError
from avgraph.knowledge import give_verdict
from avgraph.web.pages.asking import asked_of
from avgraph.web.pages.rendering import show
from avgraph.web.problems import Problem, ProblemError
from avgraph.web.protocol import FORM, body_of, media_type_of, wrong_type
from avgraph.web.service import Service
from avgraph.web.session import check_form, form_word, is_known, open_session
from avgraph.web.worker import Task
from avgraph.workspace import CONFIG_NAME, Workspace

__all__ = ["Deciding"]

_VERDICTS = ("same", "different", "unsure")


class Deciding:
    """Answers ``/review`` and ``/login``.

    Parameters
    ----------
    service
        The server's state.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/review", self.show, methods=["GET"]),
            Route("/review", self.decide, methods=["POST"]),
            Route("/review/undo", self.undo, methods=["POST"]),
            Route("/login", self.login, methods=["GET", "POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show the pairs that are left open."""
        service = self._service
        may_write = is_known(request, service)
        word = form_word(request, service) if may_write else ""
        asked = asked_of(request, service, may_write=may_write)
        return await service.reply(
            request, Task(show, ("review.review", asked, await asyncio.to_thread(self._state), word))
        )

    async def decide(self, request: Request) -> Response:
        """Write a verdict."""
        told = await self._told(request)
        if told.get("verdict") not in _VERDICTS or not told.get("left") or not told.get("right"):
            raise ProblemError(Problem(400, "form", "The form is not whole", "It names no pair, or no verdict."))
        sides = [(told[side], told.get(f"{side}_name", "")) for side in ("left", "right")]
        try:
            line, text = await asyncio.to_thread(
                give_verdict, self._path(), sides[0], told["verdict"], sides[1], author=told.get("author", ""),
                comment=told.get("comment", ""),
            )  # fmt: skip
        except ValueError as error:
            raise ProblemError(Problem(400, "form", "The verdict cannot be written", str(error))) from error
        given = urlencode({"given": line, "text": base64.urlsafe_b64encode(text).decode()})
        return RedirectResponse(f"/review?{given}", 303)

    async def undo(self, request: Request) -> Response:
        """Take the verdict back that was given last."""
        from avgraph.identity import remove_decision

        told = await self._told(request)
        try:
            line = base64.b64decode(told.get("text", ""), altchars=b"-_", validate=True)
            await asyncio.to_thread(remove_decision, self._path(), line)
        except (binascii.Error, SourceError) as error:
            raise ProblemError(Problem(409, "gone", "The verdict is not there any more", str(error))) from error
        return RedirectResponse("/review?undone=1", 303)

    async def login(self, request: Request) -> Response:
        """Ask for the token, or take it."""
        wrong = False
        if request.method == "POST":
            told = await self._form(request)
            response = RedirectResponse("/review", 303)
            if open_session(self._service, told.get("token", ""), response):
                return response
            await asyncio.sleep(1)  # who guesses has to wait
            wrong = True
        asked = asked_of(request, self._service)
        return await self._service.reply(request, Task(show, ("review.login", asked, wrong)))

    async def _form(self, request: Request) -> dict[str, str]:
        media_type, _ = media_type_of(request)
        if media_type != FORM:
            raise wrong_type(media_type, (FORM,))
        body = await body_of(request, self._service.limits)
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=50))

    async def _told(self, request: Request) -> dict[str, str]:
        told = await self._form(request)
        check_form(request, self._service, told.get("word", ""))
        return told

    def _state(self) -> str:
        """Return what tells one state of the curator's file from another."""
        try:
            stat = self._path().stat()
        except (OSError, ProblemError):
            return ""
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def _path(self) -> Path:
        target = self._service.settings.target
        if not (target / CONFIG_NAME).is_file():
            raise ProblemError(Problem(404, "no-workspace", "There is nothing to review", "No workspace is served."))
        return Workspace.load(target).decisions_path
