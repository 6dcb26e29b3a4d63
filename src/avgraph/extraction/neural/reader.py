"""The trained reader: segments of a document → tagged mentions and scored pairs of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avgraph.errors import AvgraphError
from avgraph.extraction.layout import Segment
from avgraph.extraction.neural.blas import one_thread
from avgraph.extraction.neural.heads import Pairs, Tagger, best_tags
from avgraph.extraction.neural.labels import TAGGED, allowed_labels
from avgraph.extraction.neural.pieces import Pieces
from avgraph.extraction.neural.windows import Window, windows
from avgraph.extraction.neural.words import FEATURES, Words, read_words

__all__ = ["WEIGHTS", "ModelMissingError", "PairScores", "Reader", "Reading", "Tagged", "default_reader"]

#: Folder of the trained weights that the package ships.
WEIGHTS = Path(__file__).parent.parent / "weights"
Array = NDArray[np.float32]


class ModelMissingError(AvgraphError):
    """What the reader runs on is not installed."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention: first and last word (both included, by position in the document), tag, and its probability."""

    first: int
    last: int
    tag: str
    probability: float = 1.0


@dataclass(frozen=True)
class PairScores:
    """Logits of ordered pairs of mentions that stand in one window.

    Attributes
    ----------
    left, right
        Indices into the reading's mentions, shape (P,).
    logits
        Shape (P, labels + status).
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    logits: Array


@dataclass(frozen=True)
class Reading:
    """What the model sees in a document."""

    words: Words
    mentions: tuple[Tagged, ...] = ()
    pairs: tuple[PairScores, ...] = field(default=(), repr=False)


class Reader:
    """A trained network.

    Parameters
    ----------
    folder
        Holds ``encoder.onnx`` and ``reader.npz``.
    n_threads
        Threads of the encoder.

    Raises
    ------
    ModelMissingError
        If onnxruntime is not installed.
    """

    def __init__(self, folder: Path = WEIGHTS, n_threads: int = 1) -> None:
        self._session = _session(folder / "encoder.onnx", n_threads)
        with np.load(folder / "reader.npz") as data:
            arrays = {name: data[name] for name in data.files}
        pieces = bytes(arrays.pop("pieces")).decode("utf-8").split("\n")
        self._pieces = Pieces(zip(pieces, arrays.pop("scores").astype(float).tolist(), strict=True))
        self._words, self._scale = arrays.pop("words"), arrays.pop("words.scale").astype(np.float32)
        weights = {name: value.astype(np.float32) for name, value in arrays.items()}
        self._tables = [weights[f"encoder.features.{k}.weight"] for k in range(len(FEATURES))]
        self._positions = weights["encoder.positions"]
        self._norm = weights["encoder.norm.weight"], weights["encoder.norm.bias"]
        self.tagger, self.pairs = Tagger(weights), Pairs(weights)

    def tag(self, segments: Sequence[Segment], known: Mapping[tuple[int, int], str] | None = None) -> Reading:
        """Return the mentions of a document alone; see :meth:`read`."""
        words = read_words(segments, known)
        with one_thread():
            return Reading(words, self._mentions([(w, self._encode(w)) for w in windows(words, self._pieces)]))

    def read(self, segments: Sequence[Segment], known: Mapping[tuple[int, int], str] | None = None) -> Reading:
        """Return the mentions of a document and the scores of their pairs.

        Parameters
        ----------
        segments
            In order.
        known
            As in :func:`avgraph.extraction.neural.words.read_words`.
        """
        words = read_words(segments, known)
        with one_thread():
            seen = [(window, self._encode(window)) for window in windows(words, self._pieces)]
            mentions = self._mentions(seen)
            firsts = [m.first for m in mentions]
            return Reading(words, mentions, tuple(self._score(words, w, v, mentions, firsts) for w, v in seen))

    def _mentions(self, seen: Sequence[tuple[Window, Array]]) -> tuple[Tagged, ...]:
        mentions: dict[tuple[int, int], Tagged] = {}
        for window, vectors in seen:
            for first, last, tag, probability in best_tags(self.tagger(vectors)):
                span = int(window.words[first]), int(window.words[last])
                if span[1] - span[0] == last - first:  # not across a window's repeated head
                    mentions.setdefault(span, Tagged(*span, TAGGED[tag], probability))
        return _without_overlap(sorted(mentions.values(), key=lambda m: (m.first, -m.last)))

    def _encode(self, window: Window) -> Array:
        ids = window.ids
        x = self._words[ids].astype(np.float32) * self._scale[ids] + self._positions[: len(ids)]
        for k, table in enumerate(self._tables):
            x += table[window.features[:, k]]
        x -= x.mean(1, keepdims=True)
        x /= np.sqrt((x * x).mean(1, keepdims=True) + 1e-12)
        x = x * self._norm[0] + self._norm[1]
        return self.hidden(x.astype(np.float32))[window.first]

    def hidden(self, embedded: Array) -> Array:
        """Return the last layer's vectors, shape (L, 384), of embedded and normalised pieces."""
        (hidden,) = self._session.run(None, {"embedded": embedded})
        return np.asarray(hidden)

    def _score(
        self, words: Words, window: Window, vectors: Array, mentions: tuple[Tagged, ...], firsts: Sequence[int]
    ) -> PairScores:
        """Return the scores of the mentions in a window; `firsts` are the first words of all, ascending."""
        place = {word: k for k, word in enumerate(window.words.tolist())}
        held = []
        for run in _runs(window.words):
            for i in range(bisect_left(firsts, run[0]), bisect_left(firsts, run[1])):
                m = mentions[i]
                if m.last in place and place[m.last] - place[m.first] == m.last - m.first:
                    held.append((i, place[m.first], place[m.last], TAGGED.index(m.tag)))
        spans = np.array([h[1:] for h in held], np.int64).reshape(-1, 3)
        possible = np.asarray(allowed_labels().any(axis=2))
        left, right = np.nonzero(possible[spans[:, 2]][:, spans[:, 2]])
        distinct = left != right
        left, right = left[distinct], right[distinct]
        index = np.array([h[0] for h in held], np.int64)
        lines, sentences = words.lines[window.words], words.sentences[window.words]
        if len(left):
            logits = self.pairs(vectors, spans, lines, sentences, left, right)
        else:
            logits = np.zeros((0, 0), np.float32)
        return PairScores(index[left], index[right], logits)


def _runs(words: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return (first, one past the last) of each run of consecutive words."""
    edges = [0, *(np.flatnonzero(np.diff(words) != 1) + 1).tolist(), len(words)]
    return [(int(words[a]), int(words[b - 1]) + 1) for a, b in pairwise(edges)]


def _without_overlap(mentions: list[Tagged]) -> tuple[Tagged, ...]:
    kept: list[Tagged] = []
    for mention in mentions:
        if not kept or mention.first > kept[-1].last:
            kept.append(mention)
    return tuple(kept)


def _session(path: Path, n_threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelMissingError("onnxruntime is not installed", "pip install 'avgraph[articles]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def default_reader() -> Reader:
    """Return the reader that the package ships, loaded once."""
    return Reader()
