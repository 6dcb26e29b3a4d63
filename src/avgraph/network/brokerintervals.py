"""How sure brokers are: claims are kept by their confidence, works are drawn again, and open triads are counted anew.

The members keep their groups: what is drawn again is who took part in which work, not who is of which country.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.network.brokerage import (
    ROLES,
    between_counts,
    brokerage,
    brokers_between,
    groups_between,
    role_counts,
)
from avgraph.network.groups import By, group_codes, groups_of
from avgraph.network.uncertainty import Of, Resampled, Resamples, check, interval_columns, place_columns, places_of

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network
    from avgraph.network.matrix import Ints

__all__ = ["BrokerageIntervals", "brokerage_intervals"]


@dataclass(frozen=True, eq=False)
class BrokerageIntervals(Resampled):
    """Brokers with how many open triads would be theirs in other draws of the claims and works.

    Attributes
    ----------
    table
        The rows and columns of :meth:`Network.brokerage`, and beside `triads` also `median`, `low`, `high`: median and
        interval of their number over the resamples; `rank` by their number (equal numbers share the better rank),
        `rank_median`, `rank_low`, `rank_high`; `share_top`: share of the resamples in which the member is among the
        first `top`, 0 to 1. For each role, where roles are counted, `…_median`, `…_low` and `…_high`.
    of, n, level, top, n_doubted, seed
        As in :class:`~avgraph.network.RankIntervals`.
    between
        The two groups that the triads lead between; None: all roles are counted.
    """

    between: tuple[str, str] | None

    def __str__(self) -> str:
        where = "" if self.between is None else f" between {self.between[0]} and {self.between[1]}"
        return self._said(f"open triads{where}")

    def __repr__(self) -> str:
        return f"<BrokerageIntervals: {self}>"

    def _repr_html_(self) -> str:
        return self._html("rank", "label", "group", "triads")


def brokerage_intervals(
    network: Network,
    by: By = "country",
    n: int = 200,
    level: float = 0.95,
    *,
    between: tuple[str, str] | None = None,
    of: Of = "both",
    top: int = 10,
    seed: int = 7,
) -> BrokerageIntervals:
    """Return the intervals of :meth:`Network.brokerage_intervals <avgraph.network.Network.brokerage_intervals>`."""
    check(n, level, of, top)
    counted = brokerage(network, by) if between is None else brokers_between(network, *between, by)
    shown = counted["node"].cast(pl.Enum(network.nodes["node"])).to_physical().cast(pl.Int64).to_numpy()
    draws = Resamples(network, of)
    counts = _counter(network, by, between)
    names = ("triads", *(ROLES if between is None else ()))
    values = {name: np.empty((n, len(shown)), dtype=np.int64) for name in names}
    places = np.empty((n, len(shown)), dtype=np.int32)
    for run, matrix in enumerate(draws.matrices(n, seed)):
        found = counts(matrix)
        for name in names:
            values[name][run] = found[name][shown]
        # Among all members: who brokers nothing in the whole network may do so where a tie is gone.
        places[run] = places_of(found["triads"])[shown]
    rank = pl.Series("rank", places_of(counted["triads"].to_numpy()), pl.Int64)
    of_triads = pl.DataFrame(
        interval_columns(values["triads"], level, dtype=pl.Int64) | {"rank": rank} | place_columns(places, level, top)
    )
    of_roles: dict[str, pl.Series] = {}
    for role in names[1:]:
        of_roles |= interval_columns(values[role], level, f"{role}_", pl.Int64)
    at = counted.columns.index("triads") + 1
    table = pl.concat([counted[:, :at], of_triads, counted[:, at:], pl.DataFrame(of_roles)], how="horizontal")
    return BrokerageIntervals(
        table=table, of=of, n=n, level=level, top=top, n_doubted=draws.n_doubted, seed=seed, between=between
    )


def _counter(network: Network, by: By, between: tuple[str, str] | None) -> Callable[[Any], dict[str, Ints]]:
    """Return the function from the weights of ties to the open triads of each member, in all and by role."""
    groups = groups_of(network, by)
    if between is None:
        codes, _ = group_codes(groups)
        return lambda matrix: role_counts(matrix, codes)
    first, second = groups_between(groups, *between)
    return lambda matrix: {"triads": between_counts(matrix, first, second)}
