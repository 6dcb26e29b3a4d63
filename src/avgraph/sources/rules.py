"""A table mapping as values: what each row of a table names and claims."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avgraph.model import ClaimKind
from avgraph.sources.templates import Condition, Template

__all__ = ["DEFAULT_NULL", "FILE_COLUMN", "ClaimRule", "EntityRule", "Rules", "TableFormat", "TableMapping",
           "TableOptions", "column_key"]  # fmt: skip

#: Cell texts that mean unknown unless the mapping says otherwise.
DEFAULT_NULL = ("", "\\N", "NULL")
#: Column that every file has: its own name without endings.
FILE_COLUMN = "@file"


def column_key(name: str) -> str:
    """Return what two spellings of a column's name have in common: neither case nor outer white space counts."""
    return name.strip().casefold()


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How the data file is read.

    Attributes
    ----------
    format
        One of :data:`avgraph.sources.readers.FORMATS`.
    delimiter
        None to take the one of ``, ; tab |`` that is most frequent in the header.
    encoding
        None for UTF-8 (or what a byte order mark says).
    quote
        None for ``"`` in CSV and none in TSV; ``""`` switches quoting off.
    sheet
        Name of a sheet, None for the first.
    skip_rows
        Lines before the header.
    short_rows
        ``"quarantine"``, or ``"pad"`` where a file leaves out empty cells at the end of a row.
    null
        Cell texts that mean unknown.
    records
        Where the records of a JSON, XML or YAML file are: a path (JSON, YAML) or names of elements (XML); empty
        to tell by the file's shape.
    by
        Pairs (path, key) of arrays whose objects say what they are under that key: each kind gets columns of
        its own.
    shape
        Name of a function of :mod:`avgraph.sources.shapes` that rewrites each record; None for none.
    optional
        Columns that a file may lack, ``"*"`` for all; all their cells are unknown then.
    pattern, heading, ignore
        Regular expressions of a list of lines; see :mod:`avgraph.sources.linelists`.
    columns
        The columns that a format knows, whose case in the file does not matter; none for the mapping of one file.
    """

    format: str
    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    sheet: str | None = None
    skip_rows: int = 0
    short_rows: str = "quarantine"
    null: tuple[str, ...] = DEFAULT_NULL
    records: tuple[str, ...] = ()
    by: tuple[tuple[str, str], ...] = ()
    shape: str | None = None
    optional: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityRule:
    """An entity that each row (or each piece of a split cell) names."""

    name: str
    type: str
    templates: Mapping[str, Template]
    names: tuple[Template, ...] = ()
    ids: tuple[tuple[str, Template], ...] = ()
    split: tuple[str, ...] = ()
    split_columns: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()

    def keyed_templates(self) -> Iterator[tuple[str, Template]]:
        """Yield every template with its key path."""
        path = f"entity.{self.name}"
        for key, template in self.templates.items():
            yield f"{path}.{key}", template
        for template in self.names:
            yield f"{path}.names", template
        for scheme, template in self.ids:
            yield f"{path}.ids.{scheme}", template
        for condition in self.where:
            yield f"{path}.where", condition.template

    @property
    def identifying(self) -> tuple[Template, ...]:
        """The templates that say which entity it is; where all are unknown none is named."""
        own = (self.templates.get("name"), *self.names, *(t for _, t in self.ids), self.templates.get("key"))
        return tuple(t for t in own if t is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns used, each once."""
        used = [c for _, template in self.keyed_templates() for c in template.columns]
        return tuple(dict.fromkeys([*used, *self.split_columns]))


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """A claim that each row makes.

    Attributes
    ----------
    number
        Place in the mapping, from 1.
    roles
        Role column → entity names.
    templates
        Attributes, ``status``, ``confidence``, ``valid_from``, ``valid_to``.
    pair
        Whether split roles pair up by position.
    split, split_columns
        Separators, and the columns of which each piece makes a claim.
    once
        Whether rows that claim the same thing again make no further claim.
    """

    number: int
    kind: ClaimKind
    roles: Mapping[str, tuple[str, ...]]
    templates: Mapping[str, Template]
    when: tuple[Condition, ...] = ()
    pair: bool = False
    split: tuple[str, ...] = ()
    split_columns: tuple[str, ...] = ()
    once: bool = False

    def keyed_templates(self) -> Iterator[tuple[str, Template]]:
        """Yield every template with its key path."""
        for key, template in self.templates.items():
            yield f"claim[{self.number}].{key}", template
        for condition in self.when:
            yield f"claim[{self.number}].when", condition.template

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns used, each once."""
        used = [c for _, template in self.keyed_templates() for c in template.columns]
        return tuple(dict.fromkeys([*used, *self.split_columns]))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows of a table name and claim, whichever file holds it."""

    maps: Mapping[str, Mapping[str, str]]
    entities: Mapping[str, EntityRule]
    claims: tuple[ClaimRule, ...] = ()

    def column_uses(self) -> Iterator[tuple[str, str]]:
        """Yield (key path, column) for every use of a column."""
        rules: list[EntityRule | ClaimRule] = [*self.entities.values(), *self.claims]
        for rule in rules:
            for key, template in rule.keyed_templates():
                for column in template.columns:
                    yield key, column
        for entity in self.entities.values():
            for column in entity.split_columns:
                yield f"entity.{entity.name}.split_columns", column
        for claim in self.claims:
            for column in claim.split_columns:
                yield f"claim[{claim.number}].split_columns", column


def _among(name: str, columns: Collection[str]) -> bool:
    """Tell whether a column is there; ``*`` in its name stands for any text."""
    if name in columns or "*" not in name:
        return name in columns
    pattern = re.compile(".*".join(map(re.escape, name.split("*"))), re.DOTALL)
    return any(pattern.fullmatch(c) for c in columns)


@dataclass(frozen=True, slots=True)
class TableFormat:
    """A mapping that is bound to no file: it reads the files whose columns it knows.

    Attributes
    ----------
    key
        Stem of its file: what a mapping's ``use`` says.
    name
        What people are told.
    path, where
        Its file, and what messages call it.
    reference
        Address of its description.
    columns
        All must be among those of a file.
    absent
        None of them may be.
    files
        Globs for the file's name; without any every name will do.
    text
        Of its file.
    table
        Its section ``[table]``.
    own
        Whether it lies in the workspace; it then wins over a shipped one that fits as well.
    """

    key: str
    name: str
    path: Path
    where: str
    reference: str
    columns: tuple[str, ...]
    absent: tuple[str, ...]
    files: tuple[str, ...]
    text: str
    table: Mapping[str, Any]
    options: TableOptions
    about: Mapping[str, str]
    rules: Rules
    own: bool = False

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that the format needs and a file lacks; ``*`` in a name stands for any text."""
        present = [column_key(c) for c in columns]
        return [c for c in self.columns if not _among(column_key(c), present)]

    def excluded(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that a file has and the format does not read."""
        present = {column_key(c) for c in columns}
        return [c for c in self.absent if column_key(c) in present]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A checked mapping of one data file.

    Attributes
    ----------
    path
        The mapping file.
    mapping_name
        Its workspace-relative path, ``/`` as separator.
    data_path
        The data file.
    name
        Workspace-relative path of the data file, ``/`` as separator: the id of the source.
    method
        ``mapping:<file name>@<8 hex digits of the hash of the mapping's text>``.
    key
        Hash of all texts that the mapping was made of.
    reader
        What people are told that reads the file: the format's name, or the mapping's.
    about
        ``title``, ``publisher``, ``url``, ``date``, ``language``, ``reference`` of the source.
    """

    path: Path
    mapping_name: str
    data_path: Path
    name: str
    method: str
    key: str
    reader: str
    options: TableOptions
    about: Mapping[str, str]
    maps: Mapping[str, Mapping[str, str]]
    entities: Mapping[str, EntityRule]
    claims: tuple[ClaimRule, ...] = ()

    def column_uses(self) -> Iterator[tuple[str, str]]:
        """Yield (key path, column) for every use of a column."""
        yield from Rules(self.maps, self.entities, self.claims).column_uses()
