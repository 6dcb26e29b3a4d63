"""The HTML report in a real browser: it renders, alone, without script and without the network."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from avgraph.knowledge import open_graph
from avgraph.report import report_html, write_report
from avgraph.workspace import init_workspace
from browsing import browse

# Where the browser itself calls, whatever page it shows.
BROWSERS_OWN = re.compile(
    r"(?:(?:accounts|(?:android\.)?clients\d*)\.google\.com|"
    r"(?:update|content-autofill|optimizationguide-pa|safebrowsing)\.googleapis\.com|[\w.-]+\.gvt1\.com)/.*|"
    r"www\.google\.com/async/folae"
)
DRAWING = re.compile(r"<svg xmlns.*?</svg>", re.DOTALL)
VOID = {"meta", "br", "link", "img", "hr", "input", "path", "circle", "line", "rect"}


class Reader(HTMLParser):
    """Collects tags with attributes, checks that they nest, and keeps the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def report(example_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(open_graph(example_graph), tmp_path_factory.mktemp("report") / "report.html")


# What a page looks like to its reader, told by the page itself.
MEASURE = """
const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
const words = e => { const r = document.createRange(); r.selectNodeContents(e); return box(r); };
const lines = e => { const r = document.createRange(); r.selectNodeContents(e);
  return new Set([...r.getClientRects()].filter(b => b.width).map(b => Math.round(b.top))).size; };
const all = (q, f) => [...document.querySelectorAll(q)].map(f);
const told = {
  page: [document.documentElement.scrollWidth, innerWidth],
  short_cells: all('td:not(.text), th:not(.text)', e => [e.textContent, lines(e)]),
  cells: all('td, th', e => [e.textContent, e.scrollWidth - e.clientWidth]),
  bars: all('.bars li', e => ({ label: words(e.querySelector('.label')), number: words(e.querySelector('.bar')) })),
  wider: all('main, main :not(thead)', e => e).filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).overflowX != 'visible').map(e => [e.getAttribute('role'), e.getAttribute('aria-label'),
      e.tabIndex, getComputedStyle(e).backgroundAttachment, getComputedStyle(e).overflowX]),
  letters: Math.min(...all('.drawing text', e => e.getBoundingClientRect().height)),
  hints: all('.hint', e => getComputedStyle(e).display != 'none'),
  drawings: all('.drawing svg', s => ({
    names: [...s.querySelectorAll('text[text-anchor]')].map(e => [e.textContent, ...box(e)]),
    dots: [...s.querySelectorAll(':is(circle, polygon):has(title)')].map(e => [e.textContent, ...box(e)]) })),
};
parent.document.body.textContent = JSON.stringify(told);
"""


def measured(folder: Path, page: str, width: int) -> dict[str, Any]:
    """Return what `MEASURE` tells of a page in a frame of `width` pixels: windows are 500 pixels wide at least."""
    inner = html.escape(page.replace("</body>", f"<script>{MEASURE}</script></body>"))
    outer = folder / "frame.html"
    outer.write_text(
        f'<!doctype html><meta charset="utf-8"><iframe width="{width}" height="800" srcdoc="{inner}"></iframe>',
        encoding="utf-8",
    )
    done = browse(folder, outer, f"--window-size={width + 100},900", "--dump-dom")
    body = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    assert body is not None
    told: dict[str, Any] = json.loads(html.unescape(body[1]))
    return told


def test_the_page_is_well_formed_and_asks_for_nothing(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    reader = read(page)
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "iframe", "img", "object", "embed", "base"}
    assert not [(t, a) for t, a in reader.tags if any(name.startswith("on") for name in a)]
    targets = [v for _, a in reader.tags for k, v in a.items() if k in ("src", "href", "xlink:href", "data", "action")]
    assert targets
    assert all(str(t).startswith("#") for t in targets)
    assert "@import" not in page
    assert "url(" not in page


def test_every_link_inside_the_page_has_its_target(report: Path) -> None:
    reader = read(report.read_text(encoding="utf-8"))
    ids = [str(a["id"]) for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for t, a in reader.tags if t == "a"} <= set(ids)


def test_every_drawing_has_a_name_and_every_table_headers(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    reader = read(page)
    drawings = [a for t, a in reader.tags if t == "svg"]
    assert [a.get("class") for a in drawings].count("chart") == 6
    assert len(drawings) == 3 + 6
    assert all(a.get("aria-label") or a.get("aria-labelledby") or a.get("role") for a in drawings)
    tables = [re.sub(r"<(?!th|caption).*?>", "", t) for t in re.findall(r"<table.*?</table>", page, re.DOTALL)]
    assert len(tables) > 20
    assert [t[:200] for t in tables if 'scope="' not in t] == []
    assert [t[:200] for t in tables[:-2] if "<caption" not in t] == []
    assert [t for t, _ in reader.tags if t == "h1"] == ["h1"]


def test_every_bar_says_what_it_stands_for_and_how_much(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    bars = re.findall(r'<li><span class="label">([^<]+)</span> <span class="bar" style="--share:([\d.]+)">(\d+)<', page)
    assert len(bars) == 22 + 12 + 12
    assert ("2013", "1.0000", "18") in bars
    assert ("Belgium", "1.0000", "148") in bars
    assert ("Samsa Film", "1.0000", "27") in bars
    assert ("Entre Chien et Loup", f"{10 / 27:.4f}", "10") in bars


def test_disagreements_tell_who_is_independent_and_what_would_settle_them(report: Path) -> None:
    text = re.sub(r"<[^>]+>", "", report.read_text(encoding="utf-8"))
    assert "168 statements confirmed by two or more independent sources" in text
    assert "To settle it: The award&#39;s own list of winners for that edition." in text


def test_a_country_looks_the_same_in_all_networks(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    looks: dict[str, set[tuple[str, str]]] = {}
    legends = []
    for drawing in DRAWING.findall(page):
        marks = re.findall(r'<(\w+) ([^>]*?)fill="(#\w+)"[^>]*></\w+></g>\n<text[^>]*>([A-Z]{2}) \(', drawing)
        legends.append([country for *_, country in marks])
        for shape, attributes, colour, country in marks:
            looks.setdefault(country, set()).add((f"{shape} {attributes.count(',')}", colour))
    assert {"BE", "FR", "LU"} <= set(legends[0]) & set(legends[1])
    assert legends[2] == []
    assert {country: len(look) for country, look in looks.items()} == dict.fromkeys(looks, 1)
    assert len({shape for look in looks.values() for shape, _ in look} - {"polygon 3"}) >= 4


def test_a_drawing_of_a_part_says_so_and_shows_no_dot_without_a_line(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    said = [ET.fromstring(text).findtext("{*}desc") or "" for text in DRAWING.findall(page)]
    assert re.match(r"Of the 80 strongest of \d+ members, the \d+ tied to one another: \d+ ties\. ", said[0])
    assert re.match(r"\d+ members, \d+ ties\. Size: strength", said[1])
    # Of those who are drawn; 46 of all 257 have a nationality.
    assert "countries are known for 14 of 64 members and not shown" in said[2]


def test_it_tells_the_disagreement_with_both_quotes(report: Path) -> None:
    text = " ".join("".join(read(report.read_text(encoding="utf-8")).text).split())
    assert "Belgium and Luxembourg" in text
    assert "Alexandre Espigares and Laurent Witz preferred records/awards.csv" in text
    assert "in 2014, Stéphane Halleux received an Oscar" in text
    assert "articles/2019-10-16-partners-on-screen.html" in text


def test_titles_and_names_are_escaped(tmp_path: Path) -> None:
    from avgraph.build import build_workspace

    space = init_workspace(tmp_path, "<script>alert(1)</script>")
    (tmp_path / "records" / "f.toml").write_text(
        '[entity.film]\ntype = "Work"\nsubtype = "film"\nname = "{t}"\nyear = "2001"\n'
        '[entity.company]\ntype = "Organization"\nname = "{c}"\nsplit = ";"\n'
        '[[claim]]\nkind = "Participation"\nwork = "film"\norganization = "company"\nrole = "producer"\n'
    )
    (tmp_path / "records" / "f.csv").write_text("t,c\n<img src=x onerror=alert(1)>,<b>A</b>;<i>B & C</i>\n")
    build_workspace(space)
    reader = read(report_html(open_graph(tmp_path)))
    assert not {tag for tag, _ in reader.tags} & {"script", "img", "b", "i"}
    assert "<b>A</b>" in "".join(reader.text)


def test_an_empty_graph_has_a_page(tmp_path: Path) -> None:
    from avgraph.build import build_workspace

    build_workspace(init_workspace(tmp_path, "nothing"))
    text = "".join(read(report_html(open_graph(tmp_path))).text)
    assert "No source contradicts another." in text


@pytest.mark.parametrize(
    ("width", "flags"), [(1280, ()), (1280, ("--blink-settings=preferredColorScheme=0",)), (500, ())]
)
def test_a_browser_lays_it_out(report: Path, tmp_path: Path, width: int, flags: tuple[str, ...]) -> None:
    picture = tmp_path / "page.png"
    browse(tmp_path, report, f"--window-size={width},2400", f"--screenshot={picture}", *flags)
    matplotlib = pytest.importorskip("matplotlib.image", reason="pictures are read with matplotlib")
    pixels = matplotlib.imread(picture)[:, :, :3]
    assert pixels.shape[1] == width
    background = pixels[5, 5]
    assert bool(background.mean() < 0.5) is bool(flags)
    inked = (abs(pixels - background).max(axis=2) > 0.2).any(axis=1)
    assert inked.mean() > 0.3
    assert not (abs(pixels[:, -2:] - background).max(axis=2) > 0.2).any(), "something runs out of the page on the right"


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_it_can_be_read_at_any_width(report: Path, tmp_path: Path, width: int) -> None:
    told = measured(tmp_path, report.read_text(encoding="utf-8"), width)
    assert told["page"] == [width, width]
    assert [text for text, lines in told["short_cells"] if lines > 1] == []
    assert [text for text, over in told["cells"] if over > 0] == []
    assert len(told["bars"]) == 46
    words = [box for bar in told["bars"] for box in (bar["label"], bar["number"])]
    assert all(0 <= box[0] < box[2] <= width for box in words)
    for i, (left, top, right, bottom) in enumerate(words):
        # Three pixels between words of one line.
        near = [b for b in words[:i] if left < b[2] + 3 and b[0] < right + 3 and top < b[3] and b[1] < bottom]
        assert near == []
    for role, label, tab, shadow, overflow in told["wider"]:
        assert (role, tab, overflow) == ("region", 0, "auto")
        assert label
        assert "local" in shadow
        assert "scroll" in shadow
    # The drawings, and the tables of windows of years.
    assert len(told["wider"]) == (3 + 3 if width < 922 else 0)
    assert told["hints"] == [width < 922] * 3
    assert told["letters"] > 12


def test_names_in_the_drawings_lie_neither_on_each_other_nor_on_dots(report: Path, tmp_path: Path) -> None:
    for drawing in measured(tmp_path, report.read_text(encoding="utf-8"), 1280)["drawings"]:
        names = drawing["names"]
        assert len(names) > 15
        assert len(drawing["dots"]) > 25
        for i, (name, left, top, right, bottom) in enumerate(names):
            # A line box is higher than its letters, and the box of a dot wider than the dot.
            over = [
                other
                for other, x1, y1, x2, y2 in names[:i] + drawing["dots"]
                if left + 1 < x2 and x1 + 1 < right and top + 2 < y2 and y1 + 2 < bottom and not other.startswith(name)
            ]
            assert over == [], name


def test_a_long_series_scrolls_in_its_own_frame(tmp_path: Path, report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    year = '<li><span class="label">2023</span> <span class="bar" style="--share:0.3333">6</span></li>'
    assert year in page
    told = measured(tmp_path, page.replace(year, year * 60), 1280)
    assert told["page"] == [1280, 1280]
    assert [row[:3] for row in told["wider"]] == [["region", "Co-productions per year", 0]]


def test_a_browser_asks_nobody_anything(report: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    done = browse(tmp_path, report, f"--log-net-log={log}", "--dump-dom")
    assert "Company network" in done.stdout
    asked = set(re.findall(r'"url":"(?:https?|wss?)://([^?#"]+)', log.read_text(encoding="utf-8", errors="replace")))
    assert not {place for place in asked if not BROWSERS_OWN.fullmatch(place)}
