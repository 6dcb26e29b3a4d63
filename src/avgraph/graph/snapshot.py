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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph

from avgraph.errors import StoreError
from avgraph.graph.quads import Dataset, quad_lines

__all__ = ["FORMAT", "Snapshot", "build_lock", "current_snapshot", "read_snapshot", "write_snapshot"]

#: Version of the layout; an older snapshot is rebuilt, not misread.
FORMAT = 1
_POINTER = "current"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A complete build.

    Attributes
    ----------
    path
        Its folder.
    manifest
        ``content`` (hash over all), ``quads`` (count, sha256), ``tables`` (name → rows, sha256), ``base_iri``,
        ``name``, ``inputs`` (source → sha256), ``format``.
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
            return pl.read_parquet(self.path / "tables" / f"{name}.parquet")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(
                f"the snapshot lacks a readable table {name!r}", "build again with: avgraph build", str(self.path)
            ) from error


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
        manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
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


def write_snapshot(build_dir: Path, data: Dataset, name: str, inputs: dict[str, str]) -> Snapshot:
    """Write `data` as a snapshot and make it the current one; call it while holding :func:`build_lock`.

    Returns
    -------
    Snapshot
        The one written, or the one already there with the same content.
    """
    snapshots = build_dir / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    for leftover in snapshots.glob(".writing-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = snapshots / f".writing-{os.getpid()}"
    (work / "tables").mkdir(parents=True)
    tables = {}
    for table_name, table in data.tables().items():
        path = work / "tables" / f"{table_name}.parquet"
        table.write_parquet(path, compression="zstd", statistics=True)
        tables[table_name] = {"rows": table.height, "sha256": _file_hash(path)}
    n_quads, quads_hash = _write_store(work, data)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "base_iri": data.base_iri,
        "inputs": dict(sorted(inputs.items())),
        "quads": {"count": n_quads, "sha256": quads_hash},
        "tables": dict(sorted(tables.items())),
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    manifest["content"] = hashlib.sha256(text.encode()).hexdigest()
    (work / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    target = snapshots / manifest["content"][:16]
    if _intact(target):
        shutil.rmtree(work)
    else:
        shutil.rmtree(target, ignore_errors=True)
        _sync(work / _MANIFEST)
        work.replace(target)
    _point(build_dir, target.name)
    return Snapshot(target, manifest)


def _intact(path: Path) -> bool:
    """Tell whether a complete snapshot lies there whose tables and store are what its manifest says."""
    snapshot = read_snapshot(path)
    if snapshot is None:
        return False
    try:
        tables = snapshot.manifest["tables"].items()
        if any(_file_hash(path / "tables" / f"{name}.parquet") != about["sha256"] for name, about in tables):
            return False
        store = pyoxigraph.Store.read_only(str(snapshot.store_path))
        return bool(len(store) == snapshot.manifest["quads"]["count"])
    except (OSError, RuntimeError, ValueError):
        return False


def _write_store(work: Path, data: Dataset) -> tuple[int, str]:
    """Bulk-load the quads; return their count and the hash of their text."""
    lines = work / "quads.nq"
    digest = hashlib.sha256()
    with lines.open("wb") as out:
        for part in quad_lines(data):
            if part.len():
                chunk = ("\n".join(part) + "\n").encode()
                digest.update(chunk)
                out.write(chunk)
    store = pyoxigraph.Store(str(work / "store"))
    store.bulk_load(path=str(lines), format=pyoxigraph.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    n_quads = len(store)
    del store
    lines.unlink()
    return n_quads, digest.hexdigest()


def _point(build_dir: Path, name: str) -> None:
    """Swap the pointer, then drop all snapshots but this and the one it replaced: somebody may still read that."""
    pointer = build_dir / _POINTER
    before = pointer.read_text(encoding="ascii").strip() if pointer.exists() else None
    if before == name:
        return
    new = build_dir / f"{_POINTER}.new"
    new.write_text(name + "\n", encoding="ascii")
    _sync(new)
    new.replace(pointer)
    for other in (build_dir / "snapshots").iterdir():
        if other.name not in (name, before):
            shutil.rmtree(other, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _file_hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
