from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bound_documents import bound

from avgraph.model import SourceTables

ReadFormat = Callable[..., SourceTables]


@pytest.fixture
def read_format(tmp_path: Path) -> ReadFormat:
    """Read data through a shipped format, and hold the books to their rules."""

    def reader(format_: str, data: Any, name: str = "data.json") -> SourceTables:
        tables = bound(tmp_path / "records", format_, data, name)
        source = tables.source
        assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
        assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]
        return tables

    return reader
