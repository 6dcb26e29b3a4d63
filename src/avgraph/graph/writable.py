"""A store that can be written: a copy of a build's, with what is added, and states of it that others read.

Readers never open the store itself. They get a checkpoint, which costs only links to its files, so that reading can be
stopped at any moment and sees one state.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph

from avgraph.errors import QueryError, StoreError
from avgraph.graph.answering import RDF_FORMATS, Answer, Bounds, graph_text
from avgraph.graph.snapshot import Snapshot
from avgraph.sparql import may_use, with_using
from avgraph.vocabulary import PREFIXES

__all__ = ["WritableStore", "graph_named", "read_graph"]

#: The store lies in one folder beside what it was made from; the next one takes its place in one step.
_LIVE, _NEW, _OLD = "live", "new", "old"
_STORE, _BASE = "store", "base.json"


@dataclass(frozen=True)
class _Base:
    """What a store was made from: the content of a build, empty if none, and the names of its graphs."""

    content: str
    graphs: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write it; it is there when all of it is."""
        part = folder / f"{_BASE}.part"
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(folder / _BASE)


class WritableStore:
    """A store below a folder, opened for writing; nobody else may have it open.

    Parameters
    ----------
    folder
        Where it lies, or is made.
    snapshot
        The build it begins with. If it was made from another build, that build's graphs give way to those of this
        one, and all others stay.

    Raises
    ------
    StoreError
        If it cannot be opened or made.
    """

    def __init__(self, folder: Path, snapshot: Snapshot | None) -> None:
        self.folder = folder
        content = str(snapshot.manifest["content"]) if snapshot is not None else ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._mend()
            base = _read_base(folder / _LIVE)
            if base is None or base.content != content:
                self._begin(snapshot, content, base)
            self._store = pyoxigraph.Store(str(folder / _LIVE / _STORE))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(
                f"the store cannot be opened for writing: {error}", "does another server write it?", str(folder)
            ) from error

    def _mend(self) -> None:
        """Finish what was cut short: a store that is complete but not yet in its place is put there."""
        live, new = self.folder / _LIVE, self.folder / _NEW
        if not live.exists() and (new / _BASE).exists():
            new.replace(live)

    def _begin(self, snapshot: Snapshot | None, content: str, base: _Base | None) -> None:
        """Make the store anew from a build, with the graphs of the last one that were no build's."""
        live, new, old = (self.folder / name for name in (_LIVE, _NEW, _OLD))
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        if snapshot is not None:
            pyoxigraph.Store.read_only(str(snapshot.store_path)).backup(str(new / _STORE))
        store = pyoxigraph.Store(str(new / _STORE))
        graphs = tuple(sorted(name.value for name in store.named_graphs() if isinstance(name, pyoxigraph.NamedNode)))
        if base is not None:
            of_builds = {*graphs, *base.graphs}
            written = pyoxigraph.Store(str(live / _STORE))
            for name in [*written.named_graphs(), pyoxigraph.DefaultGraph()]:
                if isinstance(name, pyoxigraph.NamedNode) and name.value in of_builds:
                    continue
                if not isinstance(name, pyoxigraph.DefaultGraph):
                    store.add_graph(name)
                store.bulk_extend(written.quads_for_pattern(None, None, None, name))
            del written
        store.flush()
        del store
        _Base(content, graphs).write(new)
        shutil.rmtree(old, ignore_errors=True)
        if live.exists():
            live.replace(old)
        new.replace(live)
        shutil.rmtree(old, ignore_errors=True)

    def update(
        self, sparql: str, default: Iterable[str] = (), named: Iterable[str] = (), base_iri: str | None = None
    ) -> None:
        """Run a SPARQL Update: all of it, or nothing.

        Parameters
        ----------
        sparql
            The update; LOAD and SERVICE, which reach out, are refused.
        default, named
            The graphs that a request names for its patterns.
        base_iri
            For relative IRIs.

        Raises
        ------
        QueryError
            If it does not parse, names graphs twice, reaches out, or fails.
        """
        for word in ("LOAD", "SERVICE"):
            if may_use(sparql, word):
                raise QueryError(
                    f"{word} fetches from elsewhere, and this server asks nobody",
                    "send the data: INSERT DATA, or the graph store; a prefix of that name needs another one",
                )
        default, named = tuple(default), tuple(named)
        try:
            text = with_using(sparql, default, named) if default or named else sparql
            self._store.update(text, base_iri=base_iri, prefixes=PREFIXES)
        except SyntaxError as error:
            raise QueryError(
                f"the update does not parse: {error.msg or error}", "see the line and column named"
            ) from error
        except (ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"the update failed: {error}") from error

    def has(self, graph: str | None) -> bool:
        """Tell whether a graph is there: the default graph (None) if it holds anything."""
        if graph is None:
            return next(self._store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()), None) is not None
        return self._store.contains_named_graph(pyoxigraph.NamedNode(graph))

    def put(self, graph: str | None, parts: Iterable[tuple[bytes, str]], base_iri: str, *, replace: bool) -> bool:
        """Write RDF into a graph, all of it or nothing; return whether the graph is new.

        Parameters
        ----------
        graph
            Its IRI, None for the default graph.
        parts
            Texts with their media types.
        base_iri
            For relative IRIs.
        replace
            Whether what the graph held goes.

        Raises
        ------
        QueryError
            If a text does not parse; nothing is changed then.
        """
        name = graph_named(graph)
        triples = [triple for body, media_type in parts for triple in _triples(body, media_type, base_iri)]
        is_new = not self.has(graph)
        with _told():
            if replace and not is_new:  # an update is one transaction
                lines = "".join(f"{triple} .\n" for triple in triples)
                if isinstance(name, pyoxigraph.DefaultGraph):
                    self._store.update(f"CLEAR DEFAULT ; INSERT DATA {{\n{lines}}}")
                else:
                    self._store.update(f"CLEAR GRAPH {name} ; INSERT DATA {{ GRAPH {name} {{\n{lines}}} }}")
            elif triples:
                self._store.extend(pyoxigraph.Quad(t.subject, t.predicate, t.object, name) for t in triples)
            elif not isinstance(name, pyoxigraph.DefaultGraph):
                self._store.add_graph(name)
        return is_new

    def drop(self, graph: str | None) -> bool:
        """Remove a graph, and tell whether it was there; the default graph is emptied."""
        if graph is not None and not self.has(graph):
            return False
        name = graph_named(graph)
        with _told():
            if isinstance(name, pyoxigraph.DefaultGraph):
                self._store.clear_graph(name)
            else:
                self._store.remove_graph(name)
        return True

    def checkpoint(self, path: Path) -> None:
        """Make a copy of the store as it is, to be read."""
        with _told():
            self._store.backup(str(path))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store cannot be written: {error}", "check the free space") from error


def _read_base(folder: Path) -> _Base | None:
    """Return what the store in a folder was made from, None where there is no store.

    Raises
    ------
    ValueError
        If it does not tell.
    """
    if not folder.exists():
        return None
    try:
        told = json.loads((folder / _BASE).read_text(encoding="utf-8"))
        return _Base(str(told["content"]), tuple(map(str, told["graphs"])))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder / _BASE} is damaged") from error


def graph_named(graph: str | None) -> pyoxigraph.NamedNode | pyoxigraph.DefaultGraph:
    """Return the name of a graph as a term, None being the default graph."""
    return pyoxigraph.DefaultGraph() if graph is None else pyoxigraph.NamedNode(graph)


def _triples(body: bytes, media_type: str, base_iri: str) -> Iterable[pyoxigraph.Triple]:
    format_ = RDF_FORMATS[media_type]
    try:
        # One name for a blank node in two texts is two nodes.
        for quad in pyoxigraph.parse(
            body, format=format_, base_iri=base_iri, without_named_graphs=True, rename_blank_nodes=True
        ):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the {media_type} does not parse: {error}", "correct it, and send it again") from error


def read_graph(store: pyoxigraph.Store, graph: str | None, media_type: str, bounds: Bounds) -> Answer | None:
    """Return a graph as RDF, None where there is none of that name."""
    name = graph_named(graph)
    if not isinstance(name, pyoxigraph.DefaultGraph) and not store.contains_named_graph(name):
        return None
    return graph_text((quad.triple for quad in store.quads_for_pattern(None, None, None, name)), media_type, bounds)
