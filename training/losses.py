"""What the training minimises: wrong tags, wrong relations between entities, phrases linked to the wrong name."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as fn

from avgraph.extraction.neural.labels import PAIR_LABELS, allowed_labels
from batch import NO_TAG, Batch
from network import Network

__all__ = ["batch_loss", "gather", "word_vectors"]

SAME = PAIR_LABELS.index("same")
N_LABELS = len(PAIR_LABELS)
#: Weights of a window's losses: the mean of its words' tags, and the sum of its entity pairs' labels.
_TAGGING, _PAIRING = 10.0, 0.06


def word_vectors(network: Network, batch: Batch) -> Tensor:
    """Return the vectors of the words, shape (B, W, 384)."""
    hidden = network.encoder(batch.ids, batch.features, batch.pieces_inside)
    return hidden.gather(1, batch.first[..., None].expand(-1, -1, hidden.shape[-1]))


def _log_sum_exp(values: Tensor, group: Tensor, n: int) -> Tensor:
    """Values (N, K) of groups (N,) → (n, K): the logarithm of the sum of exponentials in each group."""
    index = group[:, None].expand_as(values)
    top = values.new_full((n, values.shape[1]), -1e4).scatter_reduce(0, index, values.detach(), "amax")
    total = values.new_zeros(n, values.shape[1]).index_add(0, group, torch.exp(values - top[group]))
    return torch.log(total + 1e-9) + top


def gather(logits: Tensor, batch: Batch) -> Tensor:
    """Logits of mention pairs (B, P, K) → of entity pairs (E, K)."""
    n = len(batch.kinds)
    return _log_sum_exp(logits.reshape(-1, logits.shape[-1]).float(), batch.slots.reshape(-1), n + 1)[:n]


def _pair_loss(logits: Tensor, batch: Batch) -> Tensor:
    whole = gather(logits, batch)
    truth = whole.new_zeros(len(whole), N_LABELS)
    truth[batch.holds[:, 0], batch.holds[:, 1]] = 1
    allowed = torch.from_numpy(allowed_labels()).to(whole.device)
    weight = allowed[batch.kinds[:, 0], batch.kinds[:, 1]].float()
    weight[batch.ignored[:, 0], batch.ignored[:, 1]] = 0
    weight[batch.holds[:, 0], batch.holds[:, 1]] = 1
    loss = fn.binary_cross_entropy_with_logits(whole[:, :N_LABELS], truth, weight, reduction="sum")
    status = fn.one_hot(batch.status[:, 1] + 1, 4)[:, 1:].float()
    scored = whole[batch.status[:, 0], N_LABELS:]
    return loss + 0.5 * fn.binary_cross_entropy_with_logits(scored, status, reduction="sum")


def _same_loss(logits: Tensor, batch: Batch) -> Tensor:
    """A phrase such as "the film" against the names of its kind: the one it stands for wins."""
    pair, phrase, right = batch.same.unbind(1)
    if not len(pair):
        return logits.new_zeros(())
    scores = logits.reshape(-1, logits.shape[-1])[pair, SAME].float()
    phrases, group = phrase.unique(return_inverse=True)
    everything = _log_sum_exp(scores[:, None], group, len(phrases))
    chosen = right.bool()
    return (everything - _log_sum_exp(scores[chosen][:, None], group[chosen], len(phrases))).sum()


def batch_loss(network: Network, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the losses of tagging (mean of the words) and of pairs (mean of the windows), weighted."""
    words = word_vectors(network, batch)
    tags = network.tagger(words).flatten(0, 1).float()
    tagging = fn.cross_entropy(tags, batch.tags.flatten(), ignore_index=NO_TAG, label_smoothing=0.02)
    logits = network.pairs(words, batch.words_inside, batch.spans, batch.lines, batch.sentences, batch.pairs)
    pairing = (_pair_loss(logits, batch) + _same_loss(logits, batch)) / len(batch.ids)
    return _TAGGING * tagging, _PAIRING * pairing
