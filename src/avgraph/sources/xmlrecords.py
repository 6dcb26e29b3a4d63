"""XML documents: the elements that are records, flattened by local names, read as a stream.

``<a><b lang="fr">x</b></a>`` inside a record becomes ``a.b`` and ``a.b@lang``; namespaces are left out.  Document
type declarations are refused, and with them entities of any kind: nothing is expanded, nothing is fetched.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.parsers import expat

from avgraph.errors import SourceError
from avgraph.sources.readers import RawTable
from avgraph.sources.records import MAX_DEPTH, Records
from avgraph.sources.rules import TableOptions
from avgraph.sources.shapes import TEXT

__all__ = ["read_xml"]

_CHUNK_BYTES = 1_000_000
#: A tag with its attributes, a comment or a text without markup may be this long.
_MAX_TOKEN_BYTES = 10_000_000
_MAX_ELEMENTS = 200_000
_HEAD_BYTES = 1_000_000
_DECLARATION = "document type"
_NO_DATA = ("xmlns", "schemaLocation", "noNamespaceSchemaLocation", "nil")


class _RefusedError(Exception):
    """The document is not read on; `kind` tells faults apart."""

    def __init__(self, kind: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.hint = hint


class _EnoughError(Exception):
    """The head that was asked for has been read."""


def read_xml(path: Path, options: TableOptions, source: str, n_characters: int | None = None) -> RawTable:
    """Read an XML file, or only the records in its first `n_characters`; see :mod:`avgraph.sources.readers`.

    Raises
    ------
    SourceError
        If the document declares a document type or entities, or has none of the elements that ``records`` names.
    """
    records = Records(options, source, "element")
    names = options.records or _guessed(path, options, source)
    reader = _Reader(records, frozenset(names), options.encoding)
    try:
        _feed(reader.parser, path, records, n_characters)
    except _EnoughError:
        return records.table()
    except _RefusedError as error:
        if error.kind == _DECLARATION:
            place = f"line {reader.parser.CurrentLineNumber}, column {reader.parser.CurrentColumnNumber + 1}"
            raise SourceError(str(error), error.hint, source, place) from error
        records.refuse(reader.line, error.kind, str(error), error.hint)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        records.refuse(reader.line or error.lineno, "not well-formed XML",
                       f"not well-formed at {place}: {expat.ErrorString(error.code)}",
                       "nothing after this place was read; mend it, or download the file again")  # fmt: skip
    if not reader.n_records and not records.bad and n_characters is None:
        found = ", ".join(sorted(reader.seen)[:20])
        raise SourceError(f"there is no element {' or '.join(names)}", f"elements: {found}", source)
    return records.table()


def _feed(
    parser: expat.XMLParserType, path: Path, records: Records, n_bytes: int | None
) -> None:  # fmt: skip
    """Feed the file to the parser, piece by piece."""
    opener: Callable[..., Any] = gzip.open if path.suffix.lower() == ".gz" else open
    n_fed = 0
    with opener(path, "rb") as stream:
        while True:
            try:
                chunk = stream.read1(_CHUNK_BYTES)
            except EOFError:
                records.cut()
                chunk = b""
            n_fed += len(chunk)
            parser.Parse(chunk, not chunk)
            if not chunk:
                return
            if n_fed - max(parser.CurrentByteIndex, 0) > _MAX_TOKEN_BYTES:
                raise _RefusedError("too long", f"a tag or comment has more than {_MAX_TOKEN_BYTES:,} bytes",
                               "nothing after this place was read")  # fmt: skip
            if n_bytes is not None and n_fed >= n_bytes:
                raise _EnoughError


def _guessed(path: Path, options: TableOptions, source: str) -> tuple[str, ...]:
    """Return the name of the records by the document's shape: the root's children if all are alike, else the root."""
    names: list[str] = []
    depth = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        if depth < 2:
            names.append(_local(name))
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = _parser(options.encoding)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(_EnoughError, _RefusedError, expat.ExpatError):  # the reading itself tells
        _feed(parser, path, Records(options, source), _HEAD_BYTES)
    root, children = names[:1], names[1:]
    return tuple(dict.fromkeys(children)) if len(children) > 1 and len(set(children)) == 1 else tuple(root)


def _parser(encoding: str | None) -> expat.XMLParserType:
    """Return a parser that refuses declarations."""
    parser = expat.ParserCreate(encoding)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.ordered_attributes = False

    def refuse(*_: Any) -> Any:
        raise _RefusedError(_DECLARATION, "the document declares a document type",
                       "remove <!DOCTYPE …>: entities are never expanded and nothing outside is read")  # fmt: skip

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Element:
    """An element that is open."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.children: dict[str, list[Any]] = {
            f"@{_local(key)}": [value]
            for key, value in attributes.items()
            if _local(key) not in _NO_DATA and not key.startswith("xmlns:")
        }
        self.text: list[str] = []

    def value(self) -> Any:
        """Return the element as JSON would have it: a text, or an object."""
        text = " ".join("".join(self.text).split())
        if not self.children:
            return text or None
        single = {key: values[0] if len(values) == 1 else values for key, values in self.children.items()}
        return {TEXT: text, **single} if text else single


class _Reader:
    """Builds the records out of the parser's events.

    Attributes
    ----------
    line
        Where the record that is open, or the last one, starts; 0 before the first.
    n_records
        Records begun.
    seen
        Local names of elements outside records.
    """

    def __init__(self, records: Records, names: frozenset[str], encoding: str | None) -> None:
        self.parser = _parser(encoding)
        self.line = 0
        self.n_records = 0
        self.seen: set[str] = set()
        self._records = records
        self._names = names
        self._open: list[_Element] = []
        self._n_skipped = 0  # open elements beyond the limits
        self._n_elements = 0
        self._spoilt = False
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if not self._open:
            if local not in self._names:
                if len(self.seen) < 200:
                    self.seen.add(local)
                return
            self.line = self.parser.CurrentLineNumber
            self.n_records += 1
            self._n_elements, self._spoilt = 0, False
        self._n_elements += 1
        if self._n_skipped or len(self._open) > MAX_DEPTH or self._n_elements > _MAX_ELEMENTS:
            self._n_skipped += 1
            self._spoilt = True
            return
        self._open.append(_Element(local, attributes))

    def _end(self, _: str) -> None:
        if not self._open:
            return
        if self._n_skipped:
            self._n_skipped -= 1
            return
        element = self._open.pop()
        value = element.value()
        if self._open:
            if value is not None:
                self._open[-1].children.setdefault(element.name, []).append(value)
        elif self._spoilt:
            self._records.refuse(self.line, "too large", f"the element has more than {_MAX_ELEMENTS:,} elements "
                                 f"or nests deeper than {MAX_DEPTH} levels", "split or simplify it")  # fmt: skip
        else:
            own = value if isinstance(value, dict) else {element.name: value}
            self._records.add(self.line, own)

    def _characters(self, text: str) -> None:
        if self._open and not self._n_skipped:
            self._open[-1].text.append(text)
