"""Descriptions: "a film based on another of his characters" is whom the claims about it describe.

A generic mention never matches by name.  It is one with a named entity of its type if exactly one such entity shares
at least two independent claims with it: the same relation to the same entity, in the same year (± 1) where the claim
has a year, with two different counterparts of which one is not a place.  Who received an award is not compared, so
that a disagreement about the recipient stays visible as a conflict about one work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from avgraph.identity.context import role_members
from avgraph.identity.mentions import family
from avgraph.identity.nodes import Scene
from avgraph.identity.scoring import Feature
from avgraph.identity.stages import Link, link
from avgraph.model import KINDS, ClaimKind, ClaimTables

__all__ = ["MIN_SHARED", "link_descriptions"]

#: So many independent claims must be shared.
MIN_SHARED = 2
#: A year may differ by this much: the year of a film's award is the film's or the ceremony's.
YEAR_TOLERANCE = 1
#: Attributes that say the same thing in a claim of the kind; with unequal values two claims are not alike.
_QUALITY = {
    "Credit": "role", "Participation": None, "Support": None, "Broadcast": None, "Distribution": None,
    "AwardOutcome": "result", "Screening": None, "Partnership": None, "Affiliation": "role",
    "PlaceRelation": "relation", "WorkRelation": "relation",
}  # fmt: skip
_ALIKE = {"inspired by": "based on", "character creator": "creator", "voice": "actor"}


class _Trait(NamedTuple):
    """One thing that a claim says of an entity: its role, the other's role and cluster, the quality."""

    kind: str
    role: str
    other_role: str
    other: int
    quality: str


def link_descriptions(scene: Scene, claims: ClaimTables) -> list[Link]:
    """Join each description with the one named entity that its claims fit; return the links."""
    mentions, clusters = scene.mentions, scene.clusters
    described = {i for i in range(len(mentions)) if mentions.generic[i]}
    if not described:
        return []
    traits: dict[int, dict[_Trait, set[int | None]]] = defaultdict(lambda: defaultdict(set))
    for mention, trait, year in _traits(scene, claims, described):
        traits[mention][trait].add(year)
    wanted = {trait for i in described for trait in traits.get(i, ())}
    bearers: dict[_Trait, set[int]] = defaultdict(set)
    for mention, found in traits.items():
        if mention not in described:
            for trait in found:
                if trait in wanted:
                    bearers[trait].add(mention)
    links: list[Link] = []
    for i in sorted(described & set(traits)):
        fitting = _fitting(scene, i, traits, bearers)
        verdict = "same" if len(fitting) == 1 else "possiblySame"
        for root, reasons in sorted(fitting.items()):
            score = min(1.0, 0.85 + 0.05 * (len(reasons) - MIN_SHARED)) if verdict == "same" else 0.7
            share = round(score / len(reasons), 4)
            reasons = [reason._replace(score=share) for reason in reasons]
            links.append(link(i, root, verdict, round(score, 4), "description", reasons))
    for found_link in links:
        if found_link.verdict == "same":
            clusters.join(found_link.left, found_link.right)
    return links


def _fitting(
    scene: Scene,
    i: int,
    traits: dict[int, dict[_Trait, set[int | None]]],
    bearers: dict[_Trait, set[int]],
) -> dict[int, list[Feature]]:
    """Return the named entities that share enough claims with description `i`, with the claims shared."""
    mentions, clusters = scene.mentions, scene.clusters
    shared: dict[int, dict[_Trait, Feature]] = defaultdict(dict)
    for trait, years in sorted(traits[i].items()):
        for bearer in sorted(bearers.get(trait, ())):
            if mentions.type[bearer] != mentions.type[i] or not _same_year(years, traits[bearer][trait]):
                continue
            words = f"{trait.kind}: {trait.quality or trait.other_role} {mentions.name[trait.other]}"
            sides = (_in_words(mentions.name[i], years), _in_words(mentions.name[bearer], traits[bearer][trait]))
            shared[clusters.root(bearer)].setdefault(trait, Feature("shared claim", 0.0, *sides, words))
    fitting: dict[int, list[Feature]] = {}
    for root, found in shared.items():
        others = {trait.other for trait in found}
        own_family = family(mentions.type[i], mentions.subtype[i]) or "whole"
        its_family = family(mentions.type[root], mentions.subtype[root]) or "whole"
        if (
            len(others) >= MIN_SHARED
            and any(mentions.type[o] != "Place" for o in others)
            and clusters.obstacle(i, root) is None
            and (mentions.type[i] != "Work" or own_family == its_family)
        ):
            fitting[root] = [found[trait] for trait in sorted(found)]
    return fitting


def _same_year(left: set[int | None], right: set[int | None]) -> bool:
    """Tell whether two claims are of one year; a year that only one of them gives does not fit."""
    years, others = {y for y in left if y is not None}, {y for y in right if y is not None}
    if not years and not others:
        return True
    return any(abs(a - b) <= YEAR_TOLERANCE for a in years for b in others)


def _in_words(name: str, years: set[int | None]) -> str:
    known = sorted(y for y in years if y is not None)
    return f"{name} ({', '.join(map(str, known))})" if known else name


def _traits(scene: Scene, claims: ClaimTables, described: set[int]) -> Iterator[tuple[int, _Trait, int | None]]:
    """Yield what asserted or reported claims say of the descriptions, and of whoever shares a counterpart with them."""
    mentions = scene.mentions
    numbers = pl.DataFrame(
        {
            "ref": mentions.refs,
            "mention": range(len(mentions)),
            "type": mentions.type,
            "root": [scene.clusters.root(i) for i in range(len(mentions))],
        },
        schema={"ref": pl.String(), "mention": pl.Int64(), "type": pl.String(), "root": pl.Int64()},
    )
    generic = pl.Series("mention", sorted(described), dtype=pl.Int64())
    types = {mentions.type[i] for i in described}
    for kind in KINDS.values():
        table = claims.get(kind.name)
        if kind.name not in _QUALITY or table is None or not table.height:
            continue
        table = table.filter(pl.col("status").fill_null("asserted").is_in(["asserted", "reported"]))
        members = role_members(kind, table, numbers.drop("root")).join(numbers.select("mention", "root"), on="mention")
        own_rows = members.filter(pl.col("mention").is_in(generic.implode())).select("row").unique()
        roots = members.join(own_rows, on="row", how="semi").select("root").unique()
        rows = members.join(roots, on="root", how="semi").select("row").unique()
        near = members.join(rows, on="row", how="semi").sort("row", "role", "mention")
        yield from _of_kind(kind, table, near, types)


def _of_kind(
    kind: ClaimKind, table: pl.DataFrame, members: pl.DataFrame, types: set[str]
) -> Iterator[tuple[int, _Trait, int | None]]:
    quality_column = _QUALITY[kind.name]
    qualities = table[quality_column].to_list() if quality_column else None
    years = table["year"].to_list() if "year" in table.columns else None
    pairs = members.join(members.select("row", pl.col("role").alias("other_role"), "root"), on="row", suffix="_other")
    apart = pairs.filter(pl.col("root") != pl.col("root_other")).sort(
        "row", "role", "other_role", "mention", "root_other"
    )
    columns = ["row", "mention", "type", "role", "other_role", "root_other"]
    for row, mention, type_, role, other_role, other in apart.select(columns).iter_rows():
        if type_ not in types or other_role == "recipients" or (kind.name == "AwardOutcome" and other_role == "event"):
            continue
        quality = (qualities[row] or "") if qualities else ""
        year = years[row] if years else None
        if role == "recipients" and type_ == "Work":
            role = "work"
        yield mention, _Trait(kind.name, role, other_role, other, _ALIKE.get(quality, quality)), year
