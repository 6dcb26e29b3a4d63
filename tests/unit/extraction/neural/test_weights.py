"""What is committed is what the training wrote."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from avgraph.extraction.neural import WEIGHTS
from avgraph.extraction.trees import Trees

TRAINING = Path(__file__).resolve().parents[4] / "training"


def about() -> dict[str, object]:
    return json.loads((WEIGHTS / "model.json").read_text("utf-8"))


def test_the_weights_are_those_that_were_exported():
    for name, expected in about()["files"].items():
        assert hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest() == expected


def test_the_trees_are_those_that_were_fitted_with_the_calibration():
    stated = json.loads((WEIGHTS / "calibration.json").read_text("utf-8"))
    assert hashlib.sha256((WEIGHTS / "trees.npz").read_bytes()).hexdigest() == stated["trees"]


def test_trees_come_back_from_storage_as_they_were_fitted(monkeypatch):
    pytest.importorskip("lightgbm", reason="needs the train extra")
    monkeypatch.syspath_prepend(str(TRAINING))
    boosting = pytest.importorskip("boosting", reason="no training folder here")
    rows = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    fitted = boosting.fit_trees(["a", "b", "c"], rows, rows[:, 0] + rows[:, 1] > 0.3, n_trees=20, n_leaves=6, rate=0.2)
    again = Trees.of(boosting.stored(fitted, "t"), "t")
    assert again.names == fitted.names
    assert np.array_equal(again.margin(rows), fitted.margin(rows))
    assert ((again.margin(rows) > 0) == (rows[:, 0] + rows[:, 1] > 0.3)).mean() > 0.85
    del sys.modules["boosting"]


def test_the_corpus_is_the_one_they_were_trained_on(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    corpus = pytest.importorskip("corpus", reason="no training folder here")
    assert corpus.corpus_hash(TRAINING / "corpus") == about()["corpus"]
    del sys.modules["corpus"]


def test_they_stay_small():
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 40e6
