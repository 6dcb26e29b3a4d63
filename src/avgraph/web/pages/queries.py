"""Named queries as pages with a form, and the editor for any other."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import polars as pl

from avgraph.errors import AvgraphError, QueryError
from avgraph.graph.tables import safe_cells
from avgraph.knowledge import QueryResult
from avgraph.queries import NamedQuery, named_queries
from avgraph.vocabulary import PREFIXES
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import html_reply
from avgraph.web.pages.results import VIEWS, Shown, run, shown
from avgraph.web.problems import Reply, problem_of
from avgraph.web.worker import Served

__all__ = ["editor", "queries", "query_data", "query_page"]

_EXAMPLE = """\
SELECT ?title ?year ?director WHERE {
  ?work a schema:Movie ; rdfs:label ?title ; schema:director/rdfs:label ?director .
  OPTIONAL { ?work av:year ?year }
}
ORDER BY DESC(?year) ?title
LIMIT 50
"""


def queries(served: Served, asked: Asked) -> Reply:
    """List the named queries."""
    return html_reply("queries.html", served, asked, queries=named_queries())


def query_page(served: Served, asked: Asked) -> Reply:
    """Show the form of a named query and its answer.

    Raises
    ------
    QueryError
        If there is no query of that name.
    """
    query = _named(asked.path.rpartition("/")[2])
    given = _given(query, asked)
    answer, problem, sparql = Shown(), None, ""
    view = _view(asked)
    missing = [p.name for p in query.parameters if p.default is None and p.name not in given]
    if not missing:
        try:
            sparql = served.graph.sparql(query, **given)
            answer = shown(run(served, sparql), view, asked.language)
        except AvgraphError as error:
            problem = problem_of(error)
    called = "".join(f", {name}={value!r}" for name, value in given.items())
    return html_reply(
        "query.html", served, asked, query=query, given=given, answer=answer, problem=problem, sparql=sparql, view=view,
        views=VIEWS, missing=missing, link=asked.link, twin=f"/queries/{query.name}",
        parameters=urlencode(list(given.items())),
        python=f'avgraph.open("{asked.origin}/sparql").query("{query.name}"{called}).to_polars()',
        status=problem.status if problem else 200,
    )  # fmt: skip


def query_data(served: Served, asked: Asked) -> Reply:
    """Return the answer to a named query as JSON or CSV, as the suffix says.

    JSON has the query, its parameters, the columns, the rows as objects, and the labels of the IRIs in them. In CSV a
    cell that a spreadsheet would take for a formula has an apostrophe before it.
    """
    name, _, suffix = asked.path.rpartition("/")[2].rpartition(".")
    query = _named(name)
    given = _given(query, asked)
    result = run(served, served.graph.sparql(query, **given), served.limits.max_rows)
    assert isinstance(result, QueryResult)  # all named queries are SELECT
    if suffix == "csv":
        return Reply(200, "text/csv; charset=utf-8", _csv(result.to_polars()))
    told = {
        "query": query.name, "parameters": {p.name: given.get(p.name, p.default) for p in query.parameters},
        "columns": list(result.columns), "rows": list(result), "labels": dict(result.labels),
    }  # fmt: skip
    return Reply(200, "application/json", json.dumps(told, ensure_ascii=False).encode())


def _csv(table: pl.DataFrame) -> bytes:
    return safe_cells(table).write_csv().encode()


def _named(name: str) -> NamedQuery:
    return named_queries(name)[0]


def _given(query: NamedQuery, asked: Asked) -> dict[str, str]:
    """Return the values of a query's parameters that an address gives."""
    known = {p.name for p in query.parameters}
    wrong = [name for name, _ in asked.parameters if name not in known | {"view"}]
    if wrong:
        raise QueryError(f"query {query.name!r} has no parameter {wrong[0]!r}", f"it has: {', '.join(sorted(known))}")
    return {name: value for name, value in asked.parameters if name in known}


def _view(asked: Asked) -> str:
    view = asked.get("view", VIEWS[0])
    return view if view in VIEWS else VIEWS[0]


def editor(served: Served, asked: Asked) -> Reply:
    """Show the editor, and the answer to what stands in it."""
    sparql = asked.get("query")
    answer, problem = Shown(), None
    view = _view(asked)
    if sparql:
        try:
            answer = shown(run(served, sparql), view, asked.language)
        except AvgraphError as error:
            problem = problem_of(error)
    return html_reply(
        "editor.html", served, asked, sparql=sparql, example=_EXAMPLE, answer=answer, problem=problem, view=view,
        views=VIEWS, link=asked.link, formats=_formats(sparql, answer), prefixes=PREFIXES,
        python=_python(asked.origin, sparql or _EXAMPLE), status=problem.status if problem else 200,
    )  # fmt: skip


def _python(origin: str, sparql: str) -> str:
    quoted = sparql.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'import avgraph\n\nkg = avgraph.open("{origin}/sparql")\nkg.query("""\n{quoted}\n""").to_polars()'


def _formats(sparql: str, answer: Shown) -> list[tuple[str, str]]:
    """Return names and addresses of the forms in which the answer can be had."""
    if not sparql:
        return []
    names = (
        ("csv", "json", "xml", "tsv") if answer.columns or answer.text in ("true", "false") else ("ttl", "nt", "jsonld")
    )
    return [(name, "/sparql?" + urlencode({"query": sparql, "format": name})) for name in names]
