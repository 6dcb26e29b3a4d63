"""Every named query on the example workspace: one text from four ways to ask it, and it is known to be right."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from goldens import NAMES, NOT_IN_EXAMPLE, answer, golden_path

from avgraph.errors import StoreError
from avgraph.graph.backend import OxigraphBackend
from avgraph.knowledge import KnowledgeGraph, open_graph

_PATIENCE_S = 30
every_query = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def embedded(example_graph: Path) -> KnowledgeGraph:
    return open_graph(example_graph)


@pytest.fixture(scope="module")
def pure_rdflib(embedded: KnowledgeGraph) -> KnowledgeGraph:
    """The same quads in rdflib's own store, asked by rdflib's own engine."""
    assert isinstance(embedded.backend, OxigraphBackend)
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=embedded.backend.store.dump(format=pyoxigraph.RdfFormat.N_QUADS), format="nquads")
    return open_graph(dataset)


@pytest.fixture(scope="module")
def union_server(embedded: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """A server whose default graph is the union of all."""
    with _served(_store_copy(embedded, tmp_path_factory.mktemp("union")), "--union-default-graph") as kg:
        yield kg


@pytest.fixture(scope="module")
def plain_server(embedded: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """A server whose default graph is empty."""
    with _served(_store_copy(embedded, tmp_path_factory.mktemp("plain"))) as kg:
        yield kg


def _store_copy(kg: KnowledgeGraph, folder: Path) -> Path:
    assert kg.snapshot is not None
    return Path(shutil.copytree(kg.snapshot.store_path, folder / "store"))


@contextmanager
def _served(store: Path, *options: str) -> Iterator[KnowledgeGraph]:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server is not installed (avgraph[dev])")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}", *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _when_ready(lambda: open_graph(f"http://127.0.0.1:{port}/query"), server)
    finally:
        server.terminate()
        server.wait()


def _when_ready(connect: Callable[[], KnowledgeGraph], server: subprocess.Popen[bytes]) -> KnowledgeGraph:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return connect()
        except StoreError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@every_query
def test_embedded_store(embedded: KnowledgeGraph, name: str) -> None:
    assert answer(embedded, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_rdflib_engine(pure_rdflib: KnowledgeGraph, name: str) -> None:
    assert answer(pure_rdflib, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_server_with_union_default_graph(union_server: KnowledgeGraph, name: str) -> None:
    assert answer(union_server, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_server_with_empty_default_graph(plain_server: KnowledgeGraph, name: str) -> None:
    assert answer(plain_server, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_the_example_has_an_answer(name: str) -> None:
    rows = golden_path(name).read_text(encoding="utf-8").splitlines()[1:]
    assert bool(rows) == (name not in NOT_IN_EXAMPLE)


def test_no_golden_file_is_left_over() -> None:
    assert sorted(p.stem for p in golden_path("x").parent.glob("*.tsv")) == sorted(NAMES)
