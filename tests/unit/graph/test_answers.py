"""The engine's text gives the values that its terms, one by one, give."""

from __future__ import annotations

from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.graph.answers import Value, collect, python_value, table_of_tsv
from avgraph.graph.backend import OxigraphBackend
from avgraph.vocabulary import XSD

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", '"', "\\", '\\"', "a\tb", "\n", "\r\n", "true", "<x>", "_:b", '"@en', "1e3", "\\u0041", "\x00"]
)
typed = st.sampled_from([
    ("2014", "gYear"), ("2014-03", "gYearMonth"), ("5", "integer"), ("007", "integer"), ("-3", "int"),
    ("abc", "integer"), ("0.50", "decimal"), ("1e3", "double"), ("INF", "double"), ("true", "boolean"),
    ("0", "boolean"), ("x\t\"", "token"),
])  # fmt: skip
literals = st.one_of(
    texts.map(pyoxigraph.Literal),
    texts.map(lambda text: pyoxigraph.Literal(text, language="fr-be")),
    typed.map(lambda pair: pyoxigraph.Literal(pair[0], datatype=pyoxigraph.NamedNode(XSD + pair[1]))),
)
terms = st.one_of(literals, st.sampled_from([pyoxigraph.NamedNode("https://example.org/é?a=1"), None]))


def value(term: Any) -> Value:
    is_literal = isinstance(term, pyoxigraph.Literal)
    return python_value(term.value, term.datatype.value) if is_literal else term.value


@given(st.lists(st.tuples(terms, terms), max_size=5))
def test_text_gives_what_terms_give(rows: list[tuple[Any, Any]]) -> None:
    store = pyoxigraph.Store()
    for number, row in enumerate(rows):
        subject = pyoxigraph.NamedNode(f"https://example.org/{number}")
        store.add(pyoxigraph.Quad(subject, pyoxigraph.NamedNode("x:row"), pyoxigraph.Literal(number)))
        for name, term in zip("ab", row, strict=True):
            if term is not None:
                store.add(pyoxigraph.Quad(subject, pyoxigraph.NamedNode(f"x:{name}"), term))
    query = "SELECT ?a ?b ?n WHERE { ?s <x:row> ?n OPTIONAL { ?s <x:a> ?a } OPTIONAL { ?s <x:b> ?b } } ORDER BY ?n"
    expected = collect(("a", "b", "n"), store.query(query), lambda term: isinstance(term, pyoxigraph.Literal), value)  # type: ignore[arg-type]
    found = OxigraphBackend(store).select(query)
    assert repr(found.rows) == repr(expected.rows)
    assert (found.columns, found.iri_columns) == (expected.columns, expected.iri_columns)


@pytest.mark.parametrize(
    ("query", "rows"),
    [("SELECT * {}", [()]), ("SELECT * { FILTER(false) }", []), ("SELECT ?x {}", [(None,)]),
     ("SELECT ?x { FILTER(false) }", []), ('SELECT ?x { BIND("" AS ?x) }', [("",)])],
)  # fmt: skip
def test_answers_without_values(query: str, rows: list[tuple[Value, ...]]) -> None:
    assert OxigraphBackend(pyoxigraph.Store()).select(query).rows == rows


def test_blank_nodes_and_quoted_triples_keep_their_text() -> None:
    table = table_of_tsv(("b", "t"), "?b\t?t\n_:n\t<<( <x:a> <x:b> 1 )>>\n")
    assert table.rows == [("_:n", "<<( <x:a> <x:b> 1 )>>")]
    assert table.iri_columns == {"b", "t"}
