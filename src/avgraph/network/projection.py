"""The one-mode projection: two members of the same work are tied, and the tie has a weight.

The pairs of all works of one size are written down at once, sorted, and summed up in a fixed order: the same rows give
the same floats.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from avgraph.errors import AvgraphError
from avgraph.network.collaboration import Network, Settings
from avgraph.network.membership import (
    Weight,
    Years,
    check_membership,
    check_nodes,
    incidence_of,
    keep_values,
    keep_years,
    nearest,
)

if TYPE_CHECKING:
    from avgraph.network.matrix import Floats, Ints

__all__ = ["Weight", "project", "reproject"]

_NO_YEAR = 1 << 40


def project(
    membership: pl.DataFrame,
    nodes: pl.DataFrame | None = None,
    *,
    years: Years | None = None,
    roles: Collection[str] | None = None,
    work_kinds: Collection[str] | None = None,
    weight: Weight = "newman",
    half_life: float | None = None,
    now: int | None = None,
    min_weight: float = 0.0,
    works: Mapping[str, str] | pl.DataFrame | None = None,
    name: str = "",
) -> Network:
    """Project works onto their members.

    Parameters
    ----------
    membership
        One row per (work, member, role, claim), see :data:`~avgraph.network.MEMBERSHIP_SCHEMA`. A member that
        is named twice in a work counts once, and keeps all its roles and claims.
    nodes
        Labels, types and countries of the members, see :data:`~avgraph.network.NODE_SCHEMA`; may lack some.
    years
        Closed window of years, either end open with None. Rows without a year are left out of a window, and
        counted in ``network.n_undated``.
    roles
        Keep only members in these roles.
    work_kinds
        Keep only works of these kinds.
    weight
        What a work with `n` members adds to each of its pairs (members counted after `years` and `roles`):

        ``"newman"``
            1 / (n - 1), so that a member's ties from one work add up to 1 and a film with seven partners
            does not swamp the rest [1]_.
        ``"count"``
            1.
        ``"share"``
            the product of the two shares, where the shares of a work add up to 1: the fractional approach
            with stated contributions in place of 1/n [2]_. A work where some member has no stated share is
            divided equally; a member with a share of 0 has no tie from that work.
    half_life
        Years after which a joint work counts half: its weight is multiplied by 2 to the power of minus its age over
        this. Works without a year have no age and are left out.
    now
        The year from which ages are counted; by default the end of the window of years, or the last year of all works.
    min_weight
        Leave out edges below this weight; the members stay.
    works
        Work IRI → label, or a table with the columns `work` and `label`.
    name
        What to call the network in tables and files.

    Returns
    -------
    Network
        Members as nodes, sorted by IRI; members of no joint work are isolated nodes.

    Raises
    ------
    AvgraphError
        If a table lacks a column or an argument makes no sense.

    References
    ----------
    .. [1] M. E. J. Newman, "Scientific collaboration networks. II. Shortest paths, weighted networks, and
           centrality", Physical Review E 64, 016132 (2001).
    .. [2] V. Batagelj and M. Cerinšek, "On bibliographic networks", Scientometrics 96, 845-864 (2013),
           the network Cn of contributions.

    Examples
    --------
    >>> table = pl.DataFrame({"work": ["w1"] * 3 + ["w2"] * 2, "member": ["a", "b", "c", "a", "b"]})
    >>> project(table).edges.select("source", "target", "weight", "n_works").rows()
    [('a', 'b', 1.5, 2), ('a', 'c', 0.5, 1), ('b', 'c', 0.5, 1)]
    """
    if weight not in get_args(Weight):
        raise AvgraphError(f"there is no weight {weight!r}", nearest(str(weight), get_args(Weight)))
    if half_life is not None and not half_life > 0:
        raise AvgraphError(f"the half-life is {half_life}", "give a number of years above 0")
    rows = keep_values(keep_values(check_membership(membership), "role", roles), "kind", work_kinds)
    n_undated = rows["year"].null_count()
    first, last = rows.select(pl.min("year"), pl.max("year").alias("last")).row(0)
    rows = keep_years(rows, years)
    if half_life is not None:
        rows = rows.drop_nulls("year")
    incidence = incidence_of(rows)
    members = incidence["member"].unique().sort()
    settings = Settings(
        weight=weight,
        years=None if years is None or years == (None, None) else (years[0], years[1]),
        roles=_names(roles),
        work_kinds=_names(work_kinds),
        half_life=half_life,
        now=None if half_life is None else now if now is not None else _end(years, last),
        min_weight=min_weight,
    )
    edges, ends = _edges(incidence, members, settings)
    network = Network(
        edges=edges,
        nodes=node_table(check_nodes(nodes, members), rows, edges, ends),
        memberships=rows,
        incidence=incidence,
        works=_work_labels(works, incidence["work"].unique().sort()),
        settings=settings,
        n_undated=n_undated,
        covered=None if first is None else (first, last),
        name=name,
    )
    network.__dict__["ends"] = ends  # known here, so that nothing is looked up by name again
    return network


def _end(years: Years | None, last: int | None) -> int | None:
    return last if years is None or years[1] is None else years[1]


def _names(values: Collection[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted({values} if isinstance(values, str) else set(values)))


def reproject(network: Network, memberships: pl.DataFrame, *, years: Years | None = None) -> Network:
    """Project other rows as `network` was projected: the same weights and labels, in another window or without some.

    Parameters
    ----------
    network
        Gives the settings, and what is known of members and works.
    memberships
        Rows of ``network.memberships``, some of them or in other proportions.
    years
        A window within that of the network; None for all rows. Ages count from its end, where it has one, else from
        the same year as in `network`, whatever the last year of the rows is.
    """
    settings = network.settings
    known = network.nodes.select(pl.col("node").alias("member"), "label", "type", "countries")
    again = project(
        memberships, known, years=years, weight=settings.weight, half_life=settings.half_life,
        now=_end(years, settings.now), min_weight=settings.min_weight, works=network.works, name=network.name,
    )  # fmt: skip
    about = replace(settings, years=again.settings.years or settings.years, now=again.settings.now)
    again = replace(again, settings=about, covered=network.covered)
    if settings.alpha is None:
        return again
    from avgraph.network.disparity import backbone

    return backbone(again, settings.alpha)


def node_table(members: pl.DataFrame, rows: pl.DataFrame, edges: pl.DataFrame, ends: tuple[Ints, Ints]) -> pl.DataFrame:
    """Return the node table: what is known of each member (sorted, one row each), and what it did here.

    `ends` are the positions in `members` of the edges' sources and targets.
    """
    from avgraph.network.matrix import degrees

    activity = rows.group_by("member").agg(
        pl.col("role").drop_nulls().unique().sort().alias("roles"),
        pl.col("work").n_unique().cast(pl.Int64).alias("n_works"),
        pl.col("year").min().alias("first_year"),
        pl.col("year").max().alias("last_year"),
    )
    degree, strength = degrees(*ends, edges["weight"].to_numpy(), members.height)
    table = members.join(activity, on="member", how="left", maintain_order="left").with_columns(
        pl.Series("degree", degree, pl.Int64),
        pl.Series("strength", strength, pl.Float64),
    )
    return table.select(
        pl.col("member").alias("node"),
        "label",
        "type",
        pl.col("countries").list.first().alias("country"),
        "countries",
        "roles",
        "n_works",
        "degree",
        "strength",
        "first_year",
        "last_year",
    )


def _work_labels(works: Mapping[str, str] | pl.DataFrame | None, ids: pl.Series) -> pl.DataFrame:
    """Return `work`, `label` for every work, sorted; a work without a label is called by its IRI."""
    if works is None:
        known = pl.DataFrame(schema={"work": pl.String, "label": pl.String})
    elif isinstance(works, pl.DataFrame):
        for column in ("work", "label"):
            if column not in works.columns:
                raise AvgraphError(
                    f"the table of works has no column {column!r}", nearest(column, works.columns), "works"
                )
        known = works.select(pl.col("work", "label").cast(pl.String))
    else:
        known = pl.DataFrame(
            {"work": list(works), "label": list(works.values())}, schema={"work": pl.String, "label": pl.String}
        )
    known = known.drop_nulls().group_by("work").agg(pl.col("label").sort().first())
    frame = ids.alias("work").to_frame().join(known, on="work", how="left", maintain_order="left")
    return frame.with_columns(pl.coalesce("label", "work").alias("label"))


def _edges(incidence: pl.DataFrame, members: pl.Series, settings: Settings) -> tuple[pl.DataFrame, tuple[Ints, Ints]]:
    """Return the edge table, sorted by source and target, source before target; and both ends as positions."""
    import numpy as np

    source, target, weights, first, last = _pairs(incidence, members, settings)
    order = np.argsort(source * len(members) + target, kind="stable")
    source, target = source[order], target[order]
    changes = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    starts = np.flatnonzero(np.concatenate([[True], changes])[: len(order)])
    sizes = np.diff(np.append(starts, len(order)))
    group = np.repeat(np.arange(len(starts)), sizes)
    ends = (source[starts], target[starts])
    year = pl.col("first_year", "last_year")
    table = pl.DataFrame(
        {
            "source": members.gather(ends[0]),
            "target": members.gather(ends[1]),
            # bincount adds one by one in the order given, whatever the processor.
            "weight": np.bincount(group, weights[order], len(starts)).astype(np.float64),
            "n_works": sizes.astype(np.int64),
            "first_year": np.minimum.reduceat(first[order], starts) if len(starts) else first,
            "last_year": np.maximum.reduceat(last[order], starts) if len(starts) else last,
        }
    ).with_columns(pl.when(year.abs() < _NO_YEAR).then(year))
    if settings.min_weight > 0:
        # A hair of tolerance: six times 1/6 falls short of 1 in floating point.
        heavy = table["weight"] >= settings.min_weight * (1 - 1e-9)
        table, ends = table.filter(heavy), (ends[0][heavy.to_numpy()], ends[1][heavy.to_numpy()])
    return table, ends


def _pairs(incidence: pl.DataFrame, members: pl.Series, settings: Settings) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Return source, target, weight, first and last year of the pairs of each work, works of one size after another."""
    import numpy as np

    joint = incidence.filter(pl.col("n_members") > 1)
    if settings.weight == "share":
        joint = joint.filter(pl.col("share") > 0)
    member = joint["member"].cast(pl.Enum(members)).to_physical().cast(pl.Int64).to_numpy()
    share, n_members = joint["share"].to_numpy(), joint["n_members"].to_numpy()
    first = joint["first_year"].fill_null(_NO_YEAR).to_numpy()
    last = joint["last_year"].fill_null(-_NO_YEAR).to_numpy()
    # Works are contiguous (the incidence is sorted), so a change of name starts a work; members are in order in it.
    begins = np.flatnonzero((joint["work"] != joint["work"].shift(1)).fill_null(True).to_numpy())
    sizes = np.diff(np.append(begins, len(member)))
    parts: list[tuple[Any, ...]] = []
    for size in np.unique(sizes[sizes > 1]):
        begin = begins[sizes == size]
        one, other = (begin[:, None] + offsets for offsets in np.triu_indices(size, 1))
        match settings.weight:
            case "newman":
                weights = 1.0 / (n_members[one] - 1)
            case "count":
                weights = np.ones(one.shape)
            case _:
                weights = share[one] * share[other]
        if settings.half_life is not None:
            weights = weights * settings.ageing(last[one])
        parts.append(tuple(x.ravel() for x in (member[one], member[other], weights, first[one], last[one])))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0), none, none
    source, target, values, firsts, lasts = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return source, target, values, firsts, lasts
