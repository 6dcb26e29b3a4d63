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
_NEAR = 60  # words between two mentions beyond which their mean says nothing


def _linear(weights: Weights, name: str, x: Array) -> Array:
    y = x @ weights[f"{name}.weight"].T
    bias = weights.get(f"{name}.bias")
    return np.asarray(y if bias is None else y + bias)


class Tagger:
    """Word vectors → logits of :data:`avgraph.extraction.neural.labels.TAGS`."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def __call__(self, words: Array) -> Array:
        """Return shape (W, tags) for word vectors of shape (W, 384)."""
        inner = np.maximum(_linear(self._weights, "tagger.inner", words), 0)
        return _linear(self._weights, "tagger.outer", inner)


def _forbidden() -> NDArray[np.bool_]:
    """Return which tag may not follow which: I-X only after B-X or I-X."""
    barred = np.zeros((len(TAGS), len(TAGS)), bool)
    for b, after in enumerate(TAGS):
        if after.startswith("I-"):
            barred[:, b] = [before[2:] != after[2:] or before == "O" for before in TAGS]
    return barred


_BARRED = _forbidden()
_CONTINUES = np.array([tag.startswith("I-") for tag in TAGS])


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
    [(1, 2, 'Work', 0.85)]
    """
    if not len(logits):
        return []
    scores = logits - np.logaddexp.reduce(logits, 1, keepdims=True)
    barred = np.where(_BARRED, -1e4, 0).astype(np.float32)
    best = scores[0] + np.where(_CONTINUES, -1e4, 0)
    came = np.zeros(logits.shape, np.int64)
    for i in range(1, len(logits)):
        ways = best[:, None] + barred
        came[i] = ways.argmax(0)
        best = ways.max(0) + scores[i]
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
        self._weights = {name.removeprefix("pairs."): w for name, w in weights.items() if name.startswith("pairs.")}

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
        sums = np.concatenate([np.zeros((1, words.shape[1]), np.float32), words.cumsum(0, dtype=np.float32)])
        mean = (sums[last + 1] - sums[first]) / (last + 1 - first)[:, None]
        before, after = words[np.maximum(first - 1, 0)], words[np.minimum(last + 1, n_words - 1)]
        parts = [words[first], words[last], mean, before, after, w["tag.weight"][tag]]
        m = np.maximum(_linear(w, "mention", np.concatenate(parts, 1)), 0)
        keys, values = _linear(w, "key", words), _linear(w, "value", words)
        asked_left, asked_right = _linear(w, "ask_left", m) @ keys.T, _linear(w, "ask_right", m) @ keys.T
        scale = np.float32(keys.shape[1] ** 0.5)
        asked = (asked_left[left] + asked_right[right]) / scale
        asked = np.exp(asked - asked.max(1, keepdims=True))
        h = _linear(w, "context", (asked @ values) / asked.sum(1, keepdims=True))
        h += _linear(w, "left", m)[left] + _linear(w, "right", m)[right] + _linear(w, "product", m[left] * m[right])
        for name, index in _features(first, last, tag, lines, sentences, n_words, left, right).items():
            h += w[f"{name}.weight"][index]
        h += self._gap(words, first, last, left, right)
        h = np.maximum(h, 0)
        return _linear(w, "outer", np.maximum(_linear(w, "inner", h), 0))

    def _gap(
        self, words: Array, first: NDArray[np.int64], last: NDArray[np.int64], left: NDArray[np.int64],
        right: NDArray[np.int64],
    ) -> Array:  # fmt: skip
        """Return the mean of the words between two mentions, seen by whether the left one comes first."""
        between = _linear(self._weights, "between", words)
        size = between.shape[1] // 2
        sums = np.concatenate([np.zeros((1, 2 * size), np.float32), between.cumsum(0, dtype=np.float32)])
        start, end = _gap_range(first, last, left, right)
        n_words = len(words)
        forward = first[right] > first[left]
        found = np.empty((len(left), size), np.float32)
        length = np.maximum(end - start, 1)[:, None].astype(np.float32)
        s, e = np.minimum(start, n_words), np.minimum(end, n_words)
        found[forward] = (sums[e[forward], :size] - sums[s[forward], :size]) / length[forward]
        found[~forward] = (sums[e[~forward], size:] - sums[s[~forward], size:]) / length[~forward]
        found[end - start > _NEAR] = 0
        return found


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
