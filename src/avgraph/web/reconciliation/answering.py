"""The manifest, candidates and suggestions, as workers give them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from avgraph._version import __version__
from avgraph.identity.names import parse_name
from avgraph.matching.nameindex import Indexed, NameIndex
from avgraph.matching.reconciling import DIRECTOR, OTHER, SERIES, Asked, Found, Related, only_match
from avgraph.model import ENTITY_TYPES
from avgraph.sources.identifiers import SCHEMES
from avgraph.vocabulary import AV, ID_BASE
from avgraph.web.problems import Reply
from avgraph.web.reconciliation import terms
from avgraph.web.reconciliation.asking import Query, Value, read_queries
from avgraph.web.reconciliation.looking import catalogue, snapshot_of
from avgraph.web.reconciliation.terms import Property, Type, type_named, types, types_of
from avgraph.web.reconciliation.values import countries_in, external_id, names_in, year_in
from avgraph.web.worker import Served

__all__ = ["answer_queries", "describe", "json_reply", "suggest_entities"]

#: Longer texts name nothing.
_MAX_NAME = 500
#: More names than this, taken apart, are not kept from one batch to the next.
_MAX_KEPT_NAMES = 20_000
_N_OTHER_NAMES = 2
_DEFAULT_TYPES = ("Work", "Person", "Organization")
#: Types of what bears on whether two things are one.
_COMPARED = {"Person", "Organization", "Work", "Event", "Agreement"}
_ROLES = {"director": DIRECTOR, "creator": DIRECTOR, "partOfSeries": SERIES}
_LIMIT_SETTING = {
    "name": "limit", "label": "Limit", "type": "number", "default": 0, "help_text": "Values of each entity; 0: all.",
}  # fmt: skip


def json_reply(value: object) -> Reply:
    """Return a value as JSON."""
    return Reply(200, "application/json", json.dumps(value, ensure_ascii=False).encode())


def describe(served: Served, address: str) -> Reply:
    """Return the manifest of the service at `address`."""
    snapshot = snapshot_of(served)
    about: Mapping[str, Any] = snapshot.manifest if snapshot is not None else {}

    def at(path: str) -> dict[str, str]:
        return {"service_url": address, "service_path": path}

    page = "?id={{id}}"
    return json_reply({
        "versions": ["0.2"],
        "name": f"avgraph: {about.get('name') or served.path.name}",
        "serviceVersion": __version__,
        "identifierSpace": about.get("base_iri", ID_BASE),
        "schemaSpace": AV,
        "defaultTypes": [t.to_json() for t in types() if t.id in _DEFAULT_TYPES],
        "view": {"url": f"{address}/view{page}"},
        "preview": {"url": f"{address}/preview{page}", "width": 430, "height": 300},
        "suggest": {
            "entity": at("/suggest/entity"), "type": at("/suggest/type"), "property": at("/suggest/property"),
        },
        "extend": {"propose_properties": at("/properties"), "property_settings": [_LIMIT_SETTING]},
    })  # fmt: skip


def answer_queries(served: Served, folder: str, text: str) -> Reply:
    """Answer a batch of queries."""
    queries = read_queries(text)
    known = catalogue(served, folder)
    found = known.reconciler.find([_asked(query, known.index) for query in queries.values()])
    answers = {
        key: {"result": list(_candidates(query, of, known.index))}
        for (key, query), of in zip(queries.items(), found, strict=True)
    }
    if parse_name.cache_info().currsize > _MAX_KEPT_NAMES:
        parse_name.cache_clear()
    return json_reply(answers)


def _asked(query: Query, index: NameIndex) -> Asked:
    """Return a query as a description; what does not bear on identity is left out."""
    kinds = [t.kind for t in query.types] or [(t, None) for t in ENTITY_TYPES]
    names, ids = [query.text], _ids_in_name(query.text)
    countries: list[str] = []
    years: list[tuple[bool, int]] = []  # a date that is not called the year comes after it
    related: list[Related] = []
    only_type = kinds[0][0] if len(kinds) == 1 else None
    for property_, value in query.values:
        text = value.text[:_MAX_NAME]
        match property_.tells:
            case terms.NAME:
                names += names_in(text, ())
            case terms.YEAR:
                years += [(property_.id != "year", year)] if (year := year_in(text)) else []
            case terms.COUNTRY:
                countries += _countries(value, index)
            case terms.ID:
                ids += [id_] if (id_ := external_id(property_.id, text, only_type)) else []
            case terms.SUBTYPE:
                if (type_ := type_named(text)) is not None and type_.subtype is not None:
                    kinds = [type_.kind if kind == ("Work", None) else kind for kind in kinds]
            case terms.ENTITY:
                related += _related(property_, value, index)
    return Asked(
        tuple(dict.fromkeys(kinds)),
        tuple(dict.fromkeys(name for name in map(str.strip, names) if name and len(name) <= _MAX_NAME)),
        tuple(dict.fromkeys(ids)),
        tuple(dict.fromkeys(countries)),
        min(years)[1] if years else None,
        tuple(dict.fromkeys(related)),
    )


def _ids_in_name(text: str) -> list[str]:
    """Return the id that stands where a name should, such as ``imdb:tt3043542`` or the IRI of an entity."""
    text = text.strip()
    scheme = text.partition(":")[0].lower()
    if scheme in SCHEMES and (id_ := external_id(scheme, text)):
        return [id_]
    return [text] if scheme in ("http", "https", "urn") and " " not in text else []


def _countries(value: Value, index: NameIndex) -> list[str]:
    number = index.number(value.id) if value.id else None
    if number is not None:
        return list(index[number].countries)
    return countries_in(value.text)


def _related(property_: Property, value: Value, index: NameIndex) -> Iterator[Related]:
    compared = tuple(t for t in property_.values if t in _COMPARED)
    if not compared:
        return
    role = _ROLES.get(property_.id, OTHER)
    number = index.number(value.id) if value.id else None
    if number is not None:
        yield Related(role, (index[number].type,), index[number].label, number)
        return
    for name in names_in(value.text[:_MAX_NAME], compared):
        yield Related(role, compared, name)


def _candidates(query: Query, found: list[Found], index: NameIndex) -> Iterator[dict[str, object]]:
    entities = [(f, index[f.number]) for f in found]
    if query.types and query.strictness != "should":
        wanted = {t.id for t in query.types}
        fits = wanted.issubset if query.strictness == "all" else lambda ids: not wanted.isdisjoint(ids)
        entities = [(f, e) for f, e in entities if fits({t.id for t in types_of(e.type, e.subtype)})]
    match = only_match(f for f, _ in entities)
    for one, entity in entities[: query.limit]:
        yield {
            **_named(entity),
            "type": [{"id": t.id, "name": t.name} for t in types_of(entity.type, entity.subtype)],
            "score": round(100 * one.score, 2),
            "match": match is not None and match.number == one.number,
            "features": [{"id": f.feature, "value": round(f.score, 2)} for f in one.features],
        }


def _named(entity: Indexed) -> dict[str, object]:
    """Return id, name and description of an entity."""
    others = [name for name in entity.names if name.casefold() != entity.label.casefold()][:_N_OTHER_NAMES]
    parts = [
        entity.subtype or entity.type.lower(), str(entity.year or ""), " ".join(entity.countries),
        f"also {' · '.join(others)}" if others else "",
    ]  # fmt: skip
    return {"id": entity.iri, "name": entity.label, "description": ", ".join(part for part in parts if part)}


def suggest_entities(
    served: Served, folder: str, prefix: str, of_types: tuple[Type, ...], limit: int, cursor: int
) -> Reply:
    """Return the entities of these types (none: any) that a prefix may mean, `limit` of them from `cursor` on."""
    index = catalogue(served, folder).index
    wanted = {t.id for t in of_types}

    def fitting() -> Iterator[dict[str, object]]:
        for number in index.starting(prefix[:_MAX_NAME]):
            entity = index[number]
            own = types_of(entity.type, entity.subtype)
            if not wanted or not wanted.isdisjoint(t.id for t in own):
                yield _named(entity) | {"notable": [{"id": t.id, "name": t.name} for t in own]}

    return json_reply({"result": list(islice(fitting(), cursor, cursor + limit))})
