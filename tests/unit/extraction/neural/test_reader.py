"""The runtime computes what the trained network does, and reads any text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("onnxruntime", reason="needs the articles extra")

import itertools

from avgraph.extraction.layout import segments
from avgraph.extraction.neural import default_reader
from avgraph.extraction.neural.heads import best_tags
from avgraph.extraction.neural.labels import TAGS
from avgraph.extraction.neural.pieces import Pieces
from avgraph.extraction.neural.windows import windows
from avgraph.extraction.neural.words import FEATURES, read_words
from avgraph.model import Document

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reader_reference.npz"
LINES = st.lists(st.sampled_from(["Anna Novak", "“Salt Wind”", "(BE/LU)", "directed", "by", ",", ".", "€ 90,000", "2014"]), max_size=40)  # fmt: skip # noqa: E501
TEXTS = st.lists(LINES.map(" ".join), max_size=12).map("\n".join)


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    with np.load(REFERENCE) as data:
        return {name: data[name].astype(np.float32) if data[name].dtype == np.float16 else data[name] for name in data}


def test_pairs_score_as_in_training(reference):
    m = len(reference["spans"])
    left, right = (a.ravel() for a in np.meshgrid(np.arange(m), np.arange(m), indexing="ij"))
    where = reference["lines"], reference["sentences"]
    logits = default_reader().pairs(reference["words"], reference["spans"], *where, left, right)
    expected = reference["pairs"].reshape(m * m, -1)
    assert np.abs(logits - expected)[left != right].max() < 0.05


def test_tags_score_as_in_training(reference):
    assert np.abs(default_reader().tagger(reference["words"]) - reference["tags"]).max() < 0.02


def test_the_int8_encoder_stays_near_the_trained_one(reference):
    hidden = default_reader().hidden(reference["words"])
    expected = reference["hidden"]
    cosine = (hidden * expected).sum(1) / np.linalg.norm(hidden, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosine.min() > 0.97


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_tag_sequences_are_well_formed(seed: int, n: int):
    logits = np.random.default_rng(seed).normal(0, 3, (n, len(TAGS))).astype(np.float32)
    found = best_tags(logits)
    assert all(0 <= first <= last < n and 0 <= p <= 1 for first, last, _, p in found)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_features_stay_in_their_ranges(text: str):
    words = read_words(segments(Document("a.txt", text, language="en")))
    assert (words.features >= 0).all()
    assert (words.features < np.array(FEATURES)).all()


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(60, 120))
def test_windows_hold_every_word_and_never_too_much(text: str, limit: int):
    words = read_words(segments(Document("a.txt", text, language="en")))
    pieces = Pieces([(c, -5.0) for c in "▁abcdefghijklmnopqrstuvwxyzANS"])
    found = windows(words, pieces, limit)
    assert {int(i) for w in found for i in w.words} == set(range(len(words)))
    assert all(len(w.ids) <= limit for w in found)
    assert all((np.diff(w.words) > 0).all() for w in found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS | st.text(max_size=200))
def test_mentions_lie_inside_the_text_without_overlap(text: str):
    reading = default_reader().read(segments(Document("a.txt", text, language="en")))
    assert all(0 <= m.first <= m.last < len(reading.words) for m in reading.mentions)
    assert all(a.last < b.first for a, b in zip(reading.mentions, reading.mentions[1:], strict=False))
    n = len(reading.mentions)
    for scores in reading.pairs:
        assert len(scores.left) == len(scores.right) == len(scores.logits)
        assert all(0 <= i < n for i in (*scores.left, *scores.right))


def test_what_a_record_knows_is_marked():
    found = segments(Document("a.txt", "Sugar by Ann Lee.", language="en"))
    words = read_words(found, {(0, 5): "Work"})
    assert words.features[:, 6].tolist()[:2] == [3, 0]
