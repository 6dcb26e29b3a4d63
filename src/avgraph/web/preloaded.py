"""What every worker needs, loaded once: workers are copies of a process that has it in memory.

What only some pages need takes longer to load than all the rest, and is loaded later, when nobody waits: :func:`warm`.
"""

from __future__ import annotations

from importlib import import_module

from avgraph.web.problems import Reply
from avgraph.web.worker import Served

__all__ = ["warm"]

for _name in ("avgraph.graph.answering", "avgraph.knowledge", "avgraph.web.asked", "avgraph.web.pages.overview"):
    import_module(_name)
_LATER = ("avgraph.web.pages.network", "avgraph.web.pages.results", "avgraph.web.pages.things")


def warm(served: Served) -> Reply:
    """Load what pages need, and open the graph."""
    for name in _LATER:
        import_module(name)
    _ = served.graph
    return Reply(204, "", b"")
