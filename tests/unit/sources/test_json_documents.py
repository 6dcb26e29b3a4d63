"""JSON files: where records are found, on which line they start, and what broken ones cost."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from avgraph.errors import MappingError, SourceError
from avgraph.sources.jsondocument import read_json
from avgraph.sources.readers import ROW, RawTable, format_of, read_columns
from avgraph.sources.rules import TableOptions


def table(tmp_path: Path, text: str | bytes, name: str = "data.json", **options: Any) -> RawTable:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return next(read_json(path, TableOptions("json", **options), name))


def rows(raw: RawTable) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if v is not None and k != ROW} for row in raw.frame.iter_rows(named=True)]


PRETTY = """{
  "page": 1,
  "results": [
    {
      "title": "Rust", "countries": ["BE", "LU"]
    },
    {"title": "Hot"}, {"title": "Cold",
      "year": 2014}
  ]
}
"""


def test_records_in_an_envelope_have_the_line_they_start_on(tmp_path: Path) -> None:
    raw = table(tmp_path, PRETTY)
    assert raw.frame[ROW].to_list() == [4, 7, 7]
    assert rows(raw) == [
        {"title": "Rust", "countries": "BE\x1fLU"},
        {"title": "Hot"},
        {"title": "Cold", "year": "2014"},
    ]


@pytest.mark.parametrize("path", [("results",), None])
def test_a_path_finds_what_the_shape_finds(tmp_path: Path, path: Any) -> None:
    raw = table(tmp_path, PRETTY, records=path or ())
    assert raw.frame.height == 3


def test_a_path_with_a_star_gives_the_keys(tmp_path: Path) -> None:
    text = '{"2019":\n {"best film": {"winner": ["a"]},\n  "best song": {"winner": ["b"]}}, "2020": {"best film": {}}}'
    raw = table(tmp_path, text, records=("*.*",))
    assert raw.frame.select(ROW, "key 1", "key 2", "winner").rows() == [
        (2, "2019", "best film", "a"), (3, "2019", "best song", "b"), (3, "2020", "best film", None),
    ]  # fmt: skip


def test_arrays_on_the_way_are_entered(tmp_path: Path) -> None:
    raw = table(tmp_path, '[{"films": [{"t": 1}]},\n {"films": [{"t": 2}, {"t": 3}]}, 5]', records=("films",))
    assert raw.frame.select(ROW, "t").rows() == [(1, "1"), (2, "2"), (2, "3")]


def test_a_wrong_path_names_the_keys(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no records at 'films'.*page, results"):
        table(tmp_path, PRETTY, records=("films",))


def test_one_object_is_one_record(tmp_path: Path) -> None:
    raw = table(tmp_path, '\n{"title": "Rust", "companies": [{"name": "A"}], "genres": [{"id": 1}]}')
    assert raw.frame.select(ROW, "title", "companies.name").rows() == [(2, "Rust", "A")]


def test_lists_in_a_list_keep_the_pieces_countable(tmp_path: Path) -> None:
    text = json.dumps(
        {"cast": [{"name": "A", "roles": [{"as": "x"}, {"as": "y"}]}, {"name": "B"}, None], "m": [[1, 2], [3]]}
    )
    (row,) = rows(table(tmp_path, text))
    assert row == {"cast.name": "A\x1fB\x1f", "cast.roles.as": "x; y\x1f\x1f", "m": "1; 2\x1f3"}


def test_arrays_told_apart_by_a_key(tmp_path: Path) -> None:
    text = '{"links": [{"name": "IMDb", "id": "tt1"}, {"name": "ISAN", "id": "0"}, {"name": "IMDb", "id": "tt2"}]}'
    (row,) = rows(table(tmp_path, text, by=(("links", "name"),)))
    assert row["links[IMDb].id"] == "tt1\x1ftt2"
    assert row["links[ISAN].id"] == "0"
    assert row["links.id"] == "tt1\x1f0\x1ftt2"


@pytest.mark.parametrize("zipped", [False, True])
def test_an_array_with_one_object_a_line_costs_one_line_where_it_is_broken(tmp_path: Path, zipped: bool) -> None:
    text = '[\n{"id": "Q1"},\n{"id": "Q2", "x": }},\n{"id": "Q3"}\n]\n'
    data = gzip.compress(text.encode(), mtime=0) if zipped else text.encode()
    raw = table(tmp_path, data, "dump.json.gz" if zipped else "dump.json")
    assert raw.frame.select(ROW, "id").rows() == [(2, "Q1"), (4, "Q3")]
    assert [(b.row, b.kind) for b in raw.bad] == [(3, "not JSON")]
    assert raw.n_read == 3


def test_objects_without_brackets_in_a_json_file(tmp_path: Path) -> None:
    raw = table(tmp_path, '{"id": 1}\n{"id": 2}\n{"id"')
    assert raw.frame["id"].to_list() == ["1", "2"]
    assert [b.row for b in raw.bad] == [3]


def test_objects_that_go_on_below_are_read_whole(tmp_path: Path) -> None:
    raw = table(tmp_path, '[{"id": 1},\n{"id":\n 2},\n{"id": 3}]')
    assert raw.frame.select(ROW, "id").rows() == [(1, "1"), (2, "2"), (4, "3")]
    assert raw.bad == ()


def test_a_truncated_document_keeps_what_stands_before(tmp_path: Path) -> None:
    raw = table(tmp_path, PRETTY[: PRETTY.index('"year"') + 3])
    assert raw.frame["title"].to_list() == ["Rust", "Hot"]
    (bad,) = raw.bad
    assert (bad.row, bad.kind) == (7, "not JSON")
    assert "line 8, column 7" in bad.message


def test_a_broken_record_costs_itself_only(tmp_path: Path) -> None:
    raw = table(tmp_path, '{"results": [\n{"a": 1},\n {"a": {"b": tru, "c": "}"}},\n{"a": 3}\n]}')
    assert raw.frame.select(ROW, "a").rows() == [(2, "1"), (4, "3")]
    assert [(b.row, b.message[:31]) for b in raw.bad] == [(3, "not JSON at line 3, column 14: ")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("[1, \"x\", {\"a\": 1}]", ["no object", "no object"]),
        ('[{"a": 1} {"a": 2}]', ["not JSON"]),
        ('[{"a": 1}', ["not JSON"]),
        ('[{"a": 1}] trailing', ["not JSON"]),
        ('{"a": 1, b: 2}', ["not JSON"]),
        ("[{\"a\": 1}, " + '{"n":' * 5_000 + "1" + "}" * 5_000 + "]", ["not readable JSON"]),
        ("[{\"a\": 1}, " + '{"n":' * 200 + "1" + "}" * 200 + "]", ["nests too deep"]),
        ("[{\"a\": 1}, {\"b\": " + "[" * 200 + "]" * 200 + "}]", ["nests too deep"]),
        ("[{\"a\": 1}, {\"n\": " + "9" * 5_000 + "}]", ["not readable JSON"]),
        ('[{"a": 1}, {"n": "\\u0000"}]', ["unusable characters"]),
        ('[{"a": 1}, {"n": "\\ud800"}]', ["unusable characters"]),
        (b'[{"a": 1}, {"n": "\xe9"}]', ["bytes in another encoding"]),
    ],
)  # fmt: skip
def test_what_is_no_record_is_counted(tmp_path: Path, text: str | bytes, kinds: list[str]) -> None:
    raw = table(tmp_path, text)
    assert [b.kind for b in raw.bad] == kinds
    assert raw.frame.height == (0 if text == '{"a": 1, b: 2}' else 1)
    assert raw.n_read == raw.frame.height + len(kinds)


@pytest.mark.parametrize("text", ["null", '"x"', "5", "", "[]", "{}", "  ", "\x00", "]", "[{]"])
def test_documents_without_records_raise_nothing_else(tmp_path: Path, text: str) -> None:
    with suppress(SourceError):
        raw = table(tmp_path, text)
        assert raw.n_read == raw.frame.height + len(raw.bad)


def test_a_byte_order_mark_and_utf_16(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert rows(table(tmp_path, '{"t": "Rêves"}'.encode(encoding))) == [{"t": "Rêves"}]


def test_a_cut_archive_keeps_what_it_has(tmp_path: Path) -> None:
    import random

    noise = random.Random(7)
    lines = ",\n".join(json.dumps({"id": i, "x": noise.random()}) for i in range(5_000))
    raw = table(tmp_path, gzip.compress(f"[\n{lines}\n]".encode(), mtime=0)[:60_000], "d.json.gz")
    assert 100 < raw.frame.height < 5_000
    assert any("ends early" in i.message for i in raw.issues)


def test_the_head_names_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps([{"a": 1, "b": {"c": 2}}] * 50, indent=1))
    assert read_columns(path, TableOptions("json"), "d") == ["a", "b.c"]
    assert next(read_json(path, TableOptions("json"), "d", n_characters=100)).frame.width == 3
    assert next(read_json(path, TableOptions("json"), "d", n_characters=100)).bad == ()
    assert (format_of(path), format_of(Path("x.json.gz"))) == ("json", "json")


def test_optional_columns_are_unknown_cells(read: Any) -> None:
    mapping = '[entity.p]\ntype = "Person"\nname = "{name}"\nyear = "{born}"\n'
    with pytest.raises(MappingError, match="no column 'born'"):
        read('[{"name": "Ann"}]', mapping, "data.json")
    tables = read('[{"name": "Ann"}]', '[table]\noptional = ["*"]\n' + mapping, "data.json")
    assert tables.mentions.select("name", "year", "row").rows() == [("Ann", None, 1)]


def test_the_file_itself_is_a_column(read: Any) -> None:
    tables = read(
        '[{"name": "Ann"}]', '[entity.p]\ntype = "Person"\nname = "{name}"\nids.file = "{@file}"\n', "data.json"
    )
    assert tables.mentions["ids"].to_list() == [["file:data"]]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('shape = "wikidat"', "there is no shape 'wikidat'"),
        ('records = ["a", "b"]', "table.records: one path is expected"),
        ("pattern = '(?<a>x)'", "table.pattern: a json file has none"),
        ("records = 5", "table.records: a text or a list of texts is expected"),
        ('by = "name"', "table.by: keys of arrays are expected"),
        ('optional = "yes"', "table.optional: a list of column names is expected"),
    ],
)
def test_wrong_options_are_told(read: Any, line: str, told: str) -> None:
    with pytest.raises(MappingError, match=told):
        read("[{}]", f'[table]\n{line}\n[entity.p]\ntype = "Person"\nname = "{{name}}"\n', "data.json")
