"""What a drawing shows, before it is SVG or Matplotlib: who, where, how large, and which names fit."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from avgraph.network.export import clean_text
from avgraph.network.matrix import Floats
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
#: Boxes of places for a name, the best first, and what gives the name at one of them.
_Offer = tuple["Floats", Callable[[int], "Label"]]
# Directions around a node, how far right of its point a name begins there, in its widths, and how far below.
_TURNS = [math.tau * turn / 32 for turn in range(32)]
_COS, _SIN = (np.array([f(turn) for turn in _TURNS]) for f in (math.cos, math.sin))
_IS_BESIDE, _SIDE = np.abs(_COS) > 0.3, np.copysign(1.0, _COS)
_SHARE = np.where(_IS_BESIDE, np.where(_SIDE > 0, 0.0, 1.0), 0.5)
_BELOW = np.where(_IS_BESIDE, 4.0, np.where(_SIN < 0, -4.0, 11.0))
_WIDER = np.array((-_SPACE, 0.0, _SPACE, 0.0))


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

    def place(node: str, offers: Iterable[_Offer], bare: Sequence[Place]) -> None:
        """Keep the first name that lies, with its leader, on no other name and on no node that is to stay `bare`."""
        dots, taken = _array(map(_reach, bare)), _array(names)
        circles = np.array(bare, dtype=np.float64).reshape(-1, 3)
        for boxes, label_at in offers:
            free = np.all((boxes[:, :2] > field[:2]) & (boxes[:, 2:] < field[2:]), axis=1)
            free &= ~_overlap(boxes + _WIDER, taken) & ~_overlap(boxes, dots)
            for i in np.flatnonzero(free):
                label = label_at(int(i))
                line = _steps(label.leader) if label.leader else []
                steps = _array(line)
                if not (_overlap(steps, taken).any() or _touch(steps, circles)):
                    names.extend((_box(label), *line))
                    found[node] = label
                    return

    for node, text in texts.items():
        others = [dot for other, dot in places.items() if other != node]
        place(node, (_offer(_beside(text, *places[node])), *_aloof(text, *places[node])), others)
    # In a crowd no place is free; then the first names may hide nodes that are weaker than their own, as few as can be.
    for i, (node, text) in enumerate(texts.items()):
        if i < _ALWAYS_NAMED and node not in found:
            dots = [_reach(dot) for other, dot in places.items() if other != node]
            bare = [places[row["node"]] for row in rows[:i]]
            place(node, [_offer(_least_hiding(_beside(text, *places[node]), dots))], bare)
    return list(found.values())


def _array(boxes: Iterable[Box]) -> Floats:
    """Return boxes as the rows of an array."""
    return np.array(list(boxes), dtype=np.float64).reshape(-1, 4)


def _overlap(boxes: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    """Tell of each box whether it lies on any of the others."""
    left, top, right, bottom = boxes.T[:, :, None]
    other_left, other_top, other_right, other_bottom = others.T[:, None, :]
    meet = (left < other_right) & (other_left < right) & (top < other_bottom) & (other_top < bottom)
    return cast(npt.NDArray[np.bool_], meet.any(axis=1))


def _width(text: str) -> float:
    return FONT_SIZE * sum(map(_advance, text))


def _box(label: Label) -> Box:
    """Return left, top, right and bottom of a name."""
    wide = _width(label.text)
    left = label.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    return left, label.y - 0.95 * FONT_SIZE, left + wide, label.y + 0.25 * FONT_SIZE


def _offer(labels: Iterable[Label]) -> _Offer:
    """Return places for a name that are given one by one."""
    offered = list(labels)
    return _array(map(_box, offered)), offered.__getitem__


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
    reaches = _array(dots)
    return sorted(labels, key=lambda label: int(_overlap(reaches, _array([_box(label)])).sum()))


def _aloof(text: str, x: float, y: float, radius: float) -> Iterator[_Offer]:
    """Yield rings of places around a node at growing distance; a leader joins them."""
    wide = _width(text)
    for away in (14, 26, 40, 56, 74, 94, 118, 144):
        end_x, end_y = x + (radius + away) * _COS, y + (radius + away) * _SIN
        at_x, at_y = np.where(_IS_BESIDE, end_x + 3 * _SIDE, end_x), end_y + _BELOW
        left = at_x - wide * _SHARE
        top = at_y - 0.95 * FONT_SIZE
        boxes = np.stack((left, top, left + wide, at_y + 0.25 * FONT_SIZE), axis=1)

        def label_at(
            i: int, at_x: Floats = at_x, at_y: Floats = at_y, end_x: Floats = end_x, end_y: Floats = end_y
        ) -> Label:
            leader = (x + radius * float(_COS[i]), y + radius * float(_SIN[i]), float(end_x[i]), float(end_y[i]))
            anchor = "middle" if not _IS_BESIDE[i] else "start" if _SIDE[i] > 0 else "end"
            return Label(float(at_x[i]), float(at_y[i]), anchor, text, leader)

        yield boxes, label_at


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


def _touch(line: Floats, dots: Floats) -> bool:
    """Tell whether a step of a line touches a node, given as x, y and radius."""
    x, y = (line[:, None, axis] / 2 + line[:, None, axis + 2] / 2 - dots[None, :, axis] for axis in (0, 1))
    return bool(np.any(np.hypot(x, y) < 1.15 * dots[:, 2] + 2))
