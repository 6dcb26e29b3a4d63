"""How well a network reads texts it has not seen: mentions, and relations between the mentions it finds itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from avgraph.extraction.neural.heads import best_tags
from avgraph.extraction.neural.labels import GENERIC, TAGGED, allowed_labels
from avgraph.model import RELATIONS
from batch import collate
from examples import Example, possible_pairs
from losses import gather, word_vectors
from network import Network

__all__ = ["report"]

_N_RELATIONS = len(RELATIONS)
_THRESHOLDS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)


@torch.no_grad()
def report(network: Network, examples: Sequence[Example]) -> str:
    """Return F1 of mentions, and of relations (windows apart, exact mentions, annotated coreference) by threshold."""
    network.eval()
    device = next(network.parameters()).device
    right = np.zeros((len(TAGGED), 3), np.int64)  # found and right, found, wanted
    scores: list[float] = []
    truths: list[bool] = []
    wanted = 0
    for example in examples:
        batch = collate([example]).to(device)
        words = word_vectors(network, batch)
        found = [m[:3] for m in best_tags(network.tagger(words)[0].float().cpu().numpy())]
        gold = {(int(a), int(b)): (int(t), i) for i, (a, b, t) in enumerate(example.spans)}
        for a, b, t in found:
            right[t] += (gold.get((a, b), (-1,))[0] == t, 1, 0)
        for t, _ in gold.values():
            right[t, 2] += 1
        wanted += int((example.holds[:, 1] < _N_RELATIONS).sum())
        if len(found) > 1:
            s, y = _relations(network, words, example, found, gold)
            scores += s
            truths += y
    total = right.sum(0)
    lines = [f"mentions F1 {2 * total[0] / (total[1] + total[2]):.3f}: " + ", ".join(
        f"{tag} {2 * r[0] / max(1, r[1] + r[2]):.2f}" for tag, r in zip(TAGGED, right, strict=True))]  # fmt: skip
    s, y = np.array(scores), np.array(truths)
    for threshold in _THRESHOLDS:
        kept = s > threshold
        hits = int(y[kept].sum())
        precision, recall = hits / max(1, kept.sum()), hits / max(1, wanted)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        lines.append(f"logit > {threshold:4.1f}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    return "\n".join(lines)


def _relations(network, words, example: Example, found, gold):  # type: ignore[no-untyped-def]
    """Return scores of the relations between entities that the network finds, and whether they hold."""
    numbers, kinds = [], []
    generic = {TAGGED.index(g): TAGGED.index(t) for t, g in GENERIC.items()}
    for k, (a, b, t) in enumerate(found):
        tag, mention = gold.get((a, b), (-1, -1))
        numbers.append(int(example.owners[mention]) if tag == t else -2 - k)
        kinds.append(generic.get(t, t))
    spans = np.array(found, np.int64).reshape(-1, 3)
    pairs = possible_pairs(spans, allowed_labels())
    if not len(pairs):
        return [], []
    keys = [(numbers[a], numbers[b]) for a, b in pairs]
    slot_of = {key: i for i, key in enumerate(dict.fromkeys(k for k in keys if k[0] != k[1]))}
    slots = np.array([slot_of.get(k, -1) for k in keys], np.int64)
    kind_of = dict(zip(numbers, kinds, strict=True))
    entity_kinds = np.array([(kind_of[a], kind_of[b]) for a, b in slot_of], np.int64).reshape(-1, 2)
    none = np.zeros((0, 2), np.int64)
    seen = replace(example, spans=spans, pairs=pairs, slots=slots, kinds=entity_kinds, holds=none, ignored=none,
                   status=none, same=np.zeros((0, 3), np.int64))  # fmt: skip
    batch = collate([seen]).to(words.device)
    logits = network.pairs(words, batch.words_inside, batch.spans, batch.lines, batch.sentences, batch.pairs)
    whole = gather(logits, batch)[:, :_N_RELATIONS].cpu().numpy()
    marks = {}
    for name, value in (("holds", True), ("ignored", None)):
        for slot, label in getattr(example, name).tolist():
            k = int(np.flatnonzero(example.slots == slot)[0])
            a, b = example.owners[example.pairs[k]].tolist()
            marks[a, b, label] = value
    allowed = allowed_labels()[entity_kinds[:, 0], entity_kinds[:, 1]]
    scores, truths = [], []
    for key, i in slot_of.items():
        for label in np.flatnonzero(allowed[i, :_N_RELATIONS] & (whole[i] > _THRESHOLDS[0])):
            value = marks.get((*key, int(label)), False)
            if value is not None:
                scores.append(float(whole[i, label]))
                truths.append(value)
    return scores, truths
