from __future__ import annotations

import doctest
from pathlib import Path

import pytest


def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    guide = Path(__file__).resolve().parents[3] / "docs" / "network.md"
    result = doctest.testfile(str(guide), module_relative=False, encoding="utf-8")
    assert result.attempted > 8
    assert result.failed == 0
    assert (tmp_path / "partners.pdf").exists()
