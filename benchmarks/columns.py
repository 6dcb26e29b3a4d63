"""Columns of one length, joined and chosen position by position."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

__all__ = ["gathered", "joined", "unless", "where"]


def gathered(values: Sequence[str], at: np.ndarray) -> pl.Series:
    """Return the values at these positions."""
    return pl.Series(values, dtype=pl.String).gather(at)


def joined(*parts: str | np.ndarray | pl.Series) -> pl.Series:
    """Return the parts joined, position by position."""
    columns = [pl.lit(part) if isinstance(part, str) else pl.Series(part).cast(pl.String).alias("") for part in parts]
    named = [column.alias(str(k)) for k, column in enumerate(columns)]
    return pl.select(*named).select(pl.concat_str(pl.all()).alias("joined"))["joined"]


def where(choice: np.ndarray, yes: pl.Series, no: pl.Series) -> pl.Series:
    """Return the values of `yes` where the choice is true, elsewhere those of `no`."""
    return yes.zip_with(pl.Series(choice), no)


def unless(unknown: np.ndarray, values: np.ndarray | pl.Series) -> pl.Series:
    """Return the values, null where they are unknown."""
    series = pl.Series(values)
    return pl.select(pl.when(~pl.Series(unknown)).then(series).alias("value"))["value"]
