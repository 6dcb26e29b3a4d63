"""CSV and TSV: rows with the physical line they start on, and a reason for each row that cannot be read.

Rows are read by the standard library's parser in strict mode.  A stray quote would swallow what follows it, so
after a quoting error reading starts again on the line below the faulty row's first.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import Issue, SourceError
from avgraph.sources.archives import open_binary
from avgraph.sources.decoding import bom_encoding, suggest_encoding
from avgraph.sources.readers import ROW, BadRow, Header, RawTable, empty_table
from avgraph.sources.rules import TableOptions

__all__ = ["open_text", "read_delimited", "read_dialect", "read_header"]

_CHUNK_ROWS = 50_000
_DELIMITERS = (",", ";", "\t", "|")
_CHUNK_LINES = 20_000
# What undecodable bytes become while reading; and with it the NUL.
_SURROGATE = re.compile("[\udc80-\udcff]")
_FOREIGN = re.compile("[\0\udc80-\udcff]")


class _Lines:
    """Physical lines of a file, counted; lines of a faulty row can be given back.

    A gzip archive that is cut off ends with its last whole line; `cut` then says so.
    """

    def __init__(self, stream: Iterator[str], number: int = 0) -> None:
        self._stream = stream
        self._returned: list[str] = []
        self.number = number
        self.taken: list[str] = []
        self.cut = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._returned.pop() if self._returned else next(self._stream)
        except EOFError:
            self.cut = True
            raise StopIteration from None
        self.number += 1
        self.taken.append(line)
        return line

    def give_back(self, n_lines: int) -> None:
        """Give the last `n_lines` lines back."""
        if n_lines:
            self._returned.extend(reversed(self.taken[-n_lines:]))
            self.number -= n_lines


@dataclass
class _Columns:
    """Rows gathered into frames, column by column."""

    columns: list[str]
    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def add(self, number: int, cells: list[str]) -> None:
        self.rows.append(cells)
        self.numbers.append(number)
        if len(self.rows) >= _CHUNK_ROWS:
            self.flush()

    def extend_frame(self, start: int, frame: pl.DataFrame) -> None:
        self.flush()
        numbers = pl.int_range(start, start + frame.height, dtype=pl.Int64, eager=True).alias(ROW)
        self.frames.append(frame.insert_column(0, numbers))

    def flush(self) -> None:
        if self.rows:
            texts = zip(*self.rows, strict=True)
            data = {c: pl.Series(c, t, dtype=pl.String) for c, t in zip(self.columns, texts, strict=True)}
            self.frames.append(pl.DataFrame({ROW: pl.Series(ROW, self.numbers, dtype=pl.Int64), **data}))
        self.rows, self.numbers = [], []

    def table(self) -> pl.DataFrame:
        self.flush()
        return pl.concat(self.frames, rechunk=True)


def open_text(path: Path, encoding: str | None) -> tuple[io.TextIOBase, str]:
    """Open a text file (gzip by its ending); undecodable bytes become lone surrogates.

    Returns
    -------
    The stream, with line ends as they stand, and the encoding.
    """
    raw = open_binary(path)
    try:
        start = raw.peek(4)[:4]
    except BaseException:
        raw.close()
        raise
    found = bom_encoding(start) or encoding or "utf-8"
    if codecs.lookup(found).name == "utf-8":
        found = "utf-8-sig"
    stream = io.TextIOWrapper(raw, encoding=found, errors="surrogateescape", newline="")
    return stream, found.removesuffix("-sig")


def read_header(path: Path, options: TableOptions, source: str) -> list[str] | None:
    """Return the column names, None for a file without lines."""
    stream, _ = open_text(path, options.encoding)
    with stream:
        header, _, _ = _start(stream, options, source)
    return header.columns if header else None


def read_dialect(path: Path, options: TableOptions, source: str) -> tuple[str, str | None]:
    """Return the encoding and the delimiter of a file, None as delimiter for a file without lines."""
    stream, encoding = open_text(path, options.encoding)
    with stream:
        _, _, dialect = _start(stream, options, source)
    return encoding, dialect.get("delimiter")


def read_delimited(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read a CSV or TSV file; see :mod:`avgraph.sources.readers`."""
    stream, encoding = open_text(path, options.encoding)
    bad: list[BadRow] = []
    issues: list[Issue] = []
    with stream:
        header, lines, dialect = _start(stream, options, source)
        if header is None:
            return empty_table(source)
        gathered = _Columns(header.columns)
        _gather(lines, dialect, gathered, bad, _Shape(len(header.columns), options.short_rows == "pad", encoding))
        if lines.cut:
            issues.append(Issue(source, f"line {lines.number}", "the gzip archive ends early",
                                "download it again; the rows before were read", severity="warning"))  # fmt: skip
    if not gathered.numbers and not gathered.frames:
        empty = empty_table(source, header.columns)
        return RawTable(empty.frame, tuple(bad), (*header.issues, *issues, *(() if bad else empty.issues)))
    return RawTable(gathered.table(), tuple(sorted(bad, key=lambda b: b.row)), (*header.issues, *issues))


def _start(stream: Any, options: TableOptions, source: str) -> tuple[Header | None, _Lines, dict[str, Any]]:
    """Skip to the header and read it."""
    lines = _Lines(stream)
    for _ in range(options.skip_rows):
        next(lines, None)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return None, lines, {}
    lines.give_back(1)
    delimiter = options.delimiter or ("\t" if options.format == "tsv" else _sniff(first))
    quote = options.quote if options.quote is not None else ("" if options.format == "tsv" else '"')
    dialect = {"delimiter": delimiter, "strict": True, "quotechar": quote or None,
               "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE}  # fmt: skip
    start = lines.number + 1
    bad: list[BadRow] = []
    record = next(_records(lines, dialect, bad), None)
    if bad or record is None:
        message = bad[0].message if bad else "there is no header"
        raise SourceError(f"the header cannot be read: {message}", hint="correct it, or set skip_rows or quote",
                          where=source, place=f"line {start}")  # fmt: skip
    cells = [c.encode("utf-8", "replace").decode() for c in record[1]]
    if any("\0" in c for c in cells):
        raise SourceError("the header has NUL bytes: this is no text table", hint="check format and encoding",
                          where=source, place=f"line {start}")  # fmt: skip
    return Header.of(cells, source, f"line {start}"), lines, dialect


def _sniff(line: str) -> str:
    """Return the delimiter most frequent outside quotes; the comma where none occurs."""
    outside = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a row must be."""

    n_columns: int
    pad: bool
    encoding: str


def _gather(lines: _Lines, dialect: dict[str, Any], gathered: _Columns, bad: list[BadRow], shape: _Shape) -> None:
    """Read all rows: many lines at once where each is one whole record, else record by record."""
    whole_row = _whole_row(dialect, shape.n_columns)
    while True:
        lines.taken.clear()
        start = lines.number + 1
        chunk = list(islice(lines, _CHUNK_LINES))
        if not chunk:
            return
        if whole_row is not None and all(map(whole_row.fullmatch, chunk)):
            frame = _parsed("".join(chunk), dialect, gathered.columns)
            if frame is not None and frame.height == len(chunk):
                gathered.extend_frame(start, frame)
                continue
        try:
            rows = list(csv.reader(chunk, **dialect))
        except csv.Error:
            rows = []
        if len(rows) == len(chunk):
            clean = _FOREIGN.search("".join(chunk)) is None
            numbered: Iterator[tuple[int, list[str]]] = (
                (number, cells) for number, cells in enumerate(rows, start=start) if cells
            )
        else:
            clean = False
            lines.give_back(len(chunk))
            numbered = _records(lines, dialect, bad, stop=start + len(chunk))
        for number, cells in numbered:
            if clean and len(cells) == shape.n_columns:
                gathered.add(number, cells)
            elif (problem := _problem(number, cells, shape)) is not None:
                bad.append(problem)
            else:
                gathered.add(number, cells)


def _whole_row(dialect: dict[str, Any], n_columns: int) -> re.Pattern[str] | None:
    """Return the pattern of a line that is one undoubtedly well-formed row; None for one-column tables."""
    if n_columns < 2:
        return None
    mark, quote = re.escape(dialect["delimiter"]), dialect["quotechar"]
    cell = rf"[^{mark}\r\n\0\udc80-\udcff]*+"
    if quote:
        q = re.escape(quote)
        inner = rf"[^{q}\r\n\0\udc80-\udcff]*+"
        cell = rf"(?:{q}{inner}(?:{q}{q}{inner})*+{q}|[^{mark}{q}\r\n\0\udc80-\udcff]*+)"
    return re.compile(rf"{cell}(?:{mark}{cell}){{{n_columns - 1}}}(?:\r?\n)?")


def _parsed(text: str, dialect: dict[str, Any], columns: list[str]) -> pl.DataFrame | None:
    """Return well-formed rows as Polars reads them, None where it sees them otherwise."""
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()), has_header=False, separator=dialect["delimiter"], infer_schema=False,
            quote_char=dialect["quotechar"], new_columns=columns,
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.columns == columns else None


def _records(
    lines: _Lines, dialect: dict[str, Any], bad: list[BadRow], stop: float = math.inf
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of each record that starts above line `stop`.

    Faulty records go to `bad`; blank lines are no records.
    """
    reader = csv.reader(lines, **dialect)
    while lines.number + 1 < stop:
        lines.taken.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            n_lines = len(lines.taken)
            bad.append(_quoting(start, str(error), n_lines))
            lines.give_back(n_lines - 1)
            reader = csv.reader(lines, **dialect)
            continue
        if cells:
            yield start, cells


def _quoting(row: int, error: str, n_lines: int) -> BadRow:
    """Return what is wrong where the parser gave up."""
    if "field larger" in error and n_lines == 1:
        limit = csv.field_size_limit()
        return BadRow(row, "a cell is too long", f"a cell has more than {limit:,} characters",
                      "shorten it; a quote that is never closed does this too")  # fmt: skip
    if "unexpected end" in error or "field larger" in error:
        return BadRow(row, "a quote is not closed", "a quote that opens on this line is never closed",
                      'close it, or set quote = "" if the file does not quote cells')  # fmt: skip
    return BadRow(row, "text after a closing quote", "text follows a closing quote",
                  'double the quotes inside a quoted cell, or set quote = "" if the file does not quote')  # fmt: skip


def _problem(row: int, cells: list[str], shape: _Shape) -> BadRow | None:
    """Return what is wrong with a record; trims empty cells beyond the header and pads where asked."""
    n_columns, encoding = shape.n_columns, shape.encoding
    n_cells = len(cells)
    if n_cells != n_columns:
        if n_cells > n_columns and not any(c.strip() for c in cells[n_columns:]):
            del cells[n_columns:]
        elif n_cells < n_columns and shape.pad:
            cells.extend([""] * (n_columns - n_cells))
        else:
            fewer = n_cells < n_columns
            return BadRow(
                row, "too few cells" if fewer else "too many cells",
                f"the row has {n_cells} cells where the header has {n_columns}",
                'add the missing cells, or set short_rows = "pad" if the file leaves out empty cells at the end'
                if fewer else "quote cells that contain the delimiter",
            )  # fmt: skip
    text = "".join(cells)
    if "\0" in text:
        return BadRow(row, "NUL byte", "the row has a NUL byte", "remove it")
    if _SURROGATE.search(text):
        guess = suggest_encoding(text.encode("utf-8", "surrogateescape"))
        return BadRow(row, f"bytes that are not {encoding}", f"the row has bytes that are not {encoding}",
                      f'save it as UTF-8, or set encoding (perhaps encoding = "{guess}")')  # fmt: skip
    return None
