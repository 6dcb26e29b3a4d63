"""A network as a Matplotlib figure, for notebooks and papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from avgraph.errors import AvgraphError
from avgraph.network.scene import FONT_SIZE, scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from avgraph.network.collaboration import Network
    from avgraph.network.style import Marker

__all__ = ["draw"]

_SHAPES = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "down": "v", "pentagon": "p",
           "hexagon": "h", "cross": "P", "ring": "o"}  # fmt: skip
_ALIGN = {"start": "left", "middle": "center", "end": "right"}
# Pixels of the scene to an inch; a point is 1/72 inch.
_DPI = 96.0


def draw(
    network: Network,
    top_labels: int = 25,
    *,
    seed: int = 7,
    figsize: tuple[float, float] = (10.0, 7.5),
    max_nodes: int = 300,
    title: str | None = None,
    countries: Sequence[str] | None = None,
) -> Figure:
    """Draw the network: size is strength, colour and shape are the country, width of a line its weight.

    Parameters
    ----------
    network
        The network to draw.
    top_labels
        How many of the strongest members are named; a name that would lie on another one is left out.
    seed
        Seed of the layout.
    figsize
        Width and height in inches.
    max_nodes
        Only so many members are drawn: those of greatest strength, without the ones among them whose partners
        are all left out.
    title
        Heading; default the network's name.
    countries
        Countries in the order in which they get a colour and shape of their own, as for :func:`~avgraph.network.svg`.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with ``.savefig(path)``. Matplotlib's current figure and settings are left alone.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed.
    """
    try:
        from matplotlib.collections import LineCollection
        from matplotlib.figure import Figure
        from matplotlib.patheffects import withStroke
    except ImportError as error:
        raise AvgraphError("drawing a figure needs Matplotlib", "pip install 'avgraph[plot]'") from error
    width, height = figsize[0] * _DPI, figsize[1] * _DPI
    drawing = scene(network, top_labels, seed, width, height, max_nodes, title, countries)
    point = 72 / _DPI
    figure = Figure(figsize=figsize, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    axes.add_collection(
        LineCollection(
            [((line.x1, line.y1), (line.x2, line.y2)) for line in drawing.lines],
            linewidths=[(0.5 + 3.5 * line.share) * point for line in drawing.lines],
            colors=[(0.48, 0.48, 0.48, 0.15 + 0.5 * line.share) for line in drawing.lines],
            zorder=1,
        )
    )
    for marker in dict.fromkeys(dot.marker for dot in drawing.dots):
        dots = [dot for dot in drawing.dots if dot.marker == marker]
        axes.scatter(
            [dot.x for dot in dots], [dot.y for dot in dots], s=[(2 * dot.radius * point) ** 2 for dot in dots],
            zorder=2, **_look(marker),
        )  # fmt: skip
    for marker, count in drawing.legend:
        # Entries of their own, so that the legend's markers are all of one size.
        axes.scatter([], [], s=40, label=f"{marker.name} ({count:,})", **_look(marker))
    leaders = [label.leader for label in drawing.labels if label.leader]
    segments = [((x1, y1), (x2, y2)) for x1, y1, x2, y2 in leaders]
    axes.add_collection(LineCollection(segments, linewidths=0.6, colors="#555555", zorder=2))
    for label in drawing.labels:
        axes.text(
            label.x, label.y, label.text, ha=_ALIGN[label.anchor], va="baseline", fontsize=FONT_SIZE * point * 0.9,
            zorder=3, parse_math=False, path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
    axes.text(16, 24, drawing.title, fontsize=12, fontweight="bold", parse_math=False)
    axes.text(16, height - 10, "\n".join(drawing.caption), fontsize=7.5, color="#555555", parse_math=False)
    if drawing.legend:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0.005, 0.035), ncols=len(drawing.legend), frameon=False, fontsize=8,
            columnspacing=1.0, handletextpad=0.1,
        )  # fmt: skip
    return figure


def _look(marker: Marker) -> dict[str, Any]:
    edge = 1.6 if marker.shape == "ring" else 0.6
    return {"c": marker.colour, "marker": _SHAPES[marker.shape], "edgecolors": "#222222", "linewidths": edge}
