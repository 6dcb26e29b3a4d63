"""What programs can ask: a page, and its OpenAPI description."""

from __future__ import annotations

import json
from typing import Any

from avgraph._version import __version__
from avgraph.countries import known_countries
from avgraph.graph.answering import RDF_TYPES, RESULT_TYPES
from avgraph.queries import NamedQuery, named_queries
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import PROBLEM_TYPE, Reply
from avgraph.web.worker import Served

__all__ = ["api", "openapi"]

_TEXT = {"type": "string"}
#: RFC 9457.
_PROBLEM = {
    "type": "object", "required": ["type", "title", "status"],
    "properties": {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "hint": _TEXT,
                   "line": {"type": "integer"}, "column": {"type": "integer"}},
}  # fmt: skip


def api(served: Served, asked: Asked) -> Reply:
    """Show the addresses for programs."""
    return html_reply("api.html", served, asked)


def openapi(served: Served, asked: Asked) -> Reply:
    """Describe what programs can ask (OpenAPI 3.1)."""
    paths: dict[str, Any] = {
        "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
        "/.well-known/void": {"get": _get("The data set in VoID and DCAT", [], RDF_TYPES)},
        "/graph-store": _graph_store(),
        "/data/{path}": {"get": _get("What the graph tells of an entity, as RDF", [
            {"name": "path", "in": "path", "required": True, "schema": _TEXT}
        ], RDF_TYPES, missing="The graph tells nothing of it")},
        "/vocabulary.json": {"get": _get("Classes and properties in use", [], ("application/json",))},
    }  # fmt: skip
    paths |= _reconciliation()
    for query in named_queries():
        parameters = [_of_query(query, p.name, p.type) for p in query.parameters]
        for suffix, media_type in (("json", "application/json"), ("csv", "text/csv")):
            get = _get(query.summary, parameters, (media_type,), missing="There is no entity of that name")
            paths[f"/queries/{query.name}.{suffix}"] = {"get": get}
    told = {
        "openapi": "3.1.0",
        "info": {"title": "avgraph", "version": __version__, "description": "A graph of audiovisual partnerships."},
        "servers": [{"url": asked.origin or "/"}],
        "paths": paths,
    }
    return Reply(200, "application/json", json.dumps(told, ensure_ascii=False).encode())


def _parameter(name: str, description: str, *, required: bool = False, schema: Any = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema or _TEXT}


def _of_query(query: NamedQuery, name: str, type_: str) -> dict[str, Any]:
    default = next(p.default for p in query.parameters if p.name == name)
    schema: dict[str, Any] = {"type": "integer" if type_ == "integer" else "string"}
    if type_ == "country":
        schema["enum"] = [*known_countries(), *([""] if default == "" else [])]
    elif type_ == "date":
        year = "(1[0-9]{3}|20[0-9]{2})"
        schema |= {"anyOf": [{"pattern": f"^{year}$"}, {"pattern": f"^{year}-(0[1-9]|1[0-2])$"}, {"format": "date"}]}
    if default is not None:
        schema["default"] = default
    return _parameter(name, type_, required=default is None, schema=schema)


def _responses(media_types: tuple[str, ...], missing: str | None = None) -> dict[str, Any]:
    problem: dict[str, Any] = {PROBLEM_TYPE: {"schema": _PROBLEM}}
    told = {
        "200": {"description": "The answer", "content": {media_type: {} for media_type in media_types}},
        "304": {"description": "Not changed since the ETag that was sent"},
        "400": ("The request or the query is wrong", problem), "404": (missing, problem),
        "406": ("There is no such form", problem), "413": ("The answer is too large", problem),
        "422": ("It needs too much memory", problem), "503": ("Too many wait", problem),
        "504": ("It took too long", problem),
    }  # fmt: skip
    return {
        status: {"description": about[0], "content": about[1]} if isinstance(about, tuple) else about
        for status, about in told.items()
        if not isinstance(about, tuple) or about[0]
    }


def _get(
    summary: str, parameters: list[dict[str, Any]], media_types: tuple[str, ...], missing: str | None = None
) -> dict[str, Any]:
    return {"summary": summary, "parameters": parameters, "responses": _responses(media_types, missing)}


def _graph_store() -> dict[str, Any]:
    graph = [_parameter("graph", "IRI of the graph", required=True, schema={"type": "string", "format": "iri"})]
    told = {"get": _get("One graph as RDF (Graph Store Protocol)", graph, RDF_TYPES, missing="There is no such graph")}
    for method, summary in (("put", "Write a graph anew"), ("post", "Add to a graph"), ("delete", "Remove a graph")):
        refused = {"401": "The token is missing or wrong", "403": "This server is read-only", "415": "This is no RDF"}
        responses = _responses((), "There is no such graph") | {
            "201": {"description": "The graph is new"}, "204": {"description": "Done"},
            **{status: {"description": text} for status, text in refused.items()},
        }  # fmt: skip
        told[method] = {"summary": summary, "parameters": graph, "responses": responses}
        if method != "delete":
            content = {media_type: {"schema": _TEXT} for media_type in RDF_TYPES}
            told[method]["requestBody"] = {"required": True, "content": content}
    return told


def _reconciliation() -> dict[str, Any]:
    """Return the addresses of the reconciliation service (its specification, 0.2, has the schemas)."""
    json_ = ("application/json",)
    of_id = [_parameter("id", "IRI of an entity", required=True)]
    of_type = _parameter("type", "Only what is of this type, or a property of it")
    part = [
        _parameter("prefix", "How a word of the name begins"),
        _parameter("limit", "At most so many", schema={"type": "integer", "minimum": 1, "maximum": 100}),
        _parameter("cursor", "So many are passed over", schema={"type": "integer", "minimum": 0, "maximum": 10_000}),
    ]
    ask = _get("Entities for names, or values of entities; asked nothing, it describes itself", [
        _parameter("queries", "Names with their properties, as JSON"),
        _parameter("extend", "IRIs and the properties that are wanted, as JSON"),
    ], json_)  # fmt: skip
    form = {"schema": {"type": "object", "properties": {"queries": _TEXT, "extend": _TEXT}}}
    sent = {"required": True, "content": {"application/x-www-form-urlencoded": form}}
    posted = _get("Entities for names, or values of entities", [], json_) | {"requestBody": sent}
    posted["responses"]["415"] = {"description": "Not how queries are sent"}
    none = "There is no such entity"
    led = _get("Leads to the page of an entity", of_id, (), missing=none)
    led["responses"]["303"] = {"description": "Its page is there"}
    return {
        "/reconcile": {"get": ask, "post": posted},
        "/reconcile/suggest/entity": {"get": _get("Entities whose names begin so", [*part, of_type], json_)},
        "/reconcile/suggest/type": {"get": _get("Types whose names begin so", part, json_)},
        "/reconcile/suggest/property": {"get": _get("Properties whose names begin so", part, json_)},
        "/reconcile/properties": {"get": _get("Properties that entities of a type have", [of_type, part[1]], json_)},
        "/reconcile/preview": {"get": _get("An entity in a small page", of_id, ("text/html",), missing=none)},
        "/reconcile/view": {"get": led},
    }


def _sparql_get() -> dict[str, Any]:
    graph = {"type": "array", "items": {"type": "string", "format": "iri"}}
    parameters = [
        _parameter("query", "SPARQL 1.1; without it the service is described"),
        _parameter("default-graph-uri", "A graph that makes up the default graph", schema=graph),
        _parameter("named-graph-uri", "A named graph", schema=graph),
    ]
    return _get("Ask in SPARQL (SPARQL 1.1 Protocol)", parameters, (*RESULT_TYPES, *RDF_TYPES))


def _sparql_post() -> dict[str, Any]:
    form = {"schema": {"type": "object", "properties": {"query": _TEXT}, "required": ["query"]}}
    body = {"required": True, "content": {
        "application/x-www-form-urlencoded": form, "application/sparql-query": {"schema": _TEXT},
    }}  # fmt: skip
    told = _get("Ask in SPARQL", [], (*RESULT_TYPES, *RDF_TYPES))
    told["responses"] |= {"415": {"description": "Not how SPARQL is sent"}}
    return told | {"requestBody": body}
