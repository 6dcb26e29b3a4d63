"""Countries: ISO 3166-1 codes, their names, and codes from names."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from avgraph.text import name_tokens

__all__ = ["LANGUAGES", "country_code", "country_codes", "country_name", "known_countries", "nearest_country"]

#: Languages of the names in ``countries.toml``, in order.
LANGUAGES = ("en", "fr", "de", "nl")


def country_name(code: str, language: str = "en") -> str | None:
    """Return the usual name of a country, None for an unknown code.

    Parameters
    ----------
    code
        ISO 3166-1 alpha-2, in any case; ``UK`` counts as ``GB``.
    language
        One of :data:`LANGUAGES`.

    >>> country_name("BE"), country_name("uk"), country_name("SU", "fr"), country_name("QQ")
    ('Belgium', 'United Kingdom', 'Union soviétique', None)
    """
    names, codes, *_ = _tables()
    upper = code.upper()
    return names.get(codes.get(upper, upper), {}).get(language)


def country_code(text: str, *, adjectives: bool = False) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a code or a name (English, French, German, Dutch), or None.

    Case, accents and punctuation do not count.

    Parameters
    ----------
    text
        A code or a name.
    adjectives
        Take what the people are called ("Belgian") for the country, too.

    >>> country_code("lu"), country_code("Pays-Bas"), country_code("U.S.A."), country_code("Nazi Germany")
    ('LU', 'NL', 'US', None)
    >>> country_code("Belgian"), country_code("Belgian", adjectives=True)
    (None, 'BE')
    """
    names, codes, by_name, people = _tables()
    text = text.strip()
    if len(text) == 2 and text.isascii() and text.isalpha():
        upper = codes.get(text.upper(), text.upper())
        return upper if upper in names else None
    return by_name.get(_key(text)) or (people.get(_key(text)) if adjectives else None)


def known_countries() -> list[str]:
    """Return the ISO 3166-1 alpha-2 codes of all countries that have a name here, sorted.

    >>> len(known_countries()), known_countries()[:2]
    (254, ['AD', 'AE'])
    """
    return sorted(_tables()[0])


def country_codes(text: str) -> list[str] | None:
    """Return the codes of a list of countries in one cell, or None where a part of it is no country.

    Parts stand between ``|``, ``;``, ``,``, ``/`` or white space lines; a name with a comma is read whole first.

    >>> country_codes("BE|LU|Pays-Bas"), country_codes("Korea, Republic of"), country_codes("BE, Atlantis")
    (['BE', 'LU', 'NL'], ['KR'], None)
    """
    if (whole := country_code(text)) is not None:
        return [whole]
    found: list[str] = []
    for part in re.split(r"[|;,/\x1f\n]", text):
        if not part.strip():
            continue
        code = country_code(part)
        if code is None:
            return None
        if code not in found:
            found.append(code)
    return found or None


def nearest_country(text: str) -> str | None:
    """Return the English name of the country whose name or adjective is spelled most like `text`, or None.

    >>> nearest_country("Belgum"), nearest_country("lettland"), nearest_country("belgian"), nearest_country("xyz")
    ('Belgium', 'Latvia', 'Belgium', None)
    """
    from difflib import get_close_matches

    names, _, by_name, people = _tables()
    known = people | by_name
    near = get_close_matches(_key(text), known, n=1, cutoff=0.7)
    return names[known[near[0]]]["en"] if near else None


@cache
def _tables() -> tuple[dict[str, dict[str, str]], dict[str, str], dict[str, str], dict[str, str]]:
    """Return names by code and language, other codes, codes by folded name, and codes by folded adjective."""
    data = tomllib.loads(files("avgraph").joinpath("countries.toml").read_text("utf-8"))
    names = {code: dict(zip(LANGUAGES, row, strict=True)) for code, row in data["names"].items()}
    by_name: dict[str, str] = {}
    for code, aliases in data["aliases"].items():
        by_name |= {_key(alias): code for alias in aliases}
    for code, row in names.items():
        by_name |= {_key(name): code for name in row.values()}
    people = {_key(word): code for code, words in data["adjectives"].items() for word in words}
    return names, data["codes"], by_name, people


def _key(text: str) -> str:
    return " ".join(name_tokens(text))
