"""avgraph: a knowledge graph of audiovisual partnerships, with the evidence for every claim.

    import avgraph
    kg = avgraph.open("my-graph")            # a workspace, a snapshot, a SPARQL endpoint, an rdflib graph
    kg.query("coproductions-with", country="LU").to_polars()
    kg.entity("Unité 42").claims             # each with .quote, .source, .status, .confidence
    kg.network("company", years=(2009, 2018)).rank("betweenness", top=10)
    avgraph.match("ours.csv", "theirs.csv").pairs  # which rows of two tables are one, and why

Names are loaded when first used, so that importing avgraph is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from avgraph._version import __version__

if TYPE_CHECKING:
    from avgraph.build import build_workspace
    from avgraph.errors import AvgraphError
    from avgraph.extraction import Extractor
    from avgraph.knowledge import Claim, Conflict, Entity, KnowledgeGraph, QueryResult
    from avgraph.knowledge import open_graph as open
    from avgraph.matching import match
    from avgraph.network import Network
    from avgraph.queries import named_queries
    from avgraph.workspace import Workspace, init_workspace

_WHERE = {
    "AvgraphError": ("avgraph.errors", "AvgraphError"),
    "Claim": ("avgraph.knowledge", "Claim"),
    "Conflict": ("avgraph.knowledge", "Conflict"),
    "Entity": ("avgraph.knowledge", "Entity"),
    "Extractor": ("avgraph.extraction", "Extractor"),
    "KnowledgeGraph": ("avgraph.knowledge", "KnowledgeGraph"),
    "Network": ("avgraph.network", "Network"),
    "QueryResult": ("avgraph.knowledge", "QueryResult"),
    "Workspace": ("avgraph.workspace", "Workspace"),
    "build_workspace": ("avgraph.build", "build_workspace"),
    "init_workspace": ("avgraph.workspace", "init_workspace"),
    "match": ("avgraph.matching", "match"),
    "named_queries": ("avgraph.queries", "named_queries"),
    "open": ("avgraph.knowledge", "open_graph"),
}

__all__ = [
    "AvgraphError",
    "Claim",
    "Conflict",
    "Entity",
    "Extractor",
    "KnowledgeGraph",
    "Network",
    "QueryResult",
    "Workspace",
    "__version__",
    "build_workspace",
    "init_workspace",
    "match",
    "named_queries",
    "open",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'avgraph' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
