"""The knowledge graph users hold, its entities, claims, conflicts and query results."""

from avgraph.knowledge.entity import Claim, Conflict, ConflictSide, Entity, Link
from avgraph.knowledge.graph import KnowledgeGraph
from avgraph.knowledge.opening import open_graph
from avgraph.knowledge.results import QueryResult
from avgraph.knowledge.review import Doubt, DoubtSide, give_verdict, review_queue

__all__ = ["Claim", "Conflict", "ConflictSide", "Doubt", "DoubtSide", "Entity", "KnowledgeGraph", "Link", "QueryResult",
           "give_verdict", "open_graph", "review_queue"]  # fmt: skip
