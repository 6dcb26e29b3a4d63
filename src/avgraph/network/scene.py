"""What a drawing shows, before it is SVG or Matplotlib: who, where, how large, and which names fit."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph.network.export import clean_text
from avgraph.network.positions import layout
from avgraph.network.saying import Say, say_plainly
from avgraph.network.style import OTHER, PLAIN, UNKNOWN, Marker, commonest, country_markers, short_label, strongest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["FONT_SIZE", "Box", "Dot", "Label", "Line", "Scene", "scene"]

FONT_SIZE = 12.0
_MARGIN = 30.0
_HEAD, _FOOT = 36.0, 58.0
# Below this share of members of known country a drawing does not tell countries: it would show one grey crowd.
_KNOWN_SHARE = 0.25
# So many of the strongest members are named even where their names hide weaker ones.
_ALWAYS_NAMED = 10
# Pixels between two names side by side.
_SPACE = 5.0


Place = tuple[float, float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """A member: its place among those drawn (the strongest is 0), its centre and radius in pixels (y downwards), its
    marker, and what to say of it.
    """

    place: int
    x: float
    y: float
    radius: float
    marker: Marker
    tip: str


@dataclass(frozen=True, slots=True)
class Line:
    """A tie: its place among those drawn (the heaviest is 0), its ends in pixels, its weight as a share of the heaviest
    (square root), and what to say of it.
    """

    place: int
    x1: float
    y1: float
    x2: float
    y2: float
    share: float
    tip: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name: anchor point in pixels (on the baseline), ``start``, ``middle`` or ``end``, and the text.

    The leader of a name that stands away from its node is a line: x and y at the node, x and y at the name.
    """

    x: float
    y: float
    anchor: str
    text: str
    leader: Box | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of `width` by `height` pixels; dots and lines in the order they are to be drawn.

    The lines of the caption say what is drawn and how to read it. The legend is empty where countries are not told.
    """

    width: float
    height: float
    title: str
    caption: tuple[str, ...]
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[Marker, int], ...]


def scene(
    network: Network,
    top_labels: int,
    seed: int,
    width: float,
    height: float,
    max_nodes: int,
    title: str | None,
    countries: Sequence[str] | None,
    say: Say = say_plainly,
) -> Scene:
    """Return the drawing of a network; parameters as for :func:`avgraph.network.svg`."""
    shown = strongest(network, max_nodes)
    # Also in a drawing of a part, sizes and figures are those of the whole network.
    nodes = network.nodes.filter(pl.col("node").is_in(shown.nodes["node"].to_list()))
    rows = nodes.sort("strength", "node", descending=[True, False]).to_dicts()
    places = _places(shown, nodes["strength"].to_list(), seed, width, height)
    markers = country_markers(commonest(nodes) if countries is None else countries)
    n_known = nodes["country"].count()
    told = n_known >= _KNOWN_SHARE * nodes.height
    key = say("colour and shape: country" if told else "countries are not known")
    if n_known and not told:
        key = say("countries are known for {n} of {all} members and not shown", n=n_known, all=nodes.height)
    settings = network.settings.said(say)
    dots = [
        Dot(i, *places[row["node"]], _marker(row["country"], markers) if told else PLAIN, _tip(row, say))
        for i, row in enumerate(rows)
    ]
    counts = Counter(dot.marker for dot in dots)
    return Scene(
        width=width,
        height=height,
        title=clean_text(title if title is not None else network.name or "Collaboration network"),
        caption=(
            _extent(network, shown, max_nodes, say),
            clean_text(say("Size: strength; line: weight; {key}; {settings}.", key=key, settings=settings)),
        ),
        dots=tuple(dots),
        lines=tuple(_lines(shown, places, say)),
        labels=tuple(_labels(rows[:top_labels], places, width, height)),
        legend=tuple(
            (replace(marker, name=say(marker.name)), counts[marker])
            for marker in (*markers.values(), OTHER, UNKNOWN)
            if counts[marker]
        ),
    )


def _extent(network: Network, shown: Network, max_nodes: int, say: Say) -> str:
    """Return in one sentence how much of the network is drawn."""
    n_all, n_shown = network.nodes.height, shown.nodes.height
    ties = _counted(say, "1 tie", "{n} ties", shown.edges.height)
    if n_shown == n_all:
        return say("{n} members, {ties}.", n=n_shown, ties=ties)
    if n_shown == max_nodes:
        return say("The {n} strongest of {all} members, {ties}.", n=n_shown, all=n_all, ties=ties)
    text = "Of the {most} strongest of {all} members, the {n} tied to one another: {ties}."
    return say(text, most=max_nodes, all=n_all, n=n_shown, ties=ties)


def _counted(say: Say, one: str, several: str, n: int) -> str:
    return say(one) if n == 1 else say(several, n=n)


def _marker(country: str | None, markers: dict[str, Marker]) -> Marker:
    return UNKNOWN if country is None else markers.get(country, OTHER)


def _places(network: Network, strength: list[float], seed: int, width: float, height: float) -> dict[str, Place]:
    """Return x, y and radius in pixels of each node."""
    table = layout(network, seed)
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


def _tip(row: dict[str, Any], say: Say) -> str:
    countries = ", ".join(row["countries"]) or say("country unknown")
    partners = _counted(say, "1 partner", "{n} partners", row["degree"])
    text = "{name} ({countries}): {partners}, strength {strength}"
    return clean_text(say(text, name=row["label"], countries=countries, partners=partners, strength=row["strength"]))


def _lines(network: Network, places: dict[str, Place], say: Say) -> list[Line]:
    """Return the ties, the heaviest last."""
    labels = dict(network.nodes.select("node", "label").iter_rows())
    heaviest = max(network.edges["weight"].to_list(), default=1.0)
    lines = []
    heaviest_first = network.edges.sort("weight", "source", "target", descending=[True, False, False])
    for i, row in enumerate(heaviest_first.iter_rows(named=True)):
        works = _counted(say, "1 joint work", "{n} joint works", row["n_works"])
        pair = {"one": labels[row["source"]], "other": labels[row["target"]]}
        tip = say("{one} – {other}: {works}, weight {weight}", **pair, works=works, weight=row["weight"])
        ends = (*places[row["source"]][:2], *places[row["target"]][:2])
        lines.append(Line(i, *ends, math.sqrt(row["weight"] / heaviest), clean_text(tip)))
    return lines[::-1]


def _labels(rows: list[dict[str, Any]], places: dict[str, Place], width: float, height: float) -> list[Label]:
    """Return the names that fit, never one on another; off the nodes, too, while there is such a place."""
    field = (4.0, _HEAD - 6, width - 4, height - _FOOT)
    texts = {row["node"]: short_label(clean_text(row["label"])) for row in rows}
    found: dict[str, Label] = {}
    names: list[Box] = []

    def place(node: str, labels: Iterable[Label], bare: Sequence[Place]) -> None:
        """Keep the first name that lies, with its leader, on no other name and on no node that is to stay `bare`."""
        dots = [_reach(dot) for dot in bare]
        for label in labels:
            box, line = _box(label), _steps(label.leader) if label.leader else []
            wide = (box[0] - _SPACE, box[1], box[2] + _SPACE, box[3])
            if (
                box[0] > field[0] and box[1] > field[1] and box[2] < field[2] and box[3] < field[3]
                and not any(_overlap(wide, other) for other in names)
                and not any(_overlap(box, dot) for dot in dots)
                and not any(_overlap(step, other) for step in line for other in names)
                and not any(_near(step, dot) for step in line for dot in bare)
            ):  # fmt: skip
                names.extend((box, *line))
                found[node] = label
                return

    for node, text in texts.items():
        others = [dot for other, dot in places.items() if other != node]
        place(node, (*_beside(text, *places[node]), *_aloof(text, *places[node])), others)
    # In a crowd no place is free; then the first names may hide nodes that are weaker than their own, as few as can be.
    for i, (node, text) in enumerate(texts.items()):
        if i < _ALWAYS_NAMED and node not in found:
            dots = [_reach(dot) for other, dot in places.items() if other != node]
            place(node, _least_hiding(_beside(text, *places[node]), dots), [places[row["node"]] for row in rows[:i]])
    return list(found.values())


def _box(label: Label) -> Box:
    """Return left, top, right and bottom of a name."""
    wide = FONT_SIZE * sum(_advance(letter) for letter in label.text)
    left = label.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    return left, label.y - 0.95 * FONT_SIZE, left + wide, label.y + 0.25 * FONT_SIZE


def _beside(text: str, x: float, y: float, radius: float) -> Iterator[Label]:
    """Yield the places for a name at its node, the best first: right, left, above, below, then the corners."""
    near, far = 0.7 * radius + 3, 1.3 * radius + 3
    yield Label(x + far, y + 4, "start", text)
    yield Label(x - far, y + 4, "end", text)
    yield Label(x, y - far, "middle", text)
    yield Label(x, y + far + 9, "middle", text)
    for dy in (-near, near + 9):
        yield Label(x + near, y + dy, "start", text)
        yield Label(x - near, y + dy, "end", text)


def _least_hiding(labels: Iterable[Label], dots: Sequence[Box]) -> list[Label]:
    """Return names in the order of how many nodes they hide."""
    return sorted(labels, key=lambda label: sum(_overlap(_box(label), dot) for dot in dots))


def _aloof(text: str, x: float, y: float, radius: float) -> Iterator[Label]:
    """Yield places around a node at growing distance; a leader joins them."""
    for away in (14, 26, 40, 56, 74, 94, 118, 144):
        for turn in range(32):
            cos, sin = math.cos(math.tau * turn / 32), math.sin(math.tau * turn / 32)
            end_x, end_y = x + (radius + away) * cos, y + (radius + away) * sin
            leader = (x + radius * cos, y + radius * sin, end_x, end_y)
            if abs(cos) > 0.3:
                side = math.copysign(1, cos)
                yield Label(end_x + 3 * side, end_y + 4, "start" if side > 0 else "end", text, leader)
            else:
                yield Label(end_x, end_y + (-4 if sin < 0 else 11), "middle", text, leader)


def _steps(line: Box) -> list[Box]:
    """Return small boxes along a line."""
    x1, y1, x2, y2 = line
    n = max(2, math.ceil(math.hypot(x2 - x1, y2 - y1) / 4))
    points = ((x1 + (x2 - x1) * i / n, y1 + (y2 - y1) * i / n) for i in range(n + 1))
    return [(x - 1, y - 1, x + 1, y + 1) for x, y in points]


def _advance(letter: str) -> float:
    """Return the advance of a letter in font sizes, as in DejaVu Sans: fonts are not measured, and few are wider."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if letter in "ijlIJftr,.:;'’!|/()[]- ":
        return 0.4
    if letter in "mwMWOQ@%&œæ…—":
        return 0.95
    return 0.72 if letter.isupper() else 0.63


def _reach(dot: Place) -> Box:
    """Return left, top, right and bottom of a node; the corners of a polygon reach further than its radius."""
    x, y, radius = dot
    return x - 1.3 * radius, y - 1.45 * radius, x + 1.3 * radius, y + 1.45 * radius


def _near(step: Box, dot: Place) -> bool:
    """Tell whether a step of a line touches a node."""
    x, y, radius = dot
    return math.hypot((step[0] + step[2]) / 2 - x, (step[1] + step[3]) / 2 - y) < 1.15 * radius + 2


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
