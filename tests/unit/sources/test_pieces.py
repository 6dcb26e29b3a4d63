"""A file that is read in pieces gives what it gives as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from avgraph.errors import MappingError
from avgraph.model import SourceTables
from avgraph.sources import jsondocument, read_mapping, read_table, readers

MAPPING = """
[table]
format = "FORMAT"
[entity.film]
type = "Work"
name = "{title}"
ids.imdb = "{imdb}"
year = "{year}"
[entity.director]
type = "Person"
name = "{director}"
[[claim]]
kind = "Credit"
work = "film"
agent = "director"
role = "director"
[[claim]]
kind = "WorkFact"
once = true
work = "film"
property = "genre"
value = "{genre}"
"""
ROWS = [
    {"title": "Rust", "imdb": "tt0000001", "director": "Ann", "genre": "drama", "year": ""},
    {"title": "Hot", "imdb": "", "director": "Bob", "genre": "", "year": "nineteen"},
    {"title": "Rust", "imdb": "tt0000001", "director": "Cid", "genre": "drama", "year": "1990"},
    {"title": "", "imdb": "tt0000001", "director": "Dee", "genre": "comedy", "year": ""},
    {"title": "Fog", "imdb": "", "director": "Ann", "genre": "drama", "year": ""},
]


def read(tmp_path: Path, suffix: str, rows: list[dict[str, str]]) -> SourceTables:
    if suffix == "csv":
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows), "too,few"]
        text = "\n".join(lines) + "\n"
    else:
        objects = [json.dumps({key: value for key, value in row.items() if value}) for row in rows]
        text = "\n".join([*objects, "{broken"]) + "\n"
        text = "[" + text.replace("}\n{", "},\n{") + "]" if suffix == "json" else text
    (tmp_path / f"films.{suffix}").write_text(text, encoding="utf-8")
    (tmp_path / "films.toml").write_text(MAPPING.replace("FORMAT", suffix), encoding="utf-8")
    return read_table(read_mapping(tmp_path / "films.toml", tmp_path))


@pytest.fixture
def pieces_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = readers.read_pieces
    monkeypatch.setattr("avgraph.sources.table.read_pieces", lambda *given: whole(*given, n_rows=2))
    monkeypatch.setattr("avgraph.sources.delimited._CHUNK_LINES", 2)
    monkeypatch.setattr("avgraph.sources.naming._UNITED_ROWS", 2)
    monkeypatch.setattr(jsondocument, "_SMALL_BYTES", 0)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json"])
def test_pieces_make_the_same_mentions_claims_and_issues(
    suffix: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole = read(tmp_path, suffix, ROWS)
    request.getfixturevalue("pieces_of_two")
    parted = read(tmp_path, suffix, ROWS)
    assert parted.source == whole.source
    assert parted.source["n_read"] == 6
    assert parted.source["n_quarantined"] == 2
    assert parted.issues == whole.issues
    assert parted.mentions.to_dicts() == whole.mentions.to_dicts()
    assert {k: t.to_dicts() for k, t in parted.claims.items()} == {k: t.to_dicts() for k, t in whole.claims.items()}
    assert parted.claims["WorkFact"]["value"].to_list() == ["drama", "comedy", "drama"]  # once for each film and genre


@pytest.mark.usefixtures("pieces_of_two")
def test_a_key_that_no_object_has_is_told_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="genre"):
        read(tmp_path, "jsonl", [row | {"genre": ""} for row in ROWS])


@pytest.mark.usefixtures("pieces_of_two")
def test_pieces_are_handed_over_one_by_one(tmp_path: Path) -> None:
    read(tmp_path, "csv", ROWS)
    taken: list[dict[str, pl.DataFrame]] = []
    tables = read_table(read_mapping(tmp_path / "films.toml", tmp_path), taken.append)
    assert tables.claims == {}
    assert [claims["Credit"].height for claims in taken if "Credit" in claims] == [1, 2, 1]
