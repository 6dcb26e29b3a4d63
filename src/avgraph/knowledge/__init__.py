"""The knowledge graph users hold, its entities, claims, conflicts and query results."""

from avgraph.knowledge.entity import Claim, Conflict, ConflictSide, Entity, Link
from avgraph.knowledge.graph import KnowledgeGraph, open_graph
from avgraph.knowledge.results import QueryResult

__all__ = ["Claim", "Conflict", "ConflictSide", "Entity", "KnowledgeGraph", "Link", "QueryResult", "open_graph"]
