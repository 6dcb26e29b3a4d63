from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.extraction.titles import opening_titles


@pytest.mark.parametrize(
    ("sentence", "language", "title"),
    [
        ("The Night of the Otter (Danish: Odderens nat) is a 2013 Danish drama film.", "en", "The Night of the Otter"),
        ("Salt, Wind and Sand, also known as Dunes, is a short film by Anna Novak.", "en", "Salt, Wind and Sand"),
        ("Set in Ghent, The Long Quay stars Ida Holm.", "en", "The Long Quay"),
        ("Directed by Anna Novak, Orbit was shot in Bergen.", "en", "Orbit"),
        ("7 Days in Bergen won the audience award.", "en", "7 Days in Bergen"),
        ("Le Long Quai est un film belge.", "fr", "Le Long Quai"),
        ("The film is a 2013 drama.", "en", None),
        ("Anna Novak is a film director from Ghent.", "en", None),
        ("Anna Novak won the prize for best film.", "en", None),
        ("Dune Films is a production company.", "en", None),
        ("It is a comedy film.", "en", None),
        ("The Harbour Film Festival is a documentary film festival.", "en", None),
        ("La série est une comédie.", "fr", None),
    ],
)
def test_titles_that_open_a_sentence(sentence: str, language: str, title: str | None):
    span = opening_titles(sentence, 0, len(sentence), language)
    assert (sentence[slice(*span)] if span else None) == title


@given(st.text(max_size=120), st.sampled_from(("en", "fr")))
def test_a_span_lies_in_the_sentence(text: str, language: str):
    span = opening_titles(text, 0, len(text), language)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
