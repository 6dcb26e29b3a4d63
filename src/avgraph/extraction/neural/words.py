"""A document as words with their form and place in the layout: what the encoder sees beside the pieces.

All features are read off the text itself, so that a text file and a web page of the same article look alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import LANGUAGES, first_names, names, places, word_set

__all__ = ["FEATURES", "Words", "read_words"]

_WORD = re.compile(r"\n|\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_")
#: Number of values of each feature: form, quotation, place in line, neighbours, structure, word list, known name.
FEATURES = (13, 3, 16, 8, 24, 8, 8)
_OPEN, _CLOSE = "“«„‘", "”»’"
_TYPES = ("Person", "Organization", "Work", "Award", "Event", "Agreement", "Place")


@dataclass(frozen=True)
class Words:
    """The words of a document, line breaks included.

    Attributes
    ----------
    text
        The segments' texts, joined by line breaks.
    starts, ends
        Half-open offsets of each word into `text`.
    lines
        For each word the index of its segment.
    features
        Shape (n words, 7), values below :data:`FEATURES`.
    sentences
        For each word the number of its sentence in the document.
    """

    text: str
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    lines: NDArray[np.int32]
    features: NDArray[np.int8]
    sentences: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)

    def word(self, i: int) -> str:
        """Return the text of word `i`."""
        return self.text[self.starts[i] : self.ends[i]]

    def surface(self, first: int, last: int) -> str:
        """Return the text from word `first` to word `last`, both included."""
        return self.text[self.starts[first] : self.ends[last]]


def read_words(segments: Sequence[Segment], known: Mapping[tuple[int, int], str] | None = None) -> Words:
    """Return the words of the segments with their features.

    Parameters
    ----------
    segments
        Of one document, in order.
    known
        Half-open ranges of the joined text → entity type, from a gazetteer.
    """
    text = "\n".join(segment.text for segment in segments)
    spans = [m.span() for m in _WORD.finditer(text)]
    tokens = [text[a:b] for a, b in spans]
    n = len(tokens)
    lines = np.zeros(n, np.int32)
    line = 0
    for i, token in enumerate(tokens):
        lines[i] = line
        line += token == "\n"
    features = np.zeros((n, len(FEATURES)), np.int8)
    sentences = np.zeros(n, np.int32)
    starts = np.array([a for a, _ in spans], np.int32)
    ends = np.array([b for _, b in spans], np.int32)
    stops = _sentence_starts(segments)
    sentences[:] = np.searchsorted(stops, starts, side="right") - 1
    words = Words(text, starts, ends, lines, features, sentences)
    first = 0
    gaps = [segment.gap for segment in segments]
    while first < n:
        last = first
        while last < n and tokens[last] != "\n":
            last += 1
        line = int(lines[first])
        _line_features(words, tokens, first, last, gaps[line], gaps[line + 1] if line + 1 < len(gaps) else True)
        first = last + 1
    _list_features(words, tokens)
    for (start, end), type_ in (known or {}).items():
        a, b = np.searchsorted(starts, start), np.searchsorted(ends, end, side="right")
        features[a:b, 6] = 1 + _TYPES.index(type_)
    return words


def _sentence_starts(segments: Sequence[Segment]) -> list[int]:
    found, at = [], 0
    for segment in segments:
        found += [at + s.start for s in segment.sentences] or [at]
        at += len(segment.text) + 1
    return found


def _form(token: str) -> int:
    """Return the class of a word's form: case, digits, kind of punctuation."""
    if token == "\n":
        return 0
    if token.isalpha():
        if token.islower():
            return 1
        if len(token) == 1:
            return 4 if token.isupper() else 7
        return 2 if token.istitle() else 3 if token.isupper() else 7
    if token[0].isdigit():
        return 5 if len(token) == 4 and token.isdigit() else 6
    for form, chars in ((8, "“”\"«»„‘’'"), (9, "()[]"), (10, "|–-—:·•*/"), (11, ".,;!?")):
        if token in chars:
            return form
    return 12


def _line_features(words: Words, tokens: list[str], first: int, last: int, gap: bool, gap_after: bool) -> None:
    features = words.features
    n = last - first
    letters = [t for t in tokens[first:last] if t.isalpha() and len(t) > 1]
    caps = len(letters) > 1 and sum(t.isupper() for t in letters) > 0.7 * len(letters)
    length = 0 if n < 5 else 1 if n < 12 else 2 if n < 30 else 3
    alone = gap and gap_after and n < 30 and bool(n) and tokens[last - 1] not in ".!?"
    quote, depth, column, label = 0, 0, 0, 0
    colon = next((i for i in range(first, min(last, first + 7)) if tokens[i] == ":"), -1)
    for i in range(first, last):
        token = tokens[i]
        glued = i > first and words.starts[i] == words.ends[i - 1]
        if i > first and "\t" in words.text[words.ends[i - 1] : words.starts[i]]:
            column += 1
        if token in _OPEN and quote == 0 and not (token == "‘" and glued):
            quote = 1
        elif (
            quote and (token in _CLOSE or token == "“") and not (token == "’" and _inside_word(words, tokens, i, last))
        ):
            quote = 2
        elif token == '"':
            quote = 2 if quote == 1 else 1
        if token in "([":
            depth = 1
        label = 0 if colon < 0 else 1 if i <= colon else 2
        place = 0 if i == first else 1 if i < first + 3 else 2
        opens = i == first or tokens[i - 1] in ".!?:" or words.sentences[i] != words.sentences[i - 1]
        features[i, 0] = _form(token)
        features[i, 1] = quote
        features[i, 2] = length * 4 + (3 if alone and place else place)
        features[i, 3] = glued * 4 + opens * 2 + caps
        features[i, 4] = (depth * 3 + label) * 4 + min(column, 3)
        if token in ")]":
            depth = 0
        if token == "|":
            column += 1
        if quote == 2:
            quote = 0
    if last < len(tokens):
        features[last, 0] = 0
        features[last, 3] = gap_after


def _inside_word(words: Words, tokens: list[str], i: int, last: int) -> bool:
    """Tell whether an apostrophe stands inside a word, so that it closes no quotation."""
    return i + 1 < last and words.starts[i + 1] == words.ends[i] and tokens[i + 1].isalpha()


@lru_cache(maxsize=1)
def _word_lists() -> tuple[dict[tuple[str, ...], int], int]:
    """Return folded words → value of the word-list feature, and the length of the longest entry."""
    found: dict[tuple[str, ...], int] = {}

    def put(entries: object, value: int) -> None:
        for entry in entries:  # type: ignore[attr-defined]
            if key := tuple(_WORD.findall(entry)):
                found.setdefault(key, value)

    for language in LANGUAGES:
        nouns, adjectives = places(language)
        put(nouns, 2)
        put(adjectives, 3)
    known = names()
    put(known.broadcasters | known.funds, 4)
    put(known.events | known.awards, 5)
    put(known.company_suffixes | known.organization_heads | known.certain_organizations, 6)
    put(word_set("particles"), 7)
    return found, max(map(len, found))


def _list_features(words: Words, tokens: list[str]) -> None:
    lists, longest = _word_lists()
    given = first_names()
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if not token[0].isalnum():
            i += 1
            continue
        for n in range(longest, 0, -1):
            value = lists.get(tuple(tokens[i : i + n]))
            if value is not None:
                words.features[i : i + n, 5] = value
                i += n
                break
        else:
            if token in given or (token.isupper() and token.title() in given):
                words.features[i, 5] = 1
            i += 1
