"""What a graph holds in figures: its claims by kind, and its sources."""

from __future__ import annotations

from typing import Any

from avgraph.graph.snapshot import Snapshot
from avgraph.knowledge.lookup import Select
from avgraph.model import KINDS
from avgraph.vocabulary import AV

__all__ = ["read_counts", "read_sources", "sources_of"]

_COUNTS = "SELECT ?class (COUNT(?c) AS ?n) WHERE {{ ?c a ?class VALUES ?class {{ {classes} }} }} GROUP BY ?class"
# The claims are counted apart: Virtuoso splits groups of which a key is unbound.
_SOURCES = """
SELECT ?path ?kind ?title ?publisher ?date ?n WHERE {
  ?s av:path ?path ; a ?kind .
  OPTIONAL { ?s dct:title ?title } OPTIONAL { ?s dct:publisher ?publisher } OPTIONAL { ?s dct:date ?date }
  OPTIONAL { SELECT ?s (COUNT(?c) AS ?n) WHERE { ?c prov:wasDerivedFrom ?s ; av:evidence ?e } GROUP BY ?s }
} ORDER BY ?path"""


def read_counts(select: Select) -> dict[str, int]:
    """Return the number of claims of each kind, most first."""
    rows = select(_COUNTS.format(classes=" ".join(f"av:{kind}" for kind in KINDS)) + " ORDER BY DESC(?n) ?class")
    return {str(c).removeprefix(AV): int(n) for c, n in rows}


def read_sources(select: Select) -> list[dict[str, Any]]:
    """Return path, kind, title, publisher, date of each source and its number of claims, by path."""
    names = ("path", "kind", "title", "publisher", "date", "n_claims")
    found = [dict(zip(names, row, strict=True)) for row in select(_SOURCES)]
    return [s | {"kind": str(s["kind"]).removeprefix(AV).lower(), "n_claims": s["n_claims"] or 0} for s in found]


def sources_of(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return what :func:`read_sources` does, from the table of a build."""
    table = snapshot.table("sources").sort("source")
    return table.select("kind", "title", "publisher", "date", "n_claims", path="source").to_dicts()
