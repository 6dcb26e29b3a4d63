"""Who ties with whom: assortative mixing by the number of partners and by an attribute."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from avgraph.network.membership import member_codes

__all__ = ["attribute_assortativity", "degree_assortativity"]


def attribute_assortativity(edges: pl.DataFrame, nodes: pl.Series, values: pl.Series) -> float | None:
    """Return Newman's assortativity coefficient of a nominal attribute, -1 to 1, over edges counted once.

    Edges where an end's value is unknown are left out. None where no edge is left, or where all ends have
    the same value (there is then nothing to mix).

    Parameters
    ----------
    edges
        Columns `source` and `target`.
    nodes
        IRIs of the nodes, unique.
    values
        Value of each node, null where unknown.

    References
    ----------
    .. [1] M. E. J. Newman, "Mixing patterns in networks", Physical Review E 67, 026126 (2003), equation 2.
    """
    kinds = values.drop_nulls().unique().sort()
    code = values.cast(pl.Enum(kinds)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    source, target = (code[ends] for ends in member_codes(edges, nodes))
    known = (source >= 0) & (target >= 0)
    source, target = source[known], target[known]
    if not len(source):
        return None
    # Both directions of an edge count, so the two margins are equal.
    share = np.bincount(np.concatenate([source, target]), minlength=len(kinds)) / (2 * len(source))
    chance = float(np.square(share).sum())
    if np.count_nonzero(share) < 2:
        return None
    return (float((source == target).mean()) - chance) / (1.0 - chance)


def degree_assortativity(matrix: Any) -> float | None:
    """Return the correlation of the numbers of partners at the two ends of ties, -1 to 1; None where none varies.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR; its weights do not count.

    References
    ----------
    .. [1] M. E. J. Newman, "Assortative mixing in networks", Physical Review Letters 89, 208701 (2002).
    """
    degree = np.diff(matrix.indptr).astype(np.float64)
    one, other = np.repeat(degree, np.diff(matrix.indptr)), degree[matrix.indices]
    # Each tie is there in both directions, so both ends have the same mean and variance.
    variance = float(one.var()) if len(one) else 0.0
    if variance == 0.0:
        return None
    mean = float(one.mean())
    return float(((one - mean) * (other - mean)).mean()) / variance
