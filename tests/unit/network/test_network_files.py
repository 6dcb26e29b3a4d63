from __future__ import annotations

import builtins
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

from avgraph.errors import AvgraphError, Issue, MappingError, SourceError
from avgraph.network import Network, draw, layout, project, read_membership, svg
from avgraph.network.export import plain_graph
from avgraph.network.scene import scene

HOSTILE = [
    'Les "Films" du <Fleuve> & Cie',
    "Studio\x00 \x1bNul\x0b",
    "Кино 🎬 映画",
    "a\tb\r\nc",
    "=HYPERLINK(1)",
    "]]>",
]


def hostile() -> Network:
    members = ["https://e.org/a", "https://e.org/b", "c\x01", "c%01", "d e", "f"]
    rows = [("w1", m) for m in members] + [("w2", m) for m in members[:2]]
    table = pl.DataFrame(rows, schema=["work", "member"], orient="row").with_columns(
        pl.lit("claim/1").alias("claim"), pl.when(pl.col("work") == "w1").then(2010).alias("year")
    )
    labels = [label.encode("utf-8", "replace").decode() for label in HOSTILE]
    nodes = pl.DataFrame(
        {"member": members, "label": labels, "countries": [["BE", "LU"], ["FR"], None, [], [None], ["X"]]}
    )
    return project(table, nodes, name="Hostile \x02 & co")


@pytest.mark.parametrize("kind", ["gexf", "graphml"])
def test_networkx_reads_back_what_was_written(kind: str, tmp_path: Path) -> None:
    network = hostile()
    path = getattr(network, f"write_{kind}")(tmp_path / f"n.{kind}")
    back = getattr(nx, f"read_{kind}")(path)
    expected = plain_graph(network)
    for graph in (back, expected):
        for *_, attributes in graph.edges(data=True):
            attributes.pop("id", None)
    assert dict(back.nodes(data=True)) == dict(expected.nodes(data=True))
    edges = {frozenset(edge[:2]): edge[2] for edge in back.edges(data=True)}
    assert edges == {frozenset(edge[:2]): edge[2] for edge in expected.edges(data=True)}
    assert back.number_of_edges() == 15


def test_texts_are_cleaned_and_unknown_values_left_out() -> None:
    graph = plain_graph(hostile())
    assert graph.name == "Hostile & co"
    labels = {a["label"] for _, a in graph.nodes(data=True)}
    assert labels == {'Les "Films" du <Fleuve> & Cie', "Studio Nul", "Кино 🎬 映画", "a b c", "=HYPERLINK(1)", "]]>"}
    edge = graph["https://e.org/a"]["https://e.org/b"]
    assert edge["works"] == "w1 | w2"
    assert edge["claims"] == "claim/1"
    assert graph.nodes["d e"] == {"label": "=HYPERLINK(1)", "n_works": 1}


def test_ids_that_xml_cannot_hold_stay_apart() -> None:
    graph = plain_graph(hostile())
    assert len(graph) == 6
    assert {"c%01", "c%01_"} <= set(graph)


def test_files_are_the_same_bytes_and_have_no_date(tmp_path: Path) -> None:
    for kind in ("gexf", "graphml"):
        first = getattr(hostile(), f"write_{kind}")(tmp_path / f"1.{kind}").read_bytes()
        assert first == getattr(hostile(), f"write_{kind}")(tmp_path / f"2.{kind}").read_bytes()
    assert "lastmodifieddate" not in (tmp_path / "1.gexf").read_text(encoding="utf-8")


def test_gexf_holds_weights_and_labels_where_gephi_looks(tmp_path: Path) -> None:
    root = ET.parse(hostile().write_gexf(tmp_path / "n.gexf")).getroot()
    space = {"g": "http://www.gexf.net/1.2draft"}
    edge = root.find(".//g:edge[@source='https://e.org/a']", space)
    assert edge is not None
    assert float(edge.attrib["weight"]) == pytest.approx(1.2)
    node = root.find(".//g:node[@id='https://e.org/a']", space)
    assert node is not None
    assert node.attrib["label"] == 'Les "Films" du <Fleuve> & Cie'


def test_edge_tables_are_safe_in_spreadsheets(tmp_path: Path) -> None:
    rows = pl.DataFrame({"work": ["w", "w", "w"], "member": ["a", "b", "c"], "claim": ["x", "y", None]})
    labels = ["=1+1", "-minus", "@at"]
    network = project(rows, pl.DataFrame({"member": ["a", "b", "c"], "label": labels}))
    csv = pl.read_csv(network.write_edges(tmp_path / "e.csv", evidence=True))
    assert csv.columns == ["source", "target", "source_label", "target_label", "weight", "n_works", "first_year",
                           "last_year", "works", "claims"]  # fmt: skip
    assert csv["source_label"].to_list() == ["'=1+1", "'=1+1", "'-minus"]
    assert csv["claims"].to_list() == ["x | y", "x", "y"]
    assert csv["weight"].to_list() == [0.5, 0.5, 0.5]
    parquet = pl.read_parquet(network.write_edges(tmp_path / "e.parquet", evidence=True))
    assert parquet["source_label"].to_list() == ["=1+1", "=1+1", "-minus"]
    assert parquet["claims"].to_list() == [["x", "y"], ["x"], ["y"]]
    assert (tmp_path / "e.csv").read_text().count("\n") == 4
    assert pl.read_csv(network.write_nodes(tmp_path / "n.tsv"), separator="\t")["label"].to_list()[0] == "'=1+1"
    with pytest.raises(AvgraphError, match=r"\.csv, \.tsv or \.parquet"):
        network.write_edges(tmp_path / "e.xls")


def test_layout_is_deterministic_and_parts_nodes() -> None:
    network = hostile()
    first = layout(network, seed=3)
    assert first.equals(layout(network, seed=3))
    assert not first.equals(layout(network, seed=4))
    assert first["node"].to_list() == network.nodes["node"].to_list()
    assert first.select("x", "y").unique().height == 6
    assert first.select(pl.col("x", "y").abs().max()).row(0) <= (1.0, 1.0)


def test_layout_puts_components_side_by_side() -> None:
    rows = pl.DataFrame({"work": ["1", "1", "1", "2", "2", "3"], "member": ["a", "b", "c", "d", "e", "f"]})
    xy = {node: (x, y) for node, x, y in layout(project(rows)).iter_rows()}
    triangle = [xy[n] for n in "abc"]
    low, high = [min(p[i] for p in triangle) for i in (0, 1)], [max(p[i] for p in triangle) for i in (0, 1)]
    for node in "def":
        assert not all(low[i] <= xy[node][i] <= high[i] for i in (0, 1))
    assert layout(project(rows.clear())).is_empty()


def test_svg_is_well_formed_and_tells_country_by_shape_too() -> None:
    drawing = svg(hostile(), title="Ties & <more>")
    root = ET.fromstring(drawing)
    assert root.attrib["aria-label"] == "Ties & <more>"
    space = "{http://www.w3.org/2000/svg}"
    texts = [element.text for element in root.iter(f"{space}text")]
    assert "Кино 🎬 映画" in texts
    assert {"BE (1)", "FR (1)", "X (1)", "unknown (3)"} <= set(texts)
    tips = {element.text for element in root.iter(f"{space}title")}
    assert 'Les "Films" du <Fleuve> & Cie – Studio Nul: 2 joint works, weight 1.2' in tips
    shapes = [child.tag for group in root.iter(f"{space}g") for child in group if child.attrib.get("fill")]
    assert f"{space}polygon" in shapes
    assert f"{space}circle" in shapes
    assert drawing == svg(hostile(), title="Ties & <more>")
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")


def test_svg_says_what_it_leaves_out() -> None:
    network = hostile()
    root = ET.fromstring(svg(network, max_nodes=2))
    assert len(list(root.iter("{http://www.w3.org/2000/svg}line"))) == 1
    assert "The 2 strongest of 6 members" in svg(network, max_nodes=2)
    ET.fromstring(svg(project(pl.DataFrame(schema={"work": pl.String, "member": pl.String}))))


def test_names_stay_inside_the_drawing_and_off_each_other() -> None:
    members = [f"A rather long company name {i}" for i in range(40)]
    rows = pl.DataFrame({"work": [f"w{i // 2}" for i in range(40)], "member": members})
    drawing = scene(project(rows), 40, 7, 600.0, 400.0, 300, None, None)
    assert 5 < len(drawing.labels) < 40
    boxes = []
    for label in drawing.labels:
        wide = 0.56 * 12 * len(label.text)
        left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        assert 0 <= left <= left + wide <= 600
        assert 30 <= label.y <= 360
        boxes.append((left, left + wide, label.y))
    for i, (left, right, y) in enumerate(boxes):
        assert not any(left < r and le < right and abs(y - other) < 12 for le, r, other in boxes[:i])


def test_draw_gives_a_figure_and_leaves_pyplot_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = pl.DataFrame({"work": ["w"] * 3, "member": ["$a$", "b", "c"]})
    figure = draw(project(rows), title="Price $5 and $6")
    figure.savefig(tmp_path / "n.png")
    assert (tmp_path / "n.png").stat().st_size > 5000
    assert "$a$" in [text.get_text() for text in figure.axes[0].texts]


def test_draw_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_matplotlib(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    with pytest.raises(AvgraphError, match=r"avgraph\[plot\]"):
        draw(hostile())


def test_a_csv_becomes_a_network(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(
        "\ufefffilm,person,when,as,part\n"
        '"Film, The",  Anna  B ,2014-03-05,director,0.5\n'
        '"Film, The",Carl,16/10/2014,,0.5\n'
        ",Nobody,2014,,\n"
        "Other,Carl,,writer,NA\n",
        encoding="utf-8",
    )
    membership, nodes = read_membership(path, work="film", member="person", year="when", role="as", weight="part")
    assert membership.drop("kind", "confidence").rows() == [
        ("Film, The", "Anna B", "director", 2014, 0.5, "films.csv#row=2"),
        ("Film, The", "Carl", None, 2014, 0.5, "films.csv#row=3"),
        ("Other", "Carl", "writer", None, None, "films.csv#row=5"),
    ]
    assert nodes.select("member", "label").rows() == [("Anna B", "Anna B"), ("Carl", "Carl")]
    assert project(membership, nodes).claims("Anna B", "Carl") == ("films.csv#row=2", "films.csv#row=3")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"work{delimiter}member\nw{delimiter}a\nw{delimiter}b\n")
    assert project(*read_membership(path, work="work", member="member")).edges.height == 1


def test_parquet_is_read_too(tmp_path: Path) -> None:
    pl.DataFrame({"w": ["1", "1"], "m": ["a", "b"], "y": [2001, 2002]}).write_parquet(tmp_path / "m.parquet")
    membership, _ = read_membership(tmp_path / "m.parquet", work="w", member="m", year="y")
    assert membership["year"].to_list() == [2001, 2002]


def test_wrong_files_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    with pytest.raises(SourceError, match="cannot be read"):
        read_membership(path, work="w", member="m")
    path.write_text("")
    with pytest.raises(SourceError, match="no header"):
        read_membership(path, work="w", member="m")
    path.write_text("title,person\nA,b\n")
    with pytest.raises(MappingError, match="did you mean 'person'"):
        read_membership(path, work="title", member="persons")
    path.write_text("title,person\nA,b\nA,b,c\n")
    with pytest.raises(SourceError, match="as many cells"):
        read_membership(path, work="title", member="person")
    path.write_bytes(b"title,person\nA,b\nA,Andr\xe9\n")
    with pytest.raises(SourceError, match="line 3: the file is not UTF-8"):
        read_membership(path, work="title", member="person")


def test_wrong_cells_raise_or_become_issues(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("w,m,y,s\nA,a,2001,0.5\nA,b,soon,0.5\nA,c,2001,much\nA,d,2001,-1\n")
    columns = {"work": "w", "member": "m", "year": "y", "weight": "s"}
    with pytest.raises(SourceError, match=r"row 3: 'soon' in column 'y' is no year"):
        read_membership(path, **columns)  # type: ignore[arg-type]
    issues: list[Issue] = []
    membership, _ = read_membership(path, **columns, issues=issues)  # type: ignore[arg-type]
    assert membership["member"].to_list() == ["a"]
    assert [(issue.where, issue.n_rows) for issue in issues] == [("row 3", 1), ("row 4", 1), ("row 5", 1)]
