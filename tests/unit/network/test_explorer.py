from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl

from avgraph.network import project
from avgraph.network.explorer import explorer_html

ROWS = pl.DataFrame(
    [("w1", "a", 2010, "c1"), ("w1", "b", 2010, "c2"), ("w2", "a", 2014, "c3"), ("w2", "b", 2014, "c4"),
     ("w3", "b", None, "c5"), ("w3", "c", None, "c6")],
    schema=["work", "member", "year", "claim"], orient="row",
)  # fmt: skip
NODES = pl.DataFrame({"member": ["a", "b"], "label": ["</script><b>A&B", "Béla"], "countries": [["BE", "FR"], ["LU"]]})
NETWORK = project(ROWS, NODES, works={"w1": "One", "w2": "Two <2>"}, name="N & M")


def data_of(page: str) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_a_tie_has_its_works_and_what_sources_say() -> None:
    quotes = {"c1": ("films.csv, row 2", "a | One"), "c4": ("press.html", "“Two” unites <them>")}
    page = explorer_html(NETWORK, quotes)
    data = data_of(page)
    assert data["members"] == ["Béla", "</script><b>A&B", "c"]
    assert data["ties"][0] == {
        "a": 1, "b": 0, "w": 2.0, "n": 2, "f": 2010, "l": 2014, "works": [["One", 2010], ["Two <2>", 2014]],
        "said": [["films.csv, row 2", "a | One"], ["press.html", "“Two” unites <them>"]], "n_said": 2,
    }  # fmt: skip
    assert data["ties"][1]["f"] is None
    assert data["ties"][1]["said"] == []


def test_nothing_of_a_source_becomes_markup() -> None:
    page = explorer_html(NETWORK, {"c1": ("s", "</script><img src=x onerror=alert(1)>")})
    assert "<b>A" not in page
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert "N &amp; M" in page


def test_drawing_tables_and_data_speak_of_the_same(tmp_path: Path) -> None:
    path = NETWORK.write_html(tmp_path / "n.html")
    page = path.read_text(encoding="utf-8")
    drawing, tables = page.split("</svg>")
    for what, n in (("member", 3), ("tie", 2)):
        for part in (drawing, tables):
            assert sorted(re.findall(rf'data-{what}="(\d+)"', part)) == [str(i) for i in range(n)]
    tips = dict(re.findall(r'<g data-member="(\d)">.*?<title>(.*?)[ (:]', drawing))
    assert tips["0"] == "Béla"
    assert '<tr data-member="0" data-country="LU">' in page
    assert path.read_bytes() == NETWORK.write_html(tmp_path / "again.html").read_bytes()


def test_of_many_members_the_strongest_are_shown_and_the_page_says_so() -> None:
    page = explorer_html(NETWORK, max_nodes=2)
    assert "Shown are 2 of 3 members and 1 of 2 ties" in page
    assert len(data_of(page)["ties"]) == 1


def test_an_empty_network_has_a_page() -> None:
    page = explorer_html(project(ROWS.clear()))
    assert data_of(page) == {"ties": [], "members": []}
