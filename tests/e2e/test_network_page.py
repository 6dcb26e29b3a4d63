"""The page of a network, as its reader uses it."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from browsing import browse

USE = """
const errors = []; addEventListener("error", e => errors.push(e.message));
const seen = q => [...document.querySelectorAll(q)].filter(e => getComputedStyle(e).display != "none").length;
const press = e => e.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const told = { at_first: [seen("#members tbody tr"), seen("svg [data-tie]")] };
press(document.querySelector("#members tbody tr button"));
told.member = detail.innerText; told.lit = document.querySelectorAll("svg .lit[data-tie]").length;
press(detail.querySelector("li button"));
told.tie = detail.innerText;
press(document.querySelector("svg [data-member='1'] > *"));
told.from_drawing = detail.querySelector("h2").textContent;
$("search").value = data.members[2]; $("search").dispatchEvent(new Event("change"));
told.searched = detail.querySelector("h2").textContent;
$("from").value = 2015; $("least").value = 2; $("filter").dispatchEvent(new Event("input"));
told.filtered = [seen("#members tbody tr"), seen("#ties tbody tr"), seen("svg [data-tie]"), $("count").textContent];
const byName = document.querySelector("#members th:nth-child(2) button"); press(byName); press(byName);
told.sorted = [...document.querySelectorAll("#members tbody tr")].map(e => e.cells[1].textContent);
const wide = svg.viewBox.baseVal.width; press($("in")); told.zoomed = svg.viewBox.baseVal.width / wide;
told.width = [document.documentElement.scrollWidth, innerWidth]; told.errors = errors;
document.body.textContent = JSON.stringify(told);
"""


@pytest.fixture(scope="module")
def page(avgraph: Callable[..., subprocess.CompletedProcess[str]], example_graph: Path,
         tmp_path_factory: pytest.TempPathFactory) -> str:  # fmt: skip
    path = tmp_path_factory.mktemp("network") / "companies.html"
    done = avgraph("network", "company", "-g", example_graph, "-o", path)
    assert done.returncode == 0, done.stderr
    assert f"written: {path}" in done.stderr
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def told(page: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("used")
    used = folder / "used.html"
    used.write_text(page.replace("filter();\n</script>", f"filter();{USE}</script>"), encoding="utf-8")
    dom = browse(folder, used, "--dump-dom", "--window-size=1280,900").stdout
    found = re.search(r"<body[^>]*>(.*)</body>", dom, re.DOTALL)
    assert found, dom[:500]
    return json.loads(html.unescape(found[1]))  # type: ignore[no-any-return]


def test_a_member_leads_to_its_ties_and_a_tie_to_works_and_words(told: dict[str, Any]) -> None:
    assert told["errors"] == []
    assert told["at_first"] == [148, 308]
    assert told["member"].startswith("Samsa Film")
    assert told["lit"] == 38
    assert "Artémis Productions – Samsa Film" in told["tie"]
    assert "La femme de Gilles (2004)" in told["tie"]
    assert "Best Luxembourg film: 'Eng nei Zäit' by Christophe Wagner (Samsa Film)" in told["tie"]
    assert "articles/2016-03-05-filmpraeis.html" in told["tie"]


def test_drawing_search_filter_sorting_and_zoom_work(told: dict[str, Any]) -> None:
    assert told["from_drawing"] == "Artémis Productions"
    assert told["searched"] == "Entre Chien et Loup"
    members, ties, lines, said = told["filtered"]
    assert ties == lines > 0
    assert said == f"{members} members, {ties} ties"
    assert told["sorted"][0] < "B"  # ascending after the second click
    assert len(told["sorted"]) == 148
    assert told["zoomed"] < 0.8
    assert told["width"][0] <= told["width"][1]


def test_the_page_can_be_read_without_scripts(page: str) -> None:
    assert page.count("<svg") == 1
    assert page.count('<tr data-member="') == 148
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import""", page)
