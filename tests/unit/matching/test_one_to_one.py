"""Of the pairs the best matching is chosen, and rows go in their order where several are as good."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from avgraph.matching.assignment import best_assignment
from avgraph.matching.pairs import Pair


def test_the_sum_of_scores_counts_and_not_the_best_pair() -> None:
    pairs = [Pair(0, 0, 0.99, ()), Pair(0, 1, 0.95, ()), Pair(1, 0, 0.95, ())]
    assert [(p.left, p.right) for p in best_assignment(pairs)] == [(0, 1), (1, 0)]


def test_equal_rows_are_paired_in_their_order() -> None:
    pairs = [Pair(a, b, 0.9, ()) for a in (3, 1, 2) for b in (7, 9, 8)]
    assert [(p.left, p.right) for p in best_assignment(pairs)] == [(1, 7), (2, 8), (3, 9)]


@pytest.mark.parametrize(("lefts", "rights"), [((0, 1, 2), (0,)), ((0,), (0, 1, 2))])
def test_the_first_of_equal_rows_gets_the_only_partner(lefts: tuple[int, ...], rights: tuple[int, ...]) -> None:
    pairs = [Pair(a, b, 0.9, ()) for a in lefts for b in rights]
    assert [(p.left, p.right) for p in best_assignment(pairs)] == [(0, 0)]


def test_no_other_matching_has_a_greater_sum() -> None:
    rng = random.Random(4)
    for _ in range(60):
        n, m = rng.randint(1, 4), rng.randint(1, 4)
        score = {(a, b): round(rng.uniform(0.5, 1), 4) for a in range(n) for b in range(m) if rng.random() < 0.7}
        pairs = [Pair(a, b, s, ()) for (a, b), s in score.items()]
        rng.shuffle(pairs)
        chosen = best_assignment(pairs)
        assert len({p.left for p in chosen}) == len({p.right for p in chosen}) == len(chosen)
        columns = [*range(m), *[None] * n]
        best = max(
            (sum(score.get((a, b), 0) for a, b in enumerate(order) if b is not None) for order in
             permutations(columns, n)), default=0,
        )  # fmt: skip
        assert sum(p.score for p in chosen) == pytest.approx(best)
