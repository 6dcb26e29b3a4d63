"""Why two mentions or entities are one, or are not."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

import polars as pl

from avgraph.errors import NotFoundError
from avgraph.identity.candidates import shared_keys
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import read_context
from avgraph.identity.mentions import SINGLE_VALUED, read_mentions
from avgraph.identity.nodes import Node, Scene, level_of
from avgraph.identity.resolve import Resolution
from avgraph.identity.scoring import POSSIBLE, Feature, score_pair

__all__ = ["explain"]


def explain(resolution: Resolution, left: str, right: str) -> list[Feature]:
    """Return the reasons why two things are one entity, or why they are not.

    Parameters
    ----------
    left, right
        Mention references or entity IRIs.

    Returns
    -------
    list of Feature
        For one entity: the chain of links from `left` to `right`, each a feature ``link`` (score of the link, the two
        references, who decided) followed by its own reasons.  For two: the features of their recorded match; else
        what keeps them apart: types, ids that disagree, no shared key (they were never compared), or names that are
        too unlike.

    Raises
    ------
    NotFoundError
        If the resolution knows neither a mention nor an entity by that id.
    """
    lefts, rights = _refs(resolution, left), _refs(resolution, right)
    entity = dict(resolution.assignment.iter_rows())
    if entity[lefts[0]] == entity[rights[0]]:
        return _chain(resolution.matches, lefts[0], rights[0])
    pair = {entity[lefts[0]], entity[rights[0]]}
    recorded = resolution.matches.filter(
        pl.col("left_entity").is_in(sorted(pair))
        & pl.col("right_entity").is_in(sorted(pair))
        & (pl.col("left_entity") != pl.col("right_entity"))
    ).sort("decided_by", "score", descending=[False, True])
    if recorded.height:
        row = next(
            (r for r in recorded.iter_rows(named=True) if r["decided_by"] == "curator"), recorded.row(0, named=True)
        )
        return _of_match(row)
    return _apart(resolution, lefts, rights)


def _refs(resolution: Resolution, text: str) -> list[str]:
    """Return the references that `text` means, sorted."""
    found = resolution.assignment.filter((pl.col("ref") == text) | (pl.col("entity") == text))["ref"].sort().to_list()
    if not found:
        raise NotFoundError(
            f"no mention or entity {text}", "give a reference (source#key) or an entity IRI of this build"
        )
    return found


def _of_match(row: dict[str, Any]) -> list[Feature]:
    words = f"{row['verdict']}, decided by {row['decided_by']}"
    head = Feature("link", row["score"], row["left_ref"], row["right_ref"], words)
    return [head, *(Feature(**reason) for reason in row["reasons"])]


def _chain(matches: pl.DataFrame, start: str, end: str) -> list[Feature]:
    """Return the shortest chain of ``same`` links between two mentions."""
    links: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in matches.filter(pl.col("verdict") == "same").sort("left_ref", "right_ref").iter_rows(named=True):
        links[row["left_ref"]].append((row["right_ref"], row))
        links[row["right_ref"]].append((row["left_ref"], row))
    came: dict[str, tuple[str, dict[str, Any]] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for there, row in links[here]:
            if there not in came:
                came[there] = (here, row)
                waiting.append(there)
    if start == end:
        return [Feature("link", 1.0, start, end, "one and the same mention")]
    path: list[dict[str, Any]] = []
    step = came.get(end)
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return [feature for row in reversed(path) for feature in _of_match(row)]


def _apart(resolution: Resolution, lefts: list[str], rights: list[str]) -> list[Feature]:
    mentions = read_mentions(resolution.mentions.filter(pl.col("ref").is_in([*lefts, *rights])))
    if len(mentions) < len({*lefts, *rights}):
        return [
            Feature("unknown", 0.0, lefts[0], rights[0], "the mentions are not at hand, so the reasons are not either")
        ]
    scene = Scene(mentions, read_context(mentions, {}), Clusters(mentions, {}, {}, {}))
    nodes = []
    for refs in (lefts, rights):
        numbers = tuple(sorted(mentions.number[r] for r in refs))
        nodes.append(Node(numbers[0], level_of(mentions, numbers[0]), numbers, scene))
    a, b = nodes
    if a.level != b.level:
        return [Feature("type", 0.0, a.level, b.level, "of different types: never one entity")]
    for scheme in SINGLE_VALUED:
        mine, theirs = (sorted(i for i in n.ids if i.startswith(f"{scheme}:")) for n in nodes)
        if mine and theirs and not set(mine) & set(theirs):
            return [
                Feature("id", 0.0, "|".join(mine), "|".join(theirs), "external ids disagree, whatever the names say")
            ]
    if a.season and b.season and a.season != b.season:
        return [Feature("number", 0.0, a.season, b.season, f"two {a.level}s by their numbers")]
    values = (a.texts[0] if a.texts else mentions.name[a.number], b.texts[0] if b.texts else mentions.name[b.number])
    if not a.texts or not b.texts:
        return [
            Feature(
                "description", 0.0, *values, "a description never matches by name, and its claims fit no one entity"
            )
        ]
    if not shared_keys(a, b):
        return [Feature("never compared", 0.0, *values, "their names share no key")]
    found = score_pair(a, b)
    if found is None or not found.features:
        return [Feature("name", 0.0, *values, "the names share a key but are too unlike")]
    words = (
        f"with all features below {POSSIBLE:g}" if found.score < POSSIBLE else "kept apart by what their entities hold"
    )
    return [*found.features, Feature("verdict", 0.0, *values, words)]
