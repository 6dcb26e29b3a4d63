"""Processes beside this one: how they start and end, and work whose memory goes back to the system when it is done."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

from avgraph.errors import AvgraphError

__all__ = ["WorkerError", "apart", "begin_worker", "copies", "interrupts_held"]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class WorkerError(AvgraphError):
    """A process that does a part of the work cannot start, or was ended from outside, such as for want of memory."""

    exit_code = 3


def apart(task: Callable[_Arguments, _Result], *arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
    """Return what `task` returns, done by a process of its own: freed memory often stays with the process that had it.

    Where no process can start, such as in a script that does not guard its work by ``if __name__ == "__main__":``,
    this one does it.

    Parameters
    ----------
    task, arguments, options
        Picklable, as what comes of them must be; an error of the task is raised here.

    Raises
    ------
    WorkerError
        If the process was ended from outside.

    Examples
    --------
    >>> apart(divmod, 7, 2)
    (3, 1)
    """
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    pool = ProcessPoolExecutor(1, context, initializer=begin_worker, initargs=(begun,))
    try:
        with interrupts_held():
            future = pool.submit(task, *arguments, **options)
        return future.result()
    except BrokenProcessPool as error:
        if begun.is_set():
            raise WorkerError(
                "a process that does a part of the work was ended from outside", "perhaps memory ran out"
            ) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return task(*arguments, **options)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts; the process does so, too, until :func:`begin_worker` lets Ctrl-C end it.

    The mask is for the new process, which inherits it; in this one another thread may get the signal all the same.
    """
    held: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    if (
        not hasattr(signal, "pthread_sigmask")
        or handler is None
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if held:
            signal.raise_signal(signal.SIGINT)


def begin_worker(begun: Any) -> None:
    """Prepare a process: it ends without a word when it is interrupted or its parent is gone.

    Parameters
    ----------
    begun
        An event of :mod:`multiprocessing`, set once the process runs.
    """
    begun.set()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def copies(preloaded: str) -> Any:
    """Return the context that starts processes as copies of one that has a module loaded, where the system has forks.

    That process is started now, and loads the module while the caller goes on.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preloaded])
    forkserver.ensure_running()
    return context
