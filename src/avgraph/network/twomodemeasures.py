"""Measures of the two-mode network: how often the same members meet in the same works, without projecting first.

A projection turns each work into a clique, so that its clustering tells of the sizes of works as much as of
repeated collaboration.  The figures here look at members and works together, where a cycle of four (two members
in the same two works) is the least sign of repetition.  They are sums over sparse products, a block of rows at
a time; no pair of members is held in a Python object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.network.html import cell_text, html_table
from avgraph.network.matrix import Floats, Ints

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["TwoMode", "co_works", "incidence_matrix", "two_mode"]

# Multiplications of one block of a sparse product: some 200 MB at most.
_BLOCK = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TwoMode:
    """Figures of members and works together; what cannot be said is None.

    Attributes
    ----------
    n_members, n_works, n_memberships
        Nodes of the two modes and pairs (work, member).
    four_cycles
        Number of pairs of members times pairs of works that all meet: two members with `n` joint works are in
        n(n - 1)/2 of them.
    three_paths
        Number of paths member - work - member - work.
    clustering
        Robins and Alexander's coefficient, 4 × four_cycles / three_paths, 0 to 1: how often two members who meet
        in a work meet again in another work of one of them.
    clustering_dot, clustering_min, clustering_max, redundancy
        Means of the columns of `table`, over the members that have a value.
    table
        One row per member, sorted by node: `node`, `label`, `n_works`, `four_cycles` (through the member),
        `clustering_dot`, `clustering_min`, `clustering_max` (0 to 1; null without a partner), `redundancy` (0 to
        1; null with fewer than two works).
    """

    n_members: int
    n_works: int
    n_memberships: int
    four_cycles: int
    three_paths: int
    clustering: float | None
    clustering_dot: float | None
    clustering_min: float | None
    clustering_max: float | None
    redundancy: float | None
    table: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Return the figures by name without the table, as plain values that JSON can hold."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "table"}

    def __repr__(self) -> str:
        return f"<TwoMode: {self.n_members:,} members, {self.n_works:,} works, {self.four_cycles:,} four-cycles>"

    def _repr_html_(self) -> str:
        shown = [(name.replace("_", " "), cell_text(v)) for name, v in self.to_dict().items() if v is not None]
        return html_table(pl.DataFrame(shown, schema=["figure", "value"], orient="row"), "members and works")


def incidence_matrix(network: Network) -> Any:
    """Return the incidence as a CSR array of ones, works × members; columns follow ``network.nodes``, rows are sorted.

    Where shares weigh, members with a share of 0 have no ties and are not counted in a work.
    """
    rows = network.incidence
    if network.settings.weight == "share":
        rows = rows.filter(pl.col("share") > 0)
    members = rows["member"].cast(pl.Enum(network.nodes["node"])).to_physical().cast(pl.Int64).to_numpy()
    # Works are contiguous (the incidence is sorted), so a change of name starts a work.
    starts = rows.select((pl.col("work") != pl.col("work").shift(1)).fill_null(True)).to_series().to_numpy()
    indptr = np.append(np.flatnonzero(starts), rows.height)
    return csr_array((np.ones(rows.height), members, indptr), shape=(len(indptr) - 1, network.nodes.height))


def co_works(incidence: Any) -> Any:
    """Return how many works each two members have in common: a symmetric CSR array without its diagonal."""
    parts = list(_products(incidence.T.tocsr()))
    n = incidence.shape[1]
    counts = np.concatenate([np.bincount(row, minlength=n) for row, _, _ in parts]) if parts else np.zeros(0)
    indptr = np.concatenate([[0], np.cumsum(counts.reshape(-1, n).sum(axis=0))]) if parts else np.zeros(n + 1)
    columns, values = (np.concatenate([part[k] for part in parts]) if parts else np.empty(0) for k in (1, 2))
    matrix = csr_array((values.astype(np.float64), columns.astype(np.int64), indptr.astype(np.int64)), shape=(n, n))
    matrix.sort_indices()
    return matrix


def _blocks(cost: Floats) -> Iterator[slice]:
    """Yield runs of rows whose products cost about as many multiplications as a block may have."""
    reached = np.cumsum(cost)
    total = reached[-1] if len(reached) else 0.0
    ends = np.searchsorted(reached, np.arange(_BLOCK, total + _BLOCK, _BLOCK), side="right")
    bounds = np.unique(np.concatenate([[0], ends, [len(cost)]]))
    for begin, end in pairwise(bounds.tolist()):
        yield slice(begin, end)


def _products(rows: Any) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield (row, other row, columns in common) of all different rows of a 0-1 matrix that have some, by blocks."""
    columns = rows.T.tocsr()
    cost = np.asarray(rows @ np.diff(columns.indptr).astype(np.float64))
    for block in _blocks(cost):
        product = rows[block] @ columns
        row = np.repeat(np.arange(block.start, block.stop), np.diff(product.indptr))
        kept = row != product.indices
        yield row[kept], product.indices[kept].astype(np.int64), product.data[kept].astype(np.int64)


def two_mode(network: Network) -> TwoMode:
    """Return the figures of :meth:`Network.two_mode <avgraph.network.Network.two_mode>`."""
    incidence = incidence_matrix(network)
    n = incidence.shape[1]
    n_works = np.bincount(incidence.indices, minlength=n)
    sizes = np.diff(incidence.indptr)
    cycles, partners = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    sums = {kind: np.zeros(n) for kind in ("dot", "min", "max")}
    for row, other, common in _products(incidence.T.tocsr()):
        one, two = n_works[row], n_works[other]
        # Counts are whole numbers below 2 ** 53, so the floats of bincount are exact.
        cycles += np.bincount(row, common * (common - 1) // 2, n).astype(np.int64)
        partners += np.bincount(row, minlength=n)
        sums["dot"] += np.bincount(row, common / (one + two - common), n)
        sums["min"] += np.bincount(row, common / np.minimum(one, two), n)
        sums["max"] += np.bincount(row, common / np.maximum(one, two), n)
    redundant = _redundant_pairs(incidence)
    paths = int(((n_works[incidence.indices] - 1) * (np.repeat(sizes, sizes) - 1)).sum())
    # A cycle goes through two members.
    total = int(cycles.sum()) // 2
    table = network.nodes.select(
        "node",
        "label",
        pl.Series("n_works", n_works, pl.Int64),
        pl.Series("four_cycles", cycles, pl.Int64),
        *(_ratio(f"clustering_{kind}", values, partners) for kind, values in sums.items()),
        _ratio("redundancy", redundant, n_works * (n_works - 1) // 2),
    )
    means = {
        name: None if (mean := table[name].mean()) is None else float(mean)  # type: ignore[arg-type]
        for name in ("clustering_dot", "clustering_min", "clustering_max", "redundancy")
    }
    return TwoMode(
        n_members=n,
        n_works=incidence.shape[0],
        n_memberships=incidence.nnz,
        four_cycles=total,
        three_paths=paths,
        clustering=4 * total / paths if paths else None,
        table=table,
        **means,
    )


def _redundant_pairs(incidence: Any) -> Floats:
    """Return for each member how many pairs of its works have another member in common, too."""
    n = incidence.shape[1]
    result = np.zeros(n)
    # A work of one member has nobody else in common with any.
    joint = incidence[np.diff(incidence.indptr) > 1]
    for row, other, common in _products(joint):
        again = common > 1
        if not again.any():
            continue
        first, last = int(row[0]), int(row[-1]) + 1
        pairs = csr_array(
            (np.ones(int(again.sum())), (row[again] - first, other[again])), shape=(last - first, joint.shape[0])
        )
        both = (pairs @ joint).multiply(joint[first:last])
        result += np.asarray(both.sum(axis=0)).ravel()
    # Each pair was met from both its works.
    return result / 2


def _ratio(name: str, values: Floats, over: Ints) -> pl.Series:
    """Return values / over, null where that is 0."""
    found = np.divide(values, over, out=np.zeros(len(values)), where=over > 0)
    return pl.Series(name, found, pl.Float64).set(pl.Series(over == 0), None)
