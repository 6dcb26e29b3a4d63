"""Mentions: the names, titles, places, sums and dates of a segment, each with a kind and how sure it is.

Kinds are letters: W work, P person, O organisation, L place, N adjective of a place, A award, E event or festival,
G programme or agreement, M money, D date, Q count, U a name of unknown kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from avgraph.extraction.classify import classify
from avgraph.extraction.gazetteer import Gazetteer
from avgraph.extraction.layout import Segment
from avgraph.extraction.lexicon import Lexicon
from avgraph.extraction.placenames import place_mentions, without_joints
from avgraph.extraction.titles import category_pattern, opening_titles, quoted_titles, titles_before_people
from avgraph.extraction.tokens import is_institution, name_spans
from avgraph.extraction.values import value_mentions

__all__ = ["TYPES", "Mention", "find_mentions"]

#: Kind letter → entity type of the model.
TYPES = {"W": "Work", "P": "Person", "O": "Organization", "L": "Place", "N": "Place", "A": "Award", "E": "Event",
         "G": "Agreement", "M": "Quantity", "Q": "Quantity", "D": "Date", "U": "Organization"}  # fmt: skip
_KIND_OF = {"Work": "W", "Person": "P", "Organization": "O", "Award": "A", "Event": "E", "Agreement": "G"}


@dataclass
class Mention:
    """One stretch of a segment that names or describes something.

    Attributes
    ----------
    kind
        Letter, see the module.
    segment
        Index of the segment; `start` and `end` are half-open offsets into its text.
    name
        Name as the text has it; after coreference in the fullest form of the text.
    strong
        Whether the kind is certain: quotes, known names, words like "Films"; a model's guess alone is weak.
    generic
        Whether it describes rather than names ("a film inspired by …").
    sentence
        Where its sentence starts in the segment.
    attributes
        ``season``, ``series``, ``iso`` and the like.
    probability
        Of being a name of this kind (0..1), as the model has it.
    """

    kind: str
    segment: int
    start: int
    end: int
    name: str
    strong: bool = False
    generic: bool = False
    surface: str = ""
    sentence: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    probability: float = 1.0

    def __post_init__(self) -> None:
        self.surface = self.surface or self.name


def find_mentions(
    segment: Segment, lexicon: Lexicon, guesses: Iterable[tuple[int, int, str]], gazetteer: Gazetteer
) -> list[Mention]:
    """Return the mentions of one segment, in order and without overlap.

    Parameters
    ----------
    segment
        Where to look.
    lexicon
        Of the segment's language.
    guesses
        (start, end, kind) of a named-entity model, without overlap.
    gazetteer
        Known names; they decide over guesses, quotes decide over them.
    """
    text = segment.text
    taken = _Taken(len(text))
    found: list[Mention] = []

    def add(
        kind: str,
        start: int,
        end: int,
        *,
        strong: bool = True,
        name: str | None = None,
        surface: str = "",
        attributes: dict[str, str] | None = None,
    ) -> None:
        if taken.claim(start, end):
            name = text[start:end] if name is None else name
            found.append(
                Mention(kind, segment.index, start, end, name, strong, surface=surface, attributes=attributes or {})
            )

    for start, end, name, kind in quoted_titles(text, lexicon):
        add(kind, start, end, name=name)
    for start, end, (name, type_) in gazetteer.find(text):
        add(_KIND_OF[type_], start, end, attributes={"known": name})
    for sentence in segment.sentences:
        if opening := opening_titles(text, sentence.start, sentence.end, lexicon.language):
            add("W", *opening)
    for start, end, kind, attributes in value_mentions(text, lexicon):
        add(kind, start, end, attributes=attributes)
    for match in category_pattern(lexicon.language).finditer(text):
        add("A", match.start(), match.end(), attributes={"category": match.group()})
    for start, end, kind, place in place_mentions(text, lexicon, taken.marks):
        add(kind, start, end, name=place, surface=text[start:end], attributes={"iso": place})
    for start, end in titles_before_people(text, lexicon.language):
        add("W", start, end)
    model = sorted(guesses)
    for start, end in name_spans(text, lexicon):
        for s, e in taken.free(start, end):
            if leftover := _LEFTOVER.match(text[s:e]):
                s += leftover.end()
            for a, b in without_joints(text, s, e, lexicon) if text[s : s + 1].isupper() else ():
                kind, strong = classify(text, a, b, lexicon, model)
                article = text.startswith(("Le ", "La ", "Les "), a) and kind in "AE"
                if article or (
                    text.startswith("The ", a) and (kind in "AE" or (kind == "O" and is_institution(text[a:b])))
                ):
                    a = text.index(" ", a) + 1
                add(kind, a, b, strong=strong)
    return sorted(found, key=lambda m: m.start)


#: What a place leaves at the start of the name after it: "Belgium's Zolder Animation".
_LEFTOVER = re.compile(r"(?:'s?(?!\w)|[^\w]|-(?:based|born)\b)*")


class _Taken:
    """Which characters a mention holds already."""

    def __init__(self, length: int) -> None:
        self.marks = bytearray(length)

    def claim(self, start: int, end: int) -> bool:
        if start >= end or any(self.marks[start:end]):
            return False
        self.marks[start:end] = b"\x01" * (end - start)
        return True

    def free(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the free stretches of a range."""
        runs: list[tuple[int, int]] = []
        begin: int | None = None
        for i in range(start, end + 1):
            open_ = i < end and not self.marks[i]
            if open_ and begin is None:
                begin = i
            elif not open_ and begin is not None:
                runs.append((begin, i))
                begin = None
        return runs
