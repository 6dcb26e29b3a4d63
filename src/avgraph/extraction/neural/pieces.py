"""Words to subword pieces: a unigram language model after Kudo (2018), arXiv:1804.10959.

The vocabulary is the part of the XLM-R vocabulary that Latin-script text of the supported languages uses; each piece
carries its log probability, and a word is cut where the sum is highest.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

__all__ = ["Pieces"]

_START = "▁"  # stands before the first piece of a word that follows white space
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_UNKNOWN_PENALTY = 10.0


class Pieces:
    """A vocabulary of pieces, numbered from 0: ``<s> <pad> </s> <unk>``, then the pieces in order.

    Parameters
    ----------
    scored
        (piece, log probability) in the order of their ids, which begin at 4.

    Examples
    --------
    >>> pieces = Pieces([("▁film", -5.0), ("s", -4.0), ("▁", -3.0), ("film", -9.0)])
    >>> pieces.encode("films", glued=False), pieces.encode("films", glued=True)
    ((4, 5), (7, 5))
    >>> pieces.encode("x", glued=False)
    (6, 3)
    """

    begin, pad, end, unknown = 0, 1, 2, 3

    def __init__(self, scored: Iterable[tuple[str, float]]) -> None:
        rows = list(scored)
        self._ids = {piece: i for i, (piece, _) in enumerate(rows, len(_SPECIAL))}
        self._scores = [0.0] * len(_SPECIAL) + [score for _, score in rows]
        self._longest = max((len(piece) for piece, _ in rows), default=1)
        self._floor = min((score for _, score in rows), default=0.0) - _UNKNOWN_PENALTY
        self._cache: dict[tuple[str, bool], tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._scores)

    def encode(self, word: str, glued: bool) -> tuple[int, ...]:
        """Return the ids of the pieces of a word.

        Parameters
        ----------
        word
            Without white space; compared in Unicode form NFKC.
        glued
            Whether it follows the word before it without white space.
        """
        key = (word, glued)
        found = self._cache.get(key)
        if found is None:
            found = self._best(("" if glued else _START) + unicodedata.normalize("NFKC", word))
            if len(self._cache) < 200_000:
                self._cache[key] = found
        return found

    def _best(self, text: str) -> tuple[int, ...]:
        """Return the segmentation of highest probability (Viterbi)."""
        best = [0.0] + [-math.inf] * len(text)
        came: list[tuple[int, int]] = [(0, 0)] * (len(text) + 1)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                id_ = self._ids.get(text[start:end])
                if id_ is None:
                    if end > start + 1:
                        continue
                    id_, score = self.unknown, best[start] + self._floor
                else:
                    score = best[start] + self._scores[id_]
                if score > best[end]:
                    best[end], came[end] = score, (start, id_)
        ids: list[int] = []
        at = len(text)
        while at:
            at, id_ = came[at]
            if not (ids and id_ == self.unknown == ids[-1]):
                ids.append(id_)
        return tuple(reversed(ids))
