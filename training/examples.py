"""Labelled texts as tensors: windows with tags, mentions, and which relations hold between which entities."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from avgraph.extraction.layout import Segment, split_sentences
from avgraph.extraction.neural.labels import GENERIC, PAIR_LABELS, STATUS, TAGGED, TAGS
from avgraph.extraction.neural.pieces import Pieces
from avgraph.extraction.neural.windows import windows
from avgraph.extraction.neural.words import Words, read_words
from corpus import Labelled

__all__ = ["Example", "as_segments", "make_examples"]

_TAG = {tag: i for i, tag in enumerate(TAGS)}
_KIND = {tag: i for i, tag in enumerate(TAGGED)}
_LABEL = {label: i for i, label in enumerate(PAIR_LABELS)}
_NAMED = {generic: type_ for type_, generic in GENERIC.items()}
Entity = tuple[str, str]
#: First word, last word, tag, entity; an entity whose name begins with a zero byte is a stray one.
_WordSpan = tuple[int, int, str, Entity]
_GAZETTEER = ("Person", "Organization", "Work", "Award", "Event", "Agreement")


@dataclass
class Example:
    """One window of a text.

    Attributes
    ----------
    ids, features, first
        As in :class:`avgraph.extraction.neural.windows.Window`.
    tags
        Tag of each word.
    spans
        Shape (M, 3): first word, last word, tag, by position in the window.
    owner
        For each mention the number of its entity in the window.
    lines, sentences
        For each word.
    truth, weight
        Shape (E, E, labels): which relations hold, and which entries count.
    status
        (subject, object, index into STATUS or -1 for asserted) of the facts that hold.
    """

    ids: Tensor
    features: Tensor
    first: Tensor
    tags: Tensor
    spans: Tensor
    owner: Tensor
    lines: Tensor
    sentences: Tensor
    truth: Tensor
    weight: Tensor
    status: list[tuple[int, int, int]]


def as_segments(text: str, gaps: list[bool], language: str) -> list[Segment]:
    """Return segments for lines of normalised text."""
    found = []
    for index, line in enumerate(text.split("\n")):
        positions = list(range(len(line) + 1))
        gap = gaps[index] if index < len(gaps) else False
        found.append(
            Segment("paragraph", line, positions[:-1], positions[1:], index, gap, split_sentences(line, language))
        )
    return found


def make_examples(text: Labelled, pieces: Pieces, allowed: Tensor, rng: random.Random | None = None) -> list[Example]:
    """Return the windows of a text as examples; with `rng` some names are marked as known, as records would."""
    known = _known(text, rng) if rng is not None and rng.random() < 0.35 else None
    words = read_words(as_segments(text.text, text.gaps, text.language), known)
    spans = _word_spans(words, text)
    if rng is not None:
        spans = _with_stray(words, spans, rng)
    return [_example(window, words, spans, text, allowed) for window in windows(words, pieces)]


def _known(text: Labelled, rng: random.Random) -> dict[tuple[int, int], str]:
    """Return names that a gazetteer might know, a few of them of another kind than here."""
    share = rng.choice((0.2, 0.5, 0.9))
    kinds = {}
    for entity in sorted({s.entity for s in text.spans if s.tag in _GAZETTEER}):
        if rng.random() < share:
            kinds[entity] = entity[0] if rng.random() > 0.03 else rng.choice(_GAZETTEER)
    return {(s.start, s.end): kinds[s.entity] for s in text.spans if s.tag in _GAZETTEER and s.entity in kinds}


def _with_stray(words: Words, spans: list[_WordSpan], rng: random.Random) -> list[_WordSpan]:
    """Add some capitalised words as mentions without a relation: the tagger will not be perfect either."""
    taken = {i for a, b, *_ in spans for i in range(a, b + 1)}
    runs: list[tuple[int, int]] = []
    for i in range(len(words)):
        if i in taken or words.features[i, 0] not in (2, 3, 4) or words.features[i, 3] & 2:
            continue
        if runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    chosen = rng.sample(runs, min(len(runs), rng.choice((0, 1, 2, 4))))
    kinds = ("Person", "Organization", "Organization", "Work", "Work", "Place")
    stray = [(a, b, kind, (kind, f"\0{a}")) for (a, b), kind in ((run, rng.choice(kinds)) for run in chosen)]
    return sorted([*spans, *stray])


def _word_spans(words: Words, text: Labelled) -> list[_WordSpan]:
    found = []
    for span in text.spans:
        a = int(np.searchsorted(words.ends, span.start, side="right"))
        b = int(np.searchsorted(words.starts, span.end)) - 1
        if a <= b and not (found and a <= found[-1][1]):
            found.append((a, b, span.tag, span.entity))
    return found


def _example(window, words: Words, spans, text: Labelled, allowed: Tensor) -> Example:  # type: ignore[no-untyped-def]
    place = {int(w): k for k, w in enumerate(window.words)}
    tags = np.zeros(len(window.words), np.int64)
    held: list[tuple[int, int, int]] = []
    entities: dict[tuple[Entity, bool], int] = {}
    owner: list[int] = []
    for a, b, tag, entity in spans:
        if a not in place or b not in place or place[b] - place[a] != b - a:
            continue
        i, j = place[a], place[b]
        if not entity[1].startswith("\0"):
            tags[i], tags[i + 1 : j + 1] = _TAG[f"B-{tag}"], _TAG[f"I-{tag}"]
        held.append((i, j, _KIND[tag]))
        owner.append(entities.setdefault((entity, False), len(entities)))
    truth, weight, status = _truth(text, entities, held, owner, allowed)
    return Example(
        torch.from_numpy(window.ids), torch.from_numpy(window.features), torch.from_numpy(window.first),
        torch.from_numpy(tags), torch.tensor(held, dtype=torch.long).reshape(-1, 3),
        torch.tensor(owner, dtype=torch.long), torch.from_numpy(words.lines[window.words].astype(np.int64)),
        torch.from_numpy(words.sentences[window.words].astype(np.int64)), truth, weight, status,
    )  # fmt: skip


def _truth(text: Labelled, entities, held, owner, allowed: Tensor):  # type: ignore[no-untyped-def]
    n = len(entities)
    number = {entity: i for (entity, _), i in entities.items()}
    kinds: dict[int, int] = {}
    for (_, _, kind), e in zip(held, owner, strict=True):
        named = kind if TAGGED[kind] not in _NAMED else _KIND[_NAMED[TAGGED[kind]]]
        kinds.setdefault(e, named)
    kind = torch.tensor([kinds[e] for e in range(n)], dtype=torch.long)
    truth = torch.zeros(n, n, len(PAIR_LABELS))
    weight = allowed[kind][:, kind].float() if n else truth.clone()
    if n:
        weight[torch.arange(n), torch.arange(n)] = 0
    status: dict[tuple[int, int], int] = {}

    def hold(a: int, b: int, label: str, optional: bool) -> None:
        if optional:
            if not truth[a, b, _LABEL[label]]:
                weight[a, b, _LABEL[label]] = 0
        else:
            truth[a, b, _LABEL[label]] = weight[a, b, _LABEL[label]] = 1

    for fact in text.facts:
        a = number.get((str(fact["subject_type"]), str(fact["subject"]).strip()))
        b = number.get((str(fact["object_type"]), str(fact["object"]).strip()))
        relation, optional = str(fact["relation"]), bool(fact.get("optional"))
        if a is not None and b is not None and a != b:
            for x, y in ((a, b), (b, a)) if relation == "partner_of" else ((a, b),):
                for other in fact.get("alt_relations", ()):  # type: ignore[union-attr]
                    if other in _LABEL and not truth[x, y, _LABEL[other]]:
                        weight[x, y, _LABEL[other]] = 0
                hold(x, y, relation, optional)
                if not optional:
                    certainty = str(fact["certainty"])
                    status[x, y] = STATUS.index(certainty) if certainty in STATUS else -1
        qualifiers = fact.get("qualifiers") or {}
        for key, side, type_ in (
            ("amount", b, "Quantity"), ("share", a, "Quantity"), ("category", a, "Value"), ("for_work", a, "Work"),
            ("role", a if relation == "works_for" else None, "Value"),
        ):  # fmt: skip
            value = number.get((type_, str(qualifiers.get(key, "")).strip()))  # type: ignore[union-attr]
            if side is not None and value is not None and side != value:
                hold(side, value, key, optional)
    return truth, weight, [(a, b, s) for (a, b), s in status.items()]
