"""Where the golden answers lie, and how they are made."""

from __future__ import annotations

from pathlib import Path

from avgraph.knowledge import KnowledgeGraph
from avgraph.queries import named_queries

__all__ = ["NAMES", "NOT_IN_EXAMPLE", "answer", "golden_path"]

NAMES = tuple(query.name for query in named_queries())
#: Queries for which the example workspace holds no facts.
NOT_IN_EXAMPLE = frozenset({"admissions"})

_FOLDER = Path(__file__).resolve().parent / "queries"


def golden_path(name: str) -> Path:
    """Return the file with the golden answer of a query."""
    return _FOLDER / f"{name}.tsv"


def answer(kg: KnowledgeGraph, name: str) -> str:
    """Return the answer of a named query with its defaults, as TSV."""
    return kg.query(name).to_tsv()
