"""What a network would be without some of its members, works or roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from avgraph.errors import AvgraphError, NotFoundError
from avgraph.network.html import html_table
from avgraph.network.membership import nearest
from avgraph.network.projection import reproject

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["Removal", "without"]

_FIGURES = (
    "nodes", "edges", "works", "joint_works", "isolates", "components", "giant", "giant_share", "density",
    "mean_degree", "transitivity", "average_clustering", "assortativity", "assortativity_country", "max_core",
    "average_path", "diameter",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """A network before and after something was taken out of it.

    Attributes
    ----------
    table
        `figure`, `before`, `after`, `change` (after - before); null where a figure cannot be said. The figures are
        those of :class:`~avgraph.network.NetworkSummary`, and `total_weight`, the sum of the weights of all ties.
    after
        The network that is left, projected anew: where a member is gone, a work has fewer members, and its ties
        among the others weigh accordingly.
    lost_members
        `node`, `label` of the members who were not taken out and have no work left.
    lost_ties
        `source`, `target`, `weight` of the ties between two members who were not taken out that are gone.
    """

    table: pl.DataFrame
    after: Network
    lost_members: pl.DataFrame
    lost_ties: pl.DataFrame

    def __repr__(self) -> str:
        return (
            f"<Removal: {self.after!r} left, {self.lost_members.height:,} other members "
            f"and {self.lost_ties.height:,} ties of others lost>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.table, "before and after", max_rows=self.table.height)


def without(
    network: Network,
    members: str | Collection[str] = (),
    *,
    works: str | Collection[str] = (),
    roles: str | Collection[str] = (),
    with_works: bool = False,
    seed: int = 7,
) -> Removal:
    """Return the comparison of :meth:`Network.without <avgraph.network.Network.without>`."""
    gone = [network.find(member) for member in _names(members)]
    films, offices = _find_works(network, _names(works)), _names(roles)
    if not gone and not films and not offices:
        raise AvgraphError("nothing is to be taken out", "give members, works or roles")
    rows = network.memberships
    known = rows["role"].drop_nulls().unique().sort().to_list()
    for role in offices:
        if role not in known:
            raise NotFoundError(f"nobody has the role {role!r}", nearest(role, known))
    if with_works:
        films += rows.filter(pl.col("member").is_in(gone))["work"].unique().to_list()
    left = rows.filter(
        ~pl.col("member").is_in(gone) & ~pl.col("work").is_in(films) & ~pl.col("role").is_in(offices).fill_null(False)
    )
    after = reproject(network, left)
    others = network.nodes.filter(~pl.col("node").is_in(gone))
    ties = network.edges.filter(~pl.col("source").is_in(gone) & ~pl.col("target").is_in(gone))
    return Removal(
        table=_table(network, after, seed),
        after=after,
        lost_members=others.join(after.nodes, on="node", how="anti", maintain_order="left").select("node", "label"),
        lost_ties=ties.join(after.edges, on=["source", "target"], how="anti", maintain_order="left").select(
            "source", "target", "weight"
        ),
    )


def _names(values: str | Collection[str]) -> list[str]:
    return [values] if isinstance(values, str) else sorted(set(values))


def _find_works(network: Network, asked: list[str]) -> list[str]:
    """Return the IRIs of works given by IRI or, where it is unique, by label."""
    found = []
    for name in asked:
        hits = network.works.filter(pl.col("work") == name)["work"].to_list()
        hits = hits or network.works.filter(pl.col("label") == name)["work"].to_list()
        if not hits:
            raise NotFoundError(
                f"there is no work {name!r}", nearest(name, network.works["label"].unique().sort().to_list())
            )
        if len(hits) > 1:
            raise NotFoundError(f"{len(hits)} works are called {name!r}", "give the IRI: " + ", ".join(hits[:3]))
        found.append(hits[0])
    return found


def _table(before: Network, after: Network, seed: int) -> pl.DataFrame:
    sides = []
    for network in (before, after):
        figures = network.summary(communities=False, seed=seed).to_dict()
        weight = float(network.edges["weight"].sum())
        sides.append([figures[name] for name in _FIGURES] + [weight])
    table = pl.DataFrame(
        {
            "figure": [*_FIGURES, "total_weight"],
            "before": pl.Series(sides[0], dtype=pl.Float64, strict=False),
            "after": pl.Series(sides[1], dtype=pl.Float64, strict=False),
        }
    )
    return table.with_columns((pl.col("after") - pl.col("before")).alias("change"))
