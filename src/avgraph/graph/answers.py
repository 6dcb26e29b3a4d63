"""Answers of SELECT queries as plain Python values.

IRIs and strings become ``str``, integers ``int``, decimals and doubles ``float``, booleans ``bool``, dates their ISO
text at their own precision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from avgraph.vocabulary import XSD

__all__ = ["Table", "Value", "collect", "python_value", "table_of_tsv"]

Value = str | int | float | bool | None

_INTEGERS = {XSD + t for t in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
                               "unsignedInt", "unsignedLong", "negativeInteger", "nonPositiveInteger")}  # fmt: skip
_FLOATS = {XSD + t for t in ("decimal", "double", "float")}
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@[A-Za-z0-9-]+|\^\^<(?P<datatype>[^<>]*)>)?')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT answer; `iri_columns` are those that hold an IRI somewhere (names need a label then)."""

    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]]
    iri_columns: frozenset[str] = frozenset()


def python_value(lexical: str, datatype: str | None) -> Value:
    """Return the Python value of a literal.

    >>> python_value("2", XSD + "integer"), python_value("0.5", XSD + "decimal"), python_value("2014", XSD + "gYear")
    (2, 0.5, '2014')
    """
    try:
        if datatype in _INTEGERS:
            return int(lexical)
        if datatype in _FLOATS:
            return float(lexical)
    except ValueError:
        return lexical
    if datatype == XSD + "boolean":
        return lexical in ("true", "1")
    return lexical


def collect(
    columns: tuple[str, ...],
    solutions: Iterable[Iterable[Any]],
    is_literal: Callable[[Any], bool],
    value: Callable[[Any], Value],
) -> Table:
    """Return the table of `solutions`.

    Parameters
    ----------
    columns, solutions
        Names, and the terms of each row in their order; None is unbound.
    is_literal
        Tells literals from IRIs and blank nodes.
    value
        Gives the value of a term.
    """
    iris: set[str] = set()
    rows = []
    for solution in solutions:
        row: list[Value] = []
        for column, term in zip(columns, solution, strict=True):
            if term is None:
                row.append(None)
                continue
            if not is_literal(term):
                iris.add(column)
            row.append(value(term))
        rows.append(tuple(row))
    return Table(columns, rows, frozenset(iris))


def table_of_tsv(columns: Sequence[str], text: str) -> Table:
    r"""Return the table that SPARQL 1.1 Query Results TSV holds: terms as in Turtle, tabs and line feeds escaped.

    An embedded engine writes such text faster than it makes Python objects, term by term.
    See https://www.w3.org/TR/sparql11-results-csv-tsv/.

    >>> table_of_tsv(("s", "n"), '?s\t?n\n<https://example.org/x>\t2\n"a\\tb"\t\n').rows
    [('https://example.org/x', 2), ('a\tb', None)]
    """
    lines = text.split("\n")[1:-1]
    if not columns:
        return Table((), [() for _ in lines])
    read: list[list[Value]] = []
    iris = set()
    for column, cells in zip(columns, zip(*(line.split("\t") for line in lines), strict=True), strict=False):
        values = _Values()
        read.append(list(map(values.__getitem__, cells)))
        if any(cell.startswith(("<", "_:")) for cell in values):
            iris.add(column)
    return Table(tuple(columns), list(zip(*read, strict=True)), frozenset(iris))


class _Values(dict[str, Value]):
    """Cell → value: a column has few values, and each is read once."""

    def __missing__(self, cell: str) -> Value:
        value = self[cell] = _value(cell)
        return value


def _value(cell: str) -> Value:
    if cell.endswith('"') and "\\" not in cell:  # a plain literal; most are, and this is faster than the expression
        return cell[1:-1]
    if cell.startswith("<") and not cell.startswith("<<"):
        return cell[1:-1]
    if cell.startswith('"') and cell.endswith(">") and "\\" not in cell:  # figures: an answer has many, all different
        text, _, datatype = cell[1:-1].rpartition('"^^<')
        return python_value(text, datatype)
    if literal := _LITERAL.fullmatch(cell):
        text = literal["text"]
        return python_value(_ESCAPE.sub(_character, text) if "\\" in text else text, literal["datatype"])
    if not cell or cell.startswith(("_:", "<<")):
        return cell or None
    if cell in _BOOLEANS:
        return _BOOLEANS[cell]
    try:
        return int(cell)
    except ValueError:
        return float(cell)


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[3])
