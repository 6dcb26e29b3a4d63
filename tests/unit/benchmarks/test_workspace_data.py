from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from avgraph.build import build_workspace
from avgraph.model import KINDS
from avgraph.workspace import Workspace

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import workspace_data
    finally:
        sys.path.remove(str(BENCHMARKS))
    return workspace_data


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_kind_of_claim_occurs_and_sources_contradict(bench: ModuleType, tmp_path: Path) -> None:
    rows = bench.write_workspace(tmp_path / "one", n_films=40, n_titles=30, n_articles=0)
    report = build_workspace(Workspace.load(tmp_path / "one"))
    assert set(report.n_claims) == set(KINDS)
    assert report.issues == ()
    assert report.n_conflicts > 0
    assert sum(rows.values()) == report.sources["n_accepted"].sum()


def test_a_size_and_a_seed_give_the_same_files(bench: ModuleType, tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        bench.write_workspace(tmp_path / name, n_films=30, n_titles=20, n_articles=3, seed=seed)
    assert files(tmp_path / "one") == files(tmp_path / "again")
    assert files(tmp_path / "one") != files(tmp_path / "other")
    assert len(files(tmp_path / "one" / "articles")) == 3
