"""The tagger and the scorer of mention pairs in NumPy, on the word vectors of the encoder.

The same computation as ``training/network.py``, which a test holds equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.neural.labels import TAGGED, TAGS

__all__ = ["Pairs", "Tagger", "best_tags"]

Array = NDArray[np.float32]
Weights = Mapping[str, Array]
_N_COUNTS = 5
_N_STEPS = 5  # from two lines or sentences back to two ahead
_CHUNK = 512  # pairs: their rows stay in the cache of a core
_CACHE = 300_000  # numbers that stay in the cache of a core
_LEAST_TOTAL = np.float32(1e-20)
_NEAR = 60  # words between two mentions beyond which their mean says nothing


def _linear(weights: Weights, name: str, x: Array) -> Array:
    y = x @ weights[f"{name}.weight"].T
    if (bias := weights.get(f"{name}.bias")) is not None:
        y += bias
    return np.asarray(y)


class Tagger:
    """Word vectors → logits of :data:`avgraph.extraction.neural.labels.TAGS`."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def __call__(self, words: Array) -> Array:
        """Return shape (W, tags) for word vectors of shape (W, 384)."""
        inner = np.maximum(_linear(self._weights, "tagger.inner", words), 0)
        return _linear(self._weights, "tagger.outer", inner)


#: Tags come as O, then B-X and I-X of each kind; I-X stands only after B-X or I-X.
_CONTINUES = np.array([tag.startswith("I-") for tag in TAGS])
_BEGIN = np.flatnonzero(_CONTINUES) - 1


def best_tags(logits: Array) -> list[tuple[int, int, int, float]]:
    """Return the mentions of the most probable well-formed tag sequence (Viterbi).

    Returns
    -------
    list of (first word, last word, index into TAGGED, probability)
        The probability is that of its least probable tag, 0..1.

    Examples
    --------
    >>> logits = np.zeros((3, len(TAGS)), np.float32)
    >>> logits[1, TAGS.index("B-Work")] = logits[2, TAGS.index("I-Work")] = 5
    >>> [(first, last, TAGGED[tag], round(p, 2)) for first, last, tag, p in best_tags(logits)]
    [(1, 2, 'Work', 0.84)]
    """
    if not len(logits):
        return []
    scores = logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    best = scores[0] + np.where(_CONTINUES, np.float32(-1e4), 0)
    came = np.empty(logits.shape, np.int64)
    for i in range(1, len(logits)):
        begun, going = best[1::2], best[2::2]
        top = best.argmax()
        came[i] = top
        came[i, 2::2] = _BEGIN + (going > begun)
        before = np.full(len(TAGS), best[top])
        np.maximum(begun, going, out=before[2::2])
        best = before + scores[i]
    path = [int(best.argmax())]
    for i in range(len(logits) - 1, 0, -1):
        path.append(int(came[i, path[-1]]))
    path.reverse()
    found: list[tuple[int, int, int, float]] = []
    for i, tag in enumerate(path):
        name, probability = TAGS[tag], float(np.exp(scores[i, tag]))
        if name.startswith("B-"):
            found.append((i, i, TAGGED.index(name[2:]), probability))
        elif name.startswith("I-"):
            first, _, kind, least = found[-1]
            found[-1] = (first, i, kind, min(least, probability))
    return found


class Pairs:
    """Scores chosen ordered pairs of mentions.

    Parameters
    ----------
    weights
        Of the trained network, names beginning with ``pairs.``.
    """

    def __init__(self, weights: Weights) -> None:
        w = {name.removeprefix("pairs."): w for name, w in weights.items() if name.startswith("pairs.")}
        self._weights = w
        # Features of few values share a table, so that a pair needs one row for all of them.
        self._place = _joined(w["distance.weight"], w["line.weight"], w["sentence.weight"])
        self._rivals = _joined(w["rivals_left.weight"], w["rivals_right.weight"])

    def __call__(
        self, words: Array, spans: NDArray[np.int64], lines: NDArray[Any], sentences: NDArray[Any],
        left: NDArray[np.int64], right: NDArray[np.int64],
    ) -> Array:  # fmt: skip
        """Return logits of shape (P, labels + status) for the pairs ``(left[k], right[k])`` of mentions.

        Parameters
        ----------
        words
            Word vectors, shape (W, 384).
        spans
            Shape (M, 3): first word, last word, tag.
        lines, sentences
            Number of line and sentence of each word.
        left, right
            Indices of mentions, shape (P,).
        """
        w = self._weights
        first, last, tag = spans.T
        n_words = len(words)
        sums = _sums(words)
        mean = (sums[last + 1] - sums[first]) / (last + 1 - first)[:, None]
        before, after = words[np.maximum(first - 1, 0)], words[np.minimum(last + 1, n_words - 1)]
        parts = [words[first], words[last], mean, before, after, w["tag.weight"][tag]]
        m = np.maximum(_linear(w, "mention", np.concatenate(parts, 1, dtype=np.float32)), 0)
        context = self._context(words, m, left, right)
        features = _features(first, last, tag, lines, sentences, n_words, left, right)
        place = (features["distance"] * _N_STEPS + features["line"]) * _N_STEPS + features["sentence"]
        rivals = features["rivals_left"] * _N_COUNTS + features["rivals_right"]
        gap = _Gap(_linear(w, "between", words), first, last, left, right)
        product, row = self._products(m, left, right)
        tables = (
            (_linear(w, "left", m), left), (_linear(w, "right", m), right), (product, row), (self._place, place),
            (w["tags.weight"], features["tags"]), (self._rivals, rivals),
        )  # fmt: skip
        found = np.empty((len(left), len(w["outer.bias"])), np.float32)
        for start in range(0, len(left), _CHUNK):
            some = slice(start, start + _CHUNK)
            h = _linear(w, "context", context[some])
            for table, index in tables:
                h += table[index[some]]
            h += gap.mean(some)
            np.maximum(h, 0, out=h)
            h = _linear(w, "inner", h)
            np.maximum(h, 0, out=h)
            found[some] = _linear(w, "outer", h)
        return found

    def _context(self, words: Array, m: Array, left: NDArray[np.int64], right: NDArray[np.int64]) -> Array:
        """Return what each pair finds among the words: their values, by the sum of what both mentions ask for.

        The exponential of a sum is a product, so the shares are products of a row for each mention.
        """
        w = self._weights
        keys, values = _linear(w, "key", words), _linear(w, "value", words)
        scale = np.float32(keys.shape[1] ** 0.5)
        asked_left = _linear(w, "ask_left", m) @ keys.T / scale
        asked_right = _linear(w, "ask_right", m) @ keys.T / scale
        of_left = np.exp(asked_left - asked_left.max(1, keepdims=True))
        of_right = np.exp(asked_right - asked_right.max(1, keepdims=True))
        totals = (of_left @ of_right.T)[left, right]
        found = np.empty((len(left), values.shape[1]), np.float32)
        step = max(1, _CACHE // values.size)
        for start in range(0, len(m), step):
            some = slice(*np.searchsorted(left, (start, start + step)))
            seen = np.matmul(of_right, of_left[start : start + step, :, None] * values)
            found[some] = seen[left[some] - start, right[some]]
        found /= np.maximum(totals, _LEAST_TOTAL)[:, None]
        # Where the two ask for different words, each share is too small to be a product of single precision.
        lost = np.flatnonzero(totals <= _LEAST_TOTAL)
        for start in range(0, len(lost), _CHUNK):
            rows = lost[start : start + _CHUNK]
            asked = asked_left[left[rows]] + asked_right[right[rows]]
            asked = np.exp(asked - asked.max(1, keepdims=True))
            found[rows] = (asked @ values) / asked.sum(1, keepdims=True)
        return found

    def _products(self, m: Array, left: NDArray[np.int64], right: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
        """Return what mentions make of each other, once for both orders, and the row of each pair."""
        codes, row = np.unique(np.minimum(left, right) * len(m) + np.maximum(left, right), return_inverse=True)
        found = np.empty((len(codes), m.shape[1]), np.float32)
        for start in range(0, len(codes), _CHUNK):
            some = codes[start : start + _CHUNK]
            found[start : start + _CHUNK] = _linear(self._weights, "product", m[some // len(m)] * m[some % len(m)])
        return found, row


def _sums(rows: Array) -> Array:
    """Return the sums of the first 0, 1, … n rows; row by row, which is quicker than ``cumsum`` down the columns."""
    found = np.zeros((len(rows) + 1, rows.shape[1]), np.float32)
    for row, before, after in zip(rows, found[:-1], found[1:], strict=True):
        np.add(before, row, out=after)
    return found


def _joined(*tables: Array) -> Array:
    """Return the sums of one row of each table, the last table's rows changing first."""
    found = tables[0]
    for table in tables[1:]:
        found = (found[:, None] + table[None]).reshape(-1, table.shape[1])
    return found


class _Gap:
    """The mean of the words between two mentions, seen by whether the left one comes first."""

    def __init__(
        self, between: Array, first: NDArray[np.int64], last: NDArray[np.int64], left: NDArray[np.int64],
        right: NDArray[np.int64],
    ) -> None:  # fmt: skip
        n_words, size = len(between), between.shape[1] // 2
        self._sums = np.concatenate([_sums(between[:, :size]), _sums(between[:, size:])])
        start, end = _gap_range(first, last, left, right)
        backward = (first[right] <= first[left]) * (n_words + 1)
        self._length = np.maximum(end - start, 1).astype(np.float32)
        self._far = end - start > _NEAR
        self._start, self._end = np.minimum(start, n_words) + backward, np.minimum(end, n_words) + backward

    def mean(self, some: slice) -> Array:
        """Return shape (pairs, 256) for some pairs; zero for mentions far apart."""
        found = self._sums[self._end[some]]
        found -= self._sums[self._start[some]]
        found /= self._length[some, None]
        found[self._far[some]] = 0
        return np.asarray(found)


def _gap_range(
    first: NDArray[np.int64], last: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start = np.minimum(last[left], last[right]) + 1
    return start, np.maximum(start, np.maximum(first[left], first[right]))


def _features(
    first: NDArray[np.int64], last: NDArray[np.int64], tag: NDArray[np.int64], lines: NDArray[Any],
    sentences: NDArray[Any], n_words: int, left: NDArray[np.int64], right: NDArray[np.int64],
) -> dict[str, NDArray[np.int64]]:  # fmt: skip
    """Return what stands between two mentions: distance, lines, sentences, tags, and rivals of the same kind."""
    d = first[right] - first[left]
    far = np.minimum((np.log2(np.abs(d).astype(np.float32) + 1) * np.float32(1.4)).astype(np.int64), 12)
    start, end = _gap_range(first, last, left, right)
    counts = np.zeros((n_words + 1, len(TAGGED)), np.int64)
    np.add.at(counts, (first + 1, tag), 1)
    counts = counts.cumsum(0)
    start, end = np.minimum(start, n_words), np.minimum(end, n_words)

    def rivals(kind: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(np.clip(counts[end, kind] - counts[start, kind], 0, _N_COUNTS - 1))

    return {
        "distance": np.sign(d) * far + 12,
        "line": np.clip(lines[first[right]] - lines[first[left]], -2, 2).astype(np.int64) + 2,
        "sentence": np.clip(sentences[first[right]] - sentences[first[left]], -2, 2).astype(np.int64) + 2,
        "tags": tag[left] * len(TAGGED) + tag[right],
        "rivals_left": rivals(tag[left]),
        "rivals_right": rivals(tag[right]),
    }
