"""Windows of like length side by side, as tensors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avgraph.extraction.neural.pieces import Pieces
from examples import Example

__all__ = ["NO_TAG", "Batch", "batches", "collate"]

#: Tag of a word that is not there.
NO_TAG = -100


@dataclass
class Batch:
    """B windows, padded; pairs of entities are numbered through all of them.

    Attributes
    ----------
    ids, features, pieces_inside
        Shapes (B, L), (B, L, 7), (B, L).
    first, words_inside, tags, lines, sentences
        Shape (B, W).
    spans
        Shape (B, M, 3), tag -1 where there is no mention.
    pairs
        Shape (B, P, 2).
    slots
        Shape (B, P): pair of entities, E where there is none.
    kinds
        Shape (E, 2).
    holds, ignored, status
        Shape (n, 2), as in :class:`examples.Example`.
    same
        Shape (n, 3): index into the flat pairs, number of the phrase, whether right.
    """

    ids: Tensor
    features: Tensor
    pieces_inside: Tensor
    first: Tensor
    words_inside: Tensor
    tags: Tensor
    lines: Tensor
    sentences: Tensor
    spans: Tensor
    pairs: Tensor
    slots: Tensor
    kinds: Tensor
    holds: Tensor
    ignored: Tensor
    status: Tensor
    same: Tensor

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        return Batch(*(getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)))


def batches(examples: Sequence[Example], budget: int, rng: random.Random) -> list[list[Example]]:
    """Group windows of like length, so that little is padded: at most `budget` pieces, padding included."""
    ordered = sorted(examples, key=lambda e: (len(e.ids) // 16, rng.random()))
    found: list[list[Example]] = []
    longest = 0
    for example in ordered:
        longest = max(longest, len(example.ids))
        if found and (len(found[-1]) + 1) * longest <= budget:
            found[-1].append(example)
        else:
            found.append([example])
            longest = len(example.ids)
    rng.shuffle(found)
    return found


def _padded(arrays: Sequence[NDArray[np.int64]], filler: int) -> Tensor:
    size = max(len(a) for a in arrays)
    whole = np.full((len(arrays), size, *arrays[0].shape[1:]), filler, np.int64)
    for row, array in zip(whole, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(whole)


def _spans(arrays: Sequence[NDArray[np.int64]]) -> Tensor:
    whole = _padded(arrays, -1)
    whole[..., :2] = whole[..., :2].clamp(min=0)
    return whole


def collate(examples: Sequence[Example]) -> Batch:
    """Return the windows as one batch."""
    n_slots = np.cumsum([0, *(len(e.kinds) for e in examples)])
    n_pairs = max([1, *(len(e.pairs) for e in examples)])
    n_phrases = np.cumsum([0, *(len(e.spans) for e in examples)])
    nothing = n_slots[-1]
    spans = [e.spans if len(e.spans) else np.array([(0, 0, -1)]) for e in examples]
    pairs = [e.pairs if len(e.pairs) else np.zeros((1, 2), np.int64) for e in examples]
    slots = [
        np.where(e.slots < 0, nothing, e.slots + n) if len(e.pairs) else np.array([nothing])
        for e, n in zip(examples, n_slots, strict=False)
    ]

    def joined(name: str, shift: NDArray[np.int64]) -> Tensor:
        parts = [getattr(e, name) for e in examples]
        return torch.from_numpy(
            np.concatenate([np.column_stack([p[:, 0] + s, p[:, 1:]]) for p, s in zip(parts, shift, strict=False)])
        )

    same = joined("same", np.arange(len(examples)) * n_pairs)
    owner = np.concatenate([np.full(len(e.same), n) for e, n in zip(examples, n_phrases, strict=False)])
    same[:, 1] += torch.from_numpy(owner).long()
    words = [e.first for e in examples]
    return Batch(
        _padded([e.ids for e in examples], Pieces.pad), _padded([e.features for e in examples], 0),
        _padded([np.ones_like(e.ids) for e in examples], 0).bool(),
        _padded(words, 0), _padded([np.ones_like(w) for w in words], 0).bool(),
        _padded([e.tags for e in examples], NO_TAG), _padded([e.lines for e in examples], 0),
        _padded([e.sentences for e in examples], 0), _spans(spans), _padded(pairs, 0), _padded(slots, nothing),
        torch.from_numpy(np.concatenate([e.kinds for e in examples])), joined("holds", n_slots),
        joined("ignored", n_slots), joined("status", n_slots), same,
    )  # fmt: skip
