"""Reading mappings and formats (TOML for one data file or for any), checked as a whole, all errors told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from avgraph.dates import is_partial_date
from avgraph.errors import MappingError
from avgraph.languages import language_code
from avgraph.sources.containers import container
from avgraph.sources.readers import FORMATS, column_key, format_of, read_columns
from avgraph.sources.rulebook import Rulebook, nearest
from avgraph.sources.rules import DEFAULT_NULL, Rules, TableFormat, TableMapping, TableOptions
from avgraph.text import content_hash
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["bind_format", "check_columns", "is_format", "missing_columns", "named_file", "read_format", "read_mapping"]

_TABLE_KEYS = ("file", "format", "delimiter", "encoding", "quote", "sheet", "skip_rows", "short_rows", "null")
_ABOUT_KEYS = ("title", "publisher", "url", "date", "language", "reference")
_RULE_KEYS = ("map", "entity", "claim")
#: Containers whose head tells all columns; records of the others may bring new ones at any time.
_WHOLE_HEADS = ("csv", "tsv", "xlsx", "parquet")
#: How many data files are named where none is called nearly so.
_N_FILES = 3
_HELP = "correct the mapping; docs/mapping.md explains every key"


def read_mapping(
    path: Path, root: Path, formats: Mapping[str, TableFormat] | None = None, *, data_path: Path | None = None,
    name: str | None = None,
) -> TableMapping:  # fmt: skip
    r"""Read and check a mapping.

    Parameters
    ----------
    path
        The mapping file (TOML).
    root
        The workspace folder; the source's id is the data file's path relative to it.
    formats
        The formats that ``use`` may name, by key; by default those of avgraph.
    data_path
        The data file, whatever the mapping says.
    name
        The source's id.

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
    data, text = _parsed(path, where)
    if "format" in data:
        raise MappingError("this is a format: it is bound to no file", "take [format] out, or name no data file", where)
    book = Rulebook()
    table = book.section(data, "table", (*_TABLE_KEYS, *_ABOUT_KEYS))
    book.unknown_keys("", data, ("use", "table", *_RULE_KEYS))
    used = _used(data, formats, book) if "use" in data else None
    bound = _data_path(path, table, book) if data_path is None else data_path
    if used is not None:
        table = {**used.table, **table}
    options = _options(table, bound, book)
    about = _about(table, book)
    rules = _rules(data, book) if used is None else used.rules
    if bound is None or options is None:
        raise _error(book.problems, where)
    name = name or _relative(bound, root)
    if used is not None:
        options = replace(options, columns=used.options.columns)
        mapping = _mapping(path, where, bound, name, (text, used.text), options, about, rules, used.name)
    else:
        mapping = _mapping(path, where, bound, name, (text,), options, about, rules, where)
    columns = None
    if options.format in _WHOLE_HEADS and not any(key.startswith("table.") for key, _, _ in book.problems):
        columns = read_columns(bound, options, mapping.name)
    if columns is not None and used is not None:
        if lacking := missing_columns(used, columns):
            message = f"{bound.name} lacks columns of {used.name}: {', '.join(lacking)}"
            book.add("use", message, f"columns of the file: {', '.join(columns[:20])}")
    elif columns is not None:
        check_columns(mapping, columns, book)
    if book.problems:
        raise _error(book.problems, where)
    return mapping


def read_format(path: Path, where: str, *, own: bool = False) -> TableFormat:
    """Read and check a format: a mapping with a section ``[format]`` and without a data file.

    Parameters
    ----------
    path
        The format's file (TOML).
    where
        What messages call it.
    own
        Whether it lies in a workspace.

    Raises
    ------
    MappingError
        With every error found.
    """
    data, text = _parsed(path, where)
    book = Rulebook()
    about_format = book.section(data, "format", ("name", "reference", "columns", "absent", "files"))
    table = book.section(data, "table", (*_TABLE_KEYS[1:], *_ABOUT_KEYS))
    book.unknown_keys("", data, ("format", "table", *_RULE_KEYS))
    options = _options(table, None, book)
    about = _about(table, book)
    rules = _rules(data, book)
    texts = {key: about_format.get(key, "") for key in ("name", "reference")}
    for key, value in texts.items():
        if not isinstance(value, str) or (key == "name" and not value.strip()):
            book.add(f"format.{key}", "a text in quotes is expected")
    lists = {key: about_format.get(key, []) for key in ("columns", "absent", "files")}
    for key, values in lists.items():
        if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
            book.add(f"format.{key}", "a list of texts is expected", 'such as ["title", "year"]')
    if not lists["columns"]:
        book.add("format.columns", "a format names the columns by which it is recognised", 'such as ["title", "year"]')
    if book.problems or options is None:
        raise _error(book.problems, where)
    used = (column for _, column in rules.column_uses())
    # Names with * are told by the file, and @file is no column of it.
    known = dict.fromkeys(c for c in (*lists["columns"], *used) if "*" not in c and c != "@file")
    options = replace(options, format=str(table.get("format", "")), columns=tuple(known))
    columns, absent, files = (tuple(lists[key]) for key in ("columns", "absent", "files"))
    name, reference = texts["name"].strip(), texts["reference"].strip()
    return TableFormat(path.stem, name, path, where, reference, columns, absent, files, text, table, options, about,
                       rules, own)  # fmt: skip


def bind_format(format_: TableFormat, data_path: Path, name: str, options: TableOptions) -> TableMapping:
    """Return the mapping of one file by a format that was found to fit.

    Parameters
    ----------
    data_path
        The data file.
    name
        The id of the source.
    options
        How the file is opened, with the container that was recognised.
    """
    return _mapping(format_.path, format_.where, data_path, name, (format_.text,), options, format_.about,
                    format_.rules, format_.name)  # fmt: skip


def missing_columns(format_: TableFormat, columns: Iterable[str]) -> list[str]:
    """Return the columns that a format needs and a file lacks; case and outer white space do not count."""
    present = {column_key(c) for c in columns}
    return [c for c in format_.columns if not _among(column_key(c), present)]


def _among(name: str, present: Collection[str]) -> bool:
    """Tell whether a column is there; ``*`` in its name stands for any text."""
    return name in present or ("*" in name and any(fnmatchcase(p, name.replace("[", "[[]")) for p in present))


def is_format(path: Path) -> bool:
    """Tell whether a TOML file is a format; one that is no TOML is none."""
    return isinstance(_sketch(path).get("format"), dict)


def named_file(path: Path) -> Path | None:
    """Return the data file that a mapping is about, however wrong the mapping is otherwise; None where it names none.

    The file need not exist: it may lie in an archive.
    """
    table = _sketch(path).get("table")
    name = table.get("file") if isinstance(table, dict) else None
    return path.parent / name if isinstance(name, str) else _data_path(path, {}, Rulebook())


def _sketch(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(path.read_bytes())
    except (OSError, TomlError):
        return {}


def _parsed(path: Path, where: str) -> tuple[dict[str, Any], str]:
    """Return what a TOML file says, and its text."""
    try:
        raw = path.read_bytes()
        return parse_toml(raw), raw.decode("utf-8-sig")
    except OSError as error:
        raise MappingError(
            f"the mapping cannot be read: {error.strerror or error}", hint="check that it may be read", where=where
        ) from error
    except TomlError as fault:
        raise MappingError(fault.message, fault.hint, where, fault.place) from fault


def _rules(data: Mapping[str, Any], book: Rulebook) -> Rules:
    """Return what the rows say."""
    maps = book.maps(data.get("map", {}))
    entities = book.entities(data.get("entity", {}), maps)
    claims = book.claims(data.get("claim", []), entities, maps)
    if not entities and not book.problems:
        book.add("entity", "the mapping names no entity", "write [entity.NAME] with type and name")
    return Rules(maps, entities, claims)


def _used(data: Mapping[str, Any], formats: Mapping[str, TableFormat] | None, book: Rulebook) -> TableFormat | None:
    """Return the format that a mapping uses."""
    if formats is None:
        from avgraph.sources.recognition import shipped_formats

        formats = {f.key: f for f in shipped_formats()}
    for key in _RULE_KEYS:
        if key in data:
            book.add(key, f"{key} stands beside use", f"take out use, or [{key}]")
    found = formats.get(data["use"]) if isinstance(data["use"], str) else None
    if found is None:
        book.add("use", f"there is no format {data['use']!r}", nearest(str(data["use"]), formats, "formats"))
    return found


def _mapping(
    path: Path, where: str, data_path: Path, name: str, texts: tuple[str, ...], options: TableOptions,
    about: Mapping[str, str], rules: Rules, reader: str,
) -> TableMapping:  # fmt: skip
    method = f"mapping:{path.name}@{content_hash(*texts, n_hex=8)}"
    return TableMapping(path, where, data_path, name, method, content_hash(path.name, *texts), reader, options, about,
                        rules.maps, rules.entities, rules.claims)  # fmt: skip


def check_columns(mapping: TableMapping, columns: Iterable[str], book: Rulebook | None = None) -> None:
    """Check that every column the mapping uses exists.

    Raises
    ------
    MappingError
        If one is missing and no `book` gathers the problems.
    """
    known = list(columns)
    gather = book or Rulebook()
    for key, column in dict.fromkeys(mapping.column_uses()):
        if column not in known:
            hint = nearest(column, known, "columns")
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
    found = [f for f in files if path.stem in (f.split(".")[0], Path(f).stem, Path(Path(f).stem).stem)]
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
    return TableOptions(str(format_), skip_rows=skip, null=tuple(null), **texts)


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
