"""What holds for every request and response: which hosts and sites may ask, and what a browser may do with a page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avgraph._version import __version__
from avgraph.web.problems import Problem
from avgraph.web.replies import problem_response
from avgraph.web.service import Service

__all__ = ["Guard"]

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
#: Nothing but our own scripts, styles and pictures; no page of others may frame ours.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": f"avgraph/{__version__}",
}
#: Anybody's page may read what anybody may read; credentials are not sent along, and nothing else is allowed.
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
}
_PREFLIGHT = _SHARED | {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


_FOR_ALL, _FOR_PREFLIGHT = _raw(_HEADERS | _SHARED), _raw(_HEADERS | _PREFLIGHT)


class Guard:
    """Wraps the application.

    Parameters
    ----------
    app
        What answers.
    service
        The server's state.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        shared = _FOR_PREFLIGHT if is_preflight else _FOR_ALL

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = list(message["headers"])
                names = {name for name, _ in told}
                message["headers"] = told + [header for header in shared if header[0] not in names]
            await send(message)

        if not self._is_known(scope, headers.get("host", "")):
            problem = Problem(421, "host", "This server does not answer under that name", "", "Give it: --address URL")
            await problem_response(problem)(scope, receive, sending)
        elif scope["method"] == "OPTIONS":
            await _allowed(scope, sending)
        else:
            await self._app(scope, receive, sending)

    def _is_known(self, scope: Scope, host: str) -> bool:
        """Tell whether a request names the server as it should.

        A page of another site may have its own name lead to this machine (DNS rebinding): what listens for this
        machine alone is asked by its names alone.
        """
        server = scope.get("server")
        if server is None or server[0] not in ("127.0.0.1", "::1"):
            return True
        name = urlsplit(f"//{host}").hostname if host else None
        public = urlsplit(self._service.settings.address).hostname
        return name in _LOOPBACK or (public is not None and name == public)


async def _allowed(scope: Scope, send: Send) -> None:
    """Tell which methods an address takes."""
    routes = (route for route in scope["app"].routes if route.matches(scope)[0] != Match.NONE)
    methods = {method for route in routes for method in route.methods or ()} | {"OPTIONS"}
    allowed = (b"allow", ", ".join(sorted(methods)).encode("ascii"))
    await send({"type": "http.response.start", "status": 204, "headers": [allowed]})
    await send({"type": "http.response.body", "body": b""})
