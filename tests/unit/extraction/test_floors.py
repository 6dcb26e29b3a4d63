"""Extraction does not get worse: the figures stay at or above their floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.evaluation import below_floors, evaluate_folder, read_floors
from avgraph.extraction import Extractor

pytest.importorskip("onnxruntime", reason="needs the articles extra")
ROOT = Path(__file__).resolve().parents[3]
PRESS = ROOT / "tests" / "data" / "press"


def test_extraction_reaches_its_floors_on_the_press_texts():
    assert below_floors(evaluate_folder(PRESS, Extractor()), read_floors(PRESS / "floors.toml")) == []
