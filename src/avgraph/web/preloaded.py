"""What every worker needs, loaded once: workers are copies of a process that has it in memory.

What only some pages need takes longer to load than all the rest, and is loaded later, when nobody waits.
"""

from __future__ import annotations

from importlib import import_module

__all__ = ["LATER"]

for _name in ("avgraph.graph.answering", "avgraph.knowledge", "avgraph.web.asked", "avgraph.web.pages.overview"):
    import_module(_name)
#: Modules to be loaded later.
LATER = ("avgraph.web.pages.network", "avgraph.web.pages.results", "avgraph.web.pages.things")
