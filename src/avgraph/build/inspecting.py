"""Looking at record files as a build would read them, inside a workspace or outside."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from avgraph.build.records import RecordFile, plan, split_paths
from avgraph.errors import AvgraphError, Issue, MappingError, SourceError
from avgraph.sources.archives import is_archive, unpack
from avgraph.sources.formatfile import bind_format, is_format, read_format
from avgraph.sources.inspection import Inspection, inspect_table
from avgraph.sources.mapping import read_mapping
from avgraph.sources.recognition import Catalogue, Recognition, no_format
from avgraph.sources.rules import TableFormat, TableMapping, TableOptions
from avgraph.workspace import ARTICLE_SUFFIXES, CONFIG_NAME

__all__ = ["inspect_file"]


def inspect_file(
    path: Path, mapping: Path | None = None, *, whole: bool = False, n_claims: int = 10
) -> Iterator[Inspection]:
    """Yield what a build sees of a file; of an archive one inspection for each member.

    Mappings and formats of the workspace that the file lies in count, or else those beside the file.

    Parameters
    ----------
    path
        The data file.
    mapping
        The mapping or format to read it with, whatever else there is.
    whole
        Read all rows, not only the first.
    n_claims
        How many claims are shown.

    Raises
    ------
    SourceError
        If it is no record file, or cannot be read.
    """
    if path.is_dir():
        raise SourceError("a folder, no file", f"name the files in it: {path}/*", str(path))
    if not path.exists():
        raise SourceError("there is no such file", "check the path", str(path))
    if path.suffix.lower() == ".toml":
        hint = "name the data file; --mapping takes a mapping"
        raise SourceError("a mapping or format, no data file", hint, str(path))
    if path.suffix.lower() in ARTICLE_SUFFIXES and path.suffix.lower() != ".txt":
        raise SourceError("an article, no record file", f"avgraph extract {path} shows what it says", str(path))
    root = next((p for p in path.resolve().parents if (p / CONFIG_NAME).is_file()), path.resolve().parent)
    look = _Look(root, whole, n_claims)
    if mapping is not None:
        yield look.given(path, str(path), mapping)
        return
    tomls = sorted((root / "records").rglob("*.toml")) if (root / CONFIG_NAME).is_file() else []
    tomls = tomls or sorted(path.resolve().parent.glob("*.toml"))
    files, own, issues = plan(root, [t for t in tomls if t.name != CONFIG_NAME], [path.resolve()])
    look.catalogue = Catalogue(own)
    about = [f for f in files if f.path.resolve() == path.resolve()]
    # A format that cannot be read may be the one that is meant: it is told where nothing reads the file.
    look.issues = issues
    if is_archive(path):
        yield from look.archive(path, about[0] if about else None)
    else:
        yield look.file(path, str(path), about[0].mapping if about else None)


class _Look:
    """How files are looked at."""

    def __init__(self, root: Path, whole: bool, n_claims: int) -> None:
        self.root = root
        self.whole = whole
        self.n_claims = n_claims
        self.catalogue = Catalogue()
        self.issues: list[Issue] = []

    def given(self, path: Path, name: str, mapping: Path) -> Inspection:
        """Return what a mapping or format that was named makes of a file."""
        try:
            if not is_format(mapping):
                return self._seen(path, name, read_mapping(mapping, mapping.parent, data_path=path, name=name))
            format_ = read_format(mapping, str(mapping), own=True)
            found = Catalogue([format_], shipped=False).recognise(path, name)
            if found.matches:
                return self._bound(path, name, *found.matches[0])
            lacking = ", ".join(format_.missing(found.columns)) or "nothing, yet its name or other columns"
            message = f"{format_.name} does not fit: the file lacks {lacking}"
            hint = f"columns of the file: {', '.join(found.columns[:20])}"
            return self._unread(path, name, found, [Issue(name, "", message, hint)])
        except AvgraphError as error:
            return Inspection(name, issues=error.issues(name))

    def file(self, path: Path, name: str, mapping: Path | None) -> Inspection:
        """Return what is seen of a file that is no archive."""
        issues = list(self.issues)
        try:
            if mapping is not None:
                try:
                    bound = read_mapping(mapping, self.root, lambda: self.catalogue.formats, data_path=path, name=name)
                    return self._seen(path, name, bound)
                except MappingError as error:
                    issues += error.issues(name)
            found = self.catalogue.recognise(path, name)
            if mapping is not None:
                return self._unread(path, name, replace(found, near=()), issues)
            if len(found.matches) == 1:
                return self._bound(path, name, *found.matches[0])
            missed = no_format(found, path, name)
            if found.options is not None and not found.matches:
                missed.hint = "a mapping beside it can read it; --suggest drafts one"
            return self._unread(path, name, found, [*issues, *missed.issues(name)])
        except AvgraphError as error:
            return Inspection(name, issues=(*issues, *error.issues(name)))

    def _bound(self, path: Path, name: str, format_: TableFormat, options: TableOptions) -> Inspection:
        return self._seen(path, name, bind_format(format_, path, name, options), format_.reference or None)

    def _seen(self, path: Path, name: str, bound: TableMapping, reference: str | None = None) -> Inspection:
        return inspect_table(path, name, bound.options, bound, reference=reference, whole=self.whole,
                             n_claims=self.n_claims)  # fmt: skip

    def _unread(self, path: Path, name: str, found: Recognition, issues: list[Issue]) -> Inspection:
        options = None if found.options is None else replace(found.options, columns=())
        return inspect_table(path, name, options, None, near=found.near, issues=issues, whole=self.whole)

    def archive(self, path: Path, about: RecordFile | None) -> Iterator[Inspection]:
        """Yield what is seen of each member."""
        with tempfile.TemporaryDirectory(prefix="avgraph-") as folder:
            root = Path(folder)
            name = path.name
            unpacked = []
            for member in unpack(path, root / name, str(path)):
                if member.path is not None:
                    unpacked.append(member.path)
                elif member.issue is not None:
                    yield Inspection(f"{path}/{member.name}", issues=(member.issue,))
            tomls, data = split_paths(sorted(unpacked))
            files, own, issues = plan(root, tomls, data)
            inner = _Look(root, self.whole, self.n_claims)
            inner.catalogue = Catalogue([*self.catalogue.own, *own])
            inner.issues = [*self.issues, *issues]
            outer = {root / name / member: mapping for mapping, member in (about.inner if about is not None else ())}
            for file in files:
                if file.path.suffix.lower() != ".toml":
                    member_name = f"{path}/{file.path.relative_to(root / name).as_posix()}"
                    yield inner.file(file.path, member_name, outer.get(file.path, file.mapping))
