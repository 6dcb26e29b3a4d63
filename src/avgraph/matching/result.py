"""What matching two tables gives."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import polars as pl

from avgraph.errors import Issue
from avgraph.identity import MATCH_SCHEMA

__all__ = ["PAIR_SCHEMA", "MatchResult", "MatchTable"]

PAIR_SCHEMA: dict[str, Any] = {
    "left": pl.String(), "right": pl.String(), "score": pl.Float64(), "left_name": pl.String(),
    "right_name": pl.String(), "left_row": pl.Int64(), "right_row": pl.Int64(), "features": MATCH_SCHEMA["reasons"],
}  # fmt: skip
_SHOWN = 20


@dataclass(frozen=True)
class MatchTable:
    """How one of the tables was read.

    Attributes
    ----------
    name
        Its path, or what messages call a data frame.
    n_read, n_used, n_quarantined
        Rows; the first is the sum of the others.
    about
        What was made of which column, in words.
    """

    name: str
    n_read: int
    n_used: int
    about: tuple[str, ...] = ()

    @property
    def n_quarantined(self) -> int:
        """Rows that are not used."""
        return self.n_read - self.n_used


@dataclass(frozen=True)
class MatchResult:
    """The pairs of two tables that are one thing.

    Attributes
    ----------
    pairs
        One row for each pair: left, right (the ids of the rows, or ``row 2`` without), score (0..1), left_name,
        right_name, left_row, right_row (line or row numbers), features (a list of records feature, score, left, right,
        detail: the reasons, with the two values that were compared). By row of the left table, then the best first.
    kind, why
        ``works``, ``people`` or ``companies``, and what told so.
    threshold
        The least score of the pairs.
    tables
        The left and the right table.
    issues
        Rows that were not used (errors), and what is worth a look (warnings).
    """

    pairs: pl.DataFrame
    kind: str
    why: str
    threshold: float
    tables: tuple[MatchTable, MatchTable]
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return self.pairs.height

    def to_json(self) -> list[dict[str, Any]]:
        """Return a JSON object for each pair: left, right, score, features, and the two names."""
        columns = ("left", "right", "score", "features", "left_name", "right_name")
        return [dict(zip(columns, row, strict=True)) for row in self.pairs.select(columns).iter_rows()]

    def __repr__(self) -> str:
        return f"<MatchResult {len(self)} pairs of {self.kind}, score {self.threshold:g} or more>"

    def _repr_html_(self) -> str:
        columns = ("left", "left_name", "right", "right_name", "score")
        head = "".join(f"<th>{c.replace('_', ' ')}</th>" for c in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(f'{v:.2f}' if isinstance(v, float) else str(v))}</td>" for v in row)
            + "</tr>"
            for row in self.pairs.select(columns).head(_SHOWN).iter_rows()
        )  # fmt: skip
        more = f"<p>{len(self) - _SHOWN:,} more pairs in <code>.pairs</code></p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
