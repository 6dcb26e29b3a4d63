"""A snapshot's tables as Parquet or CSV for other programs, and back.

``tables.json`` beside them says what they are: the base IRI, and the type of every column, so that CSV comes back as it
was. A CSV cell that a spreadsheet would run as a formula (OWASP CSV injection) gets a leading apostrophe, and so does
one that begins with apostrophes before such a character; reading takes one away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.errors import SourceError, StoreError, cannot_write
from avgraph.graph.conflicts import Comparison
from avgraph.graph.quads import Naming, table_lines
from avgraph.graph.snapshot import Snapshot
from avgraph.graph.writing import Dataset, Unit
from avgraph.model import KINDS

__all__ = ["TABLES_NAME", "TABLE_FORMATS", "SnapshotTables", "export_tables", "read_tables", "restored_cells",
           "safe_cells", "table_types", "write_tables"]  # fmt: skip

TABLE_FORMATS = ("parquet", "csv")
#: The file that says what lies in a folder of exported tables.
TABLES_NAME = "tables.json"
_VERSION = 4
_SEPARATOR = " | "
_FORMULA = r"^'*[=+\-@\t\r]"
_GUARDED = r"^'+[=+\-@\t\r]"
_SCALARS: dict[str, pl.DataType] = {
    "string": pl.String(), "integer": pl.Int64(), "double": pl.Float64(), "boolean": pl.Boolean(),
}  # fmt: skip
#: Texts of articles stay where they are: they belong to others.
_LEFT_OUT = ("documents",)


@dataclass(frozen=True)
class SnapshotTables:
    """The tables of a snapshot, read from files.

    Attributes
    ----------
    base_iri
        What every IRI begins with.
    frames
        Name → table.
    """

    base_iri: str
    frames: Mapping[str, pl.DataFrame]

    def lines(self) -> Iterator[pl.Series]:
        """Yield the quads as columns of N-Quads lines (no line feeds)."""
        sources = self.frames["sources"]
        naming = Naming(self.base_iri, dict(zip(sources["source"], sources["iri"], strict=True)))
        for name, table in self.frames.items():
            yield from table_lines(name, table, naming)

    def dataset(self) -> Dataset:
        """Return the tables as what a snapshot is written of."""
        alone = ("sources", "entities", "matches", "quarantined", "conflicts", "sides", "agreements")
        by_source = {name: table for name, table in self.frames.items() if name not in alone}
        n_rows = sum(table.height for table in by_source.values())
        unit = Unit("imported", n_rows, lambda: ((name, table) for name, table in by_source.items() if table.height))
        sources, entities, matches, quarantined, *compared = (self.frames[name] for name in alone)
        return Dataset(
            self.base_iri, {name: table.schema for name, table in by_source.items()}, sources, [unit],
            entities.lazy(), matches.lazy(), quarantined, lambda scan: Comparison(*compared),
        )  # fmt: skip


def export_tables(snapshot: Snapshot, folder: Path, table_format: str = "parquet") -> list[Path]:
    """Write claims, entities, mentions, matches, conflicts, agreements and sources as one file each, and what they are.

    Returns
    -------
    list of Path
        The tables, sorted by name.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    names = [name for name in sorted(snapshot.manifest["tables"]) if name not in _LEFT_OUT]
    about = {key: snapshot.manifest[key] for key in ("name", "base_iri", "content")}
    return write_tables(names, snapshot.table, folder, table_format, about)


def write_tables(
    names: list[str], table: Callable[[str], pl.DataFrame], folder: Path, table_format: str, about: Mapping[str, str]
) -> list[Path]:
    """Write the tables of these names; see :func:`export_tables`.

    Parameters
    ----------
    names, table
        What to write, and a function that gives it.
    folder
        Created where it is missing.
    table_format
        One of :data:`TABLE_FORMATS`.
    about
        ``name``, ``base_iri`` and ``content`` of the snapshot.
    """
    written = []
    tables: dict[str, Any] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            frame = table(name)
            path = folder / f"{name}.{table_format}"
            tables[name] = {"file": path.name, "rows": frame.height, "columns": table_types(frame.schema)}
            if table_format == "csv":
                safe_cells(frame).write_csv(path)
            else:
                frame.write_parquet(path)
            written.append(path)
        described = {"avgraph_tables": _VERSION, "format": table_format, **about, "tables": tables}
        text = json.dumps(described, ensure_ascii=False, indent=1)
        (folder / TABLES_NAME).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise cannot_write(folder, error) from error
    return written


def read_tables(folder: Path) -> SnapshotTables:
    """Return what was exported into `folder`; the texts of articles are not part of it.

    Raises
    ------
    SourceError
        If a table is missing or is not what ``tables.json`` says.
    """
    where = folder / TABLES_NAME
    try:
        described = json.loads(where.read_text(encoding="utf-8"))
        if described["avgraph_tables"] != _VERSION:
            raise StoreError("these tables were written by another version", "export them again", str(where))
        base_iri = str(described["base_iri"])
        frames = {name: _read(folder / about["file"], about["columns"]) for name, about in described["tables"].items()}
    except FileNotFoundError as error:
        hint = "tables are exported with: avgraph export FOLDER --tables csv"
        raise SourceError("no exported tables lie there", hint, str(folder)) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", "check its permissions", str(where)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError("not a description of exported tables", "export them again", str(where)) from error
    wanted = [*(kind.table for kind in KINDS.values()), "entities", "mentions", "matches", "conflicts", "sides",
              "agreements", "quarantined", "sources"]  # fmt: skip
    if missing := [name for name in wanted if name not in frames]:
        raise SourceError(f"lacks the table {missing[0]!r}", "export the tables again", str(where))
    documents = pl.DataFrame(schema={"source": pl.String(), "text": pl.String()})
    return SnapshotTables(base_iri, {name: frames[name] for name in wanted} | {"documents": documents})


def _read(path: Path, columns: Mapping[str, Any]) -> pl.DataFrame:
    schema = {name: _dtype(type_) for name, type_ in columns.items()}
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            flat = {c: pl.String() if isinstance(t, pl.List) else t for c, t in schema.items()}
            frame = pl.DataFrame(schema=flat)
            if schema:
                frame = restored_cells(pl.read_csv(path, schema=flat), schema)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", "export it again", str(path)) from error
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        raise SourceError(
            f"not the table that {TABLES_NAME} tells of: {reason}", "export it again", str(path)
        ) from error
    if dict(frame.schema) != schema:
        wrong = next(c for c in [*schema, *frame.columns] if frame.schema.get(c) != schema.get(c))
        raise SourceError(f"column {wrong!r} is not as {TABLES_NAME} tells", "export it again", str(path))
    return frame


def table_types(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type of each column in JSON: a word, ``[word]`` for a list, ``[{name: word}]`` for one of records.

    >>> table_types({"ids": pl.List(pl.String()), "year": pl.Int64()})
    {'ids': ['string'], 'year': 'integer'}
    """
    return {column: _word(dtype) for column, dtype in schema.items()}


def _word(dtype: Any) -> Any:
    if isinstance(dtype, pl.List):
        return [_word(dtype.inner)]
    if isinstance(dtype, pl.Struct):
        return {field.name: _word(field.dtype) for field in dtype.fields}
    return next(word for word, scalar in _SCALARS.items() if scalar == dtype)


def _dtype(type_: Any) -> pl.DataType:
    if isinstance(type_, list):
        return pl.List(_dtype(type_[0]))
    if isinstance(type_, dict):
        return pl.Struct({name: _dtype(inner) for name, inner in type_.items()})
    return _SCALARS[type_]


def safe_cells(table: pl.DataFrame) -> pl.DataFrame:
    r"""Return `table` fit for CSV: flat text, no cell that a spreadsheet takes for a formula.

    Texts of a list are parted by ``" | "``, bars and backslashes in them preceded by a backslash; ``\N`` is an unknown
    one, ``\0`` alone the empty list. Lists of records are JSON.

    >>> safe_cells(pl.DataFrame({"x": [["a", "b|c"], ["=1"], []]}))["x"].to_list()
    ['a | b\\|c', "'=1", '\\0']
    """
    flat = []
    for column, dtype in table.schema.items():
        expr = pl.col(column)
        if isinstance(dtype, pl.List):
            expr = _joined(expr) if dtype.inner == pl.String() else _as_json(expr)
        if dtype == pl.String or isinstance(dtype, pl.List):
            guarded = pl.concat_str(pl.lit("'"), expr)
            expr = pl.when(expr.str.contains(_FORMULA)).then(guarded).otherwise(expr)
        flat.append(expr.alias(column))
    return table.select(flat)


def restored_cells(table: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """Return the table of which :func:`safe_cells` made `table`; `schema` gives its types."""
    whole = []
    for column, dtype in schema.items():
        expr = pl.col(column)
        if dtype == pl.String or isinstance(dtype, pl.List):
            expr = pl.when(expr.str.contains(_GUARDED)).then(expr.str.slice(1)).otherwise(expr)
        if isinstance(dtype, pl.List):
            expr = _split(expr) if dtype.inner == pl.String() else expr.str.json_decode(dtype)
        whole.append(expr.alias(column))
    return table.select(whole)


def _joined(lists: pl.Expr) -> pl.Expr:
    element = pl.element()
    escaped = element.str.replace_all("\\", "\\\\", literal=True).str.replace_all("|", "\\|", literal=True)
    text = lists.list.eval(pl.when(element.is_null()).then(pl.lit("\\N")).otherwise(escaped)).list.join(_SEPARATOR)
    return pl.when(lists.list.len() == 0).then(pl.lit("\\0")).otherwise(text)


def _split(text: pl.Expr) -> pl.Expr:
    element = pl.element()
    # A bar inside a text has a backslash before it, never the white space of a separator.
    plain = element.str.replace_all(r"\\([\\|])", "${1}")
    texts = text.str.split(_SEPARATOR).list.eval(pl.when(element != "\\N").then(plain))
    return pl.when(text == "\\0").then(pl.lit([], dtype=pl.List(pl.String()))).otherwise(texts)


def _as_json(lists: pl.Expr) -> pl.Expr:
    """Return lists of records as JSON text, null where there is none."""
    records = lists.list.eval(pl.element().struct.json_encode()).list.join(",")
    return pl.concat_str(pl.lit("["), records, pl.lit("]"))
