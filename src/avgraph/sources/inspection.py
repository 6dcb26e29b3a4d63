"""What a reader sees of a data file: its columns, who maps them, and the first claims that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import AvgraphError, Issue
from avgraph.model import KINDS, SourceTables
from avgraph.sources.delimited import read_dialect
from avgraph.sources.heads import head_of
from avgraph.sources.problems import tell
from avgraph.sources.readers import RawTable, read_raw
from avgraph.sources.recognition import Near
from avgraph.sources.rules import TableMapping, TableOptions, column_key
from avgraph.sources.suggestion import draft_mapping
from avgraph.sources.table import read_table
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["ColumnSeen", "FirstClaim", "Inspection", "inspect_table"]

N_SAMPLES = 3
_MAX_SAMPLE_CHARACTERS = 60

#: Types of cells, the narrowest first: all known cells of a column are of it.
_TYPES: tuple[tuple[str, str], ...] = (
    ("year", r"(?:18[89]|19\d|20\d)\d"),
    ("integer", r"[+-]?\d{1,18}"),
    ("number", r"[+-]?\d+[.,]\d+|[+-]?\d{1,3}(?:[., '\u00a0\u202f]\d{3})+(?:[.,]\d+)?"),
    ("percent", r"\d+(?:[.,]\d+)?\s?%"),
    ("date", r"\d{4}-\d{2}(?:-\d{2})?(?:[T ][\d:.]+Z?)?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})"),
    ("true or false", r"(?i:true|false|yes|no)"),
    ("IMDb id", r"(?:tt|nm|co|ev)\d{5,10}"),
    ("Wikidata id", r"Q[1-9]\d*"),
    ("EIDR id", r"10\.52(?:37|40)/.+"),
    ("address", r"(?i:https?)://\S+"),
)


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column of the file.

    Attributes
    ----------
    name
        As the file writes it.
    type
        Of its cells: ``"text"`` unless all known ones are years, integers, dates, ids …; with ``"list of "`` before
        it where cells are lists.
    filled
        Share of rows in which it is known, 0 to 1.
    samples
        Its first different values.
    uses
        Where the mapping uses it; nowhere where it is not mapped.
    """

    name: str
    type: str
    filled: float
    samples: tuple[str, ...]
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstClaim:
    """A claim as it would be made: its roles by name, its attributes, and the row with its place."""

    kind: str
    roles: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Any]
    status: str
    quote: str
    row: int


@dataclass(frozen=True)
class Inspection:
    """What a reader sees of a file.

    Attributes
    ----------
    name
        Of the file.
    container, encoding, delimiter
        How it is opened; None where it holds no table, or none of the kind.
    n_read, n_accepted, n_quarantined
        Rows looked at; without a reader those that cannot be read are quarantined.
    whole
        Whether these are all rows.
    row_word
        What a place is called, ``"line"`` or ``"row"``.
    columns
        In the file's order.
    reader
        The format or mapping, None where there is none.
    reader_where
        Its file.
    reference
        Address of the format's description.
    near
        Formats that do not fit, with the columns that the file lacks.
    n_claims
        By kind.
    claims
        The first ones.
    issues
        Everything that is wrong.
    draft
        A mapping to begin with (TOML), where nothing reads the file; empty otherwise.
    is_read
        Whether something reads the file, though perhaps not every row.
    """

    name: str
    container: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    n_read: int = 0
    n_accepted: int = 0
    n_quarantined: int = 0
    whole: bool = True
    row_word: str = "line"
    columns: tuple[ColumnSeen, ...] = ()
    reader: str | None = None
    reader_where: str | None = None
    reference: str | None = None
    near: tuple[Near, ...] = ()
    n_claims: Mapping[str, int] = field(default_factory=dict)
    claims: tuple[FirstClaim, ...] = ()
    issues: tuple[Issue, ...] = ()
    draft: str = ""
    is_read: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return found | {
            "columns": [asdict(c) for c in self.columns],
            "near": [{"format": n.format.name, "missing": list(n.missing)} for n in self.near],
            "claims": [asdict(c) for c in self.claims],
            "issues": [i.to_json() for i in self.issues],
        }


def inspect_table(
    path: Path, name: str, options: TableOptions | None, mapping: TableMapping | None, *, near: Iterable[Near] = (),
    issues: Iterable[Issue] = (), reference: str | None = None, whole: bool = False, n_claims: int = 10,
) -> Inspection:  # fmt: skip
    """Return what a reader sees of a data file.

    Parameters
    ----------
    path, name
        The file, and what messages call it.
    options
        How it is opened, None where it holds no table.
    mapping
        Who reads it, None for nobody.
    near, issues
        What is known of the file already.
    reference
        Address of the format's description.
    whole
        Read all rows, not only the first.
    n_claims
        How many claims are shown.
    """
    about: dict[str, Any] = {"near": tuple(near)}
    told = list(issues)
    if options is None:
        return Inspection(name, **about, issues=tuple(told))
    about["container"] = options.format
    if mapping is not None:
        about |= {"reader": mapping.reader, "reader_where": mapping.mapping_name, "reference": reference}
    try:
        if options.format in ("csv", "tsv"):
            about["encoding"], about["delimiter"] = read_dialect(path, options, name)
        with _rows_of(path, options, whole) as (part, all_rows):
            about["whole"] = all_rows
            raw = read_raw(part, replace(options, columns=()), name)
            about |= {"row_word": raw.row_word, "columns": _columns(raw, options, mapping)}
            if mapping is None:
                told += [*raw.issues, *tell(raw.bad, name, raw.row_word)]
                about |= {"n_read": raw.n_read, "n_accepted": raw.frame.height, "n_quarantined": len(raw.bad),
                          "draft": draft_mapping(path.name, raw.frame, options)}  # fmt: skip
            else:
                tables = read_table(replace(mapping, data_path=part))
                told += tables.issues
                about |= {key: tables.source[key] for key in ("n_read", "n_accepted", "n_quarantined")}
                about |= {"n_claims": {kind: t.height for kind, t in tables.claims.items() if t.height},
                          "claims": _first_claims(tables, n_claims), "is_read": True}  # fmt: skip
    except AvgraphError as error:
        told += error.issues(name)
    return Inspection(name, **about, issues=tuple(told))


@contextmanager
def _rows_of(path: Path, options: TableOptions, whole: bool) -> Iterator[tuple[Path, bool]]:
    """Give the file that is read, and whether it holds all rows."""
    if whole:
        yield path, True
        return
    with head_of(path, options) as found:
        yield found


def _columns(raw: RawTable, options: TableOptions, mapping: TableMapping | None) -> tuple[ColumnSeen, ...]:
    """Return what is seen of each column."""
    uses: dict[str, list[str]] = {}
    for key, column in dict.fromkeys(mapping.column_uses() if mapping is not None else ()):
        uses.setdefault(column_key(column) if options.columns else column, []).append(key)
    null = ["", *options.null]
    seen = []
    for name in raw.frame.columns[1:]:
        cells = raw.frame[name].str.strip_chars()
        known = cells.filter(cells.is_not_null() & ~cells.is_in(null))
        listed = known.str.contains(LIST_SEPARATOR, literal=True).any()
        values = known.str.split(LIST_SEPARATOR).explode(empty_as_null=True).drop_nulls() if listed else known
        values = values.filter(values != "")
        samples = values.unique(maintain_order=True).head(N_SAMPLES).to_list()
        type_ = ("list of " if listed else "") + _type(values)
        used = uses.get(column_key(name) if options.columns else name, ())
        filled = known.len() / cells.len() if cells.len() else 0.0
        shown = tuple(_shortened(s) for s in samples)
        seen.append(ColumnSeen(name, type_ if known.len() else "unknown", round(filled, 4), shown, tuple(used)))
    return tuple(seen)


def _type(values: pl.Series) -> str:
    """Return the narrowest type that all values are of."""
    if not values.len():
        return "text"
    return next((name for name, form in _TYPES if values.str.contains(f"^(?:{form})$").all()), "text")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_SAMPLE_CHARACTERS else text[: _MAX_SAMPLE_CHARACTERS - 1] + "…"


def _first_claims(tables: SourceTables, n_claims: int) -> tuple[FirstClaim, ...]:
    """Return the first claims in the order of the rows."""
    names = {
        ref: name or (ids[0] if ids else ref.partition("#")[2])
        for ref, name, ids in tables.mentions.select("ref", "name", "ids").iter_rows()
    }
    found = []
    for kind in KINDS.values():
        table = tables.claims.get(kind.name)
        if table is None:
            continue
        for row in table.sort("row", maintain_order=True).head(n_claims).iter_rows(named=True):
            roles = {r: _named(row[r], names) for r in kind.role_names if row[r]}
            values = {a: row[a] for a in kind.attribute_names if row[a] is not None}
            values |= {c: row[c] for c in ("valid_from", "valid_to") if row[c] is not None}
            quote = (row["quote"] or "").replace(LIST_SEPARATOR, ", ")
            found.append(FirstClaim(kind.name, roles, values, row["status"], quote, row["row"]))
    return tuple(sorted(found, key=lambda c: c.row)[:n_claims])


def _named(value: str | Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(ref, ref) for ref in ([value] if isinstance(value, str) else value))
