"""Whatever JSON, XML, YAML and text files hold: rows read are rows accepted and quarantined, and nothing is raised."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from avgraph.errors import MappingError, SourceError
from avgraph.sources import read_mapping, read_table
from avgraph.sources.records import flatten
from avgraph.sources.templates import LIST_SEPARATOR

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
NAMES = st.sampled_from([
    "title", "name", "id", "credits", "cast", "crew", "character", "claims", "labels", "P57", "P577", "value",
    "mainsnak", "original_title", "release_date", "winner", "nominee", "results",
])  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXT, inner, max_size=4),
    max_leaves=12,
)
FORMATS = ["wikidata-entities", "tmdb-titles", "sparql-works", "lumiere-movies", "lumiere-admissions"]
PLAIN = '[table]\noptional = ["*"]\n[entity.w]\ntype = "Work"\nname = "{title}"\nids.x = "{id}"\n'


def read(data: bytes, name: str, mapping: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        path.with_suffix(".toml").write_text(mapping, encoding="utf-8")
        with suppress(SourceError, MappingError):  # no such file at all, or without the columns
            tables = read_table(read_mapping(path.with_suffix(".toml"), Path(folder)))
            source = tables.source
            assert source["n_read"] == source["n_accepted"] + source["n_quarantined"]
            assert sum(i.n_rows for i in tables.issues) == source["n_quarantined"]


def shipped(name: str) -> str:
    return files("avgraph.sources").joinpath("formats", f"{name}.toml").read_text("utf-8")


@settings(max_examples=60, deadline=None)
@given(VALUES, st.sampled_from(FORMATS), st.integers(0, 200))
def test_any_json_through_any_format(value: Any, format_: str, cut: int) -> None:
    text = json.dumps(value, ensure_ascii=False)
    read(text.encode(), "d.json", shipped(format_))
    read(text[: max(0, len(text) - cut)].encode(), "d.json", PLAIN)


@settings(max_examples=100, deadline=None)
@given(st.lists(VALUES, max_size=4), st.binary(max_size=6), st.integers(0, 100))
def test_any_json_with_any_bytes_in_it(values: list[Any], noise: bytes, at: int) -> None:
    data = json.dumps(values, indent=1).encode()
    at = min(at, len(data))
    read(data[:at] + noise + data[at:], "d.json", PLAIN)


def element(value: Any, name: str = "film") -> str:
    name = "".join(c for c in name if c.isascii() and c.isalpha()) or "x"
    if isinstance(value, dict):
        inner = "".join(element(v, k) for k, v in value.items())
        return f"<{name} lang={quoteattr(name)}>{inner}</{name}>"
    if isinstance(value, list):
        return "".join(element(v, name) for v in value)
    return f"<{name}>{escape(str(value))}</{name}>"


@settings(max_examples=60, deadline=None)
@given(VALUES, st.sampled_from(["", "eidr", "ebucore"]), st.binary(max_size=3), st.integers(0, 300))
def test_any_xml(value: Any, format_: str, noise: bytes, at: int) -> None:
    name = {"eidr": "BaseObjectData", "ebucore": "coreMetadata"}.get(format_, "film")
    data = f"<list>{element(value, name)}</list>".encode("utf-8", "replace")
    mapping = shipped(format_) if format_ else PLAIN
    read(data, "d.xml", mapping)
    read(data[: min(at, len(data))] + noise + data[min(at, len(data)) :], "d.xml", mapping)


@settings(max_examples=60, deadline=None)
@given(VALUES, TEXT)
def test_any_yaml_and_any_text(value: Any, noise: str) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    read((text + noise).encode(), "ev9000001.yml", shipped("imdb-awards"))
    read((text + noise).encode(), "d.txt", shipped("fund-cineuropa"))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, st.lists(st.dictionaries(NAMES, VALUES, max_size=3), max_size=4), max_size=3))
def test_columns_of_one_array_have_as_many_pieces(record: dict[str, Any]) -> None:
    for name, rows in record.items():
        cells = dict(flatten({name: rows}))
        assert {cell.count(LIST_SEPARATOR) for cell in cells.values()} <= {len(rows) - 1}
