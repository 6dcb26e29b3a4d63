"""Which rows of a table differ in one thing where they are alike in others, found without holding the table.

There may be millions of rows and few that differ, so the rows are looked through by hashes of 64 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import xor

import polars as pl

__all__ = ["with_several"]

_KEY, _VALUE = "\x00key", "\x00value"


def with_several(table: pl.LazyFrame, keys: Sequence[str], value: str) -> pl.LazyFrame:
    """Return the rows whose values of `keys` come with more than one of `value`, in their order.

    A few others may be among them, since two keys can have one hash: who compares the rows of a key finds one value.

    Parameters
    ----------
    table
        Without nulls in these columns.
    keys, value
        Columns that hold no lists.

    Examples
    --------
    >>> table = pl.LazyFrame({"film": ["A", "B", "A", "B"], "year": [2001, 2004, 2002, 2004]})
    >>> with_several(table, ["film"], "year").collect().rows()
    [('A', 2001), ('A', 2002)]
    """
    # Seeds, so that ("a", "b") is another key than ("b", "a").
    key = reduce(xor, (pl.col(column).hash(seed) for seed, column in enumerate(keys)))
    hashed = table.with_columns(key.alias(_KEY), pl.col(value).hash().alias(_VALUE))
    counts = hashed.group_by(_VALUE).len().collect(engine="streaming").sort("len", _VALUE, descending=True)
    if counts.height < 2:
        return table.head(0)
    most, n_most = counts.row(0)
    if 2 * n_most > counts["len"].sum():
        # One source may hold nearly all rows: of these only such count as another source has a key of.
        others = hashed.filter(pl.col(_VALUE) != most).select(_KEY).unique().collect(engine="streaming")
        hashed = hashed.join(others.lazy(), on=_KEY, how="semi", maintain_order="left")
    pairs = hashed.select(_KEY, _VALUE).collect(engine="streaming").sort(_KEY)
    differs = (pl.col(_KEY) == pl.col(_KEY).shift()) & (pl.col(_VALUE) != pl.col(_VALUE).shift())
    found = pairs.filter(differs).select(_KEY).unique()
    if found.is_empty():
        return table.head(0)
    return hashed.join(found.lazy(), on=_KEY, how="semi", maintain_order="left").drop(_KEY, _VALUE)
