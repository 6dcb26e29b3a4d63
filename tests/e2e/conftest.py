"""The command line, and a server that is attacked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from attacked import TIMEOUT_S, timed
from film_workspaces import GUTLAND, OTHERS, build, film_workspace
from serving import Served, serving
from traps import Trap

Run = Callable[..., subprocess.CompletedProcess[str]]
# What the engine of a worker says of itself when it may have no more memory.
_OUT_OF_MEMORY = re.compile(
    r"memory allocation of \d+ bytes failed\n|(stack|skipping) backtrace.*\n|note: .*RUST_BACKTRACE.*\n"
)


@pytest.fixture(scope="session")
def avgraph() -> Run:
    """Run the command line in a process of its own."""

    def run(*args: object, cwd: Path | None = None, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from avgraph.cli import main; main()", *map(str, args)]
        env = {**os.environ, "PYTHONHASHSEED": "random"}
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, input=stdin, env=env, check=False)

    return run


@pytest.fixture(scope="module")
def attacked_space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace, with enough in it for products of patterns not to end."""
    space = film_workspace(tmp_path_factory.mktemp("attacked") / "films")
    build(space, GUTLAND, *OTHERS, *((f"Film {i}", f"Person {i}") for i in range(300)))
    return space.root


@pytest.fixture(scope="module")
def attacked_server(attacked_space: Path) -> Iterator[Served]:
    """A server that may be written."""
    with serving(attacked_space, "--timeout", str(TIMEOUT_S), writable=True) as server:
        yield server


@pytest.fixture
def attacked(attacked_server: Served, trap: Trap) -> Iterator[Served]:
    """The server; after each test it is as well as before, and has called nobody."""
    n_calls, n_said = trap.n_calls, len(attacked_server.said())
    yield attacked_server
    assert attacked_server.process.poll() is None
    told, took_s = timed(attacked_server)
    assert told.json()["boolean"] is True
    assert took_s < TIMEOUT_S
    assert trap.n_calls == n_calls
    assert _OUT_OF_MEMORY.sub("", attacked_server.said()[n_said:]) == ""
