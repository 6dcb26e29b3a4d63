"""The benchmark of memory tells each stage of a build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


def test_memory_is_told_by_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from memory import Marks, Stages

    stages = Stages(tmp_path / "stages")
    marks = Marks(tmp_path / "stages")
    stages.watch(50.0)
    marks.tell("reading records", 0, 2)
    for resident_mib in (70.0, 90.0, 80.0):
        stages.watch(resident_mib)
    marks.tell("claims of records", 100, 0)
    marks.tell("reading records", 2, 2)
    stages.watch(85.0)
    marks.tell("comparing sources", 0, 1)
    marks.tell("comparing sources", 1, 1)
    stages.watch(60.0)
    marks.tell("end", 0, 0)
    stages.watch(10.0)
    told = [(name, peak_mib, end_mib) for name, _, _, peak_mib, end_mib in stages.table()]
    assert told == [
        ("start", 50.0, 50.0),
        ("reading records", 90.0, 85.0),
        ("comparing sources", 0.0, 0.0),
        ("after comparing sources", 60.0, 60.0),
    ]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory of processes is read from /proc")
def test_a_build_without_its_store_is_measured(tmp_path: Path) -> None:
    command = [sys.executable, BENCHMARKS / "memory.py", "--titles", "40", "--without-store", "--folder", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    first, _, *stages = run.stdout.splitlines()
    assert "40 titles" in first
    assert " without the store: " in first
    assert "content " in first
    assert {"start", "all"} <= {line[:28].strip() for line in stages}
    assert all(float(line.split()[-1].replace(",", "")) > 20 for line in stages)
    assert not (tmp_path / "40-titles" / ".avgraph").exists()
