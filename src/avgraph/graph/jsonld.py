"""JSON-LD with the terms of ``ontology/context.jsonld``: short keys, one ``graph`` for each source, streamed.

JSON-LD 1.1 Syntax; the choice of a term for a value follows the API's compaction algorithm, as far as this context
needs it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any

import pyoxigraph

from avgraph.resources import resource
from avgraph.vocabulary import PREFIXES, RDF, XSD, compact

__all__ = ["jsonld_parts"]

_Graph = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.DefaultGraph
#: What JSON parsers of any language read back as the same integer.
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")


def jsonld_parts(graphs: Iterable[tuple[_Graph, Iterator[pyoxigraph.Triple]]]) -> Iterator[str]:
    """Yield the pieces of a JSON-LD document.

    Parameters
    ----------
    graphs
        Name and statements of each graph; statements with one subject follow each other.
    """
    context = json.dumps(_context(), ensure_ascii=False, separators=(",", ":"))
    yield f'{{"@context": {context},\n"graph": [\n'
    between = ""
    for name, triples in graphs:
        if isinstance(name, pyoxigraph.DefaultGraph):
            for node in _nodes(triples):
                yield f"{between}{node}"
                between = ",\n"
            continue
        yield f'{between}{{"id": {_json(_reference(name))}, "graph": [\n'
        for number, node in enumerate(_nodes(triples)):
            yield f"{',' if number else ''}{chr(10) if number else ''}{node}"
        yield "\n]}"
        between = ",\n"
    yield "\n]}\n"


@cache
def _context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads(resource("ontology", "context.jsonld").read_text(encoding="utf-8"))["@context"]
    return context


@cache
def _terms() -> dict[str, tuple[str, str | None]]:
    """Return IRI → (short name, type that the context gives its values)."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, definition in _context().items():
        if name.startswith("@"):
            continue
        target = definition if isinstance(definition, str) else definition["@id"]
        if target.startswith("@") or (isinstance(definition, dict) and definition.get("@prefix")):
            continue
        prefix, _, local = target.partition(":")
        type_ = definition.get("@type") if isinstance(definition, dict) else None
        if type_ and type_ != "@id":
            type_ = PREFIXES[type_.partition(":")[0]] + type_.partition(":")[2]
        found.setdefault(PREFIXES[prefix] + local, (name, type_))
    return found


def _nodes(triples: Iterator[pyoxigraph.Triple]) -> Iterator[str]:
    for subject, statements in groupby(triples, key=lambda t: t.subject):
        yield _json(_node(subject, statements))


def _node(subject: Any, statements: Iterable[pyoxigraph.Triple]) -> dict[str, Any]:
    node: dict[str, Any] = {"id": _reference(subject)}
    for statement in statements:
        predicate, value = statement.predicate.value, statement.object
        if predicate == RDF + "type" and isinstance(value, pyoxigraph.NamedNode):
            # Types are read against the vocabulary: terms and prefixed names.
            key, shown = "type", _key(value.value)
        else:
            key = _key(predicate)
            shown = _value(value, _terms().get(predicate, ("", None))[1])
        if key not in node:
            node[key] = shown
        elif isinstance(node[key], list):
            node[key].append(shown)
        else:
            node[key] = [node[key], shown]
    return node


def _key(iri: str) -> str:
    """Return a property or class as a term, a prefixed name or the IRI itself."""
    found = _terms().get(iri)
    return found[0] if found else _prefixed(iri)


def _prefixed(iri: str) -> str:
    short = compact(iri)
    # "schema://x" would be read as the IRI it looks like.
    return iri if short.partition(":")[2].startswith("//") else short


def _reference(node: Any) -> str:
    """Return a node as the value of ``id``: a prefixed name, the IRI, or a blank node's label."""
    if isinstance(node, pyoxigraph.BlankNode):
        return f"_:{node.value}"
    return _prefixed(node.value)


def _value(value: Any, coerced: str | None) -> Any:
    """Return an object; `coerced` is the type that its term gives to plain texts."""
    if not isinstance(value, pyoxigraph.Literal):
        reference = _reference(value)
        return reference if coerced == "@id" else {"id": reference}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    native = _native(value.value, datatype)
    if native is not None and coerced is None:
        return native
    if datatype == coerced or (datatype == XSD + "string" and coerced is None):
        return value.value
    if datatype == XSD + "string":
        return {"@value": value.value}
    return {"type": _prefixed(datatype), "@value": value.value}


def _native(lexical: str, datatype: str) -> int | bool | None:
    """Return the JSON number or truth value that means exactly this literal."""
    if datatype == XSD + "integer" and _INTEGER.fullmatch(lexical):
        return int(lexical)
    if datatype == XSD + "boolean" and lexical in ("true", "false"):
        return lexical == "true"
    return None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
