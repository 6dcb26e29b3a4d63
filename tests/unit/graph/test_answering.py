"""Answers as text in standard formats, within bounds."""

from __future__ import annotations

import csv
import io
import json
import traceback
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from avgraph.errors import QueryError
from avgraph.graph.answering import RDF_TYPES, RESULT_TYPES, Bounds, DatasetChoice, TooLargeError, answer
from avgraph.graph.backend import OxigraphBackend

EX = "https://example.org/"
WIDE = Bounds(1000, 1_000_000)


def store_of(values: Sequence[str]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for i, value in enumerate(values):
        store.add(Quad(NamedNode(f"{EX}{i}"), NamedNode(EX + "says"), Literal(value), NamedNode(EX + "g")))
    return store


def n_rows(body: bytes, media_type: str) -> int:
    """Count the rows of an answer by parsers of its format."""
    text = body.decode()
    if media_type.endswith("json"):
        return len(json.loads(text)["results"]["bindings"])
    if media_type.endswith("xml"):
        return len(ElementTree.fromstring(text).findall(".//{http://www.w3.org/2005/sparql-results#}result"))
    if media_type == "text/csv":
        return sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1
    return text.count("\n") - 1


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('"\n\r\t,{}<>\\'), max_size=12)


@given(st.lists(texts, min_size=1, max_size=12), st.sampled_from(RESULT_TYPES))
@example([",{"], "application/sparql-results+json")
@example(["[{", "\\", '\\"'], "application/sparql-results+json")
@settings(deadline=None, max_examples=150)
def test_an_answer_is_refused_from_one_row_too_many_on(values: list[str], media_type: str) -> None:
    store = store_of([f"{i}{value}" for i, value in enumerate(values)])
    query = f"SELECT ?s ?o {{ ?s <{EX}says> ?o }}"
    found = answer(store, query, lambda _: media_type, Bounds(len(values), 1_000_000))
    assert n_rows(found.body, media_type) == len(values)
    with pytest.raises(TooLargeError, match=f"more than {len(values) - 1} rows"):
        answer(store, query, lambda _: media_type, Bounds(len(values) - 1, 1_000_000))


def test_rows_are_counted_over_the_parts_in_which_an_answer_is_written() -> None:
    store = store_of([f'{i} "}},{{" \\ <result> \n' + "x" * (i % 97) for i in range(3000)])
    query = f"SELECT ?o {{ ?s <{EX}says> ?o }}"
    for media_type in RESULT_TYPES:
        whole = answer(store, query, lambda _, m=media_type: m, Bounds(3000, 10_000_000))
        assert n_rows(whole.body, media_type) == 3000
        with pytest.raises(TooLargeError):
            answer(store, query, lambda _, m=media_type: m, Bounds(2999, 10_000_000))


def test_rows_without_values_are_counted() -> None:
    store = store_of(["word"] * 30)
    for media_type in RESULT_TYPES:
        ask = "SELECT ?nothing { ?s ?p ?o }"
        whole = answer(store, ask, lambda _, m=media_type: m, Bounds(30, 1_000_000))
        assert n_rows(whole.body, media_type) == 30
        with pytest.raises(TooLargeError, match="more than 29 rows"):
            answer(store, ask, lambda _, m=media_type: m, Bounds(29, 1_000_000))


def test_bytes_and_triples_are_bounded_too() -> None:
    store = store_of(["word"] * 50)
    with pytest.raises(TooLargeError, match="larger than 200 bytes"):
        answer(store, f"SELECT ?s {{ ?s <{EX}says> ?o }}", lambda _: "text/csv", Bounds(1000, 200))
    with pytest.raises(TooLargeError, match="more than 49 triples"):
        answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", lambda _: "text/turtle", Bounds(49, 1_000_000))


SELECT, CONSTRUCT = "SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"
TOO_MUCH = "SELECT (SUM(?x) AS ?n) { BIND(1 AS ?x) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
NARROW = Bounds(2, 100)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: answer(store, SELECT, lambda _: "text/csv", NARROW),
        lambda store: answer(store, SELECT, lambda _: RESULT_TYPES[0], Bounds(1000, 10)),
        lambda store: answer(store, SELECT, lambda _: 1 / 0, WIDE),
        lambda store: answer(store, CONSTRUCT, lambda _: "text/turtle", NARROW),
        lambda store: answer(store, TOO_MUCH, lambda _: "text/csv", WIDE),
        lambda store: OxigraphBackend(store).select(CONSTRUCT),
        lambda store: OxigraphBackend(store).select(TOO_MUCH),
        lambda store: OxigraphBackend(store).ask(SELECT),
        lambda store: OxigraphBackend(store).construct(SELECT),
        lambda store: OxigraphBackend(store).construct("ASK {}"),
    ],
)
def test_an_error_holds_nothing_of_an_answer(ask: Callable[[pyoxigraph.Store], object]) -> None:
    """An answer has to go in the thread in which it came, and an error may be let go of by any."""
    with pytest.raises((QueryError, ZeroDivisionError)) as caught:
        ask(store_of(["word"] * 30))
    names = ("QuerySolutions", "QueryTriples", "QueryBoolean")
    error: BaseException | None = caught.value
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            held = {name: type(value).__name__ for name, value in frame.f_locals.items()}
            assert not set(held.values()) & set(names), (frame.f_code.co_qualname, held)
        error = error.__cause__ or error.__context__


def test_the_form_of_a_query_decides_what_can_be_chosen() -> None:
    store = store_of(["word"])
    offered: list[Sequence[str]] = []

    def choose(types: Sequence[str]) -> str:
        offered.append(types)
        return types[0]

    assert answer(store, "ASK { ?s ?p ?o }", choose, WIDE).body == b'{"head":{},"boolean":true}'
    found = answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", choose, WIDE)
    assert (found.media_type, found.n_rows) == ("text/turtle", 1)
    assert offered == [RESULT_TYPES, RDF_TYPES]


def test_the_default_graph_is_all_graphs_unless_graphs_are_named() -> None:
    store = store_of(["word"])
    ask, csv_ = "ASK { ?s ?p ?o }", lambda _: "text/csv"
    assert answer(store, ask, csv_, WIDE).body == b"true"
    assert answer(store, "ASK FROM <https://example.org/g> { ?s ?p ?o }", csv_, WIDE).body == b"true"
    assert answer(store, "ASK FROM <https://example.org/other> { ?s ?p ?o }", csv_, WIDE).body == b"false"
    assert answer(store, ask, csv_, WIDE, DatasetChoice(default=(EX + "other",))).body == b"false"
    assert answer(store, ask, csv_, WIDE, DatasetChoice(default=(EX + "g",))).body == b"true"
    assert answer(store, "ASK { GRAPH ?g { ?s ?p ?o } }", csv_, WIDE, DatasetChoice(named=(EX + "g",))).body == b"true"


def test_a_query_that_does_not_parse_names_the_place() -> None:
    with pytest.raises(QueryError, match=r"does not parse: error at 1:\d+"):
        answer(store_of([]), "SELECT * { ?s ", lambda _: "text/csv", WIDE)
