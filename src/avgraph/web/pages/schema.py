"""What the graph is written in: its classes and properties, for people and for the editor."""

from __future__ import annotations

import json

from avgraph.graph.terms_used import own_terms, used_terms
from avgraph.vocabulary import AV, PREFIXES
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["schema", "vocabulary"]


def schema(served: Served, asked: Asked) -> Reply:
    """Show the classes and properties that the graph uses, and those of the ontology that it does not."""
    used = used_terms(served.backend.store)
    names = {term.iri for term in used}
    unused = [term for term in own_terms().values() if term.iri not in names and term.iri.startswith(AV)]
    return html_reply(
        "schema.html", served, asked, classes=[term for term in used if term.kind == "class"],
        properties=[term for term in used if term.kind == "property"], unused=unused, prefixes=PREFIXES,
    )  # fmt: skip


def vocabulary(served: Served, asked: Asked) -> Reply:
    """Return the classes and properties in use as JSON, for completion."""
    told: dict[str, list[dict[str, object]]] = {"classes": [], "properties": []}
    for term in used_terms(served.backend.store):
        about = {"label": term.label(asked.language), "comment": term.comment(asked.language)}
        told["classes" if term.kind == "class" else "properties"].append(
            {"name": term.name, "iri": term.iri, "kind": term.kind, "n": term.n} | {k: v for k, v in about.items() if v}
        )
    return Reply(200, "application/json", json.dumps(told | {"prefixes": PREFIXES}, ensure_ascii=False).encode())
