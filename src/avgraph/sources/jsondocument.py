"""JSON documents: one object, an array of them, or records at a path inside.

An array with one object a line (a Wikidata dump) is read line by line, so that its size does not matter and a bad
line costs that line only.  Any other document is held in memory as text while its records are decoded one by one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from avgraph.errors import SourceError
from avgraph.sources.jsonlines import MAX_LINE_CHARACTERS, object_of
from avgraph.sources.readers import BadRow, RawTable
from avgraph.sources.records import Records
from avgraph.sources.rules import TableOptions

__all__ = ["MAX_DOCUMENT_CHARACTERS", "document_text", "read_json"]

#: Longer documents are not held in memory: they come with one object a line.
MAX_DOCUMENT_CHARACTERS = 500_000_000
#: Keys under which services wrap a list of records.
_ENVELOPES = ("results", "items", "records", "data", "hits", "docs", "rows", "entities", "films", "movies", "works")
_CHUNK_CHARACTERS = 1_000_000
_SMALL_BYTES = 25_000_000
_CUT = "nothing after this place was read; mend it, or download the file again"
_SPACE = re.compile(r"[ \t\r\n]*")
_MARKS = re.compile(r'["\[\]{}]')
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL)
_DECODER = json.JSONDecoder()

Found = tuple[int, Any, tuple[str, ...]]


class _NotLinesError(Exception):
    """The document does not have one object a line."""


class _BrokenError(Exception):
    """The document is no JSON from here on; `told` where that has been noted as a record's fault."""

    def __init__(self, at: int, message: str, told: bool = False) -> None:
        super().__init__(message)
        self.at = at
        self.told = told


def read_json(
    path: Path, options: TableOptions, source: str, n_characters: int | None = None, n_rows: float = math.inf
) -> Iterator[RawTable]:
    """Read a JSON file, or only the records in its first `n_characters`; see :mod:`avgraph.sources.readers`.

    One with an object a line comes in pieces of `n_rows`, if it is large.

    Raises
    ------
    SourceError
        If there is nothing at the path of ``records``, or the document is too long to be held in memory.
    """
    if options.records:
        yield _read_document(path, options, source, n_characters)
        return
    large = path.stat().st_size > _SMALL_BYTES
    try:
        pieces = _read_lines(path, options, source, n_characters, n_rows if large else math.inf)
        by_lines = next(pieces)
    except _NotLinesError:
        yield _read_document(path, options, source, n_characters)
        return
    if by_lines.bad and not large:
        # Some objects may go on over several lines: the reading that loses less is the right one.
        whole = _read_document(path, options, source, n_characters)
        yield whole if (len(whole.bad), -whole.n_read) < (len(by_lines.bad), -by_lines.n_read) else by_lines
        return
    yield by_lines
    yield from pieces


def _read_document(path: Path, options: TableOptions, source: str, n_characters: int | None) -> RawTable:
    """Read a document that is held in memory."""
    records = Records(options, source)
    text = document_text(path, options, source, records, n_characters)
    document = _Document(text, records)
    segments = options.records[0].split(".") if options.records else document.guess()
    broken = False
    try:
        for at, value, keys in document.walk(segments, ()):
            if isinstance(value, dict):
                records.add(document.line(at), value, keys)
            else:
                records.refuse(document.line(at), "no object", "the record is no JSON object",
                               'write {"key": value, …}')  # fmt: skip
        document.end()
    except _BrokenError as error:
        broken = True
        if n_characters is None and not error.told:
            place = f"line {document.line(error.at)}, column {document.column(error.at)}"
            records.refuse(document.line(error.at), "not JSON", f"not JSON at {place}: {error}", _CUT)
    if n_characters is None and not document.reached and not broken:
        raise SourceError(f"there are no records at {'.'.join(segments)!r}",
                          hint=f"keys: {', '.join(document.keys) or 'none'}", where=source)  # fmt: skip
    table = records.table()
    return table if n_characters is None or not broken else replace(table, bad=())


def document_text(
    path: Path, options: TableOptions, source: str, records: Records, n_characters: int | None = None
) -> str:
    """Return the text of a document, or of its first `n_characters`; a cut gzip archive gives what it has.

    Raises
    ------
    SourceError
        If it is longer than :data:`MAX_DOCUMENT_CHARACTERS`.
    """
    from avgraph.sources.delimited import open_text

    limit = MAX_DOCUMENT_CHARACTERS if n_characters is None else n_characters
    stream, _ = open_text(path, options.encoding)
    parts: list[str] = []
    n_read = 0
    with stream:
        try:
            while n_read < limit and (part := stream.read(min(_CHUNK_CHARACTERS, limit - n_read))):
                parts.append(part)
                n_read += len(part)
            if n_characters is None and stream.read(1):
                raise SourceError(f"the document has more than {limit:,} characters",
                                  hint="write one record a line, or split it", where=source)  # fmt: skip
        except EOFError:
            records.cut()
    return "".join(parts)


def _read_lines(
    path: Path, options: TableOptions, source: str, n_characters: int | None, n_rows: float
) -> Iterator[RawTable]:
    """Read a document with one object a line, as an array or without brackets, in pieces of `n_rows`.

    Raises
    ------
    _NotLinesError
        If it is none: the first line decides.
    """
    from avgraph.sources.delimited import open_text

    stream, encoding = open_text(path, options.encoding)
    records = Records(options, source, "line")
    number, n_read, n_objects = 0, 0, 0
    with stream:
        try:
            for number, line in _limited_lines(stream):
                n_read += len(line)
                if n_characters is not None and n_read > n_characters:
                    break
                text = line.strip()
                if not n_objects:
                    text = text.removeprefix("[").lstrip()
                if text in ("", "]", ","):
                    continue
                value = object_of(number, _without_tail(text), encoding)
                if isinstance(value, BadRow) and not n_objects:
                    raise _NotLinesError
                n_objects += 1
                if isinstance(value, BadRow):
                    records.bad.append(value)
                else:
                    records.add(number, value)
                if n_objects > 1 and records.n_held >= n_rows:
                    yield records.take()
        except EOFError:
            records.cut(f"line {number}")
    if n_objects < 2:
        raise _NotLinesError  # a lone object may be an envelope of others
    yield records.table()


def _without_tail(line: str) -> str:
    """Return an array item's line without the comma or bracket behind it."""
    if line.endswith(","):
        return line[:-1].rstrip()
    return line[:-1].rstrip().removesuffix(",") if line.endswith("}]") else line


def _limited_lines(stream: Any) -> Iterator[tuple[int, str]]:
    """Yield (number, line); a line of a whole document ends the hope for one object a line."""
    number = 0
    while line := stream.readline(MAX_LINE_CHARACTERS + 1):
        number += 1
        if len(line) > MAX_LINE_CHARACTERS and not line.endswith("\n"):
            raise _NotLinesError
        yield number, line


class _Document:
    """A cursor over the text of a document."""

    def __init__(self, text: str, records: Records) -> None:
        self.text = text.removeprefix("\ufeff")
        self.at = 0
        self.reached = False
        self.keys: list[str] = []
        self._records = records
        self._line, self._counted = 1, 0

    def line(self, at: int) -> int:
        """Return the line of a place, from 1; cheap where places come in order."""
        if at < self._counted:
            return self.text.count("\n", 0, at) + 1
        self._line += self.text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def column(self, at: int) -> int:
        """Return the column of a place, from 1."""
        return at - (self.text.rfind("\n", 0, at) + 1) + 1

    def guess(self) -> list[str]:
        """Return the path of the records by the document's shape: an array's items, a known envelope, itself."""
        self._space()
        if self._peek() != "{":
            return []
        kinds: dict[str, str] = {}
        try:
            for key, start in self._members():
                kinds[key] = self.text[start : start + 1]
                if key == "results" and re.match(
                    r'\{\s*"(?:bindings|distinct|ordered)"', self.text[start : start + 80]
                ):
                    return ["results", "bindings"]
                self._value()
        except (_BrokenError, ValueError, RecursionError):
            pass
        finally:
            self.at = 0
        wrapped = [key for key in kinds if key in _ENVELOPES]
        if len(wrapped) == 1 and kinds[wrapped[0]] == "[" and list(kinds.values()).count("[") == 1:
            return wrapped
        if len(wrapped) == 1 and wrapped[0] == "entities" and kinds["entities"] == "{":
            return ["entities", "*"]
        return []

    def walk(self, segments: list[str], keys: tuple[str, ...]) -> Iterator[Found]:
        """Yield (place, value, data keys) of each record under the cursor.

        Raises
        ------
        _BrokenError
            Where the document is no JSON and reading cannot go on.
        """
        self._space()
        if self._peek() == "[":
            self.reached = self.reached or not segments
            yield from self._items(segments, keys)
        elif not segments:
            self.reached = True
            yield from self._record(keys)
        elif self._peek() == "{":
            for key, _ in self._members():
                if segments[0] == "*":
                    yield from self.walk(segments[1:], (*keys, key))
                elif key == segments[0]:
                    yield from self.walk(segments[1:], keys)
                else:
                    self._skip()
        else:
            self._skip()

    def end(self) -> None:
        """Check that nothing follows the document."""
        self._space()
        if self.at < len(self.text):
            raise _BrokenError(self.at, "text follows the document")

    def _items(self, segments: list[str], keys: tuple[str, ...]) -> Iterator[Found]:
        self.at += 1
        self._space()
        if self._peek() == "]":
            self.at += 1
            return
        while True:
            self._space()
            yield from self.walk(segments, keys) if segments else self._record(keys)
            self._space()
            mark = self._peek()
            self.at += 1
            if mark == "]":
                return
            if mark != ",":
                raise _BrokenError(self.at - 1, "Expecting ',' delimiter" if mark else "the document ends early")

    def _members(self) -> Iterator[tuple[str, int]]:
        """Yield (key, place of the value) of the object under the cursor; the caller moves past each value."""
        top = self.at == _SPACE.match(self.text, 0).end()  # type: ignore[union-attr]
        self.at += 1
        self._space()
        if self._peek() == "}":
            self.at += 1
            return
        while True:
            self._space()
            if self._peek() != '"':
                raise _BrokenError(self.at, "Expecting property name enclosed in double quotes")
            key = self._value()
            self._space()
            if self._peek() != ":":
                raise _BrokenError(self.at, "Expecting ':' delimiter")
            self.at += 1
            self._space()
            if top and key not in self.keys and len(self.keys) < 20:
                self.keys.append(key)
            yield key, self.at
            self._space()
            mark = self._peek()
            self.at += 1
            if mark == "}":
                return
            if mark != ",":
                raise _BrokenError(self.at - 1, "Expecting ',' delimiter" if mark else "the document ends early")

    def _record(self, keys: tuple[str, ...]) -> Iterator[Found]:
        """Yield the record under the cursor; one that is no JSON is refused and passed over."""
        start = self.at
        try:
            yield start, self._value(), keys
        except (_BrokenError, RecursionError, ValueError) as error:
            end = self._balanced_end(start)
            at = error.at if isinstance(error, _BrokenError) else start
            if end is None:
                message = f"not JSON at line {self.line(at)}, column {self.column(at)}: {error}"
                self._records.refuse(self.line(start), "not JSON", message, _CUT)
                raise _BrokenError(at, str(error), told=True) from error
            if isinstance(error, _BrokenError):
                message = f"not JSON at line {self.line(at)}, column {self.column(at)}: {error}"
                self._records.refuse(self.line(start), "not JSON", message, "mend the record")
            else:
                self._records.refuse(self.line(start), "not readable JSON",
                                     "the record nests too deep or has an endless number", "simplify it")  # fmt: skip
            self.at = end

    def _skip(self) -> None:
        """Move past the value under the cursor."""
        try:
            self._value()
        except (RecursionError, ValueError) as error:
            end = self._balanced_end(self.at)
            if end is None:
                raise _BrokenError(self.at, "the value nests too deep") from error
            self.at = end

    def _value(self) -> Any:
        """Return the value under the cursor and move past it."""
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            raise _BrokenError(error.pos, error.msg) from error
        return value

    def _balanced_end(self, start: int) -> int | None:
        """Return where the brackets that open at `start` are closed, None where they never are."""
        depth, at = 0, start
        while match := _MARKS.search(self.text, at):
            at = match.end()
            if match[0] == '"':
                string = _STRING_END.match(self.text, at)
                if string is None:
                    return None
                at = string.end()
            elif match[0] in "[{":
                depth += 1
            else:
                depth -= 1
                if depth <= 0:
                    return at if depth == 0 else None
        return None

    def _space(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]
