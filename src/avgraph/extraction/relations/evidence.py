"""What all mention pairs of two entities say together, over the windows of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.neural import PAIR_LABELS, STATUS, PairScores

__all__ = ["Evidence", "Key", "gather"]

_N_LABELS = len(PAIR_LABELS)
Key = tuple[str, str]


@dataclass(frozen=True)
class Evidence:
    """What all mention pairs of two entities say together.

    Attributes
    ----------
    pairs
        The entities, in the order in which they are first seen together.
    logits
        Shape (pairs, labels + status): of the mention pairs of a window their sum as probabilities, of windows that
        overlap the better one.
    """

    pairs: list[tuple[Key, Key]]
    logits: NDArray[np.float32]
    _seen: _Seen = field(repr=False)
    _order: NDArray[np.int64] = field(repr=False)
    _starts: NDArray[np.int64] = field(repr=False)

    def best(self, row: int, label: int) -> tuple[int, int]:
        """Return the two mentions that speak for a label most."""
        seen = self._seen
        windows = self._order[self._starts[row] : self._starts[row + 1]]
        group = windows[seen.totals[windows, label].argmax()]
        start, end = seen.starts[group], seen.starts[group + 1]
        k = start + seen.logits[start:end, label].argmax()
        return int(seen.left[k]), int(seen.right[k])


@dataclass(frozen=True)
class _Seen:
    """The mention pairs of all windows, those of two entities in one window together: a group.

    Attributes
    ----------
    left, right, logits
        Of each mention pair.
    starts
        Where each group begins among them; one more for the end.
    codes, totals
        For each group which entities, and the sum of its mention pairs as probabilities.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    logits: NDArray[np.float32]
    starts: NDArray[np.int64]
    codes: NDArray[np.int64]
    totals: NDArray[np.float32]


def gather(scores: Sequence[PairScores], keys: Sequence[Key | None]) -> Evidence:
    """Return what the mention pairs of all windows say; `keys` gives each mention's entity, None where it has none."""
    entities = sorted({key for key in keys if key is not None})
    number = {key: i for i, key in enumerate(entities)}
    owner = np.array([-1 if key is None else number[key] for key in keys], np.int64)
    seen = _seen(scores, owner, len(entities))
    codes, first, group = np.unique(seen.codes, return_index=True, return_inverse=True)
    as_seen = np.argsort(first)
    rank = np.empty_like(as_seen)
    rank[as_seen] = np.arange(len(codes))
    order = np.argsort(rank[group], kind="stable")
    starts = np.searchsorted(rank[group][order], np.arange(len(codes) + 1))
    logits = np.maximum.reduceat(seen.totals[order], starts[:-1]) if len(codes) else seen.totals
    n = max(1, len(entities))
    pairs = [(entities[code // n], entities[code % n]) for code in codes[as_seen].tolist()]
    return Evidence(pairs, logits, seen, order, starts)


def _seen(pairs: Sequence[PairScores], owner: NDArray[np.int64], n: int) -> _Seen:
    """Return the mention pairs of two different of the `n` entities; `owner` is the entity of each mention, or -1."""
    width = _N_LABELS + len(STATUS)
    lefts, rights, codes = ([np.zeros(0, np.int64)] for _ in range(3))
    starts, n_before = [np.zeros(0, np.int64)], 0
    logits, totals = [np.zeros((0, width), np.float32)], [np.zeros((0, width), np.float32)]
    for scores in pairs:
        left, right = owner[scores.left], owner[scores.right]
        chosen = np.flatnonzero((left >= 0) & (right >= 0) & (left != right))
        if not len(chosen):
            continue
        code = left[chosen] * n + right[chosen]
        order = np.argsort(code, kind="stable")
        chosen, code = chosen[order], code[order]
        start = np.flatnonzero(np.diff(code, prepend=-1))
        found = scores.logits[chosen]
        top = np.maximum.reduceat(found, start)
        sizes = np.diff(start, append=len(code))
        totals.append(np.log(np.add.reduceat(np.exp(found - top.repeat(sizes, axis=0)), start)) + top)
        lefts.append(scores.left[chosen])
        rights.append(scores.right[chosen])
        logits.append(found)
        codes.append(code[start])
        starts.append(start + n_before)
        n_before += len(code)
    return _Seen(
        np.concatenate(lefts), np.concatenate(rights), np.concatenate(logits),
        np.concatenate([*starts, [n_before]]), np.concatenate(codes), np.concatenate(totals),
    )  # fmt: skip
