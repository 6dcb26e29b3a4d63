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
from avgraph.graph.conflict_rules import Rule

__all__ = ["SHARE_TOLERANCE", "differing_plans", "differing_shares", "several_majorities", "share_sums"]

#: Shares are rounded: sums and shares that differ by no more agree.
SHARE_TOLERANCE = 0.005
_EXACT = 1e-9
_PARTNER = "\x00partner"
_BY_COMPANY = "\x00by company"


def _participations(facts: Facts) -> pl.DataFrame:
    """Return the asserted participations in works of which some share is known."""
    asserted = _asserted(facts, "participation")
    with_shares = asserted.filter(pl.col("share").is_not_null()).select("work")
    return (
        asserted.join(with_shares, on="work", how="semi", maintain_order="left")
        .collect()
        .with_columns(
            pl.coalesce("organization", "country").alias(_PARTNER),
            pl.col("organization").is_not_null().alias(_BY_COMPANY),
            pl.col("scope").fill_null(""),
            pl.col("plan").fill_null(""),
        )
    )


def _shared(facts: Facts) -> pl.DataFrame:
    return _participations(facts).filter(pl.col("share").is_not_null())


def several_majorities(facts: Facts, rule: Rule) -> None:
    """Find works of which more than one country is said to have the majority, by one source or by several."""
    columns = ("work", "country", "plan", "source", "claim")
    parts = _asserted(facts, "participation").filter(pl.col("standing") == "majority", pl.col("scope").is_null())
    origins = _asserted(facts, "place_relation").filter(
        pl.col("standing") == "majority", pl.col("relation") == "country of origin"
    )
    origins = origins.select(pl.col("entity").alias("work"), pl.col("place").alias("country"),
                             pl.lit(None, dtype=pl.String).alias("plan"), "source", "claim")  # fmt: skip
    table = pl.concat([parts.select(columns), origins]).filter(pl.col("country").is_not_null()).collect()
    table = table.with_columns(pl.col("plan").fill_null(""))
    several = table.filter(pl.col("country").n_unique().over("work", "plan") > 1)
    said: dict[tuple[str, str], dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for work, country, plan, source, claim in several.iter_rows():
        said[work, plan][country].add((source, claim))
    for (work, plan), versions in sorted(said.items()):
        sides = [Side(facts.label[country], tuple(sorted(who))) for country, who in sorted(versions.items())]
        text = f"Which country has the majority in {_of(facts, work, plan)}: {facts.listed(sides)}."
        facts.add(rule, work, f"majority country{_in(plan)}", text, sides)


def _asserted(facts: Facts, table: str) -> pl.LazyFrame:
    return facts.scan(table).filter(pl.col("status") == "asserted")


def share_sums(facts: Facts, rule: Rule) -> None:
    """Flag one source's shares of the companies, or of the countries, of a work in one plan that do not sum to 1.

    Shares below 1 say nothing where a source gives a single one, leaves out that of a partner it names, or is an
    article, which need not name all.
    """
    records = [source for source, kind in facts.kind_of_source.items() if kind == "record"]
    table = _participations(facts)
    shared = table.filter(pl.col("share").is_not_null())
    group = ("work", "source", "plan", "scope", _BY_COMPANY)
    unknown = table.group_by(group).agg(pl.col("share").null_count().alias("n_unknown"))
    # The same share of the same partner in two rows is one share.
    single = shared.group_by(*group, _PARTNER, "share", maintain_order=True).agg("claim")
    sums = single.group_by(group).agg(pl.col("share").sum().alias("total"), pl.len().alias("n_shares"))
    sums = sums.join(unknown, on=group).filter(
        (pl.col("total") > 1 + SHARE_TOLERANCE + _EXACT)
        | (
            (pl.col("total") < 1 - SHARE_TOLERANCE - _EXACT)
            & (pl.col("n_shares") > 1)
            & (pl.col("n_unknown") == 0)
            & pl.col("source").is_in(records)
        )
    )
    wrong = single.join(sums.select(*group, "total"), on=group)
    for (work, source, plan, scope, _, total), rows in _groups(wrong, (*group, "total"), (_PARTNER, "share", "claim")):
        sides = [
            Side(f"{facts.label[partner]} {share:g}", tuple((source, claim) for claim in sorted(claims)))
            for partner, share, claims in rows
        ]
        of = f" ({scope})" if scope else ""
        listed = ", ".join(sorted(s.value for s in sides))
        text = f"The shares of {_of(facts, work, plan)}{of} sum to {round(total, 4):g} in {source}: {listed}."
        facts.add(rule, work, f"shares{_in(plan)}", text, sides, versions=False)


def differing_plans(facts: Facts, rule: Rule) -> None:
    """Flag financing plans of one source that give a work's partners different shares."""
    table = (
        _shared(facts)
        .filter(pl.col("plan") != "")
        .filter(pl.col("plan").n_unique().over("work", "source", "scope") > 1)
    )
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
            Side(f"{plan}: {_shares(facts, said)}", tuple((source, claim) for claim in sorted(claims[plan])))
            for plan, said in sorted(plans.items())
        ]
        of = f"{facts.label[work]}{f' ({scope})' if scope else ''}"
        text = f"The plans of {of} differ in {source}: {'; '.join(s.value for s in sides)}. Which one held is not said."
        facts.add(rule, work, "shares by plan", text, sides, versions=False)


def differing_shares(facts: Facts, rule: Rule) -> None:
    """Flag a partner's share of a work, in the same plan, that sources give differently."""
    group = ("work", "plan", "scope", _PARTNER)
    table = _shared(facts).filter(
        pl.col("source").n_unique().over(group) > 1,
        (pl.col("share").max() - pl.col("share").min()).over(group) > SHARE_TOLERANCE + _EXACT,
    )
    for (work, plan, scope, partner), rows in _groups(table, group, ("source", "share", "claim")):
        versions: dict[float, set[tuple[str, str]]] = defaultdict(set)
        for source, share, claim in rows:
            versions[share].add((source, claim))
        sides = [Side(f"{share:g}", tuple(sorted(who))) for share, who in sorted(versions.items())]
        of = f" ({scope})" if scope else ""
        text = f"The share of {facts.label[partner]} in {_of(facts, work, plan)}{of}: {facts.listed(sides)}."
        facts.add(rule, work, f"share of {facts.label[partner]}{_in(plan)}", text, sides)


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
