"""Data files as tables of text: CSV, TSV, spreadsheets, JSON Lines and Parquet, each row with its place.

Every reader returns the rows it could read, with the line (sheet row, line, index) each one starts on, and the
rows it could not with the reason; together they are all rows of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.sources.rules import TableOptions

__all__ = ["FORMATS", "HEAD_BYTES", "ROW", "BadRow", "RawTable", "column_key", "format_of", "read_columns", "read_raw"]

#: Column of the row's place; the name cannot be that of a column in a file that avgraph reads.
ROW = "\x00row"

#: What is looked at to tell a file's columns and format.
HEAD_BYTES = 65_536

FORMATS = ("csv", "tsv", "xlsx", "jsonl", "parquet")
_SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsx", ".xls": "xlsx",
    ".ods": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read.

    Attributes
    ----------
    row
        Where it starts.
    kind
        What is wrong, the same text for all rows with this fault; repeated faults are told once with a count.
    message, hint
        What is wrong with this row, and what to do.
    """

    row: int
    kind: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class RawTable:
    """A data file as read.

    Attributes
    ----------
    frame
        :data:`ROW` and one text column for each column of the file, in the file's order.
    bad
        Rows that could not be read.
    issues
        Warnings about the file as a whole.
    row_word
        What a place is called: ``"line"`` or ``"row"``.
    """

    frame: pl.DataFrame
    bad: tuple[BadRow, ...] = ()
    issues: tuple[Issue, ...] = ()
    row_word: str = "line"

    @property
    def n_read(self) -> int:
        """Rows of the file."""
        return self.frame.height + len(self.bad)


@dataclass
class Header:
    """Column names made unique, with the warnings that came of it."""

    columns: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @classmethod
    def of(cls, cells: Iterable[str | None], source: str, where: str) -> Header:
        """Name the columns: a repeated name gets a number, an empty one its place."""
        header = cls()
        seen: dict[str, int] = {}
        for place, cell in enumerate(cells, start=1):
            name = (cell or "").strip().removeprefix("\ufeff").strip()
            if not name:
                name = f"column {place}"
            elif name in seen:
                seen[name] += 1
                header.issues.append(
                    Issue(
                        source,
                        where,
                        f"column {name!r} stands twice in the header",
                        f"the mapping's {{{name}}} is the first, {{{name} ({seen[name]})}} this one; rename one",
                        severity="warning",
                    )
                )
                name = f"{name} ({seen[name]})"
            seen.setdefault(name, 1)
            header.columns.append(name)
        while len(set(header.columns)) < len(header.columns):  # a file that itself says "name (2)"
            last = max(i for i, c in enumerate(header.columns) if header.columns.count(c) > 1)
            header.columns[last] += " (again)"
        return header


def format_of(path: Path) -> str | None:
    """Return the format that a file's ending tells, None for other files.

    >>> format_of(Path("a/title.basics.tsv.gz")), format_of(Path("films.ods")), format_of(Path("films.toml"))
    ('tsv', 'xlsx', None)
    """
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
        return next((f for s, f in _SUFFIXES.items() if suffixes[-1:] == [s] and f in ("csv", "tsv", "jsonl")), None)
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def column_key(name: str) -> str:
    """Return what two spellings of a column's name have in common: neither case nor outer white space counts."""
    return name.strip().casefold()


def read_columns(path: Path, options: TableOptions, source: str) -> list[str] | None:
    """Return the column names that a file's head tells, None where it has none or only a full reading tells them."""
    from avgraph.sources import delimited, frames, jsonlines
    from avgraph.sources.containers import container

    if path.stat().st_size == 0:
        return None
    with _named(source):
        if (added := container(options.format)) is not None:
            return added.read_columns(path, options, source)
        match options.format:
            case "csv" | "tsv":
                return delimited.read_header(path, options, source)
            case "parquet":
                return frames.parquet_columns(path, source)
            case "xlsx":
                return frames.read_spreadsheet(path, options, source, header_only=True).frame.columns[1:] or None
            case "jsonl":
                return jsonlines.head_columns(path, options)
            case _:
                return None


def read_raw(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read a data file.

    Raises
    ------
    SourceError
        If the file cannot be read at all.
    """
    with _named(source):
        if path.stat().st_size == 0:
            return empty_table(source)
        return _aligned(_read(path, options, source), options)


def _read(path: Path, options: TableOptions, source: str) -> RawTable:
    from avgraph.sources import delimited, frames, jsonlines
    from avgraph.sources.containers import container

    if (added := container(options.format)) is not None:
        return added.read(path, options, source)
    match options.format:
        case "csv" | "tsv":
            return delimited.read_delimited(path, options, source)
        case "jsonl":
            return jsonlines.read_jsonlines(path, options, source)
        case "parquet":
            return frames.read_parquet(path, source)
        case _:
            return frames.read_spreadsheet(path, options, source)


@contextmanager
def _named(source: str) -> Iterator[None]:
    """Give errors the name of the source."""
    try:
        yield
    except SourceError as error:
        error.where = error.where or source
        raise
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror or error}", hint="check that it is whole and may be read",
            where=source,
        ) from error  # fmt: skip


def _aligned(raw: RawTable, options: TableOptions) -> RawTable:
    """Return the table with the columns that a format knows: in its spelling, and unknown where the file has none."""
    if not options.columns or raw.frame.width < 2:
        return raw
    present = {column_key(c): c for c in reversed(raw.frame.columns[1:])}
    wanted = {c: present.get(column_key(c)) for c in options.columns if c not in raw.frame.columns}
    named = {old: new for new, old in wanted.items() if old is not None and old not in options.columns}
    frame = raw.frame.rename(named)
    missing = [c for c in options.columns if c not in frame.columns]
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in missing)
    return replace(raw, frame=frame)


def empty_table(source: str, columns: Iterable[str] = ()) -> RawTable:
    """Return a table without rows, with the warning that says so."""
    columns = list(columns)
    message = "the table has a header and no rows" if columns else "the file is empty"
    issue = Issue(source, "", message, "nothing came of it; check that this is the right file", severity="warning")
    return RawTable(pl.DataFrame(schema={ROW: pl.Int64(), **dict.fromkeys(columns, pl.String())}), issues=(issue,))
