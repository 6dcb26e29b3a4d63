"""What a client asks, read from the JSON it sends; who sends something else is told what is wrong and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from avgraph.web.problems import Problem, ProblemError
from avgraph.web.reconciliation.terms import Property, Type, properties, property_named, type_named, types

__all__ = ["MAX_IDS", "MAX_LIMIT", "MAX_QUERIES", "Extension", "Query", "Value", "read_extension", "read_limit",
           "read_queries", "read_type", "refuse"]  # fmt: skip

MAX_QUERIES = 500
MAX_IDS = 1_000
MAX_LIMIT = 100
_MAX_PROPERTIES = 50
_MAX_VALUES = 100
_LIMIT = 10
_STRICT = ("should", "any", "all")
_MEMBERS = ("query", "type", "type_strict", "limit", "properties")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: text, and the id of an entity where the client knows it."""

    text: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a batch.

    Attributes
    ----------
    text
        The name that is looked for.
    types
        What it may be; none: anything.
    strictness
        ``should`` (of works, the kind is a hint), ``any`` or ``all`` (of the types).
    limit
        So many candidates at most.
    values
        Properties with their values.
    """

    text: str
    types: tuple[Type, ...]
    strictness: str
    limit: int
    values: tuple[tuple[Property, Value], ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """Which properties of which entities are wanted, each with how many values at most (None: all)."""

    ids: tuple[str, ...]
    properties: tuple[tuple[Property, int | None], ...]


def refuse(where: str, detail: str, hint: str, **more: object) -> NoReturn:
    """Tell a client what is wrong and where (a path into its JSON, or a parameter).

    Raises
    ------
    ProblemError
        Always.
    """
    title = "The reconciliation request cannot be understood"
    raise ProblemError(Problem(400, "reconciliation", title, f"{where}: {detail}.", hint, {"where": where, **more}))


def read_queries(text: str) -> dict[str, Query]:
    """Return the queries of a batch by their keys.

    Raises
    ------
    ProblemError
        If `text` is not such a batch.
    """
    batch = _object(_json(text, "queries"), "queries", 'send {"q0": {"query": "…"}}')
    if len(batch) > MAX_QUERIES:
        hint = f"send {MAX_QUERIES} at once, and the others after them"
        refuse("queries", f"there are {len(batch):,} of them", hint)
    return {key: _query(value, _member("queries", key)) for key, value in batch.items()}


def _query(value: object, where: str) -> Query:
    query = _object(value, where, 'a query is {"query": "…", "type": "…", "limit": 10, "properties": […]}')
    for name in query:
        if name not in _MEMBERS:
            refuse(_member(where, name), "a query has no such member", f"members: {', '.join(_MEMBERS)}")
    if "query" not in query and not query.get("properties"):
        refuse(where, "there is nothing to look for", "give a query, or properties")
    asked = query.get("type", ())
    listed = asked if isinstance(asked, list) else [asked] if "type" in query else []
    strictness = query.get("type_strict", _STRICT[0])
    if strictness not in _STRICT:
        refuse(f"{where}.type_strict", f"{_shown(strictness)} is none", f"one of: {', '.join(_STRICT)}")
    place = f"{where}.properties"
    given = _array(query.get("properties", []), place, _MAX_PROPERTIES)
    values = tuple(pair for i, one in enumerate(given) for pair in _property(one, f"{place}[{i}]"))
    return Query(
        _text(query.get("query", ""), f"{where}.query"),
        tuple(dict.fromkeys(read_type(name, f"{where}.type") for name in listed)),
        str(strictness),
        read_limit(query.get("limit", _LIMIT), f"{where}.limit"),
        values,
    )


def _property(value: object, where: str) -> Iterator[tuple[Property, Value]]:
    given = _object(value, where, 'a property is {"pid": "…", "v": …}')
    for name in ("pid", "v"):
        if name not in given:
            refuse(where, f"there is no {name!r}", 'a property is {"pid": "…", "v": …}')
    property_ = _known_property(given["pid"], f"{where}.pid")
    values = given["v"] if isinstance(given["v"], list) else [given["v"]]
    for one in _array(values, f"{where}.v", _MAX_VALUES):
        yield property_, _value(one, f"{where}.v")


def _value(value: object, where: str) -> Value:
    if isinstance(value, bool):
        return Value(str(value).lower())
    if isinstance(value, float) and value.is_integer():
        return Value(str(int(value)))
    if isinstance(value, str | int | float):
        return Value(str(value))
    given = _object(value, where, 'a value is text, a number, true, false, or {"id": "…", "name": "…"}')
    if not isinstance(given.get("id"), str):
        refuse(f"{where}.id", "the id of an entity is text", 'send {"id": "…", "name": "…"}')
    return Value(_text(given.get("name", ""), f"{where}.name"), str(given["id"]))


def read_extension(text: str) -> Extension:
    """Return what is to be fetched.

    Raises
    ------
    ProblemError
        If `text` asks for nothing of the kind.
    """
    shape = 'send {"ids": ["…"], "properties": [{"id": "…"}]}'
    asked = _object(_json(text, "extend"), "extend", shape)
    for name in ("ids", "properties"):
        if name not in asked:
            refuse("extend", f"there is no {name!r}", shape)
    ids = _array(asked["ids"], "extend.ids", MAX_IDS)
    given = _array(asked["properties"], "extend.properties", _MAX_PROPERTIES)
    return Extension(
        tuple(dict.fromkeys(_text(one, f"extend.ids[{i}]") for i, one in enumerate(ids))),
        tuple(_wanted(one, f"extend.properties[{i}]") for i, one in enumerate(given)),
    )


def _wanted(value: object, where: str) -> tuple[Property, int | None]:
    given = _object(value, where, 'a property is {"id": "…"}')
    property_ = _known_property(given.get("id"), f"{where}.id")
    settings = _object(given.get("settings", {}), f"{where}.settings", 'settings are {"limit": "5"}')
    limit = settings.get("limit", 0)
    if isinstance(limit, str) and limit.strip().isdecimal() and len(limit) < 10:
        limit = int(limit)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit < 1e9 or limit % 1:
        refuse(f"{where}.settings.limit", f"{_shown(limit)} is no number of values", "0 is all of them")
    return property_, int(limit) or None


def read_type(name: object, where: str) -> Type:
    """Return the type that a client names.

    Raises
    ------
    ProblemError
        If there is none of that name.
    """
    found = type_named(name) if isinstance(name, str) else None
    if found is None:
        refuse(where, f"there is no type {_shown(name)}", f"types: {', '.join(t.id for t in types())}")
    return found


def _known_property(name: object, where: str) -> Property:
    found = property_named(name) if isinstance(name, str) else None
    if found is None:
        near = get_close_matches(str(name)[:40], [p.id for p in properties()], 3)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        refuse(where, f"there is no property {_shown(name)}", f"{hint}/reconcile/properties lists them all")
    return found


def read_limit(value: object, where: str) -> int:
    """Return how many are wanted at most.

    Raises
    ------
    ProblemError
        If it is no whole number within bounds.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= MAX_LIMIT or value % 1:
        refuse(where, f"{_shown(value)} is out of range", f"give a whole number from 1 to {MAX_LIMIT}")
    return int(value)


def _json(text: str, where: str) -> object:
    try:
        found = json.loads(text, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        more = {"line": error.lineno, "column": error.colno}
        refuse(where, f"this is no JSON ({error.msg}, {place})", "send a JSON object", **more)
    except UnicodeEncodeError:
        refuse(where, "it holds half of a surrogate pair", "send whole characters")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is none"
        refuse(where, reason, "send a plain JSON object")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _checked(kind: type[_T], value: object, where: str, wanted: str, hint: str) -> _T:
    if not isinstance(value, kind):
        refuse(where, f"{_shown(value)} is no {wanted}", hint)
    return value


def _object(value: object, where: str, hint: str) -> Mapping[str, Any]:
    return _checked(dict, value, where, "JSON object", hint)


def _array(value: object, where: str, most: int) -> Sequence[Any]:
    found: list[Any] = _checked(list, value, where, "JSON array", "send [ … ]")
    if len(found) > most:
        refuse(where, f"there are {len(found):,} of them", f"send {most:,} at most")
    return found


def _text(value: object, where: str) -> str:
    return _checked(str, value, where, "text", "send a JSON string")


def _member(where: str, name: str) -> str:
    return f"{where}.{name}" if name.isidentifier() else f"{where}[{json.dumps(name[:40], ensure_ascii=False)}]"


def _shown(value: object) -> str:
    """Return a value as JSON, cut where it is long."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else f"{shown[:60]} …"
