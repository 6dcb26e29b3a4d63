"""Windows: the stretches of a document that the encoder reads at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.neural.pieces import Pieces
from avgraph.extraction.neural.words import FEATURES, Words

__all__ = ["MAX_PIECES", "Window", "windows"]

#: Pieces of a window, marks of begin and end included; the base encoder has 512 positions.
MAX_PIECES = 480
_MAX_HEAD = 40
#: Of a longer word, such as a line of signs without a space, the rest is not seen.
_MAX_WORD = 100


class Window:
    """Some words of a document as the encoder's input.

    Attributes
    ----------
    words
        Indices of the words, ascending.
    ids
        Piece ids, shape (n pieces,).
    features
        Word features of each piece, shape (n pieces, 7).
    first
        Position of the first piece of each word, shape (n words,).
    """

    def __init__(self, words: Words, chosen: Sequence[int], pieces: Sequence[tuple[int, ...]]) -> None:
        ids, first, owner = [Pieces.begin], [], [-1]
        for i in chosen:
            first.append(len(ids))
            ids.extend(pieces[i])
            owner.extend([i] * len(pieces[i]))
        ids.append(Pieces.end)
        owner.append(-1)
        self.words: NDArray[np.int64] = np.array(chosen, np.int64)
        self.ids: NDArray[np.int64] = np.array(ids, np.int64)
        self.first: NDArray[np.int64] = np.array(first, np.int64)
        owners = np.array(owner)
        self.features: NDArray[np.int64] = np.where(owners[:, None] < 0, 0, words.features[owners]).astype(np.int64)
        assert self.features.shape[1] == len(FEATURES)


def windows(words: Words, pieces: Pieces, limit: int = MAX_PIECES) -> list[Window]:
    """Return the windows of a document: all of it if it fits, else whole lines, each window led by the first line.

    Parameters
    ----------
    words
        The document.
    pieces
        Cuts words; a line break is the mark of an end.
    limit
        Most pieces of a window, well above 40. A longer line is cut at sentences, a longer sentence anywhere.
    """
    n = len(words)
    tokens = [words.word(i) for i in range(n)]
    glued = [i > 0 and words.starts[i] == words.ends[i - 1] and tokens[i - 1] != "\n" for i in range(n)]
    limit -= 2
    longest = min(_MAX_WORD, limit - _MAX_HEAD)
    cut = [(Pieces.end,) if t == "\n" else pieces.encode(t, g)[:longest] for t, g in zip(tokens, glued, strict=True)]
    sizes = np.array([len(p) for p in cut], np.int64)
    if sizes.sum() <= limit:
        return [Window(words, range(n), cut)] if n else []
    units = _units(words, sizes, limit - _MAX_HEAD)
    head = list(units[0]) if sizes[units[0]].sum() <= _MAX_HEAD else []
    found, current = [], list(head)
    for number, unit in enumerate(units):
        if number == 0 and head:
            continue
        if sizes[current].sum() + sizes[unit].sum() > limit and len(current) > len(head):
            found.append(current)
            before = units[number - 1]
            # One unit of overlap, so that a fact across the seam is seen whole.
            keep = before if not (number == 1 and head) and sizes[before].sum() < limit // 3 else []
            current = list(dict.fromkeys([*head, *keep]))
            if sizes[current].sum() + sizes[unit].sum() > limit:
                current = list(head)
        current += list(unit)
    found.append(current)
    return [Window(words, chosen, cut) for chosen in found]


def _units(words: Words, sizes: NDArray[np.int64], limit: int) -> list[list[int]]:
    """Return the lines; those longer than `limit` pieces in sentences, and longer sentences in parts."""
    units: list[list[int]] = []
    for group in _runs(words.lines):
        if sizes[group].sum() <= limit:
            units.append(group)
            continue
        for sentence in _runs(words.sentences[group]):
            part: list[int] = []
            for i in (group[k] for k in sentence):
                if part and sizes[part].sum() + sizes[i] > limit:
                    units.append(part)
                    part = []
                part.append(i)
            units.append(part)
    return units


def _runs(values: NDArray[np.int32]) -> list[list[int]]:
    """Return the positions of each run of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return [list(range(a, b)) for a, b in pairwise(edges)]
