"""Groups of members: by what stands in the table of nodes, or as the caller says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.matrix import Ints
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["By", "group_codes", "groups_of", "partner_matrix"]

#: A column of the nodes, or IRI → group.
By = str | Mapping[str, Any]


def groups_of(network: Network, by: By) -> pl.Series:
    """Return the group of each node as text, in the order of the nodes; null where it is not known.

    Parameters
    ----------
    network
        Its nodes are grouped.
    by
        A column of ``network.nodes`` with one value a member, or the group of each member by IRI.

    Raises
    ------
    AvgraphError
        If there is no such column, it holds lists, or the mapping knows no member.
    """
    nodes = network.nodes
    if isinstance(by, str):
        columns = [name for name, dtype in nodes.schema.items() if not dtype.is_nested()]
        if by not in nodes.columns:
            raise AvgraphError(f"the nodes have no column {by!r}", nearest(by, columns))
        if by not in columns:
            raise AvgraphError(
                f"members have several values of {by!r}",
                "give a column with one value, such as 'country' (the first), or the group of each member by IRI",
            )
        return nodes[by].cast(pl.String).alias("group")
    values = [by.get(node) for node in nodes["node"]]
    if nodes.height and all(value is None for value in values):
        raise AvgraphError(
            f"none of the {len(by)} members that groups are given for is in the network", "give groups by IRI of member"
        )
    return pl.Series("group", [None if value is None else str(value) for value in values], pl.String)


def group_codes(groups: pl.Series) -> tuple[Ints, pl.Series]:
    """Return the number of each group in the sorted names, -1 where it is null, and these names."""
    names = groups.drop_nulls().unique().sort()
    codes: Ints = groups.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return codes, names


def partner_matrix(network: Network, by: By) -> pl.DataFrame:
    """Return the table of :meth:`Network.partner_matrix <avgraph.network.Network.partner_matrix>`."""
    known = network.nodes.select(pl.col("node").alias("member"), groups_of(network, by)).drop_nulls("group")
    per_work = network.incidence.select("work", "member").unique().join(known, on="member")
    per_work = per_work.group_by("work", "group").agg(pl.len().alias("n_members"))
    pairs = per_work.join(per_work.select("work", pl.col("group").alias("partner")), on="work")
    two = (pl.col("group") < pl.col("partner")) | ((pl.col("group") == pl.col("partner")) & (pl.col("n_members") > 1))
    found = pairs.filter(two).group_by("group", "partner").agg(pl.len().cast(pl.Int64).alias("n_works"))
    return found.sort("n_works", "group", "partner", descending=[True, False, False])
