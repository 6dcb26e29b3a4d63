"""Graphs out of files: RDF files and exported tables, opened in memory or imported into a folder once for all."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pyoxigraph

from avgraph.errors import SourceError, StoreError, cannot_write
from avgraph.graph.backend import open_oxigraph
from avgraph.graph.export import RDF_SUFFIXES, rdf_format_of
from avgraph.graph.snapshot import build_lock
from avgraph.graph.tables import TABLES_NAME, read_tables
from avgraph.graph.writing import write_snapshot
from avgraph.workspace import CONFIG_NAME

__all__ = ["import_graph", "load_graph", "opened_store"]

#: The file that marks a folder as an imported graph.
_MARK = "graph.json"
_VERSION = 1


def opened_store(path: Path) -> pyoxigraph.Store | None:
    """Return the store of an RDF file (in memory), an imported graph or a folder of exported tables, None of another.

    Raises
    ------
    SourceError
        If the file or the tables cannot be read.
    StoreError
        If the imported graph is damaged.
    """
    if path.is_file():
        return load_graph([path])
    if (path / _MARK).is_file():
        return open_oxigraph(path / "store")
    return load_graph([path]) if (path / TABLES_NAME).is_file() else None


def load_graph(paths: Sequence[Path], store: pyoxigraph.Store | None = None) -> pyoxigraph.Store:
    """Load RDF files, and folders of exported tables, into a store; by default one in memory.

    Blank nodes of different files are different.

    Raises
    ------
    SourceError
        If one of them cannot be read, with the line and column of the fault.
    """
    store = pyoxigraph.Store() if store is None else store
    for path in paths:
        if path.is_dir():
            for part in read_tables(path).lines():
                store.bulk_load("".join(f"{line}\n" for line in part).encode(), pyoxigraph.RdfFormat.N_QUADS)
        else:
            _load_file(store, path)
    return store


def _load_file(store: pyoxigraph.Store, path: Path) -> None:
    rdf_format = rdf_format_of(path)
    if rdf_format is None:
        known = " ".join(RDF_SUFFIXES)
        raise SourceError(f"no RDF format has the suffix {path.suffix!r}", f"the suffix tells it: {known}", str(path))
    # Relative IRIs are read against the file's name, not its folder, which is of this machine.
    base = f"file:///{quote(path.name)}"
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            store.bulk_load(stream, rdf_format, base_iri=base)  # type: ignore[arg-type]
    except SyntaxError as error:
        place = f"line {error.lineno}, column {error.offset}" if error.lineno else None
        message = f"not the RDF that its suffix tells: {error.msg}"
        raise SourceError(message, "mend it there, or give the file its right suffix", str(path), place) from error
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"cannot be read: {reason}", "check the file and its permissions", str(path)) from error


def import_graph(paths: Sequence[Path], folder: Path) -> int:
    """Import RDF files, or one folder of exported tables, into a folder that opens at once, whatever its size.

    An earlier import there is replaced, once the new one is complete.

    Parameters
    ----------
    paths
        RDF files, or a single folder of tables; of tables a snapshot is made, which also finds names without accents.
    folder
        Created; or that of an earlier import.

    Returns
    -------
    int
        Number of quads.

    Raises
    ------
    SourceError
        If one of them cannot be read.
    StoreError
        If `folder` is something else already, or cannot be written.
    """
    if (folder / CONFIG_NAME).exists():
        raise StoreError("that is a workspace, which builds its graph itself", "choose another folder", str(folder))
    tables = [path for path in paths if path.is_dir()]
    mark = folder / (".avgraph" if tables else _MARK)
    if folder.exists() and not mark.exists() and (folder.is_file() or any(folder.iterdir())):
        raise StoreError("something else lies there already", "choose another folder, or empty this one", str(folder))
    if tables:
        if len(paths) > 1:
            raise SourceError("one folder of tables is imported at a time", "import the others apart", str(tables[0]))
        return _import_tables(tables[0], folder)
    work = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        store = pyoxigraph.Store(str(work / "store"))
        load_graph(paths, store)
        store.optimize()
        store.flush()
        n_quads = len(store)
        del store
        files = [{"file": path.name, "sha256": _sha256(path)} for path in paths]
        text = json.dumps({"avgraph_graph": _VERSION, "quads": n_quads, "files": files}, ensure_ascii=False, indent=1)
        (work / _MARK).write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        work.replace(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return n_quads


def _import_tables(tables: Path, folder: Path) -> int:
    data = read_tables(tables).dataset()
    name = str(json.loads((tables / TABLES_NAME).read_text(encoding="utf-8")).get("name") or tables.name)
    inputs = {source: sha256 or "" for source, sha256 in data.sources.select("source", "sha256").iter_rows()}
    with build_lock(folder / ".avgraph"):
        snapshot = write_snapshot(folder / ".avgraph", data, name, inputs, afresh=True)
    return int(snapshot.manifest["quads"]["count"])


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
