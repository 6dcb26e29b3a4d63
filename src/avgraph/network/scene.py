"""What a drawing shows, before it is SVG or Matplotlib: who, where, how large, and which names fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from avgraph.network.export import clean_text
from avgraph.network.positions import layout
from avgraph.network.style import Marker, country_markers, short_label, strongest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["FONT_SIZE", "Dot", "Label", "Line", "Scene", "scene"]

FONT_SIZE = 12.0
# Fonts are not measured; this is a generous mean advance of a letter, in font sizes.
_ADVANCE = 0.56
_MARGIN = 30.0
_HEAD, _FOOT = 36.0, 46.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A member: centre and radius in pixels (y downwards), its marker, and what to say of it."""

    x: float
    y: float
    radius: float
    marker: Marker
    tip: str


@dataclass(frozen=True, slots=True)
class Line:
    """A tie: its ends in pixels, its weight as a share of the heaviest (square root), and what to say of it."""

    x1: float
    y1: float
    x2: float
    y2: float
    share: float
    tip: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name: anchor point in pixels (on the baseline), ``start``, ``middle`` or ``end``, and the text."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of `width` by `height` pixels; dots and lines in the order they are to be drawn."""

    width: float
    height: float
    title: str
    caption: str
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[Marker, int], ...]


def scene(
    network: Network, top_labels: int, seed: int, width: float, height: float, max_nodes: int, title: str | None
) -> Scene:
    """Return the drawing of a network; parameters as for :func:`avgraph.network.svg`."""
    shown = strongest(network, max_nodes)
    markers = country_markers(shown.nodes["country"], shown.nodes["strength"])
    rows = shown.nodes.sort("strength", "node", descending=[True, False]).to_dicts()
    places = _places(shown, seed, width, height)
    legend: dict[Marker, int] = {}
    n_of_country = dict(shown.nodes.group_by("country").len().iter_rows())
    for country, marker in markers.items():
        legend[marker] = legend.get(marker, 0) + n_of_country[country]
    what = f"{shown.nodes.height:,} members, {shown.edges.height:,} ties"
    if shown is not network:
        what = f"The {shown.nodes.height:,} strongest of {network.nodes.height:,} members"
    return Scene(
        width=width,
        height=height,
        title=clean_text(title if title is not None else network.name or "Collaboration network"),
        caption=clean_text(f"{what}. Size: strength; line: weight; colour and shape: country; {network.settings}."),
        dots=tuple(Dot(*places[row["node"]], markers[row["country"]], _member_tip(row)) for row in rows),
        lines=tuple(_lines(shown, places)),
        labels=tuple(_labels(rows[:top_labels], places, width, height)),
        legend=tuple(legend.items()),
    )


Place = tuple[float, float, float]


def _places(network: Network, seed: int, width: float, height: float) -> dict[str, Place]:
    """Return x, y and radius in pixels of each node."""
    table = layout(network, seed)
    strength = network.nodes["strength"].to_list()
    most = max(strength, default=0.0) or 1.0
    largest = 14.0 if len(strength) <= 80 else 10.0
    # Each axis fills the room it has.
    reach = {axis: max(table[axis].abs().to_list(), default=0.0) or 1.0 for axis in ("x", "y")}
    half_width, half_height = width / 2 - _MARGIN, (height - _HEAD - _FOOT) / 2 - _MARGIN / 2
    return {
        node: (
            width / 2 + half_width * x / reach["x"],
            _HEAD + _MARGIN / 2 + half_height * (1 - y / reach["y"]),
            2.5 + (largest - 2.5) * math.sqrt(value / most),
        )
        for (node, x, y), value in zip(table.iter_rows(), strength, strict=True)
    }


def _member_tip(row: dict[str, Any]) -> str:
    countries = ", ".join(row["countries"]) or "country unknown"
    partners = f"{row['degree']:,} partner" + ("s" if row["degree"] != 1 else "")
    return clean_text(f"{row['label']} ({countries}): {partners}, strength {row['strength']:.3g}")


def _lines(network: Network, places: dict[str, Place]) -> list[Line]:
    """Return the ties, the heaviest last."""
    labels = dict(network.nodes.select("node", "label").iter_rows())
    heaviest = max(network.edges["weight"].to_list(), default=1.0)
    lines = []
    for row in network.edges.sort("weight", "source", "target").iter_rows(named=True):
        works = f"{row['n_works']:,} joint work" + ("s" if row["n_works"] != 1 else "")
        tip = f"{labels[row['source']]} – {labels[row['target']]}: {works}, weight {row['weight']:.3g}"
        ends = (*places[row["source"]][:2], *places[row["target"]][:2])
        lines.append(Line(*ends, math.sqrt(row["weight"] / heaviest), clean_text(tip)))
    return lines


def _labels(rows: list[dict[str, Any]], places: dict[str, Place], width: float, height: float) -> list[Label]:
    """Return the names that fit, each on the first free side of its node."""
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for row in rows:
        x, y, radius = places[row["node"]]
        text = short_label(clean_text(row["label"]))
        wide, gap = _ADVANCE * FONT_SIZE * len(text), radius + 4
        sides = (
            (Label(x + gap, y + 4, "start", text), x + gap),
            (Label(x - gap, y + 4, "end", text), x - gap - wide),
            (Label(x, y - gap, "middle", text), x - wide / 2),
            (Label(x, y + gap + 9, "middle", text), x - wide / 2),
        )
        for label, left in sides:
            box = (left, label.y - 0.9 * FONT_SIZE, left + wide, label.y + 0.25 * FONT_SIZE)
            inside = box[0] > 4 and box[2] < width - 4 and box[1] > _HEAD - 6 and box[3] < height - _FOOT
            if inside and not any(
                box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
            ):
                taken.append(box)
                labels.append(label)
                break
    return labels
