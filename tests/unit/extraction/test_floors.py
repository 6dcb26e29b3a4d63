"""Extraction does not get worse: the figures on the shipped annotated texts stay at or above their floors."""

from __future__ import annotations

from pathlib import Path

import pytest

from avgraph.evaluation import below_floors, evaluate_folder, read_floors
from avgraph.extraction import Extractor

PRESS = Path(__file__).resolve().parents[2] / "data" / "press"


def test_extraction_reaches_its_floors():
    pytest.importorskip("spacy", reason="needs the articles extra")
    assert below_floors(evaluate_folder(PRESS, Extractor()), read_floors(PRESS / "floors.toml")) == []
