"""Data about entities that were reconciled: the values of their properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from avgraph.matching.nameindex import Indexed, NameIndex
from avgraph.web.problems import Reply
from avgraph.web.reconciliation import terms
from avgraph.web.reconciliation.answering import json_reply
from avgraph.web.reconciliation.asking import read_extension
from avgraph.web.reconciliation.looking import Catalogue, catalogue
from avgraph.web.reconciliation.terms import Property
from avgraph.web.worker import Served

__all__ = ["extend"]

#: A value as the API writes it: ``id`` and ``name`` of an entity, or ``str``, ``int`` or ``float``.
_Cell = dict[str, object]


def extend(served: Served, folder: str, text: str) -> Reply:
    """Return the values of properties of entities; an id that is none has no values."""
    wanted = read_extension(text)
    known = catalogue(served, folder)
    numbers = known.index.numbers(wanted.ids)
    rows: dict[str, dict[str, list[_Cell]]] = {iri: {} for iri in wanted.ids}
    for property_, limit in wanted.properties:
        found = _values(known, property_, list(numbers.values()))
        for iri in wanted.ids:
            of = found.get(numbers[iri], []) if iri in numbers else []
            rows[iri][property_.id] = of[:limit]
    return json_reply({"meta": [_meta(property_) for property_, _ in wanted.properties], "rows": rows})


def _meta(property_: Property) -> dict[str, object]:
    about: dict[str, object] = {"id": property_.id, "name": property_.name}
    if len(property_.values) == 1:
        about["type"] = {"id": property_.values[0], "name": property_.values[0]}
    return about


def _values(known: Catalogue, property_: Property, numbers: list[int]) -> dict[int, list[_Cell]]:
    """Return number → values of a property, in the form of the API."""
    if not property_.path:
        return {n: _own_values(property_, known.index[n]) for n in numbers}
    found = known.values(numbers, property_.path)
    named = known.index.numbers({value for of in found.values() for value in of if isinstance(value, str)})
    return {n: sorted((_cell(known.index, value, named) for value in of), key=_order) for n, of in found.items()}


def _own_values(property_: Property, entity: Indexed) -> list[_Cell]:
    if property_.tells == terms.YEAR:
        return [{"int": entity.year}] if entity.year is not None else []
    prefix = f"{property_.id}:"
    texts: dict[str, Sequence[str]] = {
        terms.NAME: entity.names,
        terms.SUBTYPE: [entity.subtype] if entity.subtype else [],
        terms.COUNTRY: entity.countries,
        terms.ID: [value.removeprefix(prefix) for value in entity.ids if value.startswith(prefix)],
    }
    return [{"str": text} for text in texts[property_.tells]]


def _cell(index: NameIndex, value: object, named: Mapping[str, int]) -> _Cell:
    if isinstance(value, str) and value in named:
        entity = index[named[value]]
        return {"id": entity.iri, "name": entity.label}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"int": value}
    return {"float": value} if isinstance(value, float) else {"str": str(value)}


def _order(cell: _Cell) -> str:
    return str(cell.get("name") or next(iter(cell.values()))).casefold()
