"""Which of many pairs need no comparison, because their names cannot have anything in common.

Two names that :func:`avgraph.identity.likeness.compare` finds alike have the same words, or some of them, or nearly the
same letters.  That is looked up here in columns of numbers, for millions of pairs at once, and what is left is compared
one by one.  No pair that is alike is dismissed; how many others are is a matter of time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from avgraph.identity.lexicon import nickname_of
from avgraph.identity.likeness import LIKE_NAME, LIKE_TITLE, LONG_NAME, LONG_TITLE, NEAR_SPELLING
from avgraph.identity.names import Name
from avgraph.identity.nodes import Node

__all__ = ["perhaps_alike"]

#: Pairs looked at together.
_PART_PAIRS = 500_000
#: Companies with more words than this are compared one by one.
_MOST_WORDS = 4
#: Similarities are asked for a little below what counts, whatever their rounding.
_LEEWAY = 0.01
_Codes = npt.NDArray[np.int32]
_Places = npt.NDArray[np.uint32]
_Flags = npt.NDArray[np.bool_]
#: Tells of which pairs (positions of the left and right names) the names may be alike.
_Test = Callable[[_Places, _Places], _Flags]


def perhaps_alike(nodes: Sequence[Node], pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of nodes of one level that :func:`avgraph.identity.scoring.score_pair` must look at.

    Parameters
    ----------
    nodes
        Of one level.
    pairs
        Positions in `nodes`: ``left`` and ``right``.

    Returns
    -------
    polars.DataFrame
        `pairs`, in their order, without those that have no score.  Pairs of a node with several names stay, and so do
        those of places, events, awards, agreements, seasons and episodes, and of two works whose directors are known.
    """
    test_of = _TESTS.get(nodes[0].level) if nodes else None
    if test_of is None or pairs.is_empty():
        return pairs
    names = [node.names[0] if len(node.names) == 1 else None for node in nodes]
    several = np.array([name is None for name in names])
    test = test_of(names, nodes)
    kept = []
    for part in pairs.iter_slices(_PART_PAIRS):
        left, right = part["left"].to_numpy(), part["right"].to_numpy()
        keep = several[left] | several[right]
        rest = np.flatnonzero(~keep)
        keep[rest] = test(left[rest], right[rest])
        kept.append(part.filter(pl.Series(keep)))
    return pl.concat(kept)


def _codes(values: Iterable[Hashable]) -> _Codes:
    """Return a number for each value, the same for equal ones; -1 for those that are empty."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(value, len(known)) if value else -1 for value in values], dtype=np.int32)


def _same(codes: _Codes, left: _Places, right: _Places) -> _Flags:
    mine = codes[left]
    found: _Flags = (mine == codes[right]) & (mine >= 0)
    return found


def _any_same(columns: Iterable[_Codes], left: _Places, right: _Places) -> _Flags:
    found = np.zeros(len(left), dtype=bool)
    for codes in columns:
        found |= _same(codes, left, right)
    return found


class _Letters:
    """Texts of which two are asked whether they have nearly the same letters, from a similarity and a length on."""

    def __init__(self, texts: Iterable[str], least: float, shortest: int = 0) -> None:
        self._texts = np.array([*texts, ""], dtype=object)[:-1]
        self._lengths = np.fromiter(map(len, self._texts), dtype=np.int32, count=len(self._texts))
        self._least = least - _LEEWAY
        self._shortest = shortest

    def alike(self, found: _Flags, where: _Flags, left: _Places, right: _Places) -> _Flags:
        """Return `found`, and what is alike of the pairs `where` it may be."""
        short, long = np.minimum(self._lengths[left], self._lengths[right]), self._lengths[left] + self._lengths[right]
        # All letters of the shorter one are in the longer one at best.
        open_ = np.flatnonzero(where & ~found & (short >= self._shortest) & (2 * short >= self._least * long))
        mine, theirs = self._texts[left[open_]].tolist(), self._texts[right[open_]].tolist()
        found[open_] = cpdist(mine, theirs, scorer=Indel.normalized_similarity, score_cutoff=self._least) > 0
        return found


def _people(names: Sequence[Name | None], _: Sequence[Node]) -> _Test:
    """People have a surname, all words, how they sound or the first two words in common, or are spelt alike."""
    equal = [
        _codes(name and name.key for name in names), _codes(name and name.joined for name in names),
        _codes(name and name.ordered for name in names), _codes(name and name.main[-1] for name in names),
        _codes(name and name.sounds for name in names),
        _codes(name and len(name.main) > 1 and name.main[:2] for name in names),
    ]  # fmt: skip
    first = _codes(name and name.main[0] for name in names)
    nickname = np.array([bool(name and nickname_of(name.main[0])) for name in names])
    letters = _Letters((" ".join(name.main) if name else "" for name in names), NEAR_SPELLING)

    def test(left: _Places, right: _Places) -> _Flags:
        one_first = _same(first, left, right) | (nickname[left] & nickname[right])
        return letters.alike(_any_same(equal, left, right), one_first, left, right)

    return test


def _works(names: Sequence[Name | None], nodes: Sequence[Node]) -> _Test:
    """Works have their letters or main words in common, one begins or ends as the other, or they are spelt alike."""
    equal = [_codes(name and name.joined for name in names), _codes(name and name.main for name in names)]
    ends = [
        (_codes(name and name.core[0] for name in names), _codes(name and name.core[1:2] for name in names)),
        (_codes(name and name.core[-1] for name in names), _codes(name and name.core[-2:-1] for name in names)),
    ]
    one_word = np.array([bool(name and len(name.core) == 1) for name in names])
    directed = np.array([bool(node.directors) for node in nodes])
    letters = _Letters((name.joined if name else "" for name in names), LIKE_TITLE, LONG_TITLE)

    def test(left: _Places, right: _Places) -> _Flags:
        found = _any_same(equal, left, right) | (directed[left] & directed[right])
        one = one_word[left] | one_word[right]
        for outer, inner in ends:
            found |= _same(outer, left, right) & (one | _same(inner, left, right))
        return letters.alike(found, np.ones_like(found), left, right)

    return test


def _organizations(names: Sequence[Name | None], _: Sequence[Node]) -> _Test:
    """Companies have all words, those of one or those that are no country's in common, or are an acronym or alike."""
    equal = [
        _codes(name and name.key for name in names), _codes(name and name.joined for name in names),
        _codes(name and name.ordered for name in names), _codes(name and tuple(sorted(name.bare)) for name in names),
    ]  # fmt: skip
    n_names = len(names)
    # What may be an acronym, and what it may be of, are numbered together.
    letters_of = [_codes(
        [*((len(name.core) == 1 and name.joined) if name else "" for name in names),
         *(name.initials[place] if name else "" for name in names)]
    ) for place in (0, 1)]  # fmt: skip
    numbered: dict[str, int] = {}
    words = np.full((_MOST_WORDS, n_names), -1, dtype=np.int32)
    n_words = np.zeros(n_names, dtype=np.int32)
    for place, name in enumerate(names):
        main = set(name.main) if name else ()
        n_words[place] = len(main)
        for slot, word in zip(range(_MOST_WORDS), main, strict=False):
            words[slot, place] = numbered.setdefault(word, len(numbered))
    spelt = _Letters((name.joined if name else "" for name in names), LIKE_NAME, LONG_NAME)

    def within(few: _Places, many: _Places) -> _Flags:
        found = n_words[few] > 0
        theirs = [slot[many] for slot in words]
        for slot in words:
            mine = slot[few]
            has = mine < 0
            for their in theirs:
                has |= mine == their
            found &= has
        return found

    def test(left: _Places, right: _Places) -> _Flags:
        found = _any_same(equal, left, right)
        for codes in letters_of:
            for short, long in ((left, right), (right, left)):
                found |= (codes[short] >= 0) & (codes[short] == codes[n_names:][long])
        found |= np.maximum(n_words[left], n_words[right]) > _MOST_WORDS
        found |= within(left, right) | within(right, left)
        return spelt.alike(found, np.ones_like(found), left, right)

    return test


_TESTS: dict[str, Callable[[Sequence[Name | None], Sequence[Node]], _Test]] = {
    "Person": _people,
    "Work": _works,
    "Organization": _organizations,
}
