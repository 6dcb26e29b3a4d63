"""Answers of queries as people see them: a table, a chart, a network; each has an address of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from avgraph.errors import QueryError
from avgraph.graph.answering import RDF_TYPES, Answer, Bounds, TooLargeError, answer
from avgraph.graph.answers import Table, Value, table_of_tsv
from avgraph.knowledge.phrases import phrases
from avgraph.knowledge.results import LazyLabels, QueryResult
from avgraph.knowledge.syntax import ask_plainly
from avgraph.network import project
from avgraph.network.drawing import svg
from avgraph.sparql import may_use
from avgraph.web.pages.charts import bar_chart
from avgraph.web.pages.wording import name_in, sayer, words
from avgraph.web.worker import Served

__all__ = ["VIEWS", "Shown", "run", "shown"]

VIEWS = ("table", "chart", "network")
_TSV = "text/tab-separated-values"
#: Rows that a page works with, and those that it shows.
_MOST_ROWS = 20_000
_SHOWN_ROWS = 200
_MOST_BARS = 40
_MOST_DRAWN = 120


@dataclass(frozen=True)
class Shown:
    """An answer made ready for a page.

    Attributes
    ----------
    columns
        Names of the columns; empty for answers that are no table.
    rows
        The first rows: of each cell the text, the IRI it stands for or None, and whether it is a number.
    n_rows
        How many there are in all.
    text
        The answer to ASK, CONSTRUCT or DESCRIBE.
    drawing
        SVG of the chart or network.
    note
        Why there is no drawing.
    """

    columns: tuple[str, ...] = ()
    rows: list[list[tuple[str, str | None, bool]]] = field(default_factory=list)
    n_rows: int = 0
    text: str = ""
    drawing: str = ""
    note: str = ""


def run(served: Served, sparql: str, most_rows: int = _MOST_ROWS) -> QueryResult | str:
    """Return the answer to a query: at most so many rows of a SELECT, else text.

    Raises
    ------
    QueryError
        If it does not parse, fails, reaches out, or has too many rows.
    """
    if may_use(sparql, "SERVICE"):
        raise QueryError("SERVICE asks another server, and this one asks nobody", "leave it out")
    limits = served.limits
    bounds = Bounds(min(most_rows, limits.max_rows), limits.max_bytes)

    def choose(offered: tuple[str, ...]) -> str:
        return "text/turtle" if offered == RDF_TYPES else _TSV

    def ask(text: str) -> Answer:
        return answer(served.backend.store, text, choose, bounds)  # type: ignore[arg-type]

    try:
        found = ask_plainly(ask, sparql, sparql)
    except TooLargeError as error:
        if most_rows >= limits.max_rows:
            raise
        raise TooLargeError(f"{error.message} for a page", "add LIMIT, or load it as CSV or JSON") from error
    text = found.body.decode()
    if found.media_type != _TSV or text in ("true", "false"):
        return text
    head = text.partition("\n")[0]
    table = table_of_tsv([name.removeprefix("?") for name in head.split("\t")] if head else [], text)
    return QueryResult(table, LazyLabels(table, served.graph.labels))


def shown(found: QueryResult | str, view: str, language: str) -> Shown:
    """Return an answer as a view of it, for a page in a language."""
    if isinstance(found, str):
        lines = found.splitlines()
        return Shown(text="\n".join(lines[:_SHOWN_ROWS]), n_rows=len(lines))
    first = QueryResult(Table(found.columns, found.table.rows[:_SHOWN_ROWS], found.table.iri_columns), found.labels)
    rows = [[_cell(first, value, language) for value in row] for row in first.table.rows]
    drawing = note = ""
    if view == "chart":
        drawing, note = _chart(found, language)
    elif view == "network":
        drawing, note = _network(found, language)
    return Shown(found.columns, rows, len(found), drawing=drawing, note=note)


def _cell(found: QueryResult, value: Value, language: str) -> tuple[str, str | None, bool]:
    is_iri = isinstance(value, str) and value.startswith(("http://", "https://", "urn:"))
    return _text(found, value, language), str(value) if is_iri else None, _is_number(value)


def _text(found: QueryResult, value: Value, language: str) -> str:
    """Return a cell as a language writes it: numbers, the names of places, yes and no."""
    text = found.shown(value)
    if isinstance(value, bool):
        return words(language).get(text, text)
    if isinstance(value, float):
        return phrases(language).marked(text)
    return name_in(text, value, language) if isinstance(value, str) else text


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _chart(found: QueryResult, language: str) -> tuple[str, str]:
    """Draw the first column of numbers over the first other one; years, which stand in order, count as names."""
    rows = found.table.rows
    kinds = [all(_is_number(row[i]) or row[i] is None for row in rows) for i in range(len(found.columns))]
    named = [i for i, name in enumerate(found.columns) if not kinds[i] or "year" in name]
    counted = [i for i, name in enumerate(found.columns) if kinds[i] and i not in named and name != "rank"]
    if not rows or not named or not counted:
        return "", "a chart needs a column of names or years, and one of numbers"
    name, number = named[0], counted[0]
    pairs = [(_text(found, row[name], language), float(row[number] or 0)) for row in rows[:_MOST_BARS]]
    title = f"{found.columns[number]} / {found.columns[name]}".replace("_", " ")
    return bar_chart(title, pairs, phrases(language).marked), ""


def _network(found: QueryResult, language: str) -> tuple[str, str]:
    """Draw the first two columns as ends of ties; how many rows name both is the weight."""
    columns = [i for i, name in enumerate(found.columns) if name in found.table.iri_columns]
    if len(columns) < 2:
        columns = [i for i, _ in enumerate(found.columns) if any(isinstance(row[i], str) for row in found.table.rows)]
    if len(columns) < 2:
        return "", "a network needs two columns of entities"
    ends = [(str(row[columns[0]]), str(row[columns[1]])) for row in found.table.rows]
    ends = [(a, b) for a, b in ends if "None" not in (a, b) and a != b]
    if not ends:
        return "", "no row names two different entities"
    membership = pl.DataFrame(
        [(f"row {i}", end) for i, pair in enumerate(ends) for end in pair],
        schema={"work": pl.String, "member": pl.String}, orient="row",
    )  # fmt: skip
    names = sorted({end for pair in ends for end in pair})
    nodes = pl.DataFrame({"member": names, "label": [_text(found, name, language) for name in names]})
    title = f"{found.columns[columns[0]]} – {found.columns[columns[1]]}".replace("_", " ")
    drawn = project(membership, nodes, weight="count", name=title)
    return svg(drawn, max_nodes=_MOST_DRAWN, say=sayer(language)), ""
