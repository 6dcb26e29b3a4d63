"""The page of conflicts, to be narrowed down by outcome and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from avgraph.web.pages.asked import Asked
from avgraph.web.pages.derived import derived
from avgraph.web.pages.rendering import html_reply
from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["conflicts"]

_EACH = 25


def conflicts(served: Served, asked: Asked) -> Reply:
    """Show where sources disagree."""
    outcome, rule = asked.get("outcome") or None, asked.get("rule") or None
    everything = derived(served).conflicts
    found = [c for c in everything if outcome in (None, c.outcome) and rule in (None, c.rule)]
    if not found:  # there may be no such outcome or rule, which is told
        served.graph.conflicts(outcome, rule=rule)
    page = asked.number("page", 1, 1, 100_000)
    return html_reply(
        "conflicts.html", served, asked, conflicts=found[(page - 1) * _EACH : page * _EACH], one=False, page=page,
        n_pages=-(-len(found) // _EACH),
        outcomes=_facet(asked, "outcome", (c.outcome for c in everything if rule in (None, c.rule))),
        rules=_facet(asked, "rule", (c.rule for c in everything if outcome in (None, c.outcome))),
    )  # fmt: skip


def _facet(asked: Asked, name: str, values: Iterable[str]) -> dict[str, tuple[int, bool, str]]:
    """Return value → how many have it, whether it is chosen, and the address that chooses it or no longer does."""
    chosen = asked.get(name)
    return {
        value: (n, value == chosen, asked.link(**{name: None if value == chosen else value, "page": None}))
        for value, n in sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    }
