"""A SPARQL server's graphs → a local copy: an Oxigraph store in a folder, or one RDF file.

Graphs come one by one into a folder beside the target, which then takes the target's place. A cut connection leaves
that folder, and the next pull goes on from it; a folder pulled before is the start of the next pull.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph

from avgraph.errors import StoreError, cannot_write
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.digests import GraphState, GraphSum
from avgraph.graph.export import RDF_SUFFIXES, export_rdf
from avgraph.graph.push import pushed_states
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sparql_server import SparqlServer
from avgraph.progress import Progress, silent
from avgraph.vocabulary import AV

__all__ = ["PullReport", "pull_graphs", "pulled_store"]

_NOTES = "pulled.json"
#: Seconds between two notes of what is complete.
_NOTE_EVERY_S = 2.0


@dataclass(frozen=True)
class PullReport:
    """What a pull brought.

    Attributes
    ----------
    server, output
        From where, and into which folder or file.
    fetched, kept, removed
        Graphs fetched, already there unchanged, and no longer on the server.
    n_quads
        Statements of the copy.
    verified
        Whether every graph was compared with the digest its push left; else with its count.
    """

    server: str
    output: Path
    fetched: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    n_quads: int
    verified: bool

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "server": self.server, "output": str(self.output), "fetched": len(self.fetched), "kept": len(self.kept),
            "removed": len(self.removed), "quads": self.n_quads,
            "verified_by": "digest" if self.verified else "count",
        }  # fmt: skip


def pulled_store(folder: Path) -> Path | None:
    """Return the store of a folder that a pull has written, None for any other folder."""
    return folder / "store" if (folder / _NOTES).is_file() and (folder / "store").is_dir() else None


def pull_graphs(server: SparqlServer, output: Path, *, under: str = "", progress: Progress | None = None) -> PullReport:
    """Copy graphs of a server.

    Where graphs were pushed there, those are copied (without the notes of the push), else all.

    Parameters
    ----------
    server
        Where from.
    output
        A folder, for a copy that can be asked; or a file with a suffix of an RDF format.
    under
        Only graphs of which the IRI begins so.
    progress
        Called with a stage, the statements so far and their total.

    Raises
    ------
    StoreError
        If the server cannot be read, has nothing to copy, a push to it was cut short, or the copy is not complete.
    """
    as_file = output.suffix.lower() in RDF_SUFFIXES
    if output.exists() and (not output.is_file() if as_file else not _replaceable(output)):
        raise StoreError("something else is there", "give the name of a new folder", str(output))
    wanted = _wanted(server, under)
    work = output.with_name(f"{output.name}.pulling")
    try:
        pull = _Pull(server, work, output, progress or silent)
        report = pull.run(wanted)
        if as_file:
            export_rdf(Snapshot(work, {}), output)
            shutil.rmtree(work)
        else:
            _swap(work, output)
    except OSError as error:
        raise cannot_write(output, error) from error
    return report


def _replaceable(output: Path) -> bool:
    return output.is_dir() and (pulled_store(output) is not None or not any(output.iterdir()))


def _swap(work: Path, output: Path) -> None:
    old = output.with_name(f"{output.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if output.exists():
        output.rename(old)
    work.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _wanted(server: SparqlServer, under: str) -> dict[str, GraphState | int]:
    """Return graph → what it must be when it has come: its state, or only its number of statements."""
    rows = server.select(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s <{AV}graphDigest> ?d }} }} ORDER BY ?g")
    listed: dict[str, GraphState | None] = {}
    for row in rows:
        listed |= {graph: state for graph, state in pushed_states(server, row["g"]).items() if graph.startswith(under)}
    unfinished = [graph for graph, state in listed.items() if state is None]
    if unfinished:
        raise StoreError(f"{len(unfinished)} graphs there are not complete", "end the push first", unfinished[0])
    wanted: dict[str, GraphState | int] = {graph: state for graph, state in listed.items() if state is not None}
    if not wanted:
        wanted = {graph: n for graph, n in server.graphs().items() if graph.startswith(under)}
    if not wanted:
        what = f"no graph begins with {under}" if under else "there are no named graphs"
        raise StoreError(what, "is it the right server?", server.server.query)
    return dict(sorted(wanted.items()))


class _Pull:
    def __init__(self, server: SparqlServer, work: Path, output: Path, progress: Progress) -> None:
        self._server = server
        self._progress = progress
        self._notes = work / _NOTES
        self._output = output
        earlier = pulled_store(output)
        if not self._notes.exists():
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            if earlier is not None:
                open_oxigraph(earlier).backup(str(work / "store"))
                shutil.copyfile(output / _NOTES, self._notes)
        self._known = self._read_notes()
        self._noted = time.monotonic()
        try:
            self._store = pyoxigraph.Store(str(work / "store"))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"cannot open the copy: {error}", f"remove {work} and pull again", str(work)) from error

    def _read_notes(self) -> dict[str, GraphState]:
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            return {graph: GraphState(int(n), str(digest)) for graph, (n, digest) in notes["graphs"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _note(self) -> None:
        graphs = {graph: [state.n_quads, state.digest] for graph, state in sorted(self._known.items())}
        text = json.dumps({"server": self._server.server.query, "graphs": graphs}, ensure_ascii=False, indent=1)
        new = self._notes.with_suffix(".new")
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(self._notes)
        self._noted = time.monotonic()

    def run(self, wanted: dict[str, GraphState | int]) -> PullReport:
        kept = [graph for graph, state in wanted.items() if self._known.get(graph) == state]
        gone = sorted(set(self._known) - set(wanted))
        for graph in gone:
            self._drop(graph)
        fetched = [graph for graph in wanted if graph not in set(kept)]
        total = sum(_n_quads(wanted[graph]) for graph in fetched)
        done = 0
        self._note()
        try:
            for graph in fetched:
                self._drop(graph)
                self._known[graph] = self._fetched(graph, wanted[graph], done, total)
                done += _n_quads(wanted[graph])
                if time.monotonic() - self._noted > _NOTE_EVERY_S:
                    self._store.flush()
                    self._note()
        finally:
            self._store.flush()
            self._note()
        self._progress("statements", total, total)
        self._store.optimize()
        n_quads = len(self._store)
        del self._store
        verified = all(isinstance(state, GraphState) for state in wanted.values())
        names = tuple(fetched), tuple(kept), tuple(gone)
        return PullReport(self._server.server.query, self._output, *names, n_quads, verified)

    def _drop(self, graph: str) -> None:
        self._known.pop(graph, None)
        self._store.remove_graph(pyoxigraph.NamedNode(graph))

    def _fetched(self, graph: str, wanted: GraphState | int, done: int, total: int) -> GraphState:
        """Fetch a graph into the store and return its state, which is the one wanted."""
        found = GraphSum()
        name = pyoxigraph.NamedNode(graph)

        def quads() -> Iterator[pyoxigraph.Quad]:
            for n, triple in enumerate(self._server.triples(graph)):
                if n % 10_000 == 0:
                    self._progress("statements", done + n, total)
                found.add(str(triple))
                yield pyoxigraph.Quad(triple.subject, triple.predicate, triple.object, name)

        self._store.bulk_extend(quads())
        state = found.state()
        if state.n_quads != _n_quads(wanted):
            raise StoreError(
                f"only {state.n_quads} of {_n_quads(wanted)} statements came",
                "the server may limit its answers; the same command fetches what is missing",
                graph,
            )
        if isinstance(wanted, GraphState) and state != wanted:
            raise StoreError("the statements that came are not those that were pushed", "push again first", graph)
        return state


def _n_quads(state: GraphState | int) -> int:
    return state if isinstance(state, int) else state.n_quads
