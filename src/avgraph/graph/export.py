"""A graph as RDF files for other programs: streamed, in an order that depends on nothing but the statements.

Graphs come in the order of their IRIs, statements in the order of their N-Triples lines, whatever store they lie in.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyoxigraph

from avgraph.errors import StoreError, cannot_write
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.jsonld import jsonld_parts
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.sorting import LineSorter
from avgraph.vocabulary import PREFIXES

__all__ = ["RDF_SUFFIXES", "export_rdf", "graph_text", "open_output", "rdf_format_of", "write_graph"]

#: File suffix → RDF format; those without named graphs get the union of all graphs. Each may be followed by ``.gz``.
RDF_SUFFIXES: dict[str, pyoxigraph.RdfFormat] = {
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}
_NTRIPLES = pyoxigraph.RdfFormat.N_TRIPLES
#: Lines that are parsed at a time where a format needs terms.
_BATCH = 20_000
_Graph = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.DefaultGraph


def rdf_format_of(path: Path) -> pyoxigraph.RdfFormat | None:
    """Return the RDF format that a file's name tells, None where it tells none.

    >>> rdf_format_of(Path("graph.nq.gz")) == pyoxigraph.RdfFormat.N_QUADS, rdf_format_of(Path("graph.doc"))
    (True, None)
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    return RDF_SUFFIXES.get(suffixes[-1]) if suffixes else None


def export_rdf(snapshot: Snapshot, path: Path) -> int:
    """Write a snapshot's graph to `path` in the format of its suffix (:data:`RDF_SUFFIXES`).

    Returns
    -------
    int
        Number of quads, or of triples where the format has no named graphs.

    Raises
    ------
    StoreError
        If the suffix is unknown or the file cannot be written.
    """
    return write_graph(open_oxigraph(snapshot.store_path), path)


def write_graph(store: pyoxigraph.Store, path: Path) -> int:
    """Write all graphs of a store to `path`; see :func:`export_rdf`."""
    rdf_format = rdf_format_of(path)
    if rdf_format is None:
        raise StoreError(f"no RDF format has the suffix {path.suffix!r}", f"use one of {_SUFFIX_LIST}", str(path))
    counter = _Counter()
    with open_output(path) as out:
        if rdf_format == pyoxigraph.RdfFormat.N_QUADS:
            return _write_lines(out, _quad_lines(store))
        if rdf_format == _NTRIPLES:
            return _write_lines(out, _union_lines(store))
        if rdf_format == pyoxigraph.RdfFormat.JSON_LD:
            graphs = ((name, counter.count(triples)) for name, triples in _graphs(store))
            out.writelines(part.encode() for part in jsonld_parts(graphs))
        elif rdf_format.supports_datasets:
            quads = (
                pyoxigraph.Quad(t.subject, t.predicate, t.object, name)
                for name, triples in _graphs(store)
                for t in counter.count(triples)
            )
            pyoxigraph.serialize(quads, out, rdf_format, prefixes=PREFIXES)
        else:
            pyoxigraph.serialize(counter.count(_parsed(_union_lines(store))), out, rdf_format, prefixes=PREFIXES)
    return counter.n


_SUFFIX_LIST = " ".join(RDF_SUFFIXES)


@contextmanager
def open_output(path: Path) -> Iterator[IO[bytes]]:
    """Give a binary file that takes the place of `path` once it is complete; ``.gz`` is compressed.

    Raises
    ------
    StoreError
        If it cannot be written; `path` is then what it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with ExitStack() as stack:
            out: IO[bytes] = stack.enter_context(part.open("wb"))
            if path.suffix.lower() == ".gz":
                # Neither name nor time, so that the same graph gives the same bytes.
                zipped = gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=6, mtime=0)
                out = stack.enter_context(cast("IO[bytes]", zipped))
            yield out
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


class _Counter:
    def __init__(self) -> None:
        self.n = 0

    def count(self, triples: Iterator[pyoxigraph.Triple]) -> Iterator[pyoxigraph.Triple]:
        for triple in triples:
            self.n += 1
            yield triple


def _write_lines(out: IO[bytes], lines: Iterator[bytes]) -> int:
    n = 0
    while batch := list(islice(lines, _BATCH)):
        out.write(b"".join(batch))
        n += len(batch)
    return n


def _graph_names(store: pyoxigraph.Store) -> list[_Graph]:
    """Return the graphs that hold statements, the default graph first, then by IRI."""
    default = pyoxigraph.DefaultGraph()
    found: list[_Graph] = [default] if next(store.quads_for_pattern(None, None, None, default), None) else []
    return [*found, *sorted(store.named_graphs(), key=str)]


def _sorted_lines(store: pyoxigraph.Store, name: _Graph) -> Iterator[bytes]:
    """Yield the N-Triples lines of one graph, sorted."""
    with LineSorter() as lines:
        store.dump(lines, _NTRIPLES, from_graph=name)  # type: ignore[arg-type]
        yield from lines


def _quad_lines(store: pyoxigraph.Store) -> Iterator[bytes]:
    for name in _graph_names(store):
        end = b".\n" if isinstance(name, pyoxigraph.DefaultGraph) else f"{name} .\n".encode()
        for line in _sorted_lines(store, name):
            yield line[:-2] + end


def _union_lines(store: pyoxigraph.Store) -> Iterator[bytes]:
    """Yield the N-Triples lines of all graphs together, sorted, each once."""
    with LineSorter() as lines:
        for name in _graph_names(store):
            store.dump(lines, _NTRIPLES, from_graph=name)  # type: ignore[arg-type]
        yield from lines


def _graphs(store: pyoxigraph.Store) -> Iterator[tuple[_Graph, Iterator[pyoxigraph.Triple]]]:
    for name in _graph_names(store):
        yield name, _parsed(_sorted_lines(store, name))


def _parsed(lines: Iterator[bytes]) -> Iterator[pyoxigraph.Triple]:
    while batch := b"".join(islice(lines, _BATCH)):
        for quad in pyoxigraph.parse(batch, _NTRIPLES):
            yield quad.triple


def graph_text(snapshot: Snapshot) -> bytes:
    """Return the union of all graphs as N-Triples."""
    return b"".join(_union_lines(open_oxigraph(snapshot.store_path)))
