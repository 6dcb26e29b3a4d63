"""The server process: it listens until it is ended."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from avgraph.errors import StoreError
from avgraph.web.app import create_app
from avgraph.web.connection import Connection
from avgraph.web.service import Service, Settings

__all__ = ["serve"]

_IDLE_S = 15
_ENDING_S = 3


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = 8080, ready: Callable[[str, str], None] = print
) -> None:
    """Serve a graph until Ctrl-C or a signal ends it.

    Parameters
    ----------
    settings
        What is served, and how.
    host, port
        Where to listen; port 0 takes one that is free.
    ready
        Told the public address, and the one that is listened at, once requests are answered.

    Raises
    ------
    StoreError
        If there is nothing to serve, or the address cannot be had.
    """
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    service = Service(settings)
    config = uvicorn.Config(
        create_app(service), http=Connection, ws="none", lifespan="on", log_config=None, log_level="error",
        server_header=False, access_log=False, timeout_keep_alive=_IDLE_S, timeout_graceful_shutdown=_ENDING_S,
    )  # fmt: skip
    server = _Server(config, service, lambda: ready(settings.address + "/" if settings.address else address, address))
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
    if service.failure is not None:
        raise service.failure


def _listen(host: str, port: int) -> socket.socket:
    try:
        kind, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(where[:2], family=kind, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"cannot listen there: {reason}", "choose another: --port 0 takes any that is free", f"{host}:{port}"
        ) from error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, service: Service, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._service = service
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._service.failure is not None:
            self.should_exit = True
        elif not self.should_exit:
            self._ready()
