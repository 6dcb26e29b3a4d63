"""Shipped formats bound to files, and claims as lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import avgraph
from avgraph.model import KINDS, SourceTables
from avgraph.sources import read_mapping, read_table

FORMATS = Path(avgraph.__file__).parent / "sources" / "formats"
FormatReader = Callable[..., SourceTables]


def bound(name: str, data: Path, folder: Path) -> SourceTables:
    """Read a file by a shipped format: a copy of the format, bound to the file, is its mapping."""
    text = (FORMATS / f"{name}.toml").read_text(encoding="utf-8")
    assert text.count("[table]\n") == 1
    mapping = folder / "bound.toml"
    mapping.write_text(text.replace("[table]\n", f'[table]\nfile = "{data.name}"\n'), encoding="utf-8")
    tables = read_table(read_mapping(mapping, folder))
    source = tables.source
    assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
    assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
    return tables


def said(tables: SourceTables) -> list[str]:
    """Return each claim as a line: row, kind, roles without the source, known attributes; by row and kind."""
    lines = []
    for name, table in tables.claims.items():
        kind = KINDS[name]
        columns = [*kind.role_names, *kind.attribute_names, "valid_from", "valid_to"]
        for claim in table.iter_rows(named=True):
            parts = [f"{c}={_shown(claim[c])}" for c in columns if claim[c] is not None]
            if claim["status"] != "asserted":
                parts.append(f"status={claim['status']}")
            lines.append((claim["row"], name, f"{claim['row']} {name} {' '.join(parts)}"))
    return [line for _, _, line in sorted(lines, key=lambda item: item[:2])]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, str):
        return value.rpartition("#")[2]
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def golden(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]
