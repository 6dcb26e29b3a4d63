"""Who ties with whom: assortative mixing by an attribute."""

from __future__ import annotations

import numpy as np
import polars as pl

from avgraph.network.membership import member_codes

__all__ = ["attribute_assortativity"]


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
