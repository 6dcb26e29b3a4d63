"""The SPARQL that is asked of Wikidata: a few query forms, each for a batch of items or ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from avgraph.enrichment.properties import QUALIFIERS, properties_of

__all__ = ["Question", "about_question", "ids_question", "item_number", "local_id", "lookup_question",
           "statements_question"]  # fmt: skip

_PREFIXES = {
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "p": "http://www.wikidata.org/prop/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "psv": "http://www.wikidata.org/prop/statement/value/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "pqv": "http://www.wikidata.org/prop/qualifier/value/",
    "wikibase": "http://wikiba.se/ontology#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in _PREFIXES.items())
_KEYS = "{KEYS}"


@dataclass(frozen=True)
class Question:
    """A query for any number of keys; the answer says in ``?key`` which row is about which.

    Attributes
    ----------
    name
        Of what it asks, in words.
    template
        SPARQL with ``{KEYS}`` where the keys are listed.
    batch_size
        Keys that are asked at once.
    are_items
        Whether keys are items; else they are texts.
    """

    name: str
    template: str
    batch_size: int
    are_items: bool = True

    def sparql(self, keys: Iterable[str]) -> str:
        """Return the query for these keys."""
        listed = " ".join(f"wd:{_item(k)}" if self.are_items else _text(k) for k in keys)
        return self.template.replace(_KEYS, listed)


def lookup_question(property_id: str) -> Question:
    """Return the question which items have these external ids."""
    body = f"SELECT ?key ?item WHERE {{\n  VALUES ?key {{ {_KEYS} }}\n  ?item wdt:{_property(property_id)} ?key .\n}}"
    return Question(f"finding {property_id}", _HEAD + body, 150, are_items=False)


def about_question(languages: Sequence[str]) -> Question:
    """Return the question what items are: names in `languages`, class, country code, IMDb id, where they moved."""
    listed = ", ".join(f'"{_language(code)}"' for code in (*languages, "mul"))
    body = f"""SELECT ?key ?what ?value WHERE {{
  VALUES ?key {{ {_KEYS} }}
  VALUES ?what {{ rdfs:label skos:altLabel wdt:P31 wdt:P297 wdt:P345 owl:sameAs }}
  ?key ?what ?value .
  FILTER(!isLiteral(?value) || LANG(?value) IN ("", {listed}))
}}"""
    return Question("names", _HEAD + body, 100)


def statements_question(kind: str) -> Question:
    """Return the question what is stated of the items of one kind, with the qualifiers that matter.

    Statements ranked deprecated are left out.  ``?about`` is the precision of a date, or the unit of a quantity.
    """
    properties = "\n    ".join(
        f'(p:{p.id} ps:{p.id} psv:{p.id} "{p.id}")' for p in properties_of(kind).values()
    )  # fmt: skip
    qualifiers = " ".join(f'(pq:{q} pqv:{q} "{q}")' for q in QUALIFIERS)
    body = f"""SELECT ?key ?property ?statement ?rank ?value ?about ?qualifier ?of ?precision WHERE {{
  VALUES ?key {{ {_KEYS} }}
  VALUES (?p ?ps ?psv ?property) {{
    {properties}
  }}
  ?key ?p ?statement .
  ?statement ?ps ?value ; wikibase:rank ?rank .
  FILTER(?rank != wikibase:DeprecatedRank)
  OPTIONAL {{ ?statement ?psv ?node . ?node wikibase:timePrecision|wikibase:quantityUnit ?about }}
  OPTIONAL {{
    VALUES (?pq ?pqv ?qualifier) {{ {qualifiers} }}
    ?statement ?pq ?of .
    OPTIONAL {{ ?statement ?pqv ?when . ?when wikibase:timePrecision ?precision }}
  }}
}}"""
    return Question(f"statements on {kind}", _HEAD + body, 40)


def ids_question() -> Question:
    """Return the question which external ids items have, of whatever scheme."""
    body = f"""SELECT ?key ?property ?value WHERE {{
  VALUES ?key {{ {_KEYS} }}
  ?key ?direct ?value .
  ?property wikibase:directClaim ?direct ; wikibase:propertyType wikibase:ExternalId .
}}"""
    return Question("external ids", _HEAD + body, 100)


def local_id(term: Mapping[str, str] | None) -> str | None:
    """Return the Q or P id of an IRI; None of anything else, values that are unknown among it.

    >>> local_id({"type": "uri", "value": "http://www.wikidata.org/entity/Q42"})
    'Q42'
    >>> local_id({"type": "uri", "value": "http://www.wikidata.org/.well-known/genid/0a"})
    """
    if term is None or term["type"] != "uri":
        return None
    found = re.fullmatch(r"https?://[^?#]*/entity/([QP][1-9]\d*)", term["value"])
    return found[1] if found else None


def item_number(item: str) -> int:
    """Return the number of an item, by which items are ordered.

    >>> item_number("Q42")
    42
    """
    return int(item[1:])


def _item(key: str) -> str:
    if not re.fullmatch(r"Q[1-9]\d{0,17}", key):
        raise ValueError(f"not an item: {key!r}")
    return key


def _property(key: str) -> str:
    if not re.fullmatch(r"P[1-9]\d{0,9}", key):
        raise ValueError(f"not a property: {key!r}")
    return key


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", code):
        raise ValueError(f"not a language code: {code!r}")
    return code


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
