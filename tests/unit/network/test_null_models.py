from __future__ import annotations

from collections import Counter
from itertools import islice, product

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from avgraph.errors import AvgraphError
from avgraph.network import project
from avgraph.network.engine import Engine
from avgraph.network.nullmodels import curveball, null_matrices
from avgraph.network.twomodemeasures import co_works, incidence_matrix
from textbook_networks import from_works, southern_women


def every_matrix(rows: list[int], columns: list[int]) -> set[tuple[int, ...]]:
    """Return all 0-1 matrices with these sums, flattened, by trying all."""
    shape = (len(rows), len(columns))
    return {
        cells
        for cells in product((0, 1), repeat=shape[0] * shape[1])
        if list((grid := np.reshape(cells, shape)).sum(axis=1)) == rows and list(grid.sum(axis=0)) == columns
    }


@pytest.mark.parametrize(
    "start",
    [
        [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        # An odd number of works, so that one rests in each round.
        [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]],
    ],
)
def test_every_matrix_of_the_same_margins_is_as_likely(start: list[list[int]]) -> None:
    grid = np.array(start)
    possible = every_matrix(list(grid.sum(axis=1)), list(grid.sum(axis=0)))
    n = 100 * len(possible)
    seen = Counter(
        tuple(drawn.toarray().astype(int).ravel())
        for drawn in islice(curveball(csr_array(grid.astype(float)), 3, 5), n)
    )
    assert len(possible) > 10
    assert set(seen) == possible
    expected = n / len(possible)
    chi = sum((seen[cells] - expected) ** 2 / expected for cells in possible)
    free = len(possible) - 1
    # Four standard deviations of chi square above its mean.
    assert chi < free + 4 * (2 * free) ** 0.5


def test_one_seed_gives_one_chain_and_another_another() -> None:
    incidence = incidence_matrix(southern_women())
    first, again, other = ([drawn.toarray() for drawn in islice(curveball(incidence, seed), 3)] for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])


def test_a_chain_is_the_same_on_every_machine() -> None:
    # Raw bits and stable sorts: fixed for good.
    drawn = next(curveball(incidence_matrix(from_works("abc", "ad", "cd", "be")), 7, n_first=20))
    assert (drawn.indptr.tolist(), drawn.indices.tolist()) == ([0, 3, 5, 7, 9], [0, 2, 3, 1, 2, 1, 3, 0, 4])


def test_a_shuffled_network_keeps_works_members_and_years() -> None:
    rows = pl.DataFrame(
        {
            "work": ["u", "u", "u", "v", "v", "w", "w", "x", "x"],
            "member": ["a", "b", "c", "a", "d", "e", "f", "d", "f"],
            "year": [2001, 2001, 2003, 2010, 2010, None, None, 2012, 2012],
        }
    )
    network = project(rows, name="Example")
    null = network.null(seed=1)
    assert null.nodes.select("node", "n_works").equals(network.nodes.select("node", "n_works"))
    columns = ["work", "first_year", "last_year", "n_members"]
    assert null.incidence.select(columns).equals(network.incidence.select(columns))
    assert not null.edges.equals(network.edges)
    assert null.edges.equals(network.null(seed=1).edges)
    assert null.settings == network.settings
    with pytest.raises(AvgraphError, match="n_rounds is 0"):
        network.null(n_rounds=0)


def test_one_mode_nulls_keep_the_number_of_partners() -> None:
    network = southern_women()
    nulls = list(null_matrices(network, 4, null="one-mode", seed=2))
    degree = np.diff(network.matrix.indptr)
    for matrix in nulls:
        assert np.array_equal(np.diff(matrix.indptr), degree)
        assert (matrix != matrix.T).nnz == 0
        assert matrix.diagonal().sum() == 0
        assert set(matrix.data) == {1.0}
    again = list(null_matrices(network, 4, null="one-mode", seed=2))
    assert all((one != two).nnz == 0 for one, two in zip(nulls, again, strict=True))
    assert (nulls[0] != nulls[1]).nnz > 0
    assert next(null_matrices(from_works("a"), 1, null="one-mode")).nnz == 0


def test_clustering_of_nulls_is_that_of_random_two_mode_graphs() -> None:
    # Newman, Strogatz and Watts 2001 on the moments of works per member (mu) and members per work (nu):
    # 1/C - 1 = (mu2 - mu1)(nu2 - nu1)^2 / (mu1 nu1 (2 nu1 - 3 nu2 + nu3)).
    rng = np.random.default_rng(5)
    rows = {(f"w{i}", f"m{rng.integers(6000)}") for i in range(6000) for _ in range(rng.integers(1, 7))}
    network = project(pl.DataFrame(sorted(rows), schema=["work", "member"], orient="row"))
    incidence = incidence_matrix(network)
    mu = [float((np.bincount(incidence.indices) ** power).mean()) for power in (1, 2)]
    nu = [float((np.diff(incidence.indptr) ** power).mean()) for power in (1, 2, 3)]
    top = mu[0] * nu[0] * (2 * nu[0] - 3 * nu[1] + nu[2])
    expected = 1 / (1 + (mu[1] - mu[0]) * (nu[1] - nu[0]) ** 2 / top)
    joint = [co_works(drawn) for drawn in islice(curveball(incidence), 3)]
    degrees = [np.diff(matrix.indptr) for matrix in joint]
    found = [
        2 * Engine(matrix).triangles.sum() / (degree * (degree - 1)).sum()
        for matrix, degree in zip(joint, degrees, strict=True)
    ]
    assert np.mean(found) == pytest.approx(expected, rel=0.015)


def test_null_models_that_make_no_sense_are_refused() -> None:
    with pytest.raises(AvgraphError, match="did you mean 'two-mode'"):
        next(null_matrices(from_works("ab"), 1, null="twomode"))  # type: ignore[arg-type]
    with pytest.raises(AvgraphError, match="n_nulls is 0"):
        from_works("ab").small_world(n_nulls=0)
    rows = pl.DataFrame({"work": ["w", "w"], "member": ["a", "b"]})
    with pytest.raises(AvgraphError, match="leaves out weak ties"):
        project(rows, min_weight=0.5).small_world(n_nulls=1)
