"""A few entities of an index and what is asked, as the mentions that identity compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avgraph.identity.context import Context
from avgraph.identity.lexicon import country_code, generic_name
from avgraph.identity.mentions import MentionList
from avgraph.identity.names import parse_season
from avgraph.matching.nameindex import NameIndex

if TYPE_CHECKING:
    from avgraph.matching.reconciling import Asked

__all__ = ["Cast"]

#: Source, type, subtype, name, names, ids, countries, year.
_Row = tuple[str, str, str | None, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], int | None]
_GRAPH, _ASKED = "graph", "asked"


class Cast:
    """Who is compared, and what stands around them; each has a place.

    Parameters
    ----------
    index
        The entities.
    """

    def __init__(self, index: NameIndex) -> None:
        self.context = Context()
        self._index = index
        self._places: dict[int, int] = {}
        self._rows: list[_Row] = []

    def add(self, number: int) -> int:
        """Add an entity, unless it is there, and return its place. Its IRI counts as an id."""
        place = self._places.get(number)
        if place is None:
            e = self._index[number]
            ids = (e.iri, *e.ids)
            place = self._places[number] = self._put(
                (_GRAPH, e.type, e.subtype, e.label, e.names, ids, e.countries, e.year)
            )
        return place

    def add_asked(self, type_: str, subtype: str | None, asked: Asked) -> int:
        """Add a description, and return its place."""
        name = asked.names[0] if asked.names else ""
        return self._put((_ASKED, type_, subtype, name, asked.names, asked.ids, asked.countries, asked.year))

    def add_name(self, type_: str, name: str) -> int:
        """Add something of which the name alone is known, and return its place."""
        return self._put((_ASKED, type_, None, name, (), (), (), None))

    def _put(self, row: _Row) -> int:
        place = len(self._rows)
        self._rows.append(row)
        if row[1:3] == ("Work", "season"):
            numbers = {n for name in (row[3], *row[4]) if (n := parse_season(name).number) is not None}
            if len(numbers) == 1:
                self.context.seasons[place] = str(numbers.pop())
        return place

    def relate(self, place: int, other: int, role: str) -> None:
        """Note that something stands beside another in a role; a country is that of its home."""
        context = self.context
        if role == "country":
            _, _, _, name, names, ids, countries, _ = self._rows[other]
            codes = {value.partition(":")[2] for value in ids if value.startswith("iso3166:")}.union(countries)
            codes = codes or {code for n in (name, *names) if (code := country_code(n))}
            context.countries.setdefault(place, set()).update(codes)
        elif role == "series":
            context.series.setdefault(place, []).append(other)
        else:
            context.neighbours.setdefault(place, []).append(other)
            if role == "director":
                context.directors.setdefault(place, []).append(other)

    def mentions(self) -> MentionList:
        """Return all as mentions; their places are their numbers."""
        sources, types, subtypes, names, spellings, ids, countries, years = zip(*self._rows, strict=True)
        n = len(self._rows)
        return MentionList(
            refs=[f"{source} {place}" for place, source in enumerate(sources)],
            source=list(sources), type=list(types), subtype=list(subtypes), name=list(names), names=list(spellings),
            ids=list(ids), derived=[()] * n, countries=list(countries), year=list(years), language=[None] * n,
            generic=[not name.strip() or generic_name(name) for name in names], article=[False] * n,
        )  # fmt: skip
