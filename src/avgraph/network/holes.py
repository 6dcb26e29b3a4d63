"""Structural holes: how far a member's partners know each other, and so how far it stands between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from avgraph.network.matrix import Floats, masked_product, row_sums, rows_of

__all__ = ["constraint", "effective_size"]


def _with(matrix: Any, data: Floats) -> Any:
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _proportions(matrix: Any) -> Any:
    """Return the share of each node's strength that each of its ties is."""
    return _with(matrix, matrix.data / row_sums(matrix, matrix.data)[rows_of(matrix)])


def _of_tied(matrix: Any, values: Floats) -> Floats:
    """Return the values, NaN for nodes without a tie."""
    result: Floats = np.where(np.diff(matrix.indptr) > 0, values, np.nan)
    return result


def constraint(matrix: Any) -> Floats:
    """Return Burt's constraint of each node: how far its effort goes to partners who are tied to each other.

    The sum over the partners j of (p_ij + Σ_q p_iq p_qj)², where p_ij is the share of i's strength that is the tie to
    j [1]_. Low where a node spans holes between its partners; 1 with a single partner, and above 1 (below 2) where
    few partners are strongly tied to each other.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR with sorted indices, without loops and entries of 0.

    Returns
    -------
    numpy.ndarray
        One value above 0 per node, NaN for nodes without a tie.

    References
    ----------
    .. [1] R. S. Burt, "Structural Holes: The Social Structure of Competition", Harvard University Press (1992),
           equation 2.4.
    """
    shares = _proportions(matrix)
    return _of_tied(matrix, row_sums(matrix, np.square(shares.data + masked_product(shares, shares, matrix))))


def effective_size(matrix: Any) -> Floats:
    """Return Burt's effective size of each node's network: the number of its partners less their redundancy.

    The sum over the partners j of 1 - Σ_q p_iq m_jq, where p_iq is the share of i's strength that is the tie to q, and
    m_jq the weight of the tie of j and q over that of j's strongest tie [1]_. Where all weights are equal this is the
    number of partners less the mean number of ties that a partner has to the others [2]_.

    Parameters
    ----------
    matrix
        Symmetric weighted adjacency as CSR with sorted indices, without loops and entries of 0.

    Returns
    -------
    numpy.ndarray
        One value per node, from 1 to the number of its partners; NaN for nodes without a tie.

    References
    ----------
    .. [1] R. S. Burt, "Structural Holes: The Social Structure of Competition", Harvard University Press (1992),
           equation 2.2.
    .. [2] S. P. Borgatti, "Structural holes: unpacking Burt's redundancy measures", Connections 20, 35-38 (1997).
    """
    strongest = np.zeros(matrix.shape[0])
    np.maximum.at(strongest, rows_of(matrix), matrix.data)
    # Symmetric, so m_jq stands in row q and column j of the weights over the column's strongest.
    marginal = _with(matrix, matrix.data / strongest[matrix.indices])
    redundancy = masked_product(_proportions(matrix), marginal, matrix)
    return _of_tied(matrix, np.diff(matrix.indptr) - row_sums(matrix, redundancy))
