"""Position and success: does where a member stood tell what it achieved next?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.stats import rankdata

from avgraph.errors import AvgraphError
from avgraph.network.evolution import window_years, windows
from avgraph.network.html import html_table
from avgraph.network.matrix import Floats
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Association", "success"]

# Variation of ranks below this share of what it could be is rounding.
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class Association:
    """How a measure in one window of years goes together with an outcome in the years after it.

    An association is no proof of a cause.  Of two members the one with more works has more ties and a better position,
    and is likely to have more works again: `rho_given_works` is what is left beside that.

    Attributes
    ----------
    measure, outcome
        What was compared.
    rho
        Spearman's rank correlation within the windows, pooled over those where both vary, -1 to 1; None where in none
        both do.
    p_value
        Share of the permutations within windows with a correlation at least as far from 0, the data counted as one of
        them: 1/(n_permutations + 1) to 1.
    rho_given_works, p_given_works
        The same for the partial rank correlation, given the number of works in the window.
    table
        One row per window: `first_year`, `last_year` of the window, `from_year`, `to_year` of the outcome,
        `n_members`, `n_successful` (members with an outcome above 0), `rho`, `rho_given_works`.
    n_observations
        Members over all windows.
    n_undated, n_unknown
        Rows of the table of outcomes left out because they lack a year or are of no member of the network.
    n_permutations, seed
        How the test was made.
    """

    measure: str
    outcome: str
    rho: float | None
    p_value: float | None
    rho_given_works: float | None
    p_given_works: float | None
    table: pl.DataFrame
    n_observations: int
    n_undated: int
    n_unknown: int
    n_permutations: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold."""
        return asdict(self) | {"table": self.table.to_dicts()}

    def __str__(self) -> str:
        if self.rho is None:
            return f"{self.measure} and {self.outcome}: nothing varies over {self.n_observations:,} observations"
        text = f"{self.measure} and {self.outcome}: rho {self.rho:.3f} (p {self.p_value:.3g}"
        if self.rho_given_works is not None:
            text += f"), given the number of works {self.rho_given_works:.3f} (p {self.p_given_works:.3g}"
        return f"{text}; {self.n_observations:,} observations, {self.n_permutations:,} permutations, seed {self.seed})"

    def _repr_html_(self) -> str:
        return html_table(self.table, str(self), max_rows=self.table.height)


def success(
    network: Network,
    measure: str | Callable[[Network], Any],
    outcomes: pl.DataFrame | None = None,
    *,
    width: int = 7,
    step: int = 1,
    active_only: bool = False,
    n_permutations: int = 999,
    seed: int = 7,
) -> Association:
    """Return the result of :meth:`Network.success <avgraph.network.Network.success>`."""
    if n_permutations < 1:
        raise AvgraphError(f"n_permutations is {n_permutations}", "give at least 1; 999 is usual")
    spans = window_years(network, width, step)
    if len(spans) < 2:
        raise AvgraphError(
            f"there is one window of {width} years, and no years after it to look for an outcome",
            "give a smaller width",
        )
    works = _works(network)
    values, n_undated, n_unknown = (works, 0, 0) if outcomes is None else _outcomes(outcomes, network)
    samples: list[tuple[Floats, Floats, Floats]] = []
    rows = []
    for (first, last), window in zip(spans[:-1], windows(network, width, step), strict=False):
        period = pl.col("year").is_between(last + 1, last + step)
        after = values.filter(period).group_by("member").agg(pl.col("value").sort().sum())
        table = window.nodes.select(pl.col("node").alias("member"), "n_works", _value(window, measure)).join(
            after, on="member", how="left", maintain_order="left"
        )
        if active_only:
            table = table.join(works.filter(period), on="member", how="semi", maintain_order="left")
        table = table.drop_nulls("position").with_columns(pl.col("value").fill_null(0.0))
        x, y, z = (_ranks(table[name].to_numpy()) for name in ("position", "value", "n_works"))
        samples.append((x, y, z))
        rows.append({
            "first_year": first, "last_year": last, "from_year": last + 1, "to_year": last + step,
            "n_members": table.height, "n_successful": int((table["value"] > 0).sum()),
            "rho": _correlation([(x, y)]),
            "rho_given_works": _correlation([(_without(x, z), _without(y, z))]),
        })  # fmt: skip
    plain = [(x, y) for x, y, _ in samples]
    partial = [(_without(x, z), _without(y, z)) for x, y, z in samples]
    rho, rho_given_works = _correlation(plain), _correlation(partial)
    schema = dict.fromkeys(("first_year", "last_year", "from_year", "to_year", "n_members", "n_successful"), pl.Int64())
    table = pl.DataFrame(rows, schema=schema | dict.fromkeys(("rho", "rho_given_works"), pl.Float64()))
    return Association(
        measure=measure if isinstance(measure, str) else getattr(measure, "__name__", "measure"),
        outcome="number of works" if outcomes is None else "outcome",
        rho=rho,
        p_value=None if rho is None else _p_value(plain, None, rho, n_permutations, seed),
        rho_given_works=rho_given_works,
        p_given_works=None
        if rho_given_works is None
        else _p_value(partial, [z for *_, z in samples], rho_given_works, n_permutations, seed),
        table=table,
        n_observations=int(table["n_members"].sum()),
        n_undated=n_undated,
        n_unknown=n_unknown,
        n_permutations=n_permutations,
        seed=seed,
    )


def _value(window: Network, measure: str | Callable[[Network], Any]) -> pl.Series:
    """Return the measure of each node, null where it is not defined."""
    if isinstance(measure, str):
        ranked = window.rank(measure).sort("node")  # type: ignore[arg-type]
        return ranked["value"].alias("position")
    try:
        found = pl.Series("position", measure(window), dtype=pl.Float64)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise AvgraphError(f"the measure does not give numbers: {error}", "return one number per node") from error
    if len(found) != window.nodes.height:
        raise AvgraphError(
            f"the measure gave {len(found)} values for {window.nodes.height} nodes", "return one number per node"
        )
    return found.fill_nan(None)


def _works(network: Network) -> pl.DataFrame:
    """Return the number of works per member and year: `member`, `year`, `value`."""
    dated = network.memberships.drop_nulls("year")
    return dated.group_by("member", "year").agg(pl.col("work").n_unique().cast(pl.Float64).alias("value"))


def _outcomes(outcomes: pl.DataFrame, network: Network) -> tuple[pl.DataFrame, int, int]:
    """Return the rows of the outcomes that can be used, and how many cannot (undated, of no member)."""
    for column in ("member", "year"):
        if column not in outcomes.columns:
            raise AvgraphError(
                f"the table of outcomes has no column {column!r}", nearest(column, outcomes.columns), "outcomes"
            )
    value = pl.col("value") if "value" in outcomes.columns else pl.lit(1.0).alias("value")
    try:
        rows = outcomes.select(
            pl.col("member").cast(pl.String), pl.col("year").cast(pl.Int64), value.cast(pl.Float64).fill_null(0.0)
        )
    except pl.exceptions.PolarsError as error:
        raise AvgraphError(
            "the table of outcomes has a column of the wrong type", "expected member String, year Int64, value Float64",
            "outcomes",
        ) from error  # fmt: skip
    wild = rows.filter(~pl.col("value").is_finite())
    if wild.height:
        raise AvgraphError(
            f"{wild.height} outcome(s) are not finite", "give numbers, or leave the value empty", "outcomes"
        )
    known = rows.join(network.nodes.select(pl.col("node").alias("member")), on="member", how="semi")
    dated = known.drop_nulls("year")
    return dated, known.height - dated.height, rows.height - known.height


def _ranks(values: Any) -> Floats:
    """Return the ranks (equal values share the mean rank) as a share of their number, less their mean."""
    n = len(values)
    ranks: Floats = (rankdata(values) - (n + 1) / 2) / max(n, 1)
    return ranks


def _without(ranks: Floats, other: Floats) -> Floats:
    """Return what a straight line on `other` leaves of `ranks`; both have the mean 0."""
    size = float(other @ other)
    rest = ranks - other * (float(ranks @ other) / size) if size > 0 else ranks
    return rest if float(rest @ rest) > _NOTHING * max(float(ranks @ ranks), _NOTHING) else np.zeros(len(ranks))


def _correlation(samples: list[tuple[Floats, Floats]]) -> float | None:
    """Return the correlation of pairs of arrays of mean 0, pooled over the windows where both vary."""
    sums = np.array([(x @ y, x @ x, y @ y) for x, y in samples]).reshape(-1, 3)
    product, left, right = sums[(sums[:, 1] > 0) & (sums[:, 2] > 0)].sum(axis=0)
    if left <= 0:
        return None
    return max(-1.0, min(1.0, float(product / (left * right) ** 0.5)))


def _p_value(
    samples: list[tuple[Floats, Floats]], given: list[Floats] | None, rho: float, n_permutations: int, seed: int
) -> float:
    """Return the p value of a permutation test within windows, two-sided.

    With `given`, the rest of the outcome is shuffled and the given ranks are taken out of it again.

    References
    ----------
    .. [1] D. Freedman and D. Lane, "A nonstochastic interpretation of reported significance levels", Journal of
           Business & Economic Statistics 1, 292-298 (1983).
    """
    rng = np.random.default_rng(seed)
    at_least = 1
    for _ in range(n_permutations):
        shuffled = [(x, rng.permutation(y)) for x, y in samples]
        if given is not None:
            shuffled = [(x, _without(y, z)) for (x, y), z in zip(shuffled, given, strict=True)]
        at_least += abs(_correlation(shuffled) or 0.0) >= abs(rho) - _NOTHING
    return at_least / (n_permutations + 1)
