"""Tasks that workers of tests do, and pools of such workers."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from pathlib import Path

from avgraph.web.limits import Limits
from avgraph.web.pool import Pool
from avgraph.web.problems import Reply
from avgraph.web.worker import Served, Task

__all__ = ["asked", "crash", "eat", "echo", "fail", "has", "looped", "make", "name", "open_pool", "wait"]


@asynccontextmanager
async def open_pool(path: Path, content: str = "one", **limits: float) -> AsyncIterator[Pool]:
    """Give a pool about a small file, with a worker unless told otherwise."""
    (path / "some.nt").write_text("<urn:x-a:s> <urn:x-a:p> <urn:x-a:o> .\n", encoding="utf-8")
    told = {"n_workers": 1, "quick_s": 0.3, "timeout_s": 2.0, **limits}
    pool = Pool(Served(path / "some.nt", content, Limits(**told)))  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def asked(pool: Pool, task: Task, client: str = "a") -> tuple[int, bytes, float]:
    """Return status and body of a reply, and the seconds it took."""
    began = time.monotonic()
    reply = await pool.run(task, client)
    return reply.status, reply.body, time.monotonic() - began


def echo(_: Hashable, text: str) -> Reply:
    """Say what was said."""
    return Reply(200, "text/plain", text.encode())


def make(_: Hashable, n_bytes: int) -> Reply:
    """Say much that does not compress to nothing."""
    return Reply(200, "text/plain", os.urandom(n_bytes // 2).hex().encode())


def name(served: Served) -> Reply:
    """Say which process works on what."""
    return Reply(200, "text/plain", f"{os.getpid()} {served.content}".encode())


def has(_: Hashable, module: str) -> Reply:
    """Say whether a module is loaded."""
    return Reply(200, "text/plain", str(module in sys.modules).encode())


def wait(_: Hashable, seconds: float, text: str = "") -> Reply:
    """Say something after a while."""
    time.sleep(seconds)
    return Reply(200, "text/plain", text.encode())


def looped(_: Hashable, folder: str, name_: str) -> Reply:
    """Note when it began, in a file that all share."""
    with Path(folder, "began").open("a", encoding="utf-8") as file:
        file.write(f"{name_}\n")
    time.sleep(0.02)
    return Reply(200, "text/plain", b"")


def crash(_: Hashable) -> Reply:
    """End the process."""
    os._exit(7)


def eat(_: Hashable, n_mib: int) -> Reply:
    """Take memory."""
    return Reply(200, "text/plain", str(len(b"x" * (n_mib * 2**20))).encode())


def fail(_: Hashable) -> Reply:
    """Have a fault."""
    raise ZeroDivisionError("a secret of the program")
