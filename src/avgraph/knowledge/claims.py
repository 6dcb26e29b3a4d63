"""Reading claims back from the graph, with their evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from avgraph.errors import NotFoundError
from avgraph.knowledge.entity import Claim
from avgraph.knowledge.lookup import Lookup, Select, batches
from avgraph.knowledge.reading import ROLE_COLUMNS, check_iri, to_claim
from avgraph.model import KINDS
from avgraph.vocabulary import AV, PROV

__all__ = ["ClaimReader"]


class ClaimReader:
    """Claims of a store, whatever kind of store it is.

    Parameters
    ----------
    select
        Answers a SELECT query; the usual prefixes need no declaration.
    lookup
        Of the same store.
    """

    def __init__(self, select: Select, lookup: Lookup) -> None:
        self._select = select
        self._lookup = lookup

    def one(self, iri: str) -> Claim:
        """Return one claim by IRI.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        check_iri(iri)
        found = self._read(
            [(iri, p, o) for p, o in self._select(f"SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }} ORDER BY ?p ?o")]
        )
        if not found:
            raise NotFoundError(f"no claim {iri}", "claims are listed by: avgraph show NAME --json")
        return found[0]

    def about(self, entity: str, kind: str | None, limit: int | None, first: int) -> list[Claim]:
        """Return the claims that name the entity of an IRI, of one kind or of all."""
        return self._part(_about(entity, kind), limit, first)

    def of_source(self, iri: str, limit: int | None, first: int) -> list[Claim]:
        """Return the claims of the source of an IRI."""
        check_iri(iri)
        return self._part(f"{{ ?claim prov:wasDerivedFrom <{iri}> ; av:evidence ?evidence }}", limit, first)

    def by_kind(self, entity: str, limit: int) -> dict[str, tuple[int, list[Claim]]]:
        """Return kind → how many claims of that kind name the entity of an IRI, and the first `limit` of them."""
        iris: dict[str, list[str]] = defaultdict(list)
        for claim, class_ in self._select(f"SELECT DISTINCT ?claim ?class WHERE {_about(entity, None)}"):
            iris[class_.removeprefix(AV)].append(claim)
        rows = (
            row
            for values in batches(iri for found in iris.values() for iri in sorted(found)[:limit])
            for row in self._select(
                f"SELECT ?claim ?p ?o WHERE {{ VALUES ?claim {{ {values} }} ?claim ?p ?o }} ORDER BY ?claim ?p ?o"
            )
        )
        claims: dict[str, list[Claim]] = defaultdict(list)
        for claim in self._read(rows):
            claims[claim.kind].append(claim)
        return {kind: (len(iris[kind]), claims[kind]) for kind in KINDS if kind in iris}

    def _part(self, wanted: str, limit: int | None, first: int) -> list[Claim]:
        """Return the claims of a pattern, those from the `first` on in the order of their IRIs."""
        part = "" if limit is None else f" ORDER BY ?claim LIMIT {limit:d} OFFSET {first:d}"
        return self._read(
            self._select(
                f"SELECT ?claim ?p ?o WHERE {{ {{ SELECT DISTINCT ?claim WHERE {wanted}{part} }} ?claim ?p ?o }} "
                "ORDER BY ?claim ?p ?o"
            )
        )

    def _read(self, rows: Iterable[tuple[Any, ...]]) -> list[Claim]:
        """Return the claims of rows of IRI, property and value."""
        nodes: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for claim, predicate, value in rows:
            nodes[claim][predicate].append(value)
        evidence = self._lookup.properties({v for n in nodes.values() for v in n.get(AV + "evidence", ())})
        sources = self._lookup.properties({v for n in nodes.values() for v in n.get(PROV + "wasDerivedFrom", ())})
        entities = {v for n in nodes.values() for p, vs in n.items() if p in ROLE_COLUMNS for v in vs}
        labels = self._lookup.labels(entities)
        claims = [to_claim(iri, node, evidence, sources, labels) for iri, node in nodes.items()]
        order = list(KINDS)
        return sorted((c for c in claims if c), key=lambda c: (order.index(c.kind), c.status, c.text, c.source, c.iri))


def _about(entity: str, kind: str | None) -> str:
    """Return the pattern of the claims that name the entity of an IRI."""
    check_iri(entity)
    # A filter, since the embedded store would begin with all claims of a class that is given.
    classes = ", ".join(f"av:{k}" for k in ([kind] if kind else KINDS))
    return f"{{ ?claim ?role <{entity}> . ?claim a ?class FILTER(?class IN ({classes})) }}"
