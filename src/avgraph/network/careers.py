"""Careers: when members are active, how fast they find new partners, and who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from avgraph.network.activity import gaps, member_years, observed_years

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["career_years", "careers", "cohorts"]


def careers(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.careers <avgraph.network.Network.careers>`."""
    rows = network.memberships
    dated = rows.drop_nulls("year").group_by(pl.col("member").alias("node"))
    dated_works = dated.agg(pl.col("work").n_unique().cast(pl.Int64).alias("n_dated"))
    per_year = gaps(member_years(network), ["node"]).drop("first_year", "last_year", "n_gaps")
    n_dated = pl.col("n_dated").fill_null(0)
    return (
        network.nodes.join(dated_works, on="node", how="left")
        .join(per_year, on="node", how="left")
        .select(
            "node", "label", "country", "first_year", "last_year", "n_works",
            (pl.col("n_works") - n_dated).alias("n_undated"),
            pl.col("n_years").fill_null(0),
            "longest_gap",
            (n_dated / pl.col("n_years")).alias("works_per_active_year"),
            pl.col("degree").alias("n_partners"),
            (pl.col("degree") / pl.col("n_works")).alias("new_partners_per_work"),
        )
        .sort("n_works", "node", descending=[True, False])
    )  # fmt: skip


def career_years(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.career_years <avgraph.network.Network.career_years>`."""
    edges = network.edges.drop_nulls("first_year").select("source", "target", pl.col("first_year").alias("year"))
    ends = pl.concat([edges.select(pl.col(end).alias("node"), "year") for end in ("source", "target")])
    met = ends.group_by("node", "year").agg(pl.len().cast(pl.Int64).alias("new_partners"))
    # A tie may have a year where the member's own row has none.
    return (
        member_years(network)
        .join(met, on=["node", "year"], how="full", coalesce=True)
        .with_columns(pl.col("n_works", "new_partners").fill_null(0), pl.col("roles").fill_null([]))
        .sort("node", "year")
        .join(network.nodes.select("node", "label"), on="node", how="left", maintain_order="left")
        .select(
            "node", "label", "year",
            (pl.col("year") - pl.col("year").min().over("node")).alias("career_year"),
            "n_works", "new_partners",
            pl.col("new_partners").cum_sum().over("node").alias("n_partners"),
            "roles",
        )
    )  # fmt: skip


def cohorts(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.cohorts <avgraph.network.Network.cohorts>`."""
    observed = observed_years(network)
    last = 0 if observed is None else observed[1]
    years = member_years(network)
    first = pl.col("year").min().over("node")
    after = years.select("node", first.alias("cohort"), (pl.col("year") - first).alias("years"))
    active = after.group_by("cohort", "years").agg(pl.len().cast(pl.Int64).alias("n_active"))
    ends = after.group_by("node", "cohort").agg(pl.max("years"))
    leaving = ends.group_by("cohort", "years").agg(pl.len().cast(pl.Int64).alias("n_leaving"))
    sizes = ends.group_by("cohort").agg(pl.len().cast(pl.Int64).alias("n_members"))
    grid = sizes.with_columns(pl.int_ranges(0, last - pl.col("cohort") + 1).alias("years")).explode("years")
    left = pl.col("n_leaving").cum_sum().over("cohort") - pl.col("n_leaving")
    return (
        grid.sort("cohort", "years")
        .join(active, on=["cohort", "years"], how="left", maintain_order="left")
        .join(leaving, on=["cohort", "years"], how="left", maintain_order="left")
        .with_columns(pl.col("n_active", "n_leaving").fill_null(0))
        .with_columns((pl.col("n_members") - left).alias("n_remaining"))
        .select(
            "cohort", "n_members", "years", "n_active", "n_remaining",
            (pl.col("n_active") / pl.col("n_members")).alias("active"),
            (pl.col("n_remaining") / pl.col("n_members")).alias("remaining"),
        )
    )  # fmt: skip
