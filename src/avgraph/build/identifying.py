"""Which mentions of a workspace are one entity: kept on disk, so that it is decided again only when something changed.

Deciding takes several times the memory of its result, and a process seldom gives freed memory back; the store, which
takes much itself, is loaded while the result is written. So of millions of mentions it is decided in a process of its
own. The result is read piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache as once
from functools import partial
from importlib.resources import files as files_of
from pathlib import Path

import polars as pl

from avgraph._version import __version__
from avgraph.build.cache import Cache, KeptTables, n_mentions, scan_claims, sorted_mentions
from avgraph.errors import Issue
from avgraph.identity import Decisions, resolve
from avgraph.text import content_hash
from avgraph.workers import apart

__all__ = ["Assignment", "Identified", "identify"]

_ENTITIES, _ASSIGNMENT, _ABOUT = "entities.parquet", "assignment.parquet", "about.json"
#: With so many mentions a process of its own is worth its start.
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
    """What :func:`avgraph.identity.resolve` finds, on disk.

    Attributes
    ----------
    entities, assignment, matches, issues
        As in :class:`avgraph.identity.Resolution`.
    """

    entities: pl.LazyFrame
    assignment: Assignment
    matches: pl.LazyFrame
    issues: tuple[Issue, ...]


def _places(assignment: pl.DataFrame, sources: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return where the mentions of each source lie: their refs begin with the source's name."""
    refs = assignment["ref"]
    bounds = {name: (refs.search_sorted(f"{name}#"), refs.search_sorted(f"{name}$")) for name in sources}
    return {name: (first, end - first) for name, (first, end) in bounds.items()}


def identify(
    sources: Sequence[KeptTables], decisions: Decisions, base_iri: str, precedence: Sequence[str], cache: Cache
) -> Identified:
    """Decide which mentions of all sources are one entity, or find that it was decided before.

    Parameters
    ----------
    sources
        What the files of the workspace yield.
    decisions, base_iri, precedence
        As :func:`avgraph.identity.resolve` takes them.
    cache
        Keeps the result as long as nothing of this changes.

    Raises
    ------
    StoreError
        If a kept table cannot be read.
    WorkerError
        If the process that decides was ended from outside.
    """
    given = (base_iri, repr(tuple(precedence)), repr(decisions), *(source.key for source in sources))

    def decide(folder: Path) -> None:
        run = apart if n_mentions(sources) >= _MANY else _at_once
        run(_put_aside, sources, decisions, base_iri, precedence, folder)

    folder = cache.files(content_hash("identity", __version__, _method(), *given), decide)
    about = json.loads((folder / _ABOUT).read_text(encoding="utf-8", errors="surrogatepass"))
    return Identified(
        pl.scan_parquet(folder / _ENTITIES),
        Assignment(pl.scan_parquet(folder / _ASSIGNMENT), {name: (n, m) for name, (n, m) in about["places"].items()}),
        pl.scan_parquet([_part(folder, number) for number in range(about["n_parts"])]),
        tuple(Issue(**issue) for issue in about["issues"]),
    )


@once
def _method() -> str:
    """Return a hash of all that decides identity: its rules, its weights, its words."""
    files = sorted(files_of("avgraph.identity").iterdir(), key=lambda file: file.name)
    return content_hash(*(file.read_text(encoding="utf-8") for file in files if file.is_file()))


def _at_once(task: Callable[..., None], *arguments: object) -> None:
    task(*arguments)


def _put_aside(
    sources: Sequence[KeptTables], decisions: Decisions, base_iri: str, precedence: Sequence[str], folder: Path
) -> None:
    """Decide, and write entities, assignment and matches, and what is to be said of them."""
    n_parts = 0

    def take(matches: pl.DataFrame) -> None:
        nonlocal n_parts
        matches.write_parquet(_part(folder, n_parts))
        n_parts += 1

    claims = partial(scan_claims, sources)
    found = resolve(sorted_mentions(sources), claims, decisions, base_iri, precedence, take=take)
    found.entities.write_parquet(folder / _ENTITIES)
    found.assignment.write_parquet(folder / _ASSIGNMENT, row_group_size=_GROUP_ROWS)
    about = {
        "n_parts": n_parts,
        "places": _places(found.assignment, [source.name for source in sources]),
        "issues": [asdict(issue) for issue in found.issues],
    }
    (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8", errors="surrogatepass")


def _part(folder: Path, number: int) -> Path:
    return folder / f"matches-{number:04d}.parquet"
