"""Patterns over masked sentences: which slots must be filled before a pattern is tried."""

from pathlib import Path

import pytest

from avgraph.extraction import Extractor
from avgraph.extraction.masking import required_slots, slots_filled
from avgraph.extraction.relations import patterns
from avgraph.sources import read_article

ARTICLES = Path(__file__).resolve().parents[3] / "examples" / "belgium-luxembourg" / "articles"
pytest.importorskip("onnxruntime", reason="needs the articles extra")


@pytest.mark.parametrize(
    ("pattern", "slots"),
    [
        ("@W is directed by @p+", {"W", "p"}),
        ("@W(?: by #p)? \\(@O\\)", {"W", "O"}),
        ("@P(?:'s|') film @w(?!')", {"P", "w"}),
        ("@W at #E?", {"W"}),
        ("@O|@P", set()),
        ("(?:@O|@P) of @W", {"W"}),
        ("[(|]@W[^)]{0,9}", {"W"}),
        ("(?:the (?:new |old )?@L ){0,2}@W", {"W"}),
    ],
)
def test_the_slots_that_a_pattern_cannot_do_without(pattern: str, slots: set[str]) -> None:
    assert required_slots(pattern) == slots


def test_a_slot_is_filled_by_any_of_its_blocks() -> None:
    assert slots_filled({"X", "w"}, {"p", "W"})
    assert not slots_filled({"X", "w"}, {"O"})


def test_patterns_left_out_for_want_of_mentions_would_not_have_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    extractor = Extractor()
    documents = [read_article(path, f"articles/{path.name}").document for path in sorted(ARTICLES.iterdir())]
    found = [extractor.extract(document) for document in documents]
    monkeypatch.setattr(patterns, "slots_filled", lambda slots, blocks: True)
    assert sum(len(extraction.facts) for extraction in found) > 100
    assert [extractor.extract(document) for document in documents] == found
