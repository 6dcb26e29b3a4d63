"""The section ``[table]`` of a mapping: how the file is opened, and what is said of the source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from avgraph.dates import is_partial_date
from avgraph.languages import language_code
from avgraph.sources.containers import container
from avgraph.sources.linelists import pattern_fault
from avgraph.sources.readers import FORMATS, format_of
from avgraph.sources.rulebook import Rulebook, nearest
from avgraph.sources.rules import DEFAULT_NULL, TableOptions
from avgraph.sources.shapes import SHAPES

__all__ = ["ABOUT_KEYS", "TABLE_KEYS", "about_source", "table_options"]

_DOCUMENT_KEYS = ("records", "by", "shape", "pattern", "heading", "ignore")
TABLE_KEYS = (
    "file", "format", "delimiter", "encoding", "quote", "sheet", "skip_rows", "short_rows", "null", "optional",
    *_DOCUMENT_KEYS,
)  # fmt: skip
_OBJECTS = ("json", "jsonl", "xml", "yaml")
#: Formats that a key goes with; the others go with lists of lines.
_KEY_FORMATS = {"records": ("json", "xml", "yaml"), "by": _OBJECTS, "shape": _OBJECTS}
ABOUT_KEYS = ("title", "publisher", "url", "date", "language", "reference")


def table_options(table: dict[str, Any], data_path: Path | None, book: Rulebook) -> TableOptions | None:
    """Return how the file is read."""
    format_: Any = table.get("format") or (format_of(data_path) if data_path else "csv")
    if format_ not in FORMATS and container(str(format_)) is None:
        message = f"{format_!r} is no format" if "format" in table else "the file's ending tells no format"
        book.add("table.format", message, f"formats: {', '.join(FORMATS)}")
        return None
    texts = {k: table[k] for k in ("delimiter", "encoding", "quote", "sheet", "short_rows") if k in table}
    for key, value in texts.items():
        if not isinstance(value, str):
            book.add(f"table.{key}", "a text in quotes is expected")
    if any(not isinstance(v, str) for v in texts.values()):
        return None
    if len(texts.get("delimiter", ",")) != 1 or texts.get("delimiter") in ("\n", "\r", '"'):
        book.add("table.delimiter", "one character is expected", 'such as ";" or "\\t"')
    if len(texts.get("quote", "")) > 1 or texts.get("quote") in ("\n", "\r"):
        book.add("table.quote", 'one character or "" is expected')
    if (encoding := texts.get("encoding")) is not None:
        try:
            "".encode(encoding)
        except LookupError:
            book.add("table.encoding", f"{encoding!r} is no encoding", "such as utf-8, windows-1252, utf-16")
    if texts.get("short_rows", "pad") not in ("pad", "quarantine"):
        book.add("table.short_rows", f"{texts['short_rows']!r} is not known", 'write "pad" or "quarantine"')
    skip = table.get("skip_rows", 0)
    if not isinstance(skip, int) or isinstance(skip, bool) or skip < 0:
        book.add("table.skip_rows", "a number of lines is expected")
        skip = 0
    null = table.get("null", list(DEFAULT_NULL))
    if not isinstance(null, list) or not all(isinstance(n, str) for n in null):
        book.add("table.null", "a list of texts is expected", 'such as ["", "NA"]')
        null = []
    optional = table.get("optional", [])
    if not isinstance(optional, list) or not all(isinstance(c, str) and c for c in optional):
        book.add("table.optional", "a list of column names is expected", 'such as ["English title"], or ["*"] for all')
        optional = []
    return TableOptions(str(format_), skip_rows=skip, null=tuple(null), optional=tuple(optional), **texts,
                        **_document_options(table, format_, book))  # fmt: skip


def _document_options(table: dict[str, Any], format_: str, book: Rulebook) -> dict[str, Any]:
    """Return how the records of a document are found and rewritten."""
    found: dict[str, Any] = {}
    for key in _DOCUMENT_KEYS:
        formats = _KEY_FORMATS.get(key, ("lines",))
        if key in table and format_ in FORMATS and format_ not in formats:
            book.add(f"table.{key}", f"a {format_} file has none", f"it goes with format {' or '.join(formats)}")
    for key in ("records", "pattern", "heading", "ignore"):
        values = table.get(key, [])
        values = values if isinstance(values, list) else [values]
        if not all(isinstance(v, str) and v for v in values):
            book.add(f"table.{key}", "a text or a list of texts is expected")
            values = []
        found[key] = tuple(values)
    if format_ in ("json", "yaml") and len(found["records"]) > 1:
        book.add("table.records", "one path is expected", 'such as "answer.films"; * stands for any key')
    for key in ("pattern", "heading", "ignore"):
        for pattern in found[key]:
            if (fault := pattern_fault(pattern)) is not None:
                book.add(f"table.{key}", f"{pattern!r} cannot be used: {fault}", "see docs/mapping.md, Lists of lines")
                found[key] = ()
    if format_ == "lines" and not found["pattern"]:
        book.add("table.pattern", "a list of lines needs a pattern", "such as ['(?<title>.+) – (?<year>[0-9]{4})']")
    by = table.get("by", {})
    if not isinstance(by, dict) or not all(isinstance(v, str) and v for v in by.values()):
        book.add("table.by", "keys of arrays are expected", 'such as by = {links = "name"}')
        by = {}
    found["by"] = tuple(by.items())
    shape = table.get("shape")
    if shape is not None and shape not in SHAPES:
        book.add("table.shape", f"there is no shape {shape!r}", nearest(str(shape), SHAPES, "shapes"))
        shape = None
    found["shape"] = shape
    return found


def about_source(table: dict[str, Any], book: Rulebook) -> dict[str, str]:
    """Return what the mapping says of the source."""
    about: dict[str, str] = {}
    for key in ABOUT_KEYS:
        if key not in table:
            continue
        # TOML has dates of its own; a bare year is a number to it.
        value = str(table[key]) if key == "date" else table[key]
        if not isinstance(value, str):
            book.add(f"table.{key}", "a text in quotes is expected")
        elif key == "date" and not is_partial_date(value):
            book.add("table.date", f"{value!r} is no date", "write 2019, 2019-10 or 2019-10-16")
        elif key == "language" and language_code(value) is None:
            book.add("table.language", f"{value!r} is no language code", "such as en or fr")
        elif value.strip():
            about[key] = (language_code(value) or "") if key == "language" else value.strip()
    return about
