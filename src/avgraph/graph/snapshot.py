"""Immutable snapshots: tables as Parquet, the graph as an Oxigraph directory, a manifest with hashes.

A build writes into a temporary folder, renames it to the hash of its content, and then replaces one pointer
file; whoever reads sees the old snapshot or the new one, never a half.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph

from avgraph.errors import StoreError

__all__ = ["FORMAT", "MANIFEST", "Snapshot", "build_lock", "current_snapshot", "file_hash", "is_intact", "point_to",
           "read_snapshot", "store_files", "sync"]  # fmt: skip

#: Version of the layout; an older snapshot is rebuilt, not misread.
FORMAT = 7
_POINTER = "current"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A complete build.

    Attributes
    ----------
    path
        Its folder.
    manifest
        ``content`` (hash over all), ``quads`` (``count``), ``store`` (file → bytes), ``tables`` (name → ``rows`` and
        ``pieces``, each with file, rows, sha256 and the state of its sources), ``base_iri``, ``name``, ``inputs``
        (source → sha256), ``format``.
    """

    path: Path
    manifest: dict[str, Any]

    @property
    def store_path(self) -> Path:
        """Folder of the Oxigraph store."""
        return self.path / "store"

    def table(self, name: str) -> pl.DataFrame:
        """Return one table, such as ``"credit"`` or ``"entities"``."""
        try:
            return self.scan(name).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"the snapshot lacks a readable table {name!r}", "build again with: avgraph build", str(self.path)
            ) from error

    def scan(self, name: str) -> pl.LazyFrame:
        """Return one table to be read as far as it is needed."""
        return pl.scan_parquet([self.piece_path(name, piece) for piece in self.manifest["tables"][name]["pieces"]])

    def piece(self, name: str, piece: Mapping[str, Any]) -> pl.DataFrame:
        """Return one piece of a table, as the manifest lists it."""
        return pl.read_parquet(self.piece_path(name, piece))

    def piece_path(self, name: str, piece: Mapping[str, Any]) -> Path:
        """Return the file of a piece."""
        return self.path / "tables" / name / str(piece["file"])

    def has_its_tables(self) -> bool:
        """Tell whether all tables are what the manifest says."""
        pieces = ((table, piece) for table, about in self.manifest["tables"].items() for piece in about["pieces"])
        try:
            return all(file_hash(self.piece_path(table, piece)) == piece["sha256"] for table, piece in pieces)
        except OSError:
            return False


def current_snapshot(build_dir: Path) -> Snapshot | None:
    """Return the last complete snapshot below `build_dir`, or None."""
    try:
        name = (build_dir / _POINTER).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return read_snapshot(build_dir / "snapshots" / name)


def read_snapshot(path: Path) -> Snapshot | None:
    """Return the snapshot in folder `path`, or None where there is no complete one of this format."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Snapshot(path, manifest) if manifest.get("format") == FORMAT else None


@contextmanager
def build_lock(build_dir: Path) -> Iterator[None]:
    """Hold the right to build below `build_dir`; the system frees it when the process ends, however it ends.

    Raises
    ------
    StoreError
        If another process is building there, or the folder cannot be written.
    """
    try:
        build_dir.mkdir(parents=True, exist_ok=True)
        handle = (build_dir / "lock").open("a+b")
    except OSError as error:
        raise StoreError(
            f"cannot write there: {error.strerror}", "check the folder's permissions", str(build_dir)
        ) from error
    with handle:
        try:
            _lock(handle.fileno())
        except OSError as error:
            raise StoreError(
                "another build is running in this workspace", "wait for it to end", str(build_dir)
            ) from error
        yield


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def store_files(path: Path) -> dict[str, int]:
    """Return the files that hold a store's quads, with their sizes.

    A store is damaged where they are not those that its manifest lists; counting its quads would take 0.3 s for a
    million. What is damaged within a file RocksDB finds by its checksums where it reads.
    """
    return {file.name: file.stat().st_size for file in sorted(path.iterdir()) if file.suffix in (".sst", ".log")}


def is_intact(path: Path) -> bool:
    """Tell whether a complete snapshot lies there whose tables and store are what its manifest says."""
    snapshot = read_snapshot(path)
    if snapshot is None or not snapshot.has_its_tables():
        return False
    try:
        pyoxigraph.Store.read_only(str(snapshot.store_path))
        return bool(store_files(snapshot.store_path) == snapshot.manifest["store"])
    except (OSError, RuntimeError, ValueError):
        return False


def point_to(build_dir: Path, name: str) -> None:
    """Swap the pointer, then drop all snapshots but this and the one it replaced: somebody may still read that."""
    pointer = build_dir / _POINTER
    before = pointer.read_text(encoding="ascii").strip() if pointer.exists() else None
    if before == name:
        return
    new = build_dir / f"{_POINTER}.new"
    new.write_text(name + "\n", encoding="ascii")
    sync(new)
    new.replace(pointer)
    for other in (build_dir / "snapshots").iterdir():
        if other.name not in (name, before):
            shutil.rmtree(other, ignore_errors=True)


def sync(path: Path) -> None:
    """Have a file on the disk before anything points to it."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
