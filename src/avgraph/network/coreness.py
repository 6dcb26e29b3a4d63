"""Core and periphery: how near each member is to the one core of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.network.html import html_table
from avgraph.network.matrix import Floats

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Coreness", "coreness", "fit_core"]

_POWER_STEPS = 50
_MOST_STEPS = 500


@dataclass(frozen=True, eq=False)
class Coreness:
    """The coreness of each member, and how well it describes the network.

    Attributes
    ----------
    table
        `node`, `label`, `country`, `coreness` (0 to 1, where 1 is the member nearest to the core), sorted by coreness,
        then node. Null in a network without ties.
    correlation
        Correlation of the weights of all pairs (0 where there is no tie) with the products of their coreness, up to 1:
        the goodness of fit of Borgatti and Everett. None where one of the two does not vary.
    converged
        Whether the search ended at a minimum. In a star it never does, as the best coreness of the leaves is smaller
        than any number.
    """

    table: pl.DataFrame
    correlation: float | None
    converged: bool

    def __repr__(self) -> str:
        fit = "none" if self.correlation is None else f"{self.correlation:.3f}"
        return f"<Coreness: {self.table.height:,} nodes, correlation {fit}>"

    def _repr_html_(self) -> str:
        return html_table(self.table.drop("node"), repr(self).strip("<>"))


def coreness(network: Network) -> Coreness:
    """Return the coreness of :meth:`Network.coreness <avgraph.network.Network.coreness>`."""
    values, converged = fit_core(network.matrix)
    value = pl.Series("coreness", values, pl.Float64).fill_nan(None).round_sig_figs(6)
    table = network.nodes.select("node", "label", "country", value)
    return Coreness(
        table=table.sort("coreness", "node", descending=[True, False], nulls_last=True),
        correlation=_correlation(network.matrix, values),
        converged=converged,
    )


def fit_core(matrix: Any) -> tuple[Floats, bool]:
    """Return the continuous coreness of each node, and whether the search ended.

    The numbers c of 0 or more for which the sum of (a_ij - c_i c_j)² over all pairs is smallest [1]_, that is the
    first factor without a diagonal (MINRES [2]_, [3]_), divided by the largest. The search (L-BFGS-B) begins at the
    leading eigenvector and ends in a minimum near it, where there are several: members alike stay alike, and the order
    of the nodes matters for rounding alone. The values are good to about six digits. A step costs as much as there are
    ties.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR, without loops.

    Returns
    -------
    tuple[numpy.ndarray, bool]
        One value from 0 to 1 per node, NaN for all in a network without ties.

    References
    ----------
    .. [1] S. P. Borgatti and M. G. Everett, "Models of core/periphery structures", Social Networks 21, 375-395
           (2000).
    .. [2] A. L. Comrey, "The minimum residual method of factor analysis", Psychological Reports 11, 15-18 (1962).
    .. [3] J. P. Boyd, W. J. Fitzgerald, M. C. Mahutga and D. A. Smith, "Computing continuous core/periphery
           structures for social relations data with MINRES/SVD", Social Networks 32, 125-137 (2010).
    """
    from scipy.optimize import minimize  # not above: it takes long to import

    n = matrix.shape[0]
    if not matrix.nnz:
        return np.full(n, np.nan), True
    c = np.asarray(matrix.sum(axis=1)) / matrix.sum()
    norm = 0.0
    for _ in range(_POWER_STEPS):
        # With half of itself, as in a two-mode pattern the steps would go to and fro.
        step = matrix @ c
        norm = float(np.linalg.norm(step) / np.linalg.norm(c))
        c = step / np.linalg.norm(step) + c / np.linalg.norm(c)
    c /= np.linalg.norm(c)
    # Weights in units of the eigenvalue, so that tolerances mean the same in every network.
    unit = csr_array((matrix.data / norm, matrix.indices, matrix.indptr), shape=matrix.shape)

    def misfit(c: Floats) -> tuple[float, Floats]:
        reached, square = unit @ c, np.square(c)
        total = float(square.sum())
        value = total * total - float(np.square(square).sum()) - 2 * float(c @ reached)
        return value, 4 * (c * (total - square) - reached)

    found = minimize(
        misfit, c, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * n,
        options={"maxiter": _MOST_STEPS, "maxfun": 2 * _MOST_STEPS, "ftol": 0.0, "gtol": 1e-9, "maxcor": 20},
    )  # fmt: skip
    values: Floats = found.x / found.x.max()
    return values, bool(np.abs(np.where(found.x > 0, found.jac, np.minimum(found.jac, 0.0))).max() <= 1e-6)


def _correlation(matrix: Any, c: Floats) -> float | None:
    """Return the correlation of weights and products over all pairs of nodes, None where one does not vary."""
    n = len(c)
    if not matrix.nnz:
        return None
    n_pairs = n * (n - 1) / 2
    square = np.square(c)
    weight, product = float(matrix.sum()) / 2 / n_pairs, float(c.sum() ** 2 - square.sum()) / 2 / n_pairs
    weight_2 = float(np.square(matrix.data).sum()) / 2 / n_pairs
    product_2 = float(square.sum() ** 2 - np.square(square).sum()) / 2 / n_pairs
    both = float(c @ (matrix @ c)) / 2 / n_pairs
    spread = weight_2 - weight**2, product_2 - product**2
    if spread[0] <= 1e-12 * weight_2 or spread[1] <= 1e-12 * product_2:
        return None
    return float(np.clip((both - weight * product) / np.sqrt(spread[0] * spread[1]), -1.0, 1.0))
