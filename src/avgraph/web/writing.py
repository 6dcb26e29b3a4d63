"""What is written: one process holds the store and does one change after the other; readers get states of it."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from avgraph.errors import StoreError
from avgraph.graph.answering import DatasetChoice
from avgraph.graph.snapshot import read_snapshot
from avgraph.graph.writable import WritableStore
from avgraph.knowledge.syntax import ask_plainly
from avgraph.web.limits import Limits
from avgraph.web.pool import Pool
from avgraph.web.problems import Problem, Reply, problem_reply
from avgraph.web.worker import Task, Worker, WorkerLostError

__all__ = ["Writer", "delete_graph", "put_graph", "run_update"]

_KEPT = 2  # states: the one that is read, and the one before


@dataclass(frozen=True)
class Writable:
    """A store to write, and the build that it begins with."""

    folder: Path
    build: Path | None

    @cached_property
    def store(self) -> WritableStore:
        """The store, opened on first use."""
        return WritableStore(self.folder, read_snapshot(self.build) if self.build is not None else None)


class Writer:
    """Who writes.

    Parameters
    ----------
    folder
        Where the store lies.
    build
        The snapshot it begins with.
    pool
        The readers, who are given a new state before they are asked anything after a change.
    """

    def __init__(self, folder: Path, build: Path | None, pool: Pool) -> None:
        self._held = Writable(folder, build)
        self._pool = pool
        self._limits: Limits = pool.served.limits
        self._thread = ThreadPoolExecutor(1, "avgraph-writer")
        self._worker: Worker | None = None
        self._lock = asyncio.Lock()
        self._states = folder / "states"
        self._is_stale = True

    async def start(self) -> None:
        """Open the store, and give its state to the readers.

        Raises
        ------
        StoreError
            If it cannot be opened.
        """
        shutil.rmtree(self._states, ignore_errors=True)
        async with self._lock:
            await self._renew()

    async def rebase(self, build: Path) -> None:
        """Begin with another build; what was written into graphs that are not a build's stays."""
        async with self._lock:
            self._held = replace(self._held, build=build)
            self._is_stale = True
            await self._end()

    async def settle(self) -> None:
        """See to it that the readers have the last state."""
        if self._is_stale:
            async with self._lock:
                if self._is_stale:
                    await self._renew()

    async def run(self, task: Task) -> Reply:
        """Do one change."""
        async with self._lock:
            self._is_stale = True
            return await self._ask(task, self._limits.timeout_s)

    async def close(self) -> None:
        """End the process."""
        async with self._lock:
            await self._end()
        self._thread.shutdown(wait=False)

    async def _renew(self) -> None:
        name = uuid.uuid4().hex
        reply = await self._ask(Task(_make_state, (self._states / name,)), timeout_s=None)
        if reply.status != 200:
            raise StoreError("the store cannot be opened for writing", reply.body.decode(), str(self._held.folder))
        self._is_stale = False
        self._pool.serve(replace(self._pool.served, content=name, store_path=self._states / name))
        states = sorted(self._states.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for old in states[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    async def _ask(self, task: Task, timeout_s: float | None) -> Reply:
        loop = asyncio.get_running_loop()
        if self._worker is None:
            self._worker = await loop.run_in_executor(self._thread, Worker, self._limits)
        asked = loop.run_in_executor(self._thread, self._worker.ask, self._held, task)
        try:
            return await asyncio.wait_for(asyncio.shield(asked), timeout_s)
        except TimeoutError:
            self._worker.kill()
            with suppress(WorkerLostError):
                await asked
            await self._end()
            return problem_reply(
                Problem(504, "time-out", "The change took too long", f"It was undone after {timeout_s:g} seconds.")
            )
        except WorkerLostError:
            await self._end()
            return problem_reply(Problem(422, "memory", "The change needs too much memory", "It was undone."))

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, worker.end)


def _make_state(held: Writable, path: Path) -> Reply:
    path.parent.mkdir(parents=True, exist_ok=True)
    held.store.checkpoint(path)
    return Reply(200, "text/plain", b"")


def run_update(held: Writable, sparql: str, dataset: DatasetChoice, base_iri: str) -> Reply:
    """Run a SPARQL Update; `base_iri` is for its relative IRIs."""
    ask_plainly(lambda text: held.store.update(text, dataset.default, dataset.named, base_iri), sparql, sparql)
    return Reply(204, "", b"")


def put_graph(
    held: Writable, graph: str | None, parts: tuple[tuple[bytes, str], ...], base_iri: str, replace: bool
) -> Reply:
    """Write a graph anew, or add to it."""
    is_new = held.store.put(graph, parts, base_iri, replace=replace)
    return Reply(201 if is_new else 204, "", b"")


def delete_graph(held: Writable, graph: str | None) -> Reply:
    """Remove a graph."""
    if not held.store.drop(graph):
        return problem_reply(Problem(404, "not-found", "There is no such graph", f"No graph {graph}."))
    return Reply(204, "", b"")
