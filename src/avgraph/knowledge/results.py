"""Query results: rows of plain values, with ways out to data frames, text and notebooks."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph.errors import AvgraphError
from avgraph.graph.answers import Table, Value
from avgraph.knowledge.reading import is_address
from avgraph.vocabulary import compact

if TYPE_CHECKING:
    import pandas

__all__ = ["LazyLabels", "QueryResult"]

_SHOWN_ROWS = 20


class LazyLabels(Mapping[str, str]):
    """IRI → label for an answer; asked for when the first is shown, for who goes on with the values needs none.

    Parameters
    ----------
    table
        The answer.
    look_up
        Gives the labels of IRIs.
    """

    def __init__(self, table: Table, look_up: Callable[[Iterable[str]], Mapping[str, str]]) -> None:
        self._table = table
        self._look_up = look_up

    @cached_property
    def _found(self) -> Mapping[str, str]:
        if not self._table.iri_columns:
            return {}
        return self._look_up({v for row in self._table.rows for v in row if isinstance(v, str) and is_address(v)})

    def __getitem__(self, iri: str) -> str:
        return self._found[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class QueryResult:
    """The answer to a SELECT query.

    Iterating gives one dict per row. Values are ``str``, ``int``, ``float``, ``bool`` or None; IRIs and dates are text.

    Attributes
    ----------
    table
        Columns and rows.
    labels
        IRI → label, for showing; the values themselves stay IRIs.
    """

    table: Table
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.table.columns

    def __len__(self) -> int:
        return len(self.table.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.table.rows:
            yield dict(zip(self.table.columns, row, strict=True))

    def to_polars(self) -> pl.DataFrame:
        """Return a Polars data frame; a column of unlike types becomes text."""
        columns = {}
        for position, name in enumerate(self.columns):
            values = [row[position] for row in self.table.rows]
            kinds = {type(v) for v in values if v is not None}
            if kinds == {int, float}:
                values = [None if v is None else float(v) for v in values]
            elif len(kinds) > 1:
                values = [None if v is None else str(v) for v in values]
            columns[name] = pl.Series(name, values, dtype=None if kinds else pl.String())
        return pl.DataFrame(columns)

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas data frame.

        Raises
        ------
        AvgraphError
            If pandas is not installed (extra ``avgraph[pandas]``).
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise AvgraphError("pandas is not installed", "pip install 'avgraph[pandas]'") from error

        return pd.DataFrame.from_records(self.table.rows, columns=list(self.columns))

    def to_json(self) -> str:
        """Return a JSON array of objects."""
        return json.dumps(list(self), ensure_ascii=False, indent=1)

    def to_tsv(self) -> str:
        """Return tab-separated text with a header line; tabs and line feeds in values become spaces."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, escapechar="\\")
        writer.writerow(self.columns)
        for row in self.table.rows:
            writer.writerow(["" if v is None else " ".join(str(v).split()) for v in row])
        return out.getvalue()

    def shown(self, value: Value) -> str:
        """Return how a cell is shown to people: the label of an entity, a prefixed name, a plain number."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float):
            return f"{value:,.0f}" if value.is_integer() and abs(value) >= 1000 else f"{value:g}"
        if isinstance(value, str) and value.startswith(("http://", "https://", "urn:")):
            return self.labels.get(value) or compact(value)
        return str(value)

    def __repr__(self) -> str:
        return f"<QueryResult {len(self)} rows: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(self.shown(v))}</td>" for v in row) + "</tr>"
            for row in self.table.rows[:_SHOWN_ROWS]
        )
        more = len(self) - _SHOWN_ROWS
        note = f"<p>{more} more rows: use <code>to_polars()</code></p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as dicts with entities shown by label."""
        return [{k: self.shown(v) if isinstance(v, str) else v for k, v in row.items()} for row in self]
