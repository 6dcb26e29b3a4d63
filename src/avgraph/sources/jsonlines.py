"""JSON Lines: one object a line; inner objects become columns ``outer.inner``, arrays list cells."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from avgraph.sources.readers import BadRow, RawTable
from avgraph.sources.records import Records
from avgraph.sources.rules import TableOptions

__all__ = ["MAX_LINE_CHARACTERS", "object_of", "read_jsonlines"]

MAX_LINE_CHARACTERS = 10_000_000


def read_jsonlines(
    path: Path, options: TableOptions, source: str, n_rows: float = math.inf, n_lines: int | None = None
) -> Iterator[RawTable]:
    """Read a JSON Lines file, or its first `n_lines`, in pieces of `n_rows`; see :mod:`avgraph.sources.readers`."""
    from avgraph.sources.delimited import open_text

    stream, encoding = open_text(path, options.encoding)
    records = Records(options, source, "line")
    number = 0
    with stream:
        try:
            for number, line in enumerate(islice(stream, n_lines), start=1):
                if number <= options.skip_rows or not line.strip():
                    continue
                value = object_of(number, line, encoding)
                if isinstance(value, BadRow):
                    records.bad.append(value)
                else:
                    records.add(number, value)
                if records.n_held >= n_rows:
                    yield records.take()
        except EOFError:
            records.cut(f"line {number}")
    yield records.table()


def object_of(number: int, line: str, encoding: str) -> dict[str, Any] | BadRow:
    """Return the object that a line holds, or what is wrong with it."""
    if len(line) > MAX_LINE_CHARACTERS:
        return BadRow(number, "line too long", f"the line has more than {MAX_LINE_CHARACTERS:,} characters",
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
    return value
