"""Brokerage: who stands between two members that are not tied, and between which groups.

In an open triad a - v - b the broker v has a tie to both a and b, who have none to each other.  Its role depends on
the groups of the three:

============  ==============================================================================
coordinator   all three are of one group
consultant    a and b are of one group, the broker of another (also called itinerant broker)
gatekeeper    the broker is of the group of one of them, the other is of another group
liaison       all three are of different groups
============  ==============================================================================

Each pair {a, b} counts once.  Ties have no direction here, so that who lets in (gatekeeper) also sends out
(representative): the two roles have the same count, given once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import perm, prod
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network.groups import By, group_codes, groups_of
from avgraph.network.matrix import Bools, Floats, Ints, masked_product, row_sums, rows_of
from avgraph.network.membership import nearest
from avgraph.network.tie import evidence

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["ROLES", "between_counts", "brokerage", "brokers_between", "groups_between", "role_counts"]

#: The roles of a broker.
ROLES = ("coordinator", "consultant", "gatekeeper", "liaison")


def _ones(matrix: Any, keep: Any = None) -> Any:
    """Return the pattern of a matrix with 1 in each entry, or in those to `keep` alone."""
    data = np.ones(matrix.nnz) if keep is None else keep.astype(np.float64)
    result = csr_array((data, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
    result.eliminate_zeros()
    return result


def brokerage(network: Network, by: By = "country") -> pl.DataFrame:
    """Return the table of :meth:`Network.brokerage <avgraph.network.Network.brokerage>`."""
    codes, names = group_codes(groups_of(network, by))
    known = np.flatnonzero(codes >= 0)
    pattern = _among(network.matrix, known)
    counts, n_open, n_sharing = _counts(pattern, codes[known])
    chance = _Chance(Counter(np.bincount(codes[known]).tolist()), len(known))
    columns = [pl.Series("triads", np.rint(n_open), pl.Int64)]
    columns += [pl.Series(role, np.rint(counts[role]), pl.Int64) for role in ROLES]
    for role in ROLES:
        mean, variance = chance.moments(role, n_open, n_sharing)
        # Below this the variance is 0 but for rounding.
        varies = variance > 1e-9 * np.maximum(mean, 1.0)
        score = np.divide(counts[role] - mean, np.sqrt(variance, where=varies, out=np.ones(len(known))))
        columns.append(pl.Series(f"{role}_expected", mean, pl.Float64))
        columns.append(pl.select(pl.when(pl.Series(varies)).then(pl.Series(score)).alias(f"{role}_z")).to_series())
    about = network.nodes[known].select("node", "label", pl.Series("group", names.gather(codes[known]), pl.String))
    table = about.with_columns(columns)
    return table.sort("triads", "node", descending=[True, False])


def role_counts(matrix: Any, codes: Ints) -> dict[str, Ints]:
    """Return the number of open triads (`triads`) and of those in each role, of each node.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR.
    codes
        Number of the group of each node, -1 where it is not known; such a node is in no triad.
    """
    known = np.flatnonzero(codes >= 0)
    counts, n_open, _ = _counts(_among(matrix, known), codes[known])
    found = {"triads": n_open, **counts}
    result = {name: np.zeros(len(codes), dtype=np.int64) for name in found}
    for name, values in found.items():
        result[name][known] = np.rint(values)
    return result


def _among(matrix: Any, nodes: Ints) -> Any:
    """Return which of some nodes are tied to each other."""
    return _ones(matrix[nodes][:, nodes])


def _counts(pattern: Any, group: Ints) -> tuple[dict[str, Floats], Floats, Floats]:
    """Return how often each node has each role, its open triads, and the ordered pairs of these that share a partner.

    All pairs of partners are counted by group, and those that are tied are taken off again.
    """
    n = pattern.shape[0]
    row = rows_of(pattern)
    inside = group[row] == group[pattern.indices]
    cross = _ones(pattern, ~inside)
    # Number of partners in common of the two ends of each tie; and of those, who are of another group than either end.
    common = masked_product(pattern, pattern, pattern)
    apart = masked_product(cross, cross, pattern)
    one_group = common - apart
    closed_gate = row_sums(pattern, inside * apart)
    closed = {
        "coordinator": row_sums(pattern, inside * one_group) / 2,
        "consultant": (row_sums(pattern, ~inside * one_group) - closed_gate) / 2,
        "gatekeeper": closed_gate,
        "liaison": row_sums(pattern, ~inside * apart) / 2,
    }
    own, other = row_sums(pattern, inside * 1.0), row_sums(pattern, ~inside * 1.0)
    n_groups = int(group.max(initial=-1)) + 1
    abroad = cross @ csr_array((np.ones(n), (np.arange(n), group)), shape=(n, n_groups))
    alike = (row_sums(abroad, np.square(abroad.data)) - other) / 2
    pairs = {
        "coordinator": own * (own - 1) / 2,
        "consultant": alike,
        "gatekeeper": own * other,
        "liaison": other * (other - 1) / 2 - alike,
    }
    # At the broker of this row, with how many others the partner is in an open triad.
    partners = (own + other)[row] - 1 - common
    return (
        {role: pairs[role] - closed[role] for role in ROLES},
        row_sums(pattern, partners) / 2,
        row_sums(pattern, partners * (partners - 1)),
    )


def _role(broker: int, one: int, other: int) -> str:
    """Return the role of a broker in an open triad, from the groups of the three."""
    if one == other:
        return "coordinator" if broker == one else "consultant"
    return "gatekeeper" if broker in (one, other) else "liaison"


def _divisions(n: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to divide `n` nodes into groups, as the group of each."""
    found: list[tuple[int, ...]] = [()]
    for _ in range(n):
        found = [(*groups, number) for groups in found for number in range(len(set(groups)) + 1)]
    yield from found


class _Chance:
    """How often roles come up where the groups are dealt out to the members at random, the ties staying as they are.

    Exact: the probability that some nodes are divided into groups in a given way depends on the sizes of the groups
    alone.

    Parameters
    ----------
    sizes
        Size of a group → number of groups of this size.
    n
        Number of members.
    """

    def __init__(self, sizes: Counter[int], n: int) -> None:
        self._sizes = sizes
        self._n = n

    def _ways(self, blocks: tuple[tuple[int, ...], ...]) -> int:
        """Return the sum over different groups, one for each block, of the ways to fill the block from its group.

        A block is a tuple of sizes, as blocks are joined to take off where two have the same group.
        """
        if not blocks:
            return 1
        *rest, last = blocks
        alone = sum(times * prod(perm(size, part) for part in last) for size, times in self._sizes.items())
        total = alone * self._ways(tuple(rest))
        for place, block in enumerate(rest):
            total -= self._ways((*rest[:place], block + last, *rest[place + 1 :]))
        return total

    def probability(self, role: str, *triads: tuple[int, int, int]) -> Fraction:
        """Return the probability that nodes, numbered from 0, have a role in all these triads; 0 if too few."""
        n_nodes = 1 + max(max(triad) for triad in triads)
        if self._n < n_nodes:
            return Fraction(0)
        ways = 0
        for groups in _divisions(n_nodes):
            if all(_role(*(groups[node] for node in triad)) == role for triad in triads):
                ways += self._ways(tuple((size,) for size in Counter(groups).values()))
        return Fraction(ways, perm(self._n, n_nodes))

    def moments(self, role: str, n_open: Floats, n_sharing: Floats) -> tuple[Floats, Floats]:
        """Return the expectation and the variance of the number of triads in a role.

        Parameters
        ----------
        role
            One of :data:`ROLES`.
        n_open
            Number of open triads of each broker.
        n_sharing
            Ordered pairs of different triads among them that have a partner in common.
        """
        once = self.probability(role, (0, 1, 2))
        shared = self.probability(role, (0, 1, 2), (0, 1, 3)) - once**2
        apart = self.probability(role, (0, 1, 2), (0, 3, 4)) - once**2
        n_apart = n_open * (n_open - 1) - n_sharing
        variance = n_open * float(once - once**2) + n_sharing * float(shared) + n_apart * float(apart)
        return n_open * float(once), variance


def groups_between(groups: pl.Series, one: str, other: str) -> tuple[Bools, Bools]:
    """Return who is of the one group, and who of the other.

    Raises
    ------
    AvgraphError
        If there are no such groups, or both are the same.
    """
    codes, names = group_codes(groups)
    for name in (one, other):
        if name not in names:
            raise NotFoundError(f"no member is of the group {name!r}", nearest(name, names.to_list()))
    if one == other:
        raise AvgraphError(f"both groups are {one!r}", "give two different groups")
    return codes == names.index_of(one), codes == names.index_of(other)


def between_counts(matrix: Any, first: Bools, second: Bools) -> Ints:
    """Return of each node the number of open triads that lead from a member of `first` to one of `second`."""
    pattern = _ones(matrix)
    n_open = _open_between(pattern, first, second)
    return row_sums(pattern, n_open * first[pattern.indices]).astype(np.int64)


def _open_between(pattern: Any, first: Bools, second: Bools) -> Floats:
    """Return for each tie, from a broker to a partner, the open triads that lead over it from one side to the other."""
    row, column = rows_of(pattern), pattern.indices
    n_open = np.zeros(pattern.nnz)
    for here, there in ((first, second), (second, first)):
        to_there = _ones(pattern, there[column])
        begins = here[column]
        # The broker's partners on the other side, less those with a tie to this partner.
        reached = row_sums(pattern, there[column] * 1.0)[row] - masked_product(to_there, pattern, pattern)
        n_open[begins] = reached[begins]
    return np.rint(n_open)


def brokers_between(network: Network, one: str, other: str, by: By = "country") -> pl.DataFrame:
    """Return the table of :meth:`Network.brokerage <avgraph.network.Network.brokerage>` between two groups."""
    groups = groups_of(network, by)
    first, second = groups_between(groups, one, other)
    pattern = _ones(network.matrix)
    row, column = rows_of(pattern), pattern.indices
    n_open = _open_between(pattern, first, second)
    kept = n_open > 0
    node = network.nodes["node"]
    ties = pl.DataFrame({
        "node": node.gather(row[kept]),
        "partner": node.gather(column[kept]),
        "first": first[column[kept]],
        "triads": n_open[kept].astype(np.int64),
    })  # fmt: skip
    return _with_evidence(network, ties, groups, (one, other))


def _with_evidence(network: Network, ties: pl.DataFrame, groups: pl.Series, ends: tuple[str, str]) -> pl.DataFrame:
    """Return one row per broker, from its ties in open triads: `node`, `partner`, `first` (which end), `triads`."""
    brokers = ties.group_by("node").agg(
        pl.col("triads").filter("first").sum(),
        pl.col("partner").filter("first").sort().alias("first_partners"),
        pl.col("partner").filter(~pl.col("first")).sort().alias("second_partners"),
    )
    pair = {"source": pl.min_horizontal("node", "partner"), "target": pl.max_horizontal("node", "partner")}
    said = evidence(_of_ties(network, ties.select(**pair).unique()))
    behind = (
        ties.with_columns(**pair)
        .join(said, on=["source", "target"])
        .group_by("node")
        .agg(pl.col(column).list.explode().drop_nulls().unique().sort() for column in ("works", "claims"))
    )
    role = pl.when(pl.col("group").is_in(ends)).then(pl.lit("gatekeeper")).otherwise(pl.lit("liaison"))
    return (
        network.nodes.select("node", "label", groups)
        .with_columns(pl.when(pl.col("group").is_not_null()).then(role).alias("role"))
        .join(brokers, on="node")
        .join(behind, on="node")
        .sort("triads", "node", descending=[True, False])
    )


def _of_ties(network: Network, ties: pl.DataFrame) -> Network:
    """Return the network of some ties alone, with the rows of their ends."""
    ends = pl.concat([ties["source"], ties["target"].alias("source")]).unique().alias("member").to_frame()
    return replace(
        network,
        edges=network.edges.join(ties, on=["source", "target"], how="semi"),
        memberships=network.memberships.join(ends, on="member", how="semi"),
        incidence=network.incidence.join(ends, on="member", how="semi"),
    )
