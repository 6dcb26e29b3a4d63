from __future__ import annotations

from avgraph.extraction.layout import segments
from avgraph.model import Document


def read(text: str) -> list[str]:
    return [s.text for s in segments(Document("a.txt", text, language="en"))]


def test_normalised_text_leads_back_to_the_document():
    text = "Cafe\u0301\u00a0 Productions16/10/2019\r\n\r\nL’image"
    first, second = segments(Document("a.txt", text, language="en"))
    assert first.text == "Café Productions 16/10/2019"
    assert text[slice(*first.span(0, 4))] == "Cafe\u0301"
    start = first.text.index("16")
    assert text[slice(*first.span(start, len(first.text)))] == "16/10/2019"
    assert second.text == "L'image"


def test_glued_verb_is_cut_off():
    assert read("Wind Imagesis a company.") == ["Wind Images is a company."]


def test_sentences_end_neither_at_initials_nor_at_abbreviations():
    [segment] = segments(Document("a.txt", "J. P. Garland met Dr. Novak on Sept. 8. He left.", language="en"))
    assert [segment.text[s.start : s.end].strip() for s in segment.sentences] == [
        "J. P. Garland met Dr. Novak on Sept. 8.",
        "He left.",
    ]


def test_hard_wrapped_prose_is_joined_but_lists_are_not():
    wrapped = "The fund has decided to support a number of films that are shot\nin the region."
    assert len(read(wrapped)) == 1
    assert len(read("- Salt Wind\n- Low Tide")) == 2


def test_newsletter_lines_are_left_out():
    assert read("A film.\n\nSubscribe to our newsletter") == ["A film."]
