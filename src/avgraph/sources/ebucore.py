"""EBUCore documents as rows: a work with its titles, contributors, dates, places, showings and awards.

Reference: https://tech.ebu.ch/metadata/ebucore (XML schema 1.x).  Elements are known by their local names, roles by
their labels, or by the end of their links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from avgraph.sources.shapes import element_text, elements, first_text

__all__ = ["core_row"]

#: Role label, in lower case → role of a person's credit.
_CREDITS = {
    "director": "director", "film director": "director", "réalisateur": "director", "réalisatrice": "director",
    "regisseur": "director", "regie": "director", "writer": "writer", "screenwriter": "writer",
    "scriptwriter": "writer",
    "screenplay": "writer", "scénariste": "writer", "drehbuch": "writer", "author": "writer", "producer": "producer",
    "producteur": "producer", "executive producer": "executive producer", "co-producer": "co-producer",
    "actor": "actor", "actress": "actor", "cast": "actor", "performer": "actor", "acteur": "actor", "actrice": "actor",
    "voice": "voice", "voice actor": "voice", "composer": "composer", "music": "composer", "compositeur": "composer",
    "creator": "creator", "editor": "editor", "film editor": "editor", "monteur": "editor",
    "cinematographer": "cinematographer", "director of photography": "cinematographer",
}  # fmt: skip
#: Role label of an organization → what it does.
_DEEDS = {
    "producer": "produces", "production company": "produces", "production": "produces", "producteur": "produces",
    "co-producer": "co-produces", "coproducer": "co-produces", "co-production company": "co-produces",
    "executive producer": "executes", "broadcaster": "airs", "commissioning broadcaster": "commissions",
    "commissioner": "commissions", "channel": "airs", "distributor": "distributes", "distribution": "distributes",
    "publisher": "distributes", "world sales": "sells", "sales agent": "sells", "funder": "supports",
    "fund": "supports", "sponsor": "supports", "financial support": "supports",
}  # fmt: skip
_SUBTYPES = {
    "film": "film", "movie": "film", "feature film": "film", "feature": "film", "documentary": "film",
    "short film": "short film", "short": "short film", "series": "series", "tv series": "series",
    "television series": "series", "season": "season", "episode": "episode",
}  # fmt: skip
_DATES = {"produced": "production date", "created": "production date", "released": "release date",
          "issued": "release date", "broadcast": "broadcast date", "published": "release date"}  # fmt: skip
_RELATIONS = {"isEpisodeOf": "episode of", "isSeasonOf": "season of", "isPartOf": "part of", "isBasedOn": "based on"}
_SCHEMES = ("eidr", "isan", "imdb", "wikidata")


def core_row(record: Mapping[str, Any]) -> dict[str, Any] | None:
    r"""Return the columns of a core metadata element; None where it has no title and no identifier.

    >>> row = core_row({"title": {"title": {"\x00": "Rust", "@lang": "en"}}, "creator": {
    ...     "contactDetails": {"name": "A"}, "role": {"@typeLabel": "Director"}}})
    >>> row["title"], row["language"], row["credit"]
    ('Rust', 'en', [{'id': None, 'name': 'A', 'role': 'director', 'job': None}])
    """
    titles = [t for t in elements(record, "title", "title") if element_text(t)]
    others = [t for key in ("title", "alternativeTitle") for t in elements(record, key, "title")]
    title = element_text(titles[0]) if titles else None
    if title is None and not elements(record, "identifier"):
        return None
    language = first_text(titles[0], "@lang") if titles else None
    kinds = [
        label.lower() for key in ("objectType", "type") for e in elements(record, "type", key) if (label := _label(e))
    ]
    dates = list(_dates(record))
    produced = next((d["date"] for d in dates if d["property"] == "production date"), None)
    return {
        "title": title,
        "language": language[:2].lower() if language and re.match("[A-Za-z]{2}(?:-|$)", language) else None,
        "titles": [t for t in dict.fromkeys(map(element_text, others)) if t and t != title],
        "subtype": next((_SUBTYPES[k] for k in kinds if k in _SUBTYPES), next(iter(kinds), None)),
        "year": next((d[:4] for d in (produced, *(d["date"] for d in dates)) if d), None),
        **_identifiers(record),
        "fact": dates,
        "genre": [_label(g) for g in elements(record, "type", "genre")],
        "subject": list(map(element_text, elements(record, "subject", "subject"))),
        "spoken": list(map(element_text, elements(record, "language", "language"))),
        "description": first_text(record, "description", "description"),
        "length": next(_lengths(record), None),
        "credit": [c for kind, e in _entities(record) for c in _people(e, kind)],
        "org": [o for kind, e in _entities(record) for o in _organizations(e, kind)],
        "place": list(_places(record)),
        "showing": list(_showings(record)),
        "award": [*_awards(elements(record, "award"))],
        "relation": list(_relations(record)),
    }  # fmt: skip


def _label(element: Any) -> str | None:
    """Return what an element says it is: its label, the end of its link, or its text."""
    label = first_text(element, "@typeLabel") or first_text(element, "@formatLabel") or element_text(element)
    link = first_text(element, "@typeLink") or ""
    return label or re.split("[/#]", link)[-1].replace("_", " ") or None


def _entities(record: Any) -> Iterator[tuple[str, Any]]:
    for kind in ("creator", "contributor", "publisher"):
        for entity in elements(record, kind):
            yield kind, entity


def _roles(entity: Any, kind: str) -> list[str]:
    return [label for role in elements(entity, "role") if (label := _label(role))] or [kind]


def _name(contact: Any) -> str | None:
    parts = [first_text(contact, "givenName"), first_text(contact, "familyName")]
    return first_text(contact, "name") or " ".join(p for p in parts if p) or None


def _people(entity: Any, kind: str) -> Iterator[dict[str, Any]]:
    for contact in elements(entity, "contactDetails"):
        for role in _roles(entity, kind):
            known = _CREDITS.get(role.lower()) if elements(entity, "role") else None
            job = None if known and role.lower() == known else role
            yield {
                "id": first_text(contact, "@contactId"),
                "name": _name(contact),
                "role": known or "other",
                "job": job,
            }


def _organizations(entity: Any, kind: str) -> Iterator[dict[str, Any]]:
    for organization in elements(entity, "organisationDetails"):
        country = next(iter(elements(organization, "details", "address", "country")), None)
        for role in _roles(entity, kind):
            id_, name = first_text(organization, "@organisationId"), first_text(organization, "organisationName")
            yield {"id": id_, "name": name,
                   "deed": _DEEDS.get(role.lower(), "other"), "job": role, "country": _label(country)}  # fmt: skip


def _date(element: Any) -> str | None:
    """Return the date of a date group: the day, else the year."""
    date = first_text(element, "@startDate") or first_text(element, "@startYear") or element_text(element)
    return re.sub(r"(?<=\d)(?:Z|[+-]\d\d:\d\d)$", "", date) if date else None


def _dates(record: Any) -> Iterator[dict[str, Any]]:
    for group in elements(record, "date"):
        for name, property_ in _DATES.items():
            for element in elements(group, name):
                if date := _date(element):
                    yield {"property": property_, "date": date}
        for element in [*elements(group, "date"), *elements(group, "alternative")]:
            label = (_label(group) or _label(element) or "").lower()
            property_ = next((p for n, p in _DATES.items() if n in label), "")
            if property_ and (date := _date(element)):
                yield {"property": property_, "date": date}


def _identifiers(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = {**dict.fromkeys(_SCHEMES), "identifier": [], "local identifier": []}
    for element in elements(record, "identifier"):
        inner = next(iter(elements(element, "identifier")), element)
        value = element_text(inner)
        label = _label(element) if element is not inner else None
        label = label or first_text(inner, "@typeLabel") or first_text(inner, "@formatLabel") or ""
        scheme = next((s for s in _SCHEMES if s in label.lower()), None)
        if value and scheme and found[scheme] is None:
            found[scheme] = value
        elif value and (owner := first_text(element, "@attributor") or first_text(element, "@typeNamespace")):
            found["identifier"].append(f"{owner}/{label or 'identifier'}/{value}")
        elif value:
            found["local identifier"].append(f"{label or 'identifier'}/{value}")
    return found


def _lengths(record: Any) -> Iterator[str]:
    for parent in (record, *elements(record, "format")):
        for duration in elements(parent, "duration"):
            for name in ("normalPlayTime", "timecode", "time"):
                yield from filter(None, map(element_text, elements(duration, name)))


def _places(record: Any) -> Iterator[dict[str, Any]]:
    for location in elements(record, "coverage", "spatial", "location"):
        names = [element_text(n) for n in elements(location, "name")]
        name = next((n for n in names if n), None) or element_text(location)
        label = (first_text(location, "@typeLabel") or "").lower()
        relation = "set in"
        if re.search("origin|production", label):
            relation = "country of origin"
        elif re.search("film|shoot|tournage|dreh", label):
            relation = "filmed in"
        kind = "country" if relation == "country of origin" or "country" in label else None
        yield {"name": name, "kind": kind, "relation": relation, "id": first_text(location, "@locationId")}


def _showings(record: Any) -> Iterator[dict[str, Any]]:
    for event in elements(record, "publicationHistory", "publicationEvent"):
        services = [e for key in ("publicationService", "publicationChannel") for e in elements(event, key)]
        names = [
            first_text(s, "publicationServiceName") or first_text(s, "@publicationServiceName")
            or first_text(s, "@publicationChannelName") or element_text(s)
            for s in services
        ]  # fmt: skip
        regions = [_label(c) for c in elements(event, "publicationRegion", "country")]
        date = next((d for d in map(_date, elements(event, "publicationDate")) if d), None) or first_text(
            event, "@startDate"
        )
        yield {
            "service": next((n for n in names if n), None),
            "date": date,
            "country": next((r for r in regions if r), None),
        }


def _awards(awards: list[Any]) -> Iterator[dict[str, Any]]:
    for award in awards:
        date = next((d for d in map(_date, elements(award, "date")) if d), None)
        yield {"name": first_text(award, "name"), "id": first_text(award, "@awardId"),
               "category": next((c for c in map(_label, elements(award, "category")) if c), None),
               "ceremony": first_text(award, "ceremony"), "year": date[:4] if date else None,
               "detail": first_text(award, "description")}  # fmt: skip


def _relations(record: Any) -> Iterator[dict[str, Any]]:
    for name, relation in _RELATIONS.items():
        for element in elements(record, name):
            number = first_text(element, "@runningOrderNumber")
            number = number if number and number.isdecimal() else None
            yield {"name": first_text(element, "relation"), "relation": relation,
                   "id": first_text(element, "relationIdentifier", "identifier"),
                   "season": number if relation == "season of" else None,
                   "episode": number if relation == "episode of" else None}  # fmt: skip
