"""Comparison of names as careful readers compare them: spelling apart, but not loosely."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz.fuzz import ratio

from avgraph.text import fold, name_tokens

__all__ = ["Names", "core_words", "country_of", "data", "word_set"]

#: Least share of common letters (rapidfuzz ``ratio`` / 100) at which two spellings are one name.
FUZZY_FLOOR = 0.90
_ALIAS = 0.97
#: Endings of adjectives and plurals, longest first ("Belgischen", "italiennes", "Germans").
_ENDINGS = ("nes", "es", "en", "er", "em", "ne", "e", "s", "n")
_SHORTEST_STEM = 4


@cache
def data(name: str) -> dict[str, Any]:
    """Return one of this package's data files."""
    return tomllib.loads(files("avgraph.evaluation").joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return a word list of ``words.toml``."""
    return frozenset(data("words")[name].split())


@cache
def _countries() -> dict[str, str]:
    return {name: code for code, names in data("places").items() for name in names}


@lru_cache(maxsize=8192)
def country_of(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country's name, adjective or code, None for other places.

    >>> country_of("Belgische"), country_of("les Pays-Bas"), country_of("LU"), country_of("Liège")
    ('BE', 'NL', 'LU', None)
    """
    known = _countries()
    code = text.strip()
    if len(code) == 2 and code.isupper() and code in data("places"):
        return code
    words = core_words(text)
    joined = " ".join(words)
    if joined in known:
        return known[joined]
    if len(words) != 1:
        return None
    for ending in _ENDINGS:
        stem = joined.removesuffix(ending)
        if _SHORTEST_STEM <= len(stem) < len(joined) and stem in known:
            return known[stem]
    return None


@lru_cache(maxsize=65536)
def core_words(text: str) -> tuple[str, ...]:
    """Return the words of a name without leading articles and trailing legal forms.

    >>> core_words("Les Films du Fleuve SPRL"), core_words("L’Été"), core_words("The")
    (('films', 'du', 'fleuve'), ('ete',), ('the',))
    """
    words = name_tokens(text)
    while len(words) > 1 and words[0] in word_set("articles"):
        words = words[1:]
    while len(words) > 1 and words[-1] in word_set("legal_suffixes"):
        words = words[:-1]
    return tuple(words)


class Names:
    """Compares names, with the aliases of one corpus.

    Parameters
    ----------
    aliases
        Groups of names of one thing: acronyms, translations.

    Examples
    --------
    >>> names = Names([["Centre du Cinéma et de l'Audiovisuel", "CCA"]])
    >>> names.similarity("C.C.A.", "Centre du cinéma et de l’audiovisuel")
    0.97
    >>> names.similarity("Melusine Productions SA", "Mélusine Productions")
    1.0
    >>> names.similarity("Close", "Girl")
    0.0
    """

    def __init__(self, aliases: Iterable[Sequence[str]] = ()) -> None:
        self._groups: dict[str, set[int]] = {}
        self._compared: dict[tuple[str, str], float] = {}
        for number, group in enumerate(aliases):
            for name in group:
                self._groups.setdefault(" ".join(core_words(name)), set()).add(number)

    def similarity(self, left: str, right: str) -> float:
        """Return 0 for different names, up to 1 for the same.

        Same without case, accents, punctuation, articles and legal form: 1; aliases: 0.97; all words of the shorter
        in the longer, unless they are weak words or countries alone: 0.8 to 0.95; spelt alike: 0.81 to 0.9.
        """
        if (left, right) not in self._compared:
            self._compared[left, right] = self._compare(left, right)
        return self._compared[left, right]

    def _compare(self, left: str, right: str) -> float:
        left_words, right_words = core_words(left), core_words(right)
        if not left_words or not right_words:
            return float(fold(left).strip() == fold(right).strip())
        left_name, right_name = " ".join(left_words), " ".join(right_words)
        if left_name == right_name or left_name.replace(" ", "") == right_name.replace(" ", ""):
            return 1.0
        if self._groups.get(left_name, set()) & self._groups.get(right_name, set()):
            return _ALIAS
        if part := _contained(left_words, right_words):
            return part
        alike = float(ratio(left_name, right_name, score_cutoff=100 * FUZZY_FLOOR)) / 100
        return 0.9 * alike


def _contained(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Return how well the shorter name stands for the longer that has all its words, else 0."""
    articles = word_set("articles")
    short, long = sorted(([w for w in words if w not in articles] for words in (left, right)), key=len)
    if max(map(len, short), default=0) < 2 or not set(short) <= set(long):
        return 0.0
    if all(word in word_set("weak") or word in _countries() for word in short):
        return 0.0
    return 0.8 + 0.15 * len(short) / len(long)
