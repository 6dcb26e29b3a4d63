"""Sentences of a language, and how names, numbers, dates and values stand in them.

A sentence is a text with places for names, ``{agent} <réalisé|réaliser> {work}``, read from ``words.<language>.toml``:

- ``{work}`` is the name as it is, ``{work:de}`` a form of it: *de Corsage*, *d’Unité 42*, *du Luxembourg*.
- ``<one|other>`` is filled by the pattern of the status and of how many the subject is: *a réalisé*, *ont réalisé*,
  *doit réaliser*. ``<a|b|c|d>`` gives the verb for each status itself.

Where no verb tells the status, the sentence stands in the phrase of it: *planned: …*.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from avgraph.countries import country_code, country_name
from avgraph.dates import is_partial_date
from avgraph.model import STATUSES

__all__ = ["LANGUAGES", "Names", "Phrases", "phrases", "unbroken"]

#: Languages in which claims can be said; the first is that of their values.
LANGUAGES = ("en", "fr")
_VERB = re.compile(r"<([^<>]*)>")
_VOWEL = re.compile(r"[aàâäeéèêëiîïoôöuùûüœæ]|y[^aeiou]", re.IGNORECASE)
_GAP = re.compile(r" (?=[:;?!»%€])|(?<=«) ")
#: Roles whose names are titles, and those of funds, festivals and bodies; of others an article is not known.
_GENDERS = {
    "work": "title", "other": "title", "award": "award", "entity": "title",
    **dict.fromkeys(("event", "funder", "organization", "parties", "recipients"), "name"),
}  # fmt: skip


def unbroken(text: str) -> str:
    r"""Return a text whose spaces before ``: ; ? ! » % €`` and after ``«`` end no line, as French sets them.

    >>> unbroken("« Deux » : 12 %")
    '«\xa0Deux\xa0»\xa0: 12\xa0%'
    """
    return _GAP.sub("\u00a0", text)


class Names:
    """Names in one place of a sentence; a format takes a form of each, as in ``f"{names:de}"``.

    Parameters
    ----------
    names
        As the language writes them.
    genders
        Of each, a key of the forms: ``"masculine"`` …
    language
        Whose forms are taken.
    """

    def __init__(self, names: Sequence[str], genders: Sequence[str], language: Phrases) -> None:
        self.names = names
        self._genders = genders
        self._language = language

    def __bool__(self) -> bool:
        return bool(self.names)

    def __format__(self, form: str) -> str:
        language = self._language
        if not form:
            return language.listed(self.names)
        pairs = zip(self.names, self._genders, strict=True)
        return language.listed([language.form(form, gender, name) for name, gender in pairs])


@dataclass(frozen=True, eq=False)
class Phrases:
    """What a language needs to say claims.

    Attributes
    ----------
    language
        One of :data:`LANGUAGES`.
    told
        What stands in ``words.<language>.toml``.
    values
        Closed list or column → value → what it is called; empty for the language of the values.
    """

    language: str
    told: Mapping[str, Any]
    values: Mapping[str, Mapping[str, str]]

    def names(self, labels: Sequence[str], role: str, places: Sequence[bool]) -> Names:
        """Return the names of a role's members; `places` tells which of them are places."""
        said, genders = [], []
        for label, is_place in zip(labels, places, strict=True):
            said.append(self.place(label) if is_place else label)
            kind = _GENDERS.get(role, "")
            if is_place:
                kind = "country" if _country(label) else "place"
            genders.append(_gender(self.language, kind, said[-1]))
        return Names(said, genders, self)

    def place(self, label: str) -> str:
        """Return what a place is called."""
        known = self.values.get("place_name")
        if known is None:
            return label
        code = _country(label)
        return (code and country_name(code, self.language)) or known.get(label, label)

    def form(self, form: str, gender: str, name: str) -> str:
        """Return a name in one of the forms of the language."""
        consonant, vowel = self.told["forms"][form][gender]
        return str(vowel if _VOWEL.match(name) else consonant).format(name)

    def listed(self, names: Sequence[str]) -> str:
        """Return names in a row: *a, b and c*."""
        if len(names) < 2:
            return "".join(names)
        return self.told["marks"]["and"].join([", ".join(names[:-1]), names[-1]])  # type: ignore[no-any-return]

    def value(self, scheme: str, value: object) -> str:
        """Return what a value of a closed list, or of a column, is called; unknown ones stay as they are."""
        return self.values.get(scheme, {}).get(str(value), str(value))

    def number(self, value: object) -> str:
        """Return a number with the marks of the language, with two decimals where it has any."""
        number = round(float(str(value)), 6)
        text = f"{number:,.0f}" if number.is_integer() else f"{number:,.2f}"
        return self.marked(text)

    def marked(self, text: str) -> str:
        """Return a number, written as ``1,234.5``, with the marks of the language."""
        marks = self.told["marks"]
        return text.translate({ord(","): marks["thousands"], ord("."): marks["decimal"]})

    def share(self, value: object) -> str:
        """Return a share of 0 to 1 as per cent."""
        text = f"{100 * float(str(value)):.2f}".rstrip("0").rstrip(".")
        return self.mark("percent", self.marked(text))

    def mark(self, name: str, text: str = "") -> str:
        """Return a phrase of the marks, such as *about …*, with a text in it."""
        return str(self.told["marks"][name]).format(text)

    def joined(self, number: str, unit: str) -> str:
        """Return a number with its unit."""
        return str(self.told["marks"]["gap"]).join(part for part in (number, unit) if part)

    def detail(self, name: str, value: object) -> str:
        """Return a detail as it stands in brackets."""
        return str(self.told.get("details", {}).get(name, "{0}")).format(value)

    def date(self, value: object) -> str:
        """Return a date of :mod:`avgraph.dates` in words; anything else stays as it is."""
        text, dates = str(value), self.told.get("dates")
        if dates is None or not is_partial_date(text):
            return text
        year, month, day = (int(part) for part in [*text.rstrip("~").split("-"), "0", "0"][:3])
        key = "first" if day == 1 else "day" if day else "month"
        named = dates["months"][month - 1] if month else ""
        said = dates[key].format(day=day, month=named, year=year) if month else str(year)
        return dates["about-day" if day else "about"].format(said) if text.endswith("~") else said

    def begun(self, text: str, names: Sequence[str]) -> str:
        """Return a sentence as it begins: where no name stands there, with a capital letter if the language has one."""
        if not self.told["marks"]["capital"] or text.startswith(tuple(names)):
            return text
        return text[:1].upper() + text[1:]

    def tail(self, kind: str) -> str:
        """Return what follows the brackets of a sentence."""
        return str(self.told["tails"][kind])

    def sentence(self, kind: str, key: str, status: str, many: bool) -> tuple[str, str]:
        """Return the sentence of a kind, its verb filled, and the phrase that tells the status where no verb does."""
        return _sentence(self.language, kind, key, status, many)


@cache
def phrases(language: str) -> Phrases:
    """Return the phrases of a language.

    Raises
    ------
    ValueError
        If it is none of :data:`LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no words in language {language!r}: choose one of {', '.join(LANGUAGES)}")
    here = files("avgraph.knowledge")
    text = here.joinpath(f"words.{language}.toml").read_text(encoding="utf-8")
    if language == LANGUAGES[0]:
        return Phrases(language, tomllib.loads(text), {})
    values = here.joinpath(f"values.{language}.toml").read_text(encoding="utf-8")
    return Phrases(language, tomllib.loads(unbroken(text)), tomllib.loads(values))


@lru_cache(maxsize=2_000)
def _sentence(language: str, kind: str, key: str, status: str, many: bool) -> tuple[str, str]:
    told = phrases(language).told
    sentences = told["sentences"][kind]
    verb, n_told = told["verb"], 0

    def filled(match: re.Match[str]) -> str:
        nonlocal n_told
        parts = match[1].split("|")
        if len(parts) == len(STATUSES):
            n_told += 1
            return parts[STATUSES.index(status)]
        n_told += status in verb
        return str(verb.get(status, verb["asserted"])[many]).format(*parts)

    text = _VERB.sub(filled, sentences.get(key, sentences["*"]))
    return text, "{0}" if n_told else told["status"].get(status, "{0}")


@lru_cache(maxsize=10_000)
def _gender(language: str, kind: str, name: str) -> str:
    """Return the gender whose patterns a name of a kind fits first."""
    genders = phrases(language).told.get("genders", {}).get(kind, {})
    for gender, patterns in genders.items():
        if gender != "otherwise" and any(fnmatchcase(name, pattern) for pattern in patterns):
            return str(gender)
    return str(genders.get("otherwise", "bare"))


def _country(label: str) -> str | None:
    """Return the code of a country that is called so; a label of two letters is a name, no code."""
    return country_code(label) if len(label) > 2 else None
