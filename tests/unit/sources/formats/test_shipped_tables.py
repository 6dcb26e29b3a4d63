"""What every shipped mapping of a delimited format keeps to."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from bound_formats import FORMATS, bound

from avgraph.sources.delimited import read_header
from avgraph.sources.rules import TableOptions

TABLES = (
    *(f"agec-{name}" for name in ("main", "nat", "role", "genre", "biog", "biognat")),
    *(f"imdb-title-{name}" for name in ("basics", "principals", "crew", "episode", "ratings", "akas")),
    *("imdb-name-basics", "oscars", "eurimages", "lumiere-search", "lumiere-vod", "dfi-support"),
    *(f"wikidata-company-{name}" for name in ("imdb", "country", "details", "eidr")),
)


@pytest.mark.parametrize("name", TABLES)
def test_a_format_reads_a_file_with_nothing_but_its_columns(name: str, tmp_path: Path) -> None:
    data = tomllib.loads((FORMATS / f"{name}.toml").read_text(encoding="utf-8"))
    about, table = data["format"], data["table"]
    assert {"name", "reference", "columns"} <= set(about)
    assert not set(about["columns"]) & set(table.get("optional", []))
    delimiter = table.get("delimiter", "\t" if table.get("format") == "tsv" else ",")
    path = tmp_path / ("data.tsv" if table.get("format") == "tsv" else "data.csv")
    junk = "junk\n" * table.get("skip_rows", 0)
    path.write_text(junk + delimiter.join(about["columns"]) + "\n", encoding="utf-8")
    tables = bound(name, path, tmp_path)
    assert tables.source["n_read"] == 0
    options = TableOptions(table.get("format", "csv"), delimiter=delimiter, skip_rows=table.get("skip_rows", 0))
    assert read_header(path, options, "x") == about["columns"]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_that_is_named_is_used(name: str) -> None:
    """Columns left out on purpose are listed here with their reason; nothing else may be forgotten."""
    left_out = {
        "eurimages": {"ID"},  # a number of the extract, not of the project
        "imdb-title-akas": {"ordering"},  # the number of the line
        "lumiere-vod": {"Season", "Business model"},  # no place for them: see docs/records.md
    }.get(name, set())  # fmt: skip
    text = (FORMATS / f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    rest = text[text.index("[entity.") :]
    assert left_out <= {*data["format"]["columns"], *data["table"].get("optional", [])}
    for column in [*data["format"]["columns"], *data["table"].get("optional", [])]:
        used = any(f"{{{column}{end}" in rest for end in ("}", "|")) or f":{column}" in rest
        assert used != (column in left_out), column


@pytest.mark.parametrize("name", TABLES)
def test_the_page_on_records_has_every_column(name: str) -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "records.md").read_text(encoding="utf-8")
    data = tomllib.loads((FORMATS / f"{name}.toml").read_text(encoding="utf-8"))
    for column in [*data["format"]["columns"], *data["table"].get("optional", [])]:
        assert f"`{column}`" in page, column
