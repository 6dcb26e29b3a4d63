"""What is said of a query before and after it is asked: calls to elsewhere are refused, syntax errors told plainly."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TypeVar

from avgraph.errors import QueryError
from avgraph.sparql import may_use
from avgraph.vocabulary import PREFIXES

__all__ = ["ask_plainly", "refuse_calls"]

_Answer = TypeVar("_Answer")
_PLACE = re.compile(r"\bat (\d+):(\d+): expected (.*)", re.DOTALL)
# Among the parser's list of tokens, the few sentences: "Prefix not found".
_SENTENCE = re.compile(r"\b[A-Z]\w*(?: \w+)+")
_SHOWN = 24
_PREFIXED = re.compile(r"([A-Za-z][\w-]*):[\w.-]*\s*$")
#: Prefixes that people use without thinking of them, beside those that need no declaration.
_WELL_KNOWN = {
    "foaf": "http://xmlns.com/foaf/0.1/", "dc": "http://purl.org/dc/elements/1.1/", "dcterms": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#", "org": "http://www.w3.org/ns/org#", "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/", "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/", "sdo": "https://schema.org/", "sh": "http://www.w3.org/ns/shacl#",
    "ec": "http://www.ebu.ch/metadata/ontologies/ebucoreplus#", "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}  # fmt: skip


def refuse_calls(query: str) -> None:
    """Refuse a query to a local graph that would reach out of it.

    SERVICE goes out over the network; FROM does so in rdflib, and the embedded store, asked as a union, ignores it.

    Raises
    ------
    QueryError
        If it uses SERVICE or FROM.
    """
    if may_use(query, "SERVICE"):
        raise QueryError(
            "SERVICE asks another server, and a local graph is asked without the network",
            "leave it out, or ask that server itself (-g URL); a prefix of that name needs another one",
        )
    if may_use(query, "FROM"):
        raise QueryError(
            "FROM chooses graphs to load, and a local graph is asked as a whole",
            "name the graph in the pattern: GRAPH <iri> { ... }; a prefix of that name needs another one",
        )


def ask_plainly(ask: Callable[[str], _Answer], sparql: str, query: str) -> _Answer:
    """Return ``ask(sparql)``; a syntax error names line and column of `query`, with which `sparql` ends.

    Raises
    ------
    QueryError
        If the query does not parse or cannot be answered.
    """
    try:
        return ask(sparql)
    except QueryError as error:
        raise _in_own_text(error, query, len(sparql) - len(query)) from error


def _in_own_text(error: QueryError, query: str, n_added: int) -> QueryError:
    place = _PLACE.search(error.message)
    if place is None:
        return error
    line, column = int(place[1]), int(place[2])
    if line == 1:
        column = max(1, column - n_added)
    lines = query.split("\n")
    before = lines[line - 1][: column - 1].strip() if line <= len(lines) else ""
    after = f" after “{'…' if len(before) > _SHOWN else ''}{before[-_SHOWN:]}”" if before else ""
    subject = "the update" if error.message.startswith("the update") else "the query"
    why = ", ".join(s for s in _SENTENCE.findall(place[3]) if not s.startswith("IRI parsing"))
    hint = "see the SPARQL 1.1 grammar for what may follow"
    if "Prefix" in why:
        hint = _of_prefix(lines[line - 1][: column - 1] if line <= len(lines) else "")
    return QueryError(
        f"{subject} does not parse: line {line}, column {column}{after}{': ' + why if why else ''}", hint, error.where
    )


def _of_prefix(before: str) -> str:
    """Return what to do about a prefix that is not declared, and with which a text ends."""
    found = _PREFIXED.search(before)
    if found is None:
        return "declare it: PREFIX name: <IRI>"
    prefix = found[1]
    if iri := _WELL_KNOWN.get(prefix.lower()):
        return f"declare it: PREFIX {prefix}: <{iri}>"
    near = difflib.get_close_matches(prefix.lower(), [*PREFIXES, *_WELL_KNOWN], n=1, cutoff=0.6)
    declare = f"declare it: PREFIX {prefix}: <IRI>"
    return f"unknown prefix {prefix}:, did you mean {near[0]}:? Else {declare}" if near else declare
