"""What is known of two members beside their ties: countries, years, roles, kinds of works."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from avgraph.network.linkscores import SCORES, LinkScores, paired_sums
from avgraph.network.matrix import Floats, Ints, adjacency

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["CONTENT", "FEATURES", "PairFeatures", "design"]

#: Features of the members: what each is, for tables and reasons.
CONTENT: dict[str, str] = {
    "same_country": "the first countries are the same",
    "shared_countries": "share of the countries of the two that both have",
    "shared_roles": "share of the roles of the two that both had",
    "shared_kinds": "share of the kinds of works of the two that both did",
    "years_apart": "years between the active years of the two; 0 where they overlap",
    "years_idle": "years since the last work, of the one that rests longer",
    "works": "works of the two together (logarithm of the product)",
    "worked_before": "joint works so far",
}
#: All that the learnt combination looks at.
FEATURES: tuple[str, ...] = (*SCORES, *CONTENT)


class PairFeatures:
    """The features of pairs of members of one network.

    Parameters
    ----------
    network
        What was known at the time.
    now
        The last year of that time; None: the last year of the network.
    """

    def __init__(self, network: Network, now: int | None = None) -> None:
        self._network = network
        last = network.nodes["last_year"].max()
        self._now = now if now is not None else last if isinstance(last, int) else 0
        self.links = LinkScores(network.matrix)

    def scores(self, u: Ints, v: Ints, names: tuple[str, ...] = SCORES) -> dict[str, Floats]:
        """Return the scores of pairs; see :meth:`LinkScores.scores`."""
        return self.links.scores(u, v, names)

    def content(self, u: Ints, v: Ints) -> dict[str, Floats]:
        """Return the content features of pairs, in the order of :data:`CONTENT`; what is unknown is not shared."""
        country, first, last, works = self._attributes
        # Two active spans: the later beginning less the earlier end.
        apart = np.maximum(first[u], first[v]) - np.minimum(last[u], last[v])
        idle = self._now - np.minimum(last[u], last[v])
        return {
            "same_country": ((country[u] == country[v]) & (country[u] >= 0)).astype(np.float64),
            "shared_countries": _overlap(self._countries, u, v),
            "shared_roles": _overlap(self._roles, u, v),
            "shared_kinds": _overlap(self._kinds, u, v),
            # Whoever has no year is neither apart nor idle.
            "years_apart": np.maximum(np.nan_to_num(apart), 0.0),
            "years_idle": np.maximum(np.nan_to_num(idle), 0.0),
            "works": np.log(works[u]) + np.log(works[v]),
            "worked_before": self._joint(u, v),
        }

    @cached_property
    def _attributes(self) -> tuple[Ints, Floats, Floats, Floats]:
        nodes = self._network.nodes
        values = nodes["country"].drop_nulls().unique().sort()
        country = nodes["country"].cast(pl.Enum(values)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
        first, last = (nodes[column].cast(pl.Float64).to_numpy() for column in ("first_year", "last_year"))
        return country, first, last, np.maximum(nodes["n_works"].to_numpy().astype(np.float64), 1.0)

    @cached_property
    def _countries(self) -> Any:
        return _sets(self._network.nodes["countries"])

    @cached_property
    def _roles(self) -> Any:
        return _sets(self._network.nodes["roles"])

    @cached_property
    def _kinds(self) -> Any:
        network = self._network
        did = network.memberships.group_by("member").agg(pl.col("kind").drop_nulls().unique().sort())
        nodes = network.nodes.select(pl.col("node").alias("member"))
        return _sets(nodes.join(did, on="member", how="left", maintain_order="left")["kind"])

    def _joint(self, u: Ints, v: Ints) -> Floats:
        """Return the number of joint works of each pair."""
        counted = self._network.edges["n_works"].cast(pl.Float64).to_numpy()
        matrix = adjacency(*self._network.ends, counted, self._network.nodes.height)
        return np.asarray(matrix[u, v]).ravel().astype(np.float64) if len(u) else np.zeros(0)


def design(scores: Mapping[str, Floats], content: Mapping[str, Floats]) -> Floats:
    """Return the features as the regression takes them, one row per pair: counts as logarithms, so that all are alike.

    Columns follow :data:`FEATURES`.
    """
    columns = {**scores, **content}
    for name in ("common_neighbours", "adamic_adar", "resource_allocation", "preferential_attachment",
                 "years_apart", "years_idle", "worked_before"):  # fmt: skip
        columns[name] = np.log1p(columns[name])
    # In walks of two steps, of which most have few.
    columns["katz"] = np.log1p(columns["katz"] * 400.0)
    return np.column_stack([columns[name] for name in FEATURES])


def _sets(lists: pl.Series) -> Any:
    """Return the sets of a list column as a CSR array of ones, a row per set and a column per value."""
    sets = lists.alias("set").to_frame().select(pl.col("set").fill_null([]).list.drop_nulls().list.unique().list.sort())
    sizes = sets["set"].list.len().to_numpy()
    flat = sets["set"].explode().drop_nulls()
    values = flat.unique().sort()
    codes = flat.cast(pl.Enum(values)).to_physical().cast(pl.Int64).to_numpy()
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return csr_array((np.ones(len(codes)), codes, begin), shape=(len(lists), max(len(values), 1)))


def _overlap(sets: Any, u: Ints, v: Ints) -> Floats:
    """Return the share of the values of either that both have (Jaccard), 0 where neither has any."""
    both = paired_sums(sets, u, v)
    sizes: Floats = np.diff(sets.indptr).astype(np.float64)
    union = sizes[u] + sizes[v] - both
    result: Floats = np.divide(both, union, out=np.zeros(len(u)), where=union > 0)
    return result
