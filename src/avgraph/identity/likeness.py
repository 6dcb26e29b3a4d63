"""How alike two names are, kind by kind, in levels.

A level says in words what two names share and in what they differ ("middle names", "same title but for a subtitle").
What it weighs is learned (:mod:`avgraph.identity.weights`), and so is what the rarity of the shared words adds.  String
similarity is the normalised InDel similarity of rapidfuzz.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from rapidfuzz.distance import Indel

from avgraph.identity.lexicon import nickname_of, words
from avgraph.identity.names import Name

__all__ = [
    "ALIAS",
    "LIKE_NAME",
    "LIKE_TITLE",
    "LONG_NAME",
    "LONG_TITLE",
    "LOOSE_TITLES",
    "NEAR_IDENTICAL",
    "NEAR_SPELLING",
    "OTHER_TITLE",
    "Level",
    "compare",
    "spelling",
]

#: Spelling similarity from which two names of one list may be one person misspelt.
NEAR_IDENTICAL = 0.93
#: From these spelling similarities on names of people with one first name, titles and companies' names count as alike.
NEAR_SPELLING, LIKE_TITLE, LIKE_NAME = 0.87, 0.8, 0.92
#: So many letters must titles and companies' names have for that.
LONG_TITLE, LONG_NAME = 5, 7
#: Two names of one alias group.
ALIAS = "other names of one"
#: Two titles with nothing in common, perhaps translations of each other.
OTHER_TITLE = "another title"
_Words = TypeVar("_Words", tuple[str, ...], set[str])
#: Levels of titles that say little without the names of the directors.
LOOSE_TITLES = frozenset((
    OTHER_TITLE, "title with some letters in common", "one title begins or ends the other", "similar title",
    "same title but for a subtitle",
))  # fmt: skip


class Level(NamedTuple):
    """What two names have in common, in words, and the words that both have; in two spellings where they differ."""

    level: str
    shared: tuple[frozenset[str], ...]


#: Levels of one name in two spellings.
_SPELT = frozenset((
    "one letter or two differ", "same sound", "same consonants", "similar spelling", "similar title", "similar name",
))  # fmt: skip


def spelling(left: Name, right: Name) -> float:
    """Return the similarity 0..1 of two names' letters, whatever they name."""
    return Indel.normalized_similarity(" ".join(left.tokens), " ".join(right.tokens))


def compare(type_: str, left: Name, right: Name) -> Level | None:
    """Return the level at which two names of entities of `type_` are alike, or None where they have nothing in common.

    >>> from avgraph.identity.names import parse_name
    >>> pair = parse_name("Person", "Sam Garbarski") + parse_name("Person", "Sam Gabarski")
    >>> compare("Person", *pair).level
    'one letter or two differ'
    """
    if left.placeholder or right.placeholder:
        return None
    found = _COMPARERS[type_](left, right)
    if found is None:
        return None
    shared = frozenset(left.core) & frozenset(right.core)
    if found in _SPELT:
        return Level(found, (frozenset(left.core), frozenset(right.core)))
    # Without spaces a title is one word that nobody counted.
    return Level(found, (shared or frozenset(_longer(left.core, right.core)),))


def _by_length(a: _Words, b: _Words) -> tuple[_Words, _Words]:
    return (a, b) if len(a) <= len(b) else (b, a)


def _longer(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    return a if (len(a), a) > (len(b), b) else b


def _person(a: Name, b: Name) -> str | None:
    if a.key == b.key or a.joined == b.joined:
        if a.one_word and b.one_word:
            return "same single word"
        if a.joined == b.joined or ("," in a.text) != ("," in b.text):
            return "same name"
        return "same words in another order"
    if a.generations != b.generations:
        if len(a.main) < 2 or len(b.main) < 2 or a.main[-1] != b.main[-1]:
            return None
        if a.main != b.main and _given_names(a.main[:-1], b.main[:-1]) != "middle initial":
            return None
        return "another of Jr, Sr or number" if a.generations and b.generations else "Jr, Sr or number in one"
    if len(a.main) > 1 and a.ordered == b.ordered:
        return "same but for particles"
    if len(a.main) == 1 or len(b.main) == 1:
        single, full = (a, b) if len(a.main) == 1 else (b, a)
        return "surname only" if single.main[0] == full.main[-1] else None
    return _given_names(a.main[:-1], b.main[:-1]) if a.main[-1] == b.main[-1] else _other_surname(a, b)


def _given_names(a: Sequence[str], b: Sequence[str]) -> str | None:
    """Compare what stands before one and the same surname."""
    few, many = sorted((a, b), key=len)
    x, y = few[0], many[0]
    agree = all(any(_matches_initial(s, t) for t in many[1:]) for s in few[1:])
    if x == y:
        if not agree:
            return "other middle names"
        if len(few) == len(many):
            return "middle initial spelt out"
        return "middle initial" if all(len(t) == 1 for t in many[1:] if t not in few) else "middle names"
    if _matches_initial(x, y):
        return "initials" if agree else None
    if len(x) > 1 and x in many[1:]:
        return "called by a middle name"
    if not agree:
        return None
    if nickname_of(x) & nickname_of(y):
        return "nickname"
    if min(len(x), len(y)) >= 3 and (x.startswith(y) or y.startswith(x)):
        return "short first name"
    if min(len(x), len(y)) >= 4 and Indel.normalized_similarity(x, y) >= 0.8:
        # Brothers and sisters often differ so little, and work on the same films.
        return "similar first name"
    return None


def _matches_initial(x: str, y: str) -> bool:
    return x == y or ((len(x) == 1 or len(y) == 1) and x[0] == y[0])


def _other_surname(a: Name, b: Name) -> str | None:
    few, many = _by_length(a.main, b.main)
    if len(few) >= 2 and many[: len(few)] == few:
        return "further surname"
    one_first_name = a.main[0] == b.main[0] or bool(nickname_of(a.main[0]) & nickname_of(b.main[0]))
    one_sound = a.sounds == b.sounds
    if not one_first_name and not one_sound:
        return None
    ratio = Indel.normalized_similarity(" ".join(a.main), " ".join(b.main))
    if one_first_name and ratio >= NEAR_IDENTICAL:
        return "one letter or two differ"
    if one_sound:
        return "same sound" if ratio >= 0.75 else "same consonants"
    near = one_first_name and ratio >= NEAR_SPELLING and min(map(len, (a.main[-1], b.main[-1]))) > 4
    return "similar spelling" if near else None


def _work(a: Name, b: Name) -> str | None:
    if a.joined == b.joined:
        one_word = a.one_word and b.one_word and not any(c.isdigit() for c in a.joined)
        if a.tokens == b.tokens:
            return "same one-word title" if one_word else "same title"
        if a.core != b.core:
            return "same title but for spaces"
        return "same one-word title but for an article" if one_word else "same title but for an article"
    if a.numbers and b.numbers and a.numbers != b.numbers:
        return None
    numbered = a.numbers != b.numbers  # a sequel, if the rest is alike; or a number in words of another language
    one_subtitle = (a.main == a.core) != (b.main == b.core)
    if a.main == b.main and (len(a.main) > 1 or len(a.main[0]) > 6) and one_subtitle:
        return None if numbered else "same title but for a subtitle"
    few, many = _by_length(a.core, b.core)
    if min(len(a.joined), len(b.joined)) >= LONG_TITLE:
        ratio = Indel.normalized_similarity(a.joined, b.joined)
        if ratio >= 0.92:
            return None if numbered else "similar title"
        if many[: len(few)] == few or many[-len(few) :] == few:
            return None if numbered else "one title begins or ends the other"
        if ratio >= LIKE_TITLE:
            return None if numbered else "title with some letters in common"
    return OTHER_TITLE


def _organization(a: Name, b: Name) -> str | None:
    here, there = a.countries, b.countries
    if a.key == b.key or a.joined == b.joined:
        exact = a.spelt == b.spelt
        if not a.main and not here:
            return "same name, only words of kind" if exact else "same words, but only of kind"
        if a.one_word and b.one_word and len(a.joined) < 3:
            return "same two letters"
        return "same name" if exact else "same but for legal form, plural or order"
    if here != there:
        return _country_tail(a, b, here, there)
    if found := _acronym(a, b):
        return found
    if a.main and a.ordered == b.ordered and len("".join(a.main)) >= 4:
        extra_a, extra_b = set(a.core) - set(b.core), set(b.core) - set(a.core)
        extra = extra_a | extra_b
        if extra & words("branch_kinds"):
            return "word for a branch of business"
        if extra_a and extra_b:
            return "same but for words of kind"
        return "same but for the word fund" if extra <= words("fund_words") else "word of kind"
    long = min(len(a.joined), len(b.joined)) >= LONG_NAME and a.numbers == b.numbers
    if long and Indel.normalized_similarity(a.joined, b.joined) >= LIKE_NAME:
        return "similar name"
    few, many = _by_length(set(a.main), set(b.main))
    return "further words" if few and few < many and len("".join(few)) >= 3 else None


def _country_tail(a: Name, b: Name, here: frozenset[str], there: frozenset[str]) -> str | None:
    """Judge "X Luxembourg" against "X" (one body if it is a public fund) or "X Belgique" (never)."""
    if (here and there) or not a.bare or sorted(a.bare) != sorted(b.bare):
        return _acronym(a, b)
    if any(t in words("fund_kinds") for t in a.bare):
        return "fund with and without its country"
    return "a country's company of the same name"


def _acronym(a: Name, b: Name) -> str | None:
    if len(a.core) > 1 and len(b.core) > 1:
        return None
    for short, long in ((a, b), (b, a)):
        if len(short.core) == 1 and 2 <= len(short.joined) <= 8 and short.joined.isalpha() and len(long.core) > 1:
            letters = re.sub(r"[\W_]", "", short.text)
            if letters.isupper() and short.joined in long.initials:
                return "acronym" if len(short.joined) > 2 else "acronym of two letters"
    return None


def _aliased(type_: str, a: Name, b: Name) -> str | None:
    """Awards and events: an alias group decides; else the words that are not of kind."""
    if a.group or b.group:
        return ALIAS if a.group == b.group else None
    if a.core == b.core:
        return "same name" if a.main else "same words, but only of kind"
    if a.main and a.ordered == b.ordered:
        extra = set(a.core) ^ set(b.core)
        plain = type_ == "Event" or extra <= {"award", "prize", "prix", "preis", "prijs"}
        return "word of kind" if plain else "same but for words of kind"
    if a.main and b.main and min(len(a.joined), len(b.joined)) >= 8 and a.numbers == b.numbers:
        return "similar name" if Indel.normalized_similarity(a.joined, b.joined) >= 0.92 else None
    return None


def _place(a: Name, b: Name) -> str | None:
    if a.group or b.group:
        return ALIAS if a.group == b.group else None
    return "same name" if a.tokens == b.tokens else None


def _agreement(a: Name, b: Name) -> str | None:
    if a.key == b.key:
        return "same name" if a.main else "same words, but only of kind"
    if min(len(a.joined), len(b.joined)) >= 10 and a.main and b.main and a.numbers == b.numbers:
        return "similar name" if Indel.normalized_similarity(a.joined, b.joined) >= 0.92 else None
    return None


_COMPARERS: dict[str, Callable[[Name, Name], str | None]] = {
    "Person": _person,
    "Work": _work,
    "Organization": _organization,
    "Award": partial(_aliased, "Award"),
    "Event": partial(_aliased, "Event"),
    "Place": _place,
    "Agreement": _agreement,
}
