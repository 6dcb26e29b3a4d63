"""What is written: one process holds the store and does one change after the other; readers get states of it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import time
import uuid
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
from avgraph.web.problems import Problem, Reply, problem_of, problem_reply
from avgraph.web.worker import Task, Worker, WorkerLostError
from avgraph.workspace import CONFIG_NAME

__all__ = ["BUILD_DIR", "Writer", "delete_graph", "put_graph", "run_update", "writable_folder"]

#: What a server keeps lies beside the builds of a workspace.
BUILD_DIR = ".avgraph"
_SERVED = "served"
_SLACK_S = 10


def writable_folder(target: Path) -> Path:
    """Return where the store of a workspace, or of a folder that is empty but for it, lies.

    Raises
    ------
    StoreError
        If `target` is something else.
    """
    where = str(target)
    hint = "serve a workspace or an empty folder; or leave out --writable"
    if not target.exists():
        raise StoreError("there is no such folder", "make it, and what is sent to the server is kept there", where)
    if target.is_file():
        raise StoreError("a file cannot be written by a server", hint, where)
    is_ours = (target / CONFIG_NAME).is_file() or (target / BUILD_DIR).is_dir()
    try:
        is_free = is_ours or not any(target.iterdir())
    except OSError as error:
        raise StoreError(f"the folder cannot be read: {error.strerror}", hint, where) from error
    if not is_free:
        raise StoreError("something lies there that is no workspace", hint, where)
    return target / BUILD_DIR / _SERVED


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
        The readers, who are given a new state before a change is told to be done.
    """

    def __init__(self, folder: Path, build: Path | None, pool: Pool) -> None:
        self._held = Writable(folder, build)
        self._pool = pool
        self._limits: Limits = pool.served.limits
        self._worker: Worker | None = None
        self._lock = asyncio.Lock()
        self._states = folder / "states"
        self._is_closed = False

    async def start(self) -> None:
        """Open the store, and give its state to the readers.

        Raises
        ------
        StoreError
            If it cannot be opened.
        """
        async with self._lock:
            await self._renew()
        # Only now, for only now it is sure that no other server writes the store.
        await asyncio.to_thread(self._forget, 0.0)

    async def rebase(self, build: Path) -> None:
        """Begin with another build; what was written into graphs that are not a build's stays.

        Raises
        ------
        StoreError
            If that fails; the store is as before.
        """
        async with self._lock:
            before, self._held = self._held, replace(self._held, build=build)
            await self._end()
            try:
                await self._renew()
            except StoreError:
                self._held = before
                raise

    async def run(self, task: Task) -> Reply:
        """Do one change, and show it to the readers."""
        async with self._lock:
            reply = await self._ask(task)
            if not self._is_closed and (reply.status < 400 or self._worker is None):
                try:
                    await self._renew()
                except StoreError as error:
                    return problem_reply(problem_of(error))
            return reply

    async def close(self) -> None:
        """End the process; a change that it works on is undone."""
        self._is_closed = True
        if self._worker is not None:
            self._worker.kill()
        async with self._lock:
            await self._end()

    async def _renew(self) -> None:
        name = uuid.uuid4().hex
        reply = await self._ask(Task(_make_state, (self._states / name,)))
        if reply.status != 200:
            raise StoreError("the store cannot be written", reply.body.decode(), str(self._held.folder))
        self._pool.serve(replace(self._pool.served, content=name, store_path=self._states / name))
        await asyncio.to_thread(self._forget, self._limits.timeout_s + _SLACK_S)

    def _forget(self, after_s: float) -> None:
        """Remove states that nobody reads any more: what reads one may open its files until it is ended."""
        states = sorted((path.stat().st_mtime, path) for path in self._states.iterdir())
        for (_, old), (replaced, _) in itertools.pairwise(states):
            if time.time() - replaced >= after_s:
                shutil.rmtree(old, ignore_errors=True)

    async def _ask(self, task: Task) -> Reply:
        if self._is_closed:
            return problem_reply(Problem(503, "closing", "The server ends", "Nothing was changed."))
        most_s = self._limits.write_s
        try:
            if self._worker is None:
                self._worker = await Worker.started(self._pool.nursery, self._limits, most_s)
            return await asyncio.wait_for(self._worker.ask(self._held, task), most_s)
        except TimeoutError:
            await self._end()
            return problem_reply(
                Problem(504, "time-out", "The change took too long", f"It was undone after {most_s:g} seconds.")
            )
        except WorkerLostError:
            await self._end()
            return problem_reply(Problem(422, "memory", "The change needs too much memory", "It was undone."))
        except OSError as error:
            return problem_reply(Problem(503, "busy", "The server is busy", f"No process can be started: {error}."))

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()


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
    return Reply(201 if is_new else 204 if replace else 200, "", b"")


def delete_graph(held: Writable, graph: str | None) -> Reply:
    """Remove a graph."""
    if not held.store.drop(graph):
        return problem_reply(Problem(404, "not-found", "There is no such graph", f"No graph {graph}."))
    return Reply(200, "", b"")
