"""Linked data: an entity has a page for people and a description for programs, found from one address.

``/id/…`` leads to ``/page/…`` or ``/data/….ttl`` as the client prefers (303 See Other; https://www.w3.org/TR/cooluris/).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from avgraph.errors import NotFoundError, QueryError
from avgraph.graph.answering import DatasetChoice, TooLargeError, answer
from avgraph.sparql import is_iri
from avgraph.web.negotiation import choose
from avgraph.web.pages.asked import iri_below
from avgraph.web.pages.rendering import base_iri_of
from avgraph.web.problems import Reply
from avgraph.web.service import Service
from avgraph.web.worker import Served, Task

__all__ = ["LinkedData", "describe_thing", "raw_path"]

#: Suffix → media type of a description, the preferred first.
SUFFIXES = {
    "ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples", "rdf": "application/rdf+xml",
}  # fmt: skip
_HTML = ("text/html", "application/xhtml+xml")
# Of what points to a thing only claims and shortcuts are told, and only so many.
_DESCRIBED = """
CONSTRUCT { <%(iri)s> ?p ?o . ?o rdfs:label ?label . ?s ?q <%(iri)s> }
WHERE {
  { <%(iri)s> ?p ?o . OPTIONAL { ?o rdfs:label ?label } }
  UNION
  { SELECT ?s ?q WHERE { ?s ?q <%(iri)s> } ORDER BY ?q ?s LIMIT 2000 }
}"""


class LinkedData:
    """Answers ``/id/`` and ``/data/``."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def lead(self, request: Request) -> Response:
        """Lead from a thing to what tells of it."""
        below = raw_path(request).removeprefix("/id/")
        stem, _, suffix = below.rpartition(".")
        if suffix in SUFFIXES:
            return _see(f"/data/{stem}.{suffix}")
        accept = request.headers.get("accept", "")
        found = choose(accept, (*_HTML, *SUFFIXES.values()))
        if found in _HTML:
            return _see(f"/page/{below}")
        return _see(f"/data/{below}.{next(s for s, type_ in SUFFIXES.items() if type_ == found)}")

    async def describe(self, request: Request) -> Response:
        """Tell of a thing as RDF; a suffix counts more than the header."""
        below = raw_path(request).removeprefix("/data/")
        stem, _, suffix = below.rpartition(".")
        if suffix not in SUFFIXES:
            stem, media_type = below, choose(request.headers.get("accept", ""), tuple(SUFFIXES.values()))
        else:
            media_type = SUFFIXES[suffix]
        return await self._service.reply(request, Task(describe_thing, (stem, media_type)))


def _see(address: str) -> Response:
    return RedirectResponse(address, 303, {"Vary": "Accept"})


def raw_path(request: Request) -> str:
    """Return the path of a request as it was sent."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    return bytes(raw).decode("ascii", "replace").partition("?")[0]


def describe_thing(served: Served, below: str, media_type: str) -> Reply:
    """Return the description of a thing.

    Raises
    ------
    NotFoundError
        If the graph tells nothing of it.
    """
    iri = iri_below(below, base_iri_of(served))
    if not is_iri(iri):
        raise NotFoundError(f"the graph tells nothing of {iri!r}", "see /search")
    store, bounds = served.backend.store, served.limits.bounds
    try:
        found = answer(store, _DESCRIBED % {"iri": iri}, lambda _: media_type, bounds, DatasetChoice())
    except TooLargeError:
        raise
    except QueryError as error:  # letters that no IRI may hold
        raise NotFoundError(f"the graph tells nothing of {iri!r}", "see /search") from error
    if not found.n_rows:
        raise NotFoundError(f"the graph tells nothing of {iri}", "see /search")
    page = f"/page/{below}"
    return Reply(200, media_type, found.body, (("Link", f'<{page}>; rel="alternate"; type="text/html"'),))
