"""What the figures have in common: sizes, letters and shades for print, and files that are the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from avgraph.errors import AvgraphError, cannot_write
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from avgraph.network.matrix import Floats

__all__ = [
    "GREY",
    "INK",
    "LIGHT",
    "SHADES",
    "Width",
    "blank",
    "column",
    "labels_left",
    "labels_right",
    "nothing",
    "save_figure",
]

Width = Literal["single", "double"]

#: Inches of one column and of a page of two.
_INCHES = {"single": 3.3, "double": 7.0}
INK, GREY, LIGHT = "#1A1A1A", "#767676", "#D9D9D9"
# Four steps of cividis (Nuñez, Anderton and Renslow 2018), from dark to light: in order of lightness for every eye.
SHADES = ("#00224E", "#575D6D", "#A59C74", "#FEE838")

_SETTINGS: dict[str, Any] = {
    "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"], "font.size": 7, "axes.labelsize": 7,
    "axes.titlesize": 7.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5, "legend.fontsize": 6.5, "legend.frameon": False, "axes.spines.top": False,
    "axes.spines.right": False, "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "lines.linewidth": 1.2, "lines.markersize": 3.5, "hatch.linewidth": 0.5, "text.parse_math": False,
    "axes.edgecolor": INK, "text.color": INK, "axes.labelcolor": INK, "figure.facecolor": "white",
    "axes.formatter.useoffset": False, "pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "avgraph",
    "savefig.bbox": None, "savefig.transparent": False,
}  # fmt: skip
_METADATA: dict[str, dict[str, None]] = {
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
}


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib's own settings with those of the figures, whatever the user's are; the user's come back after it."""
    try:
        from matplotlib import style
    except ImportError as error:
        raise AvgraphError("drawing a figure needs Matplotlib", "pip install 'avgraph[plot]'") from error
    with style.context(["default", _SETTINGS]):
        yield


@contextmanager
def blank(width: Width, height: float) -> Iterator[Figure]:
    """Give an empty figure of a column's width and a height in inches, to be drawn on within the context.

    Raises
    ------
    AvgraphError
        If Matplotlib is not installed, or there is no such width.
    """
    if width not in get_args(Width):
        raise AvgraphError(f"there is no width {width!r}", nearest(str(width), get_args(Width)))
    with _settings():
        from matplotlib.figure import Figure

        yield Figure(figsize=(_INCHES[width], height), layout="constrained")


def nothing(what: str, hint: str) -> AvgraphError:
    """Return the error of a result in which there is nothing to draw."""
    return AvgraphError(f"there is nothing to draw: {what}", hint)


def column(table: pl.DataFrame, name: str) -> Floats:
    """Return a column as floats, NaN where it is null."""
    values: Floats = table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def labels_left(axes: Axes, names: Sequence[str]) -> None:
    """Write names left of the axes, one a unit, the first one at the top."""
    axes.set_yticks(range(len(names)), labels=list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def labels_right(axes: Axes, places: Any, labels: Sequence[str], heading: str) -> None:
    """Write labels right of the axes, level with places (an array) of its y axis, under a heading."""
    right = axes.secondary_yaxis("right")
    right.set_yticks(places, labels=list(labels))
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    axes.set_title(heading, loc="right", fontweight="normal", fontsize=6.5)


def save_figure(figure: Figure, path: str | Path, *, dpi: int = 300) -> Path:
    """Write a figure as ``.pdf``, ``.svg`` or ``.png``; return the path.

    The same figure gives the same bytes with the same Matplotlib: files have no date, and the ids in an SVG are
    always the same. PDF has its fonts embedded as text (TrueType, type 42), SVG its letters as outlines.

    Parameters
    ----------
    figure
        Any Matplotlib figure.
    path
        The suffix decides the format.
    dpi
        Dots per inch of a PNG, and of what is painted in dots in the others.

    Raises
    ------
    AvgraphError
        If the suffix is another one.
    StoreError
        If the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in _METADATA:
        raise AvgraphError(f"a figure cannot be written as {path.name}", "end the name in .pdf, .svg or .png")
    try:
        with _settings():
            figure.savefig(path, format=suffix[1:], metadata=_METADATA[suffix], dpi=dpi)
    except OSError as error:
        raise cannot_write(path, error) from error
    return path
