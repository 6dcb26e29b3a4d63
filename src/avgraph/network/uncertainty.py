"""How sure a ranking is: claims are kept by their confidence, works are drawn again, and members rank anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from scipy.sparse import csr_array, triu

from avgraph.errors import AvgraphError
from avgraph.network.html import html_table
from avgraph.network.matrix import Floats, Ints
from avgraph.network.measures import Measure, measure_values, rank, standing
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = [
    "Of",
    "RankIntervals",
    "Resampled",
    "Resamples",
    "check",
    "interval_columns",
    "place_columns",
    "places_of",
    "rank_intervals",
]

Of = Literal["claims", "works", "both"]


@dataclass(frozen=True, eq=False)
class Resampled:
    """A table with what its values would have been in other draws of the claims and works.

    Attributes
    ----------
    table
        The values with their intervals.
    of
        What was drawn again: ``"claims"``, ``"works"`` or ``"both"``.
    n
        Number of resamples.
    level
        Share of the resamples that lie within an interval, such as 0.95.
    top
        Number of first ranks that `share_top` looks at.
    n_doubted
        Claims with a confidence below 1: where there are none, drawing claims changes nothing.
    seed
        Seed of the draws.
    """

    table: pl.DataFrame
    of: Of
    n: int
    level: float
    top: int
    n_doubted: int
    seed: int

    def _said(self, what: str) -> str:
        """Return in one sentence how `what` was drawn again."""
        claims, its = ("claim", "its") if self.n_doubted == 1 else ("claims", "their")
        doubted = f"{self.n_doubted:,} doubted {claims} kept by {its} confidence"
        drawn = {
            "claims": doubted,
            "works": "works drawn with replacement",
            "both": f"works drawn with replacement and {doubted}",
        }
        how = f"{drawn[self.of]}; seed {self.seed}"
        return f"{what} in {self.n:,} resamples ({how}), intervals at {self.level:.0%}"

    def _html(self, *columns: str | pl.Expr) -> str:
        """Return the table with some columns, then the intervals."""
        shown = self.table.select(
            *columns,
            pl.format("{} to {}", pl.col("low").round_sig_figs(3), pl.col("high").round_sig_figs(3)).alias("interval"),
            pl.format("{} to {}", "rank_low", "rank_high").alias("rank between"),
            pl.col("share_top").alias(f"share in the first {self.top}"),
        )
        return html_table(shown, str(self))


@dataclass(frozen=True, eq=False)
class RankIntervals(Resampled):
    """A ranking with what it would have been in other draws of the claims and works.

    Attributes
    ----------
    table
        `rank`, `node`, `label`, `country`, `value` as in :meth:`Network.rank`; `median`, `low`, `high`: median and
        interval of the value over the resamples; `rank_median`, `rank_low`, `rank_high`: those of the rank;
        `share_top`: share of the resamples in which the member is among the first `top`, 0 to 1.
    of, n, level, top, n_doubted, seed
        As in :class:`Resampled`.
    measure
        What was ranked by.
    """

    measure: str

    def __str__(self) -> str:
        return self._said(self.measure)

    def __repr__(self) -> str:
        return f"<RankIntervals: {self}>"

    def _repr_html_(self) -> str:
        return self._html("rank", "label", "country", "value")


def rank_intervals(
    network: Network,
    measure: Measure,
    n: int = 200,
    level: float = 0.95,
    *,
    of: Of = "both",
    top: int = 10,
    k: int | None = None,
    seed: int = 7,
) -> RankIntervals:
    """Return the intervals of :meth:`Network.rank_intervals <avgraph.network.Network.rank_intervals>`."""
    check(n, level, of, top)
    ranked = rank(network, measure, k=k, seed=seed)
    nodes = network.nodes["node"]
    draws = Resamples(network, of)
    values = np.empty((n, len(nodes)))
    places = np.empty(values.shape, dtype=np.int32)
    for run, matrix in enumerate(draws.matrices(n, seed)):
        values[run] = measure_values(matrix, measure, k, seed)
        places[run] = places_of(standing(measure, values[run]))
    columns = {"node": nodes, **interval_columns(values, level), **place_columns(places, level, top)}
    return RankIntervals(
        table=ranked.join(pl.DataFrame(columns), on="node", how="left", maintain_order="left"),
        measure=measure, of=of, n=n, level=level, top=top, n_doubted=draws.n_doubted, seed=seed,
    )  # fmt: skip


def check(n: int, level: float, of: str, top: int) -> None:
    """Refuse what cannot be drawn again.

    Raises
    ------
    AvgraphError
        If an argument makes no sense.
    """
    if of not in get_args(Of):
        raise AvgraphError(f"there is nothing called {of!r} to draw again", nearest(of, get_args(Of)))
    if n < 1 or top < 1:
        raise AvgraphError(f"n is {n} and top is {top}", "give numbers of at least 1")
    if not 0 < level < 1:
        raise AvgraphError(f"the level is {level}", "give a number between 0 and 1, such as 0.95")


def places_of(values: Any) -> Ints:
    """Return the rank of each value, the highest first; equal values share the better rank.

    >>> places_of(np.array([2, 5, 2, 1])).tolist()
    [2, 1, 2, 4]
    """
    places: Ints = len(values) - np.searchsorted(np.sort(values), values, "right") + 1
    return places


def interval_columns(
    table: Any, level: float, prefix: str = "", dtype: type[pl.DataType] = pl.Float64
) -> dict[str, Any]:
    """Return `median`, `low` and `high` of values, one row per resample; null where a member never has one.

    `dtype` is that of the ends, which are values that were seen.
    """
    median, *ends = _interval(table, level)
    columns = {f"{prefix}median": pl.Series(median, dtype=pl.Float64).fill_nan(None)}
    for name, values in zip(("low", "high"), ends, strict=True):
        columns[prefix + name] = pl.Series(values, dtype=pl.Float64).fill_nan(None).cast(dtype)
    return columns


def place_columns(places: Any, level: float, top: int) -> dict[str, pl.Series]:
    """Return `rank_median`, `rank_low`, `rank_high` and `share_top` of ranks, one row per resample."""
    share = (places <= top).mean(axis=0)
    return interval_columns(places, level, "rank_", pl.Int64) | {"share_top": pl.Series(share, dtype=pl.Float64)}


class Resamples:
    """Draws of the claims and works of a network.

    The members stay: whoever takes part in no work of a draw is isolated in it.

    Parameters
    ----------
    network
        The network.
    of
        ``"claims"``: each claim is kept with the probability that it is right, all its rows together; a claim without
        a confidence is always kept, and a row without a claim is one of its own. ``"works"``: as many works as there
        are, drawn with replacement; a work drawn twice counts twice. ``"both"``: both.
    """

    def __init__(self, network: Network, of: Of) -> None:
        self._network = network
        self._of = of
        rows = self._rows = network.memberships.sort("work", "member", maintain_order=True)
        # A row without a claim is one of its own; the mark keeps its number apart from the claims.
        unit = pl.coalesce(pl.col("claim"), pl.format("\x1f{}", pl.int_range(pl.len())))
        units = rows.select(unit.alias("unit"), "confidence").with_columns(
            pl.col("unit").rank("dense").cast(pl.Int64) - 1
        )
        # A claim has one confidence; should rows disagree, the lowest counts.
        chance = units.group_by("unit").agg(pl.col("confidence").fill_null(1.0).min()).sort("unit")
        self._unit: Ints = units["unit"].to_numpy()
        self._chance: Floats = chance["confidence"].to_numpy()
        self.n_doubted = int((self._chance < 1).sum())
        self._works = rows["work"].unique().sort()
        self._work = rows["work"].cast(pl.Enum(self._works)).to_physical().cast(pl.Int64).to_numpy()
        nodes = network.nodes["node"]
        self._member = rows["member"].cast(pl.Enum(nodes)).to_physical().cast(pl.Int64).to_numpy()
        # Rows of one member in one work stand together.
        starts = np.ones(rows.height, dtype=bool)
        starts[1:] = (self._work[1:] != self._work[:-1]) | (self._member[1:] != self._member[:-1])
        self._pair = np.cumsum(starts) - 1
        self._pair_work, self._pair_member = self._work[starts], self._member[starts]
        self._year = rows["year"].cast(pl.Float64).fill_null(float("-inf")).to_numpy()
        self._share: Floats | None = None
        if network.settings.weight == "share":
            shares = network.incidence.select("work", "member", "share")
            pairs = rows.select("work", "member").filter(pl.Series(starts))
            joined = pairs.join(shares, on=["work", "member"], how="left", maintain_order="left")
            self._share = joined["share"].to_numpy()

    def draw(self, rng: np.random.Generator, n: int) -> Iterator[tuple[Any, Ints]]:
        """Yield `n` draws: which rows are kept, and how many times each work counts."""
        n_works = len(self._works)
        for _ in range(n):
            kept = np.ones(len(self._unit), dtype=bool)
            times = np.ones(n_works, dtype=np.int64)
            if self._of != "works":
                kept = (rng.random(len(self._chance)) < self._chance)[self._unit]
            if self._of != "claims" and n_works:
                times = np.bincount(rng.integers(0, n_works, n_works), minlength=n_works)
            yield kept, times

    def matrices(self, n: int, seed: int) -> Iterator[Any]:
        """Yield the weights of ties in `n` draws, rows and columns in the order of the network's nodes."""
        settings = self._network.settings
        # Without making a network of each draw, where what a work adds to a tie hangs on nothing else.
        at_once = settings.alpha is None and (settings.weight != "share" or self._of == "works")
        for kept, times in self.draw(np.random.default_rng(seed), n):
            yield self.matrix(kept, times) if at_once else self.network(kept, times).matrix

    def matrix(self, kept: Any, times: Ints) -> Any:
        """Return the weights of ties in a draw, rows and columns in the order of the network's nodes."""
        settings = self._network.settings
        n_works, n = len(self._works), self._network.nodes.height
        there = np.zeros(len(self._pair_work), dtype=bool)
        there[self._pair[kept]] = True
        size = np.bincount(self._pair_work[there], minlength=n_works)
        value = times.astype(np.float64)
        if settings.weight == "newman":
            value = np.divide(value, size - 1, out=np.zeros(n_works), where=size > 1)
        if settings.half_life is not None:
            last = np.full(n_works, -np.inf)
            np.maximum.at(last, self._work[kept], self._year[kept])
            value = value * np.where(np.isfinite(last), 2.0 ** ((last - settings.now) / settings.half_life), 0.0)
        used = there & (times > 0)[self._pair_work] & (size > 1)[self._pair_work]
        share = self._share[used] if self._share is not None else np.ones(int(used.sum()))
        work, member = self._pair_work[used], self._pair_member[used]
        shape = (n_works, n)
        left = csr_array((share * value[work], (work, member)), shape=shape)
        right = csr_array((share, (work, member)), shape=shape)
        ties = triu(left.T.tocsr() @ right, k=1).tocsr()
        ties.data[ties.data < settings.min_weight * (1 - 1e-9)] = 0.0
        ties.eliminate_zeros()
        matrix = (ties + ties.T).tocsr()
        matrix.sort_indices()
        return matrix

    def network(self, kept: Any, times: Ints) -> Network:
        """Return the network of a draw, with the members of the whole one."""
        from avgraph.network.projection import reproject

        network = self._network
        rows = self._rows.filter(pl.Series(kept & (times > 0)[self._work]))
        copies = times[self._work[kept & (times > 0)[self._work]]]
        again = rows.with_columns(pl.Series("copy", copies, pl.Int64)).with_columns(pl.int_ranges("copy").alias("copy"))
        name = pl.when(pl.col("copy") > 0).then(pl.format("{}\x1f{}", "work", "copy")).otherwise("work")
        rows = again.explode("copy").with_columns(name.alias("work")).drop("copy")
        # A work of its own makes no tie but keeps a member; where works age it needs a year.
        alone = network.nodes.select(
            pl.concat_str(pl.lit("\x1f"), "node").alias("work"), pl.col("node").alias("member"),
            pl.lit(network.settings.now, pl.Int64).alias("year"),
        )  # fmt: skip
        absent = ~pl.col("member").is_in(rows["member"].unique().implode())
        return reproject(network, pl.concat([rows, alone.filter(absent)], how="diagonal"))


def _interval(table: Any, level: float) -> tuple[Any, Any, Any]:
    """Return median, low and high of each column, over what is known in it; NaN where nothing is.

    The ends are values that were seen, so that ranks stay whole numbers and no interval is too short.
    """
    unknown = np.isnan(table).all(axis=0)
    table = np.where(unknown, 0.0, table)
    low = np.nanquantile(table, (1 - level) / 2, axis=0, method="lower")
    high = np.nanquantile(table, (1 + level) / 2, axis=0, method="higher")
    median, low, high = (np.where(unknown, np.nan, column) for column in (np.nanmedian(table, axis=0), low, high))
    return median, low, high
