"""Reading conflicts and identity decisions back from the graph."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from avgraph.errors import QueryError
from avgraph.graph.conflict_rules import read_rules
from avgraph.knowledge.entity import Conflict, Link
from avgraph.knowledge.lookup import Select, batches
from avgraph.knowledge.reading import to_side
from avgraph.vocabulary import CONCEPT

__all__ = ["OUTCOMES", "read_conflicts", "read_links"]

#: How a comparison of sources can end, worst first.
OUTCOMES = ("contradicted", "unconfirmed", "consistent", "not comparable")

_CONFLICTS = """
SELECT ?c ?rule ?s ?label ?p ?o ?e ?by ?settle WHERE { %s
  ?c a av:Conflict ; av:rule ?rule ; av:subject ?s ; av:aspect ?p ; av:outcome ?o ; av:explanation ?e .
  ?s rdfs:label ?label
  OPTIONAL { ?c av:preferredBy ?by }
  OPTIONAL { ?c av:settledBy ?settle }
} ORDER BY ?c"""
_RULES = "SELECT DISTINCT ?rule WHERE { ?c a av:Conflict ; av:rule ?rule }"
#: Conflicts about an entity, and those in which a claim about it stands on a side.
_ABOUT = """
SELECT DISTINCT ?c WHERE {
  { ?c a av:Conflict ; av:subject <%s> } UNION { ?claim ?role <%s> . ?side av:claim ?claim . ?c av:side ?side }
}"""
_SIDES = """
SELECT ?c ?side ?v ?n ?path ?preferred ?claim ?quote WHERE { %s
  ?c av:side ?side . ?side av:value ?v ; av:preferred ?preferred .
  OPTIONAL { ?side av:numberOfIndependentSources ?n }
  OPTIONAL { ?side prov:wasDerivedFrom ?source . ?source av:path ?path }
  OPTIONAL { ?side av:claim ?claim . OPTIONAL { ?claim av:evidence ?ev . ?ev oa:exact ?quote } }
} ORDER BY ?side ?claim ?path"""
_LINKS = """
SELECT DISTINCT ?m ?ln ?ls ?rn ?rs ?v ?score ?by ?reason ?le ?re WHERE {
  VALUES ?e { %s }
  { ?mention av:denotes ?e . ?m av:left ?mention } UNION { ?mention av:denotes ?e . ?m av:right ?mention }
  ?m av:left ?l ; av:right ?r ; av:verdict ?v ; av:score ?score ; av:decidedBy ?by ; av:reason ?reason .
  ?l av:name ?ln ; prov:wasDerivedFrom/av:path ?ls ; av:denotes ?le .
  ?r av:name ?rn ; prov:wasDerivedFrom/av:path ?rs ; av:denotes ?re
} ORDER BY ?m"""


def read_conflicts(
    select: Select, outcome: str | None, entity: str | None = None, rule: str | None = None
) -> list[Conflict]:
    """Return the conflicts, contradictions first; only those of an outcome, an entity, a rule if these are given.

    Parameters
    ----------
    outcome
        One of :data:`OUTCOMES`.
    entity
        IRI of what they are about, or what a claim on one of their sides names.
    rule
        Name of the rule that found them.

    Raises
    ------
    QueryError
        If there is no such outcome, or no rule of that name.
    """
    if outcome not in (None, *OUTCOMES):
        raise QueryError(f"no outcome {outcome!r}", f"choose one of: {', '.join(OUTCOMES)}")
    if rule is not None and rule not in (known := {row[0] for row in select(_RULES)} | _shipped_rules()):
        raise QueryError(f"no rule {rule!r}", f"choose one of: {', '.join(sorted(known))}")
    parts = [""]
    if entity is not None:
        parts = [f"VALUES ?c {{ {values} }}" for values in batches(row[0] for row in select(_ABOUT % (entity, entity)))]
    grouped: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for conflict, side, *rest in (row for part in parts for row in select(_SIDES % part)):
        grouped[conflict][side].append(tuple(rest))
    found = []
    for iri, by_rule, subject, label, prop, result, text, preferred_by, settled_by in (
        row for part in parts for row in select(_CONFLICTS % part)
    ):
        name = result.removeprefix(CONCEPT + "conflict-").replace("-", " ")
        if outcome in (None, name) and rule in (None, by_rule):
            ordered = sorted(grouped[iri].items(), key=lambda s: int(s[0].rsplit("/", 1)[-1]))
            sides = tuple(to_side(rows) for _, rows in ordered)
            found.append(Conflict(iri, by_rule, subject, label, prop, name, text, preferred_by, settled_by, sides))
    return sorted(found, key=lambda c: (OUTCOMES.index(c.outcome), c.rule, c.subject_label, c.iri))


def _shipped_rules() -> set[str]:
    return {rule.name for rule in read_rules().rules}


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
