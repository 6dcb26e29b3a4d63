from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import pytest

from avgraph.errors import StoreError
from avgraph.graph.digests import store_states
from avgraph.graph.export import export_rdf
from avgraph.graph.http import Client
from avgraph.graph.pull import pull_graphs, pulled_store
from avgraph.graph.push import push_snapshot
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sparql_server import SparqlServer
from avgraph.knowledge import open_graph
from fake_sparql import BASE, FakeSparql, Fault

Make = Callable[..., Snapshot]


def _states(folder: Path) -> dict[str, int]:
    store = pulled_store(folder)
    assert store is not None
    states = store_states(pyoxigraph.Store.read_only(str(store)))
    return {graph.removeprefix(BASE): state.n_quads for graph, state in states.items()}


def test_what_was_pushed_comes_back_byte_for_byte(there: SparqlServer, snapshot: Make, tmp_path: Path) -> None:
    made = snapshot(a=3, b=5)
    push_snapshot(made, there)
    report = pull_graphs(there, tmp_path / "copy.nq")
    assert (len(report.fetched), report.n_quads, report.verified) == (2, 8, True)
    export_rdf(made, tmp_path / "made.nq")
    assert (tmp_path / "copy.nq").read_bytes() == (tmp_path / "made.nq").read_bytes()
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.nq"]


def test_a_folder_can_be_asked_and_brought_up_to_date(
    server: FakeSparql, there: SparqlServer, snapshot: Make, tmp_path: Path
) -> None:
    push_snapshot(snapshot(a=3, b=5, c=1), there)
    copy = tmp_path / "copy"
    pull_graphs(there, copy)
    kg = open_graph(copy)
    assert kg.snapshot is None
    assert len(kg.query("SELECT ?s WHERE { ?s ?p ?o }")) == 9
    push_snapshot(snapshot(a=3, b=6, d=1), there)
    server.asked.clear()
    report = pull_graphs(there, copy)
    assert report.fetched == (BASE + "b", BASE + "d")
    assert report.kept == (BASE + "a",)
    assert report.removed == (BASE + "c",)
    assert [a.graph for a in server.asked if a.method == "GET"] == [BASE + "b", BASE + "d"]
    assert _states(copy) == {"a": 3, "b": 6, "d": 1}
    assert len(kg.query("SELECT ?s WHERE { ?s ?p ?o }")) == 9  # a reader keeps what it opened
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy"]


def test_after_a_cut_only_the_rest_is_fetched(
    server: FakeSparql, there: SparqlServer, snapshot: Make, tmp_path: Path
) -> None:
    push_snapshot(snapshot(a=3, b=5, c=1), there)
    server.fault = lambda asked: Fault(short=True) if asked.graph == BASE + "b" else None
    with pytest.raises(StoreError, match="cut short"):
        pull_graphs(there, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    server.fault = lambda asked: None
    server.asked.clear()
    report = pull_graphs(there, tmp_path / "copy")
    assert report.kept == (BASE + "a",)
    assert [a.graph for a in server.asked if a.method == "GET"] == [BASE + "b", BASE + "c"]
    assert _states(tmp_path / "copy") == {"a": 3, "b": 5, "c": 1}


def test_without_notes_of_a_push_all_graphs_are_counted(
    server: FakeSparql, there: SparqlServer, tmp_path: Path
) -> None:
    node = pyoxigraph.NamedNode("urn:x")
    for graph in ("urn:one", "urn:two", BASE + "a"):
        server.store.add(pyoxigraph.Quad(node, node, node, pyoxigraph.NamedNode(graph)))
    report = pull_graphs(there, tmp_path / "copy.trig", under="urn:")
    assert report.fetched == ("urn:one", "urn:two")
    assert not report.verified
    assert "urn:two" in (tmp_path / "copy.trig").read_text(encoding="utf-8")
    server.fault = lambda asked: Fault(lose=True)
    with pytest.raises(StoreError, match="no graph begins with ftp:"):
        pull_graphs(there, tmp_path / "other", under="ftp:")


def test_a_server_that_gives_less_than_it_holds_is_caught(
    server: FakeSparql, there: SparqlServer, snapshot: Make, tmp_path: Path
) -> None:
    push_snapshot(snapshot(a=3), there)
    work = server.work

    def limited(asked: object, lose: bool = False) -> tuple[int, str, bytes]:
        status, kind, body = work(asked, lose=lose)  # type: ignore[arg-type]
        return status, kind, body.split(b"\n")[0] + b"\n" if "triples" in kind else body

    server.work = limited  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreError, match="only 1 of 3 statements came"):
        pull_graphs(there, tmp_path / "copy")


def test_statements_changed_since_the_push_are_caught(
    server: FakeSparql, there: SparqlServer, snapshot: Make, tmp_path: Path
) -> None:
    push_snapshot(snapshot(a=3), there)
    server.store.update(f'DELETE DATA {{ GRAPH <{BASE}a> {{ <{BASE}e/a1> <{BASE}p> "Été 1" }} }}')
    server.store.update(f'INSERT DATA {{ GRAPH <{BASE}a> {{ <{BASE}e/a1> <{BASE}p> "Été X" }} }}')
    with pytest.raises(StoreError, match="not those that were pushed"):
        pull_graphs(there, tmp_path / "copy")


def test_a_push_that_was_cut_short_is_not_pulled(
    server: FakeSparql, there: SparqlServer, snapshot: Make, tmp_path: Path
) -> None:
    server.fault = lambda asked: Fault(507) if asked.method == "PUT" else None
    with pytest.raises(StoreError):
        push_snapshot(snapshot(a=3), there)
    with pytest.raises(StoreError, match="1 graphs there are not complete"):
        pull_graphs(there, tmp_path / "copy")


def test_nothing_else_is_overwritten(there: SparqlServer, snapshot: Make, tmp_path: Path) -> None:
    push_snapshot(snapshot(a=3), there)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for target in ("mine", "file"):
        with pytest.raises(StoreError, match="something else is there"):
            pull_graphs(there, tmp_path / target)
    (tmp_path / "empty").mkdir()
    pull_graphs(there, tmp_path / "empty")
    assert _states(tmp_path / "empty") == {"a": 3}
    with pytest.raises(StoreError, match="Not a directory"):
        pull_graphs(there, tmp_path / "file" / "below")


def test_a_plain_client_is_enough(server: FakeSparql, snapshot: Make, tmp_path: Path) -> None:
    target = SparqlServer(server.url, graph_store="none", client=Client())
    push_snapshot(snapshot(a=3), target)
    assert pull_graphs(target, tmp_path / "copy.nt").n_quads == 3
