"""JSON Lines: one object a line; inner objects become columns ``outer.inner``, arrays list cells."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.sources.readers import HEAD_BYTES, ROW, BadRow, RawTable, empty_table
from avgraph.sources.rules import TableOptions
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["flatten", "head_columns", "read_jsonlines"]

_MAX_LINE_CHARACTERS = 10_000_000
_MAX_COLUMNS = 5_000


def read_jsonlines(path: Path, options: TableOptions, source: str) -> RawTable:
    """Read a JSON Lines file; see :mod:`avgraph.sources.readers`."""
    from avgraph.sources.delimited import open_text

    stream, encoding = open_text(path, options.encoding)
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    bad: list[BadRow] = []
    issues: list[Issue] = []
    columns: dict[str, None] = {}
    number = 0
    with stream:
        try:
            for number, line in enumerate(stream, start=1):
                if number <= options.skip_rows or not line.strip():
                    continue
                row = _row(number, line, encoding)
                if isinstance(row, dict) and len(columns) + len(row.keys() - columns.keys()) > _MAX_COLUMNS:
                    row = BadRow(number, "too many keys", f"the file has more than {_MAX_COLUMNS:,} different keys",
                                 "keep keys for names and put data into values")  # fmt: skip
                if isinstance(row, BadRow):
                    bad.append(row)
                    continue
                rows.append(row)
                numbers.append(number)
                columns.update(dict.fromkeys(row))
        except EOFError:
            issues.append(Issue(source, f"line {number}", "the gzip archive ends early",
                                "download it again; the lines before were read", severity="warning"))  # fmt: skip
    if not rows:
        return RawTable(empty_table(source).frame, tuple(bad), tuple(issues) if bad else empty_table(source).issues)
    data = {c: pl.Series(c, [row.get(c) for row in rows], dtype=pl.String) for c in columns}
    frame = pl.DataFrame({ROW: pl.Series(ROW, numbers, dtype=pl.Int64), **data})
    return RawTable(frame, tuple(bad), tuple(issues))


def head_columns(path: Path, options: TableOptions) -> list[str] | None:
    """Return the columns of the objects at the head of a file, None where it is no JSON Lines."""
    from avgraph.sources.delimited import open_text

    stream, encoding = open_text(path, options.encoding)
    with stream:
        head = _head(stream)
    lines = list(io.StringIO(head, newline=""))[options.skip_rows :]
    if len(head) == HEAD_BYTES and len(lines) > 1:
        lines.pop()  # cut off
    rows = [_row(number, line, encoding) for number, line in enumerate(lines, start=1) if line.strip()]
    objects = [row for row in rows if isinstance(row, dict)]
    # One spoilt line is a row to be told of; a file that is mostly no objects is something else.
    if len(objects) * 2 < len(rows) or not objects:
        return None
    return list(dict.fromkeys(column for row in objects for column in row))


def _head(stream: io.TextIOBase) -> str:
    """Return the first characters; a gzip file that is cut off still begins."""
    parts: list[str] = []
    left = HEAD_BYTES
    try:
        while left and (part := stream.read(min(left, 8_192))):
            parts.append(part)
            left -= len(part)
    except EOFError:
        pass
    return "".join(parts)


def _row(number: int, line: str, encoding: str) -> dict[str, str] | BadRow:
    """Return the cells of a line."""
    if len(line) > _MAX_LINE_CHARACTERS:
        return BadRow(number, "line too long", f"the line has more than {_MAX_LINE_CHARACTERS:,} characters",
                      "write one object a line")  # fmt: skip
    if not line.isascii() and any("\udc80" <= c <= "\udcff" for c in line):
        return BadRow(number, f"bytes that are not {encoding}", f"the line has bytes that are not {encoding}",
                      "save it as UTF-8")  # fmt: skip
    try:
        value = json.loads(line.rstrip("\r\n"))
    except json.JSONDecodeError as error:
        hint = "write one whole object a line"
        return BadRow(number, "not JSON", f"not JSON at column {error.colno}: {error.msg}", hint)
    except (ValueError, RecursionError):  # integers of thousands of digits, thousands of brackets
        return BadRow(number, "not readable JSON", "the JSON nests too deep or has an endless number", "simplify it")
    if not isinstance(value, dict):
        return BadRow(number, "no object", "the line holds no JSON object", 'write {"key": value, …}')
    cells = {key.strip(): cell for key, cell in flatten(value)}
    if any("\0" in cell or any("\ud800" <= c <= "\udfff" for c in cell) for cell in cells.values()):
        return BadRow(number, "unusable characters", "the line has NUL or half characters (\\ud800…)", "remove them")
    return cells


def flatten(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (column, text) of an object; unknown values are left out.

    An array of texts or numbers becomes a list cell; an array of objects one list cell for each key, all of
    the same length.

    >>> cells = dict(flatten({"title": "Rust", "year": 2014, "company": [{"name": "A"}, {"name": "B", "id": 7}]}))
    >>> cells["year"], cells["company.name"].split(LIST_SEPARATOR), cells["company.id"].split(LIST_SEPARATOR)
    ('2014', ['A', 'B'], ['', '7'])
    """
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict):
            yield from flatten(inner, f"{name}.")
        elif isinstance(inner, list) and inner and all(isinstance(v, dict) for v in inner):
            rows = [dict(flatten(v)) for v in inner]
            for column in dict.fromkeys(c for row in rows for c in row):
                yield f"{name}.{column}", LIST_SEPARATOR.join(row.get(column, "") for row in rows)
        elif isinstance(inner, list):
            if inner:
                yield name, LIST_SEPARATOR.join(_text(v) for v in inner)
        elif inner is not None:
            yield name, _text(inner)


def _text(value: Any) -> str:
    """Return a scalar as its text; what is none as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value) if isinstance(value, float) and abs(value) < 1e15 else False:
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else json.dumps(value, ensure_ascii=False)
