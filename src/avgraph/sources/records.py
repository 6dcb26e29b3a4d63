"""Records of documents (JSON, XML, YAML) as rows: flattened, checked, gathered column by column.

Inner objects become columns ``outer.inner``; a key that begins with ``@`` (an XML attribute) is joined without the
point.  An array becomes a list cell, an array of objects one list cell for
each key, all of the same length.  Lists inside the objects of an array are joined by ``"; "``, so that the pieces
of the outer list stay countable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.sources.readers import ROW, BadRow, RawTable, empty_table
from avgraph.sources.rules import TableOptions
from avgraph.sources.shapes import TEXT, shape_of
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["INNER_SEPARATOR", "MAX_DEPTH", "UNDECODED", "Records", "flatten"]

#: What parts the values of a list that stands inside a list.
INNER_SEPARATOR = "; "
#: Objects in objects; records that nest deeper are refused.
MAX_DEPTH = 60
#: Stands for a byte that could not be decoded where a parser takes no lone surrogates: a noncharacter.
UNDECODED = "\ufdd0"
_MAX_COLUMNS = 5_000
_CHUNK_ROWS = 20_000
_UNDECODABLE = re.compile(f"[{UNDECODED}\udc80-\udcff]")
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


class TooDeepError(ValueError):
    """A record nests deeper than :data:`MAX_DEPTH`."""


class Records:
    """Gathers the records of a file as rows of a table.

    Parameters
    ----------
    options
        How the file is read; ``shape`` and ``by`` are applied here.
    source
        Id of the source.
    word
        What a record is called in messages: ``"record"``, ``"line"``, ``"element"``.
    """

    def __init__(self, options: TableOptions, source: str, word: str = "record") -> None:
        self.columns: dict[str, None] = {}
        self.bad: list[BadRow] = []
        self.issues: list[Issue] = []
        self.n_rows = 0
        self.n_other = 0
        self._source = source
        self._word = word
        self._by = dict(options.by)
        self._shape: Callable[[dict[str, Any]], dict[str, Any] | None] | None = shape_of(options.shape)
        self._rows: list[dict[str, str]] = []
        self._numbers: list[int] = []
        self._frames: list[pl.DataFrame] = []
        self._taken = False
        self._n_bad_taken = 0

    def add(self, number: int, record: dict[str, Any], keys: tuple[str, ...] = ()) -> None:
        """Add a record that starts on line `number`; `keys` are the data among the keys that lead to it."""
        row = self._row(number, record, keys)
        if row is None:
            self.n_other += 1
            return
        if isinstance(row, dict) and len(self.columns) + len(row.keys() - self.columns.keys()) > _MAX_COLUMNS:
            row = BadRow(number, "too many keys", f"the file has more than {_MAX_COLUMNS:,} different keys",
                         "keep keys for names and put data into values")  # fmt: skip
        if isinstance(row, BadRow):
            self.bad.append(row)
            return
        self.n_rows += 1
        self._rows.append(row)
        self._numbers.append(number)
        self.columns.update(dict.fromkeys(row))
        if len(self._rows) >= _CHUNK_ROWS:
            self._flush()

    def refuse(self, number: int, kind: str, message: str, hint: str) -> None:
        """Note a record that cannot be read."""
        self.bad.append(BadRow(number, kind, message, hint))

    def cut(self, place: str = "") -> None:
        """Note that the archive ends before its end."""
        self.issues.append(Issue(self._source, place, "the gzip archive ends early",
                                 "download it again; what comes before was read", severity="warning"))  # fmt: skip

    @property
    def n_held(self) -> int:
        """Rows that have been added and not taken."""
        return len(self._rows) + sum(frame.height for frame in self._frames) + len(self.bad)

    def take(self) -> RawTable:
        """Return the rows added since the last time, and hold them no longer."""
        self._flush()
        taken = (
            RawTable(pl.concat(self._frames, how="diagonal"), tuple(self.bad))
            if self._frames
            else RawTable(empty_table(self._source).frame, tuple(self.bad))
        )
        self._n_bad_taken += len(self.bad)
        self._taken = True
        self._frames, self.bad = [], []
        return taken

    def table(self) -> RawTable:
        """Return the rows added, or those that have not been taken."""
        self._flush()
        issues = list(self.issues)
        if self.n_other:
            n_all = self.n_rows + len(self.bad) + self._n_bad_taken + self.n_other
            message = f"{self.n_other:,} of {n_all:,} records are of other kinds"
            issues.append(Issue(self._source, "", message, "they were read and say nothing here", severity="warning"))
        if not self._frames:
            empty = empty_table(self._source)
            told = () if self.bad or self.n_other or self._taken else empty.issues
            return RawTable(empty.frame, tuple(self.bad), (*told, *issues), n_other=self.n_other)
        frame = pl.concat(self._frames, how="diagonal") if len(self._frames) > 1 else self._frames[0]
        absent = [c for c in self.columns if c not in frame.columns]
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in absent)
        return RawTable(frame, tuple(self.bad), tuple(issues), n_other=self.n_other)

    def _row(self, number: int, record: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str] | BadRow | None:
        """Return the cells of a record; None where the shape has no use for it."""
        word = self._word
        try:
            shaped = self._shape(record) if self._shape else record
            if shaped is None:
                return None
            cells = {key.strip(): cell for key, cell in flatten(shaped, by=self._by)}
        except (TooDeepError, RecursionError):
            return BadRow(number, "nests too deep", f"the {word} nests deeper than {MAX_DEPTH} levels", "simplify it")
        cells.update((f"key {place}", key) for place, key in enumerate(keys, start=1))
        for key, cell in cells.items():
            if not cell.isascii() or not key.isascii() or "\0" in cell or "\0" in key:
                text = key + cell
                if _UNDECODABLE.search(text):
                    message = f"the {word} has bytes that are not in the file's encoding"
                    return BadRow(number, "bytes in another encoding", message, "save it as UTF-8")
                if _UNUSABLE.search(text):
                    return BadRow(number, "unusable characters", f"the {word} has NUL or half characters (\\ud800…)",
                                  "remove them")  # fmt: skip
        return cells

    def _flush(self) -> None:
        if not self._rows:
            return
        names = list(dict.fromkeys(c for row in self._rows for c in row))
        data = {c: pl.Series(c, [row.get(c) for row in self._rows], dtype=pl.String) for c in names}
        self._frames.append(pl.DataFrame({ROW: pl.Series(ROW, self._numbers, dtype=pl.Int64), **data}))
        self._rows, self._numbers = [], []


def flatten(
    value: Mapping[str, Any], prefix: str = "", by: Mapping[str, str] | None = None, depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Yield (column, text) of an object; unknown values are left out.

    An array of texts or numbers becomes a list cell; an array of objects one list cell for each key, all of the
    same length.  Where `by` names a key for an array, the objects are also told apart by it:
    ``links[IMDb].id``.

    Raises
    ------
    TooDeepError
        If it nests deeper than :data:`MAX_DEPTH`.

    >>> cells = dict(flatten({"title": "Rust", "year": 2014, "company": [{"name": "A"}, {"name": "B", "id": 7}]}))
    >>> cells["year"], cells["company.name"].split(LIST_SEPARATOR), cells["company.id"].split(LIST_SEPARATOR)
    ('2014', ['A', 'B'], ['', '7'])
    >>> dict(flatten({"film": [{"title": "Rust", "countries": ["BE", "LU"]}]}))["film.countries"]
    'BE; LU'
    >>> dict(flatten({"links": [{"name": "ISAN", "id": "0000"}]}, by={"links": "name"}))["links[ISAN].id"]
    '0000'
    """
    if depth > MAX_DEPTH:
        raise TooDeepError
    for key, inner in value.items():
        name = _joined(prefix.removesuffix("."), key) if prefix else key.removeprefix(TEXT)
        if isinstance(inner, dict) and not (by and name in by):
            yield from flatten(inner, f"{name}.", by, depth + 1)
        elif isinstance(inner, (list, dict)):
            yield from _array(name, inner if isinstance(inner, list) else [inner], by, depth)
        elif inner is not None:
            yield name, _text(inner, depth)


def _array(name: str, values: list[Any], by: Mapping[str, str] | None, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the columns of an array."""
    if not any(isinstance(v, dict) for v in values):
        if values:
            yield name, LIST_SEPARATOR.join(_inner(_text(v, depth + 1)) for v in values)
        return
    rows = []
    for value in values:
        own = value if isinstance(value, dict) else {} if value is None else {TEXT: value}
        rows.append({column: _inner(cell) for column, cell in flatten(own, "", None, depth + 1)})
    yield from _columns(name, rows)
    if by and name in by:
        kinds: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            if kind := row.get(by[name], "").strip():
                kinds.setdefault(kind, []).append(row)
        for kind, own_rows in kinds.items():
            yield from _columns(f"{name}[{kind}]", own_rows)


def _columns(name: str, rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield a list cell for each column of the objects of an array."""
    for column in dict.fromkeys(c for row in rows for c in row):
        yield _joined(name, column), LIST_SEPARATOR.join(row.get(column, "") for row in rows)


def _joined(path: str, key: str) -> str:
    """Return the column of a key under a path."""
    if key in ("", TEXT):
        return path
    return f"{path}{key}" if key[0] == "@" else f"{path}.{key}"


def _inner(cell: str) -> str:
    return cell.replace(LIST_SEPARATOR, INNER_SEPARATOR)


def _text(value: Any, depth: int) -> str:
    """Return a scalar as its text; an array inside an array as its joined values."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and depth <= MAX_DEPTH:
        return INNER_SEPARATOR.join(_text(v, depth + 1) for v in value)
    if isinstance(value, list):
        raise TooDeepError
    return json.dumps(value, ensure_ascii=False)
