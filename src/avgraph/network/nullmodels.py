"""Null models: what a network would look like if nothing but the numbers of partners or of works were given.

The two-mode null keeps each member's number of works and each work's number of members, and shuffles who takes
part in what: the yardstick for clustering in affiliation networks, where every work makes a clique [1]_.  It is
drawn by global curveball trades: the works are paired at random, and each pair deals the members that only one
of the two has out again at random [2]_, [3]_.  The chain of such trades is symmetric and reaches every matrix of
the same margins, so that it ends in all of them with equal probability [3]_.  The trades of a round touch
different works and are made all at once with NumPy.

How many rounds: a membership that only one work of a pair has moves with probability 1/2 or so to a work drawn at
random, so that where works share few members hardly any is left in place after ten rounds (of 767,000 memberships
with repeated teams, 1 in 8,000).  Where few members are in most works, as countries are, pairs have much in common and
mix more slowly.  Measured on the films of AGE-C from 2018 to 2023, from the observed table on: the number of
four-cycles of its persons is level after 5 rounds; of its countries after 25, and their number of ties after 30, with
correlations of about 0.1 from 10 rounds on.  So the first null comes after 100 rounds and each other 30 after the one
before.  The literature asks for five trades per row [2]_, which are 10 rounds.

References
----------
.. [1] M. E. J. Newman, S. H. Strogatz and D. J. Watts, "Random graphs with arbitrary degree distributions and
       their applications", Physical Review E 64, 026118 (2001).
.. [2] G. Strona et al., "A fast and unbiased procedure to randomize ecological binary matrices with fixed row and
       column totals", Nature Communications 5, 4114 (2014).
.. [3] C. J. Carstens et al., "Parallel and I/O-efficient randomisation of massive networks using global curveball
       trades", European Symposium on Algorithms, LIPIcs 112, 11 (2018).
.. [4] S. Maslov and K. Sneppen, "Specificity and stability in topology of protein networks", Science 296, 910-913
       (2002).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.errors import AvgraphError
from avgraph.network.matrix import Ints
from avgraph.network.membership import nearest
from avgraph.network.twomodemeasures import co_works, incidence_matrix

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["N_ROUNDS", "N_ROUNDS_FIRST", "Null", "check_null", "curveball", "null_matrices", "null_network"]

Null = Literal["two-mode", "one-mode"]

#: Rounds of trades before the first null, and between a null and the next.
N_ROUNDS_FIRST = 100
N_ROUNDS = 30
# Swaps tried per tie for a one-mode null; NetworKit deals the ends out afresh before them, too.
_SWAPS_PER_TIE = 10.0

_RANDOM_BITS = 40


def curveball(
    incidence: Any, seed: int = 7, n_rounds: int = N_ROUNDS, *, n_first: int = N_ROUNDS_FIRST
) -> Iterator[Any]:
    """Yield incidence matrices with the same row and column sums, along one chain without end.

    Parameters
    ----------
    incidence
        CSR array of ones, works × members.
    seed
        Seed of the chain. Raw bits of PCG64 are used, which stay the same from version to version of NumPy.
    n_rounds
        Rounds of trades between a matrix and the next; in each, all works are paired at random and trade once.
    n_first
        Rounds before the first.
    """
    bits = np.random.PCG64(seed)
    n_works, n_members = incidence.shape
    indptr, member = incidence.indptr, incidence.indices.astype(np.int64)
    work = np.repeat(np.arange(n_works), np.diff(indptr))
    for n_trades in chain([n_first], repeat(n_rounds)):
        for _ in range(n_trades):
            member = _trade(work, member, incidence.shape, bits)
        # Columns of a row come in the order of trades.
        order = np.argsort(work * n_members + member)
        yield csr_array((np.ones(len(member)), member[order], indptr), shape=incidence.shape)


def _trade(work: Ints, member: Ints, shape: tuple[int, int], bits: Any) -> Ints:
    """Return the members of each entry after all works have traded once, in pairs."""
    n_works, n_members = shape
    pair_of = np.empty(n_works, dtype=np.int64)
    pair_of[np.argsort(bits.random_raw(n_works), kind="stable")] = np.arange(n_works) // 2
    pair = pair_of[work]
    key = pair * n_members + member
    order = np.argsort(key)
    ordered = key[order]
    same = ordered[1:] == ordered[:-1]
    # Members that both works have stay where they are; the others are dealt out again over the seats they leave.
    single = np.ones(len(order), dtype=bool)
    single[1:] &= ~same
    single[:-1] &= ~same
    seats = order[single]
    shuffle = (pair[seats].astype(np.uint64) << np.uint64(_RANDOM_BITS)) | (
        bits.random_raw(len(seats)) >> np.uint64(64 - _RANDOM_BITS)
    )
    dealt = member.copy()
    dealt[seats] = member[seats[np.argsort(shuffle, kind="stable")]]
    return dealt


def check_null(network: Network, null: str = "two-mode", n_nulls: int = 1) -> None:
    """Raise where a network cannot be compared with a null model.

    Raises
    ------
    AvgraphError
        If there is no such null model, fewer than one null is asked for, or weak ties were left out of the network.
    """
    if null not in get_args(Null):
        raise AvgraphError(f"there is no null model {null!r}", nearest(str(null), get_args(Null)))
    if n_nulls < 1:
        raise AvgraphError(f"n_nulls is {n_nulls}", "give the number of null networks to draw, at least 1")
    if network.settings.min_weight > 0 and null == "two-mode":
        raise AvgraphError(
            "the network leaves out weak ties, and its two-mode null would have them",
            "project it without min_weight, or compare it with the null model 'one-mode'",
        )


def null_matrices(network: Network, n_nulls: int, *, null: Null = "two-mode", seed: int = 7) -> Iterator[Any]:
    """Yield the adjacency (CSR) of `n_nulls` null networks; its values are joint works, or 1 in a one-mode null.

    ``"two-mode"`` keeps the members of each work and the works of each member; ``"one-mode"`` the partners of each
    member, by swapping the ends of ties [4]_ (ten swaps tried per tie for each null).
    """
    check_null(network, null, n_nulls)
    if null == "one-mode":
        yield from network.engine.rewired(n_nulls, seed=seed, n_swaps=_SWAPS_PER_TIE)
        return
    for drawn in islice(curveball(incidence_matrix(network), seed), n_nulls):
        yield co_works(drawn)


def null_network(network: Network, *, seed: int = 7, n_rounds: int = N_ROUNDS_FIRST) -> Network:
    """Return the network of :meth:`Network.null <avgraph.network.Network.null>`."""
    from avgraph.network.projection import reproject

    if n_rounds < 1:
        raise AvgraphError(f"n_rounds is {n_rounds}", "give the number of rounds of trades, at least 1")
    drawn = next(curveball(incidence_matrix(network), seed, n_first=n_rounds))
    counted = network.incidence
    if network.settings.weight == "share":
        counted = counted.filter(pl.col("share") > 0)
    rows = counted.select(
        "work", network.nodes["node"].gather(drawn.indices).alias("member"), "first_year", "last_year"
    )
    # A work of several years keeps its first and last.
    years = pl.concat_list("first_year", "last_year").list.unique().alias("year")
    return reproject(network, rows.with_columns(years).explode("year"))
