"""A small page about an entity, for a frame in a client's page, and the way to its own page."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from avgraph.countries import country_name
from avgraph.matching.nameindex import Indexed
from avgraph.vocabulary import ID_BASE
from avgraph.web.pages.rendering import path_of
from avgraph.web.problems import Problem, ProblemError, Reply
from avgraph.web.reconciliation.looking import Catalogue, catalogue, snapshot_of
from avgraph.web.reconciliation.terms import ENTITY, properties
from avgraph.web.worker import Served

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["preview", "view"]

_N_VALUES = 6
_N_FACTS = 7
_STYLE = """
body { margin: .8rem; font: 14px/1.4 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.15rem; margin: 0; }
p { margin: .1rem 0 .5rem; }
.kind { color: #555; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .8rem; margin: 0 0 .6rem; }
dt { color: #555; }
dd { margin: 0; }
.iri { font-size: 12px; overflow-wrap: anywhere; }
"""
_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: Anybody may frame it; there is nothing in it but text, and its own style.
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors *"


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("avgraph.web.reconciliation", "."), autoescape=True).get_template(
        "preview.html"
    )


def view(served: Served, folder: str, iri: str) -> Reply:
    """Lead to the page of an entity.

    Raises
    ------
    ProblemError
        If there is none of that IRI (404).
    """
    _number(catalogue(served, folder), iri)  # nobody is led to where somebody else wants
    snapshot = snapshot_of(served)
    base_iri = str(snapshot.manifest["base_iri"]) if snapshot is not None else ID_BASE
    return Reply(303, "text/plain", b"", (("Location", path_of(iri, base_iri)),))


def _number(known: Catalogue, iri: str) -> int:
    number = known.index.number(iri)
    if number is None:
        hint = "Send the id of a candidate: ?id=…"
        raise ProblemError(Problem(404, "not-found", "There is no such entity", f"No entity {iri[:200]!r}.", hint))
    return number


def preview(served: Served, folder: str, iri: str) -> Reply:
    """Return the small page of an entity.

    Raises
    ------
    ProblemError
        If there is none of that IRI (404).
    """
    known = catalogue(served, folder)
    number = _number(known, iri)
    entity = known.index[number]
    kind = ", ".join(filter(None, (entity.subtype or entity.type.lower(), str(entity.year or ""))))
    facts = list(islice(_facts(known, number, entity), _N_FACTS))
    text = _template().render(entity=entity, kind=kind, facts=facts, style=_STYLE)
    return Reply(200, "text/html; charset=utf-8", text.encode(), (("Content-Security-Policy", _POLICY),))


def _facts(known: Catalogue, number: int, entity: Indexed) -> Iterator[tuple[str, list[str]]]:
    """Yield what is known of an entity: in words what, and the values."""
    if others := [name for name in entity.names if name != entity.label]:
        yield "also", _shortened(others)
    if entity.countries:
        yield "country", [country_name(code) or code for code in entity.countries]
    for property_ in properties():
        if property_.path and property_.tells == ENTITY and entity.type in property_.types:
            values = known.neighbours([number], property_.path).get(number, ())
            if labels := sorted({known.index[n].label for n in values[: 10 * _N_VALUES]} - {entity.label}):
                yield property_.name, _shortened(labels)
    if entity.ids:
        yield "ids", list(entity.ids)


def _shortened(values: list[str]) -> list[str]:
    more = len(values) - _N_VALUES
    return values if more <= 1 else [*values[:_N_VALUES], f"{more} more"]
