"""Which types and properties a client may name; they are those of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from avgraph.model import ENTITY_TYPES, KINDS
from avgraph.sources.identifiers import SCHEMES
from avgraph.text import name_tokens

__all__ = ["COUNTRY", "ENTITY", "ID", "NAME", "SUBTYPE", "TEXT", "YEAR", "Property", "Type", "properties",
           "property_named", "starting", "type_named", "types", "types_of"]  # fmt: skip

_WORK_KINDS = {
    "film": "films, short ones too", "series": "series for television", "season": "seasons of series",
    "episode": "episodes of series",
}  # fmt: skip
_ABOUT = {
    "Person": "people, and groups of them", "Organization": "companies, funds, broadcasters and other bodies",
    "Work": "films, series, seasons and episodes", "Award": "awards and prizes", "Event": "festivals and markets",
    "Place": "countries and other places", "Agreement": "treaties and joint funds",
}  # fmt: skip
#: Of a value: what it is.
NAME, SUBTYPE, YEAR, COUNTRY, ID, ENTITY, TEXT = "name", "subtype", "year", "country", "id", "entity", "text"
_SCREEN = {"short film": "film"}
#: Properties whose value tells the year, or the country, of what has them.
_TELLS = {
    "datePublished": YEAR, "productionYear": YEAR, "birthDate": YEAR, "nationality": COUNTRY, "location": COUNTRY,
    "countryOfOrigin": COUNTRY, "coProductionCountry": COUNTRY,
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Type:
    """A type of entities: a type of the graph, or a kind of work."""

    id: str
    type: str
    subtype: str | None = None

    @property
    def kind(self) -> tuple[str, str | None]:
        """Entity type and subtype."""
        return self.type, self.subtype

    @property
    def name(self) -> str:
        """In words."""
        return self.id.capitalize()

    def to_json(self) -> dict[str, object]:
        """Return it as the API's schemas want it."""
        if self.subtype is None:
            return {"id": self.id, "name": self.name, "description": _ABOUT[self.type]}
        broader = [{"id": self.type, "name": self.type}]
        about = _WORK_KINDS[self.subtype]
        return {"id": self.id, "name": self.name, "description": about, "broader": broader}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of entities.

    Attributes
    ----------
    id
        Its short name in the graph's JSON-LD context, or a scheme of external ids.
    name
        In words.
    about
        In more words.
    types
        Entity types that have it.
    values
        Entity types of its values; none where they are no entities.
    tells
        What its values tell of what has it: ``name``, ``subtype``, ``year``, ``country``, ``id``, ``entity`` (it stands
        beside what has it) or ``text``.
    path
        In SPARQL; empty where the entity itself holds the values.
    """

    id: str
    name: str
    about: str
    types: tuple[str, ...]
    values: tuple[str, ...] = ()
    tells: str = TEXT
    path: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it as the API's schemas want it."""
        return {"id": self.id, "name": self.name, "description": self.about}


@cache
def types() -> tuple[Type, ...]:
    """Return all types."""
    of_works = tuple(Type(kind, "Work", kind) for kind in _WORK_KINDS)
    return (*(Type(name, name) for name in ENTITY_TYPES), *of_works)


def types_of(type_: str, subtype: str | None) -> list[Type]:
    """Return the types of an entity, the narrowest first.

    >>> [t.id for t in types_of("Work", "short film")]
    ['film', 'Work']
    """
    narrow = _SCREEN.get(subtype or "", subtype)
    return [t for t in reversed(types()) if t.type == type_ and t.subtype in (narrow, None)]


@cache
def properties() -> tuple[Property, ...]:
    """Return all properties, those that tell most first."""
    found = {
        "name": Property("name", "name", "any name of it", ENTITY_TYPES, tells=NAME),
        "subtype": Property("subtype", "kind", "such as film, short film, fund", ENTITY_TYPES, tells=SUBTYPE),
        "year": Property("year", "year", "of a work; of a person the year of birth", ("Work", "Person"), tells=YEAR),
        "country": Property("country", "country", "ISO 3166-1 codes; names will do", ENTITY_TYPES, tells=COUNTRY),
    }
    for scheme in SCHEMES:
        about = f"external id: {SCHEMES[scheme].expected}"
        of = tuple(dict.fromkeys(type_ for _, type_ in SCHEMES[scheme].types)) or ENTITY_TYPES
        found[scheme] = Property(scheme, scheme, about, of, tells=ID)
    works = "any work that it has a part in"
    found["work"] = Property("work", "work", works, tuple(_takes_part()), ("Work",), ENTITY, "|".join(_work_paths()))
    for kind in KINDS.values():
        roles = {role.name: role.types for role in kind.roles}
        for shortcut in kind.shortcuts:
            one = _property(shortcut.predicate, roles[shortcut.subject], roles.get(shortcut.object, ()))
            found[one.id] = _united(found[one.id], one) if one.id in found else one
    return tuple(found.values())


def _property(predicate: str, subjects: tuple[str, ...], objects: tuple[str, ...]) -> Property:
    id_ = predicate.partition(":")[2]
    name = _CAMEL.sub(" ", id_).lower().replace("co produc", "co-produc")
    about = f"{_listed(subjects)} → {_listed(objects) if objects else 'text'}"
    tells = _TELLS.get(id_, ENTITY if objects else TEXT)
    return Property(id_, name, about, subjects, objects, tells, predicate)


def _united(one: Property, other: Property) -> Property:
    subjects = tuple(dict.fromkeys((*one.types, *other.types)))
    objects = tuple(dict.fromkeys((*one.values, *other.values)))
    return _property(one.path, subjects, objects)


def _listed(names: Sequence[str]) -> str:
    return "any" if set(names) == set(ENTITY_TYPES) else " or ".join(names)


def _work_shortcuts() -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the properties by which works name who has a part in them, and the types of these."""
    for kind in KINDS.values():
        roles = {role.name: role.types for role in kind.roles}
        for shortcut in kind.shortcuts:
            objects = roles.get(shortcut.object, ())
            if roles[shortcut.subject] == ("Work",) and objects and not {"Work", "Place"} & {*objects}:
                yield shortcut.predicate, objects


def _work_paths() -> list[str]:
    return list(dict.fromkeys(f"^{predicate}" for predicate, _ in _work_shortcuts()))


def _takes_part() -> list[str]:
    return list(dict.fromkeys(type_ for _, types_ in _work_shortcuts() for type_ in types_))


def _key(text: str) -> str:
    return "".join(name_tokens(text))


@cache
def _types_by_key() -> dict[str, Type]:
    return {_key(t.id): t for t in types()}


@cache
def _properties_by_key() -> dict[str, Property]:
    return {_key(text): p for p in properties() for text in (p.name, p.id)}


def type_named(text: str) -> Type | None:
    """Return the type of an id, whatever its case."""
    return _types_by_key().get(_key(text))


def property_named(text: str) -> Property | None:
    """Return the property of an id or a name; case, spaces and signs do not count.

    >>> property_named("production company").id, property_named("nonsense")
    ('productionCompany', None)
    """
    return _properties_by_key().get(_key(text))


def starting(prefix: str, *texts: str) -> bool:
    """Tell whether a word of a text starts with `prefix`; nothing starts everything."""
    wanted = " ".join(name_tokens(prefix))
    return not wanted or any(f" {wanted}" in f" {' '.join(name_tokens(text))}" for text in texts)
