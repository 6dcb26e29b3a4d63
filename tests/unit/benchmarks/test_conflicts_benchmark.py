"""The invented contradictions are found, and what only looks like one is not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))
from conflicts import main
from conflicts_cases import invented_cases


def test_known_contradictions_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--each", "3", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    match = re.search(r"recall ([\d.]+) \(\d+ of (\d+)\), precision ([\d.]+)", out)
    assert match, out
    assert float(match[1]) >= 0.95, out
    assert int(match[2]) > 60
    assert float(match[3]) >= 0.95, out


def test_cases_depend_on_nothing_but_their_seed() -> None:
    one, same, other = invented_cases(1, 2), invented_cases(1, 2), invented_cases(2, 2)
    assert one.rows == same.rows
    assert one.rows != other.rows
    assert not one.true & one.false
