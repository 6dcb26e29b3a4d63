"""The page with the answers: the same from any store, the same twice, for the countries that were asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib

from avgraph.cli import app
from avgraph.graph.backend import RdflibBackend
from avgraph.knowledge import Conflict, KnowledgeGraph, open_graph
from avgraph.report import report_html
from avgraph.report.disagreements import by_kind

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


def test_of_many_disagreements_some_of_each_kind_are_shown(
    six_works: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Conflict(f"c{i}", rule, f"w{i}", f"Work {i}", "property", outcome, "Why.", None, None, ())
        for rule, outcome, n in (("director", "contradicted", 1_300), ("runtime", "contradicted", 6),
                                 ("release-date", "unconfirmed", 13))
        for i in range(n)
    ]  # fmt: skip
    monkeypatch.setattr(KnowledgeGraph, "conflicts", lambda _: found)
    page = report_html(six_works)
    assert len(re.findall(r'<article class="conflict contradicted"', page)) == 6 + 6
    assert len(re.findall(r'<article class="conflict unconfirmed"', page)) == 12
    assert re.findall(r'<p class="more">(.*?)</p>', page) == [
        "1,294 more of this kind: <code>avgraph conflicts --rule director --outcome contradicted</code>",
        "1 more of this kind: <code>avgraph conflicts --rule release-date</code>",
    ]
    assert page.count("1,306 contradictions.") == 2
    assert [(kind.rule, len(kind.shown), kind.n_more) for kind in by_kind(found[:5] * 3)] == [("director", 12, 3)]
    many = [replace(conflict, rule=f"rule {i % 9}") for i, conflict in enumerate(found[:36])]
    assert {(len(kind.shown), kind.n_more) for kind in by_kind(many)} == {(3, 1)}


def test_a_column_that_would_be_empty_is_left_out(
    six_works: KnowledgeGraph, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ">Date</th>" not in page
    dated = [source | {"date": "2010-01-01", "n_claims": 12_345} for source in six_works.sources()]
    monkeypatch.setattr(KnowledgeGraph, "sources", lambda _: dated)
    page = report_html(six_works)
    assert page.count(">Date</th>") == 1
    assert '<td role="cell">2010-01-01</td><td role="cell" class="num">12,345</td>' in page


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
