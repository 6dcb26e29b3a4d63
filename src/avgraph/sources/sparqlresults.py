"""Results of SPARQL queries as rows: variables become columns.

Reference: https://www.w3.org/TR/sparql11-results-json/.  :func:`binding_row` gives every variable its value;
:func:`work_row` knows the names by which queries about works usually call their variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from avgraph.sources.wikidata import country_of

__all__ = ["VARIABLES", "binding_row", "work_row"]

Json = Mapping[str, Any]

_ITEM = re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(Q[1-9][0-9]*)")
_UNKNOWN = re.compile(r"https?://(?:www\.)?wikidata\.org/\.well-known/genid/|_:")
#: What a column means → names of its variable, in lower case and without underscores.
VARIABLES: dict[str, tuple[str, ...]] = {
    "work": ("work", "film", "movie", "series", "show", "tvshow", "item"),
    "director": ("director",),
    "writer": ("writer", "screenwriter", "author"),
    "producer": ("producer",),
    "actor": ("actor", "cast", "castmember"),
    "composer": ("composer",),
    "company": ("company", "productioncompany", "studio"),
    "distributor": ("distributor",),
    "broadcaster": ("broadcaster", "network", "originalbroadcaster"),
    "country": ("country", "countryoforigin", "origin"),
    "award": ("award", "awardreceived", "prize"),
    "nomination": ("nomination", "nominatedfor"),
    "genre": ("genre",),
    "language": ("language", "originallanguage"),
}
#: The same for variables whose values are texts.
_TEXTS = {
    "title": ("title", "name", "worktitle", "filmtitle"),
    "date": ("date", "releasedate", "publicationdate", "pubdate", "released", "release"),
    "year": ("year", "releaseyear"),
    "award year": ("awardyear", "awarddate", "pointintime"),
    "runtime": ("runtime", "duration"),
    "imdb": ("imdb", "imdbid"),
    "eidr": ("eidr", "eidrid"),
    "isan": ("isan",),
}


def binding_row(record: Json) -> dict[str, Any] | None:
    """Return the values of a binding by variable; items of Wikidata as their ids, unknown values left out.

    >>> binding_row({"film": {"type": "uri", "value": "http://www.wikidata.org/entity/Q42"},
    ...              "filmLabel": {"type": "literal", "value": "Rust", "xml:lang": "en"}})
    {'film': 'Q42', 'filmLabel': 'Rust', 'filmLabel@lang': 'en'}
    """
    row: dict[str, Any] = {}
    for name, term in record.items():
        if not isinstance(term, dict) or not isinstance(term.get("value"), str):
            return None
        value = term["value"]
        if term.get("type") == "bnode" or (term.get("type") == "uri" and _UNKNOWN.match(value)):
            continue
        item = _ITEM.fullmatch(value) if term.get("type") == "uri" else None
        row[name] = item[1] if item else value
        if isinstance(term.get("xml:lang"), str):
            row[f"{name}@lang"] = term["xml:lang"]
    return row


def work_row(record: Json) -> dict[str, Any] | None:
    """Return a binding under the names of :data:`VARIABLES`; None where none of them names a work.

    Of each thing the columns are ``NAME id`` (an item of Wikidata), ``NAME iri`` (any other IRI) and
    ``NAME label``; a label that only repeats the id is none.
    """
    values = binding_row(record)
    if values is None:
        return None
    names = {re.sub("[_ ]", "", name).lower(): name for name in values}
    row: dict[str, Any] = {}
    for column, variables in VARIABLES.items():
        found = next((v for v in variables if v in names or f"{v}label" in names), None)
        if found is None:
            continue
        value = values.get(names.get(found, ""))
        label = values.get(names.get(f"{found}label", ""))
        is_item = bool(value and re.fullmatch("Q[1-9][0-9]*", value))
        is_iri = bool(value and re.match("[a-z][a-z0-9+.-]*://", value))
        row[f"{column} id"] = value if is_item else None
        row[f"{column} iri"] = value if is_iri else None
        row[f"{column} label"] = label if label and label != value else None if is_item or is_iri else value
    for column, variables in _TEXTS.items():
        row[column] = next((values[names[v]] for v in variables if v in names), None)
    if not any(row.get(f"work {part}") for part in ("id", "iri", "label")):
        return None
    row["work"] = row["work id"] or row["work iri"] or row["work label"]
    row["country code"] = country_of(row.get("country id"))
    return row
