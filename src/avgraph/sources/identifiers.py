"""External identifiers: one form for each scheme, so that two sources' ids can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["SCHEMES", "IdScheme", "normal_id"]


@dataclass(frozen=True, slots=True)
class IdScheme:
    """How the ids of one scheme look.

    Attributes
    ----------
    pattern
        Regular expression (Rust and Python syntax) that matches a whole cell; group 1 is the id.
    expected
        The form in words, for messages.
    upper
        Whether letters are written large.
    types
        First letters of the id → entity type it names; empty where the id does not tell.
    bare
        Entity type → what is put before an id that is a number alone, where the scheme counts each kind of thing by
        itself.
    """

    pattern: str
    expected: str
    upper: bool = False
    types: tuple[tuple[str, str], ...] = ()
    bare: tuple[tuple[str, str], ...] = ()


_HEX4 = r"[0-9A-Fa-f]{4}"
_ID = r"(?:https?://\S*/)?"

#: Schemes with a known form; ids of any other scheme are kept as they stand, without outer white space.
SCHEMES: dict[str, IdScheme] = {
    "imdb": IdScheme(
        rf"^{_ID}((?:tt|nm|co|ev)[0-9]{{7,10}})/?(?:[?#]\S*)?$", "tt, nm, co or ev and at least seven digits",
        types=(("tt", "Work"), ("nm", "Person"), ("co", "Organization"), ("ev", "Event")),
    ),
    "wikidata": IdScheme(rf"^(?:wd:|{_ID})([Qq][1-9][0-9]*)(?:[#?]\S*)?$", "Q and digits", upper=True),
    "eidr": IdScheme(
        rf"^(?:eidr:|doi:|{_ID})?(10\.5240/{_HEX4}-{_HEX4}-{_HEX4}-{_HEX4}-{_HEX4}-[0-9A-Za-z]"
        rf"|10\.523[79]/{_HEX4}-{_HEX4})$",
        "10.5240/ and five groups of four, or a party id 10.5237/XXXX-XXXX", upper=True,
    ),
    "isan": IdScheme(
        rf"^(?:ISAN:?\s*)?({_HEX4}-{_HEX4}-{_HEX4}(?:-{_HEX4})(?:-[0-9A-Za-z])?(?:-{_HEX4}-{_HEX4}(?:-[0-9A-Za-z])?)?)$",
        "four groups of four hexadecimal digits", upper=True,
    ),
    # Movie 550 and series 550 are two works: the kind belongs to the id.
    "tmdb": IdScheme(
        r"^(?:https?://[^/\s]+/)?((?:movie|tv|person|company)/[1-9][0-9]*)(?:[-?#][^/\s]*)?$",
        "movie/, tv/, person/ or company/ and digits",
        types=(("movie/", "Work"), ("tv/", "Work"), ("person/", "Person"), ("company/", "Organization")),
        bare=(("Person", "person/"), ("Organization", "company/")),
    ),
}  # fmt: skip


def normal_id(scheme: str, value: pl.Expr, type_: str | None = None) -> pl.Expr:
    """Return an expression for the one form of an id of an entity of `type_`; null where it is malformed.

    ``iso3166`` is not handled here: see :mod:`avgraph.countries`.

    >>> frame = pl.DataFrame({"x": ["https://www.imdb.com/title/tt0472071/?ref=1", "tt12", None]})
    >>> frame.select(normal_id("imdb", pl.col("x")))["x"].to_list()
    ['tt0472071', None, None]
    >>> frame = pl.DataFrame({"x": ["https://www.themoviedb.org/movie/550-fight-club", "31"]})
    >>> frame.select(normal_id("tmdb", pl.col("x"), "Person"))["x"].to_list()
    ['movie/550', 'person/31']
    """
    known = SCHEMES.get(scheme)
    if known is None:
        return value.str.strip_chars()
    if prefix := dict(known.bare).get(type_ or ""):
        value = value.str.replace(r"^([0-9]+)$", f"{prefix}${{1}}")
    found = value.str.extract(known.pattern, 1)
    return found.str.to_uppercase() if known.upper else found
