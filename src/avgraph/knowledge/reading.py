"""SPARQL rows → claims, entities and conflict sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from avgraph.errors import QueryError
from avgraph.knowledge.entity import Claim, ConflictSide
from avgraph.model import KINDS, SCHEMES
from avgraph.vocabulary import AV, CONCEPT, DCT, OA, PROV, RDF, RDFS, SCHEMA, SKOS, concept, term

__all__ = ["ENTITY_PROPERTIES", "ROLE_COLUMNS", "check_iri", "entity_fields", "is_address", "string_term", "to_claim",
           "to_side"]  # fmt: skip

ROLE_COLUMNS = {term(r.name): r.name for kind in KINDS.values() for r in kind.roles}
_VALUE_COLUMNS = {term(a.name): a.name for kind in KINDS.values() for a in kind.attributes}
_VALUE_COLUMNS |= {term(c): c for c in ("valid_from", "valid_to")}
_CONCEPTS = {concept(scheme, v): v for scheme, values in SCHEMES.items() for v in values}
_TYPES = {"PersonGroup": "Person", "Movie": "Work", "TVSeries": "Work", "TVSeason": "Work", "TVEpisode": "Work",
          "CreativeWork": "Work", "Country": "Place"}  # fmt: skip
ENTITY_PROPERTIES = "rdf:type rdfs:label skos:altLabel schema:identifier av:countryCode av:year av:subtype"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|\\^`\x00-\x20]+")

Node = Mapping[str, Sequence[Any]]


def check_iri(iri: str) -> None:
    """Refuse what would end an IRI in SPARQL text.

    Raises
    ------
    QueryError
        If a character stands there that no IRI holds.
    """
    if not _IRI.fullmatch(iri):
        raise QueryError(f"not an IRI: {iri!r}", "give the full IRI, or a name")


def is_address(value: str) -> bool:
    """Return whether a text may be the IRI of an entity: one of the web, or a URN."""
    return value.startswith(("http://", "https://", "urn:")) and _IRI.fullmatch(value) is not None


def string_term(text: str) -> str:
    """Return a SPARQL string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def entity_fields(node: Node) -> dict[str, Any]:
    """Return the fields of an entity from its properties."""
    class_ = next(iter(node.get(RDF + "type", ())), SCHEMA + "Thing").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    label = next(iter(node.get(RDFS + "label", ())), "")
    return {
        "label": label,
        "type": _TYPES.get(class_, class_),
        "subtype": next(iter(node.get(AV + "subtype", ())), None),
        "names": tuple(dict.fromkeys([label, *node.get(SKOS + "altLabel", ())])),
        "ids": tuple(node.get(SCHEMA + "identifier", ())),
        "countries": tuple(node.get(AV + "countryCode", ())),
        "year": next(iter(node.get(AV + "year", ())), None),
    }


def to_claim(
    iri: str, node: Node, evidence: Mapping[str, Mapping[str, Any]], sources: Mapping[str, Mapping[str, Any]],
    labels: Mapping[str, str],
) -> Claim | None:  # fmt: skip
    """Return the claim of a node, or None where the node is no claim."""
    kind = next((str(c).removeprefix(AV) for c in node.get(RDF + "type", ()) if str(c).removeprefix(AV) in KINDS), None)
    if kind is None:
        return None
    roles = {
        ROLE_COLUMNS[p]: tuple(map(str, vs)) for p, vs in node.items() if ROLE_COLUMNS.get(p) in KINDS[kind].role_names
    }
    columns = (*KINDS[kind].attribute_names, "valid_from", "valid_to")
    attributes = {
        _VALUE_COLUMNS[p]: _CONCEPTS.get(str(vs[0]), vs[0])
        for p, vs in node.items()
        if _VALUE_COLUMNS.get(p) in columns
    }
    place = evidence.get(next(iter(node.get(AV + "evidence", ())), ""), {})
    source = sources.get(next(iter(node.get(PROV + "wasDerivedFrom", ())), ""), {})
    return Claim(
        iri,
        kind,
        {role: roles[role] for role in KINDS[kind].role_names if role in roles},
        {column: attributes[column] for column in columns if column in attributes},
        {iri: labels[iri] for iris in roles.values() for iri in iris if iri in labels},
        str(node[AV + "status"][0]).removeprefix(CONCEPT + "status-"),
        float(node[AV + "confidence"][0]),
        next(iter(node.get(AV + "method", ())), ""),
        source.get(AV + "path", ""),
        source.get(DCT + "title"),
        place.get(OA + "exact"),
        place.get(OA + "start"),
        place.get(OA + "end"),
        place.get(AV + "row"),
        next(iter(node.get(AV + "observed", ())), None),
    )


def to_side(rows: Sequence[tuple[Any, ...]]) -> ConflictSide:
    """Return a conflict's side from its rows (value, number of independent sources, path, preferred, claim, quote)."""
    value, n_independent, _, preferred, _, _ = rows[0]
    quote = next((row[5] for row in rows if row[5]), None)
    sources, claims = (tuple(dict.fromkeys(row[column] for row in rows if row[column])) for column in (2, 4))
    return ConflictSide(value, tuple(sorted(sources)), bool(preferred), claims, int(n_independent or 0), quote)
