"""What each level of each comparison weighs: base-2 logarithms of odds, learned from entities whose ids are known.

``weights.toml`` holds them by type, feature and level; ``training/identity.py`` writes those of people, works and
organisations, and those of the other types are set by hand.  The method is that of probabilistic record linkage
(Fellegi and Sunter 1969) with weights fitted together by logistic regression, so that features that go hand in hand are
not counted twice.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from avgraph.identity.rarity import name_bits

__all__ = ["USUAL_BITS", "all_weights", "level_weight", "name_weight", "probability"]

#: Rarity of a usual name; a level's weight is that of a name as rare as this.
USUAL_BITS = 12.0


@cache
def all_weights() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Return type → feature → level → weight (bits); read once."""
    return tomllib.loads(files("avgraph.identity").joinpath("weights.toml").read_text(encoding="utf-8"))


def level_weight(type_: str, feature: str, level: str) -> float:
    """Return what a level of a feature adds to the log2 odds, 0 for one that says nothing."""
    return all_weights()[type_].get(feature, {}).get(level, 0.0)


def name_weight(type_: str, level: str, shared: Iterable[frozenset[str]]) -> tuple[float, float]:
    """Return the log2 odds that two names alike at a level are one entity's, and the rarity of the shared words, bits.

    Of words in two spellings the more frequent counts.
    """
    bits = min(name_bits(type_, words) for words in shared)
    slope = level_weight(type_, "rarity", level)
    return round(level_weight(type_, "name", level) + slope * (bits - USUAL_BITS), 2), bits


def probability(weight: float) -> float:
    """Return the probability 0..1 of log2 odds.

    >>> probability(0.0), probability(3.0)
    (0.5, 0.8889)
    """
    return round(1 / (1 + math.pow(2.0, -max(-60.0, min(60.0, weight)))), 4)
