"""Small worlds: many closed triangles and short paths, against networks that are random in all but their degrees.

A projection has many triangles because every work is a clique.  So the yardstick is the two-mode null model, in
which the members of works are shuffled before the projection [2]_, [3]_; against a one-mode null nearly every
network of collaborators looks like a small world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.engine import Engine
from avgraph.network.html import html_table
from avgraph.network.matrix import component_members
from avgraph.network.measures import closure
from avgraph.network.nullmodels import N_ROUNDS, Null, check_null, null_matrices
from avgraph.network.paths import EXACT_STEPS, STEP_SOURCES, PathLengths, path_lengths

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["SmallWorld", "small_world"]

_FIGURES = ("transitivity", "average_clustering", "average_path", "giant_share")


@dataclass(frozen=True, slots=True, eq=False)
class SmallWorld:
    """The largest component of a network against those of null networks; what cannot be said is None.

    Attributes
    ----------
    table
        One row per figure: `figure`; `observed`; `null_mean`, `null_low`, `null_high` (the interval that holds
        the share `level` of the nulls); `ratio` (observed / null_mean), `ratio_low`, `ratio_high` (the same
        interval of observed / null); `p_above` (how often a null is at or above the observed, the observed
        counted as one of them: (1 + n) / (1 + nulls)). Figures: `transitivity`, `average_clustering` and
        `average_path` of the largest component, `giant_share` of all members.
    clustering_ratio, path_ratio
        Ratio of the transitivity and of the mean path.
    quotient
        Uzzi and Spiro's small-world quotient, clustering_ratio / path_ratio; much above 1 in a small world.
    quotient_low, quotient_high
        Interval of the quotient over the nulls.
    null
        ``"two-mode"`` or ``"one-mode"``.
    n_nulls, seed, level
        How many nulls were drawn, with which seed, and what share of them an interval holds.
    path_sources, path_error, null_sources
        From how many members steps were counted, the standard error of the observed mean path (0 where from
        all), and the most sources in a null.
    nulls
        The figures of each null, in the order of drawing.
    """

    table: pl.DataFrame
    clustering_ratio: float | None
    path_ratio: float | None
    quotient: float | None
    quotient_low: float | None
    quotient_high: float | None
    null: str
    n_nulls: int
    seed: int
    level: float
    path_sources: int
    path_error: float | None
    null_sources: int
    nulls: pl.DataFrame

    def note(self) -> str:
        """Return in one sentence what was compared with what, and what was sampled."""
        how = {
            "two-mode": f"{self.n_nulls} two-mode nulls ({N_ROUNDS} rounds of trades between them)",
            "one-mode": f"{self.n_nulls} one-mode nulls (ten swaps tried per tie)",
        }[self.null]
        sampled = ""
        if self.path_error:
            sampled = f"; steps from {self.path_sources:,} members, standard error {self.path_error:.2g}"
        return f"largest component against {how}, intervals of {self.level:.0%}, seed {self.seed}{sampled}"

    def __repr__(self) -> str:
        said = "unknown"
        if self.quotient is not None:
            said = f"{self.quotient:.3g}"
            if self.quotient_low is not None and self.quotient_high is not None:
                said += f" ({self.quotient_low:.3g} to {self.quotient_high:.3g})"
        return f"<SmallWorld: quotient {said}; {self.note()}>"

    def _repr_html_(self) -> str:
        return html_table(self.table, self.note())


def small_world(
    network: Network,
    *,
    n_nulls: int = 100,
    null: Null = "two-mode",
    level: float = 0.95,
    k: int | None = None,
    seed: int = 7,
) -> SmallWorld:
    """Return the comparison of :meth:`Network.small_world <avgraph.network.Network.small_world>`."""
    check_null(network, null, n_nulls)
    if not 0 < level < 1:
        raise AvgraphError(f"the level is {level}", "give the share of nulls that an interval holds, such as 0.95")
    if k is not None and k < 1:
        raise AvgraphError(f"k is {k}", "give the number of sources to sample, at least 1")
    observed, paths = _figures(network.matrix, network.engine, k, seed)
    n, entries = network.matrix.shape[0], network.matrix.nnz
    # All nulls together take no longer than the network itself may.
    null_k = STEP_SOURCES if k is None and n * entries * n_nulls > EXACT_STEPS else (k or n)
    drawn, null_sources = [], 0
    for matrix in null_matrices(network, n_nulls, null=null, seed=seed):
        figures, steps = _figures(matrix, Engine(matrix), null_k, seed)
        drawn.append(figures)
        null_sources = max(null_sources, steps.n_sources if steps else 0)
    nulls = np.array(drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = observed[0] / nulls[:, 0] / (observed[2] / nulls[:, 2])
    means = _means(nulls)
    clustering_ratio, path_ratio = _divide(observed[0], means[0]), _divide(observed[2], means[2])
    low, high = _interval(quotients, level)
    return SmallWorld(
        table=pl.DataFrame([_row(i, observed[i], nulls[:, i], level) for i in range(len(_FIGURES))], schema=_SCHEMA),
        clustering_ratio=clustering_ratio,
        path_ratio=path_ratio,
        quotient=None if clustering_ratio is None or not path_ratio else clustering_ratio / path_ratio,
        quotient_low=low,
        quotient_high=high,
        null=null,
        n_nulls=n_nulls,
        seed=seed,
        level=level,
        path_sources=paths.n_sources if paths else 0,
        path_error=paths.error if paths else None,
        null_sources=null_sources,
        nulls=pl.DataFrame(nulls, schema=dict.fromkeys(_FIGURES, pl.Float64), orient="row").fill_nan(None),
    )


_COLUMNS = ("observed", "null_mean", "null_low", "null_high", "ratio", "ratio_low", "ratio_high", "p_above")
_SCHEMA = {"figure": pl.String(), **dict.fromkeys(_COLUMNS, pl.Float64())}


def _figures(matrix: Any, engine: Engine, k: int | None, seed: int) -> tuple[Any, PathLengths | None]:
    """Return the figures of the largest component in the order of `_FIGURES`, NaN where there is none; the paths."""
    components = component_members(matrix)
    giant = components[0] if components else np.zeros(0, dtype=np.int64)
    paths = path_lengths(matrix[giant][:, giant], k, seed=seed) if len(giant) > 1 else None
    transitivity, local = closure(matrix, engine, giant)
    n = matrix.shape[0]
    # Two members alone have nothing to close.
    local = None if transitivity is None else local
    figures = [transitivity, local, paths.mean if paths else None, len(giant) / n if n else None]
    return np.array(figures, dtype=np.float64), paths


def _row(index: int, observed: float, nulls: Any, level: float) -> dict[str, Any]:
    known = nulls[~np.isnan(nulls)]
    mean = float(known.mean()) if len(known) else np.nan
    null_low, null_high = _interval(nulls, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio_low, ratio_high = _interval(observed / nulls, level)
    # A hair of tolerance: the same network is summed up in another order.
    above = (1 + int((known >= observed * (1 - 1e-12)).sum())) / (1 + len(known))
    unknown = np.isnan(observed) or not len(known)
    return {
        "figure": _FIGURES[index],
        "observed": _known(observed),
        "null_mean": _known(mean),
        "null_low": null_low,
        "null_high": null_high,
        "ratio": _divide(observed, mean),
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        "p_above": None if unknown else above,
    }


def _means(nulls: Any) -> list[float]:
    known = ~np.isnan(nulls)
    return [float(nulls[k, i].mean()) if (k := known[:, i]).any() else np.nan for i in range(nulls.shape[1])]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _divide(one: float, other: float) -> float | None:
    return float(one / other) if np.isfinite(one) and np.isfinite(other) and other else None


def _interval(values: Any, level: float) -> tuple[float | None, float | None]:
    """Return the quantiles that enclose the share `level` of the values, leaving those out that are unknown."""
    known = np.sort(values[~np.isnan(values)])
    if not len(known):
        return None, None
    # Observed values by the nearest rank: between finite and infinite ones nothing lies.
    tail = (1 - level) / 2
    last = len(known) - 1
    return _known(known[int(np.floor(tail * last))]), _known(known[int(np.ceil((1 - tail) * last))])
