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

__all__ = ["Of", "RankIntervals", "rank_intervals"]

Of = Literal["claims", "works", "both"]


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """A ranking with what it would have been in other draws of the claims and works.

    Attributes
    ----------
    table
        `rank`, `node`, `label`, `country`, `value` as in :meth:`Network.rank`; `median`, `low`, `high`: median and
        interval of the value over the resamples; `rank_median`, `rank_low`, `rank_high`: those of the rank;
        `share_top`: share of the resamples in which the member is among the first `top`, 0 to 1.
    measure
        What was ranked by.
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
    measure: str
    of: Of
    n: int
    level: float
    top: int
    n_doubted: int
    seed: int

    def __str__(self) -> str:
        drawn = {
            "claims": f"{self.n_doubted:,} doubted claims kept by their confidence",
            "works": "works drawn with replacement",
            "both": f"works drawn with replacement and {self.n_doubted:,} doubted claims kept by their confidence",
        }
        how = f"{drawn[self.of]}; seed {self.seed}"
        return f"{self.measure} in {self.n:,} resamples ({how}), intervals at {self.level:.0%}"

    def __repr__(self) -> str:
        return f"<RankIntervals: {self}>"

    def _repr_html_(self) -> str:
        shown = self.table.select(
            "rank", "label", "country", "value",
            pl.format("{} to {}", pl.col("low").round_sig_figs(3), pl.col("high").round_sig_figs(3)).alias("interval"),
            pl.format("{} to {}", "rank_low", "rank_high").alias("rank between"),
            pl.col("share_top").alias(f"share in the first {self.top}"),
        )  # fmt: skip
        return html_table(shown, str(self))


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
    _check(n, level, of, top)
    ranked = rank(network, measure, k=k, seed=seed)
    nodes = network.nodes["node"]
    draws = Resamples(network, of)
    rng = np.random.default_rng(seed)
    values = np.empty((n, len(nodes)))
    for run, (kept, times) in enumerate(draws.draw(rng, n)):
        # Without making a network of each draw, where the weights of ties do not depend on each other.
        if network.settings.weight != "share" or of == "works":
            values[run] = measure_values(draws.matrix(kept, times), measure, k, seed)
        else:
            found = rank(draws.network(kept, times), measure, k=k, seed=seed)
            values[run] = nodes.to_frame().join(found, on="node", how="left", maintain_order="left")["value"]
    places = np.empty(values.shape, dtype=np.int32)
    for run in range(n):
        # Equal values share the better rank.
        row = standing(measure, values[run])
        places[run] = len(nodes) - np.searchsorted(np.sort(row), row, "right") + 1
    columns: dict[str, Any] = {"node": nodes}
    for prefix, table in (("", values), ("rank_", places)):
        names = (f"{prefix}median", f"{prefix}low", f"{prefix}high")
        columns |= dict(zip(names, _interval(table, level), strict=True))
    columns["share_top"] = (places <= top).mean(axis=0)
    intervals = pl.DataFrame(columns, nan_to_null=True).with_columns(pl.col("rank_low", "rank_high").cast(pl.Int64))
    return RankIntervals(
        table=ranked.join(intervals, on="node", how="left", maintain_order="left"),
        measure=measure, of=of, n=n, level=level, top=top, n_doubted=draws.n_doubted, seed=seed,
    )  # fmt: skip


def _check(n: int, level: float, of: str, top: int) -> None:
    if of not in get_args(Of):
        raise AvgraphError(f"there is nothing called {of!r} to draw again", nearest(of, get_args(Of)))
    if n < 1 or top < 1:
        raise AvgraphError(f"n is {n} and top is {top}", "give numbers of at least 1")
    if not 0 < level < 1:
        raise AvgraphError(f"the level is {level}", "give a number between 0 and 1, such as 0.95")


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
