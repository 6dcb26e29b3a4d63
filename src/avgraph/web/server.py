"""The server process: it listens, and turns away who is too slow or says too much before a request begins."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from avgraph.errors import StoreError
from avgraph.web.app import create_app
from avgraph.web.service import Service, Settings

__all__ = ["serve"]

_HEAD_S = 10.0
_HEAD_BYTES = 64 * 1024
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
        create_app(service), http=_Connection, ws="none", lifespan="on", log_config=None, server_header=False,
        access_log=False, timeout_keep_alive=_IDLE_S, timeout_graceful_shutdown=_ENDING_S,
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


class _Connection(HttpToolsProtocol):
    """A connection whose requests must say what they want in some seconds and some bytes."""

    _timer: asyncio.TimerHandle | None = None
    _n_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._timer is not None:  # the head is not yet whole
            self._n_bytes += len(data)
            if self._n_bytes > _HEAD_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._n_bytes = 0
        self._wait()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(_HEAD_S, self._refuse, b"408 Request Timeout")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()
