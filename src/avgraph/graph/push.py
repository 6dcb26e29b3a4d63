"""A snapshot → a SPARQL server, graph by graph, only what changed, in a way that a cut connection cannot spoil.

What was pushed is written down on the server itself, in the graph ``graph/push`` below the base IRI: for each graph
its number of statements and its digest. An entry is marked as unfinished before its graph is touched, and holds the
new figures only after the graph is complete and verified; so whatever happens, the next push knows what to do again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyoxigraph

from avgraph.errors import StoreError
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.digests import GraphState, graph_states
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sparql_server import SparqlServer, batches
from avgraph.progress import Progress, silent
from avgraph.vocabulary import AV, DCT, VOID, XSD

__all__ = ["VERIFY", "Change", "PushReport", "Verify", "push_graph_iri", "push_snapshot", "pushed_states"]

#: How a push is verified.
Verify = Literal["auto", "counts", "digests", "none"]
VERIFY: tuple[Verify, ...] = ("auto", "counts", "digests", "none")

_UNFINISHED = "unfinished"
_DIGEST = AV + "graphDigest"
_COUNT = VOID + "triples"
#: Larger graphs are verified by their count alone, unless digests are asked for.
_READ_BACK = 200_000
#: Entries in one update of the state.
_N_ENTRIES = 200


@dataclass(frozen=True)
class Change:
    """What is to be done with one graph.

    Attributes
    ----------
    graph
        Its IRI.
    action
        ``"write"``, ``"remove"`` or ``"keep"``.
    reason
        Why: ``"new"``, ``"changed"``, ``"unfinished"`` (a push was cut short), ``"differs"`` (the server holds
        another number of statements than were pushed), ``"gone"`` (no longer in the snapshot), ``"same"``.
    n_quads
        Number of statements it is to have.
    """

    graph: str
    action: str
    reason: str
    n_quads: int


@dataclass(frozen=True)
class PushReport:
    """What a push did, or would do.

    Attributes
    ----------
    server, make, how
        Query endpoint, make of the server, and the protocol graphs are written by.
    changes
        One for each graph, in alphabetical order.
    verified
        Graph → ``"count"`` or ``"digest"``, for those written or removed.
    done
        Whether it was done; False for a dry run.
    """

    server: str
    make: str
    how: str
    changes: tuple[Change, ...]
    verified: Mapping[str, str] = field(default_factory=dict)
    done: bool = True

    def of(self, action: str) -> list[Change]:
        """Return the changes of one action."""
        return [change for change in self.changes if change.action == action]

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "server": self.server, "make": self.make, "how": self.how, "done": self.done,
            "written": len(self.of("write")), "removed": len(self.of("remove")), "kept": len(self.of("keep")),
            "quads_written": sum(c.n_quads for c in self.of("write")),
            "quads": sum(c.n_quads for c in self.changes),
            "verified_by_digest": sum(how == "digest" for how in self.verified.values()),
            "verified_by_count": sum(how == "count" for how in self.verified.values()),
            "graphs": [
                {"graph": c.graph, "action": c.action, "reason": c.reason, "quads": c.n_quads,
                 "verified": self.verified.get(c.graph)}
                for c in self.changes
            ],
        }  # fmt: skip


def push_graph_iri(base_iri: str) -> str:
    """Return the graph that says what was pushed."""
    return f"{base_iri}graph/push"


def pushed_states(server: SparqlServer, push_graph: str) -> dict[str, GraphState | None]:
    """Return what the server says was pushed: graph → state, None where the push of a graph was cut short."""
    return {graph: _entry_state(entry) for graph, entry in _entries(server, push_graph).items()}


def _entries(server: SparqlServer, push_graph: str) -> dict[str, set[tuple[str, str]]]:
    """Return graph → (property, value) as the push graph has them."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in server.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{push_graph}> {{ ?s ?p ?o }} }}"):
        if row["p"] in (_DIGEST, _COUNT):
            found[row["s"]].add((row["p"], row["o"]))
    return dict(found)


def _entry_state(entry: set[tuple[str, str]]) -> GraphState | None:
    digests = [value for prop, value in entry if prop == _DIGEST]
    counts = [value for prop, value in entry if prop == _COUNT]
    if len(digests) != 1 or len(counts) != 1 or digests[0] == _UNFINISHED or not counts[0].isdecimal():
        return None
    return GraphState(int(counts[0]), digests[0])


def push_snapshot(
    snapshot: Snapshot,
    server: SparqlServer,
    *,
    verify: Verify = "auto",
    dry_run: bool = False,
    replace: bool = False,
    progress: Progress | None = None,
) -> PushReport:
    """Make the graphs of a server those of a snapshot.

    Parameters
    ----------
    snapshot
        What is pushed.
    server
        Where to; other graphs that it holds are left alone.
    verify
        ``"counts"`` counts each graph written, ``"digests"`` also reads it back and compares every statement,
        ``"auto"`` reads back those of up to 200,000 statements, ``"none"`` trusts the server.
    dry_run
        Write nothing; the report says what would be done.
    replace
        Take over graphs of the same names that another workspace or program has put there.
    progress
        Called with a stage, the statements written so far and their total.

    Raises
    ------
    StoreError
        If the server cannot be reached or written, holds graphs of another workspace, or loses statements.
    """
    base = str(snapshot.manifest["base_iri"])
    push = _Push(server, push_graph_iri(base), str(snapshot.manifest["name"]), verify, progress)
    changes = push.plan(graph_states(snapshot), base, replace=replace)
    if dry_run:
        return PushReport(server.server.query, server.server.name, server.how, changes, done=False)
    push.run(changes, open_oxigraph(snapshot.store_path))
    return PushReport(server.server.query, server.server.name, server.how, changes, push.verified)


class _Push:
    def __init__(
        self, server: SparqlServer, push_graph: str, name: str, verify: Verify, progress: Progress | None
    ) -> None:
        self._server = server
        self._graph = push_graph
        self._name = name
        self._verify = verify
        self._progress = progress or silent
        self._local: dict[str, GraphState] = {}
        self._entries: dict[str, set[tuple[str, str]]] = {}
        self.verified: dict[str, str] = {}

    def plan(self, local: Mapping[str, GraphState], base: str, *, replace: bool) -> tuple[Change, ...]:
        """Return what is to be done with each graph."""
        self._local = dict(local)
        listed = _entries(self._server, self._graph).items()
        self._entries = {g: entry for g, entry in listed if g.startswith(base) and g != self._graph}
        counts = self._server.counts({*local, *self._entries})
        if not replace:
            self._refuse_others(counts)
        changes = []
        for graph in sorted({*local, *self._entries}):
            wanted = local.get(graph)
            if wanted is None:
                changes.append(Change(graph, "remove", "gone", 0))
                continue
            reason = self._reason(graph, wanted, counts[graph])
            changes.append(Change(graph, "keep" if reason == "same" else "write", reason, wanted.n_quads))
        return tuple(changes)

    def _reason(self, graph: str, wanted: GraphState, n_there: int) -> str:
        if graph not in self._entries:
            return "new"
        pushed = _entry_state(self._entries[graph])
        if pushed is None:
            return "unfinished"
        if pushed != wanted:
            return "changed"
        return "same" if n_there == wanted.n_quads or self._verify == "none" else "differs"

    def _refuse_others(self, counts: Mapping[str, int]) -> None:
        names = self._others()
        hint = "give this workspace a base_iri of its own (avgraph.toml), or take the graphs over with --replace"
        if names:
            raise StoreError(f"the graphs there belong to another workspace, {names[0]!r}", hint, self._graph)
        foreign = [graph for graph in sorted(self._local) if graph not in self._entries and counts[graph]]
        if foreign:
            raise StoreError(f"{len(foreign)} graphs of these names are there, but were not pushed", hint, foreign[0])

    def _others(self) -> list[str]:
        """Return the names of other workspaces that stand in the push graph."""
        rows = self._server.select(f"SELECT ?o WHERE {{ GRAPH <{self._graph}> {{ <{self._graph}> <{DCT}title> ?o }} }}")
        return sorted({row["o"] for row in rows} - {self._name})

    def run(self, changes: Iterable[Change], store: pyoxigraph.Store) -> None:
        """Do it: mark, write or remove, verify, note."""
        todo = [change for change in changes if change.action != "keep"]
        total = sum(change.n_quads for change in todo)
        others = self._others()  # taken over, or the plan would have refused
        if not todo and not others:
            return
        self._insert([self._title(self._name)])
        for name in others:
            self._delete([self._title(name)])
        for part in batches(todo, _N_ENTRIES):
            self._insert([_statement(change.graph, (_DIGEST, _UNFINISHED)) for change in part])
        n_done = 0
        for n_graphs, change in enumerate(todo):
            self._progress("statements", n_done, total)
            try:
                if change.action == "remove":
                    self._server.drop(change.graph)
                else:
                    lines = _lines(store, change.graph)
                    for n_written in self._server.replace(change.graph, lines):
                        self._progress("statements", n_done + n_written, total)
                self._check(change)
                self._note(change)
            except StoreError as error:
                error.hint = _go_on(error.hint, n_graphs, len(todo))
                raise
            n_done += change.n_quads
        self._progress("statements", n_done, total)

    def _check(self, change: Change) -> None:
        """Compare what the server holds with what it was given."""
        if self._verify == "none":
            return
        n_there = self._server.counts([change.graph])[change.graph]
        if n_there != change.n_quads:
            raise StoreError(
                f"the server holds {n_there} of {change.n_quads} statements", "see the server's log", change.graph
            )
        self.verified[change.graph] = "count"
        if change.action == "remove" or self._verify == "counts":
            return
        if self._verify == "auto" and change.n_quads > _READ_BACK:
            return
        found = self._server.state(change.graph)
        if found != self._local[change.graph]:
            raise StoreError(
                f"the {found.n_quads} statements that the server gives back are not the {change.n_quads} it was given",
                "it may limit its answers or alter values; --verify counts compares numbers only",
                change.graph,
            )
        self.verified[change.graph] = "digest"

    def _note(self, change: Change) -> None:
        """Write down that a graph is complete, or forget one that is gone; the mark goes last."""
        new: set[tuple[str, str]] = set()
        if change.action == "write":
            state = self._local[change.graph]
            new = {(_DIGEST, state.digest), (_COUNT, str(state.n_quads))}
            self._insert([_statement(change.graph, pair) for pair in sorted(new)])
        old = self._entries.get(change.graph, set()) - new - {(_DIGEST, _UNFINISHED)}
        for pairs in (sorted(old), [(_DIGEST, _UNFINISHED)]):
            if pairs:
                self._delete([_statement(change.graph, pair) for pair in pairs])

    def _title(self, name: str) -> str:
        return f"<{self._graph}> <{DCT}title> {pyoxigraph.Literal(name)}"

    def _insert(self, statements: list[str]) -> None:
        self._server.update(f"INSERT DATA {{ GRAPH <{self._graph}> {{\n" + " .\n".join(statements) + " .\n} }")

    def _delete(self, statements: list[str]) -> None:
        self._server.update(f"DELETE DATA {{ GRAPH <{self._graph}> {{\n" + " .\n".join(statements) + " .\n} }")


def _statement(graph: str, pair: tuple[str, str]) -> str:
    prop, value = pair
    return f'<{graph}> <{prop}> "{value}"' + (f"^^<{XSD}integer>" if prop == _COUNT else "")


def _lines(store: pyoxigraph.Store, graph: str) -> Iterator[str]:
    for quad in store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph)):
        yield str(quad.triple)


def _go_on(hint: str | None, n_done: int, n_todo: int) -> str:
    """Return the hint of a fault in the middle: what is done stays done."""
    again = f"{n_done} of {n_todo} graphs are complete; the same command goes on from there"
    return f"{hint}; {again}" if hint else again
