"""Values of properties as a client writes them: cells of a table, with lists in them."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from avgraph.countries import country_code, country_codes
from avgraph.sources.identifiers import normal_id
from avgraph.sources.templates import LIST_SEPARATOR

__all__ = ["countries_in", "external_id", "names_in", "year_in"]

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_MARKS = re.compile(rf"[|;{LIST_SEPARATOR}\n]")
#: What parts people in one cell.
_BETWEEN_PEOPLE = re.compile(r"\s*,\s*(?:(?:and|et|und|en|&)\s+)?|\s+(?:and|et|und|en|&)\s+")


def year_in(text: str) -> int | None:
    """Return the first year that a text names.

    >>> year_in("2013-05-01T00:00:00Z"), year_in("March 1999"), year_in("12345")
    (2013, 1999, None)
    """
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def countries_in(text: str) -> list[str]:
    """Return the codes of the countries that a cell lists, none where a part of it is no country.

    >>> countries_in("BE|Luxembourg"), countries_in("Belgian"), countries_in("Atlantis")
    (['BE', 'LU'], ['BE'], [])
    """
    if (codes := country_codes(text)) is not None:
        return codes
    code = country_code(text, adjectives=True)
    return [code] if code else []


def names_in(text: str, types: tuple[str, ...]) -> list[str]:
    """Return the names that a cell lists; those of people may be parted by commas, too, or by "and".

    A comma between a surname and a first name parts nobody: no part is a single word.

    >>> names_in("Joel Coen, Ethan Coen", ("Person",)), names_in("Van Dormael, Jaco", ("Person",))
    (['Joel Coen', 'Ethan Coen'], ['Van Dormael, Jaco'])
    >>> names_in("Me, Myself & Irene; Cargo", ("Work",))
    ['Me, Myself & Irene', 'Cargo']
    """
    found = []
    for part in _MARKS.split(text):
        pieces = [piece for piece in _BETWEEN_PEOPLE.split(part.strip()) if piece] if "Person" in types else []
        several = len(pieces) > 1 and all(" " in piece for piece in pieces)
        found += pieces if several else [part.strip()]
    return [name for name in found if name]


@lru_cache(maxsize=1 << 12)
def external_id(scheme: str, text: str, type_: str | None = None) -> str | None:
    """Return an external id of an entity of `type_` in its one form, None where it is none of its scheme.

    >>> external_id("imdb", "https://www.imdb.com/title/tt3043542/"), external_id("imdb", "unknown")
    ('imdb:tt3043542', None)
    """
    bare = text.strip()
    bare = bare[len(scheme) + 1 :] if bare.lower().startswith(f"{scheme}:") else bare
    value = pl.select(normal_id(scheme, pl.lit(bare.strip()), type_)).item()
    return None if value is None else f"{scheme}:{value}"
