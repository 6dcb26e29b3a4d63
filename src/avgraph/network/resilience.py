"""Resilience: how the largest component shrinks as members leave, and who holds the network together.

The curve of an order of removal is computed backwards, members coming back one by one [3]_: a tie is there from
when the later of its ends has come back, so the components of all stages are those of a minimum spanning forest
of these times.  One forest per order, and no component search per stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from avgraph.errors import AvgraphError
from avgraph.network.html import html_table
from avgraph.network.matrix import Ints
from avgraph.network.measures import MEASURES, measure_values, standing
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Resilience", "giant_curve", "removal_order", "resilience"]

# Degree and strength are counted again after each removal up to so many members; all else a hundred times in all.
_EACH_UP_TO = 200_000
_RECALCULATIONS = 100
_MANY_RECALCULATIONS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Resilience:
    """How a network falls apart as its members are removed.

    Attributes
    ----------
    by
        ``"random"`` or the measure whose highest member goes first.
    table
        One row per number of members removed, from none to all: `n_removed`; `removed_share`, 0 to 1;
        `giant_share`, the largest component over all members there were, 0 to 1 (the mean over the runs where
        random); `low` and `high`, the interval that holds the share `level` of the runs; `node`, the member that
        was removed last. `low` and `high` are null for a measure, `node` where random and in the first row.
    robustness
        Schneider's R, the mean of `giant_share` over all removals: (n - 1)/n² in a star, (n - 1)/2n at most.
    robustness_low, robustness_high
        Interval of R over the runs; None for a measure.
    half
        The least share removed at which the largest component is at most half as large as at first.
    step
        Members removed between two calculations of the measure; 0 where it was not calculated again.
    n_runs, level, seed
        Random orders, the share of them that an interval holds, and their seed.
    """

    by: str
    table: pl.DataFrame
    robustness: float | None
    robustness_low: float | None
    robustness_high: float | None
    half: float | None
    step: int
    n_runs: int
    level: float
    seed: int

    def note(self) -> str:
        """Return in one sentence in what order members were removed."""
        if self.by == "random":
            return f"members removed at random, {self.n_runs} runs, intervals of {self.level:.0%}, seed {self.seed}"
        again = {0: "as it is at first", 1: "calculated again after each"}
        return f"members removed by {self.by}, {again.get(self.step, f'calculated again after every {self.step:,}')}"

    def __repr__(self) -> str:
        said = "unknown" if self.robustness is None else f"{self.robustness:.4g}"
        return f"<Resilience: R = {said}; {self.note()}>"

    def _repr_html_(self) -> str:
        # Twenty equal parts of the curve.
        marks = np.unique(np.linspace(0, self.table.height - 1, 21).round().astype(np.int64))
        return html_table(self.table[marks], self.note(), max_rows=len(marks))


def resilience(
    network: Network,
    by: str = "random",
    *,
    recalculate: bool = False,
    step: int | None = None,
    n_runs: int = 20,
    level: float = 0.95,
    k: int | None = None,
    seed: int = 7,
) -> Resilience:
    """Return the curve of :meth:`Network.resilience <avgraph.network.Network.resilience>`."""
    if by != "random" and by not in MEASURES:
        raise AvgraphError(f"members cannot be removed by {by!r}", nearest(str(by), ("random", *MEASURES)))
    for name, value in (("n_runs", n_runs), ("step", step), ("k", k)):
        if value is not None and value < 1:
            raise AvgraphError(f"{name} is {value}", "give a whole number of at least 1")
    if not 0 < level < 1:
        raise AvgraphError(f"the level is {level}", "give the share of runs that an interval holds, such as 0.95")
    matrix, n = network.matrix, network.nodes.height
    removed: pl.Series | None = None
    if by == "random":
        bits = np.random.PCG64(seed)
        orders = [np.argsort(bits.random_raw(n), kind="stable") for _ in range(n_runs)]
        step = 0
    else:
        step = (step or _default_step(by, n)) if recalculate else 0
        orders = [removal_order(matrix, by, step=step, k=k, seed=seed)]
        removed = network.nodes["node"].gather(orders[0])
    sizes = np.array([giant_curve(matrix, order) for order in orders])
    shares = sizes / max(n, 1)
    # Each row is summed by itself, so that a run more changes no other.
    each = np.sort(np.array([float(run[1:].mean()) for run in shares])) if n else np.zeros(0)
    low, high = _interval(np.sort(shares, axis=0), level) if by == "random" else (None, None)
    each_low, each_high = _interval(each[:, None], level) if by == "random" and n else (None, None)
    mean = sizes.mean(axis=0)
    table = pl.DataFrame(
        {
            "n_removed": np.arange(n + 1),
            "removed_share": np.arange(n + 1) / max(n, 1),
            "giant_share": mean / max(n, 1),
            "low": pl.Series(low, dtype=pl.Float64) if low is not None else pl.repeat(None, n + 1, eager=True),
            "high": pl.Series(high, dtype=pl.Float64) if high is not None else pl.repeat(None, n + 1, eager=True),
            "node": pl.concat([pl.Series([None], dtype=pl.String), removed])
            if removed is not None
            else pl.repeat(None, n + 1, eager=True),
        },
        schema=_SCHEMA,
    )
    return Resilience(
        by=by,
        table=table,
        robustness=float(each.mean()) if n else None,
        robustness_low=float(each_low[0]) if each_low is not None else None,
        robustness_high=float(each_high[0]) if each_high is not None else None,
        half=float(np.argmax(mean <= mean[0] / 2) / n) if n else None,
        step=step,
        n_runs=len(orders),
        level=level,
        seed=seed,
    )


_SCHEMA = {"n_removed": pl.Int64(), "removed_share": pl.Float64(), "giant_share": pl.Float64(), "low": pl.Float64(),
           "high": pl.Float64(), "node": pl.String()}  # fmt: skip


def _interval(ordered: Any, level: float) -> tuple[Any, Any]:
    """Return the rows between which the share `level` of the sorted rows lies."""
    tail, last = (1 - level) / 2, len(ordered) - 1
    return ordered[int(np.floor(tail * last))], ordered[int(np.ceil((1 - tail) * last))]


def _default_step(by: str, n: int) -> int:
    if by not in ("degree", "strength"):
        return -(-n // _RECALCULATIONS) or 1
    return 1 if n <= _EACH_UP_TO else -(-n // _MANY_RECALCULATIONS)


def giant_curve(matrix: Any, order: Ints) -> Ints:
    """Return the size of the largest component after the first 0, 1, …, n members of an order have been removed.

    Parameters
    ----------
    matrix
        Symmetric adjacency as CSR, n × n.
    order
        All codes, the first to be removed first.

    Returns
    -------
    numpy.ndarray
        n + 1 sizes, the last 0.
    """
    n = matrix.shape[0]
    back = np.empty(n, dtype=np.int64)
    # The last to be removed is the first to come back, at time 1.
    back[order] = n - np.arange(n)
    row = np.repeat(np.arange(n), np.diff(matrix.indptr))
    upper = row < matrix.indices
    one, other = row[upper], matrix.indices[upper]
    times = np.maximum(back[one], back[other]).astype(np.float64)
    forest = minimum_spanning_tree(csr_array((times, (one, other)), shape=matrix.shape)).tocoo()
    first = np.argsort(forest.data, kind="stable")
    largest = np.zeros(n + 1, dtype=np.int64)
    largest[1:] = 1
    parent, size = list(range(n)), [1] * n
    most = 1
    ties = zip(
        forest.row[first].tolist(),
        forest.col[first].tolist(),
        forest.data[first].astype(np.int64).tolist(),
        strict=True,
    )
    for a, b, time in ties:
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        if size[a] > most:
            most = size[a]
            largest[time] = most
    # Members only come back, so the largest never shrinks.
    grown: Ints = np.maximum.accumulate(largest)[::-1]
    return grown


def removal_order(matrix: Any, by: str, *, step: int = 0, k: int | None = None, seed: int = 7) -> Ints:
    """Return the codes in the order of a measure, the best placed first; equals by degree, then in the order of codes.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR.
    by
        One of the measures of :data:`~avgraph.network.MEASURES`.
    step
        After how many removals the measure is calculated again; 0: never.
    k, seed
        Of the sample for betweenness and closeness.
    """
    n = matrix.shape[0]
    if step == 0:
        return np.lexsort((np.arange(n), -np.diff(matrix.indptr), -standing(by, measure_values(matrix, by, k, seed))))
    if by in ("degree", "strength"):
        return _order_by_ties(matrix, by, step)
    left, parts, rest = np.arange(n), [], matrix
    while rest.nnz:
        place = removal_order(rest, by, k=k, seed=seed)
        parts.append(left[place[:step]])
        kept = np.sort(place[step:])
        left, rest = left[kept], rest[kept][:, kept]
    return np.concatenate([*parts, left])


def _order_by_ties(matrix: Any, by: str, step: int) -> Ints:
    """Return the order by degree or strength, counted again after every `step` removals."""
    n = matrix.shape[0]
    degree, strength = np.diff(matrix.indptr).astype(np.int64), np.asarray(matrix.sum(axis=1))
    largest = float(matrix.data.max(initial=0.0))
    alive, order = np.ones(n, dtype=bool), []
    while n and degree[first := int(np.argmax(degree))] > 0:
        if by == "strength":
            # Sums of floats keep some noise, and more where parts are taken away.
            most = float(strength.max()) - 1e-9 * largest
            first = int(np.argmax(np.where(strength >= most, degree, -1)))
        if step == 1:
            gone = np.array([first])
        else:
            value = (strength / largest).round(9) if by == "strength" else degree
            gone = np.lexsort((np.arange(n), -degree, -value, ~alive))[:step]
            gone = gone[alive[gone]]
        order.append(gone)
        alive[gone] = False
        degree[gone], strength[gone] = 0, 0.0
        for member in gone.tolist():
            ties = slice(matrix.indptr[member], matrix.indptr[member + 1])
            there = alive[matrix.indices[ties]]
            others = matrix.indices[ties][there]
            degree[others] -= 1
            strength[others] -= matrix.data[ties][there]
    rest = np.flatnonzero(alive)
    return np.concatenate([*order, rest]) if order else rest
