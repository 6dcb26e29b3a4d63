"""In which years members and ties are active: what everything about time is counted from.

A joint work makes a tie active in every year that the work's rows state, usually one.  What has no year is left
out of all that is said about years, and counted beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.network.membership import first_of_run
from avgraph.network.tie import joint_works

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["gaps", "member_years", "observed_years", "tie_years"]


def observed_years(network: Network) -> tuple[int, int] | None:
    """Return the first and last year in which a work could have been seen, None where no work has a year.

    These are the years of all works the network was made from, within the window it was projected with. A part of
    a network is observed as long as the whole.
    """
    if network.covered is None:
        return None
    (first, last), (low, high) = network.covered, network.settings.years or (None, None)
    first = first if low is None else max(low, first)
    last = last if high is None else min(high, last)
    return (first, last) if first <= last else None


def tie_years(network: Network) -> pl.DataFrame:
    """Return one row per tie and year in which it is active, sorted.

    Columns: `source`, `target`, `year`, `n_works` (joint works of that year), `weight` (what they add to the edge; a
    work of several years gives each an equal part, so that the weights of a tie whose works all have a year add up
    to that of the edge).
    """
    dates = network.memberships.select("work", "year").drop_nulls().unique()
    dates = dates.with_columns(pl.len().over("work").alias("n_years"))
    keys = ["source", "target", "year"]
    rows = joint_works(network).join(dates, on="work").sort(*keys, "work")
    begins = rows.select(first_of_run(keys).alias("begins"))["begins"]
    group = begins.to_numpy().cumsum() - 1
    parts = (rows["weight"] / rows["n_years"]).to_numpy()
    table = rows.filter(begins).select(keys)
    return table.with_columns(
        pl.Series("n_works", np.bincount(group, minlength=table.height), pl.Int64),
        # bincount adds one by one in the order given, whatever the processor.
        pl.Series("weight", np.bincount(group, parts, table.height), pl.Float64),
    )


def member_years(network: Network) -> pl.DataFrame:
    """Return one row per member and year in which it has a work, sorted: `node`, `year`, `n_works`, `roles`."""
    return (
        network.memberships.drop_nulls("year")
        .group_by(pl.col("member").alias("node"), "year")
        .agg(
            pl.col("work").n_unique().cast(pl.Int64).alias("n_works"),
            pl.col("role").drop_nulls().unique().sort().alias("roles"),
        )
        .sort("node", "year")
    )


def gaps(years: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return per group of `keys` its `first_year`, `last_year`, `n_years`, `n_gaps` and `longest_gap`.

    `years` has the columns `keys` and `year`, one row per active year, and is sorted by them. A gap is a run of years
    without activity between two active ones; `longest_gap` is the number of years in the longest, 0 without one.
    """
    begins = first_of_run(keys)
    return (
        years.with_columns(
            begins.cum_sum().alias("group"),
            pl.when(~begins).then(pl.col("year") - pl.col("year").shift(1) - 1).otherwise(0).alias("silent"),
        )
        .group_by("group", maintain_order=True)
        .agg(
            pl.col(keys).first(),
            pl.col("year").first().alias("first_year"),
            pl.col("year").last().alias("last_year"),
            pl.len().cast(pl.Int64).alias("n_years"),
            (pl.col("silent") > 0).sum().cast(pl.Int64).alias("n_gaps"),
            pl.col("silent").max().cast(pl.Int64).alias("longest_gap"),
        )
        .drop("group")
    )
