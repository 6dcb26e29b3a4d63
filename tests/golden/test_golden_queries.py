"""Every named query on the example workspace: one text from seven ways to ask it, and it is known to be right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from goldens import NAMES, NOT_IN_EXAMPLE, answer, golden_path

from avgraph.graph.backend import OxigraphBackend
from avgraph.knowledge import KnowledgeGraph, open_graph
from servers import Running, avgraph_serving, emptied, logged_in, oxigraph_serving

every_query = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def embedded(example_graph: Path) -> KnowledgeGraph:
    return open_graph(example_graph)


@pytest.fixture(scope="module")
def n_quads(embedded: KnowledgeGraph) -> bytes:
    assert isinstance(embedded.backend, OxigraphBackend)
    return embedded.backend.store.dump(format=pyoxigraph.RdfFormat.N_QUADS)


@pytest.fixture(scope="module")
def in_memory(n_quads: bytes) -> KnowledgeGraph:
    store = pyoxigraph.Store()
    store.bulk_load(n_quads, format=pyoxigraph.RdfFormat.N_QUADS)
    return KnowledgeGraph(OxigraphBackend(store))


@pytest.fixture(scope="module")
def pure_rdflib(n_quads: bytes) -> KnowledgeGraph:
    """The same quads in rdflib's own store, asked by rdflib's own engine."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=n_quads, format="nquads")
    return open_graph(dataset)


@pytest.fixture(scope="module")
def union_server(embedded: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """An Oxigraph server whose default graph is the union of all, on a copy of the store."""
    assert embedded.snapshot is not None
    store = Path(shutil.copytree(embedded.snapshot.store_path, tmp_path_factory.mktemp("union") / "store"))
    with oxigraph_serving(store, "--union-default-graph", mode="serve-read-only") as server:
        yield open_graph(server.url)


@pytest.fixture(scope="module")
def pushed_oxigraph(embedded: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """An Oxigraph server that was pushed to; its default graph is empty."""
    with oxigraph_serving(tmp_path_factory.mktemp("plain") / "store") as server:
        embedded.push(server.url)
        yield open_graph(server.url)


@pytest.fixture(scope="module")
def pushed_virtuoso(embedded: KnowledgeGraph, virtuoso: Running) -> KnowledgeGraph:
    """A Virtuoso server that was pushed to."""
    with logged_in(emptied(virtuoso)):
        embedded.push(virtuoso.url)
    return open_graph(virtuoso.url)


@pytest.fixture(scope="module")
def pushed_avgraph(embedded: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """A server of avgraph, of an empty folder, that was pushed to."""
    with avgraph_serving(tmp_path_factory.mktemp("served")) as server:
        with logged_in(server):
            embedded.push(server.url)
        yield open_graph(server.url)


@every_query
def test_embedded_store(embedded: KnowledgeGraph, name: str) -> None:
    assert answer(embedded, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_rdflib_engine(pure_rdflib: KnowledgeGraph, name: str) -> None:
    assert answer(pure_rdflib, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_embedded_store_in_memory(in_memory: KnowledgeGraph, name: str) -> None:
    assert answer(in_memory, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_oxigraph_server_with_union_default_graph(union_server: KnowledgeGraph, name: str) -> None:
    assert answer(union_server, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_oxigraph_server_with_empty_default_graph(pushed_oxigraph: KnowledgeGraph, name: str) -> None:
    assert answer(pushed_oxigraph, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_virtuoso_server(pushed_virtuoso: KnowledgeGraph, name: str) -> None:
    assert answer(pushed_virtuoso, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_avgraph_server(pushed_avgraph: KnowledgeGraph, name: str) -> None:
    assert answer(pushed_avgraph, name) == golden_path(name).read_text(encoding="utf-8")


@every_query
def test_the_example_has_an_answer(name: str) -> None:
    rows = golden_path(name).read_text(encoding="utf-8").splitlines()[1:]
    assert bool(rows) == (name not in NOT_IN_EXAMPLE)


def test_no_golden_file_is_left_over() -> None:
    assert sorted(p.stem for p in golden_path("x").parent.glob("*.tsv")) == sorted(NAMES)
