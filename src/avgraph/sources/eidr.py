"""Records of the EIDR registry as rows: abstract works with their titles, parties, ids, and place in a series.

Reference: https://www.eidr.org/technology/ (data fields), with MovieLabs common metadata for names and sequences.
Edits and manifestations of a work are no works and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from avgraph.sources.shapes import element_text, elements, first_text

__all__ = ["object_row"]

_SUBTYPES = {
    "movie": "film", "short": "short film", "series": "series", "season": "season", "tv": "television programme",
    "web": "web video", "supplemental": "supplement", "interactive material": "interactive work",
    "compilation": "compilation",
}  # fmt: skip
#: Countries that are no more stand under ISO 3166-3 codes of four letters.
_FORMER = {"SUHH": "SU", "DDDE": "DD", "YUCS": "YU", "CSHH": "CS", "CSXX": "RS"}


def object_row(record: Mapping[str, Any]) -> dict[str, Any] | None:
    r"""Return the columns of a full, simple or base record; None for what is no abstract work.

    >>> row = object_row({"ID": "10.5240/X", "ReferentType": "Movie", "ResourceName": {"\x00": "T", "@lang": "fr"}})
    >>> row["eidr"], row["subtype"], row["title"], row["language"]
    ('10.5240/X', 'film', 'T', 'fr')
    """
    base = next(iter(elements(record, "BaseObjectData")), record)
    kind = first_text(base, "ReferentType")
    if not isinstance(base, dict) or kind is None or first_text(base, "StructuralType") not in (None, "Abstraction"):
        return None
    extra: Any = next(iter(elements(record, "ExtraObjectMetadata")), {})
    names = elements(base, "ResourceName")
    language = first_text(names[0], "@lang") if names else None
    episode: Any = next(iter(elements(extra, "EpisodeInfo")), {})
    season: Any = next(iter(elements(extra, "SeasonInfo")), {})
    subtype = "episode" if episode else _SUBTYPES.get(kind.lower(), kind.lower())
    title = element_text(names[0]) if names else None
    others = [*names[1:], *elements(base, "AlternateResourceName")]
    return {
        "eidr": first_text(base, "ID"),
        "subtype": subtype,
        "title": title,
        "language": language[:2].lower() if language and re.match("[A-Za-z]{2}(?:-|$)", language) else None,
        "titles": [t for t in dict.fromkeys(map(element_text, others)) if t and t != title],
        "date": first_text(base, "ReleaseDate"),
        "end date": next((d for i in ("SeriesInfo", "SeasonInfo") if (d := first_text(extra, i, "EndDate"))), None),
        "length": first_text(base, "ApproximateLength"),
        "description": first_text(base, "Description"),
        "spoken": list(dict.fromkeys(map(element_text, elements(base, "OriginalLanguage")))),
        "country": list(_countries(base)),
        "org": list(_organizations(base)),
        "credit": list(_credits(base)),
        **_alternate_ids(base),
        "parent": {
            "eidr": first_text(episode, "Parent") or first_text(season, "Parent"),
            "relation": "episode of" if episode else "season of" if season else None,
            "season": _whole(first_text(season, "SequenceNumber")),
            "episode": _whole(first_text(episode, "SequenceInfo", "DistributionNumber")),
        },
    }  # fmt: skip


def _whole(text: str | None) -> str | None:
    return text if text and text.isdecimal() else None


def _countries(base: Any) -> Iterator[dict[str, Any]]:
    """Yield countries of origin by code; regions (UN M49) have no country's code."""
    for country in elements(base, "CountryOfOrigin"):
        code = (element_text(country) or "").upper()
        if re.fullmatch("[0-9]{3}", code):
            yield {"code": None, "region": code}
        elif code:
            yield {"code": _FORMER.get(code, code), "region": None}


def _organizations(base: Any) -> Iterator[dict[str, Any]]:
    for party in elements(base, "AssociatedOrg"):
        names = [element_text(n) for key in ("DisplayName", "AlternateName") for n in elements(party, key)]
        id_ = first_text(party, "@organizationID")
        yield {
            "id": id_ if id_ and re.search(r"10\.523[79]/", id_) else None,
            "name": next((n for n in names if n), element_text(party)),
            "names": next((n for n in names[1:] if n), None),
            "role": (first_text(party, "@role") or "").lower() or None,
        }


def _credits(base: Any) -> Iterator[dict[str, Any]]:
    for element, role in (("Director", "director"), ("Actor", "actor"), ("Writer", "writer"), ("Producer", "producer")):
        for place, person in enumerate(elements(base, "Credits", element), start=1):
            name = first_text(person, "DisplayName") or element_text(person)
            yield {"name": name, "role": role, "billing": place if role == "actor" else None}


def _alternate_ids(base: Any) -> dict[str, Any]:
    """Return ids of other schemes, those without a scheme of their own as ``domain/value``.

    Ids of something else (a part, a version), and proprietary ones of an unknown owner, name nothing that could be
    compared and are left out.
    """
    found: dict[str, Any] = {"imdb": None, "isan": None, "alternate": []}
    for alternate in elements(base, "AlternateID"):
        value = element_text(alternate)
        type_ = (first_text(alternate, "@type") or "").rpartition(":")[2]
        domain = (first_text(alternate, "@domain") or "").lower()
        scheme = "imdb" if type_.upper() == "IMDB" or domain == "imdb.com" else type_.lower()
        if value is None or first_text(alternate, "@relation") not in (None, "IsSameAs"):
            continue
        if scheme in ("imdb", "isan") and found[scheme] is None:
            found[scheme] = value
        elif domain or scheme not in ("", "proprietary", "other"):
            found["alternate"].append(f"{domain or type_}/{value}")
    return found
