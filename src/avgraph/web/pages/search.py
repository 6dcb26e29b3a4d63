"""Looking for entities by name, with facets."""

from __future__ import annotations

from avgraph.knowledge.directory import FACETS, Wanted
from avgraph.web.pages.asked import Asked
from avgraph.web.pages.derived import derived
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import Problem, ProblemError, Reply
from avgraph.web.worker import Served

__all__ = ["search"]

_EACH = 25
_MOST_VALUES = 12


def search(served: Served, asked: Asked) -> Reply:
    """Show the entities that are looked for, and by what they can be narrowed down."""
    directory = derived(served).directory
    if directory is None:
        detail = "What is served is no build of a workspace."
        raise ProblemError(Problem(404, "no-build", "There is no directory", detail, "Ask it in SPARQL."))
    decade = asked.get("decade")
    wanted = Wanted(
        asked.get("q").strip()[:200], asked.get("type") or None, asked.get("country").upper() or None,
        int(decade) if decade.isascii() and decade.isdigit() and len(decade) == 4 else None,
    )  # fmt: skip
    page = asked.number("page", 1, 1, 10_000)
    found = directory.find(wanted, (page - 1) * _EACH, _EACH)
    facets = {}
    for facet in FACETS:
        chosen = asked.get(facet)
        values = found.facets[facet]
        kept = dict(list(values.items())[:_MOST_VALUES]) | ({chosen: values.get(chosen, 0)} if chosen else {})
        facets[facet] = [
            (value, n, value == chosen, asked.link(**{facet: None if value == chosen else value, "page": None}))
            for value, n in kept.items()
        ]
    return html_reply(
        "search.html", served, asked, found=found, rows=found.rows.to_dicts(), facets=facets, wanted=wanted, page=page,
        n_pages=-(-found.n_entities // _EACH), first=(page - 1) * _EACH + 1,
    )  # fmt: skip
