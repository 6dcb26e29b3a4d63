from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from avgraph.errors import MappingError, SourceError
from avgraph.sources import read_mapping, read_table
from avgraph.sources.problems import MAX_TOLD

PERSON = '[entity.p]\ntype = "Person"\nname = "{name}"\nyear = "{year}"\n'
FUND = """
[entity.fund]
type = "Organization"
name = "{fund}"
[entity.film]
type = "Work"
name = "{film}"
[[claim]]
kind = "Support"
funder = "fund"
work = "film"
"""


def told(tables: Any) -> list[tuple[str, str]]:
    return [(i.where, i.message) for i in tables.issues]


def test_lines_are_physical_lines(read: Any) -> None:
    tables = read('name,year\r\n"Ann\r\nof Ghent",1980\r\n\r\nBob,1990\r\nCy,none\r\n', PERSON)
    assert tables.mentions.select("name", "row").rows() == [("Ann\r\nof Ghent", 2), ("Bob", 5)]
    assert told(tables) == [("line 6", "column 'year': 'none' is not a year")]


def test_ragged_rows_are_refused_and_trailing_empty_cells_are_not(read: Any) -> None:
    tables = read("name,year\nAnn\nBob,1980,x\nCy,1990,,\nDee,1991\n", PERSON)
    assert tables.mentions["name"].to_list() == ["Cy", "Dee"]
    assert told(tables) == [
        ("line 2", "the row has 1 cells where the header has 2"),
        ("line 3", "the row has 3 cells where the header has 2"),
    ]
    assert "short_rows" in tables.issues[0].hint


def test_short_rows_can_be_padded(read: Any) -> None:
    tables = read("name,year\nAnn\n", '[table]\nshort_rows = "pad"\n' + PERSON)
    assert tables.mentions["name"].to_list() == ["Ann"]


@pytest.mark.parametrize("stray", ['"Ann, 1970', '"Ann" the first, 1970', 'Ann,"1970'])
def test_a_stray_quote_costs_its_own_line_alone(read: Any, stray: str) -> None:
    tables = read(f'name,year\nZed,1960\n{stray}\nBob,1980\n"Cy ""C"" Coe",1990\nDee,1991\n', PERSON)
    assert tables.mentions["name"].to_list() == ["Zed", "Bob", 'Cy "C" Coe', "Dee"]
    assert [i.where for i in tables.issues] == ["line 3"]
    assert tables.source["n_read"] == 5


def test_bad_bytes_cost_their_row_and_the_hint_names_an_encoding(read: Any) -> None:
    tables = read(
        "name,year\nAnnélie,1980\n".encode() + "Bénédicte Liénard,1965\n".encode("latin-1") + b"Cy,1990\n", PERSON
    )
    assert tables.mentions["name"].to_list() == ["Annélie", "Cy"]
    assert told(tables) == [("line 3", "the row has bytes that are not utf-8")]
    assert 'encoding = "' in tables.issues[0].hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_encodings(read: Any, encoding: str) -> None:
    declared = '[table]\nencoding = "windows-1252"\n' if encoding == "windows-1252" else ""
    tables = read("name;year\nBénédicte;1965\n".encode(encoding), declared + PERSON)
    assert tables.mentions["name"].to_list() == ["Bénédicte"]
    assert tables.issues == ()


def test_nul_bytes_and_giant_cells_cost_their_row(read: Any) -> None:
    tables = read("name,year\nA\0n,1980\n" + "x" * 2_000_000 + ",1980\nCy,1990\n", PERSON)
    assert tables.mentions["name"].to_list() == ["Cy"]
    assert [(i.where, i.message) for i in tables.issues] == [
        ("line 2", "the row has a NUL byte"), ("line 3", "a cell has more than 131,072 characters"),
    ]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), [("", "the file is empty"), ("name,year\n", "a header and no rows")])
def test_empty_tables_are_warnings(read: Any, data: str, message: str) -> None:
    tables = read(data, PERSON)
    assert (tables.source["n_read"], tables.mentions.height) == (0, 0)
    assert message in tables.issues[0].message
    assert tables.issues[0].severity == "warning"


def test_equal_faults_are_counted(read: Any) -> None:
    tables = read("name,year\n" + "X,?\n" * 500, PERSON)
    assert len(tables.issues) == MAX_TOLD + 1
    assert tables.issues[-1].n_rows == 500 - MAX_TOLD


def test_a_row_with_two_faults_is_one_issue(read: Any) -> None:
    tables = read("name,year,id\nX,?,nope\n", PERSON + 'ids.imdb = "{id}"\n')
    (issue,) = tables.issues
    assert "not a year" in issue.message
    assert "imdb id" in issue.message


def test_a_repeated_header_is_told(read: Any) -> None:
    tables = read("name,year,name\nAnn,1980,Bob\n", PERSON.replace("{name}", "{name (2)}"))
    assert tables.mentions["name"].to_list() == ["Bob"]
    assert "stands twice" in tables.issues[0].message


@pytest.mark.parametrize(
    ("column", "cell", "template", "message"),
    [
        ("amount", "60.000", "{amount}", "'60.000' is not a number"),
        ("amount", '"60,5"', "{amount}", "'60,5' is not a number"),
        ("amount", "60.000", "{amount|number}", "reads in one way only"),
        ("date", "05/03/2014", "{date}", "is not a date"),
        ("date", "2014-02-30", "{date}", "is not a date"),
        ("stage", "shooting", "{stage}", "closed list of 'stage'"),
        ("confidence", "1.5", "{confidence}", "a fraction from 0 to 1"),
        ("status", "rumour", "{status}", "closed list of 'status'"),
        ("stage", "P", "{stage|map:m}", "a key of [map.m]"),
    ],
)
def test_wrong_values_cost_their_row(read: Any, column: str, cell: str, template: str, message: str) -> None:
    mapping = FUND + f'{column} = "{template}"\n[map.m]\nDEV = "development"\n'
    tables = read(f"fund,film,{column}\nF,A,{cell}\nF,B,\n", mapping)
    assert [i.where for i in tables.issues] == ["line 2"]
    assert message in tables.issues[0].message
    assert tables.mentions.filter(type="Work")["name"].to_list() == ["B"]
    assert tables.claims["Support"]["row"].to_list() == [3]


def test_values_are_checked_only_where_the_condition_holds(read: Any) -> None:
    tables = read(
        "fund,film,amount,kind\nF,A,secret,x\nF,B,5,y\n", FUND + 'amount = "{amount}"\nwhen = "{kind} == y"\n'
    )
    assert tables.issues == ()
    assert tables.claims["Support"]["amount"].to_list() == [5.0]


def test_imdb_ids_of_another_type_are_refused(read: Any) -> None:
    tables = read("name,year,id\nX,1980,co0000001\n", PERSON + 'ids.imdb = "{id}"\n')
    assert "imdb id of a Person" in tables.issues[0].message
    assert "where" in tables.issues[0].hint


def test_jsonl(read: Any) -> None:
    lines = [
        json.dumps({"name": "Ann", "born": {"year": 1980}, "job": [{"t": "a"}, {"t": "b"}]}),
        '{"name": "Bob", "born": {"ye',
        "[1]",
        "",
        '{"name": "Cy"}',
        '{"n":' * 50_000,
    ]
    tables = read("\n".join(lines), PERSON.replace("{year}", "{born.year}"), "data.jsonl")
    assert tables.mentions.select("name", "year", "row").rows() == [("Ann", 1980, 1), ("Cy", None, 5)]
    assert [i.where for i in tables.issues] == ["line 2", "line 3", "line 6"]
    assert "column" in tables.issues[0].message


def test_json_arrays_of_objects_are_aligned_lists(read: Any) -> None:
    row = {"title": "A", "companies": [{"name": "X|1", "id": 5}, {"name": "Y"}]}
    mapping = (
        '[entity.c]\ntype = "Organization"\nname = "{companies.name}"\nids.tmdb = "{companies.id}"\nsplit = true\n'
    )
    tables = read(json.dumps(row), mapping, "data.jsonl")
    assert tables.mentions.select("name", "ids").rows() == [("X|1", ["tmdb:company/5"]), ("Y", [])]


def test_parquet_and_gzip(tmp_path: Path, read: Any) -> None:
    frame = pl.DataFrame(
        {"name": ["Ann", None], "year": [1980, 1990], "x": [{"y": 1.0}, {"y": 2.5}], "l": [["a", "b"], []]}
    )
    frame.write_parquet(tmp_path / "p.parquet")
    mapping = '[entity.p]\ntype = "Person"\nname = "{name}"\nyear = "{year}"\nnames = ["{x.y}", "{l|split:;}"]\n'
    tables = read((tmp_path / "p.parquet").read_bytes(), mapping, "data.parquet")
    assert tables.mentions.select("name", "names", "row").rows() == [("Ann", ["1", "a", "b"], 1)]
    (tmp_path / "records" / "data.parquet").unlink()
    tables = read(gzip.compress(b'name\tyear\nAnn "A\t1980\n', mtime=0), PERSON, "data.tsv.gz")
    assert tables.mentions["name"].to_list() == ['Ann "A']


def test_spreadsheet_rows_are_sheet_rows(tmp_path: Path, read: Any) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("People")
    sheet.write_row(2, 1, ["name", "year", "born"])
    sheet.write_row(4, 1, ["Ann", 1980])
    sheet.write_datetime(4, 3, dt.datetime(1980, 2, 3), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_row(5, 1, ["Bob", "unknown"])
    book.close()
    tables = read(path.read_bytes(), PERSON + 'names = ["{born}"]\n', "data.xlsx")
    assert tables.mentions.select("name", "year", "row", "names").rows() == [("Ann", 1980, 5, ["1980-02-03"])]
    assert [i.where for i in tables.issues] == ["row 6"]
    with pytest.raises(SourceError, match="did you mean 'People'"):
        read(path.read_bytes(), '[table]\nsheet = "Poeple"\n' + PERSON, "data.xlsx")


@pytest.mark.parametrize("name", ["data.parquet", "data.xlsx"])
def test_broken_files_are_source_errors(read: Any, name: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(b"PK\x03\x04 not really", PERSON, name)
    assert caught.value.hint


def test_a_column_that_vanished_after_the_mapping_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"other": 1}\n')
    (tmp_path / "a.toml").write_text(PERSON)
    with pytest.raises(MappingError, match="no column 'name'"):
        read_table(read_mapping(tmp_path / "a.toml", tmp_path))
