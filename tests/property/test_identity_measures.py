"""The measures of identity agree with the plain definitions over all pairs, and with one another."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avgraph.evaluation import b_cubed, calibration_error, pairwise

LABELS = st.sampled_from("abcd")
UNITS = st.lists(st.tuples(LABELS, LABELS, st.none() | LABELS), max_size=12)


@given(UNITS)
def test_pairs_are_those_of_the_definition(units: list[tuple[str, str, str | None]]) -> None:
    found, truth, label = ([unit[i] for unit in units] for i in range(3))
    pairs = [(a, b) for a, b in combinations(range(len(units)), 2) if label[a] is None or label[a] != label[b]]
    tally = pairwise(found, truth, leave_out=label)
    right = sum(found[a] == found[b] and truth[a] == truth[b] for a, b in pairs)
    assert tally.n_right == tally.n_found == right
    assert tally.n_wrong == sum(found[a] == found[b] and truth[a] != truth[b] for a, b in pairs)
    assert tally.n_required == sum(truth[a] == truth[b] for a, b in pairs)


@given(UNITS.filter(bool))
def test_b_cubed_is_that_of_the_definition(units: list[tuple[str, str, str | None]]) -> None:
    shares = []
    for found, truth, _ in units:
        here = [unit for unit in units if unit[0] == found]
        true = [unit for unit in units if unit[1] == truth]
        both = sum(unit[1] == truth for unit in here)
        shares.append((both / len(here), both / len(true)))
    measured = b_cubed([unit[0] for unit in units], [unit[1] for unit in units])
    assert measured.precision == pytest.approx(sum(p for p, _ in shares) / len(units))
    assert measured.recall == pytest.approx(sum(r for _, r in shares) / len(units))


@given(UNITS.filter(bool))
def test_names_of_entities_do_not_matter_and_sides_change_places(units: list[tuple[str, str, str | None]]) -> None:
    found, truth = [unit[0] for unit in units], [unit[1] for unit in units]
    renamed = [f"entity {label}" for label in found]
    assert pairwise(renamed, truth) == pairwise(found, truth)
    there, back = b_cubed(found, truth), b_cubed(truth, found)
    assert (there.precision, there.recall) == (back.recall, back.precision)
    assert b_cubed(truth, truth).f1 == 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30), st.integers(1, 12))
def test_the_calibration_error_is_at_most_the_mean_distance(scored: list[tuple[float, bool]], n_bins: int) -> None:
    scores, right = [s for s, _ in scored], [r for _, r in scored]
    error = calibration_error(scores, right, n_bins)
    assert error is not None
    assert 0 <= error <= sum(abs(s - r) for s, r in scored) / len(scored) + 1e-9
    assert calibration_error([float(r) for r in right], right, n_bins) == 0.0
