"""The word lists, name lists and patterns of the extractor, read once from the data files in ``lexicon/``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from avgraph.countries import country_name

__all__ = [
    "LANGUAGES",
    "RULED",
    "Lexicon",
    "Names",
    "Place",
    "alternatives",
    "award_crafts",
    "boilerplate",
    "choice",
    "combining_forms",
    "country_codes",
    "currency_codes",
    "details_data",
    "first_names",
    "genres",
    "lexicon",
    "month_names",
    "names",
    "number_words",
    "places",
    "relative_times",
    "rules_data",
    "word_set",
]

#: Languages that the model reads.
LANGUAGES = ("en", "fr", "de", "nl")
#: Those of them that have patterns, too.
RULED = ("en", "fr")

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
    """What one language contributes: word lists, pieces of patterns, status triggers, labels."""

    language: str
    words: Mapping[str, tuple[str, ...]]
    pieces: Mapping[str, tuple[str, ...]]
    status: Mapping[str, re.Pattern[str]]
    labels: Mapping[str, str]

    def group(self, *lists: str) -> str:
        """Return a regular expression alternation of the words of `lists`."""
        return _group(tuple(self.words[name] for name in lists))

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


@lru_cache(maxsize=256)
def _group(lists: tuple[tuple[str, ...], ...]) -> str:
    return alternatives(word for words in lists for word in words)


def _choice(pieces: Iterable[str]) -> str:
    return f"(?:{'|'.join(pieces)})"


@lru_cache(maxsize=8)
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _rows(name: str) -> list[list[str]]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [(line + "|" * 10).split("|")[:10] for line in lines if line and not line.startswith("#")]


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
    for words in _toml("words.toml")["counting"].values():
        found |= {word: n for n, word in enumerate(words, 1)}
    for language in RULED:
        found |= {word: n for n, word in enumerate(_toml(f"{language}.toml")["words"]["numbers"][:_IN_ORDER], 2)}
    return found


@lru_cache(maxsize=1)
def month_names() -> Mapping[str, tuple[str, ...]]:
    """Return language → the twelve months."""
    found = {language: tuple(_toml(f"{language}.toml")["words"]["months"]) for language in RULED}
    return found | {language: tuple(months) for language, months in _toml("words.toml")["months"].items()}


@lru_cache(maxsize=1)
def relative_times() -> tuple[Mapping[int, re.Pattern[str]], Mapping[int, re.Pattern[str]]]:
    """Return difference of years → phrases such as "next year", and middle month → names of a season."""
    data = _toml("words.toml")
    years, parts = (
        {int(key): re.compile(rf"\b{_choice(phrases)}\b", re.I) for key, phrases in data[table].items()}
        for table in ("relative_years", "year_parts")
    )
    return years, parts


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
    """Return the place nouns and the place adjectives (demonyms) of a language, by surface form.

    >>> nouns, adjectives = places("de")
    >>> nouns["Lüttich"].name["fr"], adjectives["belgischen"].country
    ('Liège', 'BE')
    """
    nouns: dict[str, Place] = {}
    adjectives: dict[str, Place] = {}
    column = LANGUAGES.index(language)
    for code, en, fr, en_words, fr_words, de, nl, de_words, nl_words, _ in _rows("places.psv"):
        name = _names(en, fr, de, nl)
        place = Place(name, code, False)
        own = {"de": de, "nl": nl}.get(language, "")
        nouns |= dict.fromkeys((en, name["fr"], *_listed(own)), place)
        adjectives |= dict.fromkeys(_inflected((en_words, fr_words, de_words, nl_words)[column], language), place)
    for code, en, fr, en_words, fr_words, others, de_words, nl_words, *_ in _rows("countries.psv"):
        place = _country(code, en, fr)
        nouns |= dict.fromkeys((en, fr, place.name[language], *_listed(others)), place)
        adjectives |= dict.fromkeys(_inflected((en_words, fr_words, de_words, nl_words)[column], language), place)
    return nouns, adjectives


def _names(en: str, fr: str, de: str, nl: str) -> dict[str, str]:
    return {"en": en, "fr": fr or en, "de": next(_listed(de), en), "nl": next(_listed(nl), en)}


def _country(code: str, en: str, fr: str) -> Place:
    return Place(_names(en, fr, *(country_name(code, language) or en for language in ("de", "nl"))), code, True)


def _listed(cell: str) -> Iterator[str]:
    return filter(None, cell.split(","))


_ENDINGS = {"de": ("", "e", "er", "es", "en", "em"), "nl": ("", "e")}


def _inflected(cell: str, language: str) -> Iterator[str]:
    """Yield the words of a cell; one that ends in a star with each ending of the language."""
    for word in _listed(cell):
        for ending in _ENDINGS[language] if word.endswith("*") else ("",):
            yield word.removesuffix("*") + ending


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Return given names that seldom are words of a title."""
    lines = (_FOLDER / "first_names.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@lru_cache(maxsize=len(LANGUAGES))
def genres(language: str) -> Mapping[str, tuple[str, str, bool]]:
    """Return word → (name of the genre in `language`, its English name, whether it stands without "film" after it).

    >>> genres("fr")["d'horreur"], genres("en")["rom-com"]
    (('horreur', 'horror', False), ('romantic comedy', 'romantic comedy', True))
    """
    column = LANGUAGES.index(language) + 1
    found: dict[str, tuple[str, str, bool]] = {}
    for row in _rows("genres.psv"):
        words = list(_listed(row[column]))
        named = row[0] if language == "en" else words[0].removesuffix("*")
        named = re.sub(r"^d'|^de ", "", named)
        for word in words:
            found.setdefault(word.removesuffix("*"), (named, row[0], word.endswith("*")))
    return found


def details_data() -> Mapping[str, Any]:
    """Return the patterns of what is said of a work beyond its makers (see the head of ``details.toml``)."""
    return _toml("details.toml")


@lru_cache(maxsize=1)
def country_codes() -> Mapping[str, Place]:
    """Return the countries by their two-letter code, as credits bracket them: "(BE/LU)"."""
    codes = {code: _country(code, en, fr) for code, en, fr, *_ in _rows("countries.psv")}
    return codes | {"UK": codes["GB"]}


@lru_cache(maxsize=len(RULED))
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language of :data:`RULED`."""
    data = _toml(f"{language}.toml")
    labels = {word: relation for relation, words in _toml("labels.toml").items() for word in words}
    return Lexicon(
        language=language,
        words={name: tuple(words) for name, words in data["words"].items()},
        pieces={name: tuple(pieces) for name, pieces in data["pieces"].items()},
        status={name: re.compile("|".join(patterns), re.I) for name, patterns in data["status"].items()},
        labels=labels,
    )


@lru_cache(maxsize=8)
def boilerplate(language: str | None) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what marks a line that states nothing, and what keeps such a line; of all languages if it is unknown."""
    data = _toml("layout.toml")
    chosen = [data[language]] if language in data else list(data.values())
    lines, keep = (_choice(piece for part in chosen for piece in part[key]) for key in ("lines", "keep"))
    return re.compile(lines, re.I), re.compile(keep, re.I)


@lru_cache(maxsize=len(LANGUAGES))
def rules_data(language: str) -> dict[str, Any]:
    """Return the patterns of a language: ``macros``, ``items``, ``rule`` and ``labels`` (see the file's head)."""
    return _toml(f"rules_{language}.toml")
