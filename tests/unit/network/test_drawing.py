from __future__ import annotations

import math
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations

import polars as pl
import pytest

from avgraph.network import Network, draw, project, svg
from avgraph.network.scene import Label, Scene, _least_hiding, scene
from avgraph.network.style import OTHER, PLAIN, UNKNOWN, country_markers

Box = tuple[float, float, float, float]


def of_works(*works: str, countries: dict[str, str] | None = None) -> Network:
    """Return a network with one work for each string, its letters the members."""
    rows = [(f"w{i}", member) for i, work in enumerate(works) for member in work]
    nodes = None
    if countries is not None:
        nodes = pl.DataFrame({"member": list(countries), "countries": [[c] for c in countries.values()]})
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"), nodes)


def crowd(n_members: int, n_works: int, seed: int = 1, called: str = "Société de production n°") -> Network:
    chance = random.Random(seed)
    members = [f"{called} {i}" for i in range(n_members)]
    rows = [(f"w{i}", member) for i in range(n_works) for member in chance.sample(members, 3)]
    return project(pl.DataFrame(rows, schema=["work", "member"], orient="row"))


def drawn(network: Network, max_nodes: int = 300, countries: list[str] | None = None) -> Scene:
    return scene(network, 25, 7, 960.0, 720.0, max_nodes, None, countries)


def box_of(label: Label) -> Box:
    """Return where a name stands in DejaVu Sans, wide as fonts go."""
    fonts = pytest.importorskip("matplotlib.font_manager", reason="names are measured with matplotlib")
    ft2font = pytest.importorskip("matplotlib.ft2font")
    font = ft2font.FT2Font(fonts.findfont("DejaVu Sans"))
    font.set_size(12, 72)
    font.set_text(label.text, 0.0)
    wide = font.get_width_height()[0] / 64
    left = label.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    return left, label.y - 10, left + wide, label.y + 3


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def distance(x: float, y: float, box: Box) -> float:
    return math.hypot(max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3]))


def along(line: Box) -> Iterator[tuple[float, float]]:
    x1, y1, x2, y2 = line
    return ((x1 + (x2 - x1) * i / 50, y1 + (y2 - y1) * i / 50) for i in range(51))


def test_a_country_looks_the_same_in_all_drawings_of_the_same_countries() -> None:
    first = of_works("ab", "cd", countries={"a": "BE", "b": "BE", "c": "LU", "d": "FR"})
    second = of_works("ab", "cd", countries={"a": "LU", "b": "LU", "c": "LU", "d": "BE"})
    looks = [{m.name: m for m, _ in drawn(net, countries=["FR", "LU"]).legend} for net in (first, second)]
    assert looks[0]["LU"] == looks[1]["LU"] == country_markers(["FR", "LU"])["LU"]
    assert looks[0]["FR"] == country_markers(["FR", "LU"])["FR"]
    assert "BE" not in looks[0]
    assert [(marker, n) for marker, n in drawn(second, countries=["FR", "LU"]).legend][-1] == (OTHER, 1)
    in_text = svg(second, countries=["FR", "LU"])
    assert in_text != svg(second)
    assert "LU (3)" in in_text


def test_colour_alone_never_tells_a_country() -> None:
    markers = [*country_markers([f"{i}" for i in range(20)]).values(), OTHER, UNKNOWN]
    assert len(markers) == 9
    assert len({marker.shape for marker in markers}) == 9
    assert len({marker.colour for marker in (*markers, PLAIN)}) == 10


def test_in_a_part_nobody_stands_without_a_tie() -> None:
    # c is stronger than d and e, but all its partners are weaker than they.
    network = of_works("ab", "ab", "ab", "cf", "cg", "ch", "de", "de")
    drawing = drawn(network, 5)
    assert [dot.tip.split(" (")[0] for dot in drawing.dots] == ["a", "b", "d", "e"]
    assert drawing.caption[0] == "Of the 5 strongest of 8 members, the 4 tied to one another: 2 ties."
    assert drawn(network, 2).caption[0] == "The 2 strongest of 8 members, 1 tie."
    assert drawn(network).caption[0] == "8 members, 5 ties."


def test_who_has_no_tie_at_all_is_drawn_where_everyone_is() -> None:
    assert len(drawn(of_works("ab", "c")).dots) == 3
    assert len(drawn(of_works("a", "b", "c"), 2).dots) == 2


def test_in_a_part_figures_are_those_of_the_whole() -> None:
    network = of_works("ab", "ab", "ac", "ad", "ae", "ab")
    dot = drawn(network, 2).dots[0]
    assert dot.tip == "a (country unknown): 4 partners, strength 6"
    assert dot.radius > drawn(network, 2).dots[1].radius


def test_countries_that_are_hardly_known_are_not_drawn() -> None:
    network = of_works("abcde", countries={"a": "BE"})
    drawing = drawn(network)
    assert drawing.legend == ()
    assert {dot.marker for dot in drawing.dots} == {PLAIN}
    assert "countries are known for 1 of 5 members and not shown" in drawing.caption[1]
    texts = [element.text or "" for element in ET.fromstring(svg(network)).iter("{http://www.w3.org/2000/svg}text")]
    assert not [text for text in texts if "(" in text]
    assert "countries are not known" in drawn(of_works("abcde")).caption[1]
    known = drawn(of_works("abcd", countries={"a": "BE"}))
    assert [(marker.name, n) for marker, n in known.legend] == [("BE", 1), ("unknown", 3)]
    assert "colour and shape: country" in known.caption[1]


def test_names_lie_neither_on_each_other_nor_on_nodes() -> None:
    drawing = drawn(crowd(30, 14))
    assert len(drawing.labels) > 15
    boxes = [box_of(label) for label in drawing.labels]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [
        (label.text, dot.tip)
        for label, box in zip(drawing.labels, boxes, strict=True)
        for dot in drawing.dots
        if distance(dot.x, dot.y, box) < dot.radius
    ]


def test_names_on_one_line_have_a_space_between_them() -> None:
    for n_members, n_works, seed in ((80, 60, 0), (120, 100, 2)):
        boxes = [box_of(label) for label in drawn(crowd(n_members, n_works, seed, "Member")).labels]
        wide = [(left - 2, top + 3, right + 2, bottom - 3) for left, top, right, bottom in boxes]
        assert not [pair for pair in combinations(wide, 2) if overlap(*pair)]


def test_of_names_that_hide_nodes_the_one_that_hides_fewest_comes_first() -> None:
    right, left, above = (Label(x, y, anchor, "Name") for x, y, anchor in
                          ((110, 100, "start"), (90, 100, "end"), (100, 80, "middle")))  # fmt: skip
    dots = [(120.0, 90.0, 130.0, 100.0), (135.0, 90.0, 145.0, 100.0), (60.0, 90.0, 70.0, 100.0)]
    assert _least_hiding([right, left, above], dots) == [above, left, right]


def test_leaders_cross_no_name_and_no_other_node() -> None:
    drawing = drawn(crowd(60, 40))
    leaders = [(label, label.leader) for label in drawing.labels if label.leader]
    assert leaders
    for label, leader in leaders:
        nodes = [dot for dot in drawing.dots if not dot.tip.startswith(f"{label.text} (")]
        names = [box_of(other) for other in drawing.labels if other != label]
        for x, y in along(leader):
            assert not [dot.tip for dot in nodes if (x - dot.x) ** 2 + (y - dot.y) ** 2 < dot.radius**2]
            assert not [box for box in names if overlap((x, y, x, y), box)]
    assert svg(crowd(60, 40)).count('<g stroke="#555555" stroke-width="0.8">\n<line') == 1


def test_the_strongest_are_named_in_any_crowd() -> None:
    drawing = drawn(crowd(300, 900))
    named = {label.text for label in drawing.labels}
    strongest = [dot.tip.split(" (")[0] for dot in drawing.dots[:5]]
    assert set(strongest) <= named
    boxes = [box_of(label) for label in drawing.labels]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


def test_a_figure_draws_the_same_scene() -> None:
    pytest.importorskip("matplotlib")
    plain = draw(of_works("abcde", countries={"a": "BE"})).axes[0]
    assert plain.get_legend() is None
    assert sum(len(collection.get_offsets()) for collection in plain.collections[1:2]) == 5
    network = of_works("ab", "cd", countries={"a": "BE", "b": "BE", "c": "LU"})
    legend = draw(network, countries=["LU"]).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["LU (1)", "other (2)", "unknown (1)"]
