"""A network as one self-contained SVG, for reports and web pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from avgraph.network.saying import Say, say_plainly
from avgraph.network.scene import FONT_SIZE, Box, Scene, scene
from avgraph.network.style import Marker, short_label

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["svg"]

_INK = "#222222"
# Regular polygons: corners, angle of the first in degrees, and the radius that gives about the area of a disc.
_POLYGONS = {"square": (4, 45, 1.25), "triangle": (3, -90, 1.45), "diamond": (4, 0, 1.25), "down": (3, 90, 1.45),
             "pentagon": (5, -90, 1.12), "hexagon": (6, 0, 1.1)}  # fmt: skip


def svg(
    network: Network,
    top_labels: int = 25,
    *,
    seed: int = 7,
    width: int = 960,
    height: int = 720,
    max_nodes: int = 300,
    title: str | None = None,
    countries: Sequence[str] | None = None,
    marked: bool = False,
    say: Say = say_plainly,
) -> str:
    """Draw the network: size is strength, colour and shape are the country, width of a line its weight.

    Where the country of less than a quarter of the members is known, all look the same, and the drawing says so.

    Parameters
    ----------
    network
        The network to draw.
    top_labels
        How many of the strongest members are named; a name that would lie on another one is left out. Every
        node and edge tells its name and figures when pointed at.
    seed
        Seed of the layout.
    width, height
        Size in pixels.
    max_nodes
        Only so many members are drawn: those of greatest strength, without the ones among them whose partners
        are all left out. The drawing says so.
    title
        Heading, read out by screen readers; default the network's name.
    countries
        Countries in the order in which they get a colour and shape of their own; the seventh is the last.
        Default: as many drawn members as they have. Give the same to several drawings that are read together.
    marked
        Whether members and ties carry their place, for scripts: ``data-member`` (the strongest is 0) and ``data-tie``
        (the heaviest is 0).
    say
        Says the words of the drawing; default in English.

    Returns
    -------
    str
        An ``<svg>`` element that refers to nothing outside itself. The same network gives the same text.
    """
    drawing = scene(network, top_labels, seed, width, height, max_nodes, title, countries, say)
    heading = escape(drawing.title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{heading}" font-family="system-ui, sans-serif" font-size="{FONT_SIZE:g}" '
        f'fill="{_INK}">',
        f"<title>{heading}</title>",
        f"<desc>{escape(' '.join(drawing.caption))}</desc>",
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
        f'<text x="16" y="24" font-size="16" font-weight="600">{escape(short_label(drawing.title, width // 9))}</text>',
        '<g stroke="#7A7A7A" stroke-linecap="round">',
        *(
            f"<line{_mark('tie', line.place, marked)} "
            f'x1="{line.x1:.1f}" y1="{line.y1:.1f}" x2="{line.x2:.1f}" y2="{line.y2:.1f}" '
            f'stroke-width="{0.5 + 3.5 * line.share:.2f}" stroke-opacity="{0.15 + 0.5 * line.share:.2f}">'
            f"<title>{escape(line.tip)}</title></line>"
            for line in drawing.lines
        ),
        f'</g><g stroke="{_INK}" stroke-width="0.8">',
        *(
            f"<g{_mark('member', dot.place, marked)}>" * marked
            + _shape(dot.marker, dot.x, dot.y, dot.radius, f"<title>{escape(dot.tip)}</title>")
            + "</g>" * marked
            for dot in drawing.dots
        ),
        '</g><g stroke="#555555" stroke-width="0.8">',
        *(_line(label.leader) for label in drawing.labels if label.leader),
        '</g><g paint-order="stroke" stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" pointer-events="none">',
        *(
            f'<text x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">{escape(label.text)}</text>'
            for label in drawing.labels
        ),
        "</g><g>",
        *_legend(drawing),
        *(
            f'<text x="16" y="{height - 25 + 15 * i}" fill="#555555">{escape(line)}</text>'
            for i, line in enumerate(drawing.caption)
        ),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _mark(kind: str, place: int, marked: bool) -> str:
    return f' data-{kind}="{place}"' if marked else ""


def _line(ends: Box) -> str:
    x1, y1, x2, y2 = ends
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _shape(marker: Marker, x: float, y: float, radius: float, inside: str = "") -> str:
    fill = f'fill="{marker.colour}"'
    if marker.shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {fill}>{inside}</circle>'
    if marker.shape == "ring":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius * 0.85:.1f}" {fill} stroke-width="2.2">{inside}</circle>'
    if marker.shape == "cross":
        far, near = radius * 1.1, radius * 0.4
        quarter = ((-near, -far), (near, -far), (near, -near))
        # A quarter of the outline, turned three times.
        corners = [corner for turn in range(4) for corner in (_turned(point, turn) for point in quarter)]
    else:
        n, first, reach = _POLYGONS[marker.shape]
        angles = (math.radians(first + 360 * i / n) for i in range(n))
        corners = [(radius * reach * math.cos(angle), radius * reach * math.sin(angle)) for angle in angles]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" {fill}>{inside}</polygon>'


def _turned(point: tuple[float, float], quarters: int) -> tuple[float, float]:
    x, y = point
    for _ in range(quarters):
        x, y = -y, x
    return x, y


def _legend(drawing: Scene) -> Iterator[str]:
    x, y = 22.0, drawing.height - 44.0
    for marker, count in drawing.legend:
        text = f"{marker.name} ({count:,})"
        yield f'<g stroke="{_INK}" stroke-width="0.8">{_shape(marker, x, y - 4, 6)}</g>'
        yield f'<text x="{x + 11:.1f}" y="{y:.1f}">{escape(text)}</text>'
        x += 32 + 6.6 * len(text)
