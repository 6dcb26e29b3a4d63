"""The workers of a server: who is served next, how long a request may take, what happens to one that takes long.

Each client has a line of its own, and the first of each line are served in turn. In a line what is quick, as its kind
was before, passes by what is slow, but nothing waits for ever. A request that is not answered within `quick_s` goes on
at low priority beside the others, so that long ones never hold up short ones; after `timeout_s` its process is ended.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any

from avgraph.errors import StoreError
from avgraph.web.limits import Limits
from avgraph.web.nursery import Nursery
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Served, Task, Worker, WorkerLostError, answer_all

__all__ = ["Pool"]

_LOG = logging.getLogger(__name__)
_AGAIN_S = 1.0
_AGAIN = {"Retry-After": "5"}
#: How long a task of an unknown kind is foreseen to take; by what factor that changes; how many kinds are known.
_UNKNOWN_S, _LEARNS, _N_KINDS = 0.05, 1.2, 500
_PASSED = 8
_BUSY = Problem(503, "busy", "The server is busy", "Too many requests wait.", "Ask again in a while.", headers=_AGAIN)
_CLOSING = Problem(503, "closing", "The server ends", "It answers nothing more.")
_TOO_MANY_LONG = Problem(
    503, "busy", "The server is busy", "This request takes long, and enough such are being worked on.",
    "Ask again in a while, or ask for less.", headers=_AGAIN,
)  # fmt: skip


@dataclass(eq=False)
class _Job:
    task: Task
    client: str
    reply: asyncio.Future[Reply]


class _Foreseen:
    """How long tasks of each kind take: about the median of those before, so that a few without end do not count."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()

    def seconds(self, task: Task) -> float:
        """Return how long a task may take."""
        return self._seconds.get(task.kind, _UNKNOWN_S)

    def learn(self, task: Task, seconds: float) -> None:
        """Learn how long a task took."""
        known = self._seconds.pop(task.kind, seconds)
        self._seconds[task.kind] = known * _LEARNS if seconds > known else known / _LEARNS
        if len(self._seconds) > _N_KINDS:
            self._seconds.popitem(last=False)


class _Lines:
    """Jobs that wait, a line for each client.

    A job may be passed by those that come after it, for `_PASSED` times as long as it is foreseen to take itself.
    """

    def __init__(self, foreseen: _Foreseen) -> None:
        self._foreseen = foreseen
        self._lines: OrderedDict[str, list[tuple[float, int, _Job]]] = OrderedDict()
        self._number = count()
        self.n_jobs = 0

    def n_of(self, client: str) -> int:
        return len(self._lines.get(client, ()))

    def put(self, job: _Job) -> None:
        due = time.monotonic() + _PASSED * self._foreseen.seconds(job.task)
        heappush(self._lines.setdefault(job.client, []), (due, next(self._number), job))
        self.n_jobs += 1

    def take(self) -> _Job | None:
        """Return the next job that somebody still waits for."""
        while self._lines:
            client, line = self._lines.popitem(last=False)
            _, _, job = heappop(line)
            self.n_jobs -= 1
            if line:
                self._lines[client] = line
            if not job.reply.done():
                return job
        return None


class Pool:
    """Workers for one graph; another may take its place at any time.

    Parameters
    ----------
    served
        The graph.
    """

    def __init__(self, served: Served) -> None:
        self._served = served
        #: Makes the workers.
        self.nursery = Nursery(answer_all)
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._outdated: set[Worker] = set()  # those to be replaced when they are idle
        self._n_quick = 0  # workers that work on, or wait for, requests that are not long; those that start too
        #: Requests that take long and are worked on.
        self.n_long = 0
        self.foreseen = _Foreseen()
        self._lines = _Lines(self.foreseen)
        self._aside: set[asyncio.Task[None]] = set()
        #: Whether all workers are to end.
        self.is_closed = False

    @property
    def served(self) -> Served:
        """The graph that is served now."""
        return self._served

    async def start(self) -> None:
        """Start the workers.

        Raises
        ------
        StoreError
            If the machine does not let them.
        """
        n_missing = self._served.limits.n_workers - self._n_quick
        self._n_quick += n_missing
        try:
            await asyncio.gather(*(self._add() for _ in range(n_missing)))
        except (OSError, WorkerLostError) as error:
            reason = str(error) or "it ended at once"
            raise StoreError(f"no process to answer requests: {reason}", "is there memory left?") from error

    def serve(self, served: Served) -> None:
        """Serve another graph from now on; requests that are worked on are answered about the one before."""
        self._served = served

    async def close(self) -> None:
        """End all workers; who still waits is told that the server ends."""
        self.is_closed = True
        while (job := self._lines.take()) is not None:
            _tell(job, problem_reply(_CLOSING))
        while self._aside:
            await asyncio.gather(*self._aside, return_exceptions=True)
        await asyncio.gather(*(worker.end() for worker in self._workers))
        await asyncio.to_thread(self.nursery.close)

    def run(self, task: Task, client: str) -> asyncio.Future[Reply]:
        """Return the reply to a task, to come.

        It tells a problem where too many wait, or the task takes too long or needs too much memory.
        """
        limits = self._served.limits
        job = _Job(task, client, asyncio.get_running_loop().create_future())
        if self.is_closed:
            _tell(job, problem_reply(_CLOSING))
        elif self._lines.n_jobs >= limits.n_waiting or self._lines.n_of(client) >= limits.n_waiting_each:
            _tell(job, problem_reply(_BUSY))
        else:
            self._lines.put(job)
            self._dispatch()
        return job.reply

    async def renew(self, names: Iterable[str]) -> None:
        """Have workers that have modules loaded take the places of those that have not, one by one."""
        await asyncio.to_thread(self.nursery.load, names)
        self._outdated = set(self._workers)
        for worker in list(self._idle):
            if worker in self._idle:  # those that work are replaced when they are done
                self._idle.remove(worker)
                self._outdated.discard(worker)
                self._workers.discard(worker)
                await self._add_surely()
                await worker.end()

    def _dispatch(self) -> None:
        while self._idle and (job := self._lines.take()) is not None:
            _Work(self, self._idle.pop(), job)

    def go_long(self, worker: Worker) -> bool:
        """Let a worker go on beside the others, if there are not too many that do."""
        if self.n_long >= self._served.limits.n_long:
            return False
        self.n_long += 1
        self._n_quick -= 1
        worker.step_back()
        self._refill()
        return True

    def give_back(self, worker: Worker, *, is_long: bool, is_lost: bool) -> None:
        """Take a worker back: for the next job, or to be ended if it is lost or was let go on at low priority."""
        if is_long:
            self.n_long -= 1
        if not is_long and not is_lost and worker not in self._outdated:
            self._idle.append(worker)
            self._dispatch()
            return
        self._n_quick -= not is_long
        self._outdated.discard(worker)
        self._workers.discard(worker)
        self._do_aside(worker.end())
        self._refill()

    def _refill(self) -> None:
        while self._n_quick < self._served.limits.n_workers and not self.is_closed:
            self._n_quick += 1
            self._do_aside(self._add_surely())

    async def _add_surely(self) -> None:
        while not self.is_closed:
            try:
                await self._add()
            except (OSError, WorkerLostError) as error:
                _LOG.error("no worker can be started: %s", str(error) or "it ended at once")
                await asyncio.sleep(_AGAIN_S)
            else:
                return

    async def _add(self) -> None:
        limits = self._served.limits
        worker = await Worker.started(self.nursery, limits, limits.timeout_s, self._served)
        self._workers.add(worker)
        self._idle.append(worker)
        self._dispatch()

    def _do_aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


class _Work:
    """A worker that works on a job, until it replies or is ended."""

    def __init__(self, pool: Pool, worker: Worker, job: _Job) -> None:
        self._pool = pool
        self._worker = worker
        self._job = job
        self._limits = pool.served.limits
        self._is_long = False
        self._loop = asyncio.get_running_loop()
        self._began = time.monotonic()
        self._timer = self._loop.call_later(self._limits.quick_s, self._after_quick)
        worker.ask(pool.served, job.task).add_done_callback(self._ended)

    def _after_quick(self) -> None:
        self._is_long = self._pool.go_long(self._worker)
        if self._is_long:
            self._timer = self._loop.call_later(self._limits.timeout_s - self._limits.quick_s, self._give_up)
        else:
            _tell(self._job, problem_reply(_TOO_MANY_LONG))
            self._worker.kill()

    def _give_up(self) -> None:
        _tell(self._job, problem_reply(_late(self._limits)))
        self._worker.kill()

    def _ended(self, reply: asyncio.Future[Reply]) -> None:
        self._timer.cancel()
        self._pool.foreseen.learn(self._job.task, time.monotonic() - self._began)
        is_lost = reply.exception() is not None
        problem = _CLOSING if self._pool.is_closed else _lost(self._limits)
        _tell(self._job, problem_reply(problem) if is_lost else reply.result())
        self._pool.give_back(self._worker, is_long=self._is_long, is_lost=is_lost)


def _tell(job: _Job, reply: Reply) -> None:
    if not job.reply.done():
        job.reply.set_result(reply)


def _late(limits: Limits) -> Problem:
    return Problem(
        504, "time-out", "The request took too long", f"It was ended after {limits.timeout_s:g} seconds.",
        "Ask for less: name an entity, add a filter, or LIMIT. A larger graph is asked by a server of your own.",
    )  # fmt: skip


def _lost(limits: Limits) -> Problem:
    return Problem(
        422, "memory", "The request needs too much memory",
        f"What worked on it ended; it may use {limits.max_memory_mib:,} MiB.",
        "Ask for less: a smaller ORDER BY, GROUP BY or DISTINCT, or no product of patterns that share no variable.",
    )  # fmt: skip
