"""What was read before: source tables and documents under keys that name all they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.model import KINDS, Block, Document, SourceTables
from avgraph.sources import ArticleRead

__all__ = ["Cache"]


class Cache:
    """A folder of earlier results; whatever cannot be read back counts as absent.

    Parameters
    ----------
    folder
        Created on first use.
    fresh
        Give nothing back, so that everything is read again; it is kept all the same.

    Attributes
    ----------
    n_reused
        How many source tables were given back.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.n_reused = 0
        self._folder = folder
        self._fresh = fresh
        self._used: set[str] = set()
        self._stats_path = folder / "files.json"
        self._stats: dict[str, list[Any]] = _read_json(self._stats_path) or {}

    def file_hash(self, path: Path) -> str:
        """Return the SHA-256 of a file; its bytes are read only if size or time of change differ from last time."""
        stat = path.stat()
        known = self._stats.get(str(path))
        if known and known[:2] == [stat.st_size, stat.st_mtime_ns]:
            return str(known[2])
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        self._stats[str(path)] = [stat.st_size, stat.st_mtime_ns, digest]
        return digest

    def tables(self, key: str, read: Callable[[], SourceTables]) -> SourceTables:
        """Return the source tables kept under `key`, else what `read` gives, which is then kept."""
        tables = self.find(key)
        if tables is None:
            tables = read()
            self.keep(key, tables)
        return tables

    def find(self, key: str) -> SourceTables | None:
        """Return the source tables kept under `key`, None where there are none."""
        tables = self._kept_tables(key)
        self.n_reused += tables is not None
        return tables

    def noted(self, key: str) -> Any:
        """Return what was noted under `key`, None where nothing was."""
        return None if self._fresh else _read_json(self._entry(key) / "note.json")

    def note(self, key: str, value: Any) -> None:
        """Keep a small value (JSON) under `key`."""
        text = json.dumps(value, ensure_ascii=False)
        self._write(key, lambda folder: (folder / "note.json").write_text(text, "utf-8", errors="surrogatepass"))

    def scratch(self) -> Path:
        """Return a folder for what is unpacked; whatever is left there the next build clears."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def document(self, key: str, read: Callable[[], ArticleRead]) -> tuple[Document, tuple[Issue, ...]]:
        """Return the document kept under `key` with the issues of reading it, else what `read` gives."""
        data = None if self._fresh else _read_json(self._entry(key) / "document.json")
        if data is None:
            article = read()
            self._keep_document(key, article.document, article.issues)
            return article.document, article.issues
        blocks = tuple(Block(*b) for b in data["document"].pop("blocks"))
        return Document(**data["document"], blocks=blocks), tuple(Issue(**i) for i in data["issues"])

    def _kept_tables(self, key: str) -> SourceTables | None:
        folder = self._entry(key)
        head = None if self._fresh else _read_json(folder / "source.json")
        if head is None:
            return None
        try:
            mentions = pl.read_parquet(folder / "mentions.parquet")
            claims = {kind: pl.read_parquet(folder / f"{KINDS[kind].table}.parquet") for kind in head["kinds"]}
        except (OSError, pl.exceptions.PolarsError):
            return None
        return SourceTables(head["source"], mentions, claims, tuple(Issue(**i) for i in head["issues"]))

    def keep(self, key: str, tables: SourceTables) -> None:
        """Keep source tables under `key`."""

        def write(folder: Path) -> None:
            tables.mentions.write_parquet(folder / "mentions.parquet")
            kinds = [kind for kind, table in tables.claims.items() if table.height]
            for kind in kinds:
                tables.claims[kind].write_parquet(folder / f"{KINDS[kind].table}.parquet")
            head = {"source": tables.source, "kinds": kinds, "issues": [asdict(i) for i in tables.issues]}
            (folder / "source.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")

        self._write(key, write)

    def _keep_document(self, key: str, document: Document, issues: Iterable[Issue]) -> None:
        fields = asdict(document) | {"blocks": [[b.kind, b.start, b.end] for b in document.blocks]}
        text = json.dumps({"document": fields, "issues": [asdict(i) for i in issues]}, ensure_ascii=False)
        self._write(
            key, lambda folder: (folder / "document.json").write_text(text, encoding="utf-8", errors="surrogatepass")
        )

    def close(self) -> None:
        """Drop what this build did not use, and remember the files' hashes."""
        if not self._folder.is_dir():
            return
        for entry in self._folder.iterdir():
            if entry.is_dir() and entry.name not in self._used:
                shutil.rmtree(entry, ignore_errors=True)
        new = self._stats_path.with_suffix(".new")
        new.write_text(json.dumps(self._stats), encoding="utf-8")
        new.replace(self._stats_path)

    def _entry(self, key: str) -> Path:
        self._used.add(key)
        return self._folder / key

    def _write(self, key: str, write: Any) -> None:
        """Fill a folder aside and rename it, so that a killed build leaves no half entry."""
        work = self._folder / f".{key}-{os.getpid()}"
        work.mkdir(parents=True, exist_ok=True)
        write(work)
        target = self._entry(key)
        shutil.rmtree(target, ignore_errors=True)
        work.replace(target)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError):
        return None
