"""The workers of a server: who is served next, how long a request may take, what happens to one that takes long.

Each client has a line of its own, and the first of each line are served in turn. A request that is not answered within
`quick_s` goes on at low priority beside the others, so that long ones never hold up short ones; after `timeout_s` its
process is ended.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from avgraph.web.limits import Limits
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Served, Task, Worker

__all__ = ["Pool"]

_T = TypeVar("_T")
_AGAIN = {"Retry-After": "5"}
_BUSY = Problem(503, "busy", "The server is busy", "Too many requests wait.", "Ask again in a while.", headers=_AGAIN)
_TOO_MANY_LONG = Problem(
    503, "busy", "The server is busy", "This request takes long, and enough such are being worked on.",
    "Ask again in a while, or ask for less.", headers=_AGAIN,
)  # fmt: skip


@dataclass(eq=False)
class _Job:
    task: Task
    client: str
    reply: asyncio.Future[Reply]


class _Lines:
    """Jobs that wait, a line for each client."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[_Job]] = OrderedDict()
        self.n_jobs = 0

    def n_of(self, client: str) -> int:
        return len(self._lines.get(client, ()))

    def put(self, job: _Job) -> None:
        self._lines.setdefault(job.client, deque()).append(job)
        self.n_jobs += 1

    def take(self) -> _Job | None:
        """Return the next job that somebody still waits for."""
        while self._lines:
            client, line = self._lines.popitem(last=False)
            job = line.popleft()
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
        limits = served.limits
        self._served = served
        self._idle: list[Worker] = []
        self._n_quick = 0  # workers that work on, or wait for, requests that are not long
        self._n_long = 0
        self._lines = _Lines()
        self._threads = ThreadPoolExecutor(limits.n_workers + limits.n_long + 2, "avgraph-worker")
        self._working: set[asyncio.Task[None]] = set()

    @property
    def served(self) -> Served:
        """The graph that is served now."""
        return self._served

    async def start(self) -> None:
        """Start the workers."""
        await asyncio.gather(*(self._add() for _ in range(self._served.limits.n_workers - self._n_quick)))

    def serve(self, served: Served) -> None:
        """Serve another graph from now on; requests that are worked on are answered about the one before."""
        self._served = served

    async def close(self) -> None:
        """End all workers."""
        for work in self._working:
            work.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        for worker in self._idle:
            worker.end()
        self._threads.shutdown(wait=False)

    async def run(self, task: Task, client: str) -> Reply:
        """Return the reply to a task.

        It tells a problem where too many wait, or the task takes too long or needs too much memory.
        """
        limits = self._served.limits
        if self._lines.n_jobs >= limits.n_waiting or self._lines.n_of(client) >= limits.n_waiting_each:
            return problem_reply(_BUSY)
        job = _Job(task, client, asyncio.get_running_loop().create_future())
        self._lines.put(job)
        self._dispatch()
        return await job.reply

    def _dispatch(self) -> None:
        while self._idle and (job := self._lines.take()) is not None:
            work = asyncio.create_task(self._work(self._idle.pop(), job))
            self._working.add(work)
            work.add_done_callback(self._working.discard)

    async def _work(self, worker: Worker, job: _Job) -> None:
        limits = self._served.limits
        asked = asyncio.ensure_future(self._in_thread(worker.ask, self._served, job.task))
        is_long = is_late = False
        try:
            await asyncio.wait({asked}, timeout=limits.quick_s)
            if not asked.done():
                if self._n_long >= limits.n_long:
                    _tell(job, problem_reply(_TOO_MANY_LONG))
                else:
                    is_long = True
                    self._n_long += 1
                    self._n_quick -= 1
                    worker.step_back()
                    await self.start()
                    await asyncio.wait({asked}, timeout=limits.timeout_s - limits.quick_s)
                    is_late = not asked.done()
            if asked.done():
                _tell(job, problem_reply(_lost(limits)) if asked.exception() else asked.result())
            elif is_late:
                _tell(job, problem_reply(_late(limits)))
        finally:
            lost = not asked.done() or asked.exception() is not None
            self._n_long -= is_long
            if is_long or lost:
                self._n_quick -= not is_long
                asked.add_done_callback(lambda done: done.cancelled() or done.exception())
                await self._in_thread(worker.end)
                await self.start()
            else:
                self._idle.append(worker)
                self._dispatch()

    async def _add(self) -> None:
        self._n_quick += 1
        try:
            worker = await self._in_thread(Worker, self._served.limits, self._served.limits.timeout_s)
        except BaseException:
            self._n_quick -= 1
            raise
        self._idle.append(worker)
        self._dispatch()

    async def _in_thread(self, function: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


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
