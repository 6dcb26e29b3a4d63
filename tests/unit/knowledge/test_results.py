"""A query's answer as rows, data frames, text and HTML."""

from __future__ import annotations

import csv
import io
import json
import sys

import polars as pl
import pytest

from avgraph.errors import AvgraphError
from avgraph.graph.answers import Table
from avgraph.knowledge import KnowledgeGraph, QueryResult

IRI = "https://example.org/x"


def result(*rows: tuple[object, ...], columns: tuple[str, ...] = ("a", "b"), **labels: str) -> QueryResult:
    return QueryResult(Table(columns, list(rows)), labels)  # type: ignore[arg-type]


def test_rows_are_dicts_of_plain_values() -> None:
    answer = result((1, "x"), (None, True))
    assert list(answer) == [{"a": 1, "b": "x"}, {"a": None, "b": True}]
    assert len(answer) == 2
    assert repr(answer) == "<QueryResult 2 rows: a, b>"


@pytest.mark.parametrize(
    ("values", "dtype", "kept"),
    [
        ([1, 2, None], pl.Int64, [1, 2, None]),
        ([1, 2.5, None], pl.Float64, [1.0, 2.5, None]),
        ([1, "x", True], pl.String, ["1", "x", "True"]),
        ([None, None], pl.String, [None, None]),
        ([True, None], pl.Boolean, [True, None]),
        ([], pl.String, []),
    ],
)
def test_a_polars_column_has_one_type(values: list[object], dtype: pl.DataType, kept: list[object]) -> None:
    frame = result(*((v,) for v in values), columns=("v",)).to_polars()
    assert frame.schema == {"v": dtype}
    assert frame["v"].to_list() == kept


def test_pandas_has_the_same_rows(tiny: KnowledgeGraph) -> None:
    pytest.importorskip("pandas", reason="needs avgraph[pandas]")
    answer = tiny.query("SELECT ?f ?y WHERE { ?f av:year ?y } ORDER BY ?y")
    frame = answer.to_pandas()
    assert list(frame.columns) == ["f", "y"]
    assert frame["y"].tolist() == [2011, 2012, 2019, 2022]


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(AvgraphError) as caught:
        result((1, 2)).to_pandas()
    assert "avgraph[pandas]" in str(caught.value.hint)


def test_json_is_an_array_of_objects_in_utf8() -> None:
    text = result(("Été", 1.5)).to_json()
    assert json.loads(text) == [{"a": "Été", "b": 1.5}]
    assert "Été" in text


def test_tsv_has_one_line_per_row_whatever_the_cells_hold() -> None:
    text = result(("tab\there", "line\nbreak"), (None, 'quote"d')).to_tsv()
    rows = list(csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\"))
    assert rows == [["a", "b"], ["tab here", "line break"], ["", 'quote"d']]


def test_html_escapes_every_cell_and_header() -> None:
    page = result(("<script>alert(1)</script>", "<b>x</b>"), columns=("<i>", "b"))._repr_html_()
    assert "<script" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;" in page


def test_a_label_is_escaped_too() -> None:
    answer = QueryResult(Table(("a",), [(IRI,)], frozenset("a")), {IRI: "<img src=x>"})
    assert "<img" not in answer._repr_html_()


def test_long_answers_are_cut_in_notebooks_only() -> None:
    answer = result(*((i, "x") for i in range(25)))
    assert answer._repr_html_().count("<tr>") == 21
    assert "5 more rows" in answer._repr_html_()
    assert answer.to_polars().height == 25


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (2014, "2014"),
        (36_700_000.0, "36,700,000"),
        (0.25, "0.25"),
        (IRI, "A label"),
        ("https://schema.org/Movie", "schema:Movie"),
        ("text", "text"),
    ],
)
def test_cells_are_shown_to_people(value: object, shown: str) -> None:
    answer = QueryResult(Table(("a",), []), {IRI: "A label"})
    assert answer.shown(value) == shown  # type: ignore[arg-type]


def test_records_name_entities_and_keep_numbers(tiny: KnowledgeGraph) -> None:
    answer = tiny.query("SELECT ?f ?y WHERE { ?f av:year ?y } ORDER BY ?y LIMIT 1")
    assert answer.records() == [{"f": 'Été <b>"noir"</b>', "y": 2011}]
    assert next(iter(answer))["f"] == tiny.entity("Black Summer").iri
