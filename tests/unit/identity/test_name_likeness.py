"""How alike two names are: the traps, kind by kind."""

from __future__ import annotations

import pytest

from avgraph.identity.likeness import OTHER_TITLE, compare
from avgraph.identity.names import parse_name, parse_season
from avgraph.identity.scoring import MERGE, POSSIBLE
from avgraph.identity.weights import name_weight, probability


def score(kind: str, left: str, right: str) -> float:
    """Return the probability that the names alone give."""
    return max((_one_way(kind, left, right), _one_way(kind, right, left)))


def _one_way(kind: str, left: str, right: str) -> float:
    levels = [compare(kind, a, b) for a in parse_name(kind, left) for b in parse_name(kind, right)]
    found = [level for level in levels if level and level.level != OTHER_TITLE]
    return max((probability(name_weight(kind, level.level, level.shared)[0]) for level in found), default=0.0)


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("Person", "Stéphane Halleux", "HALLEUX, Stephane"),
        ("Person", "Jean Christophe Dessaint", "Jean-Christophe Dessaint"),
        ("Person", "Jaco Van Dormael", "Jaco van Dormael"),
        ("Person", "Philippe de Pierpont", "Philippe Pierpont"),
        ("Organization", "Samsa Film S.à r.l.", "Samsa Film"),
        ("Organization", "Mélusine Productions S.A.", "Melusine Production"),
        ("Organization", "La Fabrique d’Images", "Fabrique d'Images"),
        ("Organization", "Luxembourg Film Fund", "Film Fund Luxembourg"),
        ("Organization", "BNN-VARA", "BNNVARA"),
        ("Organization", "C.C.A.", "Film and Audio-visual Centre of the Wallonia-Brussels Federation (CCA)"),
        ("Organization", "Eurimages", "Eurimages Fund"),
        ("Work", "Unité42", "Unité 42"),
        ("Work", "Racer and the Jailbird", "The Racer and the Jailbird"),
        ("Work", "AN ACT OF DEFIANCE / BRAM FISCHER", "Bram Fischer"),
        ("Work", "Aquel No Era Yo (That Wasn't Me)", "That Wasn't Me"),
        ("Award", "Oscars", "Academy Award"),
        ("Award", "Césars", "Cesar award"),
        ("Award", "Golden Palm", "Palme d’Or"),
        ("Award", "Hamlin Prize", "Hamlin Prizes"),
        ("Event", "80th Venice International Film Festival", "Mostra"),
        ("Event", "Cannes 2019", "Festival de Cannes"),
        ("Event", "Tofino Film Festival", "Festival de Tofino"),
        ("Place", "Belgique", "Belgium"),
        ("Place", "Köln", "Cologne"),
        ("Place", "Dutch", "The Netherlands"),
        ("Agreement", "Luxembourg-Ireland Co-Development Scheme", "Luxembourg Ireland Co-Development Scheme"),
    ],
)
def test_merges_on_names_alone(kind: str, left: str, right: str) -> None:
    assert score(kind, left, right) >= MERGE


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("Person", "Sam Garbarski", "Sam Gabarski"),
        ("Person", "S. Halleux", "Stéphane Halleux"),
        ("Person", "Robert Benton", "Robert R. Benton"),
        ("Person", "Ki-duk Kim", "Kim Ki-duk"),
        ("Person", "Robert Downey Jr.", "Robert Downey"),
        ("Person", "Sting", "Sting"),
        ("Organization", "CCA", "Centre du Cinéma et de l'Audiovisuel"),
        ("Organization", "Film Fund", "Film Fund Luxembourg"),
        ("Organization", "Film Fund", "Film Fund"),
        ("Organization", "Samsa", "Samsa Film"),
        ("Work", "Souvenir", "Souvenir"),
    ],
)
def test_needs_context(kind: str, left: str, right: str) -> None:
    assert POSSIBLE <= score(kind, left, right) < MERGE


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("Person", "Halleux", "Stéphane Halleux"),
        ("Person", "Luc Dardenne", "Jean-Pierre Dardenne"),
        ("Person", "Joel Coen", "Ethan Coen"),
        ("Person", "Various Directors", "Various Directors"),
        ("Organization", "Iris Productions", "Iris Productions Luxembourg"),
        ("Organization", "Tarantula Belgique", "Tarantula Luxembourg"),
        ("Organization", "Samsa Film", "Samsa Distribution"),
        ("Organization", "BBC", "BBC Worldwide"),
        ("Organization", "CCA", "Centre national du cinéma"),
        ("Work", "Toy Story", "Toy Story 2"),
        ("Work", "Heim ins Reich - Wéi Lëtzebuerg sollt", "Heim ins Reich"),
        ("Work", "Unité 42", "Unité 43"),
        ("Work", "The Prodigies II", "The Prodigies III"),
        ("Award", "Jury Prize", "jury prize"),
        ("Award", "Oscar", "César"),
        ("Event", "Venice Days", "Venice Film Festival"),
        ("Place", "Luxembourg", "Luxembourg City"),
        ("Place", "Niger", "Nigeria"),
        ("Agreement", "the treaty", "treaty"),
    ],
)
def test_says_nothing(kind: str, left: str, right: str) -> None:
    assert score(kind, left, right) < POSSIBLE


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        ('The second season of "Unité 42"', "Unité 42", 2),
        ("Unité 42, saison 2", "Unité 42", 2),
        ("La deuxième saison d’Unité 42", "Unité 42", 2),
        ("2e saison de HPI", "HPI", 2),
        ("Staffel 3 von Dark", "Dark", 3),
        ("Professor T. S02", "Professor T.", 2),
        ("third season", "", 3),
        ("Season of the Witch", "Season of the Witch", None),
    ],
)
def test_seasons_are_taken_apart(text: str, title: str, number: int | None) -> None:
    found = parse_season(text)
    assert found.number == number
    assert found.title.rstrip(".") == title.rstrip(".")


def test_names_without_letters_are_harmless() -> None:
    assert parse_name("Person", "́") == ()
    assert score("Work", "???", "???") > 0
    assert score("Work", "9" * 5000, "9" * 5000) > 0
