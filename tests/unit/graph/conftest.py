from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest

from avgraph.graph.http import Client
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sparql_server import SparqlServer
from fake_sparql import BASE, FakeSparql, serving_sparql


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSparql]:
    """A SPARQL server on this machine, asked without a login."""
    for name in ("HTTP_PROXY", "http_proxy", "AVGRAPH_USER", "AVGRAPH_PASSWORD", "AVGRAPH_AUTH", "AVGRAPH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with serving_sparql() as fake:
        yield fake


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the client of a test would have waited."""
    return []


@pytest.fixture
def there(server: FakeSparql, pauses: list[float]) -> SparqlServer:
    """The server as avgraph sees it."""
    return SparqlServer(server.url, client=Client(timeout_s=10, wait=pauses.append))


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[..., Snapshot]:
    """Make a snapshot of graphs: name → number of its statements; `name` is the workspace's."""

    def make(name: str = "films", **sizes: int) -> Snapshot:
        folder = tmp_path / f"snapshot{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        store = pyoxigraph.Store(str(folder / "store"))
        for graph, n in sizes.items():
            context = pyoxigraph.NamedNode(BASE + graph)
            for i in range(n):
                subject, predicate = pyoxigraph.NamedNode(f"{BASE}e/{graph}{i}"), pyoxigraph.NamedNode(BASE + "p")
                store.add(pyoxigraph.Quad(subject, predicate, pyoxigraph.Literal(f"Été {i}"), context))
        store.flush()
        return Snapshot(folder, {"base_iri": BASE, "name": name})

    return make
