"""How long ties live, and how often partners come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtri

from avgraph.errors import AvgraphError
from avgraph.network.activity import gaps, observed_years, tie_years
from avgraph.network.membership import first_of_run
from avgraph.network.tie import joint_works

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network
    from avgraph.network.matrix import Floats

__all__ = ["repeats", "tie_lives", "tie_survival"]

_PAIR = ["source", "target"]


def _check(silence_years: int = 1, confidence: float = 0.5) -> None:
    if silence_years < 1:
        raise AvgraphError(
            f"silence_years is {silence_years}", "give the years without a joint work that end a tie, at least 1"
        )
    if not 0 < confidence < 1:
        raise AvgraphError(f"the confidence is {confidence}", "give a probability between 0 and 1, such as 0.95")


def tie_lives(network: Network, *, silence_years: int = 5) -> pl.DataFrame:
    """Return the table of :meth:`Network.tie_lives <avgraph.network.Network.tie_lives>`."""
    _check(silence_years)
    observed = observed_years(network)
    last = None if observed is None else observed[1]
    undated = (
        joint_works(network)
        .filter(pl.col("first_year").is_null())
        .group_by(_PAIR)
        .agg(pl.len().cast(pl.Int64).alias("n_undated"))
    )
    return (
        network.edges.select(*_PAIR, "n_works")
        .join(undated, on=_PAIR, how="left")
        .join(gaps(tie_years(network), _PAIR), on=_PAIR, how="left")
        .select(
            *_PAIR, "first_year", "last_year", "n_works",
            pl.col("n_undated", "n_years").fill_null(0),
            "n_gaps", "longest_gap",
            (pl.col("last_year") + silence_years > pl.lit(last, pl.Int64)).alias("censored"),
        )
        .sort("n_works", *_PAIR, descending=[True, False, False])
    )  # fmt: skip


def tie_survival(network: Network, *, silence_years: int = 5, confidence: float = 0.95) -> pl.DataFrame:
    """Return the table of :meth:`Network.tie_survival <avgraph.network.Network.tie_survival>`."""
    _check(silence_years, confidence)
    observed = observed_years(network)
    counts = dict.fromkeys(("years", "at_risk", "ended", "censored"), pl.Int64())
    schema = counts | dict.fromkeys(("survival", "std_error", "low", "high"), pl.Float64())
    if observed is None:
        return pl.DataFrame(schema=schema)
    # Up to this year, and no later, it is known of each tie whether it has ended.
    known = observed[1] - silence_years
    if known < observed[0]:
        raise AvgraphError(
            f"the years {observed[0]} to {observed[1]} are too few for {silence_years} years of silence",
            "give a smaller silence_years",
        )
    begins = first_of_run(_PAIR)
    silence = (pl.col("year") - pl.col("year").shift(1) - 1 >= silence_years).fill_null(False)
    lives = tie_years(network).select("year", begins.cum_sum().alias("tie"), (begins | silence).cum_sum().alias("life"))
    # Only the first life of each tie.
    runs = lives.group_by("tie", "life", maintain_order=True).agg(pl.first("year"), pl.last("year").alias("last"))
    runs = runs.unique("tie", keep="first").filter(pl.col("year") <= known)
    times = runs.select(
        (pl.min_horizontal("last", pl.lit(known)) - pl.col("year")).alias("years"),
        (pl.col("last") <= known).alias("ended"),
    )
    years, ended = times["years"].to_numpy(), times["ended"].to_numpy()
    n = int(years.max(initial=-1)) + 1
    deaths, left = np.bincount(years[ended], minlength=n), np.bincount(years[~ended], minlength=n)
    at_risk = times.height - np.concatenate([[0], np.cumsum(deaths + left)])[:n]
    survival = np.cumprod(1 - deaths / at_risk)
    error, low, high = _greenwood(survival, deaths.astype(np.float64), at_risk.astype(np.float64), confidence)
    columns = [np.arange(n), at_risk, deaths, left, survival, error, low, high]
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def _greenwood(survival: Floats, deaths: Floats, at_risk: Floats, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Return Greenwood's standard error and the interval on the scale of log(-log), NaN where they say nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        log = np.log(survival)
        spread = ndtri((1 + confidence) / 2) * np.sqrt(total) / np.abs(log)
        low, high = survival ** np.exp(spread), survival ** np.exp(-spread)
    # At 1 nothing has ended yet, at 0 nothing is left: there is no spread to tell.
    open_end = (survival <= 0) | (survival >= 1)
    low[open_end] = high[open_end] = np.nan
    error = np.where(open_end, np.nan, survival * np.sqrt(np.where(open_end, 0.0, total)))
    return error, low, high


def repeats(network: Network, *, confidence: float = 0.95) -> pl.DataFrame:
    """Return the table of :meth:`Network.repeats <avgraph.network.Network.repeats>`."""
    _check(confidence=confidence)
    observed = observed_years(network)
    last = 0 if observed is None else observed[1]
    dated = joint_works(network).drop_nulls("first_year")
    by_year = dated.group_by(*_PAIR, pl.col("first_year").alias("year")).agg(pl.len().cast(pl.Int64).alias("n"))
    by_year = by_year.sort(*_PAIR, "year").select("year", "n", first_of_run(_PAIR).cum_sum().alias("tie"))
    again = pl.when(pl.col("tie") == pl.col("tie").shift(-1)).then(pl.col("year").shift(-1))
    exposed = (
        by_year.select(
            pl.col("n").cum_sum().over("tie").alias("n_former"),
            (again.fill_null(last) - pl.col("year")).alias("pair_years"),
            again.is_not_null().cast(pl.Int64).alias("repeats"),
        )
        .group_by("n_former")
        .agg(pl.sum("pair_years", "repeats"))
    )
    totals = by_year.group_by("tie").agg(pl.sum("n"))["n"].to_numpy()
    reached = np.cumsum(np.bincount(totals)[::-1])[::-1] if len(totals) else np.zeros(1, dtype=np.int64)
    table = pl.DataFrame(
        {
            "n_former": np.arange(1, len(reached)),
            "n_pairs": reached[1:],
            "n_again": np.append(reached[2:], 0)[: len(reached) - 1],
        },
        schema=dict.fromkeys(["n_former", "n_pairs", "n_again"], pl.Int64()),
    ).join(exposed, on="n_former", how="left", maintain_order="left")
    trials, successes = pl.col("pair_years"), pl.col("repeats")
    z = float(ndtri((1 + confidence) / 2))
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / (4 * trials * trials)).sqrt()
    table = table.with_columns(pl.col("pair_years", "repeats").fill_null(0)).with_columns(
        (pl.col("n_again") / pl.col("n_pairs")).alias("again"),
        share.alias("per_year"),
        # The interval holds the share; rounding must not part them at 0 and 1.
        pl.max_horizontal(pl.min_horizontal(middle - half, share), 0.0).alias("low"),
        pl.min_horizontal(pl.max_horizontal(middle + half, share), 1.0).alias("high"),
    )
    exposed_at_all = pl.col("pair_years") > 0
    return table.select(
        "n_former", "n_pairs", "n_again", "again", "pair_years", "repeats",
        *(pl.when(exposed_at_all).then(name).alias(name) for name in ("per_year", "low", "high")),
    )  # fmt: skip
