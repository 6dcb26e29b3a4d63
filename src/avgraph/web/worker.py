"""A process that answers requests about one graph, one after the other, and that can be ended at any moment.

The embedded store has no time-out of its own, and what it does cannot be stopped within a process.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from avgraph.errors import AvgraphError, StoreError
from avgraph.graph.backend import OxigraphBackend, open_oxigraph
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.web.limits import Limits
from avgraph.web.problems import FAULT, ProblemError, Reply, problem_of, problem_reply

__all__ = ["Served", "Task", "Worker", "WorkerLostError"]

#: A process that nobody ends in time ends itself so much later.
_ENDS_AFTER_S = 5


@dataclass(frozen=True)
class Task:
    """A function of a module and its arguments; it gets what it is about first.

    Two equal tasks about one graph have the same reply.
    """

    function: Callable[..., Reply]
    arguments: tuple[Any, ...] = ()


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
    """A process and the pipe to it.

    Parameters
    ----------
    limits
        Of the server.
    most_s
        Seconds that a task may take; the process ends itself if nobody does it then.
    """

    def __init__(self, limits: Limits, most_s: float) -> None:
        if sys.platform == "win32":
            context: Any = get_context("spawn")
        else:
            context = get_context("forkserver")
            context.set_forkserver_preload([__name__, "avgraph.web.preloaded"])
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_answer_all, args=(limits, most_s, theirs, self._pipe), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, held: Hashable, task: Task) -> Reply:
        """Return the reply to a task about `held`, once it is there.

        Raises
        ------
        WorkerLostError
            If the process ended, or was ended.
        """
        try:
            self._pipe.send((held, task))
            reply: Reply = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerLostError from error
        return reply

    def step_back(self) -> None:
        """Let others go first: what is left of the machine is for this process."""
        if self._process.pid is not None and sys.platform != "win32":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, 19)

    def kill(self) -> None:
        """Stop the process, whatever it does; who waits for its reply learns that it is lost."""
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """Stop the process and let go of it."""
        self.kill()
        self._process.join()
        self._pipe.close()


def _answer_all(limits: Limits, most_s: float, pipe: Connection, other_end: Connection) -> None:
    """Answer tasks until there are no more; the process ends with the one that asks."""
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory(limits.max_memory_mib)
    kept: Hashable = None
    while True:
        try:
            held, task = pipe.recv()
        except (EOFError, OSError):
            return
        if held != kept:
            kept = held
        if sys.platform != "win32":  # should nobody be left to end this process
            signal.alarm(math.ceil(most_s) + _ENDS_AFTER_S)
        try:
            reply = task.function(kept, *task.arguments)
        except MemoryError:
            os._exit(1)
        except (AvgraphError, ProblemError) as error:
            reply = problem_reply(problem_of(error))
        except Exception:  # the outermost frame of this process
            traceback.print_exc()
            reply = problem_reply(FAULT)
        if sys.platform != "win32":
            signal.alarm(0)
        try:
            pipe.send(reply)
        except OSError:
            return


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
