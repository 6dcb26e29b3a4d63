"""The record files of an enrichment: a table and a mapping for each kind of item."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from avgraph.enrichment.asking import item_number
from avgraph.enrichment.rows import COLUMNS, Row
from avgraph.errors import SourceError, cannot_write
from avgraph.text import content_hash

__all__ = ["read_rows", "write_mapping", "write_rows"]

_SEAL = re.compile(r"\A# avgraph wrote this \(([0-9a-f]{8})\)[^\n]*\n")


def read_rows(path: Path) -> dict[str, list[Row]]:
    """Return the rows of an earlier enrichment by item; none where there is no file.

    Raises
    ------
    SourceError
        If it is another file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("the rows of an earlier pull cannot be read", "move the file away", str(path)) from error
    header, *lines = text.split("\n")
    if tuple(header.split("\t")) != COLUMNS:
        raise SourceError("not the rows of an earlier pull of this version", "move the file away", str(path))
    rows = [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines if line.count("\t") == len(COLUMNS) - 1]
    return {item: list(found) for item, found in groupby(rows, key=lambda row: row["item"])}


def write_rows(path: Path, new: Iterable[Row], kept: dict[str, list[Row]], asked: Collection[str]) -> int:
    """Write the rows of all items, by number: `new` ones, and the `kept` ones of items that were not asked.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    by_item = {item: list(rows) for item, rows in kept.items() if item not in asked}
    by_item |= {item: list(rows) for item, rows in groupby(new, key=lambda row: row["item"])}
    ordered = [row for item in sorted(by_item, key=item_number) for row in by_item[item]]
    _replace(path, "".join(f"{line}\n" for line in _lines(ordered)))
    return len(ordered)


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    yield "\t".join(COLUMNS)
    for row in rows:
        yield "\t".join(" ".join(row.get(column, "").split()) for column in COLUMNS)


def write_mapping(path: Path, kind: str, publisher: str) -> bool:
    """Write the mapping of one kind of rows, unless somebody changed the one that is there; tell whether it is ours.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    text = files("avgraph.enrichment").joinpath("mappings", f"{kind}.toml").read_text(encoding="utf-8")
    text = text.replace("PUBLISHER", publisher)
    sealed = f"# avgraph wrote this ({content_hash(text, n_hex=8)}); a changed one is yours and stays as it is.\n{text}"
    if path.exists():
        there = path.read_text(encoding="utf-8", errors="replace")
        seal = _SEAL.match(there)
        if seal is None or seal[1] != content_hash(there[seal.end() :], n_hex=8):
            return False
    _replace(path, sealed)
    return True


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
