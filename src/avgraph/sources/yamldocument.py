"""YAML documents: plain text values only, nested maps whose keys may be data.

The events of the parser are read one by one: no tag makes an object, no alias is unfolded beyond a limit, and a value
is the text that stands there (``NO`` is Norway, not false; ``2026`` and ``'2026'`` are the same).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from avgraph.errors import SourceError
from avgraph.sources.jsondocument import document_text
from avgraph.sources.readers import RawTable
from avgraph.sources.records import MAX_DEPTH, UNDECODED, Records
from avgraph.sources.rules import TableOptions

__all__ = ["read_yaml"]

_MAX_CHARACTERS = 100_000_000
#: Values that a document may have once its aliases are unfolded.
_MAX_VALUES = 2_000_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_NULL = ("", "~", "null", "Null", "NULL")


class _RefusedError(Exception):
    """The document is not read on."""

    def __init__(self, line: int, kind: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.line = line
        self.kind = kind
        self.hint = hint


@dataclass(slots=True)
class _Node:
    """A value with its line: a text (None for unknown), a list of nodes, or pairs of key and node."""

    line: int
    text: str | None = None
    items: list[_Node] | None = None
    pairs: list[tuple[str, int, _Node]] | None = None


def read_yaml(path: Path, options: TableOptions, source: str, n_characters: int | None = None) -> RawTable:
    """Read a YAML file, or only the records in its first `n_characters`; see :mod:`avgraph.sources.readers`.

    Raises
    ------
    SourceError
        If the document is too long, or has nothing at the path of ``records``.
    """
    records = Records(options, source)
    text = document_text(path, options, source, records, n_characters)
    if len(text) > _MAX_CHARACTERS:
        raise SourceError(f"the document has more than {_MAX_CHARACTERS:,} characters",
                          "split it, or write it as JSON Lines", source)  # fmt: skip
    reader = _Reader(text)
    segments = options.records[0].split(".") if options.records else []
    n_found = 0
    try:
        for node in reader.documents():
            for line, record, keys in _walk(node, node.line, segments, ()):
                n_found += 1
                _add(reader, records, line, record, keys)
    except _RefusedError as error:
        if n_characters is None:
            records.refuse(error.line, error.kind, str(error), error.hint)
    if n_characters is None and not n_found and not records.bad:
        where = f" at {options.records[0]!r}" if segments else ""
        raise SourceError(f"there are no records{where}", "records = \"…\" names their path, * stands for any key",
                          source)  # fmt: skip
    return records.table()


def _add(reader: _Reader, records: Records, line: int, node: _Node, keys: tuple[str, ...]) -> None:
    """Add one record."""
    if node.pairs is None:
        records.refuse(line, "no map", "the record is no map of keys and values", "write key: value")
        return
    try:
        value = reader.value(node, 0)
    except _RefusedError as error:
        records.refuse(line, error.kind, str(error), error.hint)
        return
    records.add(line, value, keys)


def _walk(
    node: _Node, line: int, segments: list[str], keys: tuple[str, ...]
) -> Iterator[tuple[int, _Node, tuple[str, ...]]]:
    """Yield (line, node, data keys) of each record at a path under a node."""
    if node.items is not None:
        for item in node.items:
            yield from _walk(item, item.line, segments, keys)
    elif not segments:
        yield line, node, keys
    else:
        for key, key_line, value in node.pairs or ():
            if segments[0] == "*":
                yield from _walk(value, key_line, segments[1:], (*keys, key))
            elif key == segments[0]:
                yield from _walk(value, key_line, segments[1:], keys)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Reader:
    """Builds nodes out of the parser's events."""

    def __init__(self, text: str) -> None:
        self._events = self._parsed(_SURROGATE.sub(UNDECODED, text))
        self._n_lines = text.rstrip().count("\n") + 1
        self._anchors: dict[str, _Node] = {}
        self._n_values = 0
        self._line = 1

    def documents(self) -> Iterator[_Node]:
        """Yield the root of each document of the file.

        Raises
        ------
        _RefusedError
            Where it is no YAML, or beyond the limits.
        """
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
            elif isinstance(event, yaml.NodeEvent):
                yield self._node(event, 0)

    def value(self, node: _Node, depth: int) -> Any:
        """Return a node as texts, lists and dictionaries; aliases count as often as they stand there."""
        self._n_values += 1
        if self._n_values > _MAX_VALUES or depth > MAX_DEPTH:
            raise _RefusedError(node.line, "too large", f"the aliases unfold to more than {_MAX_VALUES:,} values "
                                f"or {MAX_DEPTH} levels", "write the values out, or split the file")  # fmt: skip
        if node.items is not None:
            return [self.value(item, depth + 1) for item in node.items]
        if node.pairs is None:
            return node.text
        found: dict[str, Any] = {}
        for key, line, inner in node.pairs:
            if key in found:
                raise _RefusedError(line, "repeated key", f"the key {key!r} stands twice in one map",
                                    "rename or join them")  # fmt: skip
            found[key] = self.value(inner, depth + 1)
        return found

    def _parsed(self, text: str) -> Iterator[Any]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                self._line = _line(event)
                yield event
        except (yaml.YAMLError, UnicodeError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line = min(mark.line + 1, self._n_lines) if mark else self._line
            place = f"line {line}, column {mark.column + 1}" if mark and line == mark.line + 1 else f"line {line}"
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or error
            raise _RefusedError(line, "not YAML", f"not YAML at {place}: {problem}",
                                "nothing after this place was read; mend it") from error  # fmt: skip

    def _node(self, event: Any, depth: int) -> _Node:
        line = _line(event)
        if depth > MAX_DEPTH:
            raise _RefusedError(line, "nests too deep", f"the document nests deeper than {MAX_DEPTH} levels",
                                "nothing after this place was read; simplify it")  # fmt: skip
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _RefusedError(line, "unknown alias", f"*{event.anchor} names nothing before it", "define it")
            return replace(self._anchors[event.anchor], line=line)
        node = _Node(line)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            node.text = None if plain and event.value in _NULL else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.items = []
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                node.items.append(self._node(inner, depth + 1))
        else:
            node.pairs = self._pairs(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _pairs(self, depth: int) -> list[tuple[str, int, _Node]]:
        """Return the pairs of a map; ``<<`` stands for the pairs of other maps, which own ones overrule."""
        own: list[tuple[str, int, _Node]] = []
        merged: list[tuple[str, int, _Node]] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if key.text is None:
                raise _RefusedError(key.line, "no text as key", "a key is no text", "write texts as keys")
            if key.text == "<<":
                merged += [pair for node in value.items or [value] for pair in node.pairs or ()]
            else:
                own.append((key.text, key.line, value))
        known = {key for key, _, _ in own}
        for pair in merged:
            if pair[0] not in known:
                known.add(pair[0])
                own.append(pair)
        return own
