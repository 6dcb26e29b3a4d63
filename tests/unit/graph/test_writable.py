"""The store that can be written: what stays of it from build to build, and when it is cut short."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from avgraph.errors import QueryError, StoreError
from avgraph.graph.writable import WritableStore, read_graph

A, B, OWN = "urn:x-a:one", "urn:x-a:two", "urn:x-a:own"


@dataclass(frozen=True)
class Build:
    """A snapshot as far as a store needs it."""

    store_path: Path
    content: str

    @property
    def manifest(self) -> dict[str, Any]:
        return {"content": self.content}


def build(path: Path, content: str, **graphs: int) -> Build:
    store = pyoxigraph.Store(str(path))
    for name, value in graphs.items():
        store.add(quad(f"urn:x-a:{name}", value))
    store.flush()
    return Build(path, content)


def quad(graph: str | None, value: int) -> pyoxigraph.Quad:
    s, p = pyoxigraph.NamedNode("urn:x-a:s"), pyoxigraph.NamedNode("urn:x-a:p")
    name = pyoxigraph.DefaultGraph() if graph is None else pyoxigraph.NamedNode(graph)
    return pyoxigraph.Quad(s, p, pyoxigraph.Literal(value), name)


def held(store: WritableStore) -> set[tuple[str, int]]:
    found = store._store.quads_for_pattern(None, None, None, None)
    return {(getattr(q.graph_name, "value", ""), int(q.object.value)) for q in found}  # type: ignore[union-attr]


def opened(folder: Path, snapshot: Build | None) -> WritableStore:
    return WritableStore(folder, snapshot)  # type: ignore[arg-type]


def written(folder: Path, snapshot: Build | None, *quads: pyoxigraph.Quad) -> None:
    store = opened(folder, snapshot)
    for each in quads:
        store._store.add(each)


def test_what_was_written_stays_and_a_builds_graphs_give_way(tmp_path: Path) -> None:
    first = build(tmp_path / "1", "c1", one=1, two=1)
    second = build(tmp_path / "2", "c2", one=2, three=2)
    folder = tmp_path / "served"
    written(folder, first, quad(OWN, 5), quad(A, 6), quad(None, 7))
    assert held(opened(folder, first)) == {(A, 1), (B, 1), (OWN, 5), (A, 6), ("", 7)}
    # Of the graphs of builds, and what was written into them, nothing stays.
    assert held(opened(folder, second)) == {(A, 2), ("urn:x-a:three", 2), (OWN, 5), ("", 7)}
    assert held(opened(folder, first)) == {(A, 1), (B, 1), (OWN, 5), ("", 7)}


def test_a_graph_that_a_build_takes_over_is_the_builds(tmp_path: Path) -> None:
    folder = tmp_path / "served"
    written(folder, None, quad(A, 9), quad(OWN, 5))
    assert held(opened(folder, build(tmp_path / "1", "c1", one=1))) == {(A, 1), (OWN, 5)}


def test_an_empty_graph_stays(tmp_path: Path) -> None:
    opened(tmp_path, None).put(OWN, [], "urn:x-a:", replace=True)
    assert opened(tmp_path, build(tmp_path / "1", "c1", one=1)).has(OWN)


def test_the_build_itself_is_never_written(tmp_path: Path) -> None:
    first = build(tmp_path / "1", "c1", one=1)
    store = opened(tmp_path / "served", first)
    store.update("CLEAR ALL")
    store.checkpoint(tmp_path / "state")
    assert len(pyoxigraph.Store.read_only(str(first.store_path))) == 1
    assert len(pyoxigraph.Store.read_only(str(tmp_path / "state"))) == 0


@pytest.mark.parametrize("cut", ["before the last is away", "before it is in place", "while it is made"])
def test_a_new_beginning_that_is_cut_short_loses_nothing(tmp_path: Path, cut: str) -> None:
    first = build(tmp_path / "1", "c1", one=1)
    second = build(tmp_path / "2", "c2", one=2)
    folder, other = tmp_path / "served", tmp_path / "other"
    written(folder, first, quad(OWN, 5))
    shutil.copytree(folder, other)
    opened(other, second)  # how it looks when it is done
    if cut == "while it is made":
        (folder / "new").mkdir()
        (folder / "new" / "base.json.part").write_text("{")
    else:
        shutil.copytree(other / "live", folder / "new")
    if cut == "before it is in place":
        (folder / "live").replace(folder / "old")
    store = opened(folder, second)
    assert held(store) == {(A, 2), (OWN, 5)}
    assert [path.name for path in folder.iterdir()] == ["live"]


def test_a_store_that_does_not_say_what_it_is_stays_untouched(tmp_path: Path) -> None:
    written(tmp_path, None, quad(OWN, 5))
    told = (tmp_path / "live" / "base.json").read_text()
    for damaged in ("", "{", "[]", '{"content": "x"}'):
        (tmp_path / "live" / "base.json").write_text(damaged)
        with pytest.raises(StoreError, match="damaged"):
            opened(tmp_path, None)
    (tmp_path / "live" / "base.json").write_text(told)
    assert held(opened(tmp_path, None)) == {(OWN, 5)}


def test_relative_iris_and_known_prefixes(tmp_path: Path) -> None:
    store = opened(tmp_path, None)
    store.update("INSERT DATA { <a> rdfs:label 'x' }", base_iri="http://localhost/x/")
    store.put(OWN, [(b"<b> <c> <> .", "text/turtle")], "http://localhost/y", replace=False)
    assert {q.subject.value for q in store._store} == {"http://localhost/x/a", "http://localhost/b"}  # type: ignore[union-attr]


@pytest.mark.parametrize("replace", [True, False])
def test_blank_nodes_of_two_texts_are_two(tmp_path: Path, replace: bool) -> None:
    store = opened(tmp_path, None)
    for _ in range(2):
        part = (b"_:b <urn:x-a:p> 1 .", "text/turtle")
        store.put(OWN, [part, part], "urn:x-a:", replace=replace)
    assert len(list(store._store)) == (2 if replace else 4)


def test_literals_come_through_a_replacement(tmp_path: Path) -> None:
    text = r'<urn:x-a:s> <urn:x-a:p> "a\"b\\c\nd\u0001é😀"@en , "1"^^<urn:x-a:t> , 2.5 , "]} } ; DROP ALL" .'
    store = opened(tmp_path, None)
    for name in (OWN, None):
        for _ in range(2):
            store.put(name, [(text.encode(), "text/turtle")], "urn:x-a:", replace=True)
    found = [{str(q.object) for q in store._store if q.graph_name == g} for g in
             (pyoxigraph.NamedNode(OWN), pyoxigraph.DefaultGraph())]  # fmt: skip
    assert found[0] == found[1]
    assert found[0] == {str(q.object) for q in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)}


def test_graphs_in_a_text_are_no_graphs_of_the_store(tmp_path: Path) -> None:
    store = opened(tmp_path, None)
    trig = b"<urn:x-a:other> { <urn:x-a:s> <urn:x-a:p> 1 }"
    with pytest.raises(QueryError, match="does not parse"):
        store.put(OWN, [(trig, "application/trig")], "urn:x-a:", replace=True)
    assert not store.has("urn:x-a:other")
    assert not store.has(OWN)


@pytest.mark.parametrize(
    "sparql",
    ["LOAD <http://localhost/x>", "load silent <http://localhost/x> into graph <urn:x-a:g>", "LO\\u0041D <http://x/>",
     "INSERT { ?s ?p ?o } WHERE { SERVICE <http://localhost/x> { ?s ?p ?o } }", "PREFIX a: <b#> LOAD a:c",
     "INSERT { ?s ?p ?o } WHERE { { SELECT * { SERVICE SILENT ?x { ?s ?p ?o } } } }"],
)  # fmt: skip
def test_nothing_is_fetched(tmp_path: Path, sparql: str) -> None:
    with pytest.raises(QueryError, match="elsewhere"):
        opened(tmp_path, None).update(sparql)


def test_reading_a_graph(tmp_path: Path) -> None:
    from avgraph.graph.answering import Bounds, TooLargeError

    store = opened(tmp_path, None)
    store._store.add(quad(OWN, 5))
    bounds = Bounds(10, 10_000)
    found = read_graph(store._store, OWN, "application/n-triples", bounds)
    assert found is not None
    assert found.body == b'<urn:x-a:s> <urn:x-a:p> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert read_graph(store._store, A, "text/turtle", bounds) is None
    assert read_graph(store._store, None, "text/turtle", bounds) is not None
    with pytest.raises(TooLargeError):
        read_graph(store._store, OWN, "text/turtle", Bounds(0, 10_000))
    with pytest.raises(QueryError, match="names no graph"):
        read_graph(store._store, "a b", "text/turtle", bounds)
