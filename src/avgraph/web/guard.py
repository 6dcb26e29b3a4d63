"""What holds for every request and response: which hosts and sites may ask, and what a browser may do with a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from avgraph._version import __version__
from avgraph.web.problems import Problem
from avgraph.web.replies import problem_response
from avgraph.web.service import Service

__all__ = ["Guard"]

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
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

        if (problem := self._problem(scope, headers.getlist("host"))) is not None:
            await problem_response(problem)(scope, receive, sending)
        elif scope["method"] == "OPTIONS":
            await _allowed(scope, sending)
        else:
            await self._app(scope, receive, sending)

    def _problem(self, scope: Scope, hosts: list[str]) -> Problem | None:
        """Return what is wrong with how a request names the server.

        A page of another site may have its own name lead to this machine (DNS rebinding): what listens for this
        machine alone is asked by its names alone.
        """
        if len(hosts) > 1 or (hosts and not _HOST.fullmatch(hosts[0])):
            return Problem(400, "request", "The request cannot be understood", "It names no host as a host is named.")
        server = scope.get("server")
        if server is None or not _is_loopback(server[0]):
            return None
        name = urlsplit(f"//{hosts[0]}").hostname if hosts else None
        if name is not None and (name == "localhost" or _is_loopback(name)):
            return None
        if name is not None and name == urlsplit(self._service.settings.address).hostname:
            return None
        return Problem(421, "host", "This server does not answer under that name", "", "Give it: --address URL")


@lru_cache
def _is_loopback(host: str) -> bool:
    """Tell whether an address is one of this machine for itself."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


async def _allowed(scope: Scope, send: Send) -> None:
    """Tell which methods an address takes."""
    routes = (route for route in getattr(scope.get("app"), "routes", ()) if route.matches(scope)[0] != Match.NONE)
    methods = {method for route in routes for method in route.methods or ()} | {"OPTIONS"}
    allowed = (b"allow", ", ".join(sorted(methods)).encode("ascii"))
    await send({"type": "http.response.start", "status": 204, "headers": [allowed]})
    await send({"type": "http.response.body", "body": b""})
