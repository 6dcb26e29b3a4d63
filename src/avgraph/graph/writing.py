"""Writing a snapshot piece by piece: what did not change is linked from the one before, the rest is written anew.

A snapshot's tables are written in pieces. A piece that depends on the same inputs as one of the last snapshot is that
piece. If most of them are, the last store is copied, too (its files are linked), and only the quads that differ are
taken out and put in. Either way the content is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from avgraph._version import __version__
from avgraph.graph.conflicts import Comparison
from avgraph.graph.derived import producing_countries, shared_values, with_countries, with_coverage, with_shared
from avgraph.graph.difference import Difference
from avgraph.graph.quads import Naming, table_lines
from avgraph.graph.snapshot import (
    FORMAT,
    MANIFEST,
    Snapshot,
    current_snapshot,
    file_hash,
    is_intact,
    point_to,
    store_files,
    sync,
)
from avgraph.graph.storing import BulkLoad, DamagedStoreError, copy_store
from avgraph.progress import Progress, silent

__all__ = ["Dataset", "Scan", "Unit", "write_snapshot"]

#: What pieces depend on beside their inputs.
_MADE_BY = f"{FORMAT} {__version__} {pl.__version__}"
#: Rows of a table that are made into quads at once.
_SLICE_ROWS = 100_000
#: So many rows of the last snapshot at most are compared with new ones; more are not read.
_MAX_COMPARED = 1_000_000
#: If more than this share of the rows differs, the store is loaded anew: taking a quad out costs more than loading it.
_MAX_CHANGED = 0.25

#: Rows of a table that is not parted by source in one piece.
_PIECE_ROWS = 200_000

#: Gives a table that is already written, lazily, by its name.
Scan = Callable[[str], pl.LazyFrame]


@dataclass(frozen=True)
class Unit:
    """Sources that are written together.

    Attributes
    ----------
    state
        A hash of all that its tables depend on; the same state is the same tables.
    n_rows
        About how many rows they have.
    tables
        Gives (table name, rows): claims with entities in their roles, ``mentions`` with a column ``entity``,
        ``documents``. A table may come in several pieces, and only with rows.
    """

    state: str
    n_rows: int
    tables: Callable[[], Iterable[tuple[str, pl.DataFrame]]]


@dataclass(frozen=True)
class Dataset:
    """What a build knows, ready to be written.

    Attributes
    ----------
    base_iri
        Every IRI starts with it.
    schemas
        Name → schema of the tables that units give.
    sources
        One row for each source, with a column ``iri``.
    units
        The sources' tables; a source stands in one unit.
    entities, matches, quarantined
        Tables about all sources; of entities and matches there may be too many for memory. What
        :mod:`avgraph.graph.derived` finds is added to entities and sources.
    compare
        Gives the tables ``conflicts``, ``sides`` and ``agreements`` from the others, once these are written.
    """

    base_iri: str
    schemas: Mapping[str, Mapping[str, Any]]
    sources: pl.DataFrame
    units: Sequence[Unit]
    entities: pl.LazyFrame
    matches: pl.LazyFrame
    quarantined: pl.DataFrame
    compare: Callable[[Scan], Comparison]

    @property
    def naming(self) -> Naming:
        """What its quads are called by."""
        return _naming(self.base_iri, self.sources)


def write_snapshot(
    build_dir: Path, data: Dataset, name: str, inputs: Mapping[str, str], *, afresh: bool = False,
    progress: Progress = silent,
) -> Snapshot:  # fmt: skip
    """Write `data` as a snapshot and make it the current one; call it while holding ``build_lock``.

    Parameters
    ----------
    build_dir
        Where snapshots lie.
    data
        What to write.
    name, inputs
        The workspace's name, and source → hash of its file.
    afresh
        Take nothing from the last snapshot.
    progress
        Told of every step.

    Returns
    -------
    Snapshot
        The one written, or the one already there with the same content.
    """
    snapshots = build_dir / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    for leftover in snapshots.glob(".writing-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    before = None if afresh else current_snapshot(build_dir)
    writing = _Writing(snapshots / f".writing-{os.getpid()}", data, before, progress)
    try:
        manifest = writing.tables(name, inputs)
        target = snapshots / manifest["content"][:16]
        if afresh or not is_intact(target):
            manifest["quads"] = {"count": writing.store()}
            manifest["store"] = store_files(writing.folder / "store")
            text = json.dumps(manifest, ensure_ascii=False, indent=1)
            (writing.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            sync(writing.folder / MANIFEST)
            writing.folder.replace(target)
    finally:
        writing.close()
    point_to(build_dir, target.name)
    return Snapshot(target, json.loads((target / MANIFEST).read_text(encoding="utf-8")))


class _Writing:
    """One snapshot on its way."""

    def __init__(self, folder: Path, data: Dataset, before: Snapshot | None, progress: Progress) -> None:
        self.folder = folder
        self._data = data
        self._progress = progress
        self._n_done = 0
        self._n_rows = sum(unit.n_rows for unit in data.units) + sum(
            _n_rows(table) for table in (data.sources, data.entities, data.matches, data.quarantined)
        )
        self._naming = data.naming
        self._pieces: dict[str, list[dict[str, Any]]] = defaultdict(list)
        (folder / "tables").mkdir(parents=True)
        self._before = before if before is not None and _usable(before, data.base_iri) else None
        self._reusable = _pieces_by_state(self._before)
        self._difference = self._worth_comparing()
        self._load = None if self._difference is not None else BulkLoad(folder / "store")

    def close(self) -> None:
        """End what was begun; a folder that is not in its place is of no use."""
        if self._load is not None:
            self._load.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _worth_comparing(self) -> Difference | None:
        """Return what gathers the difference from the last snapshot, if that is little enough to hold."""
        if self._before is None:
            return None
        states = {unit.state for unit in self._data.units}
        gone = [piece for state, pieces in self._reusable.items() if state not in states for _, piece in pieces]
        if sum(piece["rows"] for piece in gone) > _MAX_COMPARED:
            return None
        return Difference(self._naming, _naming(self._data.base_iri, self._before.table("sources")))

    def tables(self, name: str, inputs: Mapping[str, str]) -> dict[str, Any]:
        """Write all tables; return the manifest without the number of quads."""
        reused = set()
        self._tell(0)
        for unit in self._data.units:
            if unit.state in self._reusable:
                reused.add(unit.state)
                self._link(unit.state)
                self._tell(unit.n_rows)
                continue
            for table, rows in unit.tables():
                self._write(table, rows, unit.state)
                self._put(table, rows)
                self._tell(rows.height)
        for table, schema in self._data.schemas.items():
            if table not in self._pieces:
                self._write(table, pl.DataFrame(schema=dict(schema)), "")
        for state in self._reusable.keys() - reused:
            for table, piece in self._reusable[state]:
                self._take_out(table, piece)
        self._progress("deriving facts", 0, 1)
        sources = with_coverage(self._data.sources, self._data.entities, self._scan)
        countries = producing_countries(self._data.entities, self._scan)
        shared = shared_values(self._data.entities)
        self._progress("deriving facts", 1, 1)
        self._alone("sources", sources)
        self._alone("entities", self._data.entities, lambda part: with_shared(with_countries(part, countries), shared))
        self._alone("matches", self._data.matches)
        self._alone("quarantined", self._data.quarantined)
        compared = self._data.compare(self._scan)
        self._alone("conflicts", compared.conflicts)
        self._alone("sides", compared.sides)
        self._alone("agreements", compared.agreements)
        tables = {
            table: {"rows": sum(p["rows"] for p in pieces), "pieces": pieces}
            for table, pieces in sorted(self._pieces.items())
        }
        manifest: dict[str, Any] = {
            "format": FORMAT, "made_by": _MADE_BY, "name": name, "base_iri": self._data.base_iri,
            "inputs": dict(sorted(inputs.items())), "tables": tables,
        }  # fmt: skip
        told = {t: [(p["rows"], p["sha256"]) for p in about["pieces"]] for t, about in tables.items()}
        text = json.dumps(manifest | {"tables": told}, ensure_ascii=False, sort_keys=True)
        return manifest | {"content": hashlib.sha256(text.encode()).hexdigest()}

    def store(self) -> int:
        """Finish the store; return how many quads it holds."""
        self._progress("filling the store", 0, 1)
        n_quads = self._stored()
        self._progress("filling the store", 1, 1)
        return n_quads

    def _stored(self) -> int:
        if self._load is None:
            assert self._before is not None
            assert self._difference is not None
            n_rows = sum(piece["rows"] for pieces in self._pieces.values() for piece in pieces)
            if self._difference.n_rows <= _MAX_CHANGED * n_rows:
                try:
                    return copy_store(self._before, self.folder / "store", self._difference.change())
                except DamagedStoreError:
                    shutil.rmtree(self.folder / "store", ignore_errors=True)
            self._load = BulkLoad(self.folder / "store")
            for table, pieces in self._pieces.items():
                for piece in pieces:
                    self._feed(table, pl.read_parquet(self._path(table, piece["file"])))
        return self._load.finish()

    def _tell(self, n_rows: int) -> None:
        """Tell that `n_rows` more are written, of all that will be."""
        self._n_done += n_rows
        self._progress("writing tables", self._n_done, max(self._n_rows, self._n_done))

    def _path(self, table: str, file: str) -> Path:
        return self.folder / "tables" / table / file

    def _add(self, table: str) -> Path:
        path = self._path(table, f"{len(self._pieces[table]):05d}.parquet")
        path.parent.mkdir(exist_ok=True)
        return path

    def _write(self, table: str, rows: pl.DataFrame, state: str) -> None:
        path = self._add(table)
        rows.write_parquet(path, compression="zstd", statistics=True)
        about = {"file": path.name, "rows": rows.height, "sha256": file_hash(path), "state": state}
        self._pieces[table].append(about)

    def _link(self, state: str) -> None:
        """Take the pieces of a state from the last snapshot."""
        assert self._before is not None
        for table, piece in self._reusable[state]:
            path = self._add(table)
            os.link(self._before.piece_path(table, piece), path)
            self._pieces[table].append(piece | {"file": path.name})
            if self._load is not None:
                self._feed(table, pl.read_parquet(path))

    def _put(self, table: str, rows: pl.DataFrame) -> None:
        """Load the quads of new rows, or hold the rows to be compared."""
        if self._difference is not None:
            self._difference.put(table, rows)
        else:
            self._feed(table, rows)

    def _take_out(self, table: str, piece: Mapping[str, Any]) -> None:
        if self._difference is not None and self._before is not None:
            self._difference.take_out(table, self._before.piece(table, piece))

    def _feed(self, table: str, rows: pl.DataFrame) -> None:
        assert self._load is not None
        for part in rows.iter_slices(_SLICE_ROWS):
            for column in table_lines(table, part, self._naming):
                self._load.feed(column)

    def _alone(
        self, table: str, rows: pl.DataFrame | pl.LazyFrame,
        made: Callable[[pl.DataFrame], pl.DataFrame] = lambda piece: piece,
    ) -> None:  # fmt: skip
        """Write a table that is not parted by source, each piece as it is `made`."""
        for first in range(0, _n_rows(rows) or 1, _PIECE_ROWS):
            piece = made(rows.lazy().slice(first, _PIECE_ROWS).collect())
            self._write(table, piece, "")
            self._put(table, piece)
            self._tell(piece.height)
        if self._before is not None:
            for old in self._before.manifest["tables"][table]["pieces"]:
                self._take_out(table, old)

    def _scan(self, table: str) -> pl.LazyFrame:
        return pl.scan_parquet([self._path(table, piece["file"]) for piece in self._pieces[table]])


def _n_rows(rows: pl.DataFrame | pl.LazyFrame) -> int:
    return int(rows.lazy().select(pl.len()).collect().item())


def _naming(base_iri: str, sources: pl.DataFrame) -> Naming:
    return Naming(base_iri, dict(zip(sources["source"], sources["iri"], strict=True)))


def _usable(snapshot: Snapshot, base_iri: str) -> bool:
    """Tell whether pieces can be taken from a snapshot: made as this one is, and all as its manifest says."""
    made_alike = (snapshot.manifest["base_iri"], snapshot.manifest["made_by"]) == (base_iri, _MADE_BY)
    return made_alike and snapshot.has_its_tables()


def _pieces_by_state(snapshot: Snapshot | None) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Return the pieces of each unit of a snapshot."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for table, about in snapshot.manifest["tables"].items() if snapshot is not None else ():
        for piece in about["pieces"]:
            if piece["state"]:
                found[piece["state"]].append((table, piece))
    return dict(found)
