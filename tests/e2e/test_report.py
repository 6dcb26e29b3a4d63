"""The HTML report in a real browser: it renders, alone, without script and without the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from avgraph.knowledge import open_graph
from avgraph.report import report_html, write_report
from avgraph.workspace import init_workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-component-update", "--disable-background-networking", "--hide-scrollbars")  # fmt: skip
# Where the browser itself calls, whatever page it shows.
BROWSERS_OWN = re.compile(
    r"(?:accounts|(?:android\.)?clients\d*)\.google\.com|"
    r"(?:update|content-autofill|optimizationguide-pa|safebrowsing)\.googleapis\.com|[\w.-]+\.gvt1\.com"
)
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


def browse(folder: Path, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    if CHROMIUM is None:
        assert not os.environ.get("AVGRAPH_CI"), "no chromium on this machine, and AVGRAPH_CI is set"
        pytest.skip("no chromium on this machine")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", *flags, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


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
    reader = read(report.read_text(encoding="utf-8"))
    drawings = [a for t, a in reader.tags if t == "svg"]
    assert len(drawings) == 6
    assert all(a.get("aria-label") or a.get("aria-labelledby") or a.get("role") for a in drawings)
    assert [t for t, _ in reader.tags if t == "h1"] == ["h1"]


def test_it_tells_the_disagreement_with_both_quotes(report: Path) -> None:
    text = " ".join("".join(read(report.read_text(encoding="utf-8")).text).split())
    assert "Belgium and Luxembourg" in text
    assert "Alexandre Espigares and Laurent Witz preferred records/awards.csv" in text
    assert "in 2014, Stéphane Halleux received an Oscar" in text
    assert "articles/2019-10-16-partners-on-screen.html" in text


def test_the_same_graph_gives_the_same_page(report: Path, example_graph: Path) -> None:
    assert report_html(open_graph(example_graph)) == report.read_text(encoding="utf-8")


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


def test_a_browser_asks_nobody_anything(report: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    done = browse(tmp_path, report, f"--log-net-log={log}", "--dump-dom")
    assert "Company network" in done.stdout
    hosts = set(re.findall(r'"url":"(?:https?|wss?)://([^/"]+)', log.read_text(encoding="utf-8", errors="replace")))
    assert not {host for host in hosts if not BROWSERS_OWN.fullmatch(host)}
