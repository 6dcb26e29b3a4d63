"""Finding entities by IRI, external id or name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import polars as pl

from avgraph.graph.snapshot import Snapshot
from avgraph.knowledge.entity import Entity
from avgraph.knowledge.reading import ENTITY_PROPERTIES, check_iri, entity_fields, string_term
from avgraph.text import name_tokens

__all__ = ["Lookup", "Select", "batches"]

#: IRIs in one VALUES block; larger ones are slow to parse on some servers.
_BATCH = 500
#: Likeness of names (0 to 100) from which one is offered for another.
_NEAR = 75
#: More names than this are not fetched from a store that is not local.
_MOST_NAMES = 50_000
_NAMES = "WHERE { ?e rdfs:label|skos:altLabel ?n }"
#: What a build numbers and does not name.
_NAMELESS = re.compile(r"/(?:claim/[a-z-]+|conflict|match|mention)/[0-9a-f]{8,}$")
Select = Callable[[str], list[tuple[Any, ...]]]


class Lookup:
    """Names → entities, over any store, in the end without regard to accents.

    For that all names are looked at: those of the local snapshot, or of a store that holds at most 50,000.

    Parameters
    ----------
    select
        Answers a SELECT query; the usual prefixes need no declaration.
    snapshot
        The build behind the store, where it is local.
    """

    def __init__(self, select: Select, snapshot: Snapshot | None) -> None:
        self._select = select
        self._snapshot = snapshot
        self._spelled: list[tuple[str, list[str]]] | None = None

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Return IRI → label; what has no label is left out."""
        found: dict[str, str] = {}
        for values in batches(iri for iri in iris if not _NAMELESS.search(iri)):
            query = f"SELECT ?e ?l WHERE {{ VALUES ?e {{ {values} }} ?e rdfs:label ?l }} ORDER BY ?e ?l"
            for iri, label in self._select(query):
                found.setdefault(iri, label)
        return found

    def quotes(self, claims: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return claim → path of its source, and the words or the row it was read from."""
        found: dict[str, tuple[str, str]] = {}
        for values in batches(claims):
            query = (
                f"SELECT ?c ?path ?words ?row WHERE {{ VALUES ?c {{ {values} }} ?c prov:wasDerivedFrom ?s . ?s av:path "
                "?path OPTIONAL { ?c av:evidence ?e OPTIONAL { ?e oa:exact ?words } OPTIONAL { ?e av:row ?row } } } "
                "ORDER BY ?c ?path ?words ?row"
            )
            for claim, path, words, row in self._select(query):
                found.setdefault(claim, (path if row is None else f"{path}, row {row}", words or ""))
        return found

    def properties(self, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return IRI → property → one of its values."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for values in batches(iris):
            for iri, p, o in self._select(f"SELECT ?e ?p ?o WHERE {{ VALUES ?e {{ {values} }} ?e ?p ?o }}"):
                found[iri][p] = o
        return found

    def search(self, text: str) -> list[Entity]:
        """Return the entities of which a name contains `text`: exact names first, then by number of claims."""
        rows = self._select(
            "SELECT DISTINCT ?e ?n WHERE { ?e rdfs:label|skos:altLabel ?n . "
            f"FILTER(CONTAINS(LCASE(STR(?n)), {string_term(text.lower())})) }} ORDER BY ?e ?n"
        )
        exact = {iri for iri, name in rows if _key(name) == _key(text)} | set(self._folded(text, whole=True))
        iris = dict.fromkeys([*(iri for iri, _ in rows), *self._folded(text, whole=False)])
        return self._by_claims(list(iris), exact)

    def named(self, name: str, *, as_spelled: bool = True) -> list[Entity]:
        """Return the entities of exactly this IRI, external id or name; the one with the most claims first.

        Names that differ in capitals are looked through only where none is spelled so, or not `as_spelled`.
        """
        if re.match(r"(https?|urn):", name):
            return self.read([name])
        names = "rdfs:label|skos:altLabel|schema:identifier"
        exact = f"SELECT DISTINCT ?e WHERE {{ ?e {names} {string_term(name)} }} ORDER BY ?e"
        rows = (self._select(exact) if as_spelled else []) or self._select(
            "SELECT DISTINCT ?e WHERE { ?e rdfs:label|skos:altLabel ?n "
            f"FILTER(LCASE(STR(?n)) = {string_term(name.lower())}) }} ORDER BY ?e"
        )
        return self._by_claims([row[0] for row in rows] or self._folded(name, whole=True), set())

    def nearest(self, name: str, limit: int = 3) -> list[str]:
        """Return names that hold `name` or are spelled nearly so, the likeliest first."""
        from rapidfuzz import fuzz, process

        found = [e.label for e in self.search(name)[:limit]] if name.strip() else []
        if not found and name.strip():
            spelled = sorted({n for _, names in self._names() for n in names})
            keys = [_key(n) for n in spelled]
            near = process.extract(_key(name), keys, scorer=fuzz.WRatio, limit=limit, score_cutoff=_NEAR)
            found = [spelled[at] for _, _, at in near]
        return list(dict.fromkeys(found))

    def read(self, iris: list[str]) -> list[Entity]:
        """Return the entities of these IRIs in the order given; unknown ones are left out."""
        nodes: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        # A filter, since the embedded store reads all triples where two lists of values meet.
        wanted = ", ".join(ENTITY_PROPERTIES.split())
        for values in batches(iris):
            query = (
                f"SELECT ?e ?p ?o WHERE {{ VALUES ?e {{ {values} }} ?e ?p ?o FILTER(?p IN ({wanted})) }}"
                " ORDER BY ?e ?p ?o"
            )
            for iri, p, o in self._select(query):
                nodes[iri][p].append(o)
        return [Entity(iri, **entity_fields(nodes[iri])) for iri in iris if iri in nodes]

    def placed(self, iris: list[str]) -> list[tuple[str, str, str, Sequence[str]]]:
        """Return IRI, label, type and countries of the entities of these IRIs, sorted; unknown ones are left out."""
        if self._snapshot is None:
            return [(e.iri, e.label, e.type, e.countries) for e in self.read(sorted(set(iris)))]
        table = self._snapshot.table("entities").select("entity", "label", "type", "countries")
        return table.filter(pl.col("entity").is_in(iris)).sort("entity").rows()

    def _by_claims(self, iris: list[str], first: set[str]) -> list[Entity]:
        n_claims: dict[str, int] = {}
        for values in batches(iris if len(iris) > 1 else ()):
            query = (
                f"SELECT ?e (COUNT(DISTINCT ?c) AS ?n) WHERE {{ VALUES ?e {{ {values} }} "
                "?c ?role ?e ; av:evidence ?ev } GROUP BY ?e"
            )
            n_claims |= {e: int(n) for e, n in self._select(query)}
        return sorted(self.read(iris), key=lambda e: (e.iri not in first, -n_claims.get(e.iri, 0), e.iri))

    def _folded(self, text: str, *, whole: bool) -> list[str]:
        wanted = _key(text)
        return [
            entity
            for entity, names in self._names()
            if wanted and any(wanted == _key(n) if whole else wanted in _key(n) for n in names)
        ]

    def _names(self) -> list[tuple[str, list[str]]]:
        """Return each entity with its spellings; nothing where a store that is not local holds too many."""
        if self._spelled is None:
            self._spelled = list(self._local_names() if self._snapshot is not None else self._asked_names())
        return self._spelled

    def _local_names(self) -> Iterator[tuple[str, list[str]]]:
        assert self._snapshot is not None
        table = self._snapshot.table("entities").select("entity", pl.concat_list("names", "label"))
        for entity, names in table.iter_rows():
            yield entity, [n for n in names if n]

    def _asked_names(self) -> Iterator[tuple[str, list[str]]]:
        ((n_names,),) = self._select(f"SELECT (COUNT(*) AS ?n_names) {_NAMES}")
        if n_names > _MOST_NAMES:
            return
        found: dict[str, list[str]] = defaultdict(list)
        for entity, name in self._select(f"SELECT DISTINCT ?e ?n {_NAMES} ORDER BY ?e ?n"):
            found[entity].append(name)
        yield from found.items()


def _key(name: str) -> str:
    """Return a name without case, accents and punctuation."""
    return " ".join(name_tokens(name))


def batches(iris: Iterable[str]) -> Iterator[str]:
    """Yield IRIs, each once and sorted, as the values of VALUES blocks of a size that all servers bear."""
    wanted = sorted(set(iris))
    for iri in wanted:
        check_iri(iri)
    for at in range(0, len(wanted), _BATCH):
        yield " ".join(f"<{i}>" for i in wanted[at : at + _BATCH])
