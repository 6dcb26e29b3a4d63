"""Dependence: how far a member leans on few partners, and who of two leans more on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.network.matrix import row_sums, rows_of

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["LEADING", "MINORITY", "concentration", "dependence"]

#: Roles of those who lead a work, and of those who do not if somebody else leads it.
LEADING = ("majority", "delegate", "parity")
MINORITY = ("minority", "co-producer")


def concentration(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.concentration <avgraph.network.Network.concentration>`."""
    matrix, nodes = network.matrix, network.nodes
    n = nodes.height
    row = rows_of(matrix)
    share = matrix.data / row_sums(matrix, matrix.data)[row]
    # The largest tie of each row, the first partner where several are equal: the last of each row in this order.
    order = np.lexsort((-matrix.indices, share, row))
    degree = np.diff(matrix.indptr)
    largest = np.full(n, -1)
    largest[degree > 0] = order[matrix.indptr[1:][degree > 0] - 1]
    tied = pl.Series(degree > 0)
    best = np.append(share, 0.0)[largest]
    partner = nodes["node"].gather(np.append(matrix.indices, 0)[largest]) if n else nodes["node"]
    hhi, size = pl.col("hhi"), pl.col("n_partners")
    table = nodes.select("node", "label", "country").with_columns(
        pl.Series("n_partners", degree, pl.Int64),
        pl.Series("hhi", row_sums(matrix, np.square(share)), pl.Float64),
        pl.Series("largest_partner", partner, pl.String),
        pl.Series("largest_share", best, pl.Float64),
    )
    table = table.with_columns(pl.when(tied).then(pl.col("hhi", "largest_partner", "largest_share"))).with_columns(
        # Equal shares of 1/n may fall short of it by rounding.
        pl.when(size > 1).then((hhi - 1 / size).clip(0.0) / (1 - 1 / size)).alias("hhi_normalised"),
        (1 / hhi).alias("effective_partners"),
    )
    return (
        table.join(_standing(network), on="node", how="left", maintain_order="left")
        .with_columns((pl.col("n_minority") / pl.col("n_stated")).alias("minority_ratio"))
        .with_columns(pl.col("n_stated", "n_minority").fill_null(0))
        .sort(pl.col("hhi").round_sig_figs(12), "node", descending=[True, False], nulls_last=True)
        .select("node", "label", "country", "n_partners", "hhi", "hhi_normalised", "effective_partners",
                "largest_partner", "largest_share", "n_stated", "n_minority", "minority_ratio")
    )  # fmt: skip


def _standing(network: Network) -> pl.DataFrame:
    """Return `node`, `n_stated`, `n_minority`: joint works where its standing is known, and those led by others."""
    joint = network.incidence.filter(pl.col("n_members") > 1).select("work", "member")
    said = network.memberships.join(joint, on=["work", "member"], how="semi")
    parts = said.group_by("work", "member").agg(
        pl.col("weight").drop_nulls().unique().sort().mean(),
        pl.col("role").is_in(LEADING).any().alias("leads"),
        pl.col("role").is_in(MINORITY).any().alias("follows"),
        (pl.col("role") == "minority").any().alias("said"),
    )
    share = pl.col("weight")
    shared = (share.is_not_null().all() & (share.sum() > 0)).over("work")
    led = pl.col("leads").any().over("work")
    standing = (
        # A hair of tolerance: halves of a work may differ in the last digit.
        pl.when(shared)
        .then(share < share.max().over("work") * (1 - 1e-9))
        .when(pl.col("leads"))
        .then(pl.lit(False))
        .when(pl.col("said") | (pl.col("follows") & led))
        .then(pl.lit(True))
    )
    return (
        parts.select(pl.col("member").alias("node"), standing.alias("minority"))
        .drop_nulls("minority")
        .group_by("node")
        .agg(pl.len().cast(pl.Int64).alias("n_stated"), pl.col("minority").sum().cast(pl.Int64).alias("n_minority"))
    )


def dependence(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.dependence <avgraph.network.Network.dependence>`."""
    strength = network.nodes.select("node", "label", "strength")
    edges = network.edges
    for end in ("source", "target"):
        edges = edges.join(strength.rename({"label": f"{end}_label", "strength": f"{end}_strength"}),
                           left_on=end, right_on="node", maintain_order="left")  # fmt: skip
    # The weaker of the two is the one that depends; the first by name where both are equally strong but for rounding.
    swapped = pl.col("target_strength") < pl.col("source_strength") * (1 - 1e-12)
    ends = {"member": ("source", "target"), "partner": ("target", "source")}
    columns = {
        f"{name}{suffix}": pl.when(swapped).then(pl.col(f"{other}{suffix}")).otherwise(pl.col(f"{one}{suffix}"))
        for suffix in ("", "_label", "_strength")
        for name, (one, other) in ends.items()
    }
    return (
        edges.with_columns(**columns)
        .with_columns(
            (pl.col("weight") / pl.col("member_strength")).alias("share"),
            (pl.col("weight") / pl.col("partner_strength")).alias("partner_share"),
        )
        .with_columns((pl.col("share") - pl.col("partner_share")).clip(0.0).alias("asymmetry"))
        .sort(pl.col("asymmetry").round(12), "member", "partner", descending=[True, False, False])
        .select("member", "member_label", "partner", "partner_label", "weight", "n_works", "share", "partner_share",
                "asymmetry")
    )  # fmt: skip
