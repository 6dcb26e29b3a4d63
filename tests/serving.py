"""``avgraph serve`` on this machine for tests, in a process of its own, and requests to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

__all__ = ["TOKEN", "Served", "Told", "eventually", "received", "serving"]

TOKEN = "a-token-of-tests"
_PATIENCE_S = 60


@dataclass(frozen=True)
class Told:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """A server that runs: the address it listens at (a slash at its end), its process, and the file of what it says."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, *, timeout_s: float = _PATIENCE_S, **told: str
    ) -> Told:
        """Send a request; ``Content_Type=…`` is a header."""
        connection = http.client.HTTPConnection(*self.place, timeout=timeout_s)
        try:
            headers = {name.replace("_", "-"): value for name, value in told.items()}
            connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
            answer = connection.getresponse()
            return Told(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def query(self, sparql: str, *, path: str = "/sparql", **told: str) -> Told:
        """Ask a query by GET; ``Accept=…`` is a header."""
        return self.ask("GET", f"{path}?{urlencode({'query': sparql})}", **told)

    def rows(self, sparql: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT query: variable → value as text."""
        told = self.query(sparql)
        assert told.status == 200, told.text
        return [{name: term["value"] for name, term in row.items()} for row in told.json()["results"]["bindings"]]

    def update(self, sparql: str) -> Told:
        """Send an update, with the token."""
        told = {"Content_Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
        return self.ask("POST", "/sparql", sparql, **told)

    def raw(self, sent: bytes, *, timeout_s: float = 10.0) -> bytes:
        """Send bytes as they are; return what comes until the server closes, or says nothing for a while."""
        with socket.create_connection(self.place, timeout=timeout_s) as connection:
            connection.sendall(sent)
            return received(connection)

    def said(self) -> str:
        """Return what the server wrote to stderr."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def received(connection: socket.socket) -> bytes:
    """Return what comes over a connection until its other end closes it, or says nothing for its time-out."""
    parts = []
    with suppress(TimeoutError, ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@contextmanager
def serving(target: Path, *options: str, writable: bool = False) -> Iterator[Served]:
    """Serve a workspace, a file of RDF or, if it may be written, an empty folder, on a port that is free."""
    command = [sys.executable, "-c", "from avgraph.cli import main; main()", "serve", str(target)]
    command += ["--port", "0", "--json", *(["--writable"] if writable else []), *options]
    folder = Path(tempfile.mkdtemp(prefix="avgraph-serving-"))
    log = folder / "log"
    env = {**os.environ, "AVGRAPH_TOKEN": TOKEN}
    with log.open("wb") as err:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=env)
    try:
        yield Served(_address(process, log), process, log)
    finally:
        _end(process)
        shutil.rmtree(folder)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    told = ""
    late = threading.Timer(_PATIENCE_S, process.kill)
    late.start()
    try:
        for line in process.stdout:
            told += line
            if line.startswith("}"):
                return cast(str, json.loads(told)["listening"])
    finally:
        late.cancel()
    raise RuntimeError(f"the server did not start:\n{told}\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


def eventually(holds: Callable[[], bool], timeout_s: float = 10.0) -> bool:
    """Tell whether something comes to hold within some time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
