"""Places and adjectives of places, told apart from longer names that hold them ("Film Fund Luxembourg")."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from avgraph.extraction.classify import known_kind
from avgraph.extraction.lexicon import Lexicon, alternatives, combining_forms, country_codes, names, places
from avgraph.extraction.tokens import name_spans

__all__ = ["place_mentions", "without_joints"]


@lru_cache(maxsize=4)
def _place_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what finds places, their adjectives, and the first half of "Franco-Belgian"."""
    nouns, adjectives = places(language)
    other, _ = places("fr" if language == "en" else "en")
    return (
        re.compile(rf"(?<![\w&])(?:{alternatives([*nouns, *other])[3:-1]})(?![\w&])"),
        re.compile(rf"(?<![\w])(?:{alternatives(adjectives)[3:-1]})(?!\w)"),
        re.compile(rf"(?<![\w])(?:{alternatives(combining_forms())[3:-1]})(?=[-‑–][^\W\d_])", re.IGNORECASE),
    )


_CODES = re.compile(r"(?<=[(/,;\s–-])([A-Z]{2})(?=[)/,;\s–-])")


def place_mentions(text: str, lexicon: Lexicon, taken: bytearray) -> list[tuple[int, int, str, str]]:
    """Return (start, end, kind, place name in the text's language) of places and adjectives not inside longer names."""
    language = lexicon.language
    nouns, adjectives = places(language)
    others, _ = places("fr" if language == "en" else "en")
    noun_pattern, adjective_pattern, combining_pattern = _place_patterns(language)
    found = []
    for match in combining_pattern.finditer(text):
        country = country_codes()[combining_forms()[match.group().casefold()]]
        found.append((match.start(), match.end(), "N", country.name[language]))
    spans = name_spans(text, lexicon)
    for match in noun_pattern.finditer(text):
        if match.group() in ("US",) and text[max(0, match.start() - 1) : match.start()] in "'":
            continue
        if _stands_alone(text, match, spans, lexicon):
            place = nouns.get(match.group()) or others[match.group()]
            found.append((match.start(), match.end(), "L", place.name[language]))
    for match in adjective_pattern.finditer(text):
        if match.group()[0].islower() or _stands_alone(text, match, spans, lexicon, adjective=True):
            word = match.group()
            people = language == "en" and word.endswith("s") and word[:-1] in adjectives
            name = word if people else adjectives[word].name[language]
            found.append((match.start(), match.end(), "P" if people else "N", name))
    for bracket in re.finditer(r"\([^()]{2,60}\)", text):
        for match in _CODES.finditer(bracket.group()):
            if match[1] in country_codes():
                at = bracket.start() + match.start()
                found.append((at, at + 2, "L", country_codes()[match[1]].name[language]))
    return [f for f in found if not any(taken[f[0] : f[1]])]


def _stands_alone(
    text: str, match: re.Match[str], spans: list[tuple[int, int]], lexicon: Lexicon, *, adjective: bool = False
) -> bool:
    """Tell whether a place is a name of its own and not a part of "Paris Match" or "Film Fund Luxembourg"."""
    i = bisect_right(spans, match.start(), key=lambda span: span[0]) - 1
    for start, end in spans[i : i + 1] if i >= 0 else ():
        if match.end() <= end and (start, end) != match.span():
            pieces = without_joints(text, start, end, lexicon)
            piece = next(((a, b) for a, b in pieces if a <= match.start() and match.end() <= b), match.span())
            opening = re.match(r"(?:The|A|An|Le|La|Les|Un|Une) ", text[piece[0] : piece[1]])
            first = piece[0] + (opening.end() if opening else 0)
            if (first, piece[1]) == match.span():
                return True
            if adjective and first == match.start():
                rest = text[match.end() : piece[1]].strip()
                if rest.startswith("-") or not rest:
                    return True
                return known_kind(rest, lexicon)[0] is None or not _institutional(rest)
            if re.fullmatch(r"-[a-zé]+", text[match.end() : piece[1]]):
                return True
            return _all_places(text[piece[0] : piece[1]], lexicon)
    return True


def _all_places(piece: str, lexicon: Lexicon) -> bool:
    """Tell whether a span only lists places: "Belgian-Luxembourg", "Belgium/France"."""
    nouns, adjectives = places(lexicon.language)
    parts = re.split(r"\s?[-‑/–]\s?", piece)
    known = (part in nouns or part in adjectives or part.casefold() in combining_forms() for part in parts)
    return len(parts) > 1 and all(known)


def _institutional(rest: str) -> bool:
    """Tell whether "Belgian" belongs to the name that follows it ("Norwegian Film Institute", "Swiss Films")."""
    words, known = rest.split(), names()
    return bool(words) and (
        words[-1] in known.national
        or words[0] in known.national
        or words[-1] in known.award_heads
        or words[-1] in known.event_heads
    )


def without_joints(text: str, start: int, end: int, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Cut a capitalised span where two names meet: at a possessive, or before "of/de" and a place or person."""
    pieces = []
    begin = start
    for match in re.finditer(r"'s\s|s'\s", text[start:end]) if lexicon.language == "en" else ():
        stop = start + match.start() + (1 if match.group().startswith("s'") else 0)
        if not text[begin:stop].startswith(("The ", "A ")):
            pieces.append((begin, stop))
            begin = start + match.end()
    pieces.append((begin, end))
    return [(a, b) for a, b in pieces if a < b]
