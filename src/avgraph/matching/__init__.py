"""Matching: which rows of two tables are one work, person or company, by the rules of a build.

``opening`` and ``columns`` read a table and tell what its columns mean, ``cells`` and ``sides`` make mentions and
claims of it, ``pairs`` scores, ``assignment`` chooses one partner for each row.
"""

from avgraph.matching.columns import KINDS
from avgraph.matching.result import MatchResult, MatchTable
from avgraph.matching.tables import match

__all__ = ["KINDS", "MatchResult", "MatchTable", "match"]
