"""From an edge back to its works and claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from avgraph.errors import NotFoundError
from avgraph.network.html import html_table
from avgraph.network.membership import nearest

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network, Settings

__all__ = ["Tie", "evidence", "find_member", "joint_works", "tie_of"]

_PAIR = ["source", "target"]


@dataclass(frozen=True, eq=False)
class Tie:
    """The tie of two members, with what it was counted from.

    Attributes
    ----------
    source, target
        IRIs of the two, in sorted order.
    source_label, target_label
        What they are called.
    weight
        Weight of the edge; the sum of ``works["weight"]``.
    n_works
        Number of joint works.
    first_year, last_year
        Years of the first and the last joint work, None where unknown.
    works
        One row per joint work, the earliest first: `work`, `label`, `first_year`, `last_year`, `n_members`,
        `weight` (what it adds to the edge), `source_roles`, `target_roles`, `claims`.
    claims
        IRIs of all claims behind it, sorted.
    """

    source: str
    target: str
    source_label: str
    target_label: str
    weight: float
    n_works: int
    first_year: int | None
    last_year: int | None
    works: pl.DataFrame
    claims: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the tie as plain values that JSON can hold."""
        names = ["source", "target", "source_label", "target_label", "weight", "n_works", "first_year", "last_year"]
        return {name: getattr(self, name) for name in names} | {
            "works": self.works.to_dicts(),
            "claims": list(self.claims),
        }

    def _repr_html_(self) -> str:
        title = f"{self.source_label} – {self.target_label}: {self.n_works} works, weight {self.weight:.3g}"
        shown = self.works.select(
            pl.col("label").alias("work"),
            pl.col("first_year").alias("year"),
            "weight",
            pl.col("source_roles").list.join(", ").alias("roles of the first"),
            pl.col("target_roles").list.join(", ").alias("roles of the second"),
            pl.col("claims").list.len().alias("claims"),
        )
        return html_table(shown, title)


def find_member(nodes: pl.DataFrame, member: str) -> str:
    """Return the IRI of the node with this IRI, or with this label if only one has it."""
    if member in nodes["node"]:
        return member
    named = nodes.filter(pl.col("label") == member)["node"]
    if len(named) == 1:
        return str(named.item())
    if len(named):
        raise NotFoundError(f"{len(named)} members are called {member!r}", "give the IRI: " + ", ".join(named[:5]))
    raise NotFoundError(
        f"{member!r} is not a member of the network",
        nearest(member, nodes["label"].to_list()) if nodes.height else "the network has no members",
    )


def _contribution(settings: Settings) -> pl.Expr:
    """Return what a joint work adds to an edge, see :func:`~avgraph.network.project`."""
    match settings.weight:
        case "newman":
            value = 1.0 / (pl.col("n_members") - 1)
        case "count":
            value = pl.lit(1.0)
        case _:
            value = pl.col("share") * pl.col("share_right")
    if settings.half_life is None:
        return value
    aged: pl.Expr = value * settings.ageing(pl.col("last_year"))
    return aged


def tie_of(network: Network, a: str, b: str) -> Tie:
    """Return the tie of two members given by IRI."""
    source, target = sorted((a, b))
    edge = network.edges.filter((pl.col("source") == source) & (pl.col("target") == target))
    labels = dict(network.nodes.filter(pl.col("node").is_in([source, target])).select("node", "label").iter_rows())
    if edge.is_empty():
        raise NotFoundError(
            f"{labels[source]!r} and {labels[target]!r} have no tie in this network",
            f"it was projected with {network.settings}",
        )
    row = edge.row(0, named=True)
    incidence = network.incidence
    joint = incidence.filter(pl.col("member") == source).join(
        incidence.filter(pl.col("member") == target).select("work", "share"), on="work"
    )
    if network.settings.weight == "share":
        joint = joint.filter(pl.col("share") * pl.col("share_right") > 0)
    rows = network.memberships.filter(pl.col("member").is_in([source, target])).join(joint, on="work", how="semi")
    says = rows.group_by("work").agg(
        pl.col("role").filter(pl.col("member") == source).drop_nulls().unique().sort().alias("source_roles"),
        pl.col("role").filter(pl.col("member") == target).drop_nulls().unique().sort().alias("target_roles"),
        pl.col("claim").drop_nulls().unique().sort().alias("claims"),
    )
    works = (
        joint.with_columns(_contribution(network.settings).alias("weight"))
        .join(network.works, on="work")
        .join(says, on="work")
        .sort("first_year", "work", nulls_last=True)
        .select("work", "label", "first_year", "last_year", "n_members", "weight",
                "source_roles", "target_roles", "claims")
    )  # fmt: skip
    claims = rows["claim"].drop_nulls().unique().sort()
    return Tie(**row, source_label=labels[source], target_label=labels[target], works=works, claims=tuple(claims))


def joint_works(network: Network) -> pl.DataFrame:
    """Return one row per edge of the network and work that it was counted from, in no order.

    Columns: `work`, `source`, `target`, `first_year` and `last_year` of the work, `n_members` of the work, `weight`
    (what it adds to the edge).
    """
    joint = network.incidence.filter(pl.col("n_members") > 1)
    if network.settings.weight == "share":
        joint = joint.filter(pl.col("share") > 0)
    pairs = joint.rename({"member": "source"}).join(
        joint.select("work", pl.col("member").alias("target"), pl.col("share").alias("share_right")), on="work"
    )
    return (
        pairs.filter(pl.col("source") < pl.col("target"))
        .join(network.edges.select(_PAIR), on=_PAIR, how="semi")
        .select("work", *_PAIR, "first_year", "last_year", "n_members",
                _contribution(network.settings).alias("weight"))
    )  # fmt: skip


def evidence(network: Network) -> pl.DataFrame:
    """Return `source`, `target`, `works`, `claims` (sorted lists) for every edge of the network."""
    pairs = joint_works(network).select("work", *_PAIR)
    said = network.memberships.filter(pl.col("claim").is_not_null()).select("work", "member", "claim")
    claims = pl.concat(
        [pairs.join(said, left_on=["work", end], right_on=["work", "member"]).select(*_PAIR, "claim") for end in _PAIR]
    )
    works = pairs.group_by(_PAIR).agg(pl.col("work").sort().alias("works"))
    claims = claims.group_by(_PAIR).agg(pl.col("claim").unique().sort().alias("claims"))
    return works.join(claims, on=_PAIR, how="left").with_columns(pl.col("claims").fill_null([]))
