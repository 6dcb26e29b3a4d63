"""How the network changes: rolling windows of years, and what comes, stays and goes from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.activity import observed_years
from avgraph.network.matrix import Ints, component_labels
from avgraph.network.measures import closure
from avgraph.network.membership import member_codes
from avgraph.network.projection import reproject
from avgraph.network.tie import joint_works

if TYPE_CHECKING:
    from avgraph.network.collaboration import Network

__all__ = ["evolution", "window_years", "windows"]

_COUNTS = ("nodes", "edges", "works")
_FIGURES = ("density", "mean_degree", "giant_share", "transitivity", "average_clustering")
_TIES = ("born", "revived", "persisting", "dissolved")
_MEMBERS = ("newcomers", "incumbents", "leavers")
_LINKS = ("newcomer_newcomer", "newcomer_incumbent", "incumbent_incumbent", "repeated")

_SCHEMA: dict[str, Any] = (
    dict.fromkeys(("first_year", "last_year", *_COUNTS), pl.Int64())
    | dict.fromkeys(_FIGURES, pl.Float64())
    | {"communities": pl.Int64(), "modularity": pl.Float64()}
    | dict.fromkeys(_TIES, pl.Int64())
    | {"jaccard_ties": pl.Float64()}
    | dict.fromkeys(_MEMBERS, pl.Int64())
    | {"jaccard_members": pl.Float64(), "links": pl.Int64()}
    | dict.fromkeys(_LINKS, pl.Float64())
)


def window_years(network: Network, width: int, step: int) -> list[tuple[int, int]]:
    """Return first and last year of each window, the earliest first; the last ends with the last year observed.

    Raises
    ------
    AvgraphError
        If no work has a year, the years are fewer than `width`, or `step` is not from 1 to `width`.
    """
    if width < 1 or not 1 <= step <= width:
        raise AvgraphError(
            f"windows of {width} years every {step} years make no sense",
            "give a width of at least 1 and a step from 1 to the width, so that no year is passed over",
        )
    observed = observed_years(network)
    if observed is None:
        raise AvgraphError("no work of the network has a year, so there are no windows", "give the works' years")
    first, last = observed
    ends = list(range(last, first + width - 2, -step))[::-1]
    if not ends:
        raise AvgraphError(
            f"the works are of {last - first + 1} years, {first} to {last}: no window of {width} years fits",
            "give a smaller width",
        )
    return [(end - width + 1, end) for end in ends]


def windows(network: Network, width: int = 7, step: int = 1) -> Iterator[Network]:
    """Return the networks of :meth:`Network.windows <avgraph.network.Network.windows>`."""
    spans = window_years(network, width, step)
    return (reproject(network, network.memberships, years=years) for years in spans)


def evolution(
    network: Network, width: int = 7, step: int = 1, *, communities: bool = False, seed: int = 7
) -> pl.DataFrame:
    """Return the table of :meth:`Network.evolution <avgraph.network.Network.evolution>`."""
    spans = window_years(network, width, step)
    links = _links_by_year(network)
    nodes = network.nodes["node"]
    rows: list[dict[str, Any]] = []
    ties_before = members_before = ties_ever = members_ever = np.zeros(0, dtype=np.int64)
    for window, (first, last) in zip(windows(network, width, step), spans, strict=True):
        ties, members = _tie_codes(window, nodes), _member_codes(window, nodes)
        row = {"first_year": first, "last_year": last} | _figures(window)
        if communities:
            found = window.communities(seed=seed)
            row |= {"communities": len(found), "modularity": found.modularity}
        if rows:
            row |= _changes(ties, ties_before, ties_ever, ("born", "revived", "persisting", "dissolved"))
            row["jaccard_ties"] = _jaccard(ties, ties_before)
            came = _changes(members, members_before, members_ever, ("newcomers", "returned", "stayed", "leavers"))
            row |= {
                "newcomers": came["newcomers"],
                "incumbents": came["returned"] + came["stayed"],
                "leavers": came["leavers"],
                "jaccard_members": _jaccard(members, members_before),
            }
            row |= _link_shares(links, last - step + 1, last)
        rows.append(row)
        ties_before, members_before = ties, members
        ties_ever, members_ever = np.union1d(ties_ever, ties), np.union1d(members_ever, members)
    return pl.DataFrame(rows, schema=_SCHEMA)


def _figures(window: Network) -> dict[str, Any]:
    n, m = window.nodes.height, window.edges.height
    transitivity, average_clustering = closure(window.matrix, window.engine)
    labels = component_labels(window.matrix) if n else np.zeros(0, dtype=np.int64)
    return {
        "nodes": n,
        "edges": m,
        "works": window.works.height,
        "density": 2 * m / (n * (n - 1)) if n > 1 else None,
        "mean_degree": 2 * m / n if n else None,
        "giant_share": float((labels == 0).sum()) / n if n else None,
        "transitivity": transitivity,
        "average_clustering": average_clustering,
    }


def _tie_codes(window: Network, nodes: pl.Series) -> Ints:
    """Return one number for each tie, the same in every window, sorted."""
    source, target = member_codes(window.edges, nodes)
    return np.sort(source * len(nodes) + target)


def _member_codes(window: Network, nodes: pl.Series) -> Ints:
    return window.nodes["node"].cast(pl.Enum(nodes)).to_physical().cast(pl.Int64).to_numpy()


def _changes(now: Ints, before: Ints, ever: Ints, names: tuple[str, str, str, str]) -> dict[str, int]:
    """Return how many of `now` are new, back again and still there, and how many of `before` are gone."""
    stayed = len(np.intersect1d(now, before, assume_unique=True))
    known = len(np.intersect1d(now, ever, assume_unique=True))
    return dict(zip(names, (len(now) - known, known - stayed, stayed, len(before) - stayed), strict=True))


def _jaccard(now: Ints, before: Ints) -> float | None:
    both = len(np.intersect1d(now, before, assume_unique=True))
    either = len(now) + len(before) - both
    return both / either if either else None


def _links_by_year(network: Network) -> pl.DataFrame:
    """Return per year the number of links of its works, by what its two members had done in the years before."""
    dated = network.incidence.drop_nulls("first_year")
    began = dated.group_by("member").agg(pl.col("first_year").min().alias("began"))
    together = network.edges.select("source", "target", pl.col("first_year").alias("together"))
    links = joint_works(network).drop_nulls("first_year").join(together, on=["source", "target"])
    for end in ("source", "target"):
        links = links.join(began.rename({"member": end, "began": f"{end}_began"}), on=end)
    year = pl.col("first_year")
    known = (pl.col("source_began") < year).cast(pl.Int8) + (pl.col("target_began") < year).cast(pl.Int8)
    repeated = pl.col("together") < year
    kinds = (known == 0, known == 1, (known == 2) & ~repeated, repeated)
    return links.group_by(year.alias("year")).agg(
        pl.len().alias("links"), *(kind.sum().alias(name) for name, kind in zip(_LINKS, kinds, strict=True))
    )


def _link_shares(links: pl.DataFrame, first: int, last: int) -> dict[str, Any]:
    sums = links.filter(pl.col("year").is_between(first, last)).sum().row(0, named=True)
    n = sums["links"]
    return {"links": n} | {name: sums[name] / n if n else None for name in _LINKS}
