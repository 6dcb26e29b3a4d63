"""Words are found again whatever their white space and typography, and nothing else is forgiven."""

from __future__ import annotations

import pytest

from avgraph.extraction.llm.matching import LooseText


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("a  film\r\nby\u00a0Anna", "film by Anna", "film\r\nby\u00a0Anna"),
        ("the “Cargo” crew", '"Cargo"', "“Cargo”"),
        ("le film « Cargo\u202f» de", 'film "Cargo" de', "film « Cargo\u202f» de"),
        ("l’été d'Anna", "l'été d’Anna", "l’été d'Anna"),
        ("2009–2011", "2009-2011", "2009–2011"),
        ("cafe\u0301 noir", "café noir", "cafe\u0301 noir"),
        ("café noir", "cafe\u0301 noir", "café noir"),
        ("a 🎬👩‍🎤 film", "🎬👩‍🎤 film", "🎬👩‍🎤 film"),
        ("Salt\u200bWind", "SaltWind", "Salt\u200bWind"),
        ("x “ y ” z", "“y”", "“ y ”"),
    ],
)
def test_what_may_differ(text: str, wanted: str, found: str) -> None:
    span = LooseText(text).find(wanted)
    assert span is not None
    assert text[slice(*span)] == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("café", "cafe"), ("cafe\u0301", "cafe"), ("x\u0302yz", "x"), ("wx\u0302", "wx"), ("x\u0302yz", "\u0302yz"),
     ("Anna", "anna"), ("a film", "afilm"), ("a, b", "a b"), ("abc", " "), ("abc", ""), ("wait…", "wait..."),
     ("", "a")],
)  # fmt: skip
def test_what_may_not(text: str, wanted: str) -> None:
    assert LooseText(text).find(wanted) is None


def test_words_end_where_words_end() -> None:
    text = LooseText("Annabel met ANNA.")
    assert text.find("Anna", words=True) is None
    assert text.find("Anna", words=True, any_case=True) == (12, 16)
    assert LooseText("電影貨物導演").find("貨物", words=True) == (2, 4)


def test_the_range_is_of_the_text_and_not_of_its_normal_form() -> None:
    text = LooseText("  Cargo,   Cargo,  Cargo")
    assert text.find("Cargo", 3) == (11, 16)
    assert text.find("Cargo", 3, 15) is None
    assert text.find("Cargo", 3, 16) == (11, 16)
