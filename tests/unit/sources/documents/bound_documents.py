"""Helpers: shipped formats bound to a file of the test by a copy beside it, and claims as plain tuples."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from avgraph.model import KINDS, SourceTables
from avgraph.sources import read_mapping, read_table


def bound(folder: Path, format_: str, data: Any, name: str) -> SourceTables:
    """Write the data and a copy of the format, and read one through the other."""
    folder.mkdir(exist_ok=True)
    content = data if isinstance(data, (bytes, str)) else json.dumps(data, ensure_ascii=False)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    text = files("avgraph.sources").joinpath("formats", f"{format_}.toml").read_text("utf-8")
    mapping = folder / f"{name.split('.')[0]}.toml"
    mapping.write_text(text, encoding="utf-8")
    return read_table(read_mapping(mapping, folder))


def told(tables: SourceTables, kind: str) -> list[tuple[Any, ...]]:
    """Return the claims of a kind as the values of their roles (shortened to the key) and known attributes."""
    table = tables.claims.get(kind)
    if table is None:
        return []
    definition = KINDS[kind]

    def short(value: Any) -> Any:
        if isinstance(value, list):
            return [short(v) for v in value]
        return value.partition("#")[2] if isinstance(value, str) else value

    rows = []
    for row in table.iter_rows(named=True):
        roles = [short(row[r]) for r in definition.role_names if row[r] is not None]
        rows.append((*roles, *(row[a] for a in definition.attribute_names if row[a] is not None)))
    return rows


def mention(tables: SourceTables, ref: str) -> dict[str, Any]:
    """Return the known values of the mention with that key."""
    (row,) = tables.mentions.filter(pl.col("ref").str.ends_with(f"#{ref}")).rows(named=True)
    return {k: v for k, v in row.items() if v not in (None, [], False) and k not in ("ref", "source", "row")}
