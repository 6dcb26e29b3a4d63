"""The head of a data file as a file of its own, so that any reader reads it as it would read the whole."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from avgraph.errors import SourceError
from avgraph.sources.archives import open_binary
from avgraph.sources.decoding import bom_encoding
from avgraph.sources.rules import TableOptions

__all__ = ["MAX_WHOLE_BYTES", "cut", "head_of"]

#: Larger files of records that do not stand one a line are shown by their columns alone.
MAX_WHOLE_BYTES = 64_000_000
_HEAD_BYTES = 1_000_000
_LINES = ("csv", "tsv", "jsonl", "lines")
_N_TRIED = 200


@contextmanager
def head_of(path: Path, options: TableOptions) -> Iterator[tuple[Path, bool]]:
    """Give the path of a file with the first rows of a data file, and whether these are all.

    Raises
    ------
    SourceError
        If it is a large file whose records do not stand one a line.
    """
    by_lines = options.format in (*_LINES, "json") and not _wide(path, options.encoding)
    head = b"".join(_first(path, _HEAD_BYTES + 1)) if by_lines else b""
    if by_lines and len(head) <= _HEAD_BYTES:
        yield path, True
        return
    short = cut(head[:_HEAD_BYTES], options) if by_lines else None
    if short is None:
        if path.stat().st_size > MAX_WHOLE_BYTES:
            raise SourceError(f"the file has {path.stat().st_size / 1e6:,.0f} MB", "--all reads it as a whole")
        yield path, True
        return
    with tempfile.TemporaryDirectory(prefix="avgraph-") as folder:
        target = Path(folder) / (path.name[: -len(".gz")] if path.suffix.lower() == ".gz" else path.name)
        target.write_bytes(short)
        yield target, False


def cut(head: bytes, options: TableOptions) -> bytes | None:
    r"""Return the whole rows at the beginning of `head`, None where they do not stand one a line.

    Of a JSON array that has one object a line an array of the first ones is made.

    >>> cut(b'a,b\n1,2\n3,"4\n', TableOptions("csv"))
    b'a,b\n1,2\n'
    >>> cut(b'[\n{"a": 1},\n{"a": 2},\n{"a', TableOptions("json"))
    b'[\n{"a": 1},\n{"a": 2}\n]'
    """
    quote = (options.quote if options.quote is not None else '"').encode() if options.format == "csv" else b""
    end = head.rfind(b"\n") + 1
    for _ in range(_N_TRIED):
        if not quote or head.count(quote, 0, end) % 2 == 0:
            break
        end = head.rfind(b"\n", 0, end - 1) + 1
    rows = head[:end]
    if options.format != "json":
        return rows or None
    lines = rows.split(b"\n")
    if lines[0].strip() != b"[" or not lines[1:2] or not lines[1].strip().endswith(b","):
        return None
    return rows.rstrip().rstrip(b",") + b"\n]"


def _wide(path: Path, encoding: str | None) -> bool:
    """Tell whether line ends take more than one byte."""
    start = b"".join(_first(path, 4))
    name = bom_encoding(start) or encoding or "utf-8"
    return codecs.lookup(name).name.startswith(("utf-16", "utf-32"))


def _first(path: Path, n_bytes: int) -> Iterator[bytes]:
    """Yield the first bytes of a file as far as they can be had."""
    with open_binary(path) as stream:
        read: Callable[[int], bytes] = stream.read1
        try:
            while n_bytes and (chunk := read(n_bytes)):
                n_bytes -= len(chunk)
                yield chunk
        except EOFError:
            return
