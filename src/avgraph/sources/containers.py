"""What a data file can be inside, told by its first bytes; and readers of containers that packages add.

A package adds formats by an entry point of the group ``avgraph.formats`` that names one of its modules: the TOML files
beside that module are formats, and its ``CONTAINERS``, if it has any, are readers that those formats may name in
``[table] format``.  :mod:`avgraph.sources.formats` is such a module itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Protocol

from avgraph.errors import AvgraphError, Issue, SourceError
from avgraph.sources.archives import open_binary
from avgraph.sources.decoding import binary_kind, bom_encoding
from avgraph.sources.readers import FORMATS, HEAD_BYTES, RawTable, format_of
from avgraph.sources.rules import TableOptions

__all__ = ["GROUP", "Container", "FormatPackage", "container", "containers_of", "first_bytes", "format_packages"]

#: Entry-point group of packages with formats.
GROUP = "avgraph.formats"

_OLE = b"\xd0\xcf\x11\xe0"
_DELIMITED = ("csv", "tsv")


class ReadTable(Protocol):
    """Reads a file as :func:`avgraph.sources.readers.read_raw` does."""

    def __call__(self, path: Path, options: TableOptions, source: str, /) -> RawTable:
        """Return the rows, and the rows that cannot be read."""


@dataclass(frozen=True)
class Container:
    """A kind of file that code turns into a table.

    Attributes
    ----------
    name
        What ``[table] format`` says.
    read
        Path, options and the source's name to rows; raises :class:`~avgraph.errors.SourceError`.
    read_columns
        The same to the names of the columns, None where the file is no such container.  It is asked of every file that
        no mapping names, so it reads no more than the head.
    version
        A new one means that files read before must be read again.
    """

    name: str
    read: ReadTable
    read_columns: Callable[[Path, TableOptions, str], list[str] | None]
    version: str = ""


@dataclass(frozen=True)
class FormatPackage:
    """A module with formats.

    Attributes
    ----------
    name
        Of the package, for messages.
    folder
        Where its TOML files lie.
    containers
        Readers it brings.
    """

    name: str
    folder: Path
    containers: tuple[Container, ...] = ()


@cache
def format_packages() -> tuple[tuple[FormatPackage, ...], tuple[Issue, ...]]:
    """Return avgraph's own formats and those of other packages, and an issue for each that cannot be loaded."""
    found = [_package("avgraph", importlib.import_module("avgraph.sources.formats"))]
    issues = []
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        try:
            found.append(_package(point.name, point.load()))
        except Exception as error:  # somebody else's code: whatever ails it, the other formats are there
            message = f"the formats of {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}"
            issues.append(Issue("installed packages", point.name, message, "mend or uninstall that package"))
    return tuple(found), tuple(issues)


def _package(name: str, module: ModuleType) -> FormatPackage:
    if not isinstance(module, ModuleType) or module.__file__ is None:
        raise TypeError("the entry point names no module")
    return FormatPackage(name, Path(module.__file__).parent, tuple(getattr(module, "CONTAINERS", ())))


@cache
def _containers() -> dict[str, Container]:
    """Return the added readers by name; the first package that brings one is asked."""
    packages, _ = format_packages()
    found: dict[str, Container] = {}
    for package in packages:
        for added in package.containers:
            if added.name not in FORMATS:
                found.setdefault(added.name, _guarded(added))
    return found


def container(name: str) -> Container | None:
    """Return the reader that a package added under `name`, None where none did."""
    return _containers().get(name)


def _guarded(added: Container) -> Container:
    """Return a container whose faults are those of a file: one bad file never stops the others."""

    def read(path: Path, options: TableOptions, source: str, /) -> RawTable:
        try:
            return added.read(path, options, source)
        except (AvgraphError, OSError, MemoryError):
            raise
        except Exception as error:  # somebody else's code
            raise _fault(added.name, error, source) from error

    def read_columns(path: Path, options: TableOptions, source: str) -> list[str] | None:
        try:
            return added.read_columns(path, options, source)
        except (AvgraphError, OSError, MemoryError):
            raise
        except Exception as error:
            raise _fault(added.name, error, source) from error

    return Container(added.name, read, read_columns, added.version)


def _fault(name: str, error: Exception, source: str) -> SourceError:
    message = f"the reader {name!r} failed on this file: {type(error).__name__}: {error}"
    return SourceError(message, "tell the authors of the package that brings this reader", source)


def first_bytes(path: Path, source: str) -> bytes:
    """Return the first 64 KB of a file, unpacked if it is a gzip file.

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    try:
        with open_binary(path) as stream:
            return b"".join(_chunks(stream.read1))
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}", "check that it is whole and may be read", source
        ) from error


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield what can be had of the head; a gzip file that is cut off still begins."""
    left = HEAD_BYTES
    try:
        while left and (chunk := read(left)):
            left -= len(chunk)
            yield chunk
    except EOFError:
        return


def containers_of(head: bytes, path: Path) -> tuple[str, ...]:
    r"""Return the kinds of container a file can be, the most likely first; none where it holds no data.

    >>> containers_of(b"film;year\nDeux;2019\n", Path("films.data"))[:2]
    ('csv', 'tsv')
    >>> containers_of(b"PK\x03\x04", Path("films.csv")), containers_of(b"%PDF-1.4", Path("films.csv"))
    (('xlsx',), ())
    """
    told = format_of(path)
    if head.startswith(b"PAR1"):
        return ("parquet",)
    if head.startswith((b"PK\x03\x04", _OLE)):
        return ("xlsx",)
    if not head.strip() or binary_kind(head) is not None:
        return ()
    encoding = bom_encoding(head) or "utf-8"
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    match text[:1]:
        case "{" | "[":
            likely: tuple[str, ...] = ("json", "jsonl") if told == "json" else ("jsonl", "json")
        case "<":
            likely = ("xml",)
        case _:
            likely = ("yaml", "lines") if told == "yaml" or text.startswith("---") else (*_DELIMITED, "lines")
            if len(head) >= HEAD_BYTES and "\n" not in text and "\r" not in text:
                likely, told = (), None  # a table whose header has no end is none
    if told is not None and told not in ("xlsx", "parquet"):
        # A name that says more than the bytes do: tab-separated text, or a table whose first header begins oddly.
        likely = (told, *(k for k in likely if k != told)) if told in likely else (*likely, told)
    return tuple(kind for kind in likely if kind in FORMATS)
