"""SPARQL servers on this machine for tests: Oxigraph's, avgraph's, and Virtuoso with small buffers."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pytest

from serving import TOKEN, serving

__all__ = ["Running", "avgraph_serving", "emptied", "filled", "logged_in", "oxigraph_serving", "virtuoso_serving"]

#: Graphs of tests begin so.
OURS = ("https://w3id.org/avgraph/", "https://example.org/")

_PATIENCE_S = 120
_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
AsyncQueueMaxThreads = 1
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True)
class Running:
    """A server: its query endpoint, and the environment that holds its login."""

    url: str
    env: dict[str, str]

    @property
    def root(self) -> str:
        return self.url.rpartition("/")[0]


@contextmanager
def oxigraph_serving(folder: Path, *options: str, mode: str = "serve") -> Iterator[Running]:
    """Serve the store in `folder`, an empty one where there is none."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server is not installed (avgraph[dev])")
    port = _free_port()
    command = [program, mode, "--location", str(folder), "--bind", f"127.0.0.1:{port}", *options]
    with _process(command, folder.parent, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D"):
        yield Running(f"http://127.0.0.1:{port}/query", {})


@contextmanager
def avgraph_serving(folder: Path) -> Iterator[Running]:
    """Serve an empty folder; who knows the token may write."""
    with serving(folder, writable=True) as server:
        yield Running(f"{server.url}sparql", {"AVGRAPH_TOKEN": TOKEN})


@contextmanager
def virtuoso_serving(folder: Path) -> Iterator[Running]:
    """Serve a new, empty database in `folder`; its user may write."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource-7)")
    port = _free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, port=port, sql_port=_free_port()), encoding="ascii")
    command = [program, "+foreground", "+configfile", str(ini)]
    with _process(command, folder, f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D"):
        login = {"AVGRAPH_USER": "dba", "AVGRAPH_PASSWORD": "dba", "AVGRAPH_AUTH": "digest"}
        yield Running(f"http://127.0.0.1:{port}/sparql", login)


@contextmanager
def _process(command: list[str], folder: Path, probe: str) -> Iterator[None]:
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _when(lambda: _answers(probe), server, folder / "server.log")
        yield
    finally:
        server.terminate()
        try:
            server.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _when(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _answers(probe: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(probe, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def logged_in(server: Running) -> Iterator[None]:
    """Set the login of a server in the environment, as its users do."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AVGRAPH_USER", "AVGRAPH_PASSWORD", "AVGRAPH_AUTH", "AVGRAPH_TOKEN"):
            patch.delenv(name, raising=False)
        for name, value in server.env.items():
            patch.setenv(name, value)
        yield


def emptied(server: Running) -> Running:
    """Drop every graph that tests put there."""
    from avgraph.graph.sparql_server import SparqlServer

    with logged_in(server):
        there = SparqlServer(server.url)
        for graph in there.graphs():
            if graph.startswith(OURS):
                there.drop(graph)
    return server


def filled(server: Running, store: pyoxigraph.Store) -> Running:
    """Put the named graphs of a store there."""
    from avgraph.graph.sparql_server import SparqlServer

    with logged_in(server):
        there = SparqlServer(server.url)
        for graph in store.named_graphs():
            lines = (str(quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
            assert sum(1 for _ in there.replace(str(graph.value), lines)) > 0
    return server
