"""Every IRI that avgraph's code emits, in one place; `ontology/` declares those of our own.

``AV`` holds our terms, ``CONCEPT`` the SKOS concepts of the closed schemes (``CONCEPT + "credit-director"``).
"""

from __future__ import annotations

__all__ = ["AV", "CONCEPT", "DCAT", "DCT", "FOAF", "ID_BASE", "OA", "OWL", "PREFIXES", "PROV", "RDF", "RDFS", "SCHEMA",
           "SKOS", "SPDX", "VOID", "XSD", "compact", "concept", "entity_class", "expand", "term"]  # fmt: skip

AV = "https://w3id.org/avgraph/ontology#"
CONCEPT = "https://w3id.org/avgraph/concept#"
ID_BASE = "https://w3id.org/avgraph/id/"
SCHEMA = "https://schema.org/"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
VOID = "http://rdfs.org/ns/void#"
# What describes a data set as a whole; no claim uses them.
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"

PREFIXES: dict[str, str] = {
    "av": AV, "avc": CONCEPT, "schema": SCHEMA, "prov": PROV, "oa": OA, "skos": SKOS, "dct": DCT,
    "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "void": VOID,
}  # fmt: skip

# (entity type, subtype) -> class; a missing subtype falls back to the type alone.
_CLASSES: dict[tuple[str, str | None], str] = {
    ("Person", None): SCHEMA + "Person",
    ("Person", "group"): AV + "PersonGroup",
    ("Organization", None): SCHEMA + "Organization",
    ("Work", None): SCHEMA + "CreativeWork",
    ("Work", "film"): SCHEMA + "Movie",
    ("Work", "short film"): SCHEMA + "Movie",
    ("Work", "series"): SCHEMA + "TVSeries",
    ("Work", "season"): SCHEMA + "TVSeason",
    ("Work", "episode"): SCHEMA + "TVEpisode",
    ("Award", None): AV + "Award",
    ("Event", None): SCHEMA + "Event",
    ("Place", None): SCHEMA + "Place",
    ("Place", "country"): SCHEMA + "Country",
    ("Agreement", None): AV + "Agreement",
}


def term(column: str) -> str:
    """Return the property IRI of a claim column.

    >>> term("job_title")
    'https://w3id.org/avgraph/ontology#jobTitle'
    """
    head, *rest = column.split("_")
    return AV + head + "".join(word.capitalize() for word in rest)


def concept(scheme: str, value: str) -> str:
    """Return the SKOS concept of a closed value.

    >>> concept("credit", "director")
    'https://w3id.org/avgraph/concept#credit-director'
    """
    return f"{CONCEPT}{scheme}-{value.replace(' ', '-')}"


def entity_class(type_: str, subtype: str | None = None) -> str:
    """Return the class IRI of an entity.

    >>> entity_class("Work", "season")
    'https://schema.org/TVSeason'
    """
    return _CLASSES.get((type_, subtype)) or _CLASSES[type_, None]


def expand(curie: str) -> str:
    """Return the IRI of a prefixed name such as ``schema:director``."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def compact(iri: str) -> str:
    """Return the prefixed name of an IRI where a prefix fits, else the IRI."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
