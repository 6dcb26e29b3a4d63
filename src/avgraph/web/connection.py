"""A connection of HTTP: who is too slow, or says too much, is turned away before it costs anything."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["Connection"]

#: Seconds and bytes for the head of a request.
_HEAD_S = 10.0
_HEAD_BYTES = 64 * 1024
#: Seconds in which a part of a response must be taken (:data:`avgraph.web.replies.PART_BYTES`).
_TAKES_S = 20.0
#: Seconds for the rest of a request that is answered already: a client that still sends would not see the answer.
_REST_S = 3.0
_SMALL = 16 * 1024
#: For SO_LINGER: drop what is not yet sent.
_AT_ONCE = struct.pack("ii", 1, 0)


class _TooMuchError(Exception):
    """The head of a request is too large."""


class Connection(HttpToolsProtocol):
    """A connection whose requests must come, and whose responses must be taken, in some time."""

    _timer: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _n_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        # What is sent in two pieces would wait 40 ms for the client to acknowledge the first.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(cast(asyncio.Transport, _Gathering(transport, self.loop)))
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head must end before it is too large."""
        super().data_received(data)
        if self._timer is not None:  # the head is not yet whole
            self._n_bytes += len(data)
            if self._n_bytes > _HEAD_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Wait for the head."""
        super().on_message_begin()
        self._n_bytes = 0
        self._wait()

    def on_headers_complete(self) -> None:
        """Begin to answer, if the head is not too large."""
        self._stop_waiting()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > _HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")
            raise _TooMuchError
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Go on to the next request, or end if the client goes on with one that is answered."""
        if not self.pipeline and self.cycle.more_body:
            self.loop.call_later(_REST_S, self._end_of, self.cycle)
        super().on_response_complete()

    def _end_of(self, cycle: Any) -> None:
        if cycle.more_body and not self.transport.is_closing():
            self.transport.close()

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent."""
        super().pause_writing()
        self._taking = self.loop.call_later(_TAKES_S, self._reset)

    def resume_writing(self) -> None:
        """Go on sending."""
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        super().resume_writing()

    def _reset(self) -> None:
        """End at once; the system would keep on offering what it has to a client that takes nothing."""
        if not self.transport.is_closing():
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.transport.abort()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(_HEAD_S, self._refuse, b"408 Request Timeout")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()


class _Gathering:
    """A transport that sends a small piece together with the one that follows: a head with its body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def write(self, data: bytes) -> None:
        if self._held:
            data, self._held = self._held + data, b""
        elif len(data) < _SMALL:
            self._held = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def _flush(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
