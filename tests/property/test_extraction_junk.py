"""Whatever a page or a scanner made of an article, reading it ends well and quotes it as it stands."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from junk_texts import GAZETTEER, junk_document

from avgraph.extraction import EMPTY, Extractor

pytest.importorskip("onnxruntime", reason="needs the articles extra")
EXTRACTOR = Extractor(0.0)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.booleans())
def test_junk_is_read_and_quoted_as_it_stands(seed: int, most: int, known: bool):
    document = junk_document(random.Random(seed), most=most)
    text = document.text
    extraction = EXTRACTOR.extract(document, GAZETTEER if known else EMPTY)
    for fact in extraction.facts:
        assert fact.evidence == text[fact.start : fact.end]
        assert fact.evidence
        assert 0 <= fact.confidence <= 1
    for table in extraction.tables("00").claims.values():
        for start, end, quote in table.select("start", "end", "quote").iter_rows():
            assert text[start:end] == quote
