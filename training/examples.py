"""Labelled texts as windows: words with tags, mentions, and which relations hold between which entities."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.layout import Segment, split_sentences
from avgraph.extraction.neural.labels import GENERIC, PAIR_LABELS, STATUS, TAGGED, TAGS, allowed_labels
from avgraph.extraction.neural.pieces import Pieces
from avgraph.extraction.neural.windows import Window, windows
from avgraph.extraction.neural.words import Words, read_words
from corpus import Labelled

__all__ = ["Example", "as_segments", "make_examples", "possible_pairs"]

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
    name
        Of the text.
    ids, features, first
        As in :class:`avgraph.extraction.neural.windows.Window`.
    tags
        Tag of each word.
    spans
        Shape (M, 3): first word, last word, tag, by position in the window.
    owners
        For each mention the number of its entity.
    lines, sentences
        For each word.
    pairs
        Shape (P, 2): mentions between which some label may hold.
    slots
        For each pair of mentions its pair of entities; -1 where both are one entity.
    kinds
        Shape (E, 2): tags of the entities of each pair of entities.
    holds, ignored
        Shape (n, 2): pair of entities and label, which hold or do not count.
    status
        Shape (n, 2): pair of entities and index into STATUS, or -1 for asserted.
    same
        Shape (n, 3): pair of a phrase and a name, number of the phrase, whether it stands for that name.
    """

    name: str
    ids: NDArray[np.int64]
    features: NDArray[np.int64]
    first: NDArray[np.int64]
    tags: NDArray[np.int64]
    spans: NDArray[np.int64]
    owners: NDArray[np.int64]
    lines: NDArray[np.int32]
    sentences: NDArray[np.int32]
    pairs: NDArray[np.int64]
    slots: NDArray[np.int64]
    kinds: NDArray[np.int64]
    holds: NDArray[np.int64]
    ignored: NDArray[np.int64]
    status: NDArray[np.int64]
    same: NDArray[np.int64]


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


def make_examples(text: Labelled, pieces: Pieces, rng: random.Random | None = None) -> list[Example]:
    """Return the windows of a text as examples; with `rng` some names are marked as known, as records would."""
    known = _known(text, rng) if rng is not None and rng.random() < 0.35 else None
    words = read_words(as_segments(text.text, text.gaps, text.language), known)
    spans = _word_spans(words, text)
    if rng is not None:
        spans = _with_stray(words, spans, rng)
    allowed = allowed_labels()
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


def _example(
    window: Window, words: Words, spans: Sequence[_WordSpan], text: Labelled, allowed: NDArray[np.bool_]
) -> Example:
    place = {int(w): k for k, w in enumerate(window.words)}
    tags = np.zeros(len(window.words), np.int64)
    held: list[tuple[int, int, int]] = []
    number: dict[Entity, int] = {}
    kinds: list[int] = []  # of the entities
    owner: list[int] = []
    for a, b, tag, entity in spans:
        if a not in place or b not in place or place[b] - place[a] != b - a:
            continue
        i, j = place[a], place[b]
        if not entity[1].startswith("\0"):
            tags[i], tags[i + 1 : j + 1] = _TAG[f"B-{tag}"], _TAG[f"I-{tag}"]
        held.append((i, j, _KIND[tag]))
        if entity not in number:
            number[entity] = len(kinds)
            kinds.append(_KIND[_NAMED.get(tag, tag)])
        owner.append(number[entity])
    mentions = np.array(held, np.int64).reshape(-1, 3)
    owners, entity_kinds = np.array(owner, np.int64), np.array(kinds, np.int64)
    pairs = possible_pairs(mentions, allowed)
    left, right = owners[pairs[:, 0]], owners[pairs[:, 1]]
    keys, slots = np.unique(left * (len(kinds) + 1) + right, return_inverse=True)
    entity_pairs = np.stack([keys // (len(kinds) + 1), keys % (len(kinds) + 1)], 1)
    holds, ignored, status = _truth(text, number, entity_pairs)
    return Example(
        text.name, window.ids, window.features, window.first, tags, mentions, owners,
        words.lines[window.words], words.sentences[window.words], pairs, np.where(left == right, -1, slots.reshape(-1)),
        entity_kinds[entity_pairs].reshape(-1, 2), holds, ignored, status, _same(mentions, owners, pairs),
    )  # fmt: skip


def possible_pairs(mentions: NDArray[np.int64], allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the ordered pairs of mentions between which some label may hold, as the runtime chooses them."""
    possible = allowed.any(axis=2)[mentions[:, 2]][:, mentions[:, 2]]
    np.fill_diagonal(possible, False)
    return np.stack(np.nonzero(possible), 1)


def _same(mentions: NDArray[np.int64], owners: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (pair, phrase, whether right) of every phrase with at least one right and one wrong name of its kind."""
    named = np.array([_KIND[_NAMED.get(tag, tag)] for tag in TAGGED])
    tags = mentions[:, 2]
    phrase, name = tags[pairs[:, 0]], tags[pairs[:, 1]]
    rows = np.flatnonzero((named[phrase] == name) & (phrase != name))
    right = owners[pairs[rows, 0]] == owners[pairs[rows, 1]]
    found = []
    for g in np.unique(pairs[rows, 0]):
        mine = pairs[rows, 0] == g
        if right[mine].any() and not right[mine].all():
            found += [(k, g, int(ok)) for k, ok in zip(rows[mine], right[mine], strict=True)]
    return np.array(found, np.int64).reshape(-1, 3)


def _truth(
    text: Labelled, number: dict[Entity, int], entity_pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (entity pair, label) that hold, those that do not count, and (entity pair, status or -1 for asserted)."""
    row = {(int(a), int(b)): i for i, (a, b) in enumerate(entity_pairs)}
    holds: set[tuple[int, int]] = set()
    ignored: set[tuple[int, int]] = set()
    status: dict[int, int] = {}

    def hold(a: int | None, b: int | None, label: str, optional: bool) -> None:
        pair = row.get((-1 if a is None else a, -1 if b is None else b))
        if pair is not None and a != b:
            (ignored if optional else holds).add((pair, _LABEL[label]))

    for fact in text.facts:
        a = number.get((str(fact["subject_type"]), str(fact["subject"]).strip()))
        b = number.get((str(fact["object_type"]), str(fact["object"]).strip()))
        relation, optional = str(fact["relation"]), bool(fact.get("optional"))
        for x, y in ((a, b), (b, a)) if relation == "partner_of" else ((a, b),):
            for other in cast("list[str]", fact.get("alt_relations") or ()):
                if other in _LABEL:
                    hold(x, y, other, True)
            hold(x, y, relation, optional)
            pair = row.get((-1 if x is None else x, -1 if y is None else y))
            if not optional and pair is not None:
                certainty = str(fact["certainty"])
                status[pair] = STATUS.index(certainty) if certainty in STATUS else -1
        qualifiers = cast("dict[str, object]", fact.get("qualifiers") or {})
        for key, side, type_ in (
            ("amount", b, "Quantity"), ("share", a, "Quantity"), ("category", a, "Value"), ("for_work", a, "Work"),
            ("role", a if relation == "works_for" else None, "Value"),
        ):  # fmt: skip
            hold(side, number.get((type_, str(qualifiers.get(key, "")).strip())), key, optional)

    def rows(found: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
        return np.array(sorted(found), np.int64).reshape(-1, 2)

    return rows(holds), rows(ignored - holds), rows(status.items())
