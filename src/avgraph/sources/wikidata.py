"""Entities of Wikidata as rows: what an item is, its names and ids, and its statements as lists.

Reference: https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html.  Targets of statements are known by
their ids only.  Statements ranked deprecated and values that are unknown (``somevalue``) or none (``novalue``) claim
nothing; preferred and normal statements stand side by side.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from avgraph.dates import is_partial_date

__all__ = ["country_of", "entity_row", "wikidata_date"]

Json = Mapping[str, Any]

#: Property → role of a credit and, where the role does not say it all, the job.
_CREDITS = {
    "P57": ("director", None), "P58": ("writer", None), "P161": ("actor", None), "P725": ("voice", None),
    "P162": ("producer", None), "P1431": ("executive producer", None), "P86": ("composer", None),
    "P1040": ("editor", None), "P344": ("cinematographer", None), "P170": ("creator", None),
    "P371": ("other", "presenter"), "P2515": ("other", "costume designer"), "P2554": ("other", "production designer"),
    "P3092": ("other", "film crew member"),
}  # fmt: skip
#: Property → what a person or company is to an organization.
_TIES_TO = {"P108": ("employee", None), "P463": ("member", None), "P749": ("part of", None)}
_TIES_OF_PEOPLE = {"P112": ("founder", None), "P169": ("employee", "chief executive officer"),
                   "P1037": ("employee", "director / manager")}  # fmt: skip
_TIES_OF_ORGANIZATIONS = {"P127": ("owner", None), "P355": ("part of", None)}
#: Property → relation to a place.
_PLACES = {
    "Work": {"P495": "country of origin", "P915": "filmed in", "P840": "set in"},
    "Person": {"P27": "nationality", "P19": "born in"},
    "Organization": {"P17": "located in", "P159": "located in"},
    "Event": {"P17": "located in", "P276": "located in"},
    "Award": {"P17": "country of origin"},
}
#: Property → relation to another work.
_WORKS = {"P144": "based on", "P361": "part of", "P941": "inspired by"}
_IMDB_TYPES = {"tt": "Work", "nm": "Person", "co": "Organization", "ev": "Event"}
#: Properties that only things of one type have, for items whose kind is not listed.
_TELLING = {
    "Work": ("P161", "P57", "P58", "P2047", "P4947", "P4983", "P2704", "P449"),
    "Person": ("P569", "P106", "P734", "P735", "P19"),
    "Organization": ("P12142", "P1454", "P169", "P452"),
    "Award": ("P1027",),
}
_LANGUAGES = ("en", "mul", "fr", "de", "nl", "es", "it")
_TIME = re.compile(r"\+(\d{4})-(\d{2})-(\d{2})T")


@cache
def _tables() -> dict[str, Any]:
    tables = tomllib.loads(files("avgraph.sources").joinpath("wikidata.toml").read_text("utf-8"))
    tables["countries"] = {item: code for code, items in tables["countries"].items() for item in items}
    return tables


def country_of(item: str | None) -> str | None:
    """Return the ISO 3166 code of a country's item, None for any other.

    >>> country_of("Q32"), country_of("Q42")
    ('LU', None)
    """
    code: str | None = _tables()["countries"].get(item)
    return code


def entity_row(record: Json) -> dict[str, Any] | None:
    """Return the columns of an entity; None for one that is no person, organization, work, award, event or place.

    >>> row = entity_row({"id": "Q1", "labels": {"en": {"value": "Rust"}}, "claims": {"P31": [{"mainsnak": {
    ...     "snaktype": "value", "datavalue": {"value": {"id": "Q11424"}}}}]}})
    >>> row["type"], row["subtype"], row["label"]
    ('Work', 'film', 'Rust')
    """
    claims = record.get("claims")
    claims = claims if isinstance(claims, dict) else {}
    type_, subtype = _type(claims)
    if type_ is None:
        return None
    label, language, names = _names(record)
    row: dict[str, Any] = {
        "id": record.get("id"), "type": type_, "subtype": subtype, "label": label, "language": language,
        "names": names, **_ids(claims, type_), "place": list(_places(claims, type_)),
        "award": [*_awards(claims, "P166", "won"), *_awards(claims, "P1411", "nominated")],
    }  # fmt: skip
    if type_ == "Work":
        row |= _work(claims, subtype)
    elif type_ == "Person":
        row |= _person(claims)
    else:
        row |= _organization(claims)
    return row


def wikidata_date(value: Any) -> str | None:
    """Return a time value with its precision as a partial date; None for decades and less, and before year 1000.

    >>> wikidata_date({"time": "+2019-10-16T00:00:00Z", "precision": 10})
    '2019-10'
    """
    match = _TIME.match(str(value.get("time", ""))) if isinstance(value, dict) else None
    precision = value.get("precision") if match else None
    if match is None or not isinstance(precision, int) or precision < 9:
        return None
    date = "-".join(match.groups()[: min(precision, 11) - 8]).removesuffix("-00").removesuffix("-00")
    return date if is_partial_date(date) else None


def _values(statement: Any) -> Any:
    """Return the value of a snak, None where it is unknown or none."""
    if not isinstance(statement, dict) or statement.get("snaktype", "value") != "value":
        return None
    data = statement.get("datavalue")
    return data.get("value") if isinstance(data, dict) else None


def _statements(claims: Json, property_: str) -> Iterator[tuple[Any, Json]]:
    """Yield (value, qualifiers) of each statement that says something."""
    statements = claims.get(property_)
    for statement in statements if isinstance(statements, list) else ():
        if not isinstance(statement, dict) or statement.get("rank") == "deprecated":
            continue
        value = _values(statement.get("mainsnak"))
        if value is not None:
            qualifiers = statement.get("qualifiers")
            yield value, qualifiers if isinstance(qualifiers, dict) else {}


def _items(claims: Json, property_: str) -> Iterator[tuple[str, Json]]:
    """Yield (item id, qualifiers) of each statement whose value is an item."""
    for value, qualifiers in _statements(claims, property_):
        if item := _item(value):
            yield item, qualifiers


def _item(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("id"), str):
        return str(value["id"])
    number = value.get("numeric-id")
    return f"Q{number}" if isinstance(number, int) else None


def _qualified(qualifiers: Json, property_: str) -> list[Any]:
    """Return the known values of a qualifier."""
    snaks = qualifiers.get(property_)
    values = [_values(snak) for snak in snaks] if isinstance(snaks, list) else []
    return [v for v in values if v is not None]


def _first_item(qualifiers: Json, *properties: str) -> str | None:
    return next((item for p in properties for v in _qualified(qualifiers, p) if (item := _item(v))), None)


def _first_date(qualifiers: Json, *properties: str) -> str | None:
    dates = (wikidata_date(v) for p in properties for v in _qualified(qualifiers, p))
    return next((d for d in dates if d), None)


def _first_text(claims: Json, property_: str) -> str | None:
    return next((v for v, _ in _statements(claims, property_) if isinstance(v, str)), None)


def _type(claims: Json) -> tuple[str | None, str]:
    """Return what the item is: by its kinds, else by its IMDb id, else by what is said of it."""
    kinds = _tables()["kinds"]
    for item, _ in _items(claims, "P31"):
        if item in kinds:
            return tuple(kinds[item])
    prefix = (_first_text(claims, "P345") or "")[:2]
    if prefix in _IMDB_TYPES:
        return _IMDB_TYPES[prefix], ""
    return next((t for t, properties in _TELLING.items() if any(p in claims for p in properties)), None), ""


def _names(record: Json) -> tuple[str | None, str | None, list[str]]:
    """Return the label, its language (None where it has no code of two letters), and all other names."""
    raw = record.get("labels")
    labels = {k: v["value"] for k, v in raw.items() if _is_text(v)} if isinstance(raw, dict) else {}
    language = next((code for code in (*_LANGUAGES, *sorted(labels)) if code in labels), None)
    label = labels.get(language)
    names = list(labels.values())
    aliases = record.get("aliases")
    for group in aliases.values() if isinstance(aliases, dict) else ():
        names += [v["value"] for v in (group if isinstance(group, list) else ()) if _is_text(v)]
    titles = [v.get("text") for p in ("P1476", "P1559") for v, _ in _statements(_claims(record), p) if _is_map(v)]
    names += [t for t in titles if isinstance(t, str)]
    code = language if language and re.fullmatch("[a-z]{2}", language) else None
    return label, code, [n for n in dict.fromkeys(names) if n != label]


def _claims(record: Json) -> Json:
    claims = record.get("claims")
    return claims if isinstance(claims, dict) else {}


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("value"), str)


def _ids(claims: Json, type_: str) -> dict[str, Any]:
    """Return the external ids: those of known schemes by name, all others as ``property/value``."""
    imdb = next((v for v, _ in _statements(claims, "P345") if _IMDB_TYPES.get(str(v)[:2]) == type_), None)
    tmdb = {"Work": (("P4947", "movie"), ("P4983", "tv")), "Person": (("P4985", "person"),)}.get(type_, ())
    found: dict[str, Any] = {
        "imdb": imdb,
        "eidr": _first_text(claims, "P2704" if type_ == "Work" else "P12142"),
        "isan": _first_text(claims, "P3212"),
        "tmdb": next((f"{kind}/{v}" for p, kind in tmdb if (v := _first_text(claims, p))), None),
    }
    named = ("P345", "P2704", "P12142", "P3212", "P4947", "P4983", "P4985")
    found["external"] = [
        f"{property_}/{value}"
        for property_, statements in claims.items()
        if property_ not in named and isinstance(statements, list) and _is_external(statements)
        for value, _ in _statements(claims, property_)
        if isinstance(value, str)
    ]
    return found


def _is_external(statements: list[Any]) -> bool:
    snaks = (s.get("mainsnak") for s in statements if isinstance(s, dict))
    return any(isinstance(s, dict) and s.get("datatype") == "external-id" for s in snaks)


def _places(claims: Json, type_: str) -> Iterator[dict[str, Any]]:
    for property_, relation in _PLACES.get(type_, {}).items():
        for item, _ in _items(claims, property_):
            code = country_of(item)
            yield {"id": item, "code": code, "kind": "country" if code else None, "relation": relation}


def _awards(claims: Json, property_: str, result: str) -> Iterator[dict[str, Any]]:
    for item, qualifiers in _items(claims, property_):
        date = _first_date(qualifiers, "P585")
        works: list[str | None] = [w for v in _qualified(qualifiers, "P1686") if (w := _item(v))]
        for work in works or [None]:
            yield {"id": item, "result": result, "year": date[:4] if date else None, "work": work,
                   "edition": _first_item(qualifiers, "P805")}  # fmt: skip


def _work(claims: Json, subtype: str) -> dict[str, Any]:
    """Return the statements of a work."""
    tables = _tables()
    releases: list[dict[str, Any]] = [
        {"date": date, "place": place, "code": country_of(place)}
        for value, qualifiers in _statements(claims, "P577")
        if (date := _date(value, qualifiers))
        for place in (_first_item(qualifiers, "P291"),)
    ]
    languages = [item for p in ("P364", "P407") for item, _ in _items(claims, p)]
    first = min((r["date"][:4] for r in releases), default=None) or _year(claims, "P580")
    return {
        "year": first,
        "credit": list(_credits(claims)),
        "company": [{"id": item} for item, _ in _items(claims, "P272")],
        "distributor": [
            {"id": item, "date": _first_date(q, "P577", "P585", "P580")} for item, q in _items(claims, "P750")
        ],
        "broadcaster": [{"id": item, "date": _first_date(q, "P580")} for item, q in _items(claims, "P449")],
        "sponsor": [{"id": item} for item, _ in _items(claims, "P859")],
        "release": releases,
        "start": _first_of(claims, "P580"),
        "end": _first_of(claims, "P582"),
        "spoken": [tables["languages"].get(item, item) for item in dict.fromkeys(languages)],
        "genre": [tables["genres"].get(item, item) for item, _ in _items(claims, "P136")],
        "subject": [item for item, _ in _items(claims, "P921")],
        "personage": [item for item, _ in _items(claims, "P674")],
        "runtime": [m for value, _ in _statements(claims, "P2047") if (m := _amount(value, tables["minutes"]))],
        "budget": list(_money(claims, "P2130")),
        "gross": list(_money(claims, "P2142")),
        "seasons": _count(claims, "P2437"),
        "episodes": _count(claims, "P1113"),
        "relation": list(_relations(claims, subtype)),
    }


def _person(claims: Json) -> dict[str, Any]:
    return {
        "year": _year(claims, "P569"),
        "born": _first_of(claims, "P569"),
        "died": _first_of(claims, "P570"),
        "profession": [item for item, _ in _items(claims, "P106")],
        "known": [{"id": item} for item, _ in _items(claims, "P800")],
        "tie": list(_ties(claims, _TIES_TO)),
    }


def _organization(claims: Json) -> dict[str, Any]:
    return {
        "year": _year(claims, "P571"),
        "end": _first_of(claims, "P576"),
        "tie": list(_ties(claims, _TIES_TO)),
        "insider": list(_ties(claims, _TIES_OF_PEOPLE)),
        "affiliate": list(_ties(claims, _TIES_OF_ORGANIZATIONS)),
    }


def _credits(claims: Json) -> Iterator[dict[str, Any]]:
    for property_, (role, job) in _CREDITS.items():
        for item, qualifiers in _items(claims, property_):
            played = [i for v in _qualified(qualifiers, "P453") if (i := _item(v))]
            named = [v for v in _qualified(qualifiers, "P4633") if isinstance(v, str)]
            characters: list[str | None] = [*(named or played)] or [None]
            ordinal = next((v for v in _qualified(qualifiers, "P1545") if str(v).isdecimal()), None)
            for character in characters:
                yield {"id": item, "role": role, "job": job, "character": character, "billing": ordinal}


def _ties(claims: Json, properties: Mapping[str, tuple[str, str | None]]) -> Iterator[dict[str, Any]]:
    for property_, (role, job) in properties.items():
        for item, qualifiers in _items(claims, property_):
            yield {"id": item, "role": role, "job": job, "from": _first_date(qualifiers, "P580"),
                   "to": _first_date(qualifiers, "P582")}  # fmt: skip


def _relations(claims: Json, subtype: str) -> Iterator[dict[str, Any]]:
    """Yield relations to other works: a season belongs to its series, an episode to both."""
    in_series = {"season": "season of", "episode": "episode of"}.get(subtype, "part of")
    for item, qualifiers in _items(claims, "P179"):
        ordinal = next((v for v in _qualified(qualifiers, "P1545") if str(v).isdecimal()), None)
        yield {"id": item, "relation": in_series, "season": ordinal if subtype == "season" else None,
               "episode": ordinal if subtype == "episode" else None}  # fmt: skip
    for item, qualifiers in _items(claims, "P4908"):
        ordinal = next((v for v in _qualified(qualifiers, "P1545") if str(v).isdecimal()), None)
        yield {"id": item, "relation": "part of", "season": None, "episode": ordinal}
    for property_, relation in _WORKS.items():
        for item, _ in _items(claims, property_):
            yield {"id": item, "relation": relation, "season": None, "episode": None}


def _date(value: Any, qualifiers: Json) -> str | None:
    """Return a date; one given as circa (P1480) is about."""
    date = wikidata_date(value)
    about = any(_item(v) == "Q5727902" for v in _qualified(qualifiers, "P1480"))
    return f"{date}~" if date and about else date


def _first_of(claims: Json, property_: str) -> str | None:
    return next((d for v, q in _statements(claims, property_) if (d := _date(v, q))), None)


def _year(claims: Json, property_: str) -> str | None:
    date = _first_of(claims, property_)
    return date[:4] if date else None


def _amount(value: Any, units: Mapping[str, float]) -> str | None:
    """Return a quantity in the unit of 1; None in a unit that is not listed."""
    if not isinstance(value, dict):
        return None
    unit = units.get(str(value.get("unit", "")).rpartition("/")[2])
    try:
        number = float(value["amount"]) * (unit or 0.0)
    except (KeyError, TypeError, ValueError):
        return None
    return f"{number:.10g}" if unit and 0 < number < 1e15 else None


def _money(claims: Json, property_: str) -> Iterator[dict[str, Any]]:
    currencies = _tables()["currencies"]
    for value, _ in _statements(claims, property_):
        unit = str(value.get("unit", "")).rpartition("/")[2] if isinstance(value, dict) else ""
        if amount := _amount(value, {unit: 1.0}):
            yield {"amount": amount, "currency": currencies.get(unit, unit)}


def _count(claims: Json, property_: str) -> str | None:
    value = next((v for v, _ in _statements(claims, property_) if isinstance(v, dict)), {})
    return _amount({**value, "unit": "1"}, {"1": 1.0})
