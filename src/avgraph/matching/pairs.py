"""Scoring the rows of two tables against each other, by the candidates and features of a build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from avgraph.identity.candidates import candidate_pairs
from avgraph.identity.clusters import Clusters
from avgraph.identity.context import read_context
from avgraph.identity.mentions import SINGLE_VALUED, MentionList, read_mentions
from avgraph.identity.nodes import Node, Scene, level_of
from avgraph.identity.scoring import MERGE, Feature, PairScore, score_pair
from avgraph.identity.stages import LEVELS, link_by_ids, run_stage
from avgraph.matching.sides import Side
from avgraph.model import concat_claims
from avgraph.progress import Progress, silent

__all__ = ["Pair", "judged_by_id", "judged_by_names", "scored_pairs"]

#: Two mentions, the smaller first, and their verdict.
_Found = tuple[int, int, float, tuple[Feature, ...]]
_PARTS = {"Work": ("Work", "season", "episode")}
#: What two entities with one external id score where another id of theirs disagrees, as in a build.
_DOUBTFUL = 0.7
_TELL_EVERY = 5_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the left table and one of the right, by position in the tables' rows."""

    left: int
    right: int
    score: float
    features: tuple[Feature, ...]


def scored_pairs(left: Side, right: Side, type_: str, threshold: float, progress: Progress = silent) -> list[Pair]:
    """Return the pairs of rows that score `threshold` or more, by left row, then the best first.

    What stands around the rows (of people their works, of companies works and people) is settled first, in both tables
    together, as a build settles it. Rows of one table are never joined.

    Parameters
    ----------
    left, right
        The tables; their references differ.
    type_
        Type of the rows' entities.
    threshold
        0..1.
    progress
        Told how many pairs have been compared.
    """
    mentions = read_mentions(pl.concat([left.mentions, right.mentions]))
    context = read_context(mentions, concat_claims([left.claims, right.claims]))
    clusters = Clusters(mentions, context.apart, {}, context.seasons)
    rows = [{mentions.number[ref]: place for place, ref in enumerate(side.rows["ref"])} for side in (left, right)]
    own = {**rows[0], **rows[1]}
    scene = Scene(mentions, context, clusters)
    link_by_ids(scene, own)
    levels = _PARTS.get(type_, (type_,))
    for level in LEVELS[: LEVELS.index(levels[0])]:
        run_stage(scene, level)
        scene = Scene(mentions, context, clusters, scene.settled | {level})
    found = {(a, b): (score, features) for a, b, score, features in _by_ids(scene, rows)}
    for level in levels:
        nodes = [
            node
            for i in sorted(own)
            if level_of(mentions, i) == level and not mentions.generic[i]
            if (node := Node(i, level, (i,), scene)).names
        ]
        for a, b, score, features in _by_names(nodes, rows[0], threshold, progress):
            found.setdefault((a, b), (score, features))
    pairs = []
    for (a, b), (score, features) in found.items():
        if a in rows[1]:
            a, b = b, a
            features = tuple(feature.turned() for feature in features)
        if score >= threshold:
            pairs.append(Pair(rows[0][a], rows[1][b], score, features))
    return sorted(pairs, key=lambda p: (p.left, -p.score, p.right))


def _by_ids(scene: Scene, rows: Sequence[dict[int, int]]) -> Iterator[_Found]:
    """Yield the pairs that share an external id, smaller first."""
    mentions = scene.mentions
    holders: list[dict[str, list[int]]] = []
    for side in rows:
        holders.append(defaultdict(list))
        for i in side:
            for value in mentions.ids[i]:
                holders[-1][value].append(i)
    for value in sorted(holders[0].keys() & holders[1].keys()):
        for a, b in _crossed(holders[0][value], holders[1][value]):
            yield a, b, *judged_by_id(mentions, a, b, value)


def judged_by_id(mentions: MentionList, a: int, b: int, value: str) -> tuple[float, tuple[Feature, ...]]:
    """Return how far two mentions that share an external id are one: less where another id of theirs disagrees."""
    same = Feature("id", 1.0, value, value, "the same external id")
    if (other := _clash(mentions, a, b)) is None:
        return 1.0, (same,)
    return _DOUBTFUL, (same, Feature("apart", -0.3, *other, "external ids disagree"))


def _crossed(left: Iterable[int], right: Sequence[int]) -> Iterator[tuple[int, int]]:
    for a in left:
        for b in right:
            yield min(a, b), max(a, b)


def _clash(mentions: MentionList, a: int, b: int) -> tuple[str, str] | None:
    """Return two ids that disagree, of a scheme of which an entity has one value, where no id of that scheme agrees."""
    mine, theirs = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for i, ids in ((a, mine), (b, theirs)):
        for value in mentions.ids[i]:
            ids[value.partition(":")[0]].add(value)
    for scheme in sorted(mine.keys() & theirs.keys() & set(SINGLE_VALUED)):
        if mine[scheme].isdisjoint(theirs[scheme]):
            return min(mine[scheme]), min(theirs[scheme])
    return None


def _by_names(nodes: Sequence[Node], left: dict[int, int], threshold: float, progress: Progress) -> Iterator[_Found]:
    """Yield the pairs across the tables that share a blocking key and score enough, smaller first."""
    on_left = [node.number in left for node in nodes]
    pairs = [(a, b) for a, b in candidate_pairs(nodes).iter_rows() if on_left[a] != on_left[b]]
    for done, (a, b) in enumerate(pairs):
        if not done % _TELL_EVERY:
            progress("comparing rows", done, len(pairs))
        if (found := judged_by_names(nodes[a], nodes[b], threshold)) is not None:
            yield nodes[a].number, nodes[b].number, found.score, found.features
    progress("comparing rows", len(pairs), len(pairs))


def judged_by_names(left: Node, right: Node, threshold: float) -> PairScore | None:
    """Return how far two nodes of one level are one; None below `threshold`, or where something keeps them apart."""
    found = score_pair(left, right)
    if found is None or found.score < threshold:
        return None
    obstacle = left.scene.clusters.obstacle(left.number, right.number)
    if obstacle == "year":
        # A build never joins them, whatever else they have in common.
        years = tuple("|".join(map(str, node.years)) for node in (left, right))
        apart = Feature("apart", 0.0, years[0], years[1], "their years are too far apart")
        found = found._replace(score=min(found.score, MERGE - 0.01), features=(*found.features, apart))
    elif obstacle is not None:
        return None
    return found if found.score >= threshold else None
