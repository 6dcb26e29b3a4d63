"""Identity: which mentions are one entity, why, and how a curator overrules it.

The stages lie in modules of their own: ``mentions`` and ``context`` (what is known), ``names`` (how alike two names
are), ``candidates`` (which pairs to compare), ``scoring`` (features and score), ``stages`` and ``clusters`` (joining
under constraints), ``descriptions`` (generic mentions), ``decisions`` and ``verdicts`` (the curator), ``entities``
(labels and IRIs), ``explanation``.
"""

from avgraph.identity.decisions import Decision, Decisions, append_decision, read_decisions, remove_decision
from avgraph.identity.explanation import explain
from avgraph.identity.resolve import ASSIGNMENT_SCHEMA, MATCH_SCHEMA, Resolution, resolve
from avgraph.identity.scoring import MERGE, POSSIBLE, Feature

__all__ = [
    "ASSIGNMENT_SCHEMA",
    "MATCH_SCHEMA",
    "MERGE",
    "POSSIBLE",
    "Decision",
    "Decisions",
    "Feature",
    "Resolution",
    "append_decision",
    "explain",
    "read_decisions",
    "remove_decision",
    "resolve",
]
