"""Reading ``.rq`` files, and binding their parameters as terms."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from avgraph.errors import QueryError
from avgraph.queries import NamedQuery, load_query, named_queries, read_query

_BODY = """\
#+ summary: Works of a country
#+ description: >-
#+   Everything made there,
#+   however small.
#+ competency: 4
#+ defaults:
#+   - code: "BE"
#+   - since: 1990
PREFIX av: <https://example.org/?_code#>
# not a variable: ?_comment
SELECT ?work WHERE {
  ?work av:code ?_code ; av:year ?year ;
    av:note "say ?_code" , 'or ?_code' , \"\"\"long "?_code\" text\"\"\" .
  FILTER(?year >= ?_since_integer && ?day <= ?_until_date && ?work != ?_not_iri && ?_code != "")
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
        ("code", "string", "BE"), ("since", "integer", 1990), ("until", "date", None), ("not", "iri", None),
    ]  # fmt: skip


def test_binding_leaves_strings_comments_and_iris_alone(query: NamedQuery) -> None:
    bound = query.bind({"until": "2020-05", "not": "https://example.org/w"})
    assert "<https://example.org/?_code#>" in bound
    assert "?_comment" in bound
    assert '"say ?_code" , \'or ?_code\' , """long "?_code" text"""' in bound
    assert 'av:code "BE" ;' in bound
    assert "?year >= 1990" in bound
    assert '?day <= "2020-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>' in bound
    assert "?work != <https://example.org/w>" in bound


def test_a_given_value_wins_over_the_default_even_when_empty(query: NamedQuery) -> None:
    bound = query.bind({"code": "", "since": "-5", "until": "2020", "not": "urn:x"})
    assert 'av:code "" ;' in bound
    assert "?year >= -5" in bound


@pytest.mark.parametrize("value", ['x" } DROP ALL #', "a\nb", "back\\slash", "tab\tand\rreturn"])
def test_a_string_cannot_break_out_of_its_term(query: NamedQuery, value: str) -> None:
    pyoxigraph = pytest.importorskip("pyoxigraph")
    bound = query.bind({"code": value, "until": "2020", "not": "urn:x"})
    store = pyoxigraph.Store()
    work, note = pyoxigraph.NamedNode("urn:w"), pyoxigraph.NamedNode("https://example.org/?_code#note")
    for text in ("say ?_code", "or ?_code", 'long "?_code" text'):
        store.add(pyoxigraph.Quad(work, note, pyoxigraph.Literal(text)))
    store.add(pyoxigraph.Quad(work, pyoxigraph.NamedNode("https://example.org/?_code#code"), pyoxigraph.Literal(value)))
    store.add(pyoxigraph.Quad(work, pyoxigraph.NamedNode("https://example.org/?_code#year"), pyoxigraph.Literal(2000)))
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
    with pytest.raises(QueryError) as caught:
        named_queries("filmz")
    assert "films" in str(caught.value.hint)


@pytest.mark.parametrize("value", ["BE", "be", " Be ", "Belgium", "belgique", "België", "BELGIEN"])
def test_a_country_is_taken_by_code_or_name(value: str) -> None:
    query = named_queries("coproductions")[0]
    assert query.bind({"country": value}) == query.bind({})
    assert query.bind({"partner": value, "country": "FR"}) == query.bind({"partner": "BE", "country": "FR"})


@pytest.mark.parametrize(
    ("value", "hint"), [("Belgum", "did you mean 'Belgium'?"), ("Belgian", "did you mean 'Belgium'?"), ("QQ", "BE")]
)
def test_what_is_no_country_is_refused(value: str, hint: str) -> None:
    for name, parameter in (("coproductions", "partner"), ("directors-abroad", "home"), ("films", "country")):
        with pytest.raises(QueryError, match=f"{parameter} must be a country, not '{value}'") as caught:
            named_queries(name)[0].bind({parameter: value})
        assert hint in str(caught.value.hint)


def test_no_country_is_any_country_only_where_that_is_the_default() -> None:
    assert named_queries("films")[0].bind({"country": ""}) == named_queries("films")[0].bind({})
    with pytest.raises(QueryError, match="must be a country"):
        named_queries("coproductions")[0].bind({"country": ""})


def test_a_file_is_read_as_sparql_or_as_a_query_with_parameters(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("\ufeffSELECT * WHERE { ?s ?p ?o }", encoding="utf-8")
    assert read_query(path) == "SELECT * WHERE { ?s ?p ?o }"
    path.write_text(_BODY, encoding="utf-8")
    assert read_query(path) == load_query(path)


@pytest.mark.parametrize("read", [load_query, read_query])
def test_a_file_that_cannot_be_read_is_an_error_with_its_path(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "latin1.rq").write_bytes(b"SELECT ?\xe9 WHERE {}")
    for name, said in (("nothing.rq", "No such file"), ("latin1.rq", "not UTF-8")):
        with pytest.raises(QueryError, match=said) as caught:
            read(tmp_path / name)
        assert caught.value.where == str(tmp_path / name)
