"""Inward or outward: whether ties stay within groups, by the E-I index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.groups import By, group_codes, groups_of
from avgraph.network.html import html_table
from avgraph.network.matrix import Floats, Ints

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["EIIndex", "ei_index"]


@dataclass(frozen=True, eq=False)
class EIIndex:
    """The E-I index of a network, of its groups and of its members: external less internal ties over both.

    -1 where all ties stay within groups, 1 where all lead out of them, None where there are none.

    Attributes
    ----------
    value
        The index of the network.
    expected
        Its exact expectation where the groups are dealt out to the members at random, the ties staying as they are.
    p
        How often as extreme an index comes about in that way (two-sided, above 0 up to 1); see `permutations`.
    internal, external
        Number of ties within a group and between two, of all ties with both groups known.
    groups
        `group`, `n_members`, `internal`, `external` (partners of its members inside and outside, summed over the
        members, so that a tie inside counts at both ends), `ei`, `expected` (mean of the permutations), `p`; sorted by
        group.
    members
        `node`, `label`, `group`, `internal`, `external` (partners inside and outside the group), `ei`; the most
        outward first, then by node.
    permutations, seed
        How many times the groups were dealt out, and how.
    """

    value: float | None
    expected: float | None
    p: float | None
    internal: int
    external: int
    groups: pl.DataFrame
    members: pl.DataFrame
    permutations: int
    seed: int

    def __repr__(self) -> str:
        if self.value is None:
            return "<EIIndex: no ties between members of known groups>"
        return (
            f"<EIIndex: {self.value:.3f} ({self.external:,} external, {self.internal:,} internal ties), "
            f"expected {self.expected:.3f}, p {self.p:.3g}>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.groups, repr(self).strip("<>"))


def ei_index(network: Network, by: By = "country", *, permutations: int = 999, seed: int = 7) -> EIIndex:
    """Return the index of :meth:`Network.ei_index <avgraph.network.Network.ei_index>`."""
    if permutations < 1:
        raise AvgraphError(f"there are {permutations} permutations", "give 1 or more; 999 is usual")
    codes, names = group_codes(groups_of(network, by))
    source, target = network.ends
    known = (codes[source] >= 0) & (codes[target] >= 0)
    source, target = source[known], target[known]
    # Only members whose group is known are dealt another.
    members = np.flatnonzero(codes >= 0)
    place = np.full(len(codes), -1)
    place[members] = np.arange(len(members))
    source, target, group = place[source], place[target], codes[members]
    n, n_groups = len(members), len(names)
    degree = np.bincount(np.concatenate([source, target]), minlength=n).astype(np.float64)
    same = group[source] == group[target]
    internal = np.bincount(np.concatenate([source[same], target[same]]), minlength=n)
    inside, ends = _shares(source, target, degree, group, n_groups)
    observed = _ratio(inside, ends)
    mean, p = _dealt(source, target, degree, group, observed, permutations, seed)
    m, n_inside = len(source), int(same.sum())
    size = np.bincount(group, minlength=n_groups)
    pairs = float((size * (size - 1)).sum()) / (n * (n - 1)) if n > 1 else None
    groups = pl.DataFrame({
        "group": names,
        "n_members": size,
        "internal": np.rint(inside[:-1]).astype(np.int64),
        "external": np.rint(ends[:-1] - inside[:-1]).astype(np.int64),
        "ei": _none(1 - 2 * observed[:-1]),
        "expected": _none(1 - 2 * mean[:-1]),
        "p": _none(p[:-1]),
    }, schema_overrides={"group": pl.String})  # fmt: skip
    table = network.nodes[members].select(
        "node", "label", pl.Series("group", names.gather(group), pl.String), pl.Series("internal", internal, pl.Int64),
        pl.Series("external", degree - internal, pl.Float64).cast(pl.Int64),
        _none(1 - 2 * _ratio(internal.astype(np.float64), degree)).alias("ei"),
    )  # fmt: skip
    return EIIndex(
        value=1 - 2 * n_inside / m if m else None,
        expected=1 - 2 * pairs if m and pairs is not None else None,
        p=float(p[-1]) if m else None,
        internal=n_inside,
        external=m - n_inside,
        groups=groups,
        members=table.sort("ei", "node", descending=[True, False], nulls_last=True),
        permutations=permutations,
        seed=seed,
    )


def _shares(source: Ints, target: Ints, degree: Floats, group: Ints, n_groups: int) -> tuple[Floats, Floats]:
    """Return the ends of ties inside each group, and all ends of its members; last, those of all groups."""
    within = group[source]
    inside = 2.0 * np.bincount(within[within == group[target]], minlength=n_groups)
    ends = np.bincount(group, degree, minlength=n_groups)
    return np.append(inside, inside.sum()), np.append(ends, degree.sum())


def _dealt(
    source: Ints, target: Ints, degree: Floats, group: Ints, observed: Floats, permutations: int, seed: int
) -> tuple[Floats, Floats]:
    """Return the mean share of internal ends of each group and of all, and twice the smaller tail, as p.

    The observed shares are one of the ways to deal. Where a group has no ties there is nothing to compare (NaN).
    """
    rng = np.random.default_rng(seed)
    total, known, low, high = np.zeros((4, len(observed)))
    for _ in range(permutations):
        share = _ratio(*_shares(source, target, degree, rng.permutation(group), len(observed) - 1))
        total += np.nan_to_num(share)
        known += ~np.isnan(share)
        # Equal shares are equal floats, being quotients of whole numbers.
        low += share <= observed
        high += share >= observed
    p = np.minimum(1.0, 2 * (1 + np.minimum(low, high)) / (1 + known))
    return np.where(np.isnan(observed), np.nan, _ratio(total, known)), np.where(np.isnan(observed), np.nan, p)


def _ratio(part: Floats, whole: Floats) -> Floats:
    result: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return result


def _none(values: Floats) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64).fill_nan(None)
