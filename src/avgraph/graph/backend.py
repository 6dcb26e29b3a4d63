"""What answers SPARQL: an embedded Oxigraph store, any rdflib dataset, or a server; one interface for all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph
import rdflib

from avgraph.errors import QueryError, StoreError
from avgraph.graph.answers import Table, Value, collect, python_value, table_of_tsv

__all__ = ["Backend", "OxigraphBackend", "RdflibBackend", "open_oxigraph"]


class Backend(Protocol):
    """Anything that answers SPARQL queries over the union of its graphs."""

    #: Where the answers come from, for messages and representations.
    location: str

    def select(self, sparql: str) -> Table:
        """Answer a SELECT query."""

    def ask(self, sparql: str) -> bool:
        """Answer an ASK query."""

    def construct(self, sparql: str) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples."""

    def dataset(self) -> rdflib.Dataset:
        """Return the graphs as an rdflib Dataset with the union as default graph."""


def open_oxigraph(path: Path) -> pyoxigraph.Store:
    """Open a store directory read-only, so that any number of processes may read it.

    Raises
    ------
    StoreError
        If it is not a store or is damaged.
    """
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"cannot open the store: {error}", _MEND, str(path)) from error


#: What mends a damaged store.
_MEND = "build again with: avgraph build"


class OxigraphBackend:
    """The embedded store."""

    def __init__(self, store: pyoxigraph.Store, location: str = "memory") -> None:
        self.store = store
        self.location = location

    @contextmanager
    def _query(self, sparql: str) -> Iterator[Any]:
        """Give the answer; solutions are computed while they are read, so faults may come late.

        An answer must go in the thread in which it came. A traceback that somebody keeps goes in any, so that whoever
        gets an answer lets go of it before an error leaves.
        """
        try:
            yield self.store.query(sparql, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QueryError(
                f"the query does not parse: {error.msg or error}", "see the line and column named"
            ) from error
        except (ValueError, OSError, RuntimeError) as error:
            if "Corruption" in str(error):  # RocksDB's word, whatever the class of the error
                raise StoreError(f"the store is damaged: {error}", _MEND, self.location) from error
            raise QueryError(f"the query failed: {error}") from error

    def select(self, sparql: str) -> Table:
        """Answer a SELECT query."""
        with self._query(sparql) as answer:
            try:
                if not isinstance(answer, pyoxigraph.QuerySolutions):
                    raise _wrong_form("a SELECT")
                columns = tuple(v.value for v in answer.variables)
                text = answer.serialize(format=pyoxigraph.QueryResultsFormat.TSV) or b""
            finally:
                del answer
            return table_of_tsv(columns, text.decode())

    def ask(self, sparql: str) -> bool:
        """Answer an ASK query."""
        with self._query(sparql) as answer:
            try:
                if not isinstance(answer, pyoxigraph.QueryBoolean):
                    raise _wrong_form("an ASK")
                return bool(answer)
            finally:
                del answer

    def construct(self, sparql: str) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples."""
        with self._query(sparql) as answer:
            try:
                if not isinstance(answer, pyoxigraph.QueryTriples):
                    raise _wrong_form("a CONSTRUCT or DESCRIBE")
                return answer.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
            finally:
                del answer

    def dataset(self) -> rdflib.Dataset:
        """Return an rdflib Dataset over the same store."""
        from oxrdflib import OxigraphStore

        return rdflib.Dataset(store=OxigraphStore(store=self.store), default_union=True)


class RdflibBackend:
    """Any rdflib dataset or graph, asked by rdflib's own engine."""

    def __init__(self, graph: rdflib.Graph, location: str = "rdflib") -> None:
        self.graph = graph
        self.location = location

    def _query(self, sparql: str, form: str) -> Any:
        try:
            answer = self.graph.query(sparql)
        except Exception as error:  # rdflib raises bare Exception for faults such as an unknown prefix
            raise QueryError(f"the query does not parse or failed: {error}") from error
        if answer.type not in form:
            raise _wrong_form(f"{'an' if form == 'ASK' else 'a'} {form.replace(' ', ' or ')}")
        return answer

    def select(self, sparql: str) -> Table:
        """Answer a SELECT query."""
        answer = self._query(sparql, "SELECT")
        columns = tuple(str(v) for v in answer.vars or ())
        return collect(columns, answer, lambda term: isinstance(term, rdflib.Literal), self._value)

    @staticmethod
    def _value(term: Any) -> Value:
        if isinstance(term, rdflib.Literal):
            return python_value(str(term), str(term.datatype) if term.datatype else None)
        return str(term)

    def ask(self, sparql: str) -> bool:
        """Answer an ASK query."""
        return bool(self._query(sparql, "ASK").askAnswer)

    def construct(self, sparql: str) -> bytes:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples."""
        graph = self._query(sparql, "CONSTRUCT DESCRIBE").graph
        return bytes(graph.serialize(format="nt", encoding="utf-8"))

    def dataset(self) -> rdflib.Dataset:
        """Return the dataset itself; a plain graph becomes the default graph of a new one."""
        if isinstance(self.graph, rdflib.Dataset):
            return self.graph
        dataset = rdflib.Dataset(default_union=True)
        for triple in self.graph:
            dataset.add(triple)
        return dataset


def _wrong_form(form: str) -> QueryError:
    return QueryError(f"this needs {form} query", "change the query's form")
