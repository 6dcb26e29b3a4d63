"""Figures of change and of trials: windows of years, lives of ties, removals, ties foretold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.network.figures.paper import (
    GREY,
    INK,
    LIGHT,
    SHADES,
    Width,
    blank,
    column,
    labels_left,
    labels_right,
    nothing,
)
from avgraph.network.linkscores import BASELINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from avgraph.network.holdout import PredictionTest
    from avgraph.network.resilience import Resilience

__all__ = ["draw_evolution", "draw_prediction_test", "draw_resilience", "draw_tie_survival"]

# Lines are told apart by dashes, too.
_DASHES = ("-", "--", "-.", ":")


def draw_evolution(table: pl.DataFrame, *, width: Width = "single") -> Figure:
    """Draw how a network changes over windows of years.

    Parameters
    ----------
    table
        As :meth:`Network.evolution <avgraph.network.Network.evolution>` returns it.
    width
        ``"single"`` is 3.3 inches wide, with the panels below one another; ``"double"`` 7, with them side by side.

    Returns
    -------
    matplotlib.figure.Figure
        Three panels: members and ties; ties that are born, revived and persist, and below zero those that are
        dissolved since the window before; the share of the members that are in no earlier window.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or there are fewer than two windows.
    """
    if table.height < 2:
        raise nothing(f"there are {table.height} windows of years", "take shorter windows, so that there are two")
    years = table["last_year"].to_numpy()
    with blank(width, 4.6 if width == "single" else 2.3) as figure:
        from matplotlib.ticker import MaxNLocator

        sizes, ties, new = figure.subplots(3, 1, sharex=True) if width == "single" else figure.subplots(1, 3)
        sizes.plot(years, column(table, "nodes"), "o-", color=SHADES[0], label="members")
        sizes.plot(years, column(table, "edges"), "s--", color=SHADES[1], markerfacecolor="white", label="ties")
        sizes.yaxis.set_major_formatter("{x:,.0f}")
        sizes.set(title="a  size", ylabel="number", ylim=(0, None))
        sizes.legend(loc="best")
        step = int(np.diff(years).min())
        below = np.zeros(len(years))
        for name, shade in (("persisting", SHADES[1]), ("revived", SHADES[2]), ("born", SHADES[3])):
            n = np.nan_to_num(column(table, name))
            ties.bar(years, n, 0.8 * step, bottom=below, color=shade, edgecolor=INK, linewidth=0.4, label=name)
            below += n
        gone = -np.nan_to_num(column(table, "dissolved"))
        ties.bar(
            years, gone, 0.8 * step, color="white", hatch="//////", edgecolor=INK, linewidth=0.4, label="dissolved"
        )
        ties.axhline(0, color=INK, linewidth=0.6)
        ties.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
        ties.set(title="b  ties since the window before", ylabel="ties")
        ties.set_ylim(1.05 * gone.min(), 1.75 * max(below.max(), 1))
        ties.legend(loc="upper left", ncols=2, columnspacing=0.8, handlelength=1.2)
        new.plot(years, 100 * column(table, "newcomers") / column(table, "nodes"), "o-", color=SHADES[0])
        new.set(title="c  newcomers", ylabel="share of members (%)", ylim=(0, None))
        length = int(table["last_year"][0] - table["first_year"][0]) + 1
        for axes in (new,) if width == "single" else (sizes, ties, new):
            axes.set_xlabel(f"last year of the window ({length} years)" if length > 1 else "year")
            axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    return figure


def draw_tie_survival(table: pl.DataFrame, *, width: Width = "single") -> Figure:
    """Draw the Kaplan-Meier curve of ties with its band, and how many ties it rests on.

    Parameters
    ----------
    table
        As :meth:`Network.tie_survival <avgraph.network.Network.tie_survival>` returns it.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        Below each year the ties that still live then; strokes mark years in which the observation of some ends.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or no tie was followed.
    """
    if table.is_empty():
        raise nothing("no tie with a year was followed", "draw a network with years")
    years = column(table, "years")
    # From all ties alive to the last year observed, the last step being as wide as the others.
    times = np.concatenate([[0.0], years, [years[-1] + 1]])
    share = 100 * column(table, "survival")
    share = np.concatenate([[100.0], share, share[-1:]])
    with blank(width, 2.3) as figure:
        axes = figure.subplots()
        low, high = (100 * column(table, name) for name in ("low", "high"))
        ends = np.append(years, years[-1] + 1)
        axes.fill_between(
            ends, np.append(low, low[-1]), np.append(high, high[-1]), step="post", color=LIGHT, linewidth=0
        )
        axes.plot(times, share, drawstyle="steps-post", color=SHADES[0])
        censored = table.filter(pl.col("censored") > 0)
        axes.plot(column(censored, "years"), 100 * column(censored, "survival"), "|", color=INK, markersize=6)
        axes.set(
            ylim=(0, 102), ylabel="ties still alive (%)", xlabel="years after the first joint work\n(ties at risk)"
        )
        most = 8 if width == "single" else 16
        marks = range(0, table.height, -(-table.height // most))
        axes.set_xticks(years[marks], labels=[f"{years[i]:.0f}\n({table['at_risk'][i]:,})" for i in marks])
        axes.set_xlim(0, years[-1] + 1)
    return figure


def draw_resilience(*curves: Resilience, width: Width = "single") -> Figure:
    """Draw how the largest component shrinks as members go, one line for each order of removal.

    Parameters
    ----------
    curves
        As :meth:`Network.resilience <avgraph.network.Network.resilience>` returns them: an attack and, with the band
        of its runs, removal at random.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        The legend has the robustness R of each.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, there is no curve, or a network without members.
    """
    if not curves or any(curve.robustness is None for curve in curves):
        raise nothing("there is no curve of a network with members", "give results of network.resilience(…)")
    with blank(width, 2.4) as figure:
        axes = figure.subplots()
        for i, curve in enumerate(curves):
            removed, giant = (100 * column(curve.table, name) for name in ("removed_share", "giant_share"))
            name = curve.by if not curve.step else f"{curve.by}, recalculated"
            colour = GREY if curve.by == "random" else SHADES[i % 2]
            if curve.table["low"].null_count() < curve.table.height:
                low, high = (100 * column(curve.table, end) for end in ("low", "high"))
                axes.fill_between(removed, low, high, color=LIGHT, linewidth=0)
            label = f"{name} (R = {curve.robustness:.2f})"
            axes.plot(removed, giant, _DASHES[i % len(_DASHES)], color=colour, label=label)
        axes.set(
            xlim=(0, 100), ylim=(0, None), xlabel="members removed (%)", ylabel="largest component\n(% of all members)"
        )
        axes.legend(loc="best")
    return figure


def draw_prediction_test(test: PredictionTest, *, width: Width = "single") -> Figure:
    """Draw how well each method foretold ties: the area under its ROC curve, with interval, against popularity.

    Parameters
    ----------
    test
        As :meth:`Network.evaluate_prediction <avgraph.network.Network.evaluate_prediction>` returns it.
    width
        ``"single"`` is 3.3 inches wide, ``"double"`` 7.

    Returns
    -------
    matplotlib.figure.Figure
        A dotted line marks chance, a dashed one popularity; at the right stands what a method gains over it.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, there is no such width, or no method was tested.
    """
    table = test.table
    if table.is_empty():
        raise nothing("no method was tested", "name a method to network.evaluate_prediction(…)")
    places = np.arange(table.height)
    auc = column(table, "auc")
    with blank(width, 1.05 + 0.19 * table.height) as figure:
        axes = figure.subplots()
        axes.axvline(0.5, color=GREY, linestyle=":", linewidth=0.8)
        popular = table.filter(pl.col("method") == BASELINE)["auc"]
        if len(popular):
            axes.axvline(popular.item(), color=GREY, linestyle="--", linewidth=0.8)
        axes.hlines(places, column(table, "auc_low"), column(table, "auc_high"), colors=GREY, linewidths=1.2)
        axes.plot(auc, places, "o", color=SHADES[0])
        names = ["popularity" if name == BASELINE else name.replace("_", " ") for name in table["method"]]
        labels_left(axes, names)
        axes.set_xlabel(
            f"area under the ROC curve, {test.level:.0%} intervals\n"
            "dotted: chance, dashed: popularity\n"
            f"{test.n_positive:,} new ties in {test.n_pairs:,} pairs, {test.held_out[0]} to {test.held_out[1]}"
        )
        gains = table.select("gain", "gain_low", "gain_high").iter_rows()
        labels_right(axes, places, [_gain(*gain) for gain in gains], "gain")
    return figure


def _gain(gain: float | None, low: float | None, high: float | None) -> str:
    if gain is None:
        return ""
    said = f"{gain:+.2f}"
    return said if low is None or high is None else f"{said} ({low:+.2f} to {high:+.2f})"
