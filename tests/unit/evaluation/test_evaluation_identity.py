from __future__ import annotations

import polars as pl
import pytest

from avgraph.evaluation import Tally, b_cubed, calibration_bins, calibration_error, pairwise
from avgraph.evaluation.identity import BCubed, Bin

# Seven units: entity a was split in two, and the part of two got c's one; b was found as it is.
TRUTH = ["a", "a", "a", "a", "b", "b", "c"]
FOUND = ["1", "1", "2", "2", "3", "3", "2"]


def test_pairs_are_counted_by_hand() -> None:
    # Found: 1-1, three of 2, 3-3 = 5, of which the two with c are wrong. True: six of a, one of b = 7.
    assert pairwise(FOUND, TRUTH) == Tally(n_right=3, n_wrong=2, n_found=3, n_required=7)
    assert pairwise(FOUND, TRUTH).precision == pytest.approx(3 / 5)
    assert pairwise(FOUND, TRUTH).recall == pytest.approx(3 / 7)


def test_b_cubed_by_hand() -> None:
    found = b_cubed(FOUND, TRUTH)
    assert found.precision == pytest.approx((1 + 1 + 2 / 3 + 2 / 3 + 1 + 1 + 1 / 3) / 7)
    assert found.recall == pytest.approx((4 * (2 / 4) + 1 + 1 + 1) / 7)
    assert found.f1 == pytest.approx(2 * found.precision * found.recall / (found.precision + found.recall))


def test_b_cubed_of_some_units_still_counts_the_others() -> None:
    last = b_cubed(FOUND, TRUTH, where=[False] * 6 + [True])
    assert last == BCubed(precision=pytest.approx(1 / 3), recall=1.0, n_units=1)


def test_pairs_within_a_label_are_left_out() -> None:
    # The first two of a bear one label, and so do b's: of the found pairs those two go, of the true ones too.
    labels = ["x", "x", None, None, "y", "y", None]
    assert pairwise(FOUND, TRUTH, leave_out=labels) == Tally(n_right=1, n_wrong=2, n_found=1, n_required=5)


def test_a_label_of_two_entities_leaves_out_its_wrong_pairs_too() -> None:
    assert pairwise(["1", "1"], ["a", "b"], leave_out=["x", "x"]) == Tally()


def test_entities_are_taken_from_columns() -> None:
    units = pl.DataFrame({"found": [1, 1, 2], "truth": ["a", "b", "b"]})
    assert pairwise(units["found"], units["truth"]) == Tally(n_right=0, n_wrong=1, n_found=0, n_required=1)


def test_without_units_nothing_is_known() -> None:
    assert pairwise([], []) == Tally()
    assert b_cubed([], []) == BCubed(None, None, 0)
    assert b_cubed([], []).f1 is None
    assert calibration_error([], []) is None


def test_the_calibration_error_by_hand() -> None:
    scores = [0.95, 0.97, 0.92, 0.4, 0.45, 0.0, 1.0]
    right = [True, True, False, False, True, False, True]
    # Bins: 0.0 | 0.4 0.45 | 0.92 0.95 0.97 1.0, with 0, 1/2 and 3/4 right.
    assert calibration_bins(scores, right) == [
        Bin(1, 0.0, 0.0),
        Bin(2, pytest.approx(0.425), 0.5),
        Bin(4, pytest.approx(0.96), 0.75),
    ]
    assert calibration_error(scores, right) == pytest.approx((2 * 0.075 + 4 * 0.21) / 7)


def test_fewer_bins_hide_errors_that_cancel() -> None:
    scores, right = [0.2, 0.8], [True, False]
    assert calibration_error(scores, right, n_bins=2) == pytest.approx(0.8)
    assert calibration_error(scores, right, n_bins=1) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("scores", "right", "n_bins"), [([0.5], [True, False], 10), ([1.2], [True], 10), ([float("nan")], [True], 10),
                                    ([0.5], [True], 0)],
)  # fmt: skip
def test_scores_that_are_no_probabilities_are_refused(scores: list[float], right: list[bool], n_bins: int) -> None:
    with pytest.raises(ValueError):
        calibration_error(scores, right, n_bins)


def test_units_without_an_entity_are_refused() -> None:
    with pytest.raises(ValueError, match="no entity"):
        pairwise(["a", None], ["a", "b"])
    with pytest.raises(ValueError, match="2 units, but 1 labels"):
        b_cubed(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="1 units, but 2"):
        b_cubed(["a"], ["a"], where=[True, True])
