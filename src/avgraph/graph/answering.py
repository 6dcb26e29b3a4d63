"""Answers of an embedded store as text in a standard format, within bounds.

SPARQL 1.1 Query Results JSON, XML, CSV and TSV, and RDF in Turtle, N-Triples, JSON-LD, TriG, N-Quads and RDF/XML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

import pyoxigraph

from avgraph.errors import QueryError
from avgraph.sparql import chooses_graphs
from avgraph.vocabulary import PREFIXES

__all__ = [
    "RDF_FORMATS",
    "RDF_TYPES",
    "RESULT_TYPES",
    "Answer",
    "Bounds",
    "DatasetChoice",
    "TooLargeError",
    "answer",
    "graph_text",
]

#: Media types of SELECT and ASK answers, the preferred first.
RESULT_TYPES = (
    "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values",
    "application/json", "application/xml", "text/xml",
)  # fmt: skip
#: Media types of CONSTRUCT and DESCRIBE answers, the preferred first.
RDF_TYPES = (
    "text/turtle", "application/n-triples", "application/ld+json", "application/trig", "application/n-quads",
    "application/rdf+xml", "text/plain", "application/json",
)  # fmt: skip

_RESULT_FORMATS = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
    "application/xml": pyoxigraph.QueryResultsFormat.XML,
    "text/xml": pyoxigraph.QueryResultsFormat.XML,
    "text/csv": pyoxigraph.QueryResultsFormat.CSV,
    "text/tab-separated-values": pyoxigraph.QueryResultsFormat.TSV,
}
RDF_FORMATS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "text/plain": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
    "application/json": pyoxigraph.RdfFormat.JSON_LD,
    "application/trig": pyoxigraph.RdfFormat.TRIG,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
}


class TooLargeError(QueryError):
    """The answer has more rows or bytes than the server gives."""


@dataclass(frozen=True)
class Bounds:
    """How much an answer may hold: rows (or triples), and bytes of its text."""

    max_rows: int
    max_bytes: int


@dataclass(frozen=True)
class DatasetChoice:
    """The graphs that a request names (SPARQL 1.1 Protocol, 2.1.4); they count instead of those of the query."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


@dataclass(frozen=True)
class Answer:
    """An answer as text, the media type it is written in, and how many rows or triples it has (None: not counted)."""

    body: bytes
    media_type: str
    n_rows: int | None = None


def answer(
    store: pyoxigraph.Store,
    sparql: str,
    choose: Callable[[Sequence[str]], str],
    bounds: Bounds,
    dataset: DatasetChoice = DatasetChoice(),
    base_iri: str | None = None,
) -> Answer:
    """Answer a query of any form.

    The default graph is the union of all graphs, unless the query or the request names graphs. The prefixes of
    :data:`avgraph.vocabulary.PREFIXES` need no declaration.

    Parameters
    ----------
    store
        What is asked.
    sparql
        The query.
    choose
        Gets the media types of the query's form and returns one of them.
    bounds
        How large the answer may be.
    dataset
        Graphs that the request names.
    base_iri
        For relative IRIs of the query.

    Raises
    ------
    QueryError
        If the query does not parse or fails; a :class:`TooLargeError` if the answer is larger than the bounds.
    """
    found: Any = None
    try:
        if dataset:
            found = store.query(
                sparql, base_iri=base_iri, prefixes=PREFIXES,
                default_graph=[pyoxigraph.NamedNode(iri) for iri in dataset.default],
                named_graphs=[pyoxigraph.NamedNode(iri) for iri in dataset.named],
            )  # fmt: skip
        else:
            union = not chooses_graphs(sparql)
            found = store.query(sparql, base_iri=base_iri, prefixes=PREFIXES, use_default_graph_as_union=union)
        if isinstance(found, pyoxigraph.QueryTriples):
            return graph_text(found, choose(RDF_TYPES), bounds)
        media_type = choose(RESULT_TYPES)
        format_ = _RESULT_FORMATS[media_type]
        if isinstance(found, pyoxigraph.QueryBoolean):
            return Answer(found.serialize(format=format_) or b"", media_type)
        text = _Bounded(bounds, _ROW_COUNTERS[format_]())
        found.serialize(cast("IO[bytes]", text), format=format_)
        return Answer(text.value(), media_type)
    except SyntaxError as error:
        raise QueryError(f"the query does not parse: {error.msg or error}", "see the line and column named") from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query failed: {error}") from error
    finally:
        del found  # a traceback that is kept must not keep it: it has to go in this thread


def graph_text(triples: Iterator[pyoxigraph.Triple], media_type: str, bounds: Bounds) -> Answer:
    """Return triples, each once and sorted, as RDF.

    Raises
    ------
    TooLargeError
        If there are more than the bounds.
    """
    seen: dict[pyoxigraph.Triple, str] = {}
    try:
        for triple in triples:
            seen.setdefault(triple, str(triple))
            if len(seen) > bounds.max_rows:
                raise _too_many("triples", bounds.max_rows)
    finally:
        del triples  # as above
    text = _Bounded(bounds)
    format_ = RDF_FORMATS[media_type]
    used = {prefix: iri for prefix, iri in PREFIXES.items() if any(f"<{iri}" in line for line in seen.values())}
    pyoxigraph.serialize(sorted(seen, key=seen.__getitem__), cast("IO[bytes]", text), format=format_, prefixes=used)
    return Answer(text.value(), media_type, len(seen))


class _Bounded:
    """A file that takes only so many bytes, and rows if they are counted."""

    def __init__(self, bounds: Bounds, count_rows: Callable[[bytes], int] | None = None) -> None:
        self._bounds = bounds
        self._count_rows = count_rows
        self._parts: list[bytes] = []
        self._n_bytes = 0
        self._n_rows = 0

    def write(self, part: bytes) -> int:
        self._n_bytes += len(part)
        if self._count_rows is not None:
            self._n_rows += self._count_rows(part)
        if self._n_rows > self._bounds.max_rows:
            raise _too_many("rows", self._bounds.max_rows)
        if self._n_bytes > self._bounds.max_bytes:
            raise TooLargeError(
                f"the answer is larger than {self._bounds.max_bytes:,} bytes", "ask for fewer rows or columns: LIMIT"
            )
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Do nothing: all is kept."""

    def value(self) -> bytes:
        return b"".join(self._parts)


class _JsonRows:
    """Counts rows of SPARQL JSON: objects after ``[`` or ``,`` outside strings (those of bindings follow ``:``)."""

    def __init__(self) -> None:
        self._quoted = False
        self._held = b""  # a backslash whose character is not yet there
        self._last = b""  # the last byte outside strings

    def __call__(self, part: bytes) -> int:
        text = (self._held + part).replace(rb"\\", b"")
        self._held = b"\\" if text.endswith(b"\\") else b""
        pieces = text.replace(rb"\"", b"").split(b'"')
        structure = self._last + b"".join(pieces[int(self._quoted) :: 2])
        self._quoted ^= len(pieces) % 2 == 0
        self._last = structure[-1:]
        return structure.count(b"[{") + structure.count(b",{")


class _XmlRows:
    """Counts rows of SPARQL XML: ``<`` is escaped in values."""

    def __init__(self) -> None:
        self._tail = b""

    def __call__(self, part: bytes) -> int:
        mark = b"<result>"
        text = self._tail + part
        self._tail = text[1 - len(mark) :]
        return text.count(mark)


class _Lines:
    """Counts rows of CSV and TSV, and not the header: line ends outside quotes (values of TSV have theirs escaped)."""

    def __init__(self, quote: bytes | None) -> None:
        self._quote = quote
        self._quoted = False
        self._n_headers = 1

    def __call__(self, part: bytes) -> int:
        pieces = [part] if self._quote is None else part.split(self._quote)
        n_lines = sum(piece.count(b"\n") for piece in pieces[int(self._quoted) :: 2])
        self._quoted ^= len(pieces) % 2 == 0
        n_headers = min(self._n_headers, n_lines)
        self._n_headers -= n_headers
        return n_lines - n_headers


_ROW_COUNTERS: dict[pyoxigraph.QueryResultsFormat, Callable[[], Callable[[bytes], int]]] = {
    pyoxigraph.QueryResultsFormat.JSON: _JsonRows,
    pyoxigraph.QueryResultsFormat.XML: _XmlRows,
    pyoxigraph.QueryResultsFormat.CSV: lambda: _Lines(b'"'),
    pyoxigraph.QueryResultsFormat.TSV: lambda: _Lines(None),
}


def _too_many(what: str, most: int) -> TooLargeError:
    return TooLargeError(
        f"the answer has more than {most:,} {what}", "add LIMIT, and OFFSET to go on, or ask for what you need alone"
    )
