"""From tasks to responses: answers that were given before are kept, named by an ETag, and sent as the client likes.

A graph does not change while it is served, so that an equal request about it has an equal answer.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from avgraph.web.negotiation import accepts_gzip
from avgraph.web.pool import Pool
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Task

__all__ = ["Replies", "problem_response", "response_of"]

_Key = tuple[str, Task]
#: Shorter bodies are not worth compressing, longer ones are compressed aside.
_SHORT, _LONG = 1024, 256 * 1024
_PLAIN = ("image/", "font/", "application/zip")


@dataclass(eq=False)
class _Kept:
    reply: Reply
    etag: str
    packed: bytes | None = None

    @property
    def n_bytes(self) -> int:
        return len(self.reply.body) + len(self.packed or b"")


class Replies:
    """Replies of the workers, kept as far as memory is given.

    Parameters
    ----------
    pool
        Who works on tasks.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._n_bytes = 0
        self._coming: dict[_Key, asyncio.Task[_Kept]] = {}

    async def respond(self, request: Request, task: Task) -> Response:
        """Answer a request by the reply to a task about the graph that is served now."""
        key = (self._pool.served.content, task)
        etag = _etag(key)
        if request.method in ("GET", "HEAD") and etag in _asked_for(request):
            return Response(status_code=304, headers={"ETag": etag, "Vary": _VARY, "Cache-Control": _CACHE})
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        else:
            kept = await self._once(key, etag, request.client.host if request.client else "")
        return await self._response(request, key, kept)

    async def _once(self, key: _Key, etag: str, client: str) -> _Kept:
        """Have a task worked on once, however many wait for its reply."""
        coming = self._coming.get(key)
        if coming is None:
            coming = asyncio.create_task(self._work(key, etag, client))
            self._coming[key] = coming
            coming.add_done_callback(lambda _: self._coming.pop(key, None))
        return await asyncio.shield(coming)

    async def _work(self, key: _Key, etag: str, client: str) -> _Kept:
        content, task = key
        kept = _Kept(await self._pool.run(task, client), etag)
        if kept.reply.status == 200 and content == self._pool.served.content:
            self._keep(key, kept)
        return kept

    def _keep(self, key: _Key, kept: _Kept) -> None:
        most = self._pool.served.limits.cache_mib * 1024 * 1024
        if kept.n_bytes > most // 8:
            return
        self._kept[key] = kept
        self._n_bytes += kept.n_bytes
        while self._n_bytes > most:
            self._n_bytes -= self._kept.popitem(last=False)[1].n_bytes

    async def _response(self, request: Request, key: _Key, kept: _Kept) -> Response:
        reply = kept.reply
        body, headers = reply.body, dict(reply.headers)
        if reply.status == 200:
            headers |= {"ETag": kept.etag, "Cache-Control": _CACHE}
        headers["Vary"] = _VARY
        if len(body) >= _SHORT and _may_be_packed(request, reply):
            if kept.packed is None:
                kept.packed = await (asyncio.to_thread(_pack, body) if len(body) > _LONG else _at_once(_pack, body))
                if key in self._kept:
                    self._n_bytes += len(kept.packed)
            body = kept.packed
            headers["Content-Encoding"] = "gzip"
        return Response(body, reply.status, headers, reply.media_type or None)


_VARY = "Accept, Accept-Encoding, Accept-Language"
#: To be kept, and asked for again each time with its ETag: a new build may have landed.
_CACHE = "no-cache"


def response_of(request: Request, reply: Reply) -> Response:
    """Return a reply as a response that is not kept."""
    body, headers = reply.body, dict(reply.headers)
    if len(body) >= _SHORT and _may_be_packed(request, reply):
        body = _pack(body)
        headers["Content-Encoding"] = "gzip"
    headers.setdefault("Cache-Control", _CACHE)
    return Response(body, reply.status, headers | {"Vary": _VARY}, reply.media_type or None)


def problem_response(problem: Problem) -> Response:
    """Return a problem as a response."""
    reply = problem_reply(problem)
    return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)


def _may_be_packed(request: Request, reply: Reply) -> bool:
    return accepts_gzip(request.headers.get("accept-encoding", "")) and not reply.media_type.startswith(_PLAIN)


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)


async def _at_once(function: Callable[[bytes], bytes], body: bytes) -> bytes:
    return function(body)


def _etag(key: _Key) -> str:
    content, task = key
    name = f"{task.function.__module__}.{task.function.__qualname__}"
    text = "\x1f".join((content, name, repr(task.arguments)))
    return f'W/"{hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()}"'


def _asked_for(request: Request) -> set[str]:
    told = request.headers.get("if-none-match", "")
    tags = {tag.strip() for tag in told.split(",")}
    return tags | {f"W/{tag}" for tag in tags if tag.startswith('"')}
