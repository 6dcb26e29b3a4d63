"""Which format reads a file: told by its first bytes, its columns and its name.

A format fits a file that has all its columns, none of those that must be absent, and a name like one of its globs, if
it has any.  Of several that fit, the one that knows more columns is taken, then the one that asks for the file's name,
then the workspace's own.  Where two are still equal a person must say which: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path

from avgraph.errors import AvgraphError, Issue, SourceError
from avgraph.sources.containers import container, containers_of, first_bytes, format_packages
from avgraph.sources.decoding import binary_kind
from avgraph.sources.formatfile import bind_format, read_format
from avgraph.sources.heads import head_of
from avgraph.sources.readers import read_columns, read_raw
from avgraph.sources.rules import TableFormat, TableMapping, TableOptions
from avgraph.text import content_hash

__all__ = ["Catalogue", "Near", "Recognition", "no_format", "shipped_formats"]

_N_NEAR = 3
_N_LISTED = 6
#: A format of which less than this share of columns is there is not near.
_NEAR_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Near:
    """A format that does not fit, and the columns that the file lacks for it."""

    format: TableFormat
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the head of a file tells.

    Attributes
    ----------
    matches
        The formats that fit best, each with how it opens the file: one, or several that fit equally; none where no
        format fits.
    near
        The formats that fit least badly, where none fits.
    options
        How the file is opened; without a format, as its first likely container. None where it holds no table.
    columns
        As the file writes them; empty where its head tells none.
    reason
        Why it holds no table, empty where it does.
    """

    matches: tuple[tuple[TableFormat, TableOptions], ...] = ()
    near: tuple[Near, ...] = ()
    options: TableOptions | None = None
    columns: tuple[str, ...] = ()
    reason: str = ""


@cache
def _shipped() -> tuple[tuple[TableFormat, ...], tuple[Issue, ...]]:
    packages, loading = format_packages()
    formats: list[TableFormat] = []
    issues = list(loading)
    for package in packages:
        for path in sorted(package.folder.glob("*.toml")):
            where = f"formats of {package.name}: {path.name}"
            try:
                formats.append(read_format(path, where))
            except AvgraphError as error:
                issues += error.issues(where)
    return tuple(formats), tuple(issues)


def shipped_formats() -> tuple[TableFormat, ...]:
    """Return the formats of avgraph and of installed packages, by file name."""
    return _shipped()[0]


class Catalogue:
    """The formats that files are compared with.

    Parameters
    ----------
    own
        Formats of a workspace beside the shipped ones; one with the key of a shipped one stands in its place.
    shipped
        Whether the shipped ones count.
    """

    def __init__(self, own: Iterable[TableFormat] = (), *, shipped: bool = True) -> None:
        self._own = tuple(own)
        self._shipped = shipped
        self._read: dict[tuple[Path, TableOptions], list[str] | None] = {}

    @cached_property
    def formats(self) -> dict[str, TableFormat]:
        """The formats by key; the shipped ones are read when they are first asked for."""
        return {f.key: f for f in (*(shipped_formats() if self._shipped else ()), *self._own)}

    @property
    def own(self) -> tuple[TableFormat, ...]:
        """Those of the workspace."""
        return self._own

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Of installed packages whose formats cannot be loaded."""
        return _shipped()[1] if self._shipped else ()

    @property
    def key(self) -> str:
        """Hash of all formats."""
        return content_hash(*(part for key, f in sorted(self.formats.items()) for part in (key, f.text)))

    def mapping(self, path: Path, name: str) -> TableMapping:
        """Return the mapping of a file by the format that fits it.

        Parameters
        ----------
        path
            The data file.
        name
            The id of the source.

        Raises
        ------
        SourceError
            If no format fits, or several fit equally, with what to do.
        """
        found = self.recognise(path, name)
        if len(found.matches) == 1:
            format_, options = found.matches[0]
            return bind_format(format_, path, name, options)
        raise no_format(found, path, name)

    def recognise(self, path: Path, name: str) -> Recognition:
        """Return what the head of a file tells.

        Raises
        ------
        SourceError
            If it cannot be read.
        """
        head = first_bytes(path, name)
        kinds = containers_of(head, path)
        self._read.clear()
        fits: list[tuple[tuple[int, bool, bool], TableFormat, TableOptions]] = []
        near: list[tuple[float, Near]] = []
        for format_ in self.formats.values():
            if format_.files and not _named_like(path.name, format_.files):
                continue
            for options in _openings(format_, kinds):
                columns = self._columns(path, options, name)
                if columns is None:
                    continue
                missing = format_.missing(columns)
                if not missing and not format_.excluded(columns):
                    score = (len(format_.columns), bool(format_.files), format_.own)
                    fits.append((score, format_, replace(options, columns=format_.options.columns)))
                    break
                if missing and len(missing) <= len(format_.columns) * _NEAR_SHARE:
                    near.append((len(missing) / len(format_.columns), Near(format_, tuple(missing))))
        if fits:
            best = max(score for score, _, _ in fits)
            matches = tuple((format_, options) for score, format_, options in fits if score == best)
            seen = self._columns(path, replace(matches[0][1], columns=()), name)
            return Recognition(matches, (), matches[0][1], tuple(seen or ()))
        way, shown = self._unrecognised(path, kinds, name)
        nearest = tuple(n for _, n in sorted(near, key=lambda pair: (pair[0], pair[1].format.key)))
        return Recognition((), nearest[:_N_NEAR], way, shown, "" if way else _no_table(head, path))

    def _columns(self, path: Path, options: TableOptions, name: str) -> list[str] | None:
        """Return the columns of a file opened so, None where it cannot be; each way is tried once."""
        way = path, replace(options, null=(), short_rows="", columns=())
        if way not in self._read:
            try:
                columns = read_columns(path, options, name)
                if columns and options.format == "lines" and not _mostly_lines(path, options, name):
                    columns = None
                self._read[way] = columns
            except SourceError:
                self._read[way] = None
        return self._read[way]

    def _unrecognised(
        self, path: Path, kinds: tuple[str, ...], name: str
    ) -> tuple[TableOptions | None, tuple[str, ...]]:
        """Return how a file that no format fits is opened: the first way that shows columns."""
        ways = [TableOptions(kind) for kind in kinds if kind != "lines"]
        for options in ways:
            if columns := self._columns(path, options, name):
                return options, tuple(columns)
        return (ways[0] if ways else None), ()


def _openings(format_: TableFormat, kinds: tuple[str, ...]) -> list[TableOptions]:
    """Return the ways in which a format opens a file."""
    stated = format_.options.format
    if stated:
        possible = stated in kinds or container(stated) is not None
        return [replace(format_.options, columns=())] if possible else []
    return [replace(format_.options, format=kind, columns=()) for kind in kinds if kind != "lines"]


def _mostly_lines(path: Path, options: TableOptions, name: str) -> bool:
    """Tell whether the patterns of a list of lines fit most lines of the head: its columns stand in no header."""
    with head_of(path, options) as (head, _):
        raw = read_raw(head, options, name)
    return raw.frame.height > 0 and len(raw.bad) <= raw.frame.height


def _named_like(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in globs)


def _no_table(head: bytes, path: Path) -> str:
    """Return why a file holds no table."""
    if not head.strip():
        return "the file is empty"
    if head.startswith(b"\x1f\x8b"):
        return "a gzip archive whose name does not end in .gz"
    if head[257:262] == b"ustar":
        return "a tar archive"
    return binary_kind(head) or "no text that avgraph knows"


def no_format(found: Recognition, path: Path, name: str) -> SourceError:
    """Return the error of a file that no format fits, or several fit equally."""
    if found.matches:
        names = " and ".join(f"{f.name} ({f.key})" for f, _ in found.matches)
        first = found.matches[0][0].key
        return SourceError(
            f"not read: several formats fit equally: {names}",
            f'say which: write {_stem(path)}.toml beside it with the line use = "{first}"', name,
        )  # fmt: skip
    if found.reason:
        hints = {"a tar archive": "unpack it, or pack its files as .zip", "the file is empty": "fill or remove it"}
        hint = hints.get(found.reason, "save it as CSV, TSV, XLSX, ODS, JSON Lines or Parquet")
        return SourceError(f"not read: {found.reason}", hint, name)
    message = "not read: no mapping names this file, and no format has its columns"
    if found.near:
        nearest = found.near[0]
        lacking = ", ".join(nearest.missing[:_N_LISTED]) + (" …" if len(nearest.missing) > _N_LISTED else "")
        message += f"; nearest is {nearest.format.name}, of which it lacks {lacking}"
    return SourceError(message, f"avgraph inspect {name} shows its columns and drafts a mapping", name)


def _stem(path: Path) -> str:
    """Return what a mapping beside a data file is called.

    >>> _stem(Path("records/title.basics.tsv.gz")), _stem(Path("films.csv"))
    ('title.basics', 'films')
    """
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).stem
