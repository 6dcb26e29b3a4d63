"""Reading every source of a workspace: record files and articles; what fails becomes an issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from avgraph._version import __version__
from avgraph.build.cache import Cache, KeptTables
from avgraph.build.records import RecordReader, plan
from avgraph.errors import AvgraphError, Issue, SourceError
from avgraph.model import Document, SourceTables
from avgraph.progress import Progress, silent
from avgraph.sources import read_article
from avgraph.sources.article import READER_VERSION
from avgraph.sources.recognition import Catalogue
from avgraph.text import content_hash
from avgraph.workspace import Workspace

__all__ = ["ArticleSource", "SourceReader"]

_File = TypeVar("_File")


@dataclass(frozen=True)
class ArticleSource:
    """An article file.

    Attributes
    ----------
    name
        Workspace-relative path, ``/`` as separator: the id of the source.
    sha256
        Hash of its bytes; None where they cannot be read, and without a cache.
    document
        None where it cannot be read.
    """

    name: str
    sha256: str | None
    document: Document | None


class SourceReader:
    """Reads the sources of a workspace one by one; a bad file never stops the others.

    Parameters
    ----------
    workspace
        The folder to read.
    cache
        Where earlier results lie; without one everything is read, and nothing is written.
    progress
        Told of every step.

    Attributes
    ----------
    issues
        Problems of mappings, rows and files, as far as they have been read.
    """

    def __init__(self, workspace: Workspace, cache: Cache | None = None, progress: Progress | None = None) -> None:
        self.issues: list[Issue] = []
        self._workspace = workspace
        self._cache = cache
        self._progress = progress or silent

    def tables(self) -> Iterator[SourceTables | KeptTables]:
        """Yield the tables that could be read; at the end, files that nothing reads are among the issues."""
        space = self._workspace
        files, own, issues = plan(space.root, space.mapping_paths(), space.record_paths())
        catalogue = Catalogue(own)
        records = RecordReader(space.root, catalogue, self._cache, self._progress)
        for file in self._told("reading records", files):
            yield from records.read(file)
        # What packages fail to bring matters only where a file waits for a format.
        missed = catalogue.issues if any(file.mapping is None for file in files) else ()
        self.issues += (*issues, *missed, *records.issues, *space.unread_files())

    def articles(self) -> Iterator[ArticleSource]:
        """Yield every article, those that cannot be read without a document."""
        for path in self._told("reading articles", self._workspace.article_paths()):
            name = self._workspace.relative(path)
            sha256, document = None, None
            try:
                if self._cache is not None:
                    sha256 = _file_hash(self._cache, path, name)
                document, issues = self._document(path, name, sha256)
                self.issues += issues
            except AvgraphError as error:
                self.issues += error.issues(name)
            yield ArticleSource(name, sha256, document)

    def _document(self, path: Path, name: str, sha256: str | None) -> tuple[Document, tuple[Issue, ...]]:
        if self._cache is None or sha256 is None:
            read = read_article(path, name)
            return read.document, read.issues
        key = content_hash("document", __version__, READER_VERSION, name, sha256)
        return self._cache.document(key, partial(read_article, path, name))

    def _told(self, stage: str, paths: Sequence[_File]) -> Iterator[_File]:
        for done, path in enumerate(paths):
            self._progress(stage, done, len(paths))
            yield path
        self._progress(stage, len(paths), len(paths))


def _file_hash(cache: Cache, path: Path, name: str) -> str:
    try:
        return cache.file_hash(path)
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}", "check that it exists and may be read", name
        ) from error
