"""The pages of ``avgraph serve`` as their readers use them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from avgraph.build import build_workspace
from avgraph.workspace import Workspace
from browsing import browser
from serving import TOKEN, Served, eventually, serving

#: A page may be the first that needs what is slow to load, and the machine may be busy.
expect.set_options(timeout=30_000)
_DIRECTED = "/editor?query=SELECT+%3Fa+%3Fb+%7B%3Fa+schema:director+%3Fb%7D"
_WRONG = "/editor?query=SELECT+*+%7B+%3Fs+foaf:name+%3Fo+%7D"
_NOWHERE = "/page/nothing/of-that-name"
#: A page of each sort; places in braces are filled from the graph.
PAGES = (
    "/", "/search", "/search?q=film&type=fund", "/search?q=nobodyatall", "/sources", "/conflicts",
    "/conflicts?outcome=contradicted", "/page/work/unite-42-69b9698c", "/page/organization/samsa-film-co0016496",
    "/page/source/articles/2008-07-03-eurimages.txt", "/page/source/records/credits.tsv", "{claim}", "{conflict}",
    "/queries", "/queries/partner-rank?country=LU&view=chart", "/queries/who-directed", "/editor",
    f"{_DIRECTED}&view=network", _WRONG, "/network/company", "/network/person?colour=community", "{tie}",
    "/network/company/path?a=Samsa+Film&b=RTBF", "/network/company/path", "/review", "/login", "/schema", "/api",
    _NOWHERE,
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def served(example_graph: Path) -> Iterator[Served]:
    with serving(example_graph) as server:
        yield server


@pytest.fixture(scope="module")
def filled(served: Served) -> dict[str, str]:
    """Addresses that hold a hash."""

    def first(page: str, pattern: str) -> str:
        found = re.search(f'href="({pattern}[^"]*)"', served.ask("GET", page).text)
        assert found, (page, pattern)
        return found[1].replace("&amp;", "&")

    return {
        "claim": first("/page/work/unite-42-69b9698c", "/page/claim/"),
        "conflict": first("/conflicts", "/page/conflict/"),
        "tie": first("/network/company", "/network/company/tie"),
    }


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as opened:
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test if its scripts fail, or the policy refuses something of it."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
    yield opened
    assert not faults


def test_from_a_search_to_the_entity_its_quote_and_the_document(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.get_by_role("searchbox").first.fill("unit")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Unité 42", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Unité 42")
    said = page.locator(".statement", has_text="John Engel produced Unité 42")
    expect(said.locator("q").first).to_contain_text("John Engel (Left Field Ventures) et la RTBF ont produit la série")
    said.locator(".evidence a").first.click()
    assert "/page/source/articles/2018-11-12-unite-42-geneve.html#claim-" in page.url
    text = page.locator(".article")
    expect(text).to_contain_text("John Engel (Left Field Ventures) et la RTBF ont produit la série")
    # The names in the text are marked, and lead back to the entities.
    text.get_by_role("link", name="John Engel").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("John Engel")


def test_a_query_with_a_chart_has_an_address_of_its_own(served: Served, page: Page, context: BrowserContext) -> None:
    page.goto(f"{served.url}queries/partner-rank")
    page.get_by_label("country").fill("Luxembourg")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("link", name="chart").click()
    chart = page.get_by_role("img", name="n titles / partner")
    expect(chart).to_be_visible()
    bars = chart.locator("rect").count()
    assert bars == page.locator("table.answer tbody tr").count() > 10
    again = context.new_page()
    again.goto(page.url)
    assert again.get_by_role("img", name="n titles / partner").locator("rect").count() == bars
    again.close()


def _choose(page: Page, editor: Locator, name: str) -> None:
    """Take what is offered; a list that is just being made anew takes no click, and goes with it."""
    offered = page.locator(".cm-tooltip-autocomplete li", has_text=name).first
    for _ in range(5):
        if not offered.is_visible():
            page.keyboard.press("Control+Space")
        offered.click()
        page.wait_for_timeout(200)
        if name in editor.inner_text():
            return


def test_the_editor_completes_asks_and_tells_where_a_query_is_wrong(served: Served, page: Page) -> None:
    page.goto(f"{served.url}editor?query=SELECT+*+WHERE+%7B%0A%7D")
    editor = page.get_by_role("textbox", name="Query")
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.type(" ?work schema:direc", delay=15)
    _choose(page, editor, "schema:director")
    expect(editor).to_contain_text("?work schema:director")
    page.keyboard.type(" ?who")
    page.keyboard.press("Control+Enter")
    expect(page.locator("table.answer tbody tr").first).to_be_visible()
    assert "schema%3Adirector+%3Fwho" in page.url
    page.get_by_role("link", name="network", exact=True).click()
    expect(page.locator("figure.drawing svg")).to_be_visible()

    page.goto(f"{served.url}editor?query=SELECT+*+%7B%0A++%3Fs+foaf:name+%3Fo+%7D")
    expect(page.get_by_role("alert")).to_contain_text("line 2, column")
    expect(page.get_by_role("alert")).to_contain_text("PREFIX foaf: <http://xmlns.com/foaf/0.1/>")
    expect(page.locator(".cm-activeLine")).to_contain_text("foaf:name")


def test_a_tie_leads_to_the_sentences_behind_it(served: Served, page: Page) -> None:
    page.goto(f"{served.url}network/company")
    page.locator("#ties tbody tr").first.get_by_role("button").click()
    detail = page.get_by_label("Details")
    expect(detail.get_by_role("heading").first).to_have_text("Artémis Productions – Samsa Film")
    expect(detail.locator(".statement q").first).to_be_visible()
    assert page.locator("svg .lit[data-tie]").count() == 1
    page.locator("svg [data-member='0'] > *").first.click()
    expect(detail.get_by_role("heading").first).to_have_text("Samsa Film")
    detail.get_by_role("link", name="its page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Samsa Film")


def test_the_network_is_filtered_by_years_and_roles(served: Served, page: Page) -> None:
    page.goto(f"{served.url}network/company")
    whole = page.locator("#ties tbody tr").count()
    page.get_by_label("Works from").fill("2015")
    page.get_by_label("Role").select_option("co-producer")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "from=2015" in page.url
    assert 0 < page.locator("#ties tbody tr").count() < whole
    shown = page.locator("#ties tbody tr:visible")
    before = shown.count()
    page.get_by_label("Least joint works").fill("2")
    expect(page.get_by_role("status")).to_contain_text("ties")
    assert shown.count() < before


def test_all_is_read_without_scripts(served: Served, chromium: Browser, filled: dict[str, str]) -> None:
    with chromium.new_context(java_script_enabled=False) as plain:
        page = plain.new_page()
        page.goto(f"{served.url}network/company")
        page.locator("#ties tbody a").first.click()
        expect(page.locator("#said .statement q").first).to_be_visible()
        page.goto(f"{served.url}editor")
        page.get_by_label("Query").fill("SELECT (COUNT(*) AS ?n) { ?film a schema:Movie }")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("table.answer td")).to_have_text("172")


def test_a_verdict_is_a_line_in_the_file_and_the_rebuilt_graph_is_served(
    example_graph: Path, tmp_path: Path, chromium: Browser
) -> None:
    root = tmp_path / "w"
    shutil.copytree(example_graph, root)
    space = Workspace.load(root)
    lines = space.decisions_path.read_text(encoding="utf-8").splitlines()
    with serving(root, writable=True) as server, chromium.new_context() as opened:
        page = opened.new_page()
        page.goto(f"{server.url}review")
        expect(page.get_by_role("button", name="same")).to_have_count(0)
        page.get_by_role("link", name="Log in").click()
        page.get_by_label("Token").fill("not the token")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Log in").click()
        pair = page.locator("article", has_text="Arte – Arte France")
        pair.get_by_label("Comment").fill("The French half of the channel.")
        pair.get_by_role("button", name="same", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text(f"line {len(lines) + 1}")
        expect(page.locator("article", has_text="Arte – Arte France")).to_have_count(0)
        *before, line = space.decisions_path.read_text(encoding="utf-8").splitlines()
        assert before == lines
        assert "skos:exactMatch" in line
        assert "The French half of the channel." in line

        report = build_workspace(space)
        assert report.changed
        content = report.snapshot.manifest["content"][:16]
        assert eventually(lambda: content in server.ask("GET", "/").text)
        page.goto(f"{server.url}search?q=arte+france")
        page.locator("main td a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Arte France")
        expect(page.locator("dl.facts").first).to_contain_text("ARTE · Arte")

        page.goto(f"{server.url}review")
        page.locator("article").first.get_by_role("button", name="unsure").click()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_role("status")).to_contain_text("Taken back")
        assert space.decisions_path.read_text(encoding="utf-8").splitlines() == [*before, line]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_there_in_both_languages(served: Served, filled: dict[str, str], language: str) -> None:
    for path in PAGES:
        told = served.ask("GET", path.format(**filled), Accept_Language=language, Accept="text/html")
        assert told.status == {_NOWHERE: 404, _WRONG: 400}.get(path, 200), path
        assert told.headers["Content-Language"] == language
        assert f'<html lang="{language}">' in told.text
        assert "default-src 'none'" in told.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_has_a_barrier_or_runs_over_the_edge(
    served: Served, filled: dict[str, str], chromium: Browser, width: int, scheme: str
) -> None:
    # The policy would keep the checker's script out, too.
    with chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True,  # type: ignore[arg-type]
    ) as opened:  # fmt: skip
        page = opened.new_page()
        barriers = []
        for path in PAGES:
            page.goto(served.url.rstrip("/") + path.format(**filled))
            page.wait_for_load_state("networkidle")
            for rule in Axe().run(page).response["violations"]:
                barriers.append((path, rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]))
            if page.evaluate("document.documentElement.scrollWidth") > width:
                barriers.append((path, "wider than the window", []))
    assert not barriers
