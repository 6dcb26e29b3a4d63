"""What is looked up: the index of names, and what the store says of entities."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import StoreError
from avgraph.graph.snapshot import Snapshot
from avgraph.knowledge.reading import ENTITY_PROPERTIES, entity_fields
from avgraph.matching.nameindex import INDEX_SCHEMA, NameIndex, make_index
from avgraph.matching.reconciling import Reconciler
from avgraph.model import ENTITY_TYPES
from avgraph.vocabulary import PREFIXES, entity_class
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["Catalogue", "catalogue", "entities_of_snapshot", "entities_of_store", "make_catalogue",
           "snapshot_of"]  # fmt: skip

#: IRIs in one VALUES block.
_BATCH = 500
_PREFIX_LINES = "\n".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items())
_SUBTYPES = (None, "group", "film", "series", "season", "episode", "country")


class Catalogue:
    """The entities of a graph, to be found by what is known of them.

    Parameters
    ----------
    served
        The graph.
    folder
        Where :func:`make_catalogue` has put the index.
    """

    def __init__(self, served: Served, folder: Path) -> None:
        self._served = served
        self.index = NameIndex(folder)
        self.reconciler = Reconciler(self.index, self.neighbours)

    def values(self, numbers: Sequence[int], path: str) -> dict[int, list[Any]]:
        """Return number → what a SPARQL path leads to from that entity: IRIs and literals, each once, sorted."""
        found: dict[int, set[Any]] = defaultdict(set)
        for at in range(0, len(numbers), _BATCH):
            number = {self.index[n].iri: n for n in numbers[at : at + _BATCH]}
            values = " ".join(f"<{iri}>" for iri in number)
            query = f"{_PREFIX_LINES}\nSELECT DISTINCT ?e ?o WHERE {{ VALUES ?e {{ {values} }} ?e {path} ?o }}"
            for iri, value in self._served.backend.select(query).rows:
                found[number[str(iri)]].add(value)
        return {n: sorted(of, key=lambda value: (str(type(value)), value)) for n, of in found.items()}

    def neighbours(self, numbers: Sequence[int], path: str) -> dict[int, list[int]]:
        """Return number → the entities that a SPARQL path leads to from that entity."""
        found = self.values(numbers, path)
        known = self.index.numbers({value for of in found.values() for value in of})
        return {n: [known[value] for value in of if value in known] for n, of in found.items()}


@lru_cache(maxsize=1)
def catalogue(served: Served, folder: str) -> Catalogue:
    """Return the catalogue of a graph, opened once by each worker."""
    return Catalogue(served, Path(folder))


def make_catalogue(served: Served, folder: str) -> Reply:
    """Make the index of a graph's names, whole or not at all."""
    if Path(folder).exists():
        return Reply(200, "text/plain", b"")
    snapshot = snapshot_of(served)
    entities = entities_of_snapshot(snapshot) if snapshot is not None else entities_of_store(served)
    new = Path(f"{folder}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    make_index(entities, new)
    new.rename(folder)
    return Reply(200, "text/plain", b"")


def snapshot_of(served: Served) -> Snapshot | None:
    """Return the build that is served, None where there is none: a file of RDF, or a store that is only written."""
    try:
        return served.graph.snapshot
    except StoreError:
        if served.store_path is None:
            raise
        return None


def entities_of_snapshot(snapshot: Snapshot) -> pl.DataFrame:
    """Return the named entities of a build."""
    return snapshot.scan("entities").filter(~pl.col("generic")).select(*INDEX_SCHEMA).collect()


def entities_of_store(served: Served) -> pl.DataFrame:
    """Return the named entities of a store."""
    classes = {entity_class(type_, subtype) for type_ in ENTITY_TYPES for subtype in _SUBTYPES}
    listed = " ".join(f"<{iri}>" for iri in sorted(classes))
    wanted = ", ".join(ENTITY_PROPERTIES.split())
    query = (
        f"{_PREFIX_LINES}\nSELECT ?e ?p ?o WHERE {{ {{ SELECT DISTINCT ?e WHERE {{ VALUES ?class {{ {listed} }} "
        f"?e a ?class . ?e rdfs:label ?l FILTER(isIRI(?e)) FILTER NOT EXISTS {{ ?e av:generic true }} }} }} "
        f"?e ?p ?o FILTER(?p IN ({wanted})) }}"
    )
    nodes: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for iri, predicate, value in served.backend.select(query).rows:
        nodes[str(iri)][str(predicate)].append(value)
    return pl.DataFrame(_rows(nodes), schema=INDEX_SCHEMA, orient="row", strict=False)


def _rows(nodes: dict[str, dict[str, list[Any]]]) -> Iterator[tuple[Any, ...]]:
    for iri, node in sorted(nodes.items()):
        fields = entity_fields({predicate: sorted(values, key=str) for predicate, values in node.items()})
        if fields["type"] in ENTITY_TYPES:
            yield (iri, *(fields[column] for column in list(INDEX_SCHEMA)[1:]))
