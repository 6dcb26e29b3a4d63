"""What holds for all formats of documents: each knows its own files by their columns, and no others."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from test_ebucore_format import DOCUMENT
from test_eidr_format import MOVIE as EIDR_MOVIE
from test_eidr_format import full, response
from test_fund_formats import LUXEMBOURG
from test_imdb_awards_format import EVENT
from test_lumiere_formats import SEARCH
from test_sparql_format import BINDINGS, results
from test_tmdb_format import MOVIE, SERIES
from test_wikidata_format import ENTITIES, dump

from avgraph.sources import read_mapping, read_table
from avgraph.sources.readers import read_columns
from avgraph.sources.recognition import Catalogue
from avgraph.sources.rules import FILE_COLUMN

FILES: dict[str, tuple[str, str]] = {
    "wikidata-entities": ("data.json", dump(ENTITIES)),
    "tmdb-titles": ("data.json", json.dumps([MOVIE, SERIES], indent=1)),
    "sparql-works": ("data.json", results(*BINDINGS)),
    "lumiere-movies": ("data.json", json.dumps(SEARCH)),
    "lumiere-admissions": ("70001.json", '[{"country": "LU", "year": 2019, "admissions": 5}]'),
    "eidr": ("data.xml", response(full(EIDR_MOVIE))),
    "ebucore": ("data.xml", DOCUMENT),
    "imdb-awards": ("ev9000001.yml", EVENT),
    "fund-film-fund-luxembourg": ("data.txt", LUXEMBOURG),
    "fund-filmportal": ("data.txt", "Rust (2019)\nDE: Company A/ Company B (70%)\n"),
    "fund-cineuropa": ("data.txt", "Fund: X\nBlack Spot - Jo Doe (BE/LU) (€290,000) (documentary)\n"),
    "fund-eurimages": ("data.txt", "Black Spot - Jo Doe (France, Belgium) 290 000 €\n"),
}


def text_of(format_: str) -> str:
    return files("avgraph.sources").joinpath("formats", f"{format_}.toml").read_text("utf-8")


def bound_mapping(folder: Path, format_: str, name: str, data: str) -> Any:
    (folder / name).write_text(data, encoding="utf-8")
    (folder / f"{name.split('.')[0]}.toml").write_text(text_of(format_), encoding="utf-8")
    return read_mapping(folder / f"{name.split('.')[0]}.toml", folder)


@pytest.mark.parametrize("own", FILES)
def test_a_format_knows_its_own_files_and_no_others(own: str, tmp_path: Path) -> None:
    container = FILES[own][0].split(".")[1]
    needed = tomllib.loads(text_of(own))["format"]["columns"]
    for other, (name, data) in FILES.items():
        if name.split(".")[1] == container:
            mapping = bound_mapping(tmp_path, own, name, data)
            columns = read_columns(mapping.data_path, mapping.options, "x") or []
            assert (set(needed) <= set(columns)) == (own == other), (own, other, columns)


def made_columns(format_: str) -> set[str]:
    """Return the columns that the shape of a format can make: the keys written in its module."""
    from avgraph.sources.shapes import SHAPES

    shape = tomllib.loads(text_of(format_))["table"].get("shape")
    module = SHAPES[shape][0].rpartition(".")[2] if shape else None
    return set(files("avgraph.sources").joinpath(f"{module}.py").read_text("utf-8").split('"')) if module else set()


@pytest.mark.parametrize("format_", ["wikidata-entities", "tmdb-titles", "eidr", "ebucore"])
def test_every_column_of_a_format_is_made_by_its_shape(format_: str, tmp_path: Path) -> None:
    mapping = bound_mapping(tmp_path, format_, *FILES[format_])
    written = made_columns(format_)
    columns = read_columns(mapping.data_path, mapping.options, "x") or []
    for _, column in mapping.column_uses():
        assert column in (*columns, FILE_COLUMN) or set(column.split(".")) <= written, column


def test_the_formats_say_what_they_are_and_so_does_the_page() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "documents.md").read_text(encoding="utf-8")
    for format_ in FILES:
        about = tomllib.loads(text_of(format_))["format"]
        assert f"{format_}.toml" in page
        assert about["name"] in page
        assert about["name"]
        assert about["reference"].startswith("https://")
        assert about["columns"]


@pytest.mark.parametrize("own", FILES)
def test_each_file_is_recognised(own: str, tmp_path: Path) -> None:
    name, data = FILES[own]
    (tmp_path / name).write_text(data, encoding="utf-8")
    found = Catalogue().recognise(tmp_path / name, name)
    assert [f.key for f, _ in found.matches] == [own]
    mapping = Catalogue().mapping(tmp_path / name, name)
    assert read_table(mapping).source["n_accepted"] > 0
