"""The small word lists behind name comparison: aliases, countries, legal forms, particles.

They are data (``aliases.toml``, ``words.toml`` beside this module, and :mod:`avgraph.countries`) and are read once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from avgraph import countries
from avgraph.text import fold, name_tokens

__all__ = [
    "alias_group",
    "country_code",
    "country_of_token",
    "folded",
    "generic_name",
    "nickname_of",
    "nicknames",
    "number_words",
    "numerals",
    "ordinal_words",
    "singular",
    "without_edition",
    "words",
]

_EDITION = re.compile(r"\b(?:\d{1,3}(?:st|nd|rd|th|e|è?me|ste|de|\.)\s+|(?:19|20)\d\d\b)", re.IGNORECASE)


@cache
def _data(name: str) -> dict[str, Any]:
    with (Path(__file__).parent / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def words(name: str) -> frozenset[str]:
    """Return a word list of ``words.toml``.

    >>> "sarl" in words("legal")
    True
    """
    return frozenset(_data("words")[name])


@cache
def nicknames() -> Mapping[str, frozenset[int]]:
    """Return given names and their short forms, each with the numbers of the groups in which it stands."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_data("words")["nicknames"]):
        for word in line.split():
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def nickname_of(word: str) -> frozenset[int]:
    """Return the numbers of the groups of given names and short forms in which a folded word stands.

    >>> bool(nickname_of("bob") & nickname_of("robert")), bool(nickname_of("bob") & nickname_of("rick"))
    (True, False)
    """
    return nicknames().get(word, frozenset())


def number_words() -> Mapping[str, int]:
    """Return number words and Roman numerals with their values."""
    numbers: Mapping[str, int] = _data("words")["numbers"]
    return numbers


def ordinal_words() -> Mapping[str, int]:
    """Return ordinal words with their values."""
    ordinals: Mapping[str, int] = _data("words")["ordinals"]
    return ordinals


@cache
def numerals() -> Mapping[str, str]:
    """Return number words and ordinals with what is written in digits for them.

    >>> numerals()["four"], numerals()["twentieth"]
    ('4', '20th')
    """
    cardinals = {word: str(number) for word, number in number_words().items()}
    return cardinals | {word: f"{number}th" for word, number in ordinal_words().items() if word.endswith("th")}


def singular(word: str) -> str:
    """Return `word` without a plural s, so that "Oscars" and "Oscar" are one.

    >>> singular("oscars"), singular("prix"), singular("press")
    ('oscar', 'prix', 'press')
    """
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def without_edition(text: str) -> str:
    """Return an award's or event's name without the number or year of an edition.

    >>> without_edition("80th Venice International Film Festival"), without_edition("Cannes 2019")
    ('Venice International Film Festival', 'Cannes')
    """
    return _EDITION.sub("", text).strip() or text


@lru_cache(maxsize=1 << 18)
def folded(text: str) -> tuple[str, ...]:
    """Return the folded words of a name, or the folded name where it has no words ("…").

    >>> folded("Mélusine Productions"), folded("…")
    (('melusine', 'productions'), ('...',))
    """
    return tuple(name_tokens(text)) or tuple(filter(None, [fold(text).strip()]))


def _key(text: str) -> str:
    return " ".join(singular(t) for t in name_tokens(text))


@cache
def _aliases(type_: str) -> Mapping[str, str]:
    return {_key(name): group[0] for group in _data("aliases").get(type_, ()) for name in group}


def alias_group(type_: str, text: str) -> str | None:
    """Return the first name of the alias group that `text` stands in, or None.

    >>> alias_group("Award", "Oscars"), alias_group("Event", "76e Festival de Cannes")
    ('Academy Award', 'Cannes Film Festival')
    """
    return _aliases(type_).get(_key(without_edition(text))) or _aliases(type_).get(_key(text))


@lru_cache(maxsize=1 << 16)
def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country named in words, with or without an article, or None.

    >>> country_code("Belgique"), country_code("The Netherlands"), country_code("Liège"), country_code("It")
    ('BE', 'NL', None, None)
    """
    tokens = folded(text)
    if sum(map(len, tokens)) <= 2:
        return None  # a code, not a word
    bare = tokens[1:] if tokens[:1] in (("the",), ("la",), ("le",), ("l",), ("les",)) else tokens
    return countries.country_code(text, adjectives=True) or countries.country_code(" ".join(bare), adjectives=True)


def country_of_token(token: str) -> str | None:
    """Return the country that one folded word of a company's name points at, or None.

    >>> country_of_token("luxembourg"), country_of_token("samsa")
    ('LU', None)
    """
    return countries.country_code(token, adjectives=True) if len(token) > 3 else None


def generic_name(text: str) -> bool:
    """Tell whether `text` only fills a cell ("Various Directors", "N/A") and names nobody.

    >>> generic_name("Various Directors"), generic_name("Various Artists Film")
    (True, False)
    """
    # Most names are told by how they begin, which costs a tenth of folding them.
    if text.isascii() and "." not in text and not _like_placeholder().match(text):
        return False
    return " ".join(folded(text)) in words("placeholders")


@cache
def _like_placeholder() -> re.Pattern[str]:
    first = sorted({filler.split()[0] for filler in words("placeholders")})
    return re.compile(rf"[\W_]*(?:{'|'.join(map(re.escape, first))})", re.IGNORECASE)
