"""How rare a name is: what two names share says the more, the fewer bear it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

__all__ = ["MOST_BITS", "name_bits", "word_counts"]

#: No name is taken for rarer than this: one in a million.
MOST_BITS = 20.0


@cache
def word_counts(type_: str) -> tuple[int, Mapping[str, int]]:
    """Return the number of names that were counted, and in how many of them a word stands."""
    text = files("avgraph.identity").joinpath("name_counts.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    counts = {word: int(count) for kind, word, count in rows if kind == type_}
    return counts.pop("", 0), counts


def name_bits(type_: str, words: Iterable[str]) -> float:
    """Return how rare a name of these words is, in bits: -log2 of the share of names that have them all, if words were
    independent; 0 to :data:`MOST_BITS`.

    The shares are those of ``name_counts.tsv`` (people, titles, companies), a word that is not there counting half.

    >>> name_bits("Person", ["john"]) < name_bits("Person", ["halleux"])
    True
    """
    other, known = _word_bits(type_)
    if other is None:
        return MOST_BITS / 2
    bits = 0.0
    for word in set(words):
        bits += known.get(word, other)
    return min(MOST_BITS, max(0.0, bits))


@cache
def _word_bits(type_: str) -> tuple[float | None, Mapping[str, float]]:
    """Return how rare words are, in bits: one that was not counted (None: none was), and the others."""
    n_names, counts = word_counts(type_)
    if not n_names:
        return None, {}
    return math.log2(n_names / 0.5), {word: math.log2(n_names / n) for word, n in counts.items()}
