"""Formats tell by content which files they read; what is doubtful is told, not guessed."""

from __future__ import annotations

import gzip
import io
import json
import sys
import types
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import polars as pl
import pytest

from avgraph.errors import MappingError, SourceError
from avgraph.sources import containers, read_mapping, read_table, recognition
from avgraph.sources.containers import Container, containers_of
from avgraph.sources.formatfile import is_format, read_format
from avgraph.sources.mapping import named_file
from avgraph.sources.readers import BadRow, RawTable
from avgraph.sources.recognition import Catalogue, Recognition, no_format, shipped_formats
from avgraph.sources.rules import TableFormat

FORMAT = """\
[format]
name = "{name}"
columns = {columns}
{more}
[table]
{table}
[entity.film]
type = "Work"
name = "{{title}}"
[[claim]]
kind = "WorkFact"
work = "film"
property = "genre"
value = "{{genre}}"
"""


def write_format(
    folder: Path, key: str, columns: tuple[str, ...] = ("title", "genre"), more: str = "", table: str = ""
) -> Path:
    path = folder / f"{key}.toml"
    path.write_text(FORMAT.format(name=key.upper(), columns=json.dumps(columns), more=more, table=table))
    return path


def catalogue(*paths: Path) -> Catalogue:
    return Catalogue([read_format(p, p.name, own=True) for p in paths], shipped=False)


def recognised(path: Path, *formats: Path) -> Recognition:
    return catalogue(*formats).recognise(path, path.name)


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


def test_every_shipped_format_is_without_fault() -> None:
    recognition._shipped.cache_clear()
    assert recognition._shipped()[1] == ()
    assert len({f.name for f in shipped_formats()}) == len(shipped_formats()) >= 1
    assert all(f.reference for f in shipped_formats())


@pytest.mark.parametrize(
    ("name", "data", "container"),
    [
        ("a.csv", "title,genre\nDeux,drama\n", "csv"),
        ("a.txt", "title;genre\nDeux;drama\n", "csv"),
        ("a.csv", "title\tgenre\nDeux\tdrama\n", "csv"),
        ("a.tsv", "title\tgenre\nDeux\tdrama\n", "tsv"),
        ("a.tsv.gz", gzip.compress(b"title\tgenre\nDeux\tdrama\n", mtime=0), "tsv"),
        ("a.csv", "\ufefftitle,genre\nDeux,drama\n".encode("utf-16"), "csv"),
        ("a.jsonl", '{"title": "Deux", "genre": "drama"}\n', "jsonl"),
        ("a.data", '{"title": "Deux", "genre": "drama"}\n{"title": "Barrage"}\n', "jsonl"),
        ("a.json", '[\n {"title": "Deux", "genre": "drama"}\n]', "json"),
        ("a.csv", "TITLE , Genre\nDeux,drama\n", "csv"),
    ],
)
def test_a_format_reads_what_has_its_columns_whatever_the_file_is(
    tmp_path: Path, name: str, data: str | bytes, container: str
) -> None:
    path = write(tmp_path / name, data)
    mapping = catalogue(write_format(tmp_path, "films")).mapping(path, f"records/{name}")
    assert (mapping.options.format, mapping.reader, mapping.name) == (container, "FILMS", f"records/{name}")
    tables = read_table(mapping)
    assert tables.source["reader"] == "FILMS"
    assert tables.claims["WorkFact"]["value"].to_list() == ["drama"]
    assert tables.mentions["name"].to_list()[0] == "Deux"
    assert tables.claims["WorkFact"]["method"][0].startswith("mapping:films.toml@")


def test_spreadsheets_and_parquet_are_told_by_their_first_bytes(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    frame = pl.DataFrame({"title": ["Deux"], "genre": ["drama"]})
    frame.write_excel(tmp_path / "a.xlsx")
    frame.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.xlsx").rename(tmp_path / "named.csv")
    films = catalogue(write_format(tmp_path, "films"))
    for name, container in (("named.csv", "xlsx"), ("a.parquet", "parquet")):
        mapping = films.mapping(tmp_path / name, name)
        assert mapping.options.format == container
        assert read_table(mapping).claims["WorkFact"].height == 1


def test_the_options_of_a_format_open_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Report of 2020\ntitle;genre\nAmélie;drame\n".encode("latin-1"))
    plain = write_format(tmp_path, "plain")
    report = write_format(tmp_path, "report", table='skip_rows = 1\nencoding = "latin-1"\ndelimiter = ";"')
    assert recognised(path, plain).matches == ()
    mapping = catalogue(plain, report).mapping(path, "a.csv")
    assert mapping.reader == "REPORT"
    assert read_table(mapping).mentions["name"].to_list() == ["Amélie"]


def test_more_columns_win_then_the_name_then_the_workspace(tmp_path: Path) -> None:
    path = write(tmp_path / "films-2020.csv", "title,genre,year\nDeux,drama,2019\n")
    few = write_format(tmp_path, "few")
    named = write_format(tmp_path, "named", more='files = ["FILMS-*"]')
    many = write_format(tmp_path, "many", ("title", "genre", "year"))
    other = write_format(tmp_path, "other", ("title", "genre", "year"), more='files = ["cast*"]')
    assert [f.key for f, _ in recognised(path, few, named).matches] == ["named"]
    assert [f.key for f, _ in recognised(path, few, named, many, other).matches] == ["many"]
    own, shipped = read_format(few, "few.toml", own=True), read_format(few, "few.toml")
    formats = Catalogue([own], shipped=False)
    formats.formats["shipped"] = shipped
    assert [f.own for f, _ in formats.recognise(path, "x").matches] == [True]


def test_columns_that_must_be_absent_tell_versions_apart(tmp_path: Path) -> None:
    old = write_format(tmp_path, "old", more='absent = ["Year"]')
    path = write(tmp_path / "a.csv", "title,genre\nDeux,drama\n")
    assert [f.key for f, _ in recognised(path, old).matches] == ["old"]
    assert recognised(write(tmp_path / "b.csv", "title,genre,year\nDeux,drama,2019\n"), old).matches == ()


def test_a_tie_is_an_error_that_names_both_and_a_mapping_settles_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "title,genre\nDeux,drama\n")
    formats = catalogue(write_format(tmp_path, "one"), write_format(tmp_path, "two"))
    with pytest.raises(SourceError, match=r"equally: ONE \(one\) and TWO \(two\)") as caught:
        formats.mapping(path, "records/a.csv")
    assert caught.value.hint == 'say which: write a.toml beside it with the line use = "one"'
    settled = write(tmp_path / "a.toml", 'use = "two"\n[table]\ntitle = "Ours"\n')
    mapping = read_mapping(settled, tmp_path, lambda: formats.formats)
    assert (mapping.reader, mapping.about["title"]) == ("TWO", "Ours")
    assert read_table(mapping).claims["WorkFact"].height == 1


def test_a_mapping_that_uses_a_format_is_checked(tmp_path: Path) -> None:
    known = catalogue(write_format(tmp_path, "films")).formats

    def formats() -> dict[str, TableFormat]:
        return known

    write(tmp_path / "a.csv", "title\nDeux\n")
    path = write(tmp_path / "a.toml", 'use = "films"\n')
    with pytest.raises(MappingError, match="lacks columns of FILMS: genre"):
        read_mapping(path, tmp_path, formats)
    with pytest.raises(MappingError, match="did you mean 'films'"):
        read_mapping(write(path, 'use = "film"\n'), tmp_path, formats)
    with pytest.raises(MappingError, match="stands beside use"):
        read_mapping(write(path, 'use = "films"\n[entity.x]\ntype = "Work"\nname = "{title}"\n'), tmp_path, formats)


def test_what_no_format_fits_names_the_nearest_and_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "title,year\nDeux,2019\n")
    found = recognised(path, write_format(tmp_path, "films"), write_format(tmp_path, "far", ("x", "y", "title")))
    assert (found.matches, found.columns) == ((), ("title", "year"))
    assert [(n.format.key, n.missing) for n in found.near] == [("films", ("genre",))]
    error = no_format(found, path, "records/a.csv")
    assert "nearest is FILMS, of which it lacks genre" in error.message
    assert "avgraph inspect records/a.csv" in (error.hint or "")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [("a.csv", b"", "empty"), ("a.csv", b"\n \n", "empty"), ("a.csv", bytes(range(256)) * 400, "binary"),
     ("a.csv", b"%PDF-1.7 x", "PDF"), ("a.csv", gzip.compress(b"title,genre\n", mtime=0), "gzip archive whose name"),
     ("a.gz", gzip.compress(b"x" * 257 + b"ustar" + b"\0" * 300, mtime=0), "tar archive"), ("a.csv.gz", b"", "empty"),
     ("a.csv", b"x" * 200_000, "no text")],
)  # fmt: skip
def test_what_holds_no_table_is_told_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = write(tmp_path / name, data)
    found = recognised(path, write_format(tmp_path, "films"))
    assert found.matches == ()
    assert reason in no_format(found, path, name).message
    assert no_format(found, path, name).hint


def test_a_spreadsheet_that_is_none_is_not_taken_for_one(tmp_path: Path) -> None:
    films = write_format(tmp_path, "films")
    assert recognised(write(tmp_path / "a.xlsx", b"PK\x03\x04 broken"), films).matches == ()
    assert recognised(write(tmp_path / "b.xlsx", b"title,genre\nDeux,drama\n"), films).options is not None


def test_only_the_head_of_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    class Counted(io.BufferedReader):
        def read1(self, size: int = -1) -> bytes:
            data = super().read1(size)
            read.append(len(data))
            return data

    monkeypatch.setattr(containers, "open_binary", lambda path: Counted(io.FileIO(path)))
    path = write(tmp_path / "a.csv", b"title,genre\n" + b"Deux,drama\n" * 500_000)
    assert recognised(path, write_format(tmp_path, "films")).matches
    assert sum(read) == 65_536


def test_lists_of_lines_are_taken_where_most_lines_fit(tmp_path: Path) -> None:
    pattern = """format = "lines"\npattern = ['(?<title>.+) – (?<genre>[a-z]+)']"""
    films = write_format(tmp_path, "films", table=pattern)
    good = write(tmp_path / "a.txt", "Deux – drama\nBarrage – drama\nsomething else\n")
    assert [o.format for _, o in recognised(good, films).matches] == ["lines"]
    prose = write(tmp_path / "b.txt", "It rained.\nDeux – drama\nIt rained again.\nAnd again.\n")
    assert recognised(prose, films).matches == ()


def test_the_faults_of_a_format_are_told_with_their_keys(tmp_path: Path) -> None:
    text = '[format]\nname = 3\nfiles = "a*"\ncolour = "red"\n[table]\nfile = "a.csv"\n[entity.x]\ntype = "Film"\n'
    with pytest.raises(MappingError) as caught:
        read_format(write(tmp_path / "f.toml", text), "f.toml")
    places = {place for place, _, _ in caught.value.faults}
    assert places >= {"format.name", "format.files", "format.colour", "format.columns", "table.file", "entity.x.type"}


def test_formats_and_the_files_that_mappings_name_are_told_however_broken(tmp_path: Path) -> None:
    assert is_format(write_format(tmp_path, "films"))
    broken = write(tmp_path / "a.toml", '[table]\nfile = "dump.zip/a.csv"\n[entity.x]\ncolour = 1\n')
    assert not is_format(broken)
    assert named_file(broken) == tmp_path / "dump.zip" / "a.csv"
    assert named_file(write(tmp_path / "b.toml", "[entity")) is None
    write(tmp_path / "title.basics.tsv.gz", b"")
    assert named_file(write(tmp_path / "title.basics.toml", "")) == tmp_path / "title.basics.tsv.gz"


def test_a_head_of_many_lines_without_end_is_no_table() -> None:
    assert containers_of(b"a,b\n" + b"x" * 65_532, Path("a.csv"))[0] == "csv"
    assert containers_of(b"a,b" + b"x" * 65_533, Path("a.csv")) == ()


def cards(path: Path, options: object, source: str) -> RawTable:
    """A container of our own: cards of two lines, title and genre."""
    lines = path.read_text().splitlines()[1:]
    if "boom" in lines:
        raise ZeroDivisionError("boom")
    pairs = [(n, lines[n - 2 : n]) for n in range(2, len(lines) + 1, 2)]
    rows = {"\x00row": [n for n, _ in pairs], "title": [p[0] for _, p in pairs], "genre": [p[1] for _, p in pairs]}
    bad = (BadRow(len(lines) + 1, "half a card", "half a card", "complete it"),) if len(lines) % 2 else ()
    return RawTable(pl.DataFrame(rows), bad)


def card_columns(path: Path, options: object, source: str) -> list[str] | None:
    return ["title", "genre"] if path.read_bytes().startswith(b"CARDS") else None


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with a reader and its format, and one that cannot be loaded."""
    folder = tmp_path / "package"
    folder.mkdir()
    write_format(folder, "cards", table='format = "cards"')
    module = types.ModuleType("card_formats")
    module.__file__ = str(folder / "__init__.py")
    module.CONTAINERS = (Container("cards", cards, card_columns, "1"),)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "card_formats", module)
    points = [EntryPoint("cards", "card_formats", "avgraph.formats"), EntryPoint("gone", "gone_x", "avgraph.formats")]
    monkeypatch.setattr(containers, "entry_points", lambda group: points if group == "avgraph.formats" else [])
    caches = (containers.format_packages, containers._containers, recognition._shipped)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_package_brings_a_reader_and_its_format(tmp_path: Path) -> None:
    path = write(tmp_path / "box.txt", "CARDS\nDeux\ndrama\nBarrage\n")
    formats = Catalogue()
    assert [(i.where, i.severity) for i in formats.issues] == [("gone", "error")]
    tables = read_table(formats.mapping(path, "box.txt"))
    assert (tables.source["n_read"], tables.source["n_quarantined"]) == (2, 1)
    assert tables.source["reader"] == "CARDS"
    assert tables.claims["WorkFact"]["value"].to_list() == ["drama"]


@pytest.mark.usefixtures("package")
def test_a_reader_that_fails_costs_its_file_and_names_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "box.txt", "CARDS\nboom\nx\n")
    with pytest.raises(SourceError, match="the reader 'cards' failed on this file: ZeroDivisionError"):
        read_table(Catalogue().mapping(path, "box.txt"))
