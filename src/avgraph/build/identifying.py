"""Which mentions of a workspace are one entity; of millions of mentions that is decided in a process of its own.

Deciding takes several times the memory of its result, and a process seldom gives freed memory back; the store, which
takes much itself, is loaded while the result is written. So a large result lies on disk and is read piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from avgraph.build.cache import KeptTables, n_mentions, scan_claims, sorted_mentions
from avgraph.errors import Issue
from avgraph.identity import Decisions, resolve
from avgraph.workers import apart

__all__ = ["Assignment", "Identified", "identify"]

#: With so many mentions a process of its own is worth its start, and the result is put on disk.
_MANY = 500_000
#: Rows that are read at once where a few are wanted.
_GROUP_ROWS = 50_000


@dataclass(frozen=True)
class Assignment:
    """Which entity each mention is.

    Attributes
    ----------
    table
        ``ref`` → ``entity``, sorted by ``ref``.
    places
        Source → its first row there, and the number of its rows.
    """

    table: pl.LazyFrame
    places: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, table: pl.DataFrame, sources: Iterable[str]) -> Assignment:
        """Return the assignment of the mentions of `sources`: their refs begin with the source's name."""
        refs = table["ref"]
        bounds = {name: (refs.search_sorted(f"{name}#"), refs.search_sorted(f"{name}$")) for name in sources}
        return cls(table.lazy(), {name: (first, end - first) for name, (first, end) in bounds.items()})

    def about(self, sources: Iterable[str]) -> pl.LazyFrame:
        """Return the rows of some sources, in their order."""
        parts: list[tuple[int, int]] = []
        for first, n_rows in (self.places[name] for name in sources):
            if parts and sum(parts[-1]) == first:
                parts[-1] = (parts[-1][0], parts[-1][1] + n_rows)  # a stretch of the file is read once
            else:
                parts.append((first, n_rows))
        return pl.concat([self.table.slice(*part) for part in parts])

    def n_rows(self, sources: Iterable[str]) -> int:
        """Return how many mentions some sources have."""
        return sum(self.places[name][1] for name in sources)


@dataclass(frozen=True)
class Identified:
    """What :func:`avgraph.identity.resolve` finds, in memory if it is little, else on disk.

    Attributes
    ----------
    entities, assignment, matches, issues
        As in :class:`avgraph.identity.Resolution`.
    """

    entities: pl.LazyFrame
    assignment: Assignment
    matches: pl.LazyFrame
    issues: tuple[Issue, ...]


def identify(
    sources: Sequence[KeptTables], decisions: Decisions, base_iri: str, precedence: Sequence[str], scratch: Path
) -> Identified:
    """Decide which mentions of all sources are one entity.

    Parameters
    ----------
    sources
        What the files of the workspace yield.
    decisions, base_iri, precedence
        As :func:`avgraph.identity.resolve` takes them.
    scratch
        A folder for a large result, which may be there already.

    Raises
    ------
    StoreError
        If a kept table cannot be read.
    WorkerError
        If the process that decides was ended from outside.
    """
    if n_mentions(sources) < _MANY:
        found = resolve(sorted_mentions(sources), partial(scan_claims, sources), decisions, base_iri, precedence)
        assignment = Assignment.of(found.assignment, [source.name for source in sources])
        return Identified(found.entities.lazy(), assignment, found.matches.lazy(), found.issues)
    scratch.mkdir(parents=True, exist_ok=True)
    n_parts, places, issues = apart(_put_aside, sources, decisions, base_iri, precedence, scratch)
    matches = pl.scan_parquet([_part(scratch, number) for number in range(n_parts)])
    table = pl.scan_parquet(scratch / "assignment.parquet")
    return Identified(pl.scan_parquet(scratch / "entities.parquet"), Assignment(table, places), matches, issues)


def _put_aside(
    sources: Sequence[KeptTables], decisions: Decisions, base_iri: str, precedence: Sequence[str], folder: Path
) -> tuple[int, dict[str, tuple[int, int]], tuple[Issue, ...]]:
    """Write entities, assignment and matches; return the number of parts of these, the places, and the issues."""
    n_parts = 0

    def take(matches: pl.DataFrame) -> None:
        nonlocal n_parts
        matches.write_parquet(_part(folder, n_parts))
        n_parts += 1

    claims = partial(scan_claims, sources)
    found = resolve(sorted_mentions(sources), claims, decisions, base_iri, precedence, take=take)
    found.entities.write_parquet(folder / "entities.parquet")
    found.assignment.write_parquet(folder / "assignment.parquet", row_group_size=_GROUP_ROWS)
    return n_parts, Assignment.of(found.assignment, [source.name for source in sources]).places, found.issues


def _part(folder: Path, number: int) -> Path:
    return folder / f"matches-{number:04d}.parquet"
