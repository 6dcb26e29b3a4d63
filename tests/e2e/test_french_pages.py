"""The pages of ``avgraph serve`` for readers of French."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Served, serving

NB, NARROW = "\u00a0", "\u202f"
_TAG = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def served(example_graph: Path) -> Iterator[Served]:
    with serving(example_graph) as server:
        yield server


def page(served: Served, path: str, language: str = "fr") -> str:
    told = served.ask("GET", path, Accept="text/html", Accept_Language=language)
    assert told.headers["Content-Language"] == language
    return told.text


def words(text: str) -> str:
    """Return what a page says, without its tags."""
    return html.unescape(_TAG.sub("", text))


def first(text: str, pattern: str) -> str:
    found = re.search(f'href="({pattern}[^"]*)"', text)
    assert found, pattern
    return html.unescape(found[1])


def test_statements_are_in_french_and_lead_to_their_entities(served: Served) -> None:
    said = page(served, "/page/work/corsage-008a04f8")
    assert f"Film Fund Luxembourg a soutenu Corsage (1{NARROW}500{NARROW}000{NB}€, production, 2020)" in words(said)
    assert re.search(r'Le <a href="/page/event/[^"]+">Cannes Film Festival</a> a présenté <a ', said)
    assert re.search(r'pour pays d’origine le? ?<a href="/page/place/luxembourg-lu">Luxembourg</a>', said)
    assert 'l’<a href="/page/place/austria-at">Autriche</a>' in said
    assert "directed Corsage" not in words(said)
    assert "directed Corsage" in words(page(served, "/page/work/corsage-008a04f8", "en"))
    assert "<h1>Autriche</h1>" in page(served, "/page/place/austria-at")


def test_a_claim_shows_its_attributes_in_french(served: Served) -> None:
    work = first(page(served, "/search?q=eng+nei"), "/page/work/eng-nei")
    claims = re.findall(r"/page/claim/support/\w+", page(served, work))
    (said,) = {said for said in (words(page(served, claim)) for claim in claims) if "montant" in said}
    assert f"Film Fund Luxembourg a soutenu Eng nei Zäit (2{NARROW}608{NARROW}660{NB}€, production, 2014)" in said
    for name, value in (("montant", f"2{NARROW}608{NARROW}660"), ("devise", "EUR"), ("étape", "production")):
        assert f"{name}{value}" in said


def test_ties_sources_and_reviews_are_in_french(served: Served) -> None:
    tie = first(page(served, "/network/company"), "/network/company/tie")
    assert "Artémis Productions a assuré la production déléguée de La femme de Gilles (Belgique)" in words(
        page(served, tie)
    )
    source = page(served, "/page/source/articles/2008-07-03-eurimages.txt")
    assert f"Eurimages – montant{NB}: 4{NARROW}275{NARROW}000{NB}€" in words(source)
    assert "<dd>3 juillet 2008</dd>" in source
    review = words(page(served, "/review"))
    assert "Arte a coproduit Mr. Hublot" in review
    assert "score 0," in review


def test_what_a_build_wrote_in_english_is_marked(served: Served) -> None:
    conflicts = page(served, "/conflicts")
    assert '<p lang="en">Who received Academy Award 2014 for Mr. Hublot' in conflicts
    assert ">lauréats d’un prix</a>" in conflicts
    assert f"<h1>Mr. Hublot{NB}: lauréats – Academy Award</h1>" in page(served, first(conflicts, "/page/conflict/"))
    assert '<h1 lang="en">Who directed a work or its seasons' in page(served, "/queries/who-directed")
    assert page(served, "/conflicts", "en").count('lang="en"') == 1  # the page itself


def test_numbers_of_answers_and_drawings_are_in_french(served: Served) -> None:
    said = page(served, "/queries/partner-rank?country=LU&view=chart")
    assert f'<td class="num">1{NARROW}600{NARROW}000</td>' in said
    drawing = page(served, "/network/country")
    assert "Taille : force ; trait : poids ; couleur et forme : pays ; poids Newman." in drawing
    assert "<title>Belgique – Luxembourg : " in drawing
    assert "Size: strength" in page(served, "/network/country", "en")
