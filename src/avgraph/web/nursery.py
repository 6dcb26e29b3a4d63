"""A process that makes workers: each is a copy of it, and has in memory at once what it has loaded."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, NoReturn

from avgraph.workers import copies

__all__ = ["Child", "Nursery"]

#: What every worker needs.
_PRELOADED = "avgraph.web.preloaded"
_LOOKS_EACH_S = 0.002
_GONE_WITHIN_S = 10.0


class Child:
    """A process that was made, known by its number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def step_back(self) -> None:
        """Let others go first: what is left of the machine is for this process."""
        if sys.platform != "win32":
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, 19)

    def kill(self) -> None:
        """Stop it, whatever it does."""
        with suppress(OSError):
            os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def wait(self) -> None:
        """Return when it is gone, with all that it held; it was stopped before."""
        deadline = time.monotonic() + _GONE_WITHIN_S
        with suppress(OSError):
            while time.monotonic() < deadline:
                os.kill(self.pid, 0)
                time.sleep(_LOOKS_EACH_S)


class _Spawned(Child):
    """A process that was made where the system has no copies."""

    def __init__(self, process: BaseProcess) -> None:
        super().__init__(process.pid or 0)
        self._process = process

    def wait(self) -> None:
        self._process.join()


class Nursery:
    """Makes processes that run a function.

    Parameters
    ----------
    function
        Of a module; it gets the arguments that :meth:`make` does, and a socket.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._loaded: tuple[str, ...] = ()

    def make(self, arguments: tuple[Any, ...], theirs: socket.socket) -> Child:
        """Start a process.

        Raises
        ------
        OSError
            If the machine has no more to give.
        """
        with self._lock:
            if sys.platform == "win32":
                process = copies(_PRELOADED).Process(target=self._function, args=(*arguments, theirs), daemon=True)
                process.start()
                return _Spawned(process)
            try:
                return self._make(arguments, theirs)
            except (EOFError, ConnectionError):  # it was ended from outside: begin anew
                self._end()
                return self._make(arguments, theirs)

    def _make(self, arguments: tuple[Any, ...], theirs: socket.socket) -> Child:
        pipe = self._begun()
        pipe.send(("make", arguments))
        send_handle(pipe, theirs.fileno(), None)
        pid = pipe.recv()
        if isinstance(pid, OSError):
            raise pid
        return Child(pid)

    def load(self, names: Iterable[str]) -> None:
        """Load modules, for the processes that are made from now on."""
        with self._lock:
            self._loaded = tuple(names)
            if sys.platform != "win32":
                with suppress(EOFError, OSError):  # it is begun anew with them, should it be gone
                    pipe = self._begun()
                    pipe.send(("load", self._loaded))
                    pipe.recv()

    def close(self) -> None:
        """Make no more."""
        with self._lock:
            self._end()

    def _begun(self) -> Connection:
        if self._pipe is None:
            context = copies(_PRELOADED)
            self._pipe, other = context.Pipe()
            self._process = context.Process(target=_tend, args=(other, self._function, self._loaded), daemon=True)
            self._process.start()
            other.close()
        return self._pipe

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


def _tend(pipe: Connection, function: Callable[..., None], loaded: Iterable[str]) -> None:
    """Make a copy for each set of arguments that comes, and load each list of names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone
    for name in loaded:
        import_module(name)
    with suppress(EOFError, OSError):
        while True:
            what, asked = pipe.recv()
            if what == "load":
                for name in asked:
                    import_module(name)
                pipe.send(None)
            else:
                pipe.send(_copied(pipe, function, asked, recv_handle(pipe)))


def _copied(pipe: Connection, function: Callable[..., None], arguments: tuple[Any, ...], number: int) -> int | OSError:
    """Return the number of a new process, or why there is none."""
    try:
        pid = os.fork()
    except OSError as error:
        return error
    else:
        if pid == 0:
            _run(pipe, function, arguments, number)
        return pid
    finally:
        os.close(number)


def _run(pipe: Connection, function: Callable[..., None], arguments: tuple[Any, ...], number: int) -> NoReturn:
    """Be a worker until there is no more work."""
    try:
        pipe.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        function(*arguments, socket.socket(fileno=number))
    except BaseException:  # the outermost frame of this process
        traceback.print_exc()
    finally:
        os._exit(0)
