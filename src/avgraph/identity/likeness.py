"""How alike two names are, kind by kind.

A likeness is 0..1 and means "how likely one entity, judged by these names alone": 0.85 and more is enough to
merge without context, 0.6 to 0.85 needs context, less says nothing.  The values are set by hand on the traps
listed in the tests; string similarity is the normalised InDel similarity of rapidfuzz.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from rapidfuzz.distance import Indel

from avgraph.identity.lexicon import words
from avgraph.identity.names import Name

__all__ = ["NEAR_IDENTICAL", "Likeness", "compare", "likeness", "spelling"]

#: Spelling similarity from which two names of one list may be one person misspelt.
NEAR_IDENTICAL = 0.93


class Likeness(NamedTuple):
    """How alike two names are (0..1), which two, and why."""

    score: float
    left: str
    right: str
    detail: str


_NOTHING = Likeness(0.0, "", "", "")


def spelling(left: Name, right: Name) -> float:
    """Return the similarity 0..1 of two names' letters, whatever they name."""
    return Indel.normalized_similarity(" ".join(left.tokens), " ".join(right.tokens))


def likeness(type_: str, left: Sequence[Name], right: Sequence[Name]) -> Likeness:
    """Return the best likeness of any name of `left` with any of `right`."""
    best = _NOTHING
    for a in left:
        for b in right:
            found = compare(type_, a, b)
            if found.score > best.score:
                best = found
    return best


def compare(type_: str, left: Name, right: Name) -> Likeness:
    """Return the likeness of two names of entities of `type_`.

    >>> from avgraph.identity.names import parse_name
    >>> pair = parse_name("Person", "Sam Garbarski") + parse_name("Person", "Sam Gabarski")
    >>> compare("Person", *pair).detail
    'one letter or two differ'
    """
    if left.placeholder or right.placeholder:
        return _NOTHING
    score, detail = _COMPARERS[type_](left, right)
    return Likeness(score, left.text, right.text, detail) if score else _NOTHING


def _person(a: Name, b: Name) -> tuple[float, str]:
    if a.key == b.key or a.joined == b.joined:
        if a.one_word and b.one_word:
            return 0.70, "same single word"
        if a.joined == b.joined or ("," in a.text) != ("," in b.text):
            return 0.90, "same name"
        return 0.78, "same words in another order"
    generations = words("generations")
    if {t for t in a.core if t in generations} != {t for t in b.core if t in generations}:
        return (0.62, "differs in Jr, Sr or number") if a.main == b.main and len(a.main) > 1 else (0.0, "")
    if len(a.main) > 1 and sorted(a.main) == sorted(b.main):
        return 0.87, "same but for particles"
    if len(a.main) == 1 or len(b.main) == 1:
        single, full = (a, b) if len(a.main) == 1 else (b, a)
        return (0.45, "surname only") if single.main[0] == full.main[-1] else (0.0, "")
    return _same_surname(a, b) if a.main[-1] == b.main[-1] else _other_surname(a, b)


def _same_surname(a: Name, b: Name) -> tuple[float, str]:
    few, many = sorted((a.main[:-1], b.main[:-1]), key=len)
    if all(any(_matches_initial(x, y) for y in many) for x in few) and _matches_initial(few[0], many[0]):
        if all(x in many for x in few):
            return 0.78, "middle names"
        return 0.70, "initials"
    x, y = few[0], many[0]
    if min(len(x), len(y)) >= 3 and (x.startswith(y) or y.startswith(x)):
        return 0.66, "short first name"
    ratio = Indel.normalized_similarity(" ".join(a.main), " ".join(b.main))
    # Brothers and sisters often differ so little, and work on the same films: never enough to merge.
    return (0.66, "similar first name") if ratio >= NEAR_IDENTICAL and min(len(x), len(y)) >= 4 else (0.0, "")


def _matches_initial(x: str, y: str) -> bool:
    return x == y or ((len(x) == 1 or len(y) == 1) and x[0] == y[0])


def _other_surname(a: Name, b: Name) -> tuple[float, str]:
    few, many = sorted((a.main, b.main), key=len)
    if len(few) >= 2 and many[: len(few)] == few:
        return 0.72, "further surname"
    if a.main[0] != b.main[0]:
        return 0.0, ""
    ratio = Indel.normalized_similarity(" ".join(a.main), " ".join(b.main))
    if ratio >= NEAR_IDENTICAL:
        return 0.72, "one letter or two differ"
    return (0.62, "similar spelling") if ratio >= 0.89 and min(map(len, (a.main[-1], b.main[-1]))) > 4 else (0.0, "")


def _work(a: Name, b: Name) -> tuple[float, str]:
    if a.joined == b.joined:
        if a.one_word and b.one_word and not any(c.isdigit() for c in a.joined):
            return 0.80, "same one-word title"
        return (0.88, "same title") if a.tokens == b.tokens else (0.87, "same title but for an article or space")
    if a.numbers == b.numbers and min(len(a.joined), len(b.joined)) >= 6:
        ratio = Indel.normalized_similarity(a.joined, b.joined)
        if ratio >= 0.92:
            return 0.74, "similar title"
    one_subtitle = (a.main == a.core) != (b.main == b.core)
    if a.main == b.main and (len(a.main) > 1 or len(a.main[0]) > 6) and one_subtitle and a.numbers == b.numbers:
        return 0.66, "same title but for a subtitle"
    return 0.0, ""


def _organization(a: Name, b: Name) -> tuple[float, str]:
    here, there = a.countries, b.countries
    if a.key == b.key or a.joined == b.joined:
        if not a.main and not here:
            return 0.78, "same words, but only of kind"
        if a.one_word and b.one_word:
            return (0.86, "same name") if len(a.joined) > 2 else (0.70, "same two letters")
        return 0.90, "same name"
    if here != there:
        return _country_tail(a, b, here, there)
    if found := _acronym(a, b):
        return found
    if a.main and sorted(a.main) == sorted(b.main) and len("".join(a.main)) >= 4:
        extra_a, extra_b = set(a.core) - set(b.core), set(b.core) - set(a.core)
        if not extra_a or not extra_b:
            funds_only = extra_a | extra_b <= words("fund_kinds")
            return (0.86, "same but for the word fund") if funds_only else (0.70, "same but for a word of kind")
        return 0.50, "same but for words of kind"
    if min(len(a.joined), len(b.joined)) >= 7 and a.numbers == b.numbers:
        ratio = Indel.normalized_similarity(a.joined, b.joined)
        if ratio >= 0.92:
            return 0.74, "similar name"
    return 0.0, ""


def _country_tail(a: Name, b: Name, here: frozenset[str], there: frozenset[str]) -> tuple[float, str]:
    """Judge "X Luxembourg" against "X" (one body if it is a public fund) or "X Belgique" (never)."""
    if (here and there) or not a.bare or sorted(a.bare) != sorted(b.bare):
        return _acronym(a, b) or (0.0, "")
    if any(t in words("fund_kinds") for t in a.bare):
        return 0.78, "fund with and without its country"
    return 0.40, "a country's company of the same name"


def _acronym(a: Name, b: Name) -> tuple[float, str] | None:
    for short, long in ((a, b), (b, a)):
        if len(short.core) == 1 and 2 <= len(short.joined) <= 8 and short.joined.isalpha() and len(long.core) > 1:
            letters = re.sub(r"[\W_]", "", short.text)
            if letters.isupper() and short.joined in long.initials:
                return (0.68 if len(short.joined) > 2 else 0.60), "acronym"
    return None


def _aliased(type_: str, a: Name, b: Name) -> tuple[float, str]:
    """Awards and events: an alias group decides; else the words that are not of kind."""
    if a.group or b.group:
        return (0.95, f"both mean {a.group}") if a.group == b.group else (0.0, "")
    if a.core == b.core:
        return (0.90, "same name") if a.main else (0.55, "same words, but only of kind")
    if a.main and sorted(a.main) == sorted(b.main):
        extra = set(a.core) ^ set(b.core)
        plain = type_ == "Event" or extra <= {"award", "prize", "prix", "preis", "prijs"}
        return (0.87, "same but for words of kind") if plain else (0.50, "same but for words of kind")
    if a.main and b.main and min(len(a.joined), len(b.joined)) >= 8 and a.numbers == b.numbers:
        return (0.72, "similar name") if Indel.normalized_similarity(a.joined, b.joined) >= 0.92 else (0.0, "")
    return 0.0, ""


def _place(a: Name, b: Name) -> tuple[float, str]:
    if a.group or b.group:
        return (0.95, f"both mean {a.group}") if a.group == b.group else (0.0, "")
    return (0.90, "same name") if a.tokens == b.tokens else (0.0, "")


def _agreement(a: Name, b: Name) -> tuple[float, str]:
    if a.key == b.key:
        return (0.88, "same name") if a.main else (0.55, "same words, but only of kind")
    if min(len(a.joined), len(b.joined)) >= 10 and a.main and b.main and a.numbers == b.numbers:
        return (0.70, "similar name") if Indel.normalized_similarity(a.joined, b.joined) >= 0.92 else (0.0, "")
    return 0.0, ""


_COMPARERS: dict[str, Callable[[Name, Name], tuple[float, str]]] = {
    "Person": _person,
    "Work": _work,
    "Organization": _organization,
    "Award": partial(_aliased, "Award"),
    "Event": partial(_aliased, "Event"),
    "Place": _place,
    "Agreement": _agreement,
}
