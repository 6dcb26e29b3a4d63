"""What is asked of Wikidata: which properties say something of works, people and companies, and how."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AGENT_GROUPS", "HUMAN", "ID_PROPERTIES", "KINDS_OF_ITEM", "PROPERTIES", "QUALIFIERS", "SUBTYPES",
           "TMDB_ADDRESSES", "Property", "lookup", "properties_of"]  # fmt: skip

#: Kind of item → the entity type whose ids are asked for.
KINDS_OF_ITEM = {"works": "Work", "people": "Person", "companies": "Organization"}

HUMAN = "Q5"
#: Classes of several people under one name: duo, sibling duo, group of humans, ensemble, band.
AGENT_GROUPS = frozenset({"Q10648343", "Q14073567", "Q16334295", "Q2088357", "Q215380"})
#: Class → subtype of a work.
SUBTYPES = {
    "Q24862": "short film", "Q3464665": "season", "Q21191270": "episode", "Q1983062": "episode",
    "Q5398426": "series", "Q1259759": "series", "Q526877": "series", "Q581714": "series", "Q117467246": "series",
    "Q63952888": "series", "Q7725310": "series", "Q11424": "film", "Q506240": "film", "Q202866": "film",
    "Q29168811": "film", "Q93204": "film", "Q24869": "film", "Q17517379": "short film", "Q20667187": "film",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """A property whose statements become rows.

    Attributes
    ----------
    id
        Such as ``"P57"``.
    name
        What the rows and the mappings call it.
    value
        ``"item"``, ``"time"``, ``"quantity"`` or ``"text"``.
    """

    id: str
    name: str
    value: str = "item"


_AWARDS = (Property("P166", "award received"), Property("P1411", "nominated for"))
PROPERTIES: dict[str, tuple[Property, ...]] = {
    "works": (
        Property("P1476", "title", "text"),
        Property("P57", "director"),
        Property("P58", "screenwriter"),
        Property("P161", "cast member"),
        Property("P725", "voice actor"),
        Property("P162", "producer"),
        Property("P1431", "executive producer"),
        Property("P170", "creator"),
        Property("P86", "composer"),
        Property("P344", "director of photography"),
        Property("P1040", "film editor"),
        Property("P272", "production company"),
        Property("P750", "distributed by"),
        Property("P449", "original broadcaster"),
        Property("P495", "country of origin"),
        Property("P840", "narrative location"),
        Property("P915", "filming location"),
        Property("P577", "publication date", "time"),
        Property("P136", "genre"),
        Property("P364", "original language"),
        Property("P2047", "duration", "quantity"),
        Property("P144", "based on"),
        Property("P179", "part of the series"),
        Property("P4908", "season"),
        *_AWARDS,
    ),
    "people": (
        Property("P27", "country of citizenship"),
        Property("P19", "place of birth"),
        Property("P569", "date of birth", "time"),
        Property("P108", "employer"),
        Property("P463", "member of"),
        *_AWARDS,
    ),
    "companies": (
        Property("P17", "country"),
        Property("P159", "headquarters"),
        Property("P571", "inception", "time"),
        Property("P112", "founded by"),
        Property("P127", "owned by"),
        Property("P749", "parent organization"),
        Property("P463", "member of"),
        *_AWARDS,
    ),
}

#: Qualifier → column of the row.
QUALIFIERS: dict[str, str] = {
    "P453": "character", "P4633": "character", "P1545": "ordinal", "P585": "when", "P580": "since", "P582": "until",
    "P1686": "for_work", "P1346": "recipients", "P1706": "recipients", "P291": "territories",
}  # fmt: skip

#: External ids that name one thing each, and what other records call their scheme.
ID_PROPERTIES: dict[str, str] = {
    "P345": "imdb", "P2704": "eidr", "P12142": "eidr", "P3212": "isan", "P4947": "tmdb", "P4983": "tmdb",
    "P4985": "tmdb", "P213": "isni", "P214": "viaf", "P227": "gnd", "P1265": "allocine-film",
    "P1266": "allocine-person", "P1267": "allocine-series", "P480": "filmaffinity",
}  # fmt: skip
#: TMDb counts films, series and people apart; its addresses say which is meant.
TMDB_ADDRESSES = {
    "P4947": "https://www.themoviedb.org/movie/",
    "P4983": "https://www.themoviedb.org/tv/",
    "P4985": "https://www.themoviedb.org/person/",
}
_TMDB = {"movie": "P4947", "film": "P4947", "short film": "P4947", "tv": "P4983", "series": "P4983", "person": "P4985"}


def properties_of(kind: str) -> dict[str, Property]:
    """Return the properties that are asked of one kind of item, by id."""
    return {prop.id: prop for prop in PROPERTIES[kind]}


def lookup(scheme: str, value: str, type_: str, subtype: str | None) -> tuple[str, str] | None:
    """Return the property under which an id is found and the text that it has there, None where that cannot be told.

    >>> lookup("tmdb", "movie/550", "Work", None), lookup("tmdb", "550", "Work", "series")
    (('P4947', '550'), ('P4983', '550'))
    >>> lookup("agec", "1", "Work", None)
    """
    if scheme == "tmdb":
        counted, _, number = value.rpartition("/")
        found = _TMDB.get(counted or ("person" if type_ == "Person" else subtype or ""))
        return (found, number) if found else None
    if scheme == "eidr":
        return ("P12142" if value.startswith(("10.5237", "10.5239")) else "P2704"), value
    found = {"imdb": "P345", "isan": "P3212"}.get(scheme)
    return (found, value) if found else None
