"""The kind of a capitalised name: its own words decide, then its neighbours, then the model's guess."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from avgraph.extraction.lexicon import Lexicon, alternatives, first_names, names
from avgraph.extraction.lexicon import lexicon as lexicon_of

__all__ = ["classify", "known_kind"]


def known_kind(name: str, lexicon: Lexicon) -> tuple[str | None, bool]:
    """Return the kind that the name's own words give it."""
    known = names()
    if name in known.organizations:
        return "O", True
    if name.removeprefix("The ") in known.awards:
        return "A", True
    if name in known.events:
        return "E", True
    words = name.split()
    first, last = words[0].strip(",.("), words[-1].strip(",.)")
    if last in known.company_suffixes or words[-1] in known.company_suffixes:
        return "O", True
    if len(words) > 1:
        if last in known.award_heads or first in ("Prix", "Trophée", "Prize") or "Award" in words or "Prize" in words:
            return "A", True
        if last in known.event_heads or any(w in known.certain_events for w in words):
            return "E", True
        heads = known.organization_heads
        if (
            last in heads
            or first in heads
            or (first in ("Les", "La", "Le", "The") and len(words) > 2 and words[1] in heads)
        ):
            return "O", True
        if any(w in known.certain_organizations for w in words):
            return "O", True
    elif last in ("Festival",):
        return None, False
    elif (
        re.search(r"(?:[a-z](?:films?|film|media|studios?|pictures|prod|productions?)$)", name, re.I) and len(name) > 6
    ):
        return "O", False
    return None, False


def classify(
    text: str, start: int, end: int, lexicon: Lexicon, guesses: list[tuple[int, int, str]]
) -> tuple[str, bool]:
    """Return (kind, whether sure) of a capitalised span: its own words, its neighbours, then the model's guess.

    The guesses, (start, end, kind), are in order and do not overlap.
    """
    name = text[start:end]
    kind, sure = known_kind(name, lexicon)
    if kind and sure:
        return kind, sure
    before, after = text[max(0, start - 60) : start], text[end : end + 40]
    words = name.split()
    person = 1 < len(words) <= 5 and words[0] in first_names() and words[-1][:1].isupper() and not name.isupper()
    if person:
        return "P", True
    if near := _neighbours(before, after, lexicon):
        return near, True
    if kind:
        return kind, sure
    first = bisect_right(guesses, start, key=lambda guess: guess[1])
    last = bisect_left(guesses, end, key=lambda guess: guess[0])
    best = max(
        (
            (min(end, e) - max(start, s), k, s <= start + 1 and e >= end - 1)
            for s, e, k in guesses[first:last]
            if min(end, e) > max(start, s)
        ),
        default=None,
    )
    if len(words) > 1 and name.isupper() and not re.search(r"\d", name):
        return "W", False
    if best and best[0] * 2 > end - start:
        if best[1] == "P":
            return "P", False
        if best[1] in "OLW":
            return best[1], False
    if len(words) == 1 and name.isupper() and 2 <= len(name) <= 6:
        return "O", False
    return "U", False


@lru_cache(maxsize=4)
def _neighbour_patterns(language: str, works: str, people: str, orgs: str) -> dict[str, re.Pattern[str]]:
    kinds = lexicon_of(language).choice("described_as")
    if language == "en":
        other = f"(?! {lexicon_of(language).choice('not_described')})"
        return {
            "W": re.compile(
                rf"(?:\b{works} |\b(?:photography|filming|shooting|production|cameras? roll(?:ed|ing)?) "
                r"(?:is under way |has (?:begun|started|wrapped) |began |starts )?(?:in (?:the )?[A-Z]\w+ )?on )$"
            ),
            "P": re.compile(rf"\b{people} $"),
            "O": re.compile(rf"\b(?:{orgs}|company) $|\b{orgs}, $"),
            "after W": re.compile(
                rf"(?:,? (?:is |was |will be |to be )?(?:co-)?(?:directed|written and directed|written) by\b"
                rf"|,? (?:is |was )?(?:an?|the|his|her) (?:[\w'-]+ ){{0,5}}?{kinds}\b{other}"
                r"| (?:will )?(?:premieres?|premiered|stars|follows|opens in|tells the story|is set in|has wrapped"
                r"|is being shot|was shot|was filmed|airs on|aired on)\b)"
            ),
        }
    return {
        "W": re.compile(rf"\b{works} (?:de fiction |d'animation )?$"),
        "P": re.compile(rf"\b{people} $"),
        "O": re.compile(rf"\b{orgs} $"),
        "after W": re.compile(
            rf"(?:,? (?:est |a été |sera )?(?:co-?)?(?:réalisée?|écrite? et réalisée?|mise? en scène|tournée?) par\b"
            rf"|,? (?:est )?(?:un|une|le|la|son|sa|l') ?(?:[\w'-]+ ){{0,3}}?{kinds}\b"
            r"| (?:sort(?:ira)? en salles?|suit|raconte|met en scène|se déroule|sera diffusée?|est diffusée?)\b)"
        ),
    }


@lru_cache(maxsize=4)
def _singular_nouns(words: tuple[str, ...]) -> str:
    return alternatives(word for word in words if not word.endswith("s") or word.endswith("series"))


def _singular(lexicon: Lexicon) -> str:
    return _singular_nouns(lexicon.words["work_nouns"])


def _neighbours(before: str, after: str, lexicon: Lexicon) -> str | None:
    """Return the kind that the words beside a name give it: "the series X", "studio X", "director X"."""
    patterns = _neighbour_patterns(
        lexicon.language, _singular(lexicon), lexicon.group("person_nouns"), lexicon.group("org_nouns")
    )
    if patterns["after W"].match(after):
        return "W"
    if patterns["P"].search(before) and not patterns["O"].search(before):
        return "P"
    for kind in "OW":
        if patterns[kind].search(before):
            return kind
    return None
