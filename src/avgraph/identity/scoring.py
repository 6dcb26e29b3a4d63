"""Scoring: how likely two nodes are one entity, and which features say so.

The weights of a pair's features, in bits (base-2 logarithms of odds), add up to the logarithm of the odds that both are
one; the first, of the names, is that of names so much alike and so rare.  :mod:`avgraph.identity.weights` tells where
they come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from avgraph.identity.likeness import ALIAS, OTHER_TITLE, compare
from avgraph.identity.nodes import Node
from avgraph.identity.observations import Observation, observations
from avgraph.identity.weights import level_weight, name_weight, probability

__all__ = ["MERGE", "POSSIBLE", "Feature", "PairScore", "best_name", "combine", "score_pair"]

#: From this probability on two nodes are merged.
MERGE = 0.9
#: From this one on they are reported as possibly the same.
POSSIBLE = 0.25


#: So much against a pair makes its entities exclude each other.
_AGAINST_BITS = 1.5


class Feature(NamedTuple):
    """One reason for or against: its name, what it weighs, the two values that were compared, and in words.

    Weights are bits (log2 odds), except where no weights decide (an id, a curator's line, claims that a description
    shares with one entity alone): there they are 0..1.
    """

    feature: str
    score: float
    left: str
    right: str
    detail: str

    def turned(self) -> Feature:
        """Return the reason with its two values exchanged."""
        return self._replace(left=self.right, right=self.left)


class PairScore(NamedTuple):
    """The probability 0..1 that two nodes are one, the rule that gave it, and the features it is made of.

    `level` is that of the names, None where none were compared.
    """

    score: float
    rule: str
    features: tuple[Feature, ...]
    level: str | None

    @property
    def against(self) -> bool:
        """Whether what is known beside the names speaks against the pair."""
        return sum(f.score for f in self.features[1:]) <= -_AGAINST_BITS

    @property
    def bits(self) -> float:
        """The log2 odds that the pair is one entity."""
        return sum(f.score for f in self.features)

    @property
    def alike(self) -> bool:
        """Whether the names have something in common."""
        return self.level != OTHER_TITLE

    @property
    def contextual(self) -> bool:
        """Whether something beside the names speaks for the pair."""
        return any(f.score > 0 for f in self.features[1:])


def combine(features: Iterable[Feature]) -> float:
    """Return the probability that a list of features gives: that of the sum of their weights.

    >>> combine([Feature("name", 1.5, "a", "b", ""), Feature("works", 1.5, "", "", "")])
    0.8889
    """
    return probability(sum(f.score for f in features))


def best_name(type_: str, left: Node, right: Node) -> tuple[Feature, str, float] | None:
    """Return the best likeness of any two names of two nodes, its level and the rarity of what both share (bits)."""
    found = []
    for a in left.names:
        for b in right.names:
            if level := compare(type_, a, b):
                weight, bits = name_weight(type_, level.level, level.shared)
                found.append((weight, a.text, b.text, level.level, bits))
    if not found:
        return None
    weight, mine, theirs, words, bits = max(found)
    return Feature("name", weight, mine, theirs, f"{words}{', a rare one' if bits >= 15 else ''}"), words, bits


def score_pair(left: Node, right: Node) -> PairScore | None:
    """Return the score of two nodes of one level, or None where their names have nothing in common."""
    level = None
    if left.level in ("season", "episode"):
        features = list(_part_features(left, right))
    else:
        found = best_name(left.type, left, right)
        if found is None:
            return None
        level = found[1]
        if level == OTHER_TITLE and not (left.directors and right.directors):
            return None
        context = list(observations(left, right, level))
        if level == OTHER_TITLE and not any(o.level.startswith("in common, titles differ") for o in context):
            return None
        features = [found[0], *_weighed(left.type, context)]
    if not features:
        return None
    score = combine(features)
    if features[0].feature == "series":
        rule = left.level
    elif level == ALIAS:
        rule = "alias"
    else:
        rule = "name" if score < MERGE or combine(features[:1]) >= MERGE else "name and context"
    return PairScore(score, rule, tuple(features), level)


def _weighed(type_: str, context: Iterable[Observation]) -> Iterator[Feature]:
    for o in context:
        if weight := level_weight(type_, o.feature, o.level):
            yield Feature(o.feature, weight, o.left, o.right, o.detail)


def _part_features(left: Node, right: Node) -> Iterator[Feature]:
    """Seasons and episodes are one if their series and number are."""
    if left.season is not None and right.season is not None and left.season != right.season:
        return
    numbered = left.season is not None and left.season == right.season
    level = "numbered" if numbered else "not numbered"
    found = best_name("Work", left, right)
    if found and found[1] == OTHER_TITLE:
        found = None
    if left.series & right.series:
        titled = left.level == "episode" and not numbered and found is not None
        if left.level == "episode" and not numbered and found and combine([found[0]]) < POSSIBLE:
            return
        words = "same series" + (f", number {left.season}" if numbered else "")
        weight = level_weight("part", "series", "titled" if titled else level)
        yield Feature("series", weight, _label(left), _label(right), words)
        return
    if found is None:
        return
    name = found[0]
    if left.series and right.series:
        weight = min(name.score, level_weight("part", "name", "parts of two series"))
        yield Feature("name", weight, name.left, name.right, "same name, but parts of two series")
        return
    weight = name.score if numbered else min(name.score, level_weight("part", "name", "not numbered"))
    words = f"{name.detail}, number {left.season if numbered else 'unknown'}"
    yield Feature("name", weight, name.left, name.right, words)
    yield from _weighed(
        "Work", (o for o in observations(left, right, found[1]) if o.feature not in ("country", "one table"))
    )


def _label(node: Node) -> str:
    return node.scene.mentions.name[node.number]
