"""Shapes: functions that rewrite a record before it becomes a row, for formats that columns alone cannot say.

A mapping names one as ``shape = "…"`` in ``[table]``; the columns it then maps are those of the rewritten record.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["SHAPES", "Shape", "shape_of"]

#: Rewrites a record; None where the format has no use for it.
Shape = Callable[[dict[str, Any]], dict[str, Any] | None]

#: Name → module and function.
SHAPES: dict[str, tuple[str, str]] = {
    "sparql": ("avgraph.sources.sparqlresults", "binding_row"),
    "sparql-works": ("avgraph.sources.sparqlresults", "work_row"),
    "tmdb": ("avgraph.sources.tmdb", "title_row"),
    "wikidata": ("avgraph.sources.wikidata", "entity_row"),
}


def shape_of(name: str | None) -> Shape | None:
    """Return the shape of that name, None for none.

    >>> shape_of(None) is None
    True
    """
    if name is None:
        return None
    module, function = SHAPES[name]
    shape: Shape = getattr(import_module(module), function)
    return shape
