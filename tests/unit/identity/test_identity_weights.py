"""The weights: what they rest on, and that they are those that the script wrote."""

from __future__ import annotations

import hashlib
import math
import re
from importlib.resources import files
from pathlib import Path

import pytest

from avgraph.identity.likeness import compare
from avgraph.identity.names import parse_name
from avgraph.identity.rarity import MOST_BITS, name_bits
from avgraph.identity.scoring import Feature, combine
from avgraph.identity.sounds import sound
from avgraph.identity.weights import all_weights, level_weight, name_weight, probability

TRAINING = Path(__file__).resolve().parents[3] / "training"


def test_what_is_shipped_is_what_the_script_wrote() -> None:
    lines = (TRAINING / "identity.sha256").read_text(encoding="utf-8").splitlines()
    assert [line.split()[1] for line in lines] == ["name_counts.tsv", "weights.toml"]
    for digest, name in (line.split() for line in lines):
        shipped = files("avgraph.identity").joinpath(name).read_bytes()
        assert hashlib.sha256(shipped).hexdigest() == digest, name


def test_every_weight_is_a_finite_number_of_bits() -> None:
    found = [w for features in all_weights().values() for levels in features.values() for w in levels.values()]
    assert len(found) > 100
    assert all(math.isfinite(w) and abs(w) < 15 for w in found)


@pytest.mark.parametrize("type_", ["Person", "Work", "Organization"])
def test_what_is_in_common_never_speaks_against_a_pair(type_: str) -> None:
    for feature, levels in all_weights()[type_].items():
        if feature not in ("name", "rarity", "director"):
            for level, weight in levels.items():
                assert weight > 0 or level not in ("one in common", "several in common", "in common", "same")
                assert weight < 0 or level not in ("different", "other", "far apart", "two names")


def test_the_nearer_the_years_the_likelier_a_pair() -> None:
    levels = ["same", "1 apart", "2 apart", "further apart"]
    weights = [level_weight("Work", "year", level) for level in levels]
    assert weights == sorted(weights, reverse=True)


def test_a_level_that_nobody_weighed_says_nothing() -> None:
    assert level_weight("Person", "no such feature", "no such level") == 0.0


def test_a_rare_name_says_more_than_a_common_one() -> None:
    common, rare = (
        name_weight("Person", level.level, level.shared)
        for text in ("John Smith", "Stéphane Halleux")
        if (level := compare("Person", *parse_name("Person", text) * 2))
    )
    assert common[0] < rare[0]
    assert common[1] < rare[1] <= MOST_BITS


def test_bits_add_up_as_if_words_were_independent_up_to_a_limit() -> None:
    john, paul, both = (name_bits("Person", words) for words in (["john"], ["paul"], ["john", "paul"]))
    assert both == pytest.approx(john + paul)
    assert name_bits("Person", ["xyzzy", "qwertz"]) == MOST_BITS
    assert 0 < name_bits("Award", ["oscar"]) < MOST_BITS  # of awards nothing was counted


def test_probabilities_and_bits() -> None:
    assert probability(-1000.0) == 0.0
    assert probability(1000.0) == 1.0
    features = [Feature("name", 2.0, "a", "b", ""), Feature("year", -2.0, "2007", "2009", "2 years apart")]
    assert combine(features) == 0.5


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("tarkovsky", "tarkowskij", True),
        ("zvyagintsev", "zviaguintsev", True),
        ("eisenstein", "ejzenstejn", True),
        ("wagner", "vagner", True),
        ("wagner", "werner", False),
        ("anna", "hanna", False),
    ],
)
def test_names_that_sound_alike(left: str, right: str, alike: bool) -> None:
    assert (sound(left) == sound(right)) is alike


@pytest.mark.parametrize(
    ("kind", "left", "right", "level"),
    [
        ("Person", "George Miller", "George T. Miller", "middle initial"),
        ("Person", "George A. Miller", "George T. Miller", "other middle names"),
        ("Person", "Francis Coppola", "Francis Ford Coppola", "middle names"),
        ("Person", "Bob Benton", "Robert Benton", "nickname"),
        ("Person", "Warren Beatty", "Henry Warren Beatty", "called by a middle name"),
        ("Person", "Robert Downey Sr.", "Robert Downey Jr.", "another of Jr, Sr or number"),
        ("Person", "Charles Lang", "Charles B. Lang Jr.", "Jr, Sr or number in one"),
        ("Person", "Andrei Tarkovsky", "Andrei Tarkowskij", "same sound"),
        ("Person", "Сергей Бондарчук", "Sergey Bondarchuk", "same name"),
        ("Person", "Κώστας Γαβράς", "Kostas Gavras", "same name"),
        ("Person", "სერგო ფარაჯანოვი", "Sergo Parajanov", "one letter or two differ"),
        ("Work", "Kill Bill: Vol. 2", "Kill Bill, Volume Two", "same title"),
        ("Work", "The Godfather Part II", "The Godfather: Part 2", "same title"),
        ("Work", "8½", "8 1/2", "same title"),
        ("Work", "Le tout nouveau testament", "The Brand New Testament", "another title"),
        ("Work", "Liberté", "La Liberté", "same one-word title but for an article"),
        ("Organization", "Мосфильм", "Mosfil'm", "same name"),
        ("Work", "Nymphomaniac: Volume One", "Nymphomaniac Vol. 1", "same title"),
        ("Work", "Dune: Part I", "Dune: Part One", "same title"),
        ("Work", "The One", "The 1", "another title"),
        ("Organization", "Fox", "20th Century-Fox", "further words"),
        ("Organization", "Twentieth Century Fox", "20th Century Fox", "same name"),
        ("Organization", "Channel Four", "Channel 4", "same name"),
        ("Organization", "Oxford Film & Television", "Oxford Film and Television", "same name"),
        ("Organization", "Bison Film Company", "Bison Film Co.", "same but for legal form, plural or order"),
        ("Organization", "Saturn Film", "Saturn Films", "same but for legal form, plural or order"),
        ("Organization", "Yellow Pictures", "Yellow Pictures Sdn Bhd", "same but for legal form, plural or order"),
        ("Organization", "Film Fund", "Film Fund", "same name, only words of kind"),
        ("Organization", "Samsa", "Samsa Productions", "word of kind"),
        ("Organization", "Samsa Film", "Samsa Television", "word for a branch of business"),
        ("Organization", "Moving Picture Company", "Moving Picture Institute", "word of kind"),
        ("Organization", "Screen Brussels", "Screen Brussels Fund", "same but for the word fund"),
    ],
)
def test_levels_of_names(kind: str, left: str, right: str, level: str) -> None:
    found = [compare(kind, a, b) for a in parse_name(kind, left) for b in parse_name(kind, right)]
    assert level in {f.level for f in found if f}


def test_names_in_signs_without_vowels_or_spaces_are_left_as_they_are() -> None:
    for text in ("عباس کیارستمی", "봉준호", "黒澤明"):
        assert [n.text for n in parse_name("Person", text)] == [text]


def test_a_bracket_is_a_name_only_if_it_can_be_one() -> None:
    assert [n.text for n in parse_name("Work", "Maestro(s)")] == ["Maestro(s)"]
    assert [n.text for n in parse_name("Organization", "Star Film (Firm)")] == ["Star Film (Firm)", "Star Film"]
    assert "CCA" in [n.text for n in parse_name("Organization", "Film Centre of the Federation (CCA)")]


def test_the_code_of_the_manual_runs() -> None:
    page = (TRAINING.parent / "docs" / "identity.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, "docs/identity.md", "exec"), {})
