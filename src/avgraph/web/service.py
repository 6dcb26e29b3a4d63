"""What all handlers of a server share: the readers, the writer, and what may be done by whom."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from avgraph.errors import AvgraphError
from avgraph.graph.snapshot import Snapshot, current_snapshot, read_snapshot
from avgraph.knowledge import open_graph
from avgraph.web.limits import Limits
from avgraph.web.pool import Pool
from avgraph.web.preloaded import LATER
from avgraph.web.problems import Problem, ProblemError
from avgraph.web.replies import Replies
from avgraph.web.worker import Served, Task
from avgraph.web.writing import BUILD_DIR, Writer, writable_folder

__all__ = ["Service", "Settings"]

#: Seconds between two looks for a new build.
_LOOKS_EACH_S = 1.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What a server serves, and how.

    Attributes
    ----------
    target
        A workspace, or anything else that :func:`avgraph.open` opens from a path.
    token
        Who knows it may write; without one nobody may.
    address
        Where the public finds the server, without a slash at its end; empty: as each request names it.
    limits
        What may be asked of it.
    """

    target: Path
    token: str | None = None
    address: str = ""
    limits: Limits = field(default_factory=Limits)


class Service:
    """A server's state.

    Parameters
    ----------
    settings
        What it serves, and how.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = settings.limits
        self._build = _build_at(settings.target)
        self.pool = Pool(Served(settings.target, _content(settings.target, self._build), settings.limits))
        self._replies = Replies(self.pool)
        self.writer: Writer | None = None
        #: What ends with the server.
        self.closing = ExitStack()
        #: Why it could not start.
        self.failure: AvgraphError | None = None

    @asynccontextmanager
    async def running(self, _: object) -> AsyncIterator[None]:
        """Serve while the context is open."""
        try:
            await self._open()
            await self.pool.start()
        except AvgraphError as error:
            self.failure = error
        background = [asyncio.create_task(self._watch()), asyncio.create_task(self._warm())]
        try:
            yield
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            if self.writer is not None:
                await self.writer.close()
            await self.pool.close()
            self.closing.close()

    async def _open(self) -> None:
        """Open what is served, so that who starts a server for nothing learns it at once."""
        if self.settings.token is None:
            if self._build is None:
                await asyncio.to_thread(open_graph, self.settings.target)
            return
        writer = Writer(writable_folder(self.settings.target), self._build.path if self._build else None, self.pool)
        await writer.start()
        self.writer = writer

    async def _warm(self) -> None:
        """Have what is slow to load, and only some pages need, loaded while nobody waits for it."""
        await asyncio.sleep(_LOOKS_EACH_S)
        await self.pool.renew(LATER)

    async def reply(self, request: Request, task: Task) -> Response:
        """Answer a request by the reply to a task about the graph as it is now."""
        return await self._replies.respond(request, task)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOKS_EACH_S)
            build = await asyncio.to_thread(_build_at, self.settings.target)
            if build is None or (self._build is not None and build.path == self._build.path):
                continue
            self._build = build
            try:
                await self._take(build)
            except AvgraphError as error:
                _LOG.error("the new build is not served: %s", error)

    async def _take(self, build: Snapshot) -> None:
        if self.writer is not None:
            await self.writer.rebase(build.path)
        else:
            self.pool.serve(Served(self.settings.target, _content(self.settings.target, build), self.limits))

    @property
    def build_content(self) -> str | None:
        """What names the state of the build that is served, None where there is none."""
        return str(self._build.manifest["content"]) if self._build is not None else None

    def origin(self, request: Request) -> str:
        """Return scheme, host and port under which the client knows the server."""
        return self.settings.address or f"{request.url.scheme}://{request.url.netloc}"

    def check_writer(self, request: Request) -> Writer:
        """Return who writes, if the one who asks may.

        Raises
        ------
        ProblemError
            If nobody may write (403), the token is missing or wrong (401), or the request comes from a page of
            another site (403).
        """
        if self.writer is None or self.settings.token is None:
            raise ProblemError(
                Problem(403, "read-only", "This server is read-only", "", "Start it with: avgraph serve --writable")
            )
        origin = request.headers.get("origin")
        if origin is not None and origin != self.origin(request):
            raise ProblemError(
                Problem(403, "origin", "Another site may not write here", f"The request comes from {origin}.")
            )
        if not hmac.compare_digest(_token_of(request).encode(), self.settings.token.encode()):
            hint = "Send it: Authorization: Bearer TOKEN, or as the password of any user"
            challenge = {"WWW-Authenticate": 'Basic realm="avgraph", charset="UTF-8"'}
            raise ProblemError(Problem(401, "token", "A token is needed to write", "", hint, headers=challenge))
        return self.writer


def _token_of(request: Request) -> str:
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return told.strip()
    if scheme.lower() == "basic":
        with suppress(ValueError):  # of Base64 and of UTF-8
            return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    return ""


def _build_at(target: Path) -> Snapshot | None:
    return read_snapshot(target) or current_snapshot(target / BUILD_DIR)


def _content(target: Path, build: Snapshot | None) -> str:
    """Return what names the state of what is served."""
    if build is not None:
        return str(build.manifest["content"])
    paths = sorted(target.rglob("*")) if target.is_dir() else [target]
    stats = ((path, path.stat()) for path in paths if path.exists())
    states = [f"{path}:{stat.st_size}:{stat.st_mtime_ns}" for path, stat in stats]
    return hashlib.sha256("\n".join(states).encode("utf-8", "surrogatepass")).hexdigest()
