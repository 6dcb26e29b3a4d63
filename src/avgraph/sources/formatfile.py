"""Reading a format: a mapping that is bound to no file, and says which files it reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from avgraph.sources.mapping import (
    RULE_KEYS,
    bound_mapping,
    mapping_error,
    mapping_sketch,
    parsed_mapping,
    table_rules,
)
from avgraph.sources.options import ABOUT_KEYS, TABLE_KEYS, about_source, table_options
from avgraph.sources.rulebook import Rulebook
from avgraph.sources.rules import FILE_COLUMN, TableFormat, TableMapping, TableOptions

__all__ = ["bind_format", "is_format", "read_format"]


def is_format(path: Path) -> bool:
    """Tell whether a TOML file is a format; one that is no TOML is none."""
    return isinstance(mapping_sketch(path).get("format"), dict)


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
    data, text = parsed_mapping(path, where)
    book = Rulebook()
    about_format = book.section(data, "format", ("name", "reference", "columns", "absent", "files"))
    table = book.section(data, "table", (*TABLE_KEYS[1:], *ABOUT_KEYS))
    book.unknown_keys("", data, ("format", "table", *RULE_KEYS))
    options = table_options(table, None, book)
    about = about_source(table, book)
    rules = table_rules(data, book)
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
        raise mapping_error(book.problems, where)
    used = (column for _, column in rules.column_uses())
    known = dict.fromkeys(c for c in (*lists["columns"], *used) if "*" not in c and c != FILE_COLUMN)
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
    return bound_mapping(format_.path, format_.where, data_path, name, (format_.text,), options, format_.about,
                    format_.rules, format_.name)  # fmt: skip
