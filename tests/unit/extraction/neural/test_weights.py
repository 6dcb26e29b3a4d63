"""What is committed is what the training wrote."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from avgraph.extraction.neural import WEIGHTS

TRAINING = Path(__file__).resolve().parents[4] / "training"


def about() -> dict[str, object]:
    return json.loads((WEIGHTS / "model.json").read_text("utf-8"))


def test_the_weights_are_those_that_were_exported():
    for name, expected in about()["files"].items():
        assert hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest() == expected


def test_the_trees_are_those_that_were_fitted_with_the_calibration():
    stated = json.loads((WEIGHTS / "calibration.json").read_text("utf-8"))
    assert hashlib.sha256((WEIGHTS / "trees.npz").read_bytes()).hexdigest() == stated["trees"]


def test_no_step_of_the_encoder_adds_up_in_an_order_that_the_cpu_chooses():
    # Softmax of the runtime does; see training/export.py.
    assert b"Softmax" not in (WEIGHTS / "encoder.onnx").read_bytes()


def test_the_corpus_is_the_one_they_were_trained_on(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    corpus = pytest.importorskip("corpus", reason="no training folder here")
    assert corpus.corpus_hash(TRAINING / "corpus") == about()["corpus"]
    del sys.modules["corpus"]


def test_they_stay_small():
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 40e6
