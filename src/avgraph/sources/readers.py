"""Data files as tables of text, each row with its place.

CSV, TSV, spreadsheets and Parquet are tables already; JSON, JSON Lines, XML and YAML hold records, whose values become
cells; a list of lines is cut by patterns.

Every reader returns the rows it could read, with the line (sheet row, line, index) each one starts on, and the
rows it could not with the reason; together they are all rows of the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.sources.rules import TableOptions, column_key

__all__ = ["FORMATS", "HEAD_BYTES", "ROW", "BadRow", "RawTable", "format_of", "has_header",
           "read_columns", "read_head", "read_pieces", "read_raw"]  # fmt: skip

#: Column of the row's place; the name cannot be that of a column in a file that avgraph reads.
ROW = "\x00row"

#: Rows that are read at once: some hundred bytes of memory each, more while claims are made of them.
PIECE_ROWS = 200_000
#: What is looked at to tell a file's container.
HEAD_BYTES = 65_536

FORMATS = ("csv", "tsv", "xlsx", "parquet", "jsonl", "json", "xml", "yaml", "lines")
_SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsx", ".xls": "xlsx",
    ".ods": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".json": "json", ".xml": "xml", ".yaml": "yaml", ".yml": "yaml", ".txt": "lines",
}  # fmt: skip
_GZIPPED = ("csv", "tsv", "jsonl", "json", "xml", "yaml", "lines")
#: Lines and characters that are looked at to tell the columns of a file whose records name them.
_HEAD_LINES, _HEAD_CHARACTERS = 100, 4_000_000


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
    n_other
        Records that were read and are of a kind that the format has no use for; they have no row in `frame`.
    """

    frame: pl.DataFrame
    bad: tuple[BadRow, ...] = ()
    issues: tuple[Issue, ...] = ()
    row_word: str = "line"
    n_other: int = 0

    @property
    def n_read(self) -> int:
        """Rows of the file."""
        return self.frame.height + len(self.bad) + self.n_other


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
        return next((f for s, f in _SUFFIXES.items() if suffixes[-1:] == [s] and f in _GZIPPED), None)
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def has_header(format_: str) -> bool:
    """Tell whether the head of a file in that format names all columns; records may have more further down.

    >>> has_header("csv"), has_header("json")
    (True, False)
    """
    return format_ in ("csv", "tsv", "xlsx", "parquet", "lines")


def read_columns(path: Path, options: TableOptions, source: str) -> list[str] | None:
    """Return the column names of a data file, None where its head has none.

    Of JSON, JSON Lines, XML and YAML these are the columns of the first records.

    Raises
    ------
    SourceError
        If the file cannot be read at all.
    """
    from avgraph.sources import delimited, frames, linelists
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
            case "lines":
                return linelists.line_columns(path, options)
            case "xlsx":
                return frames.read_spreadsheet(path, options, source, header_only=True).frame.columns[1:] or None
            case _:
                raw = read_head(path, options, source)
                # One spoilt record is told when the file is read; a file of mostly such ones is something else.
                return raw.frame.columns[1:] or None if len(raw.bad) <= raw.frame.height else None


def read_head(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read the first records of a JSON, JSON Lines, XML or YAML file; see :func:`read_raw`."""
    from avgraph.sources import jsonlines

    with _named(source):
        if options.format == "jsonl":
            return next(jsonlines.read_jsonlines(path, options, source, n_lines=_HEAD_LINES))
        return _read_document(path, options, source, n_characters=_HEAD_CHARACTERS)


def read_pieces(path: Path, options: TableOptions, source: str, n_rows: int = PIECE_ROWS) -> Iterator[RawTable]:
    """Read a data file, in pieces of about `n_rows` rows where it is one that can be larger than memory.

    Raises
    ------
    SourceError
        If the file cannot be read at all.
    """
    with _named(source):
        if path.stat().st_size == 0:
            yield empty_table(source)
            return
        for piece in _read(path, options, source, n_rows):
            yield _aligned(piece, options)


def read_raw(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read a data file as a whole.

    Raises
    ------
    SourceError
        If the file cannot be read at all.
    """
    pieces = list(read_pieces(path, options, source))
    if len(pieces) == 1:
        return pieces[0]
    return RawTable(
        pl.concat([piece.frame for piece in pieces], how="diagonal"),
        tuple(row for piece in pieces for row in piece.bad),
        tuple(issue for piece in pieces for issue in piece.issues),
        pieces[0].row_word,
        sum(piece.n_other for piece in pieces),
    )


def _read(path: Path, options: TableOptions, source: str, n_rows: int) -> Iterator[RawTable]:
    from avgraph.sources import delimited, frames, jsondocument, jsonlines, linelists
    from avgraph.sources.containers import container

    added = container(options.format)
    if added is None and options.format in ("csv", "tsv"):
        yield from delimited.read_delimited(path, options, source, n_rows)
        return
    if added is not None:
        yield added.read(path, options, source)
        return
    match options.format:
        case "jsonl":
            yield from jsonlines.read_jsonlines(path, options, source, n_rows)
        case "parquet":
            yield frames.read_parquet(path, source)
        case "lines":
            yield linelists.read_lines(path, options, source)
        case "json":
            yield from jsondocument.read_json(path, options, source, n_rows=n_rows)
        case "xml" | "yaml":
            yield _read_document(path, options, source)
        case _:
            yield frames.read_spreadsheet(path, options, source)


def _read_document(path: Path, options: TableOptions, source: str, n_characters: int | None = None) -> RawTable:
    """Read a JSON, XML or YAML file, or only the records that its first `n_characters` hold."""
    from avgraph.sources import jsondocument, xmlrecords, yamldocument

    if options.format == "json":
        return next(jsondocument.read_json(path, options, source, n_characters))
    readers = {"xml": xmlrecords.read_xml, "yaml": yamldocument.read_yaml}
    return readers[options.format](path, options, source, n_characters)


@contextmanager
def _named(source: str) -> Iterator[None]:
    """Give errors the name of the source."""
    try:
        yield
    except SourceError as error:
        error.where = error.where or source
        raise
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "check that it is whole and may be read"
        raise SourceError(f"the file cannot be read: {reason}", hint=hint, where=source) from error


def _aligned(raw: RawTable, options: TableOptions) -> RawTable:
    """Return the table with the columns that a format knows in its spelling."""
    if not options.columns or raw.frame.width < 2:
        return raw
    present = {column_key(c): c for c in reversed(raw.frame.columns[1:])}
    wanted = {c: present.get(column_key(c)) for c in options.columns if c not in raw.frame.columns}
    named = {old: new for new, old in wanted.items() if old is not None and old not in options.columns}
    return replace(raw, frame=raw.frame.rename(named))


def empty_table(source: str, columns: Iterable[str] = ()) -> RawTable:
    """Return a table without rows, with the warning that says so."""
    columns = list(columns)
    message = "the table has a header and no rows" if columns else "the file is empty"
    issue = Issue(source, "", message, "nothing came of it; check that this is the right file", severity="warning")
    return RawTable(pl.DataFrame(schema={ROW: pl.Int64(), **dict.fromkeys(columns, pl.String())}), issues=(issue,))
