"""A process that answers requests about one graph, one after the other, and that can be ended at any moment.

The embedded store has no time-out of its own, and what it does cannot be stopped within a process.
"""

from __future__ import annotations

import asyncio
import ctypes
import math
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from avgraph.errors import AvgraphError, StoreError
from avgraph.graph.backend import OxigraphBackend, open_oxigraph
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.web.limits import Limits
from avgraph.web.nursery import Child, Nursery
from avgraph.web.problems import FAULT, ProblemError, Reply, problem_of, problem_reply

__all__ = ["Served", "Task", "Worker", "WorkerLostError", "answer_all"]

#: Of unshare(2).
_OWN_NETWORK, _OWN_USERS = 0x40000000, 0x10000000
#: A process that nobody ends in time ends itself so much later.
_ENDS_AFTER_S = 5


@dataclass(frozen=True)
class Task:
    """A function of a module and its arguments; it gets what it is about first.

    Two equal tasks about one graph have the same reply.

    Attributes
    ----------
    function, arguments
        What is called.
    part
        Which of the things that the function does, where they take different times; it is no argument.
    """

    function: Callable[..., Reply]
    arguments: tuple[Any, ...] = ()
    part: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        """What tasks that take about the same time have in common."""
        return f"{self.function.__name__} {self.part}"


@dataclass(frozen=True)
class Served:
    """A graph that is read.

    Attributes
    ----------
    path
        What :func:`avgraph.knowledge.open_graph` opens.
    content
        A hash of what the graph and the store hold.
    limits
        Of the server.
    store_path
        The store that SPARQL is asked of, where it is not the graph's own.
    """

    path: Path
    content: str
    limits: Limits = field(default_factory=Limits)
    store_path: Path | None = None

    @cached_property
    def graph(self) -> KnowledgeGraph:
        """The graph, opened on first use."""
        return open_graph(self.path)

    def open(self) -> None:
        """Open what can be; who asks for what cannot is told."""
        with suppress(AvgraphError):
            _ = self.backend
        with suppress(AvgraphError):
            _ = self.graph

    @cached_property
    def backend(self) -> OxigraphBackend:
        """What SPARQL is asked of."""
        if self.store_path is not None:
            return OxigraphBackend(open_oxigraph(self.store_path), str(self.path))
        if not isinstance(self.graph.backend, OxigraphBackend):
            raise StoreError("this graph is no local store", "serve a workspace, or a file of RDF", str(self.path))
        return self.graph.backend


class WorkerLostError(Exception):
    """The process has ended before it replied."""


class Worker:
    """A process, and the socket to it; :meth:`started` makes one.

    Parameters
    ----------
    process
        That runs.
    replies
        What comes from it.
    """

    def __init__(self, process: Child, replies: _Replies) -> None:
        self._process = process
        self._replies = replies
        self._held: Hashable = None
        self.step_back = process.step_back
        #: Stop the process, whatever it does; who waits for its reply learns that it is lost.
        self.kill = process.kill

    @classmethod
    async def started(cls, nursery: Nursery, limits: Limits, most_s: float, first: Served | None = None) -> Worker:
        """Start a process.

        Parameters
        ----------
        nursery
            Makes it; of :func:`answer_all`.
        limits
            Of the server.
        most_s
            Seconds that a task may take; the process ends itself if nobody does it then.
        first
            A graph that it opens before it is asked anything, however long that takes.

        Raises
        ------
        OSError
            If the machine has no more to give.
        WorkerLostError
            If the process ended at once.
        """
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.to_thread(nursery.make, (limits, most_s, first), theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        _, replies = await asyncio.get_running_loop().create_connection(_Replies, sock=ours)
        worker = cls(process, replies)
        try:
            await replies.after(b"")
        except BaseException:
            await worker.end()
            raise
        return worker

    def ask(self, held: Hashable, task: Task) -> asyncio.Future[Reply]:
        """Return the reply to a task about `held`, to come; one task is asked at a time.

        The future raises :class:`WorkerLostError` if the process ends, or is ended.
        """
        # What is held is the same nearly every time.
        asked = pickle.dumps((None if held is self._held else held, task))
        self._held = held
        return self._replies.after(asked)

    async def end(self) -> None:
        """Stop the process, and return when it is gone with all that it held."""
        self.kill()
        self._replies.close()
        await asyncio.to_thread(self._process.wait)


#: Bodies that are sent with their heads.
_SHORT = 64 * 1024
#: Before each reply: how long its head and its body are.
_LENGTHS = struct.Struct("!IQ")


class _Replies(asyncio.Protocol):
    """The replies of a process, as they come over its socket."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._head: tuple[int, str, tuple[tuple[str, str], ...]] | None = None
        self._parts: list[bytes] = []
        self._n_bytes = 0
        self._n_body = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def after(self, asked: bytes) -> asyncio.Future[Reply]:
        """Send a request, and return the reply to come."""
        self._reply = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._reply.set_exception(WorkerLostError())
        else:
            self._transport.write(asked)
        return self._reply

    def data_received(self, data: bytes) -> None:
        """Take what comes; a large body in parts, which are put together once."""
        self._parts.append(data)
        self._n_bytes += len(data)
        if self._head is None and not self._begin():
            return
        if self._n_bytes == self._n_body and self._head is not None:
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            status, media_type, headers = self._head
            self._head, self._parts, self._n_bytes = None, [], 0
            if self._reply is not None and not self._reply.done():
                self._reply.set_result(Reply(status, media_type, body, headers))

    def _begin(self) -> bool:
        """Read the head, and tell whether it was there."""
        text = b"".join(self._parts)
        self._parts = [text]
        if len(text) < _LENGTHS.size:
            return False
        n_head, self._n_body = _LENGTHS.unpack_from(text)
        end = _LENGTHS.size + n_head
        if len(text) < end:
            return False
        self._head = pickle.loads(text[_LENGTHS.size : end])
        self._parts = [text[end:]]
        self._n_bytes -= end
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(WorkerLostError())

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.abort()


def answer_all(limits: Limits, most_s: float, first: Served | None, pipe: socket.socket) -> None:
    """Answer tasks until there are no more; the process ends with the one that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe.setblocking(True)
    _stay_home()
    kept: Hashable = first
    if first is not None:
        first.open()
    _bound_memory(limits.max_memory_mib)
    _send(pipe, Reply(200, "", b""))
    with pipe, pipe.makefile("rb") as asked:
        while True:
            try:
                held, task = pickle.load(asked)
            except (EOFError, OSError):
                return
            if held is not None and held != kept:
                kept = held
            if sys.platform != "win32":  # should nobody be left to end this process
                signal.alarm(math.ceil(most_s) + _ENDS_AFTER_S)
            reply = _reply(kept, task)
            if sys.platform != "win32":
                signal.alarm(0)
            try:
                _send(pipe, reply)
            except OSError:
                return


def _send(pipe: socket.socket, reply: Reply) -> None:
    head = pickle.dumps((reply.status, reply.media_type, reply.headers))
    head = _LENGTHS.pack(len(head), len(reply.body)) + head
    if len(reply.body) < _SHORT:
        pipe.sendall(head + reply.body)
    else:
        pipe.sendall(head)
        pipe.sendall(reply.body)


def _reply(held: Hashable, task: Task) -> Reply:
    try:
        return task.function(held, *task.arguments)
    except MemoryError:
        os._exit(1)
    except (AvgraphError, ProblemError) as error:
        return problem_reply(problem_of(error))
    except Exception:  # the outermost frame of this process
        traceback.print_exc()
        return problem_reply(FAULT)


def _stay_home() -> None:
    """Leave the network, where the system lets a process do so: whatever a request says, nobody is reached."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if libc.unshare(_OWN_NETWORK):
        libc.unshare(_OWN_USERS | _OWN_NETWORK)


def _bound_memory(more_mib: int) -> None:
    """Let the process have only so much memory beside what it has."""
    if sys.platform != "linux":
        return
    import resource

    text = Path("/proc/self/status").read_text(encoding="ascii")
    has_kib = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmData"))
    most = (has_kib + more_mib * 1024) * 1024
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with suppress(OSError):  # should the machine run out of memory, let it be a worker that ends
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
