"""The record files of a workspace: who reads which, and what they say."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from avgraph._version import __version__
from avgraph.build.cache import Cache, KeptTables
from avgraph.errors import AvgraphError, Issue, SourceError
from avgraph.model import ClaimTables, SourceTables
from avgraph.progress import Progress, silent
from avgraph.sources import TableMapping, read_mapping, read_table
from avgraph.sources.archives import is_archive, unpack
from avgraph.sources.containers import container
from avgraph.sources.formatfile import bind_format, is_format, read_format
from avgraph.sources.mapping import named_file
from avgraph.sources.recognition import Catalogue, no_format
from avgraph.sources.rules import TableFormat
from avgraph.text import content_hash
from avgraph.workspace import holds_records

__all__ = ["RecordFile", "RecordReader", "plan", "split_paths"]


@dataclass(frozen=True)
class RecordFile:
    """A file to be read.

    Attributes
    ----------
    path
        The data file; for a mapping that names none, the mapping.
    name
        Path below the workspace, ``/`` as separator.
    mapping
        The mapping that names it, None where its format is to be recognised.
    inner
        Mappings outside an archive that name members of it.
    """

    path: Path
    name: str
    mapping: Path | None = None
    inner: tuple[tuple[Path, str], ...] = ()


def plan(root: Path, tomls: list[Path], data: list[Path]) -> tuple[list[RecordFile], list[TableFormat], list[Issue]]:
    """Return who reads what, mappings first; the formats among the TOML files; and what is wrong with those.

    Parameters
    ----------
    root
        Names are relative to it.
    tomls
        Mappings and formats.
    data
        All other files.
    """
    formats: list[TableFormat] = []
    issues: list[Issue] = []
    files: list[RecordFile] = []
    taken: set[Path] = set()
    mappings: set[Path] = set()
    inside: dict[Path, list[tuple[Path, str]]] = {}
    archives = {path for path in data if is_archive(path)}
    for path in tomls:
        name = path.relative_to(root).as_posix()
        if is_format(path):
            try:
                formats.append(read_format(path, name, own=True))
            except AvgraphError as error:
                issues += error.issues(name)
            continue
        mappings.add(path)
        target = named_file(path)
        archive = None if target is None else next((a for a in archives if a in target.parents), None)
        if target is not None and archive is not None:
            inside.setdefault(archive, []).append((path, target.relative_to(archive).as_posix()))
            continue
        if target is not None:
            taken.add(target.resolve())
        files.append(RecordFile(target or path, name, path))
    for path in data:
        # A file whose mapping is broken is not for others to read.
        if path.resolve() not in taken and (path in archives or path.with_suffix(".toml") not in mappings):
            files.append(RecordFile(path, path.relative_to(root).as_posix(), None, tuple(inside.get(path, ()))))
    return files, formats, issues


@dataclass(frozen=True)
class _Part:
    """What came of one file; issues of the table itself stand in the table."""

    tables: SourceTables | KeptTables | None = None
    issues: tuple[Issue, ...] = ()
    key: str = ""


class RecordReader:
    """Reads record files one by one; a bad one never stops the others.

    Parameters
    ----------
    root
        The workspace folder.
    catalogue
        The formats that files are compared with.
    cache
        Where earlier results lie; without one everything is read, and nothing is written.
    progress
        Told how many claims are read.

    Attributes
    ----------
    issues
        Problems of mappings, rows and files, as far as they have been read.
    """

    def __init__(
        self, root: Path, catalogue: Catalogue, cache: Cache | None = None, progress: Progress = silent
    ) -> None:
        self.issues: list[Issue] = []
        self._root = root
        self._catalogue = catalogue
        self._cache = cache
        self._progress = progress
        self._n_claims = 0

    def read(self, file: RecordFile) -> Iterator[SourceTables | KeptTables]:
        """Yield the tables of a file: one, or of an archive one for each member that can be read."""
        archive = file.mapping is None and is_archive(file.path)
        for part in self._archive(file) if archive else [self._part(file, self._root, self._catalogue)]:
            self.issues += part.issues
            if part.tables is not None:
                self.issues += part.tables.issues
                yield part.tables

    def _part(self, file: RecordFile, root: Path, catalogue: Catalogue, *, passing: bool = False) -> _Part:
        """Return what comes of a file that is no archive; a `passing` one lies there for this moment only."""
        try:
            if file.mapping is None:
                found = catalogue.recognise(file.path, file.name)
                if len(found.matches) != 1:
                    error = no_format(found, file.path, file.name)
                    severity = "error" if found.matches else "warning"
                    return _Part(issues=(Issue(file.name, "", error.message, error.hint or "", severity),))
                mapping = bind_format(found.matches[0][0], file.path, file.name, found.matches[0][1])
            else:
                mapping = read_mapping(file.mapping, root, lambda: catalogue.formats)
            return self._table(mapping, passing=passing)
        except AvgraphError as error:
            return _Part(issues=error.issues(file.name))

    def _table(self, mapping: TableMapping, *, passing: bool) -> _Part:
        """Return the claims of a table, from the cache where it was read so before."""
        if self._cache is None:
            return _Part(read_table(mapping))
        sha256 = _hashed(None if passing else self._cache, mapping.data_path, mapping.name)
        code = container(mapping.options.format)
        version = code.version if code is not None else ""
        key = content_hash("table", __version__, mapping.name, mapping.key, mapping.options.format, version, sha256)
        return _Part(self._cache.tables(key, lambda take: read_table(mapping, self._counted(take))), key=key)

    def _counted(self, take: Callable[[ClaimTables], None]) -> Callable[[ClaimTables], None]:
        """Return what takes claims, too, and tells how many there are."""

        def counted(claims: ClaimTables) -> None:
            take(claims)
            self._n_claims += sum(table.height for table in claims.values())
            self._progress("claims of records", self._n_claims, 0)

        return counted

    def _archive(self, file: RecordFile) -> Iterator[_Part]:
        """Yield what comes of an archive's members; one that was read before is not unpacked again."""
        try:
            if self._cache is None:
                yield from self._members(file, None)
                return
            outer = (part for path, member in file.inner for part in (str(path), _text(path), member))
            sha256 = _hashed(self._cache, file.path, file.name)
            key = content_hash("archive", __version__, file.name, sha256, self._catalogue.key, *outer)
            known = self._noted(key)
            if known is None:
                known = list(self._members(file, self._cache.scratch()))
                self._cache.note(key, [{"key": p.key, "issues": [asdict(i) for i in p.issues]} for p in known])
            yield from known
        except AvgraphError as error:
            yield _Part(issues=error.issues(file.name))

    def _noted(self, key: str) -> list[_Part] | None:
        """Return what came of an archive in an earlier build, None where that is not all there."""
        noted = self._cache.noted(key) if self._cache is not None else None
        if self._cache is None or noted is None:
            return None
        parts = []
        for entry in noted:
            tables = self._cache.find(entry["key"]) if entry["key"] else None
            if entry["key"] and tables is None:
                return None
            parts.append(_Part(tables, tuple(Issue(**issue) for issue in entry["issues"]), entry["key"]))
        return parts

    def _members(self, file: RecordFile, scratch: Path | None) -> Iterator[_Part]:
        """Yield what comes of the members of an archive, unpacked for as long as that takes."""
        with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=scratch) as folder:
            root = Path(folder)
            unpacked = []
            for member in unpack(file.path, root / file.name, file.name):
                if member.path is not None:
                    unpacked.append(member.path)
                elif member.issue is not None:
                    yield _Part(issues=(member.issue,))
            tomls, data = split_paths(sorted(unpacked))
            named = {root / file.name / member for _, member in file.inner}
            files, own, issues = plan(root, tomls, [p for p in data if p not in named])
            catalogue = Catalogue([*self._catalogue.own, *own])
            if issues:
                yield _Part(issues=tuple(issues))
            for path, name in file.inner:
                yield self._inner(file, path, name, root / file.name / name)
            for inner in files:
                yield self._part(inner, root, catalogue, passing=True)

    def _inner(self, file: RecordFile, mapping: Path, member: str, path: Path) -> _Part:
        """Return what comes of a member that a mapping outside the archive names."""
        where = mapping.relative_to(self._root).as_posix()
        if not path.is_file():
            hint = f"avgraph inspect {file.name} lists them"
            return _Part(issues=(Issue(where, "table.file", f"{file.path.name} has no member {member!r}", hint),))
        name = f"{file.name}/{member}"
        try:
            bound = read_mapping(mapping, self._root, lambda: self._catalogue.formats, data_path=path, name=name)
            return self._table(bound, passing=True)
        except AvgraphError as error:
            return _Part(issues=error.issues(where))


def split_paths(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Return the TOML files among `paths`, and the data files."""
    listed = list(paths)
    return [p for p in listed if p.suffix.lower() == ".toml"], [p for p in listed if holds_records(p)]


def _hashed(cache: Cache | None, path: Path, name: str) -> str:
    """Return the SHA-256 of a file, which a cache may know."""
    try:
        if cache is not None:
            return cache.file_hash(path)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}", "check that it exists and may be read", name
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
