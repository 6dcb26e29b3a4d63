from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.model import SourceTables
from avgraph.sources import read_mapping, read_table

Reader = Callable[..., SourceTables]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Write a data file and its mapping, read them, and hold the books to their rules."""

    def reader(data: str | bytes, mapping: str, name: str = "data.csv") -> SourceTables:
        path = tmp_path / "records" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        toml = path.parent / "data.toml"
        toml.write_text(mapping, encoding="utf-8")
        tables = read_table(read_mapping(toml, tmp_path))
        assert_books(tables)
        return tables

    return reader


def assert_books(tables: SourceTables) -> None:
    source = tables.source
    assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
    assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
    refs = tables.mentions["ref"].to_list()
    assert len(refs) == len(set(refs))
    known = set(refs)
    for kind, table in tables.claims.items():
        for column in table.columns:
            if column in _ROLES[kind]:
                for value in table[column].to_list():
                    items = value if isinstance(value, list) else [value]
                    assert {v for v in items if v is not None} <= known


def _roles() -> dict[str, tuple[str, ...]]:
    from avgraph.model import KINDS

    return {name: kind.role_names for name, kind in KINDS.items()}


_ROLES = _roles()
