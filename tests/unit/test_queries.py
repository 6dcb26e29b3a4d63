"""Reading ``.rq`` files, and binding their parameters as terms."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from avgraph.errors import NotFoundError, QueryError
from avgraph.queries import NamedQuery, load_query, named_queries

_BODY = """\
#+ summary: Works of a country
#+ description: >-
#+   Everything made there,
#+   however small.
#+ competency: 4
#+ defaults:
#+   - country: "BE"
#+   - since: 1990
PREFIX av: <https://example.org/?_country#>
# not a variable: ?_comment
SELECT ?work WHERE {
  ?work av:code ?_country ; av:year ?year ;
    av:note "say ?_country" , 'or ?_country' , \"\"\"long "?_country\" text\"\"\" .
  FILTER(?year >= ?_since_integer && ?day <= ?_until_date && ?work != ?_not_iri && ?_country != "")
}
"""


@pytest.fixture
def query(tmp_path: Path) -> NamedQuery:
    path = tmp_path / "works-of.rq"
    path.write_text(_BODY, encoding="utf-8")
    return load_query(path)


def test_header_is_read(query: NamedQuery) -> None:
    assert query.name == "works-of"
    assert query.summary == "Works of a country"
    assert query.description == "Everything made there, however small."
    assert query.competency == 4
    assert "#+" not in query.text


def test_parameters_in_order_of_first_use_with_type_and_default(query: NamedQuery) -> None:
    assert [(p.name, p.type, p.default) for p in query.parameters] == [
        ("country", "string", "BE"), ("since", "integer", 1990), ("until", "date", None), ("not", "iri", None),
    ]  # fmt: skip


def test_binding_leaves_strings_comments_and_iris_alone(query: NamedQuery) -> None:
    bound = query.bind({"until": "2020-05", "not": "https://example.org/w"})
    assert "<https://example.org/?_country#>" in bound
    assert "?_comment" in bound
    assert '"say ?_country" , \'or ?_country\' , """long "?_country" text"""' in bound
    assert 'av:code "BE" ;' in bound
    assert "?year >= 1990" in bound
    assert '?day <= "2020-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>' in bound
    assert "?work != <https://example.org/w>" in bound


def test_a_given_value_wins_over_the_default_even_when_empty(query: NamedQuery) -> None:
    bound = query.bind({"country": "", "since": "-5", "until": "2020", "not": "urn:x"})
    assert 'av:code "" ;' in bound
    assert "?year >= -5" in bound


@pytest.mark.parametrize("value", ['x" } DROP ALL #', "a\nb", "back\\slash", "tab\tand\rreturn"])
def test_a_string_cannot_break_out_of_its_term(query: NamedQuery, value: str) -> None:
    pyoxigraph = pytest.importorskip("pyoxigraph")
    bound = query.bind({"country": value, "until": "2020", "not": "urn:x"})
    store = pyoxigraph.Store()
    work, note = pyoxigraph.NamedNode("urn:w"), pyoxigraph.NamedNode("https://example.org/?_country#note")
    for text in ("say ?_country", "or ?_country", 'long "?_country" text'):
        store.add(pyoxigraph.Quad(work, note, pyoxigraph.Literal(text)))
    store.add(
        pyoxigraph.Quad(work, pyoxigraph.NamedNode("https://example.org/?_country#code"), pyoxigraph.Literal(value))
    )
    store.add(
        pyoxigraph.Quad(work, pyoxigraph.NamedNode("https://example.org/?_country#year"), pyoxigraph.Literal(2000))
    )
    without_day = bound.replace("?day <= ", "true || ?day <= ")
    assert [row["work"].value for row in store.query(without_day)] == ["urn:w"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "ten"), ("since", 1.5), ("since", True), ("until", "May 2020"), ("until", "2020-02-30"),
        ("until", "2020~"), ("not", "a name"), ("not", "https://example.org/<x>"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(query: NamedQuery, name: str, value: object) -> None:
    with pytest.raises(QueryError, match=name):
        query.bind({"until": "2020", "not": "urn:x", name: value})


def test_yaml_dates_are_dates(query: NamedQuery) -> None:
    assert '"2020-03-01"^^' in query.bind({"until": datetime.date(2020, 3, 1), "not": "urn:x"})


def test_a_missing_and_an_unknown_parameter_are_named(query: NamedQuery) -> None:
    with pytest.raises(QueryError, match="needs a value for 'until'"):
        query.bind({})
    with pytest.raises(QueryError, match="no parameter 'untill'") as caught:
        query.bind({"untill": "2020"})
    assert "until" in str(caught.value.hint)


@pytest.mark.parametrize("header", ["", "#+ description: no summary\n", "#+ summary: a: b: c\n", "#+ - a list\n"])
def test_a_header_without_summary_or_yaml_is_refused(tmp_path: Path, header: str) -> None:
    path = tmp_path / "bad.rq"
    path.write_text(header + "SELECT * WHERE { ?s ?p ?o }\n", encoding="utf-8")
    with pytest.raises(QueryError) as caught:
        load_query(path)
    assert str(path) in str(caught.value)


def test_the_library_is_found_by_name() -> None:
    assert [q.name for q in named_queries("films")] == ["films"]
    assert named_queries("films")[0] in named_queries()
    with pytest.raises(NotFoundError) as caught:
        named_queries("filmz")
    assert "films" in str(caught.value.hint)
