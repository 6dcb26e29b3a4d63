from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avgraph.extraction import Extractor, Gazetteer
from avgraph.extraction.layout import segments
from avgraph.model import Document

pytest.importorskip("onnxruntime", reason="needs the articles extra")
EXTRACTOR = Extractor(0.0)
PIECES = st.sampled_from(
    ["“Salt Wind”", "« Vent de sel »", "Anna Novak", "Amélie Cafe\u0301", "Dune Films", "Film Centre (F.C.)", "RTBF", "directed by", "is produced by",  # noqa: E501
     "réalisé par", "coproduit par", "de", "by", "and", "et", ",", ".", ":", ";", "(", ")", "–", "Best film:", "Meilleur film :", "Director:", "Réalisation :",  # noqa: E501
     "Production:", "€90,000", "2014", "the second season of", "saison 2 de", "won an Oscar for", "Belgium", "belge", "-based", "'s", "’", "\"", "‘series fund’",  # noqa: E501
     "was set up in", "\n", "\r\n", "\n\n", "\t", "|", "\u00a0", "\u202f", "\u200b", "🎬", "👩‍🎤", "é", "e\u0301", "ﬁlm", "\ue000", "\uf8ff", "...", "- ", "1. ", "not", "will be"]  # noqa: E501
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=80)
GAZETTEER = Gazetteer.from_names([("Salt Wind", "Work"), ("Dune Films", "Organization"), ("Anna Novak", "Person")])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["en", "fr"]), st.booleans())
def test_evidence_is_what_stands_at_its_offsets(text: str, language: str, known: bool):
    document = Document("a.txt", text, language=language)
    extraction = EXTRACTOR.extract(document, GAZETTEER if known else Gazetteer())
    for fact in extraction.facts:
        assert fact.evidence == text[fact.start : fact.end]
        assert fact.evidence
        assert fact.subject
        assert fact.object
        assert 0 <= fact.confidence <= 1
    tables = extraction.tables("00")
    references = set(tables.mentions["ref"])
    for table in tables.claims.values():
        for start, end, quote in table.select("start", "end", "quote").iter_rows():
            assert text[start:end] == quote
    assert all(ref.startswith("a.txt#") for ref in references)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_segments_lead_back_to_the_text_in_order(text: str):
    last = 0
    for segment in segments(Document("a.txt", text, language="en")):
        assert len(segment.text) == len(segment.starts) == len(segment.ends)
        start, end = segment.span(0, len(segment.text))
        assert last <= start < end <= len(text)
        assert segment.starts == sorted(segment.starts)
        last = end
