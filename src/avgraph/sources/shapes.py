"""Shapes: functions that rewrite a record before it becomes a row, for formats that columns alone cannot say.

A mapping names one as ``shape = "…"`` in ``[table]``; the columns it then maps are those of the rewritten record.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["SHAPES", "TEXT", "Shape", "award_row", "element_text", "elements", "first_text", "shape_of"]

#: Key of an element's own text beside its attributes: the column is the path itself.
TEXT = "\x00"

#: Rewrites a record; None where the format has no use for it.
Shape = Callable[[dict[str, Any]], dict[str, Any] | None]

#: Name → module and function.
SHAPES: dict[str, tuple[str, str]] = {
    "ebucore": ("avgraph.sources.ebucore", "core_row"),
    "eidr": ("avgraph.sources.eidr", "object_row"),
    "imdb-awards": ("avgraph.sources.shapes", "award_row"),
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


def elements(record: Any, *path: str) -> list[Any]:
    """Return the elements of an XML record at a path of local names, as texts or objects, in order.

    >>> elements({"Credits": {"Director": [{"DisplayName": "A"}, "B"]}}, "Credits", "Director")
    [{'DisplayName': 'A'}, 'B']
    """
    found = [record]
    for name in path:
        inner = [element.get(name) for element in found if isinstance(element, dict)]
        found = [e for value in inner for e in (value if isinstance(value, list) else [value]) if e is not None]
    return found


def element_text(element: Any) -> str | None:
    """Return the text of an element, whether it has attributes or not.

    >>> element_text("x"), element_text({TEXT: "x", "@lang": "en"}), element_text({"@lang": "en"})
    ('x', 'x', None)
    """
    text = element.get(TEXT) if isinstance(element, dict) else element
    return text.strip() or None if isinstance(text, str) else None


def first_text(record: Any, *path: str) -> str | None:
    """Return the first text at a path; the last name may be an attribute (``@lang``)."""
    return next((text for e in elements(record, *path) if (text := element_text(e))), None)


def award_row(record: dict[str, Any]) -> dict[str, Any] | None:
    """Return a category of an award with its winners, and the nominees that did not win.

    >>> award_row({"nominee": ["tt1", "tt2"], "winner": "tt2"})
    {'nominee': ['tt1'], 'winner': ['tt2']}
    """
    if not {"nominee", "winner"} & record.keys():
        return None
    nominees, winners = (
        list(dict.fromkeys(value if isinstance(value, list) else [] if value is None else [value]))
        if not isinstance(value, dict) else [value]
        for value in (record.get("nominee"), record.get("winner"))
    )  # fmt: skip
    rest = {key: value for key, value in record.items() if key not in ("nominee", "winner")}
    return {**rest, "nominee": [n for n in nominees if n not in winners], "winner": winners}
