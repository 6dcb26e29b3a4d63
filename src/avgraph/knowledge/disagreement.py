"""Reading conflicts and identity decisions back from the graph."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from avgraph.errors import QueryError
from avgraph.knowledge.entity import Conflict, Link
from avgraph.knowledge.lookup import Select
from avgraph.knowledge.reading import to_side
from avgraph.vocabulary import CONCEPT

__all__ = ["OUTCOMES", "read_conflicts", "read_links"]

#: How a comparison of sources can end, worst first.
OUTCOMES = ("contradicted", "consistent", "not comparable")

_CONFLICTS = """
SELECT ?c ?rule ?s ?label ?p ?o ?e WHERE {
  ?c a av:Conflict ; av:rule ?rule ; av:subject ?s ; av:aspect ?p ; av:outcome ?o ; av:explanation ?e .
  ?s rdfs:label ?label
} ORDER BY ?c"""
_SIDES = """
SELECT ?c ?side ?v ?path ?preferred ?claim ?quote WHERE {
  ?c av:side ?side . ?side av:value ?v ; av:preferred ?preferred .
  OPTIONAL { ?side prov:wasDerivedFrom ?source . ?source av:path ?path }
  OPTIONAL { ?side av:claim ?claim . OPTIONAL { ?claim av:evidence ?ev . ?ev oa:exact ?quote } }
} ORDER BY ?side ?claim"""
_LINKS = """
SELECT DISTINCT ?m ?ln ?ls ?rn ?rs ?v ?score ?by ?reason ?le ?re WHERE {
  VALUES ?e { %s }
  { ?mention av:denotes ?e . ?m av:left ?mention } UNION { ?mention av:denotes ?e . ?m av:right ?mention }
  ?m av:left ?l ; av:right ?r ; av:verdict ?v ; av:score ?score ; av:decidedBy ?by ; av:reason ?reason .
  ?l av:name ?ln ; prov:wasDerivedFrom/av:path ?ls ; av:denotes ?le .
  ?r av:name ?rn ; prov:wasDerivedFrom/av:path ?rs ; av:denotes ?re
} ORDER BY ?m"""


def read_conflicts(select: Select, outcome: str | None) -> list[Conflict]:
    """Return the conflicts, contradictions first; only those of `outcome` if one is given.

    Raises
    ------
    QueryError
        If `outcome` is none of :data:`OUTCOMES`.
    """
    if outcome not in (None, *OUTCOMES):
        raise QueryError(f"no outcome {outcome!r}", f"choose one of: {', '.join(OUTCOMES)}")
    grouped: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for conflict, side, *rest in select(_SIDES):
        grouped[conflict][side].append(tuple(rest))
    found = []
    for iri, rule, subject, label, prop, result, text in select(_CONFLICTS):
        name = result.removeprefix(CONCEPT + "conflict-").replace("-", " ")
        if outcome in (None, name):
            ordered = sorted(grouped[iri].items(), key=lambda s: int(s[0].rsplit("/", 1)[-1]))
            sides = tuple(to_side(rows) for _, rows in ordered)
            found.append(Conflict(iri, rule, subject, label, prop, name, text, sides))
    return sorted(found, key=lambda c: (OUTCOMES.index(c.outcome), c.rule, c.subject_label, c.iri))


def read_links(select: Select, left: str, right: str | None) -> list[Link]:
    """Return the identity decisions about the names of entity `left`, or between those of `left` and `right`."""
    values = f"<{left}>" if right is None else f"<{left}> <{right}>"
    links = [
        Link(ln, ls, rn, rs, v.removeprefix(CONCEPT + "verdict-").replace("-", " "), float(score), by, reason, le, re)
        for _, ln, ls, rn, rs, v, score, by, reason, le, re in select(_LINKS % values)
    ]
    if right not in (None, left):
        links = [link for link in links if {link.left_entity, link.right_entity} == {left, right}]
    return sorted(links, key=lambda link: (-link.score, link.left, link.right, link.left_source, link.right_source))
