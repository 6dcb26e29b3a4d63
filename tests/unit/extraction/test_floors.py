"""Extraction does not get worse: the figures stay at or above their floors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from avgraph.evaluation import below_floors, evaluate_folder, read_floors
from avgraph.extraction import Extractor

pytest.importorskip("onnxruntime", reason="needs the articles extra")
ROOT = Path(__file__).resolve().parents[3]
PRESS = ROOT / "tests" / "data" / "press"


def test_extraction_reaches_its_floors_on_the_press_texts():
    assert below_floors(evaluate_folder(PRESS, Extractor()), read_floors(PRESS / "floors.toml")) == []


def test_extraction_reaches_its_floors_on_texts_that_the_model_has_not_seen(tmp_path, monkeypatch):
    training = ROOT / "training"
    if not training.is_dir():
        pytest.skip("no training folder here")
    monkeypatch.syspath_prepend(str(training))
    from folds import LEFT_OUT, N_FOLDS, fold_of

    for path in training.glob("corpus/*"):
        if path.name == "aliases.json" or fold_of(path.stem, N_FOLDS) == LEFT_OUT:
            shutil.copy(path, tmp_path)
    assert below_floors(evaluate_folder(tmp_path, Extractor()), read_floors(training / "floors.toml")) == []
