"""The index of names is made once for each state of the graph, by a process of its own, when somebody first needs it.

Workers that take long are ended, and with them what they hold; an index on disk stays, and all of them share it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from avgraph.text import content_hash
from avgraph.web.problems import Problem, ProblemError, Reply, problem_reply
from avgraph.web.reconciliation.looking import make_catalogue
from avgraph.web.service import Service
from avgraph.web.worker import Served, Task, Worker, WorkerLostError

__all__ = ["Preparing"]

#: Seconds that making an index may take.
_LONGEST_S = 3_600
_KEPT = 2
_NOT_YET = Problem(
    503, "busy", "The index of names is being made", "This takes a while after a build, once.",
    "Ask again in a minute.", headers={"Retry-After": "30"},
)  # fmt: skip
_LOST = Problem(
    500, "fault", "The index of names could not be made", "The process that made it was ended.",
    "Give the machine more memory.",
)  # fmt: skip


class Preparing:
    """Sees to it that the index of names lies ready.

    Parameters
    ----------
    service
        The server's state.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._root: Path | None = None
        self._made: dict[str, asyncio.Task[Reply]] = {}

    async def folder(self) -> str | Reply:
        """Return where the index of what is served now lies, once it does; or a problem, if it cannot be made.

        Raises
        ------
        ProblemError
            If that takes longer than a request may (503); it goes on all the same.
        """
        service = self._service
        served = service.pool.served
        if self._root is None:
            folder = tempfile.TemporaryDirectory(prefix="avgraph-names-", ignore_cleanup_errors=True)
            self._root = Path(service.closing.enter_context(folder))
        # What is written beside a build changes none of its names.
        name = content_hash(service.build_content or served.content)
        path = str(self._root / name)
        if name not in self._made:
            self._made[name] = asyncio.create_task(self._make(served, name, path))
            self._forget_others(self._root)
        try:
            reply = await asyncio.wait_for(asyncio.shield(self._made[name]), service.limits.timeout_s)
        except TimeoutError:
            raise ProblemError(_NOT_YET) from None
        return path if reply.status == 200 else reply

    async def _make(self, served: Served, name: str, path: str) -> Reply:
        """Make an index in a process of its own, which gives the memory back."""
        is_made = False
        try:
            worker = await Worker.started(self._service.pool.nursery, served.limits, _LONGEST_S)
            self._service.closing.callback(worker.kill)
            try:
                reply = await worker.ask(served, Task(make_catalogue, (path,)))
            except WorkerLostError:
                reply = problem_reply(_LOST)
            finally:
                await worker.end()
            is_made = reply.status == 200
        finally:
            if not is_made:  # the next who asks has it tried again
                del self._made[name]
        return reply

    def _forget_others(self, root: Path) -> None:
        for name in [name for name, made in self._made.items() if made.done()][: 1 - _KEPT]:
            del self._made[name]
            shutil.rmtree(root / name, ignore_errors=True)
