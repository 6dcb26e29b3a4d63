"""Filling an Oxigraph directory: loaded at once while its quads are still being written, or changed in a copy."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyoxigraph

from avgraph.errors import StoreError
from avgraph.graph.snapshot import Snapshot, store_files

__all__ = ["BulkLoad", "DamagedStoreError", "StoreChange", "copy_store"]


class DamagedStoreError(StoreError):
    """The store that a copy would be made of is not what its manifest says."""


class BulkLoad:
    """Loads a new store from lines that are fed to it; parsing and sorting go on beside the feeding."""

    def __init__(self, path: Path) -> None:
        self._path = path
        reader, writer = os.pipe()
        self._out = os.fdopen(writer, "wb", buffering=1 << 20)
        self._fault: BaseException | None = None
        self._thread: threading.Thread | None = threading.Thread(target=self._run, args=(reader,), daemon=True)
        self._thread.start()

    def _run(self, reader: int) -> None:
        # Where the pipe has a path, the loader reads it without asking Python for every piece.
        path = f"/dev/fd/{reader}"
        with os.fdopen(reader, "rb") as lines:
            source: dict[str, Any] = {"path": path} if os.path.exists(path) else {"input": lines}
            try:
                store = pyoxigraph.Store(str(self._path))
                store.bulk_load(**source, format=pyoxigraph.RdfFormat.N_QUADS)
                store.optimize()
                store.flush()
                self._n_quads = len(store)
            except BaseException as error:
                self._fault = error

    def feed(self, lines: pl.Series) -> None:
        """Load lines, each a quad without a line feed.

        Raises
        ------
        StoreError
            If the store cannot be written.
        """
        try:
            # A fifth of the time that Python takes to join them.
            lines.to_frame().write_csv(self._out, include_header=False, quote_style="never")
        except OSError as error:
            self.finish()
            raise StoreError(f"the store cannot be filled: {error}", where=str(self._path)) from error

    def finish(self) -> int:
        """Wait for the end; return the number of quads.

        Raises
        ------
        StoreError
            If the store cannot be written.
        """
        self._close()
        if self._fault is not None:
            raise StoreError(f"the store cannot be written: {self._fault}", "is the disk full?", str(self._path))
        return self._n_quads

    def cancel(self) -> None:
        """End without a store to use."""
        self._close()

    def _close(self) -> None:
        if self._thread is None:
            return
        thread, self._thread = self._thread, None
        with suppress(BrokenPipeError):  # what went wrong is told by the other end
            self._out.close()
        thread.join()


@dataclass(frozen=True)
class StoreChange:
    """Lines to take out of a store and to put in; both hold each line once, and none in common."""

    gone: pl.Series
    come: pl.Series


def copy_store(snapshot: Snapshot, path: Path, change: StoreChange) -> int:
    """Make a copy of a snapshot's store with a change; return its number of quads.

    Raises
    ------
    DamagedStoreError
        If the snapshot's store cannot be read, or has lost quads.
    """
    try:
        if store_files(snapshot.store_path) != snapshot.manifest["store"]:
            raise DamagedStoreError("its files are not those that were written", where=str(snapshot.store_path))
        pyoxigraph.Store.read_only(str(snapshot.store_path)).backup(str(path))
        store = pyoxigraph.Store(str(path))
        for quad in pyoxigraph.parse(_text(change.gone), pyoxigraph.RdfFormat.N_QUADS):
            if quad not in store:
                raise DamagedStoreError("it has lost quads", where=str(snapshot.store_path))
            store.remove(quad)
        # A quad that comes with one row may be there already: another says it, too.
        new = [quad for quad in pyoxigraph.parse(_text(change.come), pyoxigraph.RdfFormat.N_QUADS) if quad not in store]
        store.bulk_extend(new)
        store.flush()
    except (OSError, RuntimeError, ValueError) as error:
        raise DamagedStoreError(f"it cannot be read: {error}", where=str(snapshot.store_path)) from error
    return int(snapshot.manifest["quads"]["count"] - change.gone.len() + len(new))


def _text(lines: pl.Series) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
