"""Figures of members and groups: rankings, brokers, communities, who works with whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.brokerage import ROLES
from avgraph.network.figures.paper import GREY, INK, SHADES, Width, blank, column, labels_left, labels_right, nothing
from avgraph.network.style import OTHER, UNKNOWN, country_markers, short_label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from avgraph.network.stability import CommunityStability
    from avgraph.network.uncertainty import RankIntervals

__all__ = ["draw_brokerage", "draw_communities", "draw_partner_matrix", "draw_rank_intervals"]

# What a measure counts in; the others are numbers without a unit.
_UNITS = {
    "degree": "partners", "strength": "sum of weights", "betweenness": "share of shortest paths",
    "effective size": "partners",
}  # fmt: skip
# Beside the colour, so that countries are told apart in grey.
_HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++++")


def draw_rank_intervals(intervals: RankIntervals, top: int = 15, *, width: Width = "single") -> Figure:
    """Draw the first members of a ranking: a dot for the value, a line for its interval, a bar for its median.

    Parameters
    ----------
    intervals
        As :meth:`Network.rank_intervals <avgraph.network.Network.rank_intervals>` returns them.
    top
        How many members are shown. At the right stands the rank with its interval.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        Write it with :func:`~avgraph.network.save_figure`.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or no member has a value.
    """
    _check_top(top)
    shown = intervals.table.drop_nulls("value").head(top)
    if shown.is_empty():
        raise nothing(f"no member has a value of {intervals.measure}", "draw a network with ties")
    places = np.arange(shown.height)
    with blank(width, 0.85 + 0.17 * shown.height) as figure:
        axes = figure.subplots()
        axes.hlines(places, column(shown, "low"), column(shown, "high"), colors=GREY, linewidths=1.2, zorder=1)
        axes.plot(column(shown, "median"), places, "|", color=INK, markersize=6, zorder=2, label="median")
        axes.plot(column(shown, "value"), places, "o", color=SHADES[0], zorder=3, label="value")
        labels_left(
            axes,
            [
                _member(label, country, 22 if width == "single" else 45)
                for label, country in shown.select("label", "country").iter_rows()
            ],
        )
        unit = _UNITS.get(intervals.measure)
        name = intervals.measure if unit is None else f"{intervals.measure} ({unit})"
        axes.set_xlabel(
            f"{name}\ndot: value, stroke: median,\nline: {intervals.level:.0%} of {intervals.n:,} resamples"
        )
        ranks = shown.select("rank", "rank_low", "rank_high").iter_rows()
        labels_right(axes, places, [f"{rank} ({low} to {high})" for rank, low, high in ranks], "rank")
    return figure


def draw_brokerage(table: pl.DataFrame, top: int = 8, *, width: Width = "single") -> Figure:
    """Draw in which roles the members of each group are brokers, and what chance would give.

    Parameters
    ----------
    table
        As :meth:`Network.brokerage <avgraph.network.Network.brokerage>` returns it for a grouping.
    top
        How many groups are shown, those with most open triads; the rest are added up as *other*.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        Two bars a group: the roles as they are, and below, thin, where groups are dealt out at random.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or there are no open triads.
    """
    _check_top(top)
    if missing := {"group", "triads", *ROLES} - set(table.columns):
        raise AvgraphError(
            f"the table has no columns {', '.join(sorted(missing))}",
            "give that of network.brokerage(by=…), not between",
        )
    expected = [f"{role}_expected" for role in ROLES]
    groups = table.group_by("group").agg(pl.sum("triads", *ROLES, *expected)).filter(pl.col("triads") > 0)
    groups = groups.sort("triads", "group", descending=[True, False])
    if groups.is_empty():
        raise nothing("nobody is a broker in an open triad", "draw a network of which the groups are known")
    if groups.height > top:
        rest = groups[top:].select(pl.format("other ({})", pl.len()).alias("group"), pl.exclude("group").sum())
        groups = pl.concat([groups[:top], rest], how="vertical_relaxed")
    places = np.arange(groups.height)
    with blank(width, 0.95 + 0.33 * groups.height) as figure:
        axes = figure.subplots()
        for names, shift, thick in ((list(ROLES), -0.12, 0.44), (expected, 0.26, 0.18)):
            left = np.zeros(groups.height)
            for name, shade in zip(names, SHADES, strict=True):
                share = 100 * column(groups, name) / column(groups, "triads")
                axes.barh(
                    places + shift, share, thick, left=left, color=shade, edgecolor=INK, linewidth=0.4, label=name
                )  # fmt: skip
                left += share
        labels_left(axes, [str(group) for group in groups["group"]])
        axes.set_xlim(0, 100)
        axes.set_xlabel("share of open triads by role of the broker (%)\nthin bar: expected by chance")
        labels_right(axes, places, [f"{n:,}" for n in groups["triads"]], "open triads")
        figure.legend(
            handles=axes.containers[: len(ROLES)],
            loc="outside upper left",
            ncols=4,
            columnspacing=0.8,
            handlelength=1.2,
        )
    return figure


def draw_communities(
    stability: CommunityStability, top: int = 12, *, countries: Sequence[str] | None = None, width: Width = "single"
) -> Figure:
    """Draw how large the communities are, of which countries, and how stable.

    Parameters
    ----------
    stability
        As :meth:`Network.community_stability <avgraph.network.Network.community_stability>` returns it.
    top
        How many communities are shown, the largest.
    countries
        The countries told apart, at most seven of them; default the commonest five in the communities shown.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        A bar for each community, called by its most typical members; at the right the share of the runs in which a
        member stays with it.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or there are no members.
    """
    _check_top(top)
    shown = stability.groups.sort("community").head(top)
    if shown.is_empty():
        raise nothing("there are no communities", "draw a network with members")
    members = stability.table.filter(pl.col("community").is_in(shown["community"].implode()))
    if countries is None:
        counts = (
            members.drop_nulls("country").group_by("country").len().sort("len", "country", descending=[True, False])
        )
        countries = counts["country"].head(5).to_list()
    markers = country_markers(countries)
    country = pl.col("country")
    kind = pl.when(country.is_null()).then(pl.lit(UNKNOWN.name)).when(country.is_in(list(markers))).then(country)
    members = members.select("community", kind.otherwise(pl.lit(OTHER.name)).alias("kind"))
    places = np.arange(shown.height)
    with blank(width, 1.05 + 0.17 * shown.height) as figure:
        from matplotlib.ticker import MaxNLocator

        axes = figure.subplots()
        left = np.zeros(shown.height)
        looks = zip([*markers.values(), OTHER, UNKNOWN], [*_HATCHES[: len(markers)], "oo", ""], strict=True)
        for marker, hatch in looks:
            found = dict(members.filter(pl.col("kind") == marker.name).group_by("community").len().iter_rows())
            if not found:
                continue
            n = np.array([found.get(community, 0) for community in shown["community"]], dtype=np.float64)
            axes.barh(
                places, n, 0.75, left=left, color=marker.colour, hatch=hatch, edgecolor=INK, linewidth=0.4,
                label=marker.name,
            )  # fmt: skip
            left += n
        labels_left(axes, [short_label(name, 26 if width == "single" else 60) for name in shown["name"]])
        axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        rest = stability.groups.height - shown.height
        axes.set_xlabel("members" if not rest else f"members\n({rest:,} smaller communities are not shown)")
        # Of a community of one it cannot be said.
        stays = ["" if share is None else f"{share:.0%}" for share in shown["stays"]]
        labels_right(axes, places, stays, "stays")
        figure.legend(loc="outside upper left", ncols=7, columnspacing=0.8, handlelength=1.2, handletextpad=0.4)
    return figure


def draw_partner_matrix(table: pl.DataFrame, top: int = 12, *, width: Width = "single") -> Figure:
    """Draw how many works each two groups have in common, as a heat map on a scale of logarithms.

    Parameters
    ----------
    table
        As :meth:`Network.partner_matrix <avgraph.network.Network.partner_matrix>` returns it.
    top
        How many groups are shown, those of most joint works.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        A triangle: what a row and a column have in common is shown once; nothing is written for no works.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or there are no joint works.
    """
    _check_top(top)
    if table.is_empty():
        raise nothing(
            "no two members of known groups have a work in common", "draw a network of which groups are known"
        )
    ends = pl.concat([
        table.select("group", "n_works"),
        table.filter(pl.col("group") != pl.col("partner")).select(pl.col("partner").alias("group"), "n_works"),
    ])  # fmt: skip
    order = ends.group_by("group").agg(pl.sum("n_works")).sort("n_works", "group", descending=[True, False])
    names = order["group"].head(top).to_list()
    place = {name: i for i, name in enumerate(names)}
    grid = np.full((len(names), len(names)), np.nan)
    for group, partner, n in table.select("group", "partner", "n_works").iter_rows():
        if group in place and partner in place:
            low, high = sorted((place[group], place[partner]))
            grid[high, low] = n
    if np.isnan(grid).all():
        raise nothing(f"the first {top} groups have no works in common", "raise top")
    side = 3.3 if width == "single" else 7.0
    with blank(width, 0.95 * side) as figure:
        from matplotlib.colors import LogNorm

        axes = figure.subplots()
        least = float(np.nanmin(grid))
        most = max(2 * least, float(np.nanmax(grid)))
        image = axes.imshow(grid, cmap="cividis_r", norm=LogNorm(least, most))
        for row, col in np.argwhere(~np.isnan(grid)):
            dark = grid[row, col] ** 2 > least * most
            axes.text(
                col, row, f"{grid[row, col]:,.0f}", ha="center", va="center", fontsize=6 if width == "single" else 7,
                color="white" if dark else INK,
            )  # fmt: skip
        axes.set_xticks(range(len(names)), labels=names, rotation=0 if max(map(len, names)) < 4 else 90)
        axes.set_yticks(range(len(names)), labels=names)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=25, label="joint works")
        ticks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000) if least <= n <= most]
        bar.set_ticks(ticks, labels=[f"{n:,}" for n in ticks])
        bar.minorticks_off()
        bar.outline.set_visible(False)
    return figure


def _check_top(top: int) -> None:
    if top < 1:
        raise AvgraphError(f"top is {top}", "give a number of at least 1")


def _member(label: str, country: str | None, length: int) -> str:
    name = short_label(label, length)
    return name if country is None else f"{name} ({country})"
