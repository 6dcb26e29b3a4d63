"""From tasks to responses: answers that were given before are kept, named by an ETag, and sent as the client likes.

A graph does not change while it is served, so that an equal request about it has an equal answer.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv6Network

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from avgraph.web.negotiation import accepts_gzip
from avgraph.web.pool import Pool
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Task

__all__ = ["PART_BYTES", "Replies", "client_of", "problem_response", "response_of"]

#: Shorter bodies are not worth compressing, longer ones are compressed aside.
_SHORT, _LONG = 1024, 32 * 1024
_PLAIN = ("image/", "font/", "application/zip")
#: A long body is sent in parts, so that it is held once however many take it, and as long as they do.
PART_BYTES = 256 * 1024
#: As many times the largest answer may wait to be taken, by one client and by all.
_N_LONG_EACH, _N_LONG = 2, 8
_UNTAKEN = Problem(
    503, "busy", "The server is busy", "Too many long answers wait to be taken.", "Take them, then ask again.",
    headers={"Retry-After": "5"},
)  # fmt: skip
#: What a reply that is kept takes beside its body.
_OVERHEAD_BYTES = 1500


@dataclass(eq=False)
class _Kept:
    """A reply, and its body as gzip once somebody has asked for that; then it has no other."""

    reply: Reply
    etag: str
    packed: bytes | None = None

    @property
    def n_bytes(self) -> int:
        return len(self.reply.body) + len(self.packed or b"") + _OVERHEAD_BYTES


class _InParts(Response):
    """A response of which a long body is sent in parts."""

    #: Where its bytes are counted while it is sent, and for whom.
    sent: tuple[Counter[str], str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        body = memoryview(self.body)
        if self.sent is not None:
            counter, client = self.sent
            counter[client] += len(body)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, max(len(body), 1), PART_BYTES):
                part, is_last = bytes(body[start : start + PART_BYTES]), start + PART_BYTES >= len(body)
                await send({"type": "http.response.body", "body": part, "more_body": not is_last})
        finally:
            if self.sent is not None:
                counter[client] -= len(body)
                if not counter[client]:
                    del counter[client]


class Replies:
    """Replies of the workers, kept as far as memory is given.

    Parameters
    ----------
    pool
        Who works on tasks.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        # By ETag, which stands for the request: its text may be long.
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._coming: dict[str, asyncio.Future[Reply]] = {}
        self._n_bytes = 0
        self._content = ""
        #: Bytes of long bodies that clients have yet to take.
        self._sent: Counter[str] = Counter()

    async def respond(self, request: Request, task: Task) -> Response:
        """Answer a request by the reply to a task about the graph that is served now."""
        content = self._renewed()
        etag = _etag(content, task)
        if request.method in ("GET", "HEAD") and etag in _asked_for(request):
            return Response(status_code=304, headers={"ETag": etag, "Vary": _VARY, "Cache-Control": _CACHE})
        kept = self._kept.get(etag)
        if kept is not None:
            self._kept.move_to_end(etag)
            return await self._response(request, kept)
        coming = self._coming.get(etag)
        if coming is not None:
            return await self._response(request, _Kept(await asyncio.shield(coming), etag))
        coming = self._pool.run(task, client_of(request))
        self._coming[etag] = coming
        coming.add_done_callback(lambda _: self._coming.pop(etag, None))
        kept = _Kept(await asyncio.shield(coming), etag)
        if kept.reply.status == 200 and content == self._renewed():
            self._keep(kept)
        return await self._response(request, kept)

    def _renewed(self) -> str:
        """Return the content that is served now; replies about another are forgotten."""
        content = self._pool.served.content
        if content != self._content:
            self._content = content
            self._kept.clear()
            self._n_bytes = 0
        return content

    def _keep(self, kept: _Kept) -> None:
        most = self._pool.served.limits.cache_mib * 1024 * 1024
        if kept.n_bytes <= most // 8:
            self._kept[kept.etag] = kept
            self._count(kept.n_bytes)

    def _count(self, n_bytes: int) -> None:
        """Count what is kept, and forget what was not asked for the longest while there is too much."""
        self._n_bytes += n_bytes
        while self._n_bytes > self._pool.served.limits.cache_mib * 1024 * 1024:
            self._n_bytes -= self._kept.popitem(last=False)[1].n_bytes

    async def _response(self, request: Request, kept: _Kept) -> Response:
        reply = kept.reply
        body, headers = reply.body, dict(reply.headers)
        if reply.status == 200:
            headers |= {"ETag": kept.etag, "Cache-Control": _CACHE}
        headers["Vary"] = _VARY
        if _may_be_packed(request, reply) and (kept.packed is not None or len(body) >= _SHORT):
            body = kept.packed or await self._packed(kept)
            headers["Content-Encoding"] = "gzip"
        elif kept.packed is not None:
            body = await _aside(gzip.decompress, kept.packed)
        response = _InParts(body, reply.status, headers, reply.media_type or None)
        if len(body) > PART_BYTES:
            client, most = client_of(request), self._pool.served.limits.max_bytes
            if self._sent[client] > _N_LONG_EACH * most or self._sent.total() > _N_LONG * most:
                return problem_response(_UNTAKEN)
            response.sent = self._sent, client
        return response

    async def _packed(self, kept: _Kept) -> bytes:
        body = kept.reply.body
        packed = await _aside(_pack, body)
        if kept.packed is None:
            kept.packed = packed
            if self._kept.get(kept.etag) is kept:
                kept.reply = replace(kept.reply, body=b"")
                self._count(len(packed) - len(body))
        return packed


_VARY = "Accept, Accept-Encoding, Accept-Language"
#: To be kept, and asked for again each time with its ETag: a new build may have landed.
_CACHE = "no-cache"


def client_of(request: Request) -> str:
    """Return what tells clients apart: the address, or the network where each client has many (IPv6)."""
    host = request.client.host if request.client else ""
    if ":" not in host:
        return host
    try:
        return str(IPv6Network((host.partition("%")[0], 64), strict=False))
    except ValueError:
        return host


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


async def _aside(work: Callable[[bytes], bytes], body: bytes) -> bytes:
    """Return what becomes of a body, worked out in a thread if it is long."""
    return await asyncio.to_thread(work, body) if len(body) > _LONG else work(body)


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)


def _etag(content: str, task: Task) -> str:
    name = f"{task.function.__module__}.{task.function.__qualname__}"
    text = "\x1f".join((content, name, repr(task.arguments)))
    return f'W/"{hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()}"'


def _asked_for(request: Request) -> set[str]:
    told = request.headers.get("if-none-match", "")
    tags = {tag.strip() for tag in told.split(",")}
    return tags | {f"W/{tag}" for tag in tags if tag.startswith('"')}
