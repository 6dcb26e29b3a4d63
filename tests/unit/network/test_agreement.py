from __future__ import annotations

import numpy as np
import pytest

from avgraph.errors import AvgraphError
from avgraph.network import adjusted_mutual_information, adjusted_rand_index, normalized_mutual_information

A = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]
B = [1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 3, 3, 3, 2, 2]


def test_adjusted_mutual_information_of_a_published_pair() -> None:
    # The pair and the value that scikit-learn tests with (from the authors' Matlab code).
    assert adjusted_mutual_information(A, B) == pytest.approx(0.27821, abs=1e-5)
    assert adjusted_mutual_information(A * 110, B * 110) == pytest.approx(0.38, abs=0.005)


def test_ends_of_the_scale() -> None:
    assert adjusted_mutual_information(A, [3 - a for a in A]) == 1.0
    assert adjusted_mutual_information([0, 0, 0, 0], [0, 1, 2, 3]) == 0.0
    assert adjusted_mutual_information([0, 0, 0], [1, 1, 1]) == 1.0
    rng = np.random.default_rng(1)
    chance = [adjusted_mutual_information(rng.integers(0, 9, 200), rng.integers(0, 9, 200)) for _ in range(40)]
    assert abs(np.mean(chance)) < 0.01


@pytest.mark.parametrize("measure", [adjusted_mutual_information, adjusted_rand_index, normalized_mutual_information])
def test_arrays_and_lists_are_read_alike(measure) -> None:  # type: ignore[no-untyped-def]
    assert measure(np.array(A), np.array(B)) == measure(A, B) == measure([str(a) for a in A], B)
    with pytest.raises(AvgraphError, match="17 and 16 members"):
        measure(A, B[1:])


def test_large_groups_are_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 40, 3000) ** 2, rng.integers(0, 25, 3000)
    whole = adjusted_mutual_information(a, b)
    monkeypatch.setattr("avgraph.network.agreement._BATCH", 500)
    assert adjusted_mutual_information(a, b) == pytest.approx(whole, abs=1e-12)
    monkeypatch.setattr("avgraph.network.agreement._SPREADS", 1e9)
    assert adjusted_mutual_information(a, b) == pytest.approx(whole, abs=1e-12)
