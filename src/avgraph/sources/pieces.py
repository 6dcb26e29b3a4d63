"""Cells that hold several values, and the rows made of their pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import polars as pl

from avgraph.sources.expressions import Check, by_unique
from avgraph.sources.problems import INDEX, RowProblems
from avgraph.sources.readers import ROW, BadRow
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["N_PIECES", "POSITION", "split_rows"]

POSITION, N_PIECES = "\x00position", "\x00pieces"


def split_rows(rows: pl.DataFrame, columns: Sequence[str], separators: Sequence[str], null: Sequence[str],
               problems: RowProblems, own: Iterable[Sequence[str]] = (), keep_unknown: bool = False,
               ) -> pl.DataFrame:  # fmt: skip
    """Return a row for each piece of the split columns.

    Parameters
    ----------
    rows
        With INDEX and ROW.
    columns
        Which are split, in step: cells of one row have as many pieces, or a single one that stands for all.
    separators
        What parts the pieces; :data:`LIST_SEPARATOR` takes list cells and the text of a JSON array.
    null
        Texts that mean an unknown piece.
    problems
        Takes the rows whose pieces do not match.
    own
        Groups of columns of which each piece needs one of its own.
    keep_unknown
        Whether a row of which every split cell is unknown stays, as one unknown piece.

    Returns
    -------
    The rows with POSITION (from 1) and N_PIECES.
    """
    columns = list(columns)
    if LIST_SEPARATOR in separators:
        lists = {c: _list_cell(pl.col(c)) for c in columns}
        problems.check(rows, [
            Check((pl.col(c) != "[]") & value.is_null(), pl.col(c), c, "a JSON array of texts", 'write ["one", "two"]')
            for c, value in lists.items()
        ])  # fmt: skip
        rows = rows.with_columns(value.alias(c) for c, value in lists.items())
    rows = rows.with_columns(_split(pl.col(c), separators) for c in columns)
    if keep_unknown:
        nothing = pl.all_horizontal(pl.col(c).is_null() for c in columns)
        unknown = pl.lit([None], dtype=pl.List(pl.String()))
        rows = rows.with_columns(pl.when(nothing).then(unknown).otherwise(pl.col(c)).alias(c) for c in columns)
    lengths = {c: pl.col(c).list.len().cast(pl.Int64) for c in columns}
    n_pieces = pl.max_horizontal(lengths.values())
    uneven = pl.any_horizontal((lengths[c] != 1) & (lengths[c] != n_pieces) for c in columns)
    for group in own:
        uneven |= pl.max_horizontal(lengths[c] for c in group) != n_pieces
    uneven = uneven.fill_null(False)
    bad = rows.filter(uneven).select(INDEX, ROW, *(lengths[c].fill_null(0).alias(c) for c in columns))
    for index, row, *counts in bad.iter_rows():
        told = ", ".join(f"{c!r} has {n}" for c, n in zip(columns, counts, strict=True))
        problems.add(index, BadRow(row, f"pieces of {', '.join(columns)} do not match", f"pieces do not match: {told}",
                                   "give each piece its counterpart, or an unknown one such as ?"))  # fmt: skip
    rows = rows.filter(~uneven & n_pieces.is_not_null()).with_columns(n_pieces.alias(N_PIECES))
    rows = rows.with_columns(
        pl.when(pl.col(c).list.len() == pl.col(N_PIECES)).then(pl.col(c))
        .otherwise(pl.col(c).list.get(0, null_on_oob=True).repeat_by(pl.col(N_PIECES)))
        for c in columns
    ).with_columns(pl.int_ranges(1, pl.col(N_PIECES) + 1).alias(POSITION))  # fmt: skip
    rows = rows.explode(*columns, POSITION)
    return rows.with_columns(_known(pl.col(c).str.strip_chars(), null) for c in columns)


def _split(value: pl.Expr, separators: Sequence[str]) -> pl.Expr:
    """Split at every separator, and at those of list cells."""
    for separator in separators:
        value = value.str.replace_all(separator, LIST_SEPARATOR, literal=True)
    return value.str.split(LIST_SEPARATOR)


def _known(value: pl.Expr, null: Sequence[str]) -> pl.Expr:
    return pl.when(~value.is_in(["", *null])).then(value)


def _list_cell(value: pl.Expr) -> pl.Expr:
    """Return the texts of a JSON array as a list cell, other cells as they stand; null where the array is malformed."""
    array = value.str.starts_with('["')
    plain = value.str.strip_prefix('["').str.strip_suffix('"]').str.replace_all('","', LIST_SEPARATOR, literal=True)
    simple = value.str.ends_with('"]') & ~value.str.contains("\\", literal=True)
    simple &= ~plain.str.contains('"', literal=True)
    parsed = by_unique(pl.when(array & ~simple).then(value), _json_texts)
    return pl.when(value == "[]").then(None).when(array & simple).then(plain).when(array).then(parsed).otherwise(value)


def _json_texts(text: str) -> str | None:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(items, list) or not all(isinstance(i, str) for i in items):
        return None
    return LIST_SEPARATOR.join(i.replace(LIST_SEPARATOR, " ") for i in items)
