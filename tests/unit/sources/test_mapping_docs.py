"""The examples of docs/mapping.md give what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avgraph.sources import read_mapping, read_table
from avgraph.sources.templates import FILTERS
from avgraph.sources.values import parse_number

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
FENCE = re.compile(r"```(\w+)(?: file=(\S+))?\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[dict[str, str], str]]:
    found: list[tuple[dict[str, str], str]] = []
    files: dict[str, str] = {}
    for language, name, body in FENCE.findall(PAGE):
        if name:
            files[name] = body
        elif language == "result":
            found.append((files, body))
            files = {}
    return found


@pytest.mark.parametrize(("files", "result"), examples(), ids=lambda v: next(iter(v)) if isinstance(v, dict) else "")
def test_example(files: dict[str, str], result: str, tmp_path: Path) -> None:
    for name, body in files.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    (mapping,) = [n for n in files if n.endswith(".toml")]
    tables = read_table(read_mapping(tmp_path / mapping, tmp_path))
    source = tables.source
    lines = [f"read {source['n_read']}, accepted {source['n_accepted']}, quarantined {source['n_quarantined']}"]
    lines += [f"{kind}: {table.height}" for kind, table in tables.claims.items()]
    lines += [f"{issue.where}: {issue.message}" for issue in tables.issues]
    assert lines == result.strip().split("\n")


def test_there_are_examples_and_every_filter_is_listed() -> None:
    assert len(examples()) == 6
    section = PAGE[PAGE.index("| filter |") : PAGE.index("### Value maps")]
    listed = {re.split("[:`]", f)[0] for f in re.findall(r"`(\w+(?::[^`]*)?)`", section)}
    assert set(FILTERS) <= listed


def test_the_table_of_numbers() -> None:
    section = PAGE[PAGE.index("| cell | `number`") : PAGE.index("For the same reason")]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in section.strip().split("\n")[2:]]
    assert len(rows) == 5
    for cell, *expected in rows:
        for mark, value in zip((None, ",", "."), expected, strict=True):
            number = parse_number(cell.strip("`"), mark)
            assert (number is None) == value.startswith("refused"), (cell, mark, number)
            assert number is None or number == float(value)
