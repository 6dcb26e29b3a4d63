"""Tables to be matched, opened: files of any kind that record readers take, and data frames."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.sources.archives import open_binary
from avgraph.sources.containers import containers_of, first_bytes
from avgraph.sources.decoding import decode, suggest_encoding
from avgraph.sources.readers import RawTable, read_columns, read_raw
from avgraph.sources.rules import TableOptions

__all__ = ["OpenTable", "as_file", "open_table"]

_SAMPLE_BYTES = 10_000_000


@dataclass(frozen=True)
class OpenTable:
    """A table as read: what messages call it, its rows of text, and warnings."""

    name: str
    raw: RawTable
    issues: tuple[Issue, ...] = ()


@contextmanager
def as_file(table: str | Path | pl.DataFrame, side: str) -> Iterator[tuple[Path, str]]:
    """Give the file of a table and its name; a data frame is written into a file for as long as that takes."""
    if not isinstance(table, pl.DataFrame):
        yield Path(table), str(table)
        return
    with tempfile.TemporaryDirectory(prefix="avgraph-") as folder:
        path = Path(folder) / f"{side}.parquet"
        columns = [c for c, dtype in table.schema.items() if dtype == pl.Null()]
        table.with_columns(pl.col(c).cast(pl.String) for c in columns).write_parquet(path)
        yield path, f"the {side} table"


def open_table(path: Path, name: str) -> OpenTable:
    """Read a table whose first row names its columns.

    Text that is not UTF-8 is read by the encoding that it most likely has, and a warning says so.

    Raises
    ------
    SourceError
        If it cannot be read, or is no table.
    """
    if path.is_dir():
        raise SourceError("a folder, no file", "name a file in it", name)
    if not path.exists():
        raise SourceError("there is no such file", "check the path", name)
    head = first_bytes(path, name)
    for kind in containers_of(head, path):
        if kind == "lines":
            continue
        options = TableOptions(kind)
        issues: tuple[Issue, ...] = ()
        if kind in ("csv", "tsv") and (encoding := _other_encoding(path, name)) is not None:
            options = replace(options, encoding=encoding)
            hint = "check letters with accents; save it as UTF-8 if they are wrong"
            issues = (Issue(name, "", f"not UTF-8; read as {encoding}", hint, "warning"),)
        try:
            columns = read_columns(path, options, name)
        except SourceError:
            continue
        if columns:
            raw = read_raw(path, options, name)
            return OpenTable(name, raw, (*issues, *raw.issues))
    if not head.strip():
        raise SourceError("the file is empty", "give a table whose first row names its columns", name)
    raise SourceError("no table that avgraph can read", "save it as CSV, TSV, XLSX, ODS, JSON Lines or Parquet", name)


def _other_encoding(path: Path, name: str) -> str | None:
    """Return the encoding of a text that is neither UTF-8 nor says what it is."""
    try:
        with open_binary(path) as stream:
            data = stream.read(_SAMPLE_BYTES)
    except (OSError, EOFError):
        return None  # the reader tells of it
    _, encoding, guessed = decode(data[: data.rfind(b"\n") + 1] or data)
    if not guessed:
        return None
    foreign = b"\n".join(line for line in data.splitlines() if not line.isascii())
    return suggest_encoding(foreign) or encoding
