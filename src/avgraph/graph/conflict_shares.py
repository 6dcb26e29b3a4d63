"""Conflicts about who produced how much of a work: shares, financing plans, majorities.

Plans of one source are versions of a project's financing. All are kept as claims; that they differ, or that a plan
does not add up, is told here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from avgraph.graph.conflict_facts import Facts, Side

__all__ = ["SHARE_TOLERANCE", "several_majorities", "share_conflicts"]

#: Shares are rounded: sums and shares that differ by no more agree.
SHARE_TOLERANCE = 0.005
_EXACT = 1e-9
_PARTNER = "\x00partner"
_BY_COMPANY = "\x00by company"


def share_conflicts(facts: Facts) -> None:
    """Find plans that do not sum to 1, plans of one source that differ, and sources that give different shares."""
    table = _asserted(facts, "Participation").with_columns(
        pl.coalesce("organization", "country").alias(_PARTNER),
        pl.col("organization").is_not_null().alias(_BY_COMPANY),
        pl.col("scope").fill_null(""),
        pl.col("plan").fill_null(""),
    )
    shared = table.filter(pl.col("share").is_not_null())
    if shared.is_empty():
        return
    _sums(facts, table, shared)
    _plans(facts, shared)
    _sources(facts, shared)


def several_majorities(facts: Facts) -> None:
    """Find works of which more than one country is said to have the majority, by one source or by several."""
    columns = ("work", "country", "plan", "source", "claim")
    parts = _asserted(facts, "Participation").filter(pl.col("standing") == "majority", pl.col("scope").is_null())
    origins = _asserted(facts, "PlaceRelation").filter(
        pl.col("standing") == "majority", pl.col("relation") == "country of origin"
    )
    origins = origins.select(pl.col("entity").alias("work"), pl.col("place").alias("country"),
                             pl.lit(None, dtype=pl.String).alias("plan"), "source", "claim")  # fmt: skip
    table = pl.concat([parts.select(columns), origins]).filter(pl.col("country").is_not_null())
    table = table.with_columns(pl.col("plan").fill_null(""))
    several = table.filter(pl.col("country").n_unique().over("work", "plan") > 1)
    said: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for work, country, plan, source, claim in several.iter_rows():
        said[work, plan][source, country].append(claim)
    for (work, plan), versions in sorted(said.items()):
        sides = [Side(facts.label[country], source, tuple(sorted(c))) for (source, country), c in versions.items()]
        text = f"Which country has the majority in {_of(facts, work, plan)}: {facts.listed(sides)}. "
        text += _preference(facts, sides)
        facts.add("majority", work, f"majority country{_in(plan)}", "contradicted", text, sides)


def _asserted(facts: Facts, kind: str) -> pl.DataFrame:
    return facts.claims[kind].filter(pl.col("status") == "asserted")


def _sums(facts: Facts, table: pl.DataFrame, shared: pl.DataFrame) -> None:
    """Flag one source's shares of the companies, or of the countries, of a work in one plan that do not sum to 1.

    Shares below 1 say nothing where a source gives a single one, or leaves out that of a partner it names.
    """
    group = ("work", "source", "plan", "scope", _BY_COMPANY)
    unknown = table.group_by(group).agg(pl.col("share").null_count().alias("n_unknown"))
    # The same share of the same partner in two rows is one share.
    single = shared.group_by(*group, _PARTNER, "share", maintain_order=True).agg("claim")
    sums = single.group_by(group).agg(pl.col("share").sum().alias("total"), pl.len().alias("n_shares"))
    sums = sums.join(unknown, on=group).filter(
        (pl.col("total") > 1 + SHARE_TOLERANCE + _EXACT)
        | ((pl.col("total") < 1 - SHARE_TOLERANCE - _EXACT) & (pl.col("n_shares") > 1) & (pl.col("n_unknown") == 0))
    )
    wrong = single.join(sums.select(*group, "total"), on=group)
    for (work, source, plan, scope, _, total), rows in _groups(wrong, (*group, "total"), (_PARTNER, "share", "claim")):
        sides = [
            Side(f"{facts.label[partner]} {share:g}", source, tuple(sorted(claims))) for partner, share, claims in rows
        ]
        of = f" ({scope})" if scope else ""
        listed = ", ".join(sorted(s.value for s in sides))
        text = f"The shares of {_of(facts, work, plan)}{of} sum to {round(total, 4):g} in {source}: {listed}."
        facts.add("share-sum", work, f"shares{_in(plan)}", "contradicted", text, sides)


def _plans(facts: Facts, shared: pl.DataFrame) -> None:
    """Flag financing plans of one source that give a work's partners different shares."""
    table = shared.filter(pl.col("plan") != "").filter(pl.col("plan").n_unique().over("work", "source", "scope") > 1)
    group = ("work", "source", "scope")
    for (work, source, scope), rows in _groups(table, group, ("plan", _PARTNER, "share", "claim")):
        plans: dict[str, dict[str, set[float]]] = defaultdict(lambda: defaultdict(set))
        claims: dict[str, list[str]] = defaultdict(list)
        for plan, partner, share, claim in rows:
            plans[plan][partner].add(share)
            claims[plan].append(claim)
        if _agree(plans.values()):
            continue
        sides = [
            Side(f"{plan}: {_shares(facts, said)}", source, tuple(sorted(claims[plan])))
            for plan, said in sorted(plans.items())
        ]
        of = f"{facts.label[work]}{f' ({scope})' if scope else ''}"
        text = f"The plans of {of} differ in {source}: {'; '.join(s.value for s in sides)}. Which one held is not said."
        facts.add("plans-differ", work, "shares by plan", "contradicted", text, sides)


def _sources(facts: Facts, shared: pl.DataFrame) -> None:
    """Flag a partner's share of a work, in the same plan, that sources give differently."""
    group = ("work", "plan", "scope", _PARTNER)
    table = shared.filter(
        pl.col("source").n_unique().over(group) > 1,
        (pl.col("share").max() - pl.col("share").min()).over(group) > SHARE_TOLERANCE + _EXACT,
    )
    for (work, plan, scope, partner), rows in _groups(table, group, ("source", "share", "claim")):
        versions: dict[tuple[str, float], list[str]] = defaultdict(list)
        for source, share, claim in rows:
            versions[source, share].append(claim)
        sides = [Side(f"{share:g}", source, tuple(sorted(claims))) for (source, share), claims in versions.items()]
        of = f" ({scope})" if scope else ""
        text = f"The share of {facts.label[partner]} in {_of(facts, work, plan)}{of}: {facts.listed(sides)}. "
        subject = f"share of {facts.label[partner]}{_in(plan)}"
        facts.add("share", work, subject, "contradicted", text + _preference(facts, sides), sides)


def _groups(
    table: pl.DataFrame, keys: tuple[str, ...], columns: tuple[str, ...]
) -> list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Return the rows of `columns` by key, in the order of the keys."""
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row in table.select(*keys, *columns).iter_rows():
        found[row[: len(keys)]].append(row[len(keys) :])
    return sorted(found.items())


def _agree(plans: Iterable[Mapping[str, set[float]]]) -> bool:
    first, *others = plans
    return all(
        plan.keys() == first.keys()
        and all(max(plan[p] | first[p]) - min(plan[p] | first[p]) <= SHARE_TOLERANCE + _EXACT for p in plan)
        for plan in others
    )


def _shares(facts: Facts, plan: Mapping[str, set[float]]) -> str:
    return ", ".join(
        f"{facts.label[p]} {'/'.join(f'{s:g}' for s in sorted(plan[p]))}"
        for p in sorted(plan, key=lambda p: (facts.label[p], p))
    )


def _of(facts: Facts, work: str, plan: str) -> str:
    return f"plan {plan} of {facts.label[work]}" if plan else facts.label[work]


def _in(plan: str) -> str:
    return f" in plan {plan}" if plan else ""


def _preference(facts: Facts, sides: list[Side]) -> str:
    """Say which source is preferred; one that contradicts itself cannot be."""
    if len({s.source for s in sides}) == 1:
        return "One source says all of it."
    return facts.preference(sides)
