"""The tables that matching is measured on hold what they are said to hold."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import avgraph

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
SHARED = BENCHMARKS.parents[1] / "shared" / "data"


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return __import__("matching_tables")
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_invented_works_are_the_same_each_time_and_are_found(tables: ModuleType) -> None:
    left, right, true = tables.invented_works(500)
    again = tables.invented_works(500)
    assert left.equals(again[0])
    assert right.equals(again[1])
    assert (left.height, right.height, len(true)) == (500, 500, 400)
    assert {i for i, _ in true} <= set(left["id"])
    assert {i for _, i in true} <= set(right["id"])
    found = set(avgraph.match(left, right).pairs.select("left", "right").rows())
    assert len(found & true) > 0.9 * len(true)
    assert len(found - true) < 0.05 * len(found)


@pytest.mark.parametrize("name", ["hard-people", "hard-works", "hard-companies"])
def test_hard_tables_hide_what_they_are(tables: ModuleType, name: str) -> None:
    found = tables.TABLES[name](SHARED)
    assert found.true
    assert not set(found.left["id"]) & set(found.right["id"])
    assert {i for i, _ in found.true} <= set(found.left["id"])
    assert "reference" not in found.left.columns


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real tables are not here")
@pytest.mark.parametrize(("name", "n_true"), [("agec-titles", 1393), ("oscars-people", 1976)])
def test_real_tables_have_their_true_pairs(tables: ModuleType, name: str, n_true: int) -> None:
    found = tables.TABLES[name](SHARED)
    assert len(found.true) == n_true
    assert found.left["id"].is_unique().all()
