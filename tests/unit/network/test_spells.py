from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from dated_films import network_of

from avgraph.network import Network, project
from avgraph.network.export import plain_graph

FILMS = [
    ("w1", 2001, "abc"),
    ("w2", 2002, "ab"),
    ("w3", 2005, "ab"),
    ("w4", None, "ad"),
    ("w5", 2007, "c"),
]

# What GEXF 1.3 allows where: attributes (required ones with !) and children.
GRAMMAR = {
    "gexf": ("version! variant", "meta graph"),
    "meta": ("lastmodifieddate", "creator keywords description"),
    "creator": ("", ""),
    "description": ("", ""),
    "graph": ("defaultedgetype idtype timeformat start end timestamp mode timerepresentation timezone",
              "attributes nodes edges"),
    "attributes": ("class! mode", "attribute"),
    "attribute": ("id! title! type!", "default options"),
    "nodes": ("count", "node"),
    "node": ("id! label start end timestamp intervals timestamps pid", "attvalues spells nodes edges parents"),
    "edges": ("count", "edge"),
    "edge": ("id source! target! type label weight kind start end timestamp intervals timestamps", "attvalues spells"),
    "attvalues": ("", "attvalue"),
    "attvalue": ("for! value! start end timestamp", ""),
    "spells": ("", "spell"),
    "spell": ("start end timestamp", ""),
}  # fmt: skip
TYPES = {"integer", "long", "double", "float", "boolean", "string"}
SPACE = "{http://gexf.net/1.3}"
DATE = re.compile(r"\d{4}-(01-01|12-31)")


def check_gexf(path: Path) -> ET.Element:
    """Check a file against the structure of GEXF 1.3 and return its root."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{SPACE}gexf"
    assert root.attrib == {"version": "1.3"}
    for element in root.iter():
        assert element.tag.startswith(SPACE)
        allowed, children = (part.split() for part in GRAMMAR[element.tag.removeprefix(SPACE)])
        assert set(element.attrib) <= {name.rstrip("!") for name in allowed}, element.tag
        assert {name.rstrip("!") for name in allowed if name.endswith("!")} <= set(element.attrib), element.tag
        assert {child.tag.removeprefix(SPACE) for child in element} <= set(children), element.tag
        assert element.tag != f"{SPACE}spells" or len(element)
    graph = root.find(f"{SPACE}graph")
    assert graph is not None
    order = [child.tag.removeprefix(SPACE) for child in graph]
    assert order == sorted(order, key=["attributes", "nodes", "edges"].index)
    assert order[-2:] == ["nodes", "edges"]
    declared: dict[tuple[str, str], str] = {}
    for group in graph.iter(f"{SPACE}attributes"):
        assert group.get("class") in ("node", "edge")
        assert group.get("mode") in ("static", "dynamic")
        for attribute in group:
            assert attribute.get("type") in TYPES
            declared[str(group.get("class")), str(attribute.get("id"))] = str(group.get("mode"))
    ids = [node.get("id") for node in graph.iter(f"{SPACE}node")]
    assert len(ids) == len(set(ids))
    for kind in ("node", "edge"):
        for element in graph.iter(f"{SPACE}{kind}"):
            assert kind == "node" or {element.get("source"), element.get("target")} <= set(ids)
            for value in element.iter(f"{SPACE}attvalue"):
                dynamic = declared[kind, str(value.get("for"))] == "dynamic"
                assert (value.get("start") is not None, value.get("end") is not None) == (dynamic, dynamic)
    for element in graph.iter():
        for end in ("start", "end"):
            assert end not in element.attrib or DATE.fullmatch(element.attrib[end])
    return root


def test_the_file_has_the_structure_of_gexf_13(tmp_path: Path) -> None:
    network = network_of(FILMS, name="A & B")
    root = check_gexf(network.write_gexf(tmp_path / "n.gexf", dynamic=True))
    graph = root.find(f"{SPACE}graph")
    assert graph is not None
    assert graph.attrib == {"defaultedgetype": "undirected", "mode": "dynamic", "timeformat": "date",
                            "timerepresentation": "interval"}  # fmt: skip
    assert [element.text for element in root.iter(f"{SPACE}description")] == ["A & B: weight newman"]
    assert [element.text for element in root.iter(f"{SPACE}creator")] == ["avgraph"]
    nothing = network_of([]).write_gexf(tmp_path / "0.gexf", dynamic=True)
    check_gexf(nothing)
    assert nx.read_gexf(nothing).graph["mode"] == "dynamic"


def test_spells_are_runs_of_active_years(tmp_path: Path) -> None:
    back = nx.read_gexf(network_of(FILMS).write_gexf(tmp_path / "n.gexf", dynamic=True))
    assert back.graph["mode"] == "dynamic"
    assert dict(back.nodes(data="spells")) == {
        "a": [("2001-01-01", "2002-12-31"), ("2005-01-01", "2005-12-31")],
        "b": [("2001-01-01", "2002-12-31"), ("2005-01-01", "2005-12-31")],
        "c": [("2001-01-01", "2001-12-31"), ("2007-01-01", "2007-12-31")],
        "d": None,
    }
    assert {frozenset(edge[:2]): edge[2] for edge in back.edges(data="spells")} == {
        frozenset("ab"): [("2001-01-01", "2002-12-31"), ("2005-01-01", "2005-12-31")],
        frozenset("ac"): [("2001-01-01", "2001-12-31")],
        frozenset("bc"): [("2001-01-01", "2001-12-31")],
        frozenset("ad"): None,
    }
    assert back.edges["a", "b"]["weight"] == [
        (0.5, "2001-01-01", "2001-12-31"), (1.0, "2002-01-01", "2002-12-31"), (1.0, "2005-01-01", "2005-12-31")
    ]  # fmt: skip
    assert back.edges["a", "b"]["total_weight"] == 2.5
    # A tie without a year is always there, with its weight as it is.
    assert back.edges["a", "d"]["weight"] == 1.0


def test_everything_else_is_as_in_the_file_without_time(tmp_path: Path) -> None:
    nodes = pl.DataFrame({"member": ["a", "b"], "label": ["Ä\x00 <1>", "B"], "countries": [["BE"], ["LU", "FR"]]})
    rows = pl.DataFrame({"work": ["w"] * 3, "member": ["a", "b", "c\x01"], "year": [2001] * 3, "claim": ["k"] * 3})
    network = project(rows, nodes)
    path = network.write_gexf(tmp_path / "n.gexf", dynamic=True)
    check_gexf(path)
    back, expected = nx.read_gexf(path), plain_graph(network)
    for node, attributes in expected.nodes(data=True):
        assert {k: v for k, v in back.nodes[node].items() if k != "spells"} == attributes
    for a, b, attributes in expected.edges(data=True):
        found = {k: v for k, v in back.edges[a, b].items() if k not in ("spells", "id", "weight", "total_weight")}
        assert found == {k: v for k, v in attributes.items() if k != "weight"}


def test_a_member_is_there_whenever_one_of_its_ties_is(tmp_path: Path) -> None:
    rows = pl.DataFrame({"work": ["w", "w"], "member": ["a", "b"], "year": [2000, None]})
    back = nx.read_gexf(project(rows).write_gexf(tmp_path / "n.gexf", dynamic=True))
    assert back.nodes["b"]["spells"] == [("2000-01-01", "2000-12-31")]


@pytest.mark.parametrize("year", [0, -5, 10_000])
def test_years_that_no_date_can_hold_have_no_spell(year: int, tmp_path: Path) -> None:
    path = network_of([("w", year, "ab"), ("v", 987, "ac")]).write_gexf(tmp_path / "n.gexf", dynamic=True)
    check_gexf(path)
    back = nx.read_gexf(path)
    assert "spells" not in back.nodes["b"]
    assert back.edges["a", "b"]["weight"] == 1.0
    assert back.edges["a", "c"]["spells"] == [("0987-01-01", "0987-12-31")]


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    def written(network: Network, name: str) -> bytes:
        return network.write_gexf(tmp_path / name, dynamic=True).read_bytes()

    one = written(network_of(FILMS), "1.gexf")
    assert one == written(network_of(FILMS[::-1]), "2.gexf")
    assert b"NetworkX" not in one
    assert written(network_of(FILMS), "3.gexf") != network_of(FILMS).write_gexf(tmp_path / "4.gexf").read_bytes()
