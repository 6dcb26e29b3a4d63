"""The text as the rules see it: segments without boilerplate, each with its way back to the document's offsets.

White space, apostrophes, composed accents and glued words are normalised in the segment's own text; every character
remembers the span it came from, so offsets of evidence always refer to ``Document.text`` itself.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache

from avgraph.dates import parse_partial_date
from avgraph.extraction.lexicon import alternatives, boilerplate, names, word_set
from avgraph.model import Document

__all__ = ["Segment", "Sentence", "publication_date", "segments", "split_sentences"]

_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_DATE_AT_END = re.compile(r"\s*(\d{1,2}[./-]\d{1,2}[./-]\d{4})\s*$")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_STOP = re.compile(r"[.!?…]+[\"”’»)\]']*\s+(?=[\"“«‘(\[']?\s?[^\W_a-zß-öø-ÿ])|(?<=[.!?…][\"”»])\s+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Half-open range of a sentence in its segment's text."""

    start: int
    end: int


@dataclass
class Segment:
    """A stretch of text that stands by itself: a paragraph, heading, list item or table row.

    Attributes
    ----------
    kind
        One of :data:`avgraph.model.BLOCK_KINDS`, boilerplate excepted.
    text
        The normalised text.
    starts, ends
        For each character of `text`, the span of ``Document.text`` it stands for.
    index
        Position among the document's segments.
    gap
        Whether a blank line stands before it.
    """

    kind: str
    text: str
    starts: list[int]
    ends: list[int]
    index: int = 0
    gap: bool = False
    sentences: list[Sentence] = field(default_factory=list)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the document span of ``text[start:end]``."""
        return self.starts[start], self.ends[end - 1]

    def sentence_at(self, position: int) -> Sentence:
        """Return the sentence that holds `position`."""
        i = bisect_right(self.sentences, position, key=lambda s: s.start) - 1
        if i >= 0 and position < self.sentences[i].end:
            return self.sentences[i]
        return Sentence(0, len(self.text))


@lru_cache(maxsize=1)
def _glue() -> re.Pattern[str]:
    """Where words ran together because a page lost its markup: "Imagesis a", "productions16/10/2019"."""
    heads = alternatives(word for word in names().organization_heads if len(word) > 4)
    return re.compile(
        rf"(?<=[^\W\d_])(?=\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}\b)|\b{heads}(?=(?:is|was|are|has|and|est|sont|et)\s)"
    )


def _segment(kind: str, text: str, start: int, end: int) -> Segment:
    """Normalise ``text[start:end]``."""
    breaks = {match.end() for match in _glue().finditer(text, start, end)}
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(char: str, at: int, to: int) -> None:
        chars.append(char)
        starts.append(at)
        ends.append(to)

    for i, char in enumerate(text[start:end], start):
        if i in breaks and chars and chars[-1] != " ":
            put(" ", i, i)
        if " " < char < "\x7f" and char != "`":
            put(char, i, i + 1)
        elif char == "\t":
            put("\t", i, i + 1)
        elif char.isspace():
            if chars and chars[-1] not in " \t":
                put(" ", i, i + 1)
        elif unicodedata.combining(char) and chars:
            composed = unicodedata.normalize("NFC", chars[-1] + char)
            if len(composed) == 1:
                chars[-1] = composed
                ends[-1] = i + 1
        elif char in "’‘ʼ`´" and chars and chars[-1].isalpha() and i + 1 < end and text[i + 1].isalpha():
            put("'", i, i + 1)
        elif unicodedata.category(char) != "Cf":
            put("\ufffd" if _PRIVATE.match(char) else char, i, i + 1)
    while chars and chars[-1].isspace():
        chars.pop()
        starts.pop()
        ends.pop()
    return Segment(kind, "".join(chars), starts, ends)


def split_sentences(text: str, language: str | None = None) -> list[Sentence]:
    """Split at stops that end no abbreviation, initial, acronym, list number or, in German, ordinal."""
    sentences: list[Sentence] = []
    begin = 0
    for match in _STOP.finditer(text):
        before = text[begin : match.start()].rsplit(None, 1)
        word = (before[-1] if before else "").lstrip("(\"“«‘'[").casefold()
        if text[match.start()] == "." and (
            word in word_set("abbreviations")
            or (len(word) == 1 and word.isalpha())
            or (re.fullmatch(r"\d{1,2}", word) and (language == "de" or text[begin : match.start()].strip() == word))
            or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word)
        ):
            continue
        sentences.append(Sentence(begin, match.end()))
        begin = match.end()
    if begin < len(text):
        sentences.append(Sentence(begin, len(text)))
    return sentences


def _lines(document: Document) -> list[tuple[str, int, int, bool]]:
    """Return (kind, start, end, whether a blank line stands before it) of every line outside boilerplate."""
    text = document.text
    blocks = [(b.kind, b.start, b.end) for b in document.blocks] or [("paragraph", 0, len(text))]
    found: list[tuple[str, int, int, bool]] = []
    for kind, start, end in blocks:
        if kind == "boilerplate":
            continue
        gap, begin = True, start
        for stop, after in [(m.start(), m.end()) for m in _BREAK.finditer(text, start, end)] + [(end, end)]:
            if text[begin:stop].strip():
                found.append((kind, begin, stop, gap))
                gap = False
            else:
                gap = True
            begin = after
    return _rejoined(text, found)


def _rejoined(text: str, lines: list[tuple[str, int, int, bool]]) -> list[tuple[str, int, int, bool]]:
    """Join the lines of hard-wrapped prose: a long line without a stop, then one that starts in lower case."""
    joined: list[tuple[str, int, int, bool]] = []
    for kind, start, end, gap in lines:
        line = text[start:end].strip()
        if joined and not gap and kind == joined[-1][0] and line[:1].islower():
            last = text[joined[-1][1] : joined[-1][2]].rstrip()
            if len(last) > 50 and last[-1] not in ".!?:;…|":
                joined[-1] = (kind, joined[-1][1], end, joined[-1][3])
                continue
        joined.append((kind, start, end, gap))
    return joined


def _is_teaser(lines: list[str], i: int) -> bool:
    """Tell whether line `i` belongs to a list of other articles: "Headline 06/10/2020", "The company that…"."""
    if i == 0:
        return False
    cut_off = lines[i].endswith(("...", "…")) and not lines[i].startswith(("...", "…"))
    if cut_off:
        return len(lines[i]) < 400 and (bool(_DATE_AT_END.search(lines[i - 1])) or i >= len(lines) - 3)
    dated = len(lines[i]) < 200 and _DATE_AT_END.search(lines[i]) and lines[i].rstrip("0123456789/.-")[-1:] != ":"
    return bool(dated) and i + 1 < len(lines) and lines[i + 1].endswith(("...", "…"))


def segments(document: Document) -> list[Segment]:
    """Return the segments of a document that state something, in order.

    Teasers of other articles, newsletter and menu lines are left out, whether or not the reader marked them.
    """
    lines = _lines(document)
    empty, keep = boilerplate(document.language)
    texts = [document.text[start:end].strip() for _, start, end, _ in lines]
    found: list[Segment] = []
    for i, (kind, start, end, gap) in enumerate(lines):
        if _is_teaser(texts, i):
            continue
        if len(texts[i]) < 160 and empty.search(texts[i]) and not keep.search(texts[i]):
            continue
        while start < end and document.text[start].isspace():
            start += 1
        segment = _segment(kind, document.text, start, end)
        if not any(char.isalnum() for char in segment.text):
            continue
        segment.gap, segment.index = gap, len(found)
        segment.sentences = split_sentences(segment.text, document.language)
        found.append(segment)
    return found


def publication_date(document: Document, found: list[Segment]) -> str | None:
    """Return the document's date, or the one its headline or a line of its own carries."""
    if document.date:
        return document.date
    for segment in found[:4]:
        match = _DATE_AT_END.search(segment.text)
        if match and len(segment.text) < 200 and (date := parse_partial_date(match[1].replace(".", "/"))):
            return date
    return None
