"""The learnt combination: which pairs of an earlier network came to work together, and what they had in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.linkfeatures import FEATURES, PairFeatures, design
from avgraph.network.linkscores import LinkScores
from avgraph.network.logistic import Logistic, fit_logistic
from avgraph.network.matrix import Floats, Ints
from avgraph.network.membership import member_codes

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["LinkModel", "among", "before", "core_members", "dated_span", "far_pairs", "is_in", "known_codes",
           "late_years", "recent_pairs", "train", "untied_pairs"]  # fmt: skip

# Pairs with outcome 0 that the regression sees: with a common partner (about), and without.
_NEAR_SAMPLE = 200_000
_FAR_SAMPLE = 20_000


@dataclass(frozen=True, eq=False)
class LinkModel:
    """What was learnt from an earlier cut of a network.

    Attributes
    ----------
    regression
        The logistic regression on :data:`~avgraph.network.linkfeatures.FEATURES`.
    known, came
        Closed windows of years: what was known, and in which years the new ties came.
    n_pairs, n_positive
        Pairs it was fitted on, and how many of them came to be tied.
    """

    regression: Logistic
    known: tuple[int, int]
    came: tuple[int, int]
    n_pairs: int
    n_positive: int

    def probability(self, features: PairFeatures, u: Ints, v: Ints) -> Floats:
        """Return for each pair the probability of a tie in as many years as were learnt from, 0 to 1."""
        return self.regression.probability(design(features.scores(u, v), features.content(u, v)))

    def coefficients(self) -> pl.DataFrame:
        """Return what each feature counts for; see :meth:`Logistic.coefficients`."""
        return self.regression.coefficients()


def dated_span(network: Network) -> tuple[int, int]:
    """Return the first and last year of the network's rows.

    Raises
    ------
    AvgraphError
        If no row has a year, or all have the same.
    """
    first, last = network.memberships["year"].min(), network.memberships["year"].max()
    if not isinstance(first, int) or not isinstance(last, int) or first == last:
        raise AvgraphError(
            "the network has no two years, so nothing can be learnt from earlier ones",
            "give the membership table a column 'year', or choose another method, such as 'adamic_adar'",
        )
    return first, last


def late_years(span: tuple[int, int], share: float) -> int:
    """Return the number of years that are a share of a span, at least 1 and less than all."""
    n = span[1] - span[0] + 1
    return min(max(1, round(share * n)), n - 1)


def before(network: Network, year: int) -> Network:
    """Return the network as it was known at the end of a year; works without a year are left out."""
    from avgraph.network.projection import reproject

    return reproject(network, network.memberships, years=(None, year))


def recent_pairs(network: Network, since: int | None) -> Ints:
    """Return the ties that stand, as sorted numbers (code of the earlier node * nodes + code of the later).

    Parameters
    ----------
    network
        The network.
    since
        Ties whose last joint work is earlier stand no more; None: all stand, as do ties without a year.
    """
    edges = network.edges
    if since is not None:
        edges = edges.filter(pl.col("last_year").is_null() | (pl.col("last_year") >= since))
    source, target = member_codes(edges, network.nodes["node"])
    return np.sort(source.astype(np.int64) * network.nodes.height + target)


def is_in(keys: Ints, known: Ints) -> np.typing.NDArray[np.bool_]:
    """Return which of the keys are among the known ones (sorted)."""
    if not len(known):
        return np.zeros(len(keys), dtype=bool)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[place] == keys)


def untied_pairs(links: LinkScores, network: Network, since: int | None) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs with a common partner, and those once tied, whose tie does not stand; sorted within each part."""
    n = network.nodes.height
    stands, ever = recent_pairs(network, since), recent_pairs(network, None)
    lapsed = np.setdiff1d(ever, stands, assume_unique=True)
    for u, v in links.paired():
        keys = u * n + v
        keys = keys[~is_in(keys, ever)]
        yield keys // n, keys % n
    yield lapsed // n, lapsed % n


def far_pairs(links: LinkScores, network: Network, members: Ints, n_pairs: int, seed: int) -> tuple[Ints, Ints]:
    """Return up to `n_pairs` random pairs of the members (by place) without tie or common partner, sorted."""
    n = network.nodes.height
    if len(members) < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rng = np.random.default_rng(seed)
    one, other = members[rng.integers(0, len(members), (2, 2 * n_pairs))]
    u, v = np.minimum(one, other), np.maximum(one, other)
    keys = np.unique((u * n + v)[u < v])
    keys = keys[~is_in(keys, recent_pairs(network, None))]
    keys = keys[links.scores(keys // n, keys % n, ("common_neighbours",))["common_neighbours"] == 0]
    if len(keys) > n_pairs:
        keys = np.sort(rng.choice(keys, n_pairs, replace=False))
    return keys // n, keys % n


def known_codes(later: Network, nodes: pl.Series) -> tuple[Ints, Ints]:
    """Return the ties of a later network between members of `nodes` (sorted), by their place there."""
    edges = later.edges.filter(pl.col("source").is_in(nodes.implode()) & pl.col("target").is_in(nodes.implode()))
    source, target = member_codes(edges, nodes)
    return source.astype(np.int64), target.astype(np.int64)


def core_members(known: Network, later: Network, core: int) -> Ints:
    """Return the members of `known`, by their place there, with at least `core` ties in both networks.

    Parameters
    ----------
    known, later
        An earlier and a later network.
    core
        Least number of ties; with 0, all members, whether they go on or not.
    """
    if not core:
        return np.arange(known.nodes.height)
    active = later.nodes.filter(pl.col("degree") >= core)["node"]
    kept = known.nodes.select((pl.col("degree") >= core) & pl.col("node").is_in(active.implode())).to_series()
    return np.flatnonzero(kept.to_numpy())


def among(keys: Ints, members: Ints, n: int) -> Ints:
    """Return the pairs, as numbers, of which both are among the members."""
    if not len(keys) or len(members) == n:
        return keys
    chosen = np.zeros(n, dtype=bool)
    chosen[members] = True
    return keys[chosen[keys // n] & chosen[keys % n]]


def train(network: Network, horizon: int, window: int | None, core: int, seed: int) -> LinkModel:
    """Learn from the last years of a network which pairs come to be tied.

    Parameters
    ----------
    network
        All that may be known, with years.
    horizon
        Number of last years whose new ties are to be foretold from the years before.
    window
        A tie stands for so many years after its last joint work; None: for ever.
    core
        Learn from pairs of members with so many ties both before and in the last years; 0: from all pairs.
    seed
        Seed of the samples of pairs that were not tied.

    Raises
    ------
    AvgraphError
        If there are too few years, or no new tie between known members came in the last ones.
    """
    from avgraph.network.projection import reproject

    first, last = dated_span(network)
    cut = last - horizon
    if cut < first:
        raise AvgraphError(
            f"the years {first} to {last} leave none to learn from before the last {horizon}",
            "hold out fewer years, or choose another method, such as 'adamic_adar'",
        )
    known = before(network, cut)
    later = reproject(network, network.memberships, years=(cut + 1, last))
    since = None if window is None else cut - window + 1
    n = known.nodes.height
    features = PairFeatures(known, cut)
    u, v = known_codes(later, known.nodes["node"])
    members = core_members(known, later, core)
    positive = among(np.sort(u * n + v), members, n)
    positive = positive[~is_in(positive, recent_pairs(known, since))]
    if not len(positive):
        raise AvgraphError(
            f"no two members known by {cut} came to work together in {cut + 1} to {last}, so nothing can be learnt",
            "hold out more years, or choose another method, such as 'adamic_adar'",
        )
    rng = np.random.default_rng(seed)
    degree = features.links.degree
    rate = min(1.0, _NEAR_SAMPLE / max(1.0, float(degree @ degree - degree.sum()) / 2))
    drawn, n_near = [], 0
    for left, right in untied_pairs(features.links, known, since):
        keys = among(left * n + right, members, n)
        n_near += len(keys)
        drawn.append(keys[rng.random(len(keys)) < rate])
    near = np.sort(np.concatenate(drawn))
    left, right = far_pairs(features.links, known, members, _FAR_SAMPLE, seed)
    far = left * n + right
    n_far = len(members) * (len(members) - 1) / 2 - n_near - len(among(recent_pairs(known, since), members, n))
    negative = [keys[~is_in(keys, positive)] for keys in (near, far)]
    rates = [rate, min(1.0, max(len(far), 1) / max(n_far, 1.0))]
    keys = np.concatenate([positive, *negative])
    if len(keys) == len(positive):
        raise AvgraphError(
            f"every two members known by {cut} came to work together, so nothing can be learnt",
            "choose another method, such as 'adamic_adar'",
        )
    outcome = np.concatenate([np.ones(len(positive)), np.zeros(len(keys) - len(positive))])
    # Pairs that were tied were all taken, the others in part: their odds are corrected by how large a part.
    share = np.concatenate([np.full(len(part), r) for part, r in zip(negative, rates, strict=True)])
    shared = features.links.scores(positive // n, positive % n, ("common_neighbours",))["common_neighbours"] > 0
    is_near = shared | is_in(positive, recent_pairs(known, None))
    share = np.concatenate([np.where(is_near, *rates), share])
    order = np.argsort(keys, kind="stable")
    keys, outcome, share = keys[order], outcome[order], share[order]
    table = design(features.scores(keys // n, keys % n), features.content(keys // n, keys % n))
    regression = fit_logistic(table, outcome, FEATURES, offset=-np.log(share))
    return LinkModel(regression, (first, cut), (cut + 1, last), len(keys), len(positive))
