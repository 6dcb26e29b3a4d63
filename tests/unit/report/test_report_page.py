"""The page with the answers: the same from any store, the same twice, for the countries that were asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib

from avgraph.cli import app
from avgraph.graph.backend import RdflibBackend
from avgraph.knowledge import KnowledgeGraph, open_graph
from avgraph.report import report_html

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*args: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["avgraph", "report", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            app.main()
        captured = capsys.readouterr()
        return int(caught.value.code or 0), captured.out + captured.err

    return call


@pytest.fixture(scope="module")
def page(six_works: KnowledgeGraph) -> str:
    return report_html(six_works, "Six works")


def test_the_same_graph_gives_the_same_bytes(six_works: KnowledgeGraph, page: str) -> None:
    assert report_html(open_graph(six_works.location), "Six works") == page


def test_any_store_gives_the_same_page(six_works: KnowledgeGraph, page: str) -> None:
    dataset = rdflib.Dataset(default_union=True)
    for quad in six_works.dataset.quads():
        dataset.add(quad)
    there = report_html(KnowledgeGraph(RdflibBackend(dataset)), "Six works")
    assert there == re.sub(r", snapshot \w+", "", page)


def test_the_answers_stand_in_the_page_and_can_be_gone_to(page: str) -> None:
    titles = dict(re.findall(r'<h2 id="([\w-]+)">(.*?)</h2>', page))
    assert list(titles)[-5:] == ["brokers", "partnerships", "change", "next", "coverage"]
    assert all(f'<a href="#{name}">' in page for name in titles)
    assert '<td colspan="6" role="cell" class="text"><p><q>' in page


def test_the_verb_takes_two_countries(six_works: KnowledgeGraph, run: Run, tmp_path: Path) -> None:
    written = tmp_path / "r.html"
    assert run("-g", six_works.location, "-o", written, "--between", "belgium, FR") == (0, f"written: {written}\n")
    assert "Brokers between Belgium and France</h2>" in written.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("between", "said"),
    [("BE", "such as BE,LU"), ("BE,XX", "'XX' is no country"), ("BE,DE", "known to be of Germany"), ("", "BE,LU")],
)
def test_the_verb_says_what_is_wrong_with_them(
    six_works: KnowledgeGraph, run: Run, tmp_path: Path, between: str, said: str
) -> None:
    code, words = run("-g", six_works.location, "-o", tmp_path / "r.html", "--between", between)
    assert code == 2
    assert said in words
    assert "Traceback" not in words
    assert not (tmp_path / "r.html").exists()
