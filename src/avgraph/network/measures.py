"""Who stands where: rankings of the members, one function per measure.

============== ====================================================================================
degree         number of partners
strength       sum of the weights of a member's ties
betweenness    share of the shortest paths of others that lead through, on lengths 1/weight, 0 to 1
closeness      inverse mean length of the shortest paths to the others, times the share reached
pagerank       where a walk along ties in proportion to their weight is found, with damping 0.85; sums to 1
clustering     share of the pairs of a member's partners that are partners themselves, 0 to 1, unweighted
core           the largest k such that the member lies in a group where everyone has k partners within it
coreness       how near the member is to the core, 0 to 1, on the weights (:mod:`avgraph.network.coreness`)
constraint     how far its effort goes to partners tied to each other, on the weights; low is better placed
effective size number of its partners less their redundancy, on the weights (:mod:`avgraph.network.holes`)
============== ====================================================================================

All but betweenness and closeness are always exact, and coreness to six digits.  Values are given to 12 significant
digits (coreness to 6), so that noise of floating point does not part members that are alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.errors import AvgraphError
from avgraph.network.coreness import fit_core
from avgraph.network.engine import Engine
from avgraph.network.holes import constraint, effective_size
from avgraph.network.matrix import Floats, Ints, component_members
from avgraph.network.membership import nearest
from avgraph.network.paths import betweenness, closeness, sources_of

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["MEASURES", "Measure", "closure", "clustering", "measure_values", "note", "pagerank", "rank", "standing"]

Measure = Literal["degree", "strength", "betweenness", "closeness", "pagerank", "clustering", "core", "coreness",
                  "constraint", "effective size"]  # fmt: skip
#: Names that :meth:`Network.rank` knows.
MEASURES: tuple[str, ...] = get_args(Measure)

_MEANING = {
    "degree": "number of partners",
    "strength": "sum of the weights of the ties",
    "betweenness": "share of others' shortest paths (lengths 1/weight) that lead through the member",
    "closeness": "inverse mean shortest path (lengths 1/weight) to the others, times the share reached",
    "pagerank": "PageRank on the weights, damping 0.85",
    "clustering": "share of pairs of partners who are partners themselves",
    "core": "largest k such that the member lies in the k-core",
    "coreness": "nearness to the core (Borgatti and Everett), from the weights",
    "constraint": "Burt's constraint on the weights, the lowest first",
    "effective size": "number of partners less their redundancy (Burt) on the weights",
}
#: Measures where a low value is a good place.
_LOW_FIRST = ("constraint",)


def pagerank(matrix: Any, *, damping: float = 0.85, tolerance: float = 1e-13) -> Floats:
    """Return the PageRank of each node on the weights; sums to 1.

    References
    ----------
    .. [1] S. Brin and L. Page, "The anatomy of a large-scale hypertextual Web search engine", Computer
           Networks 30, 107-117 (1998).
    """
    n = matrix.shape[0]
    strength = np.asarray(matrix.sum(axis=1))
    scale = np.divide(1.0, strength, out=np.zeros(n), where=strength > 0)
    rows = np.repeat(np.arange(n), np.diff(matrix.indptr))
    # Symmetric, so the transposed transition matrix has the weights divided by the column's strength.
    step = csr_array((matrix.data * scale[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)
    isolated = np.ones(n, dtype=bool)
    isolated[rows] = False
    value = np.full(n, 1.0 / max(n, 1))
    # The error shrinks by `damping` each time: 0.85 ** 200 is below any float's rounding.
    for _ in range(200 if n else 0):
        new = damping * (step @ value + value[isolated].sum() / n) + (1.0 - damping) / n
        change = float(np.abs(new - value).sum())
        value = new
        if change <= tolerance:
            break
    return value


def clustering(matrix: Any, engine: Engine | None = None) -> Floats:
    """Return the local clustering coefficient of each node (Watts and Strogatz 1998), 0 below two partners."""
    degree = np.diff(matrix.indptr).astype(np.float64)
    pairs = degree * (degree - 1) / 2
    triangles = (engine or Engine(matrix)).triangles
    result: Floats = np.divide(triangles, pairs, out=np.zeros(len(degree)), where=pairs > 0)
    return result


def closure(matrix: Any, engine: Engine, members: Ints | None = None) -> tuple[float | None, float | None]:
    """Return transitivity and mean local clustering of a network, or of members who are a component of it.

    Transitivity is the share of connected triples that are closed; the mean counts members below two partners as 0
    (Watts and Strogatz 1998). None where nothing can be closed: without triples, or without ties.
    """
    degree, around = np.diff(matrix.indptr).astype(np.float64), engine.triangles
    if members is not None:
        degree, around = degree[members], around[members]
    pairs = degree * (degree - 1) / 2
    if not degree.any():
        return None, None
    local = np.divide(around, pairs, out=np.zeros(len(pairs)), where=pairs > 0)
    return float(around.sum() / pairs.sum()) if pairs.any() else None, float(local.mean())


def measure_values(
    matrix: Any, measure: str, k: int | None = None, seed: int = 7, engine: Engine | None = None
) -> Floats:
    """Return a measure of each node, NaN where it has none, to as many digits as mean anything.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR.
    measure, k, seed
        As for :meth:`Network.rank <avgraph.network.Network.rank>`.
    engine
        The same network in the engine, where it is there already.
    """
    digits = 12
    values: Any
    match measure:
        case "degree":
            values = np.diff(matrix.indptr)
        case "strength":
            values = matrix.sum(axis=1)
        case "betweenness":
            values = betweenness(matrix, k, seed)
        case "closeness":
            values = closeness(matrix, k, seed)
        case "pagerank":
            values = pagerank(matrix)
        case "clustering":
            values = clustering(matrix, engine)
        case "core":
            values = (engine or Engine(matrix)).cores
        case "coreness":
            values, digits = fit_core(matrix)[0], 6
        case "constraint":
            values = constraint(matrix)
        case "effective size":
            values = effective_size(matrix)
    return pl.Series(np.asarray(values, dtype=np.float64)).round_sig_figs(digits).to_numpy()


def standing(measure: str, values: Floats) -> Floats:
    """Return values of which a higher one stands better; whoever has none stands last."""
    known = -values if measure in _LOW_FIRST else values
    return np.where(np.isnan(values), -np.inf, known)


def _check(measure: str, k: int | None) -> None:
    if measure not in MEASURES:
        raise AvgraphError(f"there is no measure {measure!r}", nearest(measure, MEASURES))
    if k is not None and k < 1:
        raise AvgraphError(f"k is {k}", "give the number of sources to sample, at least 1")


def rank(
    network: Network, measure: Measure, top: int | None = None, *, k: int | None = None, seed: int = 7
) -> pl.DataFrame:
    """Return the ranking of :meth:`Network.rank <avgraph.network.Network.rank>`."""
    _check(measure, k)
    nodes = network.nodes
    value = pl.Series("value", measure_values(network.matrix, measure, k, seed, network.engine), pl.Float64)
    value = value.fill_nan(None)
    high = measure not in _LOW_FIRST
    table = nodes.select("node", "label", "country", value)
    table = table.sort("value", "node", descending=[high, False], nulls_last=True).select(
        pl.col("value").rank("min", descending=high).cast(pl.Int64).alias("rank"), "node", "label", "country", "value"
    )
    return table if top is None else table.head(top)


def note(network: Network, measure: Measure, *, k: int | None = None, seed: int = 7) -> str:
    """Return the sentence of :meth:`Network.note <avgraph.network.Network.note>`."""
    _check(measure, k)
    meaning = f"{measure}: {_MEANING[measure]}"
    if measure == "coreness":
        return f"{meaning}; {_fit(network)}"
    if measure not in ("betweenness", "closeness"):
        return f"{meaning}; exact"
    smallest = 3 if measure == "betweenness" else 2
    sizes = [len(members) for members in component_members(network.matrix) if len(members) >= smallest]
    sampled = [(size, used) for size in sizes if (used := len(sources_of(size, k, seed))) < size]
    if not sampled:
        return f"{meaning}; exact"
    parts = [f"{used:,} of {size:,} nodes" for size, used in sampled[:3]] + (["…"] if len(sampled) > 3 else [])
    return f"{meaning}; estimated from {', '.join(parts)} as sources (seed {seed})"


def _fit(network: Network) -> str:
    found = network.coreness()
    fit = "no correlation" if found.correlation is None else f"correlation {found.correlation:.2f}"
    return f"{fit} with the pattern of one core" + ("" if found.converged else ", search not ended")
