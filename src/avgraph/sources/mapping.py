"""Reading a table mapping: TOML beside its data file, checked as a whole, all errors told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from avgraph.errors import MappingError
from avgraph.sources.binding import bind_columns, fitting_columns
from avgraph.sources.options import ABOUT_KEYS, TABLE_KEYS, about_source, table_options
from avgraph.sources.readers import format_of, has_header, read_columns
from avgraph.sources.rulebook import Rulebook, nearest
from avgraph.sources.rules import FILE_COLUMN, Rules, TableFormat, TableMapping, TableOptions
from avgraph.text import content_hash
from avgraph.tomlfile import TomlError, parse_toml

__all__ = ["RULE_KEYS", "bound_mapping", "check_columns", "mapping_error", "mapping_sketch", "named_file",
           "parsed_mapping", "read_mapping", "table_rules"]  # fmt: skip

RULE_KEYS = ("map", "entity", "claim")
#: Gives formats by key; asked only where a mapping uses one, for reading them takes time.
Formats = Callable[[], Mapping[str, TableFormat]]
#: How many data files are named where none is called nearly so.
_N_FILES = 3
_HELP = "correct the mapping; docs/mapping.md explains every key"


def read_mapping(
    path: Path, root: Path, formats: Formats | None = None, *, data_path: Path | None = None,
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
        Gives the formats that ``use`` may name, by key; by default those of avgraph.
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
    data, text = parsed_mapping(path, where)
    book = Rulebook()
    table = book.section(data, "table", (*TABLE_KEYS, *ABOUT_KEYS))
    book.unknown_keys("", data, ("format", "use", "table", *RULE_KEYS))
    used = _used(data, formats, book) if "use" in data else None
    bound = _data_path(path, table, book) if data_path is None else data_path
    if used is not None:
        table = {**used.table, **table}
    options = table_options(table, bound, book)
    about = about_source(table, book)
    rules = table_rules(data, book) if used is None else used.rules
    if bound is None or options is None:
        raise mapping_error(book.problems, where)
    name = name or _relative(bound, root)
    if used is not None:
        options = replace(options, columns=used.options.columns)
        mapping = bound_mapping(path, where, bound, name, (text, used.text), options, about, rules, used.name)
    else:
        mapping = bound_mapping(path, where, bound, name, (text,), options, about, rules, where)
    columns = None
    if has_header(options.format) and not any(key.startswith("table.") for key, _, _ in book.problems):
        columns = read_columns(bound, options, mapping.name)
    if columns is not None:
        if used is not None and (lacking := used.missing(columns)):
            message = f"{bound.name} lacks columns of {used.name}: {', '.join(lacking)}"
            book.add("use", message, f"columns of the file: {', '.join(columns[:20])}")
        elif used is None:
            mapping = bind_columns(mapping, columns)
            check_columns(mapping, columns, book)
    if book.problems:
        raise mapping_error(book.problems, where)
    return mapping


def named_file(path: Path) -> Path | None:
    """Return the data file that a mapping is about, however wrong the mapping is otherwise; None where it names none.

    The file need not exist: it may lie in an archive.
    """
    table = mapping_sketch(path).get("table")
    name = table.get("file") if isinstance(table, dict) else None
    return path.parent / name if isinstance(name, str) else _data_path(path, {}, Rulebook())


def mapping_sketch(path: Path) -> dict[str, Any]:
    """Return what a TOML file says, nothing where it cannot be read."""
    try:
        return parse_toml(path.read_bytes())
    except (OSError, TomlError):
        return {}


def parsed_mapping(path: Path, where: str) -> tuple[dict[str, Any], str]:
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


def table_rules(data: Mapping[str, Any], book: Rulebook) -> Rules:
    """Return what the rows say."""
    maps = book.maps(data.get("map", {}))
    entities = book.entities(data.get("entity", {}), maps)
    claims = book.claims(data.get("claim", []), entities, maps)
    if not entities and not book.problems:
        book.add("entity", "the mapping names no entity", "write [entity.NAME] with type and name")
    return Rules(maps, entities, claims)


def _used(data: Mapping[str, Any], formats: Formats | None, book: Rulebook) -> TableFormat | None:
    """Return the format that a mapping uses."""
    if formats is None:
        from avgraph.sources.recognition import shipped_formats

        known: Mapping[str, TableFormat] = {f.key: f for f in shipped_formats()}
    else:
        known = formats()
    for key in RULE_KEYS:
        if key in data:
            book.add(key, f"{key} stands beside use", f"take out use, or [{key}]")
    found = known.get(data["use"]) if isinstance(data["use"], str) else None
    if found is None:
        book.add("use", f"there is no format {data['use']!r}", nearest(str(data["use"]), known, "formats"))
    return found


def bound_mapping(
    path: Path, where: str, data_path: Path, name: str, texts: tuple[str, ...], options: TableOptions,
    about: Mapping[str, str], rules: Rules, reader: str,
) -> TableMapping:  # fmt: skip
    """Return the mapping of one file out of the texts it was made of."""
    method = f"mapping:{path.name}@{content_hash(*texts, n_hex=8)}"
    return TableMapping(path, where, data_path, name, method, content_hash(path.name, *texts), reader, options, about,
                        rules.maps, rules.entities, rules.claims)  # fmt: skip


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
        raise mapping_error(gather.problems, mapping.mapping_name)


def mapping_error(problems: list[tuple[str, str, str]], where: str) -> MappingError:
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
