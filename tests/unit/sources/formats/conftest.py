from __future__ import annotations

from pathlib import Path

import pytest
from bound_formats import FormatReader, bound

from avgraph.model import SourceTables


@pytest.fixture
def read_format(tmp_path: Path) -> FormatReader:
    """Write a data file and read it by a shipped format."""

    def reader(name: str, data: str | bytes, file: str = "data.csv") -> SourceTables:
        path = tmp_path / file
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return bound(name, path, tmp_path)

    return reader
