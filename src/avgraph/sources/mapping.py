"""Reading a table mapping: TOML beside its data file, checked as a whole, all errors told at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from avgraph.dates import is_partial_date
from avgraph.errors import MappingError
from avgraph.languages import language_code
from avgraph.sources.binding import bind_columns, fitting_columns
from avgraph.sources.linelists import pattern_fault
from avgraph.sources.readers import FORMATS, format_of, has_header, read_columns
from avgraph.sources.rulebook import Rulebook, nearest
from avgraph.sources.rules import DEFAULT_NULL, FILE_COLUMN, TableMapping, TableOptions
from avgraph.sources.shapes import SHAPES
from avgraph.text import content_hash
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["check_columns", "read_mapping"]

_DOCUMENT_KEYS = ("records", "by", "shape", "pattern", "heading", "ignore")
_TABLE_KEYS = (
    "file", "format", "delimiter", "encoding", "quote", "sheet", "skip_rows", "short_rows", "null", "optional",
    *_DOCUMENT_KEYS,
)  # fmt: skip
_OBJECTS = ("json", "jsonl", "xml", "yaml")
#: Formats that a key goes with; the others go with lists of lines.
_KEY_FORMATS = {"records": ("json", "xml", "yaml"), "by": _OBJECTS, "shape": _OBJECTS}
_ABOUT_KEYS = ("title", "publisher", "url", "date", "language", "reference")
#: How many data files are named where none is called nearly so.
_N_FILES = 3
_HELP = "correct the mapping; docs/mapping.md explains every key"


def read_mapping(path: Path, root: Path) -> TableMapping:
    r"""Read and check a mapping.

    Parameters
    ----------
    path
        The mapping file (TOML).
    root
        The workspace folder; the source's id is the data file's path relative to it.

    Raises
    ------
    MappingError
        With every error found: key path, what was expected, and the nearest names.
    SourceError
        If the data file exists and cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "films.csv").write_text("title,year\nUnité 42,2017\n")
    >>> _ = (folder / "films.toml").write_text('''
    ... [entity.film]
    ... type = "Work"
    ... name = "{titel}"
    ... ''')
    >>> read_mapping(folder / "films.toml", folder)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    avgraph.errors.MappingError: films.toml: entity.film.name: films.csv has no column 'titel'; did you mean 'title'?...
    """
    path, root = Path(path), Path(root)
    where = _relative(path, root)
    try:
        raw = path.read_bytes()
        data = parse_toml(raw)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise MappingError(
            f"the mapping cannot be read: {error.strerror or error}", hint="check that it may be read", where=where
        ) from error
    except TomlError as fault:
        raise MappingError(fault.message, fault.hint, where, fault.place) from fault
    book = Rulebook()
    table = book.section(data, "table", (*_TABLE_KEYS, *_ABOUT_KEYS))
    book.unknown_keys("", data, ("format", "table", "map", "entity", "claim"))
    book.section(data, "format", ("name", "reference", "columns", "files", "absent"))
    data_path = _data_path(path, table, book)
    options = _options(table, data_path, book)
    about = _about(table, book)
    maps = book.maps(data.get("map", {}))
    entities = book.entities(data.get("entity", {}), maps)
    claims = book.claims(data.get("claim", []), entities, maps)
    if not entities and not book.problems:
        book.add("entity", "the mapping names no entity", "write [entity.NAME] with type and name")
    if data_path is None or options is None:
        raise _error(book.problems, where)
    mapping = TableMapping(
        path, where, data_path, _relative(data_path, root),
        f"mapping:{path.name}@{content_hash(text, n_hex=8)}",
        options, about, maps, entities, claims,
    )  # fmt: skip
    columns = None
    if has_header(options.format) and not any(key.startswith("table.") for key, _, _ in book.problems):
        columns = read_columns(data_path, options, mapping.name)
    if columns is not None:
        mapping = bind_columns(mapping, columns)
        check_columns(mapping, columns, book)
    if book.problems:
        raise _error(book.problems, where)
    return mapping


def check_columns(mapping: TableMapping, columns: Iterable[str], book: Rulebook | None = None) -> None:
    """Check that every column the mapping uses exists, but for optional ones.

    Raises
    ------
    MappingError
        If one is missing and no `book` gathers the problems.
    """
    if "*" in mapping.options.optional:
        return
    known = [*columns, FILE_COLUMN]
    gather = book or Rulebook()
    for key, column in dict.fromkeys(mapping.column_uses()):
        fitting = fitting_columns(column, known)
        if len(fitting) > 1:
            listed = ", ".join(repr(c) for c in fitting)
            gather.add(key, f"{column!r} fits {len(fitting)} columns: {listed}", "name one of them in full")
        elif not fitting and column not in mapping.options.optional:
            hint = nearest(column, known[:-1], "columns")
            gather.add(key, f"{mapping.data_path.name} has no column {column!r}", hint)
    if book is None and gather.problems:
        raise _error(gather.problems, mapping.mapping_name)


def _error(problems: list[tuple[str, str, str]], where: str) -> MappingError:
    """Return one error that lists all problems."""
    lines = [f"{key}: {message}{f'; {hint}' if hint else ''}" for key, message, hint in problems]
    text = lines[0] if len(lines) == 1 else f"{len(lines)} errors\n  " + "\n  ".join(lines)
    faults = [(key, message, hint or _HELP) for key, message, hint in problems]
    return MappingError(text, hint=_HELP, where=where, faults=faults)


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.name


def _data_path(path: Path, table: dict[str, Any], book: Rulebook) -> Path | None:
    """Return the data file: the one named, or the one with the mapping's stem."""
    files = sorted(p.name for p in path.parent.iterdir() if p.is_file() and format_of(p) is not None)
    name = table.get("file")
    if name is not None and not isinstance(name, str):
        book.add("table.file", "a file name in quotes is expected")
        return None
    if name is not None:
        if (path.parent / name).is_file():
            return path.parent / name
        book.add(
            "table.file",
            f"there is no file {name!r} beside the mapping",
            nearest(name, files, "files", n_listed=_N_FILES),
        )
        return None
    found = [f for f in files if f.split(".")[0] == path.stem or Path(f).stem == path.stem]
    if len(found) == 1:
        return path.parent / found[0]
    if found:
        book.add("table.file", f"several data files are called {path.stem}: {', '.join(found)}", 'write file = "…"')
    else:
        book.add("table.file", f"there is no data file called {path.stem} beside the mapping",
                 nearest(path.stem, files, "files", n_listed=_N_FILES) or 'write file = "…"')  # fmt: skip
    return None


def _options(table: dict[str, Any], data_path: Path | None, book: Rulebook) -> TableOptions | None:
    """Return how the file is read."""
    format_ = table.get("format") or (format_of(data_path) if data_path else "csv")
    if format_ not in FORMATS:
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
    return TableOptions(format_, skip_rows=skip, null=tuple(null), optional=tuple(optional), **texts,
                        **_document_options(table, format_, book))  # fmt: skip


def _document_options(table: dict[str, Any], format_: str, book: Rulebook) -> dict[str, Any]:
    """Return how the records of a document are found and rewritten."""
    found: dict[str, Any] = {}
    for key in _DOCUMENT_KEYS:
        formats = _KEY_FORMATS.get(key, ("lines",))
        if key in table and format_ not in formats:
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


def _about(table: dict[str, Any], book: Rulebook) -> dict[str, str]:
    """Return what the mapping says of the source."""
    about: dict[str, str] = {}
    for key in _ABOUT_KEYS:
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
