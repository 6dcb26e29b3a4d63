"""The backbone: ties that carry more of a member's strength than chance would give one of its ties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.matrix import Floats, Ints, degrees

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["backbone", "disparity"]


def _ends(network: Network) -> tuple[pl.DataFrame, Ints, Ints]:
    """Return `alpha_source`, `alpha_target` (null at an end with one tie), `alpha`, and both ends as positions."""
    source, target = network.ends
    weights = network.edges["weight"].to_numpy()
    # Counted over the ties there are: in a subnetwork or a backbone too.
    degree, strength = degrees(source, target, weights, network.nodes.height)

    def alpha(end: Ints) -> Floats:
        share = np.where(degree[end] > 1, weights / strength[end], 0.0)
        value: Floats = np.exp((degree[end] - 1) * np.log1p(-share))
        return np.where(degree[end] > 1, value, np.nan)

    table = pl.DataFrame({"alpha_source": alpha(source), "alpha_target": alpha(target)}).fill_nan(None)
    return table.with_columns(pl.min_horizontal("alpha_source", "alpha_target").alias("alpha")), source, target


def disparity(network: Network) -> pl.DataFrame:
    """Return the table of :meth:`Network.disparity <avgraph.network.Network.disparity>`."""
    table, _, _ = _ends(network)
    edges = pl.concat([network.edges.select("source", "target", "weight", "n_works"), table], how="horizontal")
    return edges.sort(pl.col("alpha").round_sig_figs(12), "source", "target", nulls_last=True)


def backbone(network: Network, alpha: float = 0.05) -> Network:
    """Return the network of :meth:`Network.backbone <avgraph.network.Network.backbone>`."""
    if not 0 < alpha <= 1:
        raise AvgraphError(f"alpha is {alpha}", "give a level of significance above 0 and up to 1; 0.05 is usual")
    table, source, target = _ends(network)
    keep = table.select((pl.col("alpha") < alpha).fill_null(False)).to_series()
    kept, edges = keep.to_numpy(), network.edges.filter(keep)
    degree, strength = degrees(source[kept], target[kept], edges["weight"].to_numpy(), network.nodes.height)
    nodes = network.nodes.with_columns(
        pl.Series("degree", degree, pl.Int64),
        pl.Series("strength", strength, pl.Float64),
    )
    return replace(network, edges=edges, nodes=nodes, settings=replace(network.settings, alpha=alpha))
