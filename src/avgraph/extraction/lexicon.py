"""The word lists, name lists and patterns of the extractor, read once from the data files in ``lexicon/``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

__all__ = [
    "LANGUAGES",
    "Lexicon",
    "Names",
    "Place",
    "alternatives",
    "award_crafts",
    "choice",
    "combining_forms",
    "country_codes",
    "currency_codes",
    "first_names",
    "lexicon",
    "names",
    "number_words",
    "places",
    "rule_confidence",
    "rules_data",
    "word_set",
]

#: Languages with word lists and patterns.
LANGUAGES = ("en", "fr")

_FOLDER = Path(__file__).with_name("lexicon")


@dataclass(frozen=True, slots=True)
class Place:
    """A country, region or city.

    Attributes
    ----------
    name
        Language → name.
    country
        ISO 3166-1 alpha-2 code of the country it is or lies in.
    is_country
        Whether it is the country itself.
    """

    name: Mapping[str, str]
    country: str
    is_country: bool


@dataclass(frozen=True)
class Names:
    """Well-known names and the words that tell what a name names (see ``names.toml``)."""

    broadcasters: frozenset[str]
    funds: frozenset[str]
    companies: frozenset[str]
    organization_heads: frozenset[str]
    certain_organizations: frozenset[str]
    national: frozenset[str]
    company_suffixes: frozenset[str]
    institutions: frozenset[str]
    subjects: frozenset[str]
    awards: frozenset[str]
    award_heads: frozenset[str]
    events: frozenset[str]
    event_heads: frozenset[str]
    certain_events: frozenset[str]

    @cached_property
    def organizations(self) -> frozenset[str]:
        """Every known organisation."""
        return self.broadcasters | self.funds | self.companies


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What one language contributes: word lists, pieces of patterns, status triggers, boilerplate lines, labels."""

    language: str
    words: Mapping[str, tuple[str, ...]]
    pieces: Mapping[str, tuple[str, ...]]
    status: Mapping[str, re.Pattern[str]]
    boilerplate: re.Pattern[str]
    boilerplate_keep: re.Pattern[str]
    labels: Mapping[str, str]

    def group(self, *lists: str) -> str:
        """Return a regular expression alternation of the words of `lists`."""
        return alternatives(word for name in lists for word in self.words[name])

    def choice(self, name: str) -> str:
        """Return a regular expression alternation of the pieces called `name`, in the order of the file."""
        return _choice(self.pieces[name])


def alternatives(words: Iterable[str]) -> str:
    r"""Return a non-capturing alternation, longest first so that the fuller phrase wins.

    >>> alternatives(["film", "film fund"])
    '(?:film\\ fund|film)'
    """
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return "(?:" + "|".join(re.escape(w) for w in ordered) + ")"


def _choice(pieces: Iterable[str]) -> str:
    return f"(?:{'|'.join(pieces)})"


@lru_cache(maxsize=8)
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _rows(name: str) -> list[list[str]]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [(line + "|" * 6).split("|")[:6] for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def names() -> Names:
    """Return the lists of well-known names."""
    data = _toml("names.toml")
    org, award, event = data["organizations"], data["awards"], data["events"]
    return Names(
        broadcasters=frozenset(org["broadcasters"]),
        funds=frozenset(org["funds"]),
        companies=frozenset(org["companies"]),
        organization_heads=frozenset(org["heads"]),
        certain_organizations=frozenset(org["certain"]),
        national=frozenset(org["national"]),
        company_suffixes=frozenset(org["suffixes"]),
        institutions=frozenset(org["institutions"]),
        subjects=frozenset(org["subjects"]),
        awards=frozenset(award["names"]),
        award_heads=frozenset(award["heads"]),
        events=frozenset(event["names"]),
        event_heads=frozenset(event["heads"]),
        certain_events=frozenset(event["certain"]),
    )


@lru_cache(maxsize=32)
def word_set(name: str) -> frozenset[str]:
    """Return a list of ``words.toml``: words that serve every language.

    >>> "van" in word_set("particles")
    True
    """
    return frozenset(_toml("words.toml")["words"][name])


@lru_cache(maxsize=32)
def choice(*lists: str) -> str:
    """Return a regular expression alternation of pieces of ``words.toml``, in the order of the file.

    >>> choice("currency_nouns")[:20]
    '(?:euros?|dollars?|p'
    """
    return _choice(piece for name in lists for piece in _toml("words.toml")["pieces"][name])


@lru_cache(maxsize=1)
def number_words() -> Mapping[str, int]:
    """Return the numbers in words of every language.

    >>> number_words()["sixteen"], number_words()["vingt"], number_words()["cent"]
    (16, 20, 100)
    """
    found: dict[str, int] = dict(_toml("words.toml")["numbers"])
    for language in LANGUAGES:
        found |= {word: n for n, word in enumerate(_toml(f"{language}.toml")["words"]["numbers"][:_IN_ORDER], 2)}
    return found


#: So many words of a language's numbers count up from two.
_IN_ORDER = 19


@lru_cache(maxsize=1)
def currency_codes() -> Mapping[str, str]:
    """Return sign or noun of a sum, in lower case and singular → ISO 4217 code."""
    codes: dict[str, str] = _toml("words.toml")["currencies"]
    return codes


@lru_cache(maxsize=1)
def combining_forms() -> Mapping[str, str]:
    """Return the first halves of compound adjectives → country code: ``franco`` of "Franco-Belgian" is FR."""
    forms: dict[str, str] = _toml("words.toml")["combining"]
    return forms


@lru_cache(maxsize=1)
def award_crafts() -> Mapping[str, re.Pattern[str]]:
    """Return relation → words of a prize's name that tell that its winner did this."""
    return {relation: re.compile(words, re.I) for relation, words in _toml("words.toml")["crafts"].items()}


@lru_cache(maxsize=len(LANGUAGES))
def places(language: str) -> tuple[Mapping[str, Place], Mapping[str, Place]]:
    """Return the place nouns and the place adjectives (demonyms) of a language, by surface form."""
    nouns: dict[str, Place] = {}
    adjectives: dict[str, Place] = {}
    column = 3 if language == "en" else 4
    for code, en, fr, *more in _rows("places.psv"):
        place = Place({"en": en, "fr": fr or en}, code, False)
        nouns |= dict.fromkeys((en, fr or en), place)
        adjectives |= dict.fromkeys(filter(None, more[column - 3].split(",")), place)
    for code, en, fr, *more in _rows("countries.psv"):
        place = Place({"en": en, "fr": fr}, code, True)
        nouns |= dict.fromkeys((en, fr, *filter(None, more[2].split(","))), place)
        adjectives |= dict.fromkeys(filter(None, more[column - 3].split(",")), place)
    return nouns, adjectives


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Return given names that seldom are words of a title."""
    lines = (_FOLDER / "first_names.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@lru_cache(maxsize=1)
def country_codes() -> Mapping[str, Place]:
    """Return the countries by their two-letter code, as credits bracket them: "(BE/LU)"."""
    codes = {code: Place({"en": en, "fr": fr}, code, True) for code, en, fr, *_ in _rows("countries.psv")}
    return codes | {"UK": codes["GB"]}


@lru_cache(maxsize=len(LANGUAGES))
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language of :data:`LANGUAGES`."""
    data = _toml(f"{language}.toml")
    labels = {word: relation for relation, words in _toml("labels.toml").items() for word in words}
    return Lexicon(
        language=language,
        words={name: tuple(words) for name, words in data["words"].items()},
        pieces={name: tuple(pieces) for name, pieces in data["pieces"].items()},
        status={name: re.compile("|".join(patterns), re.I) for name, patterns in data["status"].items()},
        boilerplate=re.compile("|".join(f"(?:{p})" for p in data["boilerplate"]["lines"]).replace("(?i)", ""), re.I),
        boilerplate_keep=re.compile("|".join(data["boilerplate"]["keep"]).replace("(?i)", ""), re.I),
        labels=labels,
    )


@lru_cache(maxsize=len(LANGUAGES))
def rules_data(language: str) -> dict[str, Any]:
    """Return the patterns of a language: ``macros``, ``items``, ``rule`` and ``labels`` (see the file's head)."""
    return _toml(f"rules_{language}.toml")


@lru_cache(maxsize=1)
def rule_confidence() -> Mapping[str, float]:
    """Return rule id → confidence (0..1), as ``benchmarks/rule_precision.py`` measured it on annotated texts."""
    path = _FOLDER / "rule_confidence.json"
    measured: dict[str, float] = json.loads(path.read_text("utf-8"))["confidence"]
    return measured | _BY_DEFINITION


#: True by the very words that trigger them, though annotators seldom write such facts down.
_BY_DEFINITION = {"season-of-series": 0.95}
