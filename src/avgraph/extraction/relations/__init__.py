"""The relation families: patterns over masked sentences, credit blocks, list items and award lists."""

from avgraph.extraction.relations.context import Candidate, Context

__all__ = ["Candidate", "Context"]
