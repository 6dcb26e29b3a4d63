"""What was read before: source tables and documents under keys that name all they depend on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import Issue, StoreError
from avgraph.graph.shapes import QUARANTINE_SCHEMA, check_claims
from avgraph.model import KINDS, MENTION_SCHEMA, Block, ClaimTables, Document, SourceTables, claim_schema
from avgraph.sources import ArticleRead

__all__ = ["Cache", "KeptTables", "kept_mentions", "kept_quarantine", "mention_pieces", "n_mentions",
           "scan_claims", "sorted_mentions"]  # fmt: skip

_HEAD, _MENTIONS, _QUARANTINE = "source.json", "mentions.parquet", "quarantined.parquet"
_SIZES = "sizes.json"


@dataclass(frozen=True)
class KeptTables:
    """What one file yields, as :class:`avgraph.model.SourceTables`, on disk: its claims may be too many for memory.

    Attributes
    ----------
    key
        Hash of all that the tables depend on.
    source, issues
        As in :class:`avgraph.model.SourceTables`.
    n_claims
        How many claims the shapes let pass.
    """

    key: str
    folder: Path
    source: dict[str, Any]
    issues: tuple[Issue, ...]
    n_claims: int
    kinds: Sequence[Sequence[str]]

    @property
    def name(self) -> str:
        """Id of the source."""
        return str(self.source["source"])

    @property
    def n_parts(self) -> int:
        """How many parts the claims come in."""
        return len(self.kinds)


def kept_mentions(sources: Iterable[KeptTables]) -> pl.DataFrame:
    """Return what the sources call entities (:data:`avgraph.model.MENTION_SCHEMA`)."""
    return _read(MENTION_SCHEMA, [s.folder / _MENTIONS for s in sources])


def n_mentions(sources: Iterable[KeptTables]) -> int:
    """Return how many mentions there are, without reading them."""
    paths = [source.folder / _MENTIONS for source in sources]
    with _readable(paths):
        return int(pl.scan_parquet(paths).select(pl.len()).collect().item()) if paths else 0


def sorted_mentions(sources: Iterable[KeptTables]) -> pl.DataFrame:
    """Return what :func:`kept_mentions` returns, sorted by ``ref``, without holding it twice."""
    paths = [source.folder / _MENTIONS for source in sources]
    if not paths:
        return pl.DataFrame(schema=MENTION_SCHEMA)
    with _readable(paths):
        table = pl.scan_parquet(paths).sort("ref").collect(engine="streaming")
    return table.with_columns(pl.col("ref").set_sorted())


def mention_pieces(sources: Iterable[KeptTables], n_rows: int) -> Iterator[pl.DataFrame]:
    """Yield what :func:`kept_mentions` returns, in pieces of `n_rows` rows."""
    paths = [source.folder / _MENTIONS for source in sources]
    with _readable(paths):
        table = pl.scan_parquet(paths)
        for first in range(0, table.select(pl.len()).collect().item(), n_rows):
            yield table.slice(first, n_rows).collect()


def kept_quarantine(sources: Iterable[KeptTables]) -> pl.DataFrame:
    """Return the claims that the shapes refuse (:data:`avgraph.graph.shapes.QUARANTINE_SCHEMA`)."""
    return _read(QUARANTINE_SCHEMA, [s.folder / _QUARANTINE for s in sources])


def scan_claims(sources: Iterable[KeptTables], kind: str, part: int | None = None) -> pl.LazyFrame:
    """Return the claims of a kind, of all parts or of one, in the order of the sources."""
    paths = [
        source.folder / _part_name(kind, number)
        for source in sources
        for number in (range(source.n_parts) if part is None else (part,))
        if number < source.n_parts and kind in source.kinds[number]
    ]
    return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=claim_schema(KINDS[kind]))


def _read(schema: dict[str, Any], paths: list[Path]) -> pl.DataFrame:
    with _readable(paths):
        return pl.read_parquet(paths) if paths else pl.DataFrame(schema=schema)


@contextmanager
def _readable(paths: Sequence[Path]) -> Iterator[None]:
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError("a kept table cannot be read", "build again with: avgraph build --force",
                         str(paths[0].parent.parent)) from error  # fmt: skip


def _part_name(kind: str, number: int) -> str:
    return f"{KINDS[kind].table}-{number:04d}.parquet"


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

    def find(self, key: str) -> KeptTables | None:
        """Return the source tables kept under `key`, None where there are none."""
        folder = self._entry(key)
        head = None if self._fresh else _read_json(folder / _HEAD)
        if head is None or _sizes(folder) != head["sizes"]:
            return None
        self.n_reused += 1
        return _kept(key, folder, head)

    def tables(self, key: str, read: Callable[[Callable[[ClaimTables], None]], SourceTables]) -> KeptTables:
        """Return the source tables kept under `key`, else those that `read` gives, which are then kept.

        Claims that the shapes refuse are kept apart.

        Parameters
        ----------
        read
            Gets a function that takes claims, part by part; those in the tables it returns are taken, too.
        """
        return self.find(key) or self._filled(key, read)

    def keep(self, key: str, tables: SourceTables) -> KeptTables:
        """Keep source tables under `key`, and return them as kept."""
        return self._filled(key, lambda take: tables)

    def _filled(self, key: str, read: Callable[[Callable[[ClaimTables], None]], SourceTables]) -> KeptTables:
        def write(folder: Path) -> None:
            filling = _Filling(folder)
            filling.finish(read(filling.take))

        self._write(key, write)
        folder = self._entry(key)
        return _kept(key, folder, _read_json(folder / _HEAD))

    def noted(self, key: str) -> Any:
        """Return what was noted under `key`, None where nothing was."""
        return None if self._fresh else _read_json(self._entry(key) / "note.json")

    def note(self, key: str, value: Any) -> None:
        """Keep a small value (JSON) under `key`."""
        text = json.dumps(value, ensure_ascii=False)
        self._write(key, lambda folder: (folder / "note.json").write_text(text, "utf-8", errors="surrogatepass"))

    def files(self, key: str, write: Callable[[Path], None]) -> Path:
        """Return the folder of tables kept under `key`, else one that `write` fills."""
        folder = self._entry(key)
        sizes = None if self._fresh else _read_json(folder / _SIZES)
        if sizes is None or _sizes(folder) != sizes:

            def fill(work: Path) -> None:
                write(work)
                (work / _SIZES).write_text(json.dumps(_sizes(work)), encoding="utf-8")

            self._write(key, fill)
        return folder

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


class _Filling:
    """An entry on its way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kinds: list[list[str]] = []
        self._quarantined = [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
        self._n_claims = 0

    def take(self, claims: ClaimTables) -> None:
        valid, refused = check_claims(claims)
        self._quarantined.append(refused)
        kinds = [kind for kind, table in valid.items() if table.height]
        for kind in kinds:
            self._n_claims += valid[kind].height
            valid[kind].write_parquet(self._folder / _part_name(kind, len(self._kinds)))
        self._kinds.append(kinds)

    def finish(self, tables: SourceTables) -> None:
        if any(table.height for table in tables.claims.values()):
            self.take(tables.claims)
        pl.concat(self._quarantined).write_parquet(self._folder / _QUARANTINE)
        tables.mentions.write_parquet(self._folder / _MENTIONS)
        head = {
            "source": tables.source, "kinds": self._kinds, "n_claims": self._n_claims,
            "issues": [asdict(i) for i in tables.issues], "sizes": _sizes(self._folder),
        }  # fmt: skip
        (self._folder / _HEAD).write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.parquet"))}


def _kept(key: str, folder: Path, head: dict[str, Any]) -> KeptTables:
    issues = tuple(Issue(**i) for i in head["issues"])
    return KeptTables(key, folder, head["source"], issues, head["n_claims"], head["kinds"])


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError):
        return None
