"""What pages need that takes a while to work out: once in each worker for the graph that it shows."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from avgraph.knowledge.directory import Directory
from avgraph.knowledge.entity import Conflict
from avgraph.knowledge.graph import KnowledgeGraph
from avgraph.web.worker import Served

__all__ = ["Derived", "derived"]

_one: dict[str, Derived] = {}


class Derived:
    """What is worked out about a graph, when it is first needed.

    Parameters
    ----------
    graph
        The graph, which does not change.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._joint: dict[str, pl.DataFrame] = {}

    @cached_property
    def directory(self) -> Directory | None:
        """The entities of a build; None for what is no build."""
        return None if self._graph.snapshot is None else Directory(self._graph.snapshot)

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """All conflicts, contradictions first."""
        return self._graph.conflicts()

    def memberships(self, kind: str) -> pl.DataFrame:
        """Return each ``work`` with each ``member`` of a kind of network."""
        if kind not in self._joint:
            self._joint[kind] = self._graph.membership(kind).select("work", "member").unique()
        return self._joint[kind]


def derived(served: Served) -> Derived:
    """Return what is worked out about the graph that is served; what was about the one before is forgotten."""
    snapshot = served.graph.snapshot
    # What is written beside a build changes nothing of this.
    content = served.content if snapshot is None else str(snapshot.manifest["content"])
    if content not in _one:
        _one.clear()
        _one[content] = Derived(served.graph)
    return _one[content]
