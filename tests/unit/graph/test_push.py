"""Pushing to a server that fails in every way: what is there afterwards, and what the next push does."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph
import pytest

from avgraph.errors import StoreError
from avgraph.graph.http import Client
from avgraph.graph.push import push_graph_iri, push_snapshot, pushed_states
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sparql_server import SparqlServer
from fake_sparql import BASE, Asked, FakeSparql, Fault

Make = Callable[..., Snapshot]
PUSH = push_graph_iri(BASE)


def _by_update(server: FakeSparql) -> SparqlServer:
    return SparqlServer(server.url, graph_store="none", client=Client(timeout_s=10, wait=lambda s: None))


def _actions(report: object) -> dict[str, tuple[str, str]]:
    return {c.graph.removeprefix(BASE): (c.action, c.reason) for c in report.changes}  # type: ignore[attr-defined]


def test_everything_is_written_once_and_then_nothing(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    made = snapshot(a=3, b=5)
    first = push_snapshot(made, there)
    assert _actions(first) == {"a": ("write", "new"), "b": ("write", "new")}
    assert set(first.verified.values()) == {"digest"}
    assert (first.make, first.how, first.done) == ("Oxigraph", "Graph Store Protocol", True)
    assert server.graph_names() == [BASE + "a", BASE + "b", PUSH]
    assert server.n(BASE + "b") == 5
    server.asked.clear()
    again = push_snapshot(made, there)
    assert _actions(again) == {"a": ("keep", "same"), "b": ("keep", "same")}
    assert {a.path for a in server.asked} == {"/query"}


@pytest.mark.parametrize("by_update", [False, True])
def test_only_what_changed_is_sent_and_what_left_is_removed(
    server: FakeSparql, there: SparqlServer, snapshot: Make, by_update: bool
) -> None:
    target = _by_update(server) if by_update else there
    push_snapshot(snapshot(a=3, b=5, c=1), target)
    server.asked.clear()
    report = push_snapshot(snapshot(a=3, b=6, d=2), target)
    assert _actions(report) == {
        "a": ("keep", "same"), "b": ("write", "changed"), "c": ("remove", "gone"), "d": ("write", "new"),
    }  # fmt: skip
    assert server.graph_names() == [BASE + "a", BASE + "b", BASE + "d", PUSH]
    assert (server.n(BASE + "a"), server.n(BASE + "b"), server.n(BASE + "d")) == (3, 6, 2)
    assert set(pushed_states(target, PUSH)) == {BASE + "a", BASE + "b", BASE + "d"}
    writes = [a for a in server.asked if BASE + "a>" in a.body.decode() or a.graph == BASE + "a"]
    assert [a.path for a in writes if a.path != "/query"] == []


def test_a_dry_run_says_it_and_writes_nothing(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    report = push_snapshot(snapshot(a=3), there, dry_run=True)
    assert _actions(report) == {"a": ("write", "new")}
    assert not report.done
    assert report.to_json()["quads_written"] == 3
    assert server.graph_names() == []


def test_graphs_of_others_are_left_alone(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    node = pyoxigraph.NamedNode("urn:x")
    for graph in ("urn:theirs", BASE + "not-listed"):
        server.store.add(pyoxigraph.Quad(node, node, node, pyoxigraph.NamedNode(graph)))
    server.store.add(pyoxigraph.Quad(node, node, node))
    push_snapshot(snapshot(a=3), there)
    push_snapshot(snapshot(b=3), there)
    assert server.graph_names() == [BASE + "b", PUSH, BASE + "not-listed", "urn:theirs"]
    assert len(list(server.store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()))) == 1


def test_a_list_that_names_graphs_outside_the_base_removes_none_of_them(
    server: FakeSparql, there: SparqlServer, snapshot: Make
) -> None:
    push_snapshot(snapshot(a=3), there)
    node = pyoxigraph.NamedNode("urn:theirs")
    server.store.add(pyoxigraph.Quad(node, node, node, node))
    text = (f'INSERT DATA {{ GRAPH <{PUSH}> {{ <urn:theirs> <https://w3id.org/avgraph/ontology#graphDigest> "x" . '
            f'<{PUSH}> <https://w3id.org/avgraph/ontology#graphDigest> "x" }} }}')  # fmt: skip
    server.store.update(text)
    report = push_snapshot(snapshot(a=3), there)
    assert _actions(report) == {"a": ("keep", "same")}
    assert server.n("urn:theirs") == 1


def test_graphs_of_another_workspace_are_refused_or_taken_over(
    server: FakeSparql, there: SparqlServer, snapshot: Make
) -> None:
    push_snapshot(snapshot(a=3), there)
    other = snapshot("series", b=1)
    with pytest.raises(StoreError, match="another workspace, 'films'") as caught:
        push_snapshot(other, there)
    assert "base_iri" in str(caught.value.hint)
    assert server.graph_names() == [BASE + "a", PUSH]
    push_snapshot(other, there, replace=True)
    assert server.graph_names() == [BASE + "b", PUSH]
    assert _actions(push_snapshot(other, there)) == {"b": ("keep", "same")}
    push_snapshot(snapshot("third", b=1), there, replace=True)
    assert _actions(push_snapshot(snapshot("third", b=1), there)) == {"b": ("keep", "same")}
    push_snapshot(other, there, replace=True)
    with pytest.raises(StoreError, match="'series'"):
        push_snapshot(snapshot(a=3), there)


def test_a_graph_that_nobody_pushed_is_not_overwritten(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    node = pyoxigraph.NamedNode("urn:x")
    server.store.add(pyoxigraph.Quad(node, node, node, pyoxigraph.NamedNode(BASE + "a")))
    with pytest.raises(StoreError, match="were not pushed"):
        push_snapshot(snapshot(a=3), there)
    assert server.n(BASE + "a") == 1
    push_snapshot(snapshot(a=3), there, replace=True)
    assert server.n(BASE + "a") == 3


def test_statements_that_others_took_away_are_noticed(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    made = snapshot(a=3, b=2)
    push_snapshot(made, there)
    server.store.remove(next(server.store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(BASE + "a"))))
    report = push_snapshot(made, there)
    assert _actions(report) == {"a": ("write", "differs"), "b": ("keep", "same")}
    assert server.n(BASE + "a") == 3


@pytest.mark.parametrize("by_update", [False, True])
def test_after_a_cut_at_any_request_the_next_push_ends_the_work(
    server: FakeSparql, there: SparqlServer, snapshot: Make, by_update: bool
) -> None:
    target = _by_update(server) if by_update else there
    before, after = snapshot(a=3, b=5, c=1), snapshot(a=4, b=5, d=2, e=1)
    push_snapshot(before, target)
    start = pyoxigraph.serialize(server.store, format=pyoxigraph.RdfFormat.N_QUADS)
    server.asked.clear()
    push_snapshot(after, target)
    n_requests = len(server.asked)
    assert n_requests > 12
    n_failed = 0
    for cut_at in range(1, n_requests + 1):
        for work in (False, True):
            server.store.clear()
            server.store.load(start, format=pyoxigraph.RdfFormat.N_QUADS)
            server.asked.clear()
            server.fault = lambda asked, at=cut_at, w=work: (  # type: ignore[misc]
                Fault(cut=True, work=w and len(server.asked) == at) if len(server.asked) >= at else None
            )
            try:
                push_snapshot(after, target)
            except StoreError:
                n_failed += 1
            server.fault = lambda asked: None
            report = push_snapshot(after, target)
            assert set(_actions(report)) <= {"a", "b", "c", "d", "e"}
            assert _actions(report)["b"] == ("keep", "same")
            assert server.graph_names() == [BASE + x for x in ("a", "b", "d", "e")] + [PUSH]
            assert [server.n(BASE + x) for x in "abde"] == [4, 5, 2, 1]
            assert {s.n_quads for s in pushed_states(target, PUSH).values() if s} == {4, 5, 2, 1}
    assert n_failed > n_requests


def test_graphs_that_are_complete_are_not_sent_again(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    made = snapshot(a=1, b=2, c=3)
    server.fault = lambda asked: Fault(507) if asked.method == "PUT" and asked.graph == BASE + "b" else None
    with pytest.raises(StoreError, match="507") as caught:
        push_snapshot(made, there)
    assert caught.value.hint == "1 of 3 graphs are complete; the same command goes on from there"
    server.fault = lambda asked: None
    server.asked.clear()
    report = push_snapshot(made, there)
    assert _actions(report) == {
        "a": ("keep", "same"), "b": ("write", "unfinished"), "c": ("write", "unfinished"),
    }  # fmt: skip
    assert server.written() == [BASE + "b", BASE + "c"]


def test_a_server_that_loses_a_statement_is_caught(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    made = snapshot(a=3)
    server.fault = lambda asked: Fault(lose=True) if asked.method == "PUT" else None
    with pytest.raises(StoreError, match="holds 2 of 3 statements"):
        push_snapshot(made, there)
    assert pushed_states(there, PUSH) == {BASE + "a": None}
    trusting = push_snapshot(made, there, verify="none")
    assert trusting.verified == {}


def test_a_server_that_alters_a_statement_is_caught(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    def alter(asked: Asked) -> None:
        if asked.method == "GET" and asked.path == "/store":
            server.store.update(f'DELETE {{ GRAPH <{BASE}a> {{ ?s ?p "Été 1" }} }} '
                                f'INSERT {{ GRAPH <{BASE}a> {{ ?s ?p "Ete 1" }} }} '
                                f'WHERE {{ GRAPH <{BASE}a> {{ ?s ?p "Été 1" }} }}')  # fmt: skip

    server.fault = alter
    with pytest.raises(StoreError, match="gives back are not the 3") as caught:
        push_snapshot(snapshot(a=3), there)
    assert "--verify counts" in str(caught.value.hint)
    assert push_snapshot(snapshot(a=3), there, verify="counts").verified == {BASE + "a": "count"}


def test_large_graphs_go_in_parts_and_a_part_too_large_is_halved(
    server: FakeSparql, there: SparqlServer, snapshot: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avgraph.graph.sparql_server._PART_BYTES", 2000)
    made = snapshot(a=100)
    seen: list[tuple[str, int, int]] = []
    push_snapshot(made, there, progress=lambda *step: seen.append(step))
    sent = [a for a in server.asked if a.path == "/store" and a.method in ("PUT", "POST")]
    assert [a.method for a in sent] == ["PUT"] + ["POST"] * (len(sent) - 1)
    assert len(sent) > 2
    assert max(len(a.body) for a in sent) < 2500
    assert seen[0] == ("statements", 0, 100)
    assert seen[-1] == ("statements", 100, 100)
    server.store.clear()
    server.asked.clear()
    server.fault = lambda asked: Fault(413) if asked.path == "/store" and len(asked.body) > 900 else None
    push_snapshot(made, there)
    assert server.n(BASE + "a") == 100
    server.fault = lambda asked: Fault(413) if asked.path == "/store" and asked.body else None
    with pytest.raises(StoreError, match="413"):
        push_snapshot(snapshot(a=101), there)


def test_updates_are_of_bounded_size(server: FakeSparql, snapshot: Make) -> None:
    server.make = "Virtuoso/7"
    virtuoso = SparqlServer(server.url, update=server.url.replace("/query", "/update"), graph_store="none")
    push_snapshot(snapshot(a=5000), virtuoso)
    sent = [a.body.count(b" .\n") for a in server.asked if a.path == "/update" and b"graph/push" not in a.body]
    assert sum(sent) == 5000
    assert max(sent) <= 2000
    assert server.n(BASE + "a") == 5000


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(kind="text/html"), "gives text/html instead of RDF"),
        (Fault(status=404), "nothing answers"),
        (Fault(short=True), "cut short"),
    ],
)
def test_a_graph_that_cannot_be_read_back_is_said(
    server: FakeSparql, there: SparqlServer, snapshot: Make, fault: Fault, message: str
) -> None:
    server.fault = lambda asked: fault if asked.method == "GET" else None
    with pytest.raises(StoreError, match=message):
        push_snapshot(snapshot(a=3), there)


def test_what_answers_without_results_is_no_endpoint(server: FakeSparql, there: SparqlServer, snapshot: Make) -> None:
    server.work = lambda asked, lose=False: (200, "text/html", b"<html>")  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreError, match="did not answer with SPARQL results"):
        push_snapshot(snapshot(a=3), there)


def test_a_store_that_wants_a_login_to_read_is_read_by_a_query(
    server: FakeSparql, there: SparqlServer, snapshot: Make
) -> None:
    push_snapshot(snapshot(a=3), there)
    server.fault = lambda asked: Fault(401) if asked.path == "/store" else None
    assert there.state(BASE + "a").n_quads == 3
